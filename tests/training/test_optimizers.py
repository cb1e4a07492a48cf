"""Optimizers by name."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from deepstudy.study import Study
from deepstudy.training import optimizers


@pytest.mark.parametrize(
    ("pairs", "torchs", "defaults"),
    [
        (["optimizer=SGD"], torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0, "nesterov": False}),
        (
            ["optimizer={name: sgd, momentum: 0.9, nesterov: true}"],
            torch.optim.SGD,
            {"momentum": 0.9, "nesterov": True},
        ),
        (["optimizer=adam"], torch.optim.Adam, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}),
        (["optimizer=AdamW"], torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 1e-2}),
    ],
)
def test_optimizers_are_torchs_with_torchs_defaults(
    small_study: Study, pairs: list[str], torchs: type, defaults: dict[str, Any]
) -> None:
    chosen = small_study.experiment("plain", None, pairs).optimizer
    torch.manual_seed(0)
    layer, twin = nn.Linear(3, 2), nn.Linear(3, 2)
    twin.load_state_dict(layer.state_dict())
    built = optimizers.build(chosen.name, chosen.options, layer.parameters())
    assert isinstance(built, torchs)
    assert {key: built.defaults[key] for key in defaults} == defaults

    plain = torchs(twin.parameters(), **chosen.options)
    for seed in range(3):
        torch.manual_seed(seed)
        for one, other in zip(layer.parameters(), twin.parameters(), strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        built.step()
        plain.step()
    assert torch.allclose(layer.weight, twin.weight, rtol=1e-6)


@pytest.mark.slow
def test_an_optimizer_does_not_import_torchs_compiler_which_takes_two_seconds() -> None:
    code = """
import sys, torch
from deepstudy import catalog
from deepstudy.training import optimizers
for name in catalog.OPTIMIZERS:
    layer = torch.nn.Linear(2, 2)
    optimizer = optimizers.build(name, {}, layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_muon_turns_filters_as_torchs_does_and_moves_the_rest_as_adam() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(6, 16, 3), nn.Flatten(), nn.Linear(16, 5))
    filters, bias = model[0].weight, model[2].bias
    matrix, twin = nn.Parameter(filters.detach().flatten(1).clone()), nn.Parameter(bias.detach().clone())
    options = {"lr": 0.1, "momentum": 0.6, "rest_lr": 0.01, "betas": (0.9, 0.95)}
    ours = optimizers.build("muon", options, model.parameters())
    torchs = torch.optim.Muon([matrix], lr=0.1, momentum=0.6, nesterov=True, weight_decay=0)
    adam = torch.optim.Adam([twin], lr=0.01, betas=(0.9, 0.95))
    for _ in range(3):
        with torch.no_grad():  # ours keeps the length, torch's does not: begin each step alike
            filters.mul_(4 / filters.norm())
            matrix.copy_(filters.flatten(1))
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter)
        # torch's momentum is an average, ours a sum: 1 / (1 - 0.6) times as long, which the direction does not see
        matrix.grad, twin.grad = filters.grad.flatten(1).clone(), bias.grad.clone()
        for optimizer in (ours, torchs, adam):
            optimizer.step()
        moved = (filters.detach().flatten(1) - matrix.detach()).norm()
        assert moved < 0.03 * 0.1 * 16**0.5  # bfloat16 there
        assert torch.allclose(bias, twin, atol=1e-6)


@pytest.mark.parametrize("shape", [(8, 40), (40, 8)])
def test_orthogonal_keeps_directions_and_evens_their_lengths(shape: tuple[int, int]) -> None:
    matrix = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    found = u.T @ optimizers.orthogonal(matrix) @ v.T
    assert found.diagonal().min() > 0.6
    assert found.diagonal().max() < 1.3
    assert (found - found.diagonal().diag()).abs().max() < 1e-4


def test_parameters_that_are_frozen_are_left_out() -> None:
    layer = nn.Conv2d(1, 2, 3)
    layer.weight.requires_grad_(False)
    for name in ("sgd", "muon"):
        (group,) = optimizers.build(name, {}, layer.parameters()).param_groups
        assert [parameter.shape for parameter in group["params"]] == [layer.bias.shape]
