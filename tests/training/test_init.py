"""Initial weights that a recipe asks for."""

import pytest
import torch
from torch import nn

from deepstudy import models
from deepstudy.errors import InputError
from deepstudy.loading import load
from deepstudy.loading.seeds import seed_for
from deepstudy.training import init


def test_a_whitening_convolution_gives_uncorrelated_outputs_and_is_not_trained(cifar10: None) -> None:
    images = load("cifar10").splits["train"].images[:2000].float() / 255 - 0.5
    model = nn.Sequential(nn.Conv2d(3, 24, 2), nn.ReLU())
    init.initialize(model, first="whiten", images=lambda: images)
    seen = torch.nn.functional.conv2d(images, model[0].weight, stride=2).transpose(0, 1).flatten(1)[:12]  # (12, m)
    variances = torch.cov(seen)
    # The largest components have variance 1 each; small ones, mostly noise, stay below.
    assert torch.allclose(variances[:5, :5], torch.eye(5), atol=0.1)
    assert variances.diagonal().max() < 1.05
    assert torch.equal(model[0].weight[:12], -model[0].weight[12:])
    assert not model[0].weight.requires_grad
    assert model[0].bias.requires_grad


@pytest.mark.parametrize("layer", [nn.Conv2d(1, 24, 2), nn.Conv2d(3, 26, 2), nn.Conv2d(3, 7, 3), nn.Linear(3, 3)])
def test_what_cannot_whiten_is_told(layer: nn.Module) -> None:
    with pytest.raises(InputError, match=r"^init\.first: "):
        init.initialize(nn.Sequential(layer), first="whiten", images=lambda: torch.rand(20, 3, 8, 8))


def test_dirac_filters_pass_on_a_channel_each() -> None:
    layer = nn.Conv2d(3, 8, 3, padding=1, bias=False)
    rest = layer.weight[3:].clone()
    init.initialize(layer, conv="dirac")
    images = torch.rand(2, 3, 6, 6)
    assert torch.allclose(layer(images)[:, :3], images, atol=1e-6)
    assert torch.equal(layer.weight[3:], rest)


def test_initial_weights() -> None:
    model = nn.Sequential(nn.Conv2d(8, 64, 3), nn.BatchNorm2d(64), nn.Linear(64, 400))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    torch.manual_seed(seed_for("test"))
    init.initialize(model, conv="xavier_uniform", linear="kaiming_normal", norm="normal")
    bound = (6 / (8 * 9 + 64 * 9)) ** 0.5  # Glorot & Bengio 2010, equation 16
    assert 0.95 * bound < model[0].weight.abs().max() <= bound
    assert model[2].weight.std().item() == pytest.approx((2 / 64) ** 0.5, rel=0.03)
    assert model[1].weight.mean().item() == pytest.approx(1, abs=0.01)
    assert model[1].weight.std().item() == pytest.approx(0.02, rel=0.3)
    assert torch.equal(model[0].bias, before["0.bias"])


def test_a_scale_that_a_network_does_not_have_is_not_drawn() -> None:
    model = models.build("fast_cnn", {"width": 16}, (3, 32, 32), 10)
    init.initialize(model, norm="normal")
    shifts = [parameter for name, parameter in model.named_parameters() if ".bn" in name]
    assert shifts
    assert not any(shift.any() for shift in shifts)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    assert all((norm.weight == 1).all() for norm in norms)  # there, as CUDA's backward pass wants one
    assert not any(".bn" in name and "weight" in name for name in model.state_dict())


def test_initialise_leaves_defaults_alone() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Linear(3, 4))
    before = [parameter.clone() for parameter in model.parameters()]
    init.initialize(model)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
