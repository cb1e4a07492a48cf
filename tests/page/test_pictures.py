"""Confusion matrices, mistakes and filters, from arrays with known contents."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deepstudy import page
from deepstudy.errors import InputError
from deepstudy.page import pictures
from deepstudy.record import read_records
from deepstudy.study import Study


@pytest.fixture
def runs(study: Study, runs: Path, write_pictures: Callable[..., None]) -> Path:
    for seed in (0, 2):
        write_pictures(runs, study, "plain", seed)
    return runs


def seen(study: Study, runs: Path) -> list[pictures.Seen]:
    by_name: dict[str, list[page.shown.Record]] = {}
    for record in read_records(runs, study.name, None, study.names()):
        by_name.setdefault(record.experiment, []).append(record)
    return pictures.seen(by_name)


def test_rates_are_in_percent_of_the_true_class_over_all_runs(study: Study, runs: Path) -> None:
    (plain,) = seen(study, runs)  # the other experiment's runs left no pictures
    confusion = plain.confusion
    assert (confusion.images, confusion.split, confusion.seeds) == (400, "test", 2)
    expected = np.diag([100.0] * 10)
    expected[0, :2] = 95, 5
    np.testing.assert_allclose(confusion.rates, expected)
    assert confusion.commonest == [("0", "1", 5.0)]
    assert (confusion.shade(0, 1), confusion.shade(0, 0), confusion.shade(3, 4)) == (100, 0, 0)


def test_mistakes_say_what_they_are(study: Study, runs: Path) -> None:
    (plain,) = seen(study, runs)
    told = [(one.number, one.true, one.predicted, round(one.probability_of_truth)) for one in plain.mistakes]
    assert told == [(10, "0", "1", 25), (30, "0", "1", 25)]
    assert all(one.picture.startswith("data:image/png;base64,") for one in plain.mistakes)
    assert plain.filters is not None
    assert (plain.filters.layer, plain.filters.count, plain.filters.size) == ("conv1", 6, "5x5")


def test_many_classes_have_no_matrix_but_their_commonest_confusions(study: Study, runs: Path, tmp_path: Path) -> None:
    classes = [f"class {number}" for number in range(100)]
    labels = np.repeat(np.arange(100), 10)
    predicted = np.where(np.arange(1000) % 10 == 0, (labels + 1) % 100, labels)
    for record in read_records(runs, study.name, None, ["plain"]):
        arrays = {"labels": labels, "predicted": predicted, "classes": np.array(classes), "split": np.array("test")}
        record.directory.write_arrays("predictions.npz", **arrays)
        (record.directory.path / "pictures.npz").unlink()
    (plain,) = seen(study, runs)
    assert not plain.confusion.is_small
    assert plain.confusion.commonest[0] == ("class 0", "class 1", 10.0)
    assert len(plain.confusion.commonest) == 15
    assert (plain.mistakes, plain.filters) == ([], None)
    page.report(study, runs=runs, output=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "class 0 is taken for class 1 (10.00 % of all class 0)" in " ".join(text.split())
    assert '<table class="confusion">' not in text


def test_a_damaged_file_is_told_in_one_line(study: Study, runs: Path) -> None:
    path = runs / study.name / "full" / "plain" / "seed0" / "predictions.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match=r"predictions\.npz: cannot be read: .*; delete it, the page does without"):
        seen(study, runs)
