"""The memory layout of somebody else's network: what needs torch's default gets it, everything else is faster."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from deepstudy import models
from deepstudy.training import checkpoint, device, loop
from deepstudy.training.layout import LayoutChoice, choose_layout
from deepstudy.training.state import TrainingStopped


class Square(torch.autograd.Function):
    """A square that fails only in its backward pass, in a view of its input."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        (x,) = ctx.saved_tensors
        return (2 * x.view(-1) * gradient.reshape(-1)).view_as(x)


#: How each network flattens its maps (n, c, h, w).
FLATTEN: dict[str, Callable[[Tensor, bool], Tensor]] = {
    "view": lambda x, training: x.view(x.size(0), -1),
    "view in evaluation": lambda x, training: x.flatten(1) if training else x.view(len(x), -1),
    "view in training": lambda x, training: x.view(len(x), -1) if training else x.flatten(1),
    "as_strided": lambda x, training: x.as_strided((len(x), x[0].numel()), (x[0].numel(), 1)),
    "backward": lambda x, training: Square.apply(x).flatten(1),
    "strides": lambda x, training: x.flatten(1) * x.stride(1),
    "flatten": lambda x, training: x.flatten(1),
    "reshape": lambda x, training: x.reshape(len(x), -1),
    "pooled view": lambda x, training: x.mean((2, 3), keepdim=True).view(len(x), -1).repeat(1, 64),
    "never": lambda x, training: x.view(7, 3),
    "noise": lambda x, training: x.flatten(1) + float(np.random.default_rng().normal()),
}


class Net(nn.Module):
    def __init__(self, flatten: str) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5, stride=3)
        self.fc = nn.Linear(6 * 64, 10)
        self.flatten = FLATTEN[flatten]

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.flatten(x, self.training)
        return self.fc(x)


def make(flatten: str) -> nn.Module:
    torch.manual_seed(0)
    return Net(flatten)


@pytest.mark.parametrize("flatten", ["view", "view in evaluation", "view in training", "backward"])
def test_an_operation_that_needs_the_default_layout_gets_it(flatten: str) -> None:
    chosen = choose_layout(partial(make, flatten), torch.randn(4, 1, 28, 28))
    assert chosen.layout == "contiguous"
    assert "view size is not compatible" in chosen.why
    assert "test_layout.py:" in chosen.why


@pytest.mark.parametrize("flatten", ["as_strided", "strides"])
def test_an_operation_that_computes_something_else_gets_the_default_layout(flatten: str) -> None:
    chosen = choose_layout(partial(make, flatten), torch.randn(4, 1, 28, 28))
    assert chosen == LayoutChoice("contiguous", "its outputs depend on the layout, as with `as_strided`")


@pytest.mark.parametrize("flatten", ["flatten", "reshape", "pooled view", "never", "noise"])
def test_a_network_that_works_or_fails_in_both_layouts_has_channels_last(flatten: str) -> None:
    state = torch.get_rng_state()
    assert choose_layout(partial(make, flatten), torch.randn(4, 1, 28, 28, generator=torch.Generator())) == (
        LayoutChoice()
    )
    assert torch.equal(state, torch.get_rng_state())


def test_the_machine_lays_out_what_it_places() -> None:
    images = torch.randn(2, 3, 8, 8)
    for choice, expected in ((LayoutChoice(), torch.channels_last), (LayoutChoice("contiguous", "why"), None)):
        machine = device.Machine(torch.device("cpu"), layout=choice)
        placed = machine.place_images(images), machine.place_model(nn.Conv2d(3, 4, 3)).weight
        for tensor in placed:
            assert tensor.is_contiguous(memory_format=expected or torch.contiguous_format)
        described = machine.describe()
        assert (described.layout, described.layout_why) == (choice.layout, choice.why or None)
        assert device.recorded_layout(described) == choice


def test_a_run_in_the_default_layout_continues_to_the_same_bits(
    setup_of: Any, directory: Any, result: Any, same: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "build", lambda *_: Net("view"))
    setup = setup_of("model=mine.py:Net", "batch_size=30").with_layout()
    assert setup.machine.layout.layout == "contiguous"
    whole = directory(tmp_path / "whole")
    loop.train(setup, whole)
    cut = directory(tmp_path / "cut")
    steps = iter([False, False, True])
    with pytest.raises(TrainingStopped):
        loop.train(setup, cut, lambda: next(steps))
    known = device.recorded_layout(setup.machine.describe())
    loop.train(setup_of("model=mine.py:Net", "batch_size=30").with_layout(known), cut)
    assert same(result(whole), result(cut))
    assert checkpoint.newest_file(cut.checkpoints) is not None


def test_a_built_in_network_is_not_tried(setup_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "build", lambda *_: pytest.fail("was built"))
    assert setup_of().with_layout().machine.layout == LayoutChoice()
