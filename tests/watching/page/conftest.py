"""A small recording made by hand: two epochs, an overlap that has a finding, hostile text in all names and lines."""

from pathlib import Path

import numpy as np
import pytest

from deepstudy.findings import Finding
from deepstudy.watching.recording import (
    DatasetSeen,
    LoaderSeen,
    NetworkSeen,
    OptimizerSeen,
    PrintedLine,
    RecordedProgram,
    Recording,
    Round,
    SchedulerSeen,
)
from deepstudy.watching.result import WatchResult

#: A text that would run, if anything of it were not escaped.
HOSTILE = "</p></script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload='alert(1)' {{ 7 * 7 }}"
SCRIPT = f"""import torch

train_loader = make()
test_loader = make()
print({HOSTILE!r})


def other():
    pass
"""
FINDINGS = (
    Finding(
        "train_test_overlap", "bug", "25 % of the images of `test_loader` were trained on.", "train.py:4", "Split."
    ),
    Finding("wrong_average", "bug", "The printed loss `0.0425` is a sum.", "train.py:5", "Divide by `len(loader)`."),
    Finding("schedule", "note", HOSTILE, f"{HOSTILE}:3", HOSTILE),
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture
def program(script: Path) -> RecordedProgram:
    """Two epochs of four batches of 50 images, each followed by a scoring of 200 images."""
    rounds = [
        Round(0, 0, True, 0, 0, True, "train.py:3", 1, 5, in_training_mode=4, loss_kind="cross_entropy"),
        Round(
            1, 0, False, 1, 0, True, "train.py:4", 5, 9, in_training_mode=4, with_dropout=4, loss_kind="cross_entropy"
        ),
        Round(2, 0, True, 0, 1, True, "train.py:3", 9, 13, in_training_mode=4, loss_kind="cross_entropy"),
        Round(3, 0, False, 1, 1, True, "train.py:4", 13, 17, loss_kind="cross_entropy"),
    ]
    arrays = {}
    for each in rounds:
        loss, hits = 2.0 / (each.number + 1), 20 + 5 * each.number
        arrays[f"{each.number}.sizes"] = np.full(4, 50)
        arrays[f"{each.number}.losses"] = np.array([loss, loss, loss, loss + 0.4])
        arrays[f"{each.number}.step_losses"] = arrays[f"{each.number}.losses"]
        arrays[f"{each.number}.hits"] = np.full(4, float(hits))
        arrays[f"{each.number}.clocks"] = np.arange(each.start, each.end)
        # Of the scored images, a quarter are training images.
        arrays[f"{each.number}.rows"] = np.arange(200) + (0 if each.trained else 150)
    arrays["layers.0.clocks"] = np.array([1, 9])
    arrays["layers.0.weights"] = np.array([[2.0, 0.0, 1.0], [4.0, 0.5, 1.0]])
    arrays["layers.0.gradients"] = np.array([[0.2, 0.1, 0.0], [0.02, 0.1, np.nan]])
    recording = Recording(
        str(script),
        seconds=3.2,
        clock=17,
        datasets=[DatasetSeen(0, HOSTILE, 350, random_transforms=["RandomCrop(28)"])],
        loaders=[
            LoaderSeen(0, "train.py:3", "train_loader", [0], 200, 50, True, False, 0),
            LoaderSeen(1, "train.py:4", "test_loader", [0], 200, 50, False, False, 0),
        ],
        networks=[NetworkSeen(0, HOSTILE, "train.py:3", 900, tensors=["fc.weight", "fc.bias", HOSTILE])],
        optimizers=[OptimizerSeen(0, "SGD", "train.py:2", 0, steps=8, rates=[(0.1, 4), (0.01, 4)], networks=[0])],
        schedulers=[SchedulerSeen(0, "StepLR", "train.py:2", 0, steps=[4, 8])],
        rounds=rounds,
        printed=[
            PrintedLine(9, f"{HOSTILE} test accuracy: 12.50%", "train.py:7"),
            PrintedLine(17, f"{HOSTILE} test accuracy: 70.00%", "train.py:7"),
            PrintedLine(17, "loss of the moon 123.456", "train.py:8"),
        ],
        not_observed=[HOSTILE],
        notes=["MNIST: a copy stands in"],
        versions={"torch": "2.13"},
    )
    return RecordedProgram(recording, arrays)


@pytest.fixture
def result(program: RecordedProgram) -> WatchResult:
    recording = program.recording
    return WatchResult(
        recording.script, 0, [], FINDINGS, tuple(recording.not_observed), tuple(recording.notes), recording
    )
