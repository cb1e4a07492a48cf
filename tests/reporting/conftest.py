"""Runs written by hand, as runs leave them, for the tests of the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepstudy.files import write_json
from deepstudy.layer_table import count_layers
from deepstudy.models import build
from deepstudy.record import ModelSize, RunDirectory, WholeMetricsLine
from deepstudy.study import Study, load_study

Write = Callable[..., Path]
WriteRun = Callable[..., None]
NASTY = "</script><img src=x onerror=alert(1)>"


def _write_run(out: Path, study: Study, name: str, seed: int, epochs: int = 3, **changes: Any) -> None:
    """A record as a run leaves it, with accuracies that are easy to check: 80 + epoch + seed."""
    experiment = study.experiment(name, None, changes.get("overrides", ()))
    run = RunDirectory(out / study.name / "full" / name / f"seed{seed}")
    run.create()
    model = experiment.model
    layers = count_layers(model.name, build(model.name, model.options, (1, 28, 28), 10), (1, 28, 28))
    run.write_layers(layers)
    lines = []
    for epoch in range(1, epochs + 1):
        for number, split in enumerate(("train", "validation", "test")):
            measure = "running" if split == "train" else "scored"
            accuracy = 80.0 + epoch + seed
            line = {"epoch": epoch, "split": split, "measure": measure, "loss": 1 / epoch, "accuracy": accuracy}
            line |= {"correct": int(accuracy), "images": 100, "elapsed": 10.0 * epoch + number, "lr": 0.1}
            lines.append(WholeMetricsLine.model_validate(line))
    (run.path / "metrics.jsonl").unlink(missing_ok=True)
    run.append_metrics(lines)
    info = {
        "study": study.name,
        "experiment": name,
        "budget": None,
        "seed": seed,
        "status": "complete",
        "why": None,
        "began": "2026-01-01T00:00:00+00:00",
        "hash": experiment.hash(),
        "resolved": experiment.model_dump(mode="json") | {"epochs": max(experiment.epochs, epochs)},
        "overrides": [],
        "versions": {"torch": "2"},
        "machine": {
            "device": "cpu",
            "gpu": None,
            "cpu": "A CPU",
            "cores": 2,
            "threads": 2,
            "system": "Linux",
            "precision": "32",
            "layout": "x",
        },
        "runs_sharing_machine": 1,
        "data": {
            "name": "mnist5k",
            "fingerprint": "f",
            "published": True,
            "splits": {"train": 300, "validation": 100, "test": 200},
        },
        "model": ModelSize.from_table(layers).as_json(),
    }
    write_json(run.path / "run.json", {**info, **changes})


@pytest.fixture
def write_run() -> WriteRun:
    """Writes a record: `write_run(out, study, experiment, seed, epochs=3, **changes of run.json)`."""
    return _write_run


@pytest.fixture
def write_pictures() -> Callable[..., None]:
    """Leaves predictions and pictures in a run: 2 of its 40 zeros are taken for ones, the rest is right."""

    def write(out: Path, study: Study, name: str, seed: int, classes: tuple[str, ...] = tuple("0123456789")) -> None:
        run = RunDirectory(out / study.name / "full" / name / f"seed{seed}")
        labels = np.arange(400) % 10
        predicted = labels.copy()
        predicted[[10, 30]] = 1
        run.write_arrays(
            "predictions.npz",
            epoch=np.int64(3),
            split=np.array("test"),
            classes=np.array(classes),
            labels=labels.astype(np.uint16),
            predicted=predicted.astype(np.uint16),
            probability=np.linspace(1, 0.5, 400).astype(np.float16),
            probability_of_truth=np.full(400, 0.25, np.float16),
        )
        images = np.zeros((2, 1, 28, 28), np.uint8)
        images[:, :, 10] = 255
        filters = np.random.default_rng(0).normal(size=(6, 1, 5, 5)).astype(np.float16)
        arrays = {"mistakes": np.array([10, 30]), "images": images, "filters": filters}
        run.write_arrays("pictures.npz", **arrays, filters_of=np.array("conv1"))

    return write


@pytest.fixture
def study(write_study: Write) -> Study:
    path = write_study(("title: A small study", f'title: "{NASTY} 제목"'))
    path.write_text(
        path.read_text()
        + """
reported:
  - {experiment: plain, quantity: weights, value: "61,470"}
  - {experiment: plain, quantity: weights, layer: fc1, value: "48,001"}
  - {experiment: plain, quantity: accuracy, split: test, epoch: 2, value: 83.10}
  - {experiment: plain, quantity: accuracy, split: test, epoch: 900, value: 78~81}
  - {experiment: plain, quantity: saturation_epoch, value: "2", about: true}
""",
        encoding="utf-8",
    )
    return load_study(path)


@pytest.fixture
def runs(study: Study, tmp_path: Path) -> Path:
    out = tmp_path / "runs"
    for name in study.names():
        for seed in (0, 2):
            _write_run(out, study, name, seed)
    return out
