"""GoogLeNet against the same network written down a second time, from the report's tables."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from deepstudy.layer_table import count_layers
from deepstudy.models.googlenet import GoogLeNet

CHANNELS = """
3a 64,96,128,16,32,32 · 3b 128,128,192,32,96,64 · 4a 192,96,208,16,48,64 · 4b 160,112,224,24,64,64
· 4c 128,128,256,24,64,64 · 4d 112,144,288,32,64,64 · 4e 256,160,320,32,128,128 · 5a 256,160,320,32,128,128
· 5b 384,192,384,48,128,128"""
INCEPTIONS = {
    name: [int(size) for size in sizes.split(",")]
    for name, sizes in (entry.split() for entry in CHANNELS.split("·") if entry.strip())
}


class Reference:
    """A functional network over the weights of `model`, which it holds to the report's sizes."""

    def __init__(self, model: GoogLeNet) -> None:
        self.layer, self.bn = model.get_submodule, model.bn

    def conv(self, x: Tensor, name: str, kernel: int) -> Tensor:
        convolution = self.layer(f"{name}.0")
        assert convolution.weight.shape[1:] == (x.shape[1], kernel, kernel)
        x = F.conv2d(x, convolution.weight, convolution.bias, padding=(kernel - 1) // 2)
        if self.bn != "none":
            x = self.normalise(x, self.layer(f"{name}.1"))
        return x.clamp(min=0)

    def normalise(self, x: Tensor, norm: nn.Module) -> Tensor:
        assert isinstance(norm, nn.BatchNorm2d)
        mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        scale, shift = norm.weight[:, None, None], norm.bias[:, None, None]
        return (x - mean) / (variance + 1e-5).sqrt() * scale + shift

    def inception(self, x: Tensor, name: str) -> Tensor:
        block = f"inception{name}"
        paths = [
            self.conv(x, f"{block}.path1", 1),
            self.conv(self.conv(x, f"{block}.path3.0", 1), f"{block}.path3.1", 3),
            self.conv(self.conv(x, f"{block}.path5.0", 1), f"{block}.path5.1", 5),
            self.conv(F.max_pool2d(x, 3, 1, 1), f"{block}.pool.1", 1),
        ]
        one, reduce3, three, reduce5, five, pooled = INCEPTIONS[name]
        assert [path.shape[1] for path in paths] == [one, three, five, pooled]
        assert self.layer(f"{block}.path3.0.0").out_channels == reduce3
        assert self.layer(f"{block}.path5.0.0").out_channels == reduce5
        y = torch.cat(paths, 1)
        return self.normalise(y, self.layer(f"{block}.norm.0")).clamp(min=0) if "concat" in self.bn else y

    def auxiliary(self, x: Tensor, name: str) -> Tensor:
        x = self.conv(F.avg_pool2d(x, 5, 3, 2), f"{name}.conv", 1)
        assert x.shape[1:] == (128, 6, 6)
        return self.linear(x.flatten(1), name, (4608, 1024, 128, 10))

    def linear(self, x: Tensor, prefix: str, sizes: tuple[int, ...]) -> Tensor:
        for number, (inputs, outputs) in enumerate(pairwise(sizes), 1):
            layer = self.layer(f"{prefix}.fc{number}".lstrip("."))
            assert layer.weight.shape == (outputs, inputs)
            x = x @ layer.weight.T + layer.bias
        return x

    def __call__(self, x: Tensor) -> list[Tensor]:
        x = F.local_response_norm(F.max_pool2d(self.conv(x, "conv1", 7), 3, 1, 1), 16)
        x = self.conv(self.conv(x, "conv2.0", 1), "conv2.1", 3)
        x = F.max_pool2d(F.local_response_norm(x, 16), 3, 2, 1)
        assert x.shape[1:] == (192, 16, 16)
        x = F.max_pool2d(self.inception(self.inception(x, "3a"), "3b"), 3, 1, 1)
        a = self.inception(x, "4a")
        d = self.inception(self.inception(self.inception(a, "4b"), "4c"), "4d")
        x = F.max_pool2d(self.inception(d, "4e"), 3, 2, 1)
        assert x.shape[1:] == (832, 8, 8)
        x = self.inception(self.inception(x, "5a"), "5b")
        main = self.linear(x.mean((2, 3)), "", (1024, 128, 10))
        return [main, self.auxiliary(a, "aux1"), self.auxiliary(d, "aux2")]


@pytest.mark.parametrize("head", ["logits", "softmax"])
@pytest.mark.parametrize("bn", ["none", "conv", "conv+concat"])
def test_the_network_is_the_reports(bn: str, head: str) -> None:
    torch.manual_seed(0)
    model = GoogLeNet(bn, head)  # type: ignore[arg-type]
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.1)
    x = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        theirs = Reference(model)(x)
        ours = model(x)
    if head == "softmax":
        theirs = [logits.softmax(1) for logits in theirs]
    for a, b in zip(ours, theirs, strict=True):
        assert torch.allclose(a, b, atol=1e-4 * b.abs().max().item())


def test_every_convolution_has_a_bias_and_dropout_is_as_reported() -> None:
    model = GoogLeNet("conv+concat")
    assert all(m.bias is not None for m in model.modules() if isinstance(m, nn.Conv2d))
    assert [m.p for m in model.modules() if isinstance(m, nn.Dropout)] == [0.4, 0.7, 0.7]


def test_auxiliary_heads_answer_in_training_only_and_count_as_parameters() -> None:
    model = GoogLeNet()
    assert len(model(torch.randn(2, 3, 32, 32))) == 3
    assert model.eval()(torch.randn(2, 3, 32, 32)).shape == (2, 10)
    summary = count_layers("googlenet", model, (3, 32, 32))
    assert summary.parameters == sum(p.numel() for p in model.parameters())
    assert [layer.name for layer in summary.layers if not layer.output] == ["aux1", "aux2"]
