import pytest
import torch
from torch import nn

from deepstudy.models.vgg import VGG


@pytest.mark.parametrize(
    ("depth", "parameters"), [(11, 9_225_610), (13, 9_410_122), (16, 14_719_818), (19, 20_029_514)]
)
def test_convolutions_of_the_papers_configurations(depth: int, parameters: int) -> None:
    """Table 1: A, B, D, E; three of the layers that the names count are linear."""
    model = VGG(depth, bn=False)  # type: ignore[arg-type]
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert len(convolutions) == depth - 3
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert sum(isinstance(module, nn.BatchNorm2d) for module in VGG(depth).modules()) == depth - 3  # type: ignore[arg-type]


def test_without_batch_normalisation_it_is_a_plain_chain() -> None:
    torch.manual_seed(0)
    model = VGG(11, bn=False, linear=3).eval()
    x = y = torch.randn(2, 3, 32, 32)
    for count, block in zip((1, 1, 2, 2, 2), range(1, 6), strict=True):
        for number in range(1, count + 1):
            layer = model.get_submodule(f"block{block}.conv{number}")
            y = nn.functional.conv2d(y, layer.weight, layer.bias, padding=1).clamp(min=0)
        y = nn.functional.max_pool2d(y, 2)
    y = y.flatten(1)
    linear = [module for module in model.head.modules() if isinstance(module, nn.Linear)]
    assert [layer.out_features for layer in linear] == [4096, 4096, 10]
    for layer in linear:
        y = y @ layer.weight.T + layer.bias
        y = y.clamp(min=0) if layer is not linear[-1] else y
    assert torch.allclose(model(x), y, atol=1e-5)
