"""Shortcuts past torch's own ways end in the same bits."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from deepstudy.training import device, fast_paths, loop, optimizers

#: Momentum, dropout and augmentation; Adam's state; Muon's, and a part of the parameters frozen.
RECIPES = {
    "sgd": ["model.dropout=0.3", "augment.crop=2", "optimizer.momentum=0.9"],
    "adam": ["model.dropout=0.3", "optimizer={name: adam, lr: 0.01}"],
    "muon": ["model=fast_cnn", "optimizer={name: muon, lr: 0.05}", "init={first: whiten}"],
}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_with_and_without_them_comes_to_the_same_bits(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    runs = {}
    for enabled in (True, False):
        monkeypatch.setattr(fast_paths, "enabled", enabled)
        runs[enabled] = directory(tmp_path / str(enabled))
        loop.train(setup_of("batch_size=25", *RECIPES[recipe]), runs[enabled])
    assert same(result(runs[True]), result(runs[False]))


def test_one_switch_turns_all_of_them_off(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = nn.Linear(2, 2)
    layer(torch.ones(1, 2)).sum().backward()
    assert type(optimizers.build("sgd", {}, layer.parameters())) is not torch.optim.SGD
    monkeypatch.setattr(fast_paths, "enabled", False)
    optimizer = optimizers.build("sgd", {}, layer.parameters())
    assert type(optimizer) is torch.optim.SGD
    called: list[str] = []
    monkeypatch.setattr(torch, "manual_seed", lambda number: called.append(f"seed {number}"))
    monkeypatch.setattr(optimizer, "zero_grad", lambda: called.append("zero_grad"))
    monkeypatch.setattr("ctypes.CDLL", lambda name: pytest.fail("memory is left to glibc"))
    fast_paths.seed_generators(3, torch.device("cpu"))
    fast_paths.clear_gradients(optimizer, list(layer.parameters()))
    fast_paths.reuse_freed_memory()
    assert called == ["seed 3", "zero_grad"]


@pytest.mark.parametrize("kind", ["cpu", "auto"])
def test_seeded_generators_draw_what_torch_draws(kind: str) -> None:
    where = device.choose_machine(kind).device
    torch.manual_seed(3)
    expected = torch.rand(4, device=where)
    fast_paths.seed_generators(4, where)
    assert not torch.equal(torch.rand(4, device=where), expected)
    fast_paths.seed_generators(3, where)
    assert torch.equal(torch.rand(4, device=where), expected)
