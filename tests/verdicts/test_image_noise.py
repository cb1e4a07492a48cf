"""Differences that another choice of images could remove."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepstudy.record import MetricsLine, Record, RecordedExperiment, RunDirectory, RunInfo
from deepstudy.study import Study, load_study
from deepstudy.verdicts import decide

CLAIM = "claims:\n  - {id: c, says: it, compare: {of: dropped, with: plain, quantity: accuracy, split: test, epoch: 1, "
IMAGES = 1000


@pytest.fixture
def study(write_study: Callable[..., Path]) -> Study:
    claims = f"{CLAIM}expect: greater}}}}\n"
    return load_study(write_study(("budgets:\n", f"{claims}budgets:\n"), ("epochs: 2", "epochs: 1")))


class FakeRecord(Record):
    """A record whose predictions are in memory; None for none."""

    predictions: dict[str, Any] | None = None

    def arrays(self, name: str) -> dict[str, Any] | None:
        return self.predictions


def record(study: Study, name: str, seed: int, correct: int, right: Sequence[int] | None = None) -> Record:
    line = MetricsLine(
        epoch=1,
        split="test",
        measure="scored",
        loss=1.0,
        accuracy=100 * correct / IMAGES,
        correct=correct,
        images=IMAGES,
    )
    resolved = RecordedExperiment.from_experiment(study.experiment(name)).document
    info = RunInfo.model_validate(
        {"experiment": name, "seed": seed, "status": "complete", "hash": "0", "resolved": resolved, "machine": {}}
        | {"data": {"name": "digits", "splits": {}, "published": True}, "epochs_done": 1}
    )
    made = FakeRecord(info, [line], None, RunDirectory(Path("none")))
    if right is not None:
        predicted = np.ones(IMAGES, int)
        predicted[list(right)] = 0
        arrays = {
            "epoch": np.array(1),
            "split": np.array("test"),
            "labels": np.zeros(IMAGES, int),
            "predicted": predicted,
        }
        object.__setattr__(made, "predictions", arrays)
    return made


def reason(study: Study, plain: Sequence[int], dropped: Sequence[int]) -> str:
    runs = {"plain": plain, "dropped": dropped}
    (found,) = decide(
        study, [record(study, name, seed, n) for name, all_ in runs.items() for seed, n in enumerate(all_)]
    )
    return found.reason


def test_a_few_images_are_no_difference_for_other_images(study: Study) -> None:
    says = reason(study, [900, 901, 900], [905, 906, 905])
    assert "as claimed. This is 5 of 1,000 images." in says
    assert "changes the difference by up to 2.60 points, so it may not hold for others." in says  # 1.96 sqrt(2 p q / n)


def test_many_images_are(study: Study) -> None:
    assert "choice of images" not in reason(study, [900, 901, 900], [950, 951, 950])


def test_predictions_tell_more_than_the_accuracies(study: Study) -> None:
    """The better network has the same images right, and 20 more: no choice of images makes it the worse one."""
    plain = [record(study, "plain", seed, 900 + seed, range(900 + seed)) for seed in range(3)]
    dropped = [record(study, "dropped", seed, 920 + seed, range(920 + seed)) for seed in range(3)]
    (found,) = decide(study, plain + dropped)
    assert "choice of images" not in found.reason
    (without,) = decide(
        study, [record(study, r.experiment, r.seed, r.metrics[0].correct or 0) for r in plain + dropped]
    )
    assert "This is 20 of 1,000 images." in without.reason
