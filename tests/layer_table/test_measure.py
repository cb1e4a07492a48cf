"""The layer table that a network gives."""

import warnings

import pytest
import torch
from torch import nn

from deepstudy.errors import InputError
from deepstudy.layer_table import count_layers
from deepstudy.models import build


def test_lenet5_counts() -> None:
    summary = count_layers("lenet5", build("lenet5", {}, (1, 28, 28), 10), (1, 28, 28))
    assert (summary.weights, summary.biases, summary.parameters, summary.macs) == (61_470, 236, 61_706, 416_520)


def test_the_custom_network_has_the_reported_total() -> None:
    for pool in ("first", "last"):
        summary = count_layers("lenet_1x1", build("lenet_1x1", {"pool": pool}, (1, 28, 28), 10), (1, 28, 28))
        assert summary.weights == 60_540


def test_totals_are_torchs_even_where_layers_are_shared_or_hidden() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3, groups=1, padding=1)
            self.norm = nn.BatchNorm2d(4)
            self.again = nn.Conv2d(4, 4, 3, padding=1, groups=2)
            self.scale = nn.Parameter(torch.ones(4, 1, 1))
            self.bias = nn.Parameter(torch.ones(4, 1, 1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.norm(self.conv(x))
            return self.again(self.again(x)) * self.scale + self.bias

    model = Odd().train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    summary = count_layers("odd", model, (3, 8, 8))
    rows = [(layer.name, layer.weights, layer.biases, layer.macs, layer.arithmetic) for layer in summary.layers]
    assert rows == [
        ("conv", 108, 4, 108 * 64, "3x3x3x4"),
        ("norm", 4, 4, 0, ""),
        ("again", 72, 4, 72 * 64, "3x3x2x4"),
        ("again", 0, 0, 72 * 64, ""),
        ("scale", 4, 0, 0, ""),
        ("bias", 0, 4, 0, ""),
    ]
    assert summary.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert model.training
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


def test_compiled_scripts_are_refused_in_one_line() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are deprecated, and still written
        scripted = torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)))
    with pytest.raises(InputError, match="one image of 1x2x2: RuntimeError: register_forward_hook"):
        count_layers("mine", scripted, (1, 2, 2))


def test_a_network_that_does_not_take_the_images_is_told() -> None:
    with pytest.raises(InputError, match="model mine cannot take one image of 1x28x28: RuntimeError: mat1 and mat2"):
        count_layers("mine", nn.Sequential(nn.Flatten(), nn.Linear(5, 2)), (1, 28, 28))
