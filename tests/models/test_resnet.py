"""The residual networks against the paper's counts, and against the same networks written down a second time."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from deepstudy.models.resnet import CifarResNet, PaddedIdentity, ResNet
from deepstudy.models.resnet50_late import LateResNet50


def millions(model: nn.Module) -> float:
    return sum(p.numel() for p in model.parameters()) / 1e6


@pytest.mark.parametrize(("depth", "reported"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)])
def test_parameters_are_the_papers(depth: int, reported: float) -> None:
    """He et al. 2015, table 6."""
    assert round(millions(CifarResNet(depth)), 1 if depth == 110 else 2) == reported


@pytest.mark.parametrize(("depth", "convolutions"), [(18, 17), (34, 33), (50, 49)])
def test_the_depth_counts_convolutions_on_the_main_path_and_the_linear_layer(depth: int, convolutions: int) -> None:
    model = ResNet(depth)  # type: ignore[arg-type]
    names = [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]
    assert sum("shortcut" not in name for name in names) == convolutions
    assert sum("shortcut" in name for name in names) == (4 if depth == 50 else 3)


def test_a_depth_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="6n \\+ 2"):
        CifarResNet(21)


def test_option_a_takes_every_other_pixel_and_pads_with_zeros() -> None:
    x = torch.randn(2, 3, 5, 4)
    y = PaddedIdentity(2, 2)(x)
    assert y.shape == (2, 5, 3, 2)
    assert torch.equal(y[:, :3], x[:, :, ::2, ::2])
    assert not y[:, 3:].any()


def bn(x: Tensor, norm: nn.BatchNorm2d) -> Tensor:
    """Batch normalisation in training mode."""
    mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt() * norm.weight[:, None, None] + norm.bias[:, None, None]


def layers(model: nn.Module) -> list[nn.Module]:
    """The layers with weights, in the order in which they were made."""
    return [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d | nn.Linear)]


@pytest.mark.parametrize("stem_relu", [True, False])
@pytest.mark.parametrize("shortcut", ["identity", "projection"])
def test_resnet20_is_section_4_2(shortcut: str, stem_relu: bool) -> None:
    torch.manual_seed(0)
    model = CifarResNet(20, shortcut, stem_relu=stem_relu, bias=True)  # type: ignore[arg-type]
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.1)
    x = torch.randn(4, 3, 32, 32)
    left = iter(layers(model))

    def conv(x: Tensor, stride: int = 1, kernel: int = 3) -> Tensor:
        layer = next(left)
        return bn(F.conv2d(x, layer.weight, layer.bias, stride, kernel // 2), next(left))

    y = conv(x)
    if stem_relu:
        y = F.relu(y)
    for width in (16, 32, 64):
        for _ in range(3):
            stride = 2 if y.shape[1] != width else 1
            z = conv(F.relu(conv(y, stride)))
            if stride == 1:
                around = y
            elif shortcut == "projection":
                around = conv(y, 2, kernel=1)
            else:
                around = torch.cat([F.avg_pool2d(y, 1, 2), torch.zeros(4, width // 2, *z.shape[2:])], 1)
            y = F.relu(z + around)
    last = next(left)
    logits = F.avg_pool2d(y, 8).flatten(1) @ last.weight.T + last.bias
    assert next(left, None) is None
    assert torch.allclose(model(x), logits, atol=1e-4)


@pytest.mark.parametrize("options", [{}, {"shortcut": "pool"}, {"relu_after_add": True, "shortcut": "when-needed"}])
def test_the_late_resnet50_is_the_reports(options: dict[str, object]) -> None:
    torch.manual_seed(0)
    # Two orders of adding differ visibly in float32: batch normalisation of few values amplifies it layer by layer.
    model = LateResNet50(**options).double()  # type: ignore[arg-type]
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.1)
    left = iter(layers(model))
    after = options.get("relu_after_add", False)

    def conv(x: Tensor, outputs: int, kernel: int, stride: int = 1, relu: bool = True) -> Tensor:
        layer = next(left)
        assert layer.weight.shape == (outputs, x.shape[1], kernel, kernel)
        y = bn(F.conv2d(x, layer.weight, layer.bias, stride, kernel // 2), next(left))
        return F.relu(y) if relu else y

    x = torch.randn(6, 3, 32, 32, dtype=torch.float64)
    y = F.max_pool2d(conv(x, 64, 7, 2), 3, 2, 1)
    assert y.shape[1:] == (64, 8, 8)
    # (inner, outer, stride) of the report's blocks
    blocks = [(64, 256, 1), (64, 256, 1), (64, 256, 2)]
    blocks += [(128, 512, 1), (128, 512, 1), (128, 512, 1), (128, 512, 2)]
    blocks += [(256, 1024, 1)] * 6
    for inner, outer, stride in blocks:
        z = conv(conv(conv(y, inner, 1, stride), inner, 3), outer, 1, relu=not after)
        around = y
        if options.get("shortcut") == "pool" and stride == 2:
            around = F.avg_pool2d(y, 2)
        elif options.get("shortcut") != "when-needed" or y.shape[1] != outer or stride == 2:
            around = conv(y, outer, 1, stride, relu=not after)
        y = F.relu(z + around) if after else z + around
    assert y.shape[1:] == (1024, 2, 2)
    last = next(left)
    logits = F.avg_pool2d(y, 2).flatten(1) @ last.weight.T + last.bias
    assert next(left, None) is None
    assert torch.allclose(model(x), logits, atol=1e-9 * logits.abs().max().item())


def test_the_late_resnet50_has_40_convolutions_on_its_main_path_and_13_projections() -> None:
    names = [name for name, module in LateResNet50().named_modules() if isinstance(module, nn.Conv2d)]
    assert sum("shortcut" not in name for name in names) == 40
    assert sum("shortcut" in name for name in names) == 13
    pooled = [name for name, module in LateResNet50("pool").named_modules() if isinstance(module, nn.Conv2d)]
    assert set(names) - set(pooled) == {"stage2.2.shortcut.0", "stage3.3.shortcut.0"}
