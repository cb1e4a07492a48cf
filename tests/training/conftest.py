"""Setups for trainings on random digits, and what two runs have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from deepstudy.loading import Dataset
from deepstudy.record import RunDirectory
from deepstudy.study import Study
from deepstudy.training import checkpoint, device
from deepstudy.training.setup import TrainingSetup


@pytest.fixture
def setup_of(small_study: Study, digits: Dataset) -> Callable[..., TrainingSetup]:
    """The setup of the small study's plain experiment on random digits, with overrides."""

    def make(*overrides: str, seed: int = 0) -> TrainingSetup:
        return TrainingSetup(
            small_study.experiment("plain", None, overrides), seed, digits, device.choose_machine("cpu")
        )

    return make


@pytest.fixture
def directory() -> Callable[[Path], RunDirectory]:
    def make(path: Path) -> RunDirectory:
        run = RunDirectory(path)
        run.create()
        return run

    return make


@pytest.fixture
def result() -> Callable[[RunDirectory], tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Metrics without their times, and the last checkpoint with the step log."""

    def read(run: RunDirectory) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        log = run.path / "log.txt"
        metrics = [{key: value for key, value in line.as_json().items() if key != "elapsed"} for line in run.metrics()]
        state = checkpoint.load_newest(run.checkpoints)
        assert state is not None
        return metrics, {**state, "log": log.read_text() if log.is_file() else ""}

    return read


@pytest.fixture
def same() -> Callable[[Any, Any], bool]:
    """Whether two results are equal to the bit, times aside."""

    def equal(a: Any, b: Any) -> bool:
        if isinstance(a, Tensor):
            return torch.equal(a, b)
        if isinstance(a, dict):
            return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a if key != "elapsed")
        if isinstance(a, list | tuple):
            return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
        return bool(a == b)

    return equal
