"""Confusion matrices, mistakes and filters, from arrays with known contents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepstudy.api import report
from deepstudy.record import Record, RunDirectory, read_records
from deepstudy.reporting import pictures
from deepstudy.study import Study


@pytest.fixture
def runs(study: Study, runs: Path, write_pictures: Callable[..., None]) -> Path:
    for seed in (0, 2):
        write_pictures(runs, study, "plain", seed)
    return runs


def shown(study: Study, runs: Path) -> tuple[list[pictures.ExperimentPictures], list[str]]:
    by_name: dict[str, list[Record]] = {}
    for record in read_records(runs, study.name, None, study.names()):
        by_name.setdefault(record.experiment, []).append(record)
    return pictures.read_pictures(by_name)


def directory(study: Study, runs: Path, seed: int = 0) -> RunDirectory:
    return RunDirectory(runs / study.name / "full" / "plain" / f"seed{seed}")


def change(run: RunDirectory, name: str, **changes: Any) -> None:
    """Writes other arrays into a file of arrays; None takes one out."""
    arrays = (run.arrays(name) or {}) | changes
    run.write_arrays(name, **{key: array for key, array in arrays.items() if array is not None})


def test_rates_are_in_percent_of_the_true_class_over_all_runs(study: Study, runs: Path) -> None:
    (plain,), notices = shown(study, runs)  # the other experiment's runs left no pictures
    assert (plain.epoch, plain.seed, notices) == (3, 0, [])
    confusion = plain.confusion
    assert (confusion.images, confusion.split, confusion.seeds) == (400, "test", 2)
    expected = np.diag([100.0] * 10)
    expected[0, :2] = 95, 5
    np.testing.assert_allclose(confusion.rates, expected)
    assert confusion.commonest == [("0", "1", 5.0)]
    assert (confusion.shade(0, 1), confusion.shade(0, 0), confusion.shade(3, 4)) == (100, 0, 0)


def test_mistakes_say_what_they_are(study: Study, runs: Path) -> None:
    (plain,), _ = shown(study, runs)
    told = [(one.number, one.true, one.predicted, round(one.probability_of_truth)) for one in plain.mistakes]
    assert told == [(10, "0", "1", 25), (30, "0", "1", 25)]
    assert all(one.picture.startswith("data:image/png;base64,") for one in plain.mistakes)
    assert plain.filters is not None
    assert (plain.filters.layer, plain.filters.count, plain.filters.size) == ("conv1", 6, "5x5")
    assert plain.filters.which == "all 6 filters"


def test_filters_that_are_not_all_of_the_layer_say_so(study: Study, runs: Path) -> None:
    change(directory(study, runs), "pictures.npz", filters_of=np.array("conv2"))  # which has 16
    (plain,), _ = shown(study, runs)
    assert plain.filters is not None
    assert (plain.filters.total, plain.filters.which) == (16, "6 of the 16 filters")
    (directory(study, runs).path / "layers.json").unlink()
    (plain,), _ = shown(study, runs)
    assert plain.filters is not None
    assert plain.filters.which == "all 6 filters"


def test_a_network_without_mistakes_or_visible_filters(study: Study, runs: Path) -> None:
    right = np.arange(400) % 10
    for seed in (0, 2):
        change(directory(study, runs, seed), "predictions.npz", predicted=right)
        none = {"mistakes": np.array([], np.int64), "images": np.zeros((0, 1, 28, 28), np.uint8)}
        change(directory(study, runs, seed), "pictures.npz", **none, filters=None, filters_of=None)
    (plain,), notices = shown(study, runs)
    assert (plain.mistakes, plain.filters, plain.confusion.commonest, notices) == ([], None, [], [])


def test_many_classes_have_no_matrix_but_their_commonest_confusions(study: Study, runs: Path, tmp_path: Path) -> None:
    classes = [f"class {number}" for number in range(100)]
    labels = np.repeat(np.arange(100), 10)
    predicted = np.where(np.arange(1000) % 10 == 0, (labels + 1) % 100, labels)
    for record in read_records(runs, study.name, None, ["plain"]):
        arrays = {"labels": labels, "predicted": predicted, "classes": np.array(classes)}
        sure = np.ones(1000, np.float16)
        change(record.directory, "predictions.npz", **arrays, probability=sure, probability_of_truth=sure)
        (record.directory.path / "pictures.npz").unlink()
    (plain,), _ = shown(study, runs)
    assert not plain.confusion.is_small
    assert plain.confusion.commonest[0] == ("class 0", "class 1", 10.0)
    assert len(plain.confusion.commonest) == 15
    assert (plain.mistakes, plain.filters) == ([], None)
    report(study, runs=runs, output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "class 0 predicted as class 1 (10.00 % of all class 0)" in " ".join(text.split())
    assert '<table class="confusion">' not in text


PREDICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    **{
        f"without-{key}": ({key: None}, f"{key}: missing")
        for key in ("epoch", "split", "classes", "labels", "predicted", "probability", "probability_of_truth")
    },
    "epoch-many": ({"epoch": np.array([3, 3])}, "epoch: wrong type"),
    "epoch-half": ({"epoch": np.float64(2.5)}, "epoch: wrong type"),
    "epoch-0": ({"epoch": np.int64(0)}, "epoch: out of range"),
    "split-unknown": ({"split": np.array("<x>")}, "split: not train, validation or test"),
    "split-number": ({"split": np.int64(1)}, "split: wrong type"),
    "classes-one": ({"classes": np.array("0")}, "classes: wrong type"),
    "classes-numbers": ({"classes": np.arange(10)}, "classes: wrong type"),
    "classes-half": ({"classes": np.array(list("01234"))}, "labels: out of range"),
    "classes-none": ({"classes": np.array([], "U1")}, "labels: out of range"),
    "labels-scalar": ({"labels": np.int64(1)}, "labels: wrong type"),
    "labels-texts": ({"labels": np.array(["a"] * 400)}, "labels: wrong type"),
    "labels-none": ({"labels": np.array([], np.uint16)}, "labels: empty"),
    "labels-half": ({"labels": np.arange(200) % 10}, "predicted: wrong length"),
    "predicted-half": ({"predicted": np.arange(200) % 10}, "predicted: wrong length"),
    "predicted-10": ({"predicted": np.full(400, 10)}, "predicted: out of range"),
    "predicted-below": ({"predicted": np.full(400, -1)}, "predicted: out of range"),
    "probability-table": ({"probability": np.ones((400, 10))}, "probability: wrong type"),
    "probability-nan": ({"probability": np.full(400, np.nan)}, "probability: out of range"),
    "probability-above": ({"probability_of_truth": np.full(400, 1.1)}, "probability_of_truth: out of range"),
}
PICTURES: dict[str, tuple[dict[str, Any], str]] = {
    **{f"without-{key}": ({key: None}, f"{key}: missing") for key in ("mistakes", "images", "filters_of")},
    "mistakes-400": ({"mistakes": np.array([10, 400])}, "mistakes: out of range"),
    "mistakes-texts": ({"mistakes": np.array(["a", "b"])}, "mistakes: wrong type"),
    "mistakes-right": ({"mistakes": np.array([10, 11])}, "mistakes: not those of predictions.npz"),
    "images-one-more": ({"images": np.zeros((3, 1, 28, 28), np.uint8)}, "images: wrong length"),
    "images-flat": ({"images": np.zeros((2, 784), np.uint8)}, "images: wrong type"),
    "images-without-pixels": ({"images": np.zeros((2, 1, 0, 28), np.uint8)}, "images: wrong type"),
    "images-16-bits": ({"images": np.zeros((2, 1, 28, 28), np.uint16)}, "images: wrong type"),
    "filters-texts": ({"filters": np.array(["a"])}, "filters: wrong type"),
    "filters-none": ({"filters": np.zeros((0, 1, 5, 5))}, "filters: empty or not finite"),
    "filters-nan": ({"filters": np.full((6, 1, 5, 5), np.nan)}, "filters: empty or not finite"),
    "filters-of-number": ({"filters_of": np.int64(1)}, "filters_of: wrong type"),
}


@pytest.mark.parametrize(("changes", "says"), PREDICTIONS.values(), ids=PREDICTIONS)
def test_damaged_predictions_are_left_out_by_name(study: Study, runs: Path, changes: dict[str, Any], says: str) -> None:
    change(directory(study, runs), "predictions.npz", **changes)
    (plain,), notices = shown(study, runs)
    assert notices == [f"predictions.npz of plain seed 0 cannot be read ({says}), so it is not shown."]
    assert (plain.seed, plain.confusion.seeds, len(plain.mistakes)) == (2, 1, 2)


@pytest.mark.parametrize(("changes", "says"), PICTURES.values(), ids=PICTURES)
def test_damaged_pictures_are_left_out_by_name(study: Study, runs: Path, changes: dict[str, Any], says: str) -> None:
    change(directory(study, runs), "pictures.npz", **changes)
    (plain,), notices = shown(study, runs)
    assert notices == [f"pictures.npz of plain seed 0 cannot be read ({says}), so it is not shown."]
    assert (plain.seed, plain.confusion.seeds, plain.mistakes, plain.filters) == (0, 2, [], None)


def test_files_that_are_none_of_arrays_are_left_out_by_name(study: Study, runs: Path) -> None:
    for seed in (0, 2):
        path = directory(study, runs, seed).path / "predictions.npz"
        path.write_bytes(path.read_bytes()[:100])
    found, notices = shown(study, runs)
    assert found == []
    why = "it is not an .npz file, or its end is missing"
    assert notices == [f"predictions.npz of plain seed {n} cannot be read ({why}), so it is not shown." for n in (0, 2)]


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": np.int64(2)},
        {"split": np.array("validation")},
        {"labels": np.zeros(400, np.uint16)},
        {"classes": np.array(list("abcdefghij"))},
    ],
    ids=["epoch", "split", "labels", "classes"],
)
def test_predictions_of_other_images_or_epochs_are_left_out_by_name(
    study: Study, runs: Path, changes: dict[str, Any]
) -> None:
    change(directory(study, runs, 2), "predictions.npz", **changes)
    (plain,), notices = shown(study, runs)
    assert (plain.epoch, plain.seed, plain.confusion.seeds) == (3, 0, 1)
    what = "predictions.npz of plain seed 2 has other images or another epoch than seed 0"
    assert notices == [f"{what}, so it is not shown."]


def test_the_latest_epoch_is_shown(study: Study, runs: Path) -> None:
    change(directory(study, runs, 0), "predictions.npz", epoch=np.int64(2))
    (plain,), notices = shown(study, runs)
    assert (plain.epoch, plain.seed, plain.confusion.seeds, len(notices)) == (3, 2, 1, 1)
