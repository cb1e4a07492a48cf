"""Closed forms, held against torch's own schedulers."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from deepstudy.training.schedules import Condition, Schedule

EPOCHS = 12


@pytest.mark.parametrize(
    ("name", "options", "torchs"),
    [
        ("constant", {}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
        ("step", {"every": 5, "gamma": 1 / 3}, lambda o: lr_scheduler.StepLR(o, 5, 1 / 3)),
        ("multistep", {"at": [3, 7], "gamma": 0.1}, lambda o: lr_scheduler.MultiStepLR(o, [3, 7], 0.1)),
        ("cosine", {"floor": 0.0}, lambda o: lr_scheduler.CosineAnnealingLR(o, EPOCHS)),
        ("cosine", {"floor": 0.1}, lambda o: lr_scheduler.CosineAnnealingLR(o, EPOCHS, eta_min=0.05)),
        ("linear", {"floor": 0.2}, lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, EPOCHS)),
    ],
)
def test_they_are_torchs(name: str, options: dict[str, Any], torchs: Callable[[Any], Any]) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = torchs(optimizer)
    schedule = Schedule(name, {**options, "warmup": 0.0}, 0.5, EPOCHS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch wants optimizer.step() in between
        for epoch in range(EPOCHS):
            assert schedule.at(float(epoch)) == pytest.approx(optimizer.param_groups[0]["lr"])
            scheduler.step()


def test_warmup_rises_from_zero() -> None:
    schedule = Schedule("constant", {"warmup": 2.0}, 0.4, EPOCHS)
    assert [schedule.at(progress) for progress in (0.0, 0.5, 1.0, 2.0, 5.0)] == [0.0, 0.1, 0.2, 0.4, 0.4]


def test_switch() -> None:
    options = {"until": "test_accuracy > 80", "then": 0.1, "at": [4, 6], "gamma": 0.5, "warmup": 0.0}
    schedule = Schedule("switch", options, 0.01, EPOCHS)
    assert schedule.at(3.0) == schedule.at(5.0) == 0.01
    assert [schedule.at(epoch, switched=True) for epoch in (3.0, 4.0, 5.9, 6.0)] == [0.1, 0.05, 0.05, 0.025]
    assert schedule.condition == Condition("test", "accuracy", True, 80.0)
    assert schedule.condition.holds(loss=1.0, accuracy=80.5)
    assert not schedule.condition.holds(loss=1.0, accuracy=80.0)


def test_a_condition_is_read_and_compared() -> None:
    condition = Condition.parse("train_error < 80")
    assert condition == Condition("train", "error", False, 80.0)
    assert condition.holds(loss=2.0, accuracy=20.5)
    assert not condition.holds(loss=2.0, accuracy=19.5)
    for text in ("speed > 3", "train_error < 8.0.0"):
        with pytest.raises(ValueError, match="is not a condition"):
            Condition.parse(text)
