"""Many runs in few files: what is packed, what is read back, and what is refused."""

import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepstudy.errors import InputError
from deepstudy.files import write_json
from deepstudy.layer_table import LayerTable
from deepstudy.layer_table.table import Layer
from deepstudy.record import Collection, Record, RunDirectory, WholeMetricsLine, pack, read_folder
from deepstudy.study import load_study

EXPERIMENT = load_study("lenet-mnist").experiment("lenet5")
TABLE = LayerTable("net", [1, 28, 28], [Layer("fc", "Linear", [10], 20, 10, 20, "2x10")])


def write(runs: Path, name: str, seed: int, table: LayerTable = TABLE, **changes: Any) -> RunDirectory:
    """A complete run of two epochs, with every file that a run can leave."""
    run = RunDirectory(runs / name / f"seed{seed}")
    run.create()
    info: dict[str, Any] = {
        "study": "s",
        "experiment": name,
        "budget": None,
        "seed": seed,
        "status": "complete",
        "hash": "recipe-code",
        "resolved": EXPERIMENT.model_dump(mode="json"),
        "machine": {"cpu": "x", "of a later version": [1]},
        "data": {"name": "mnist", "splits": {"train": 300}},
        "final": {"test": {"epoch": 2, "split": "test", "measure": "scored", "accuracy": 90}},
        "of a later version": {"x": None},
    }
    write_json(run.path / "run.json", info | changes)
    (run.path / "metrics.jsonl").unlink(missing_ok=True)
    for epoch in (1, 2):
        same: dict[str, Any] = {"epoch": epoch, "loss": 1 / 3, "accuracy": 90 + seed / 7, "correct": 9, "images": 10}
        lines = [WholeMetricsLine(split="train", measure="running", elapsed=0.1 * epoch, lr=1e-7, **same)]
        run.append_metrics([*lines, WholeMetricsLine(split="test", measure="scored", elapsed=epoch, lr=0.1, **same)])
    run.write_layers(table)
    run.write_arrays("predictions.npz", labels=np.arange(9, dtype=np.uint16), probability=np.full(9, seed, np.float16))
    mistakes = np.array([seed, 5])
    images = np.stack([np.full((1, 2, 2), number, np.uint8) for number in mistakes])
    run.write_arrays("pictures.npz", mistakes=mistakes, images=images, filters_of=np.array("conv1"))
    (run.path / "log.txt").write_text(f"step {seed}\n")
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Runs of two experiments, in a folder STUDY/BUDGET."""
    for name, seed in (("b", 0), ("a", 10), ("a", 2)):
        write(tmp_path / "runs" / "s" / "full", name, seed)
    return tmp_path / "runs" / "s" / "full"


def contents(records: Sequence[Record]) -> list[tuple[Any, ...]]:
    """All that records hold."""
    names = ("predictions.npz", "pictures.npz")
    return [
        (each.info, list(each.metrics), each.layers, each.log(), *(_plain(each, name) for name in names))
        for each in records
    ]


def _plain(record: Record, name: str) -> dict[str, Any] | None:
    arrays = record.arrays(name)
    return arrays and {key: (array.dtype, array.shape, array.tobytes()) for key, array in arrays.items()}


def test_what_is_packed_is_read_back(runs: Path, tmp_path: Path) -> None:
    into = tmp_path / "results" / "s" / "full"
    assert pack(runs, into) == ["a/seed2", "a/seed10", "b/seed0"]
    assert contents(read_folder(into, ["b", "a"])) == contents(read_folder(runs, ["b", "a"]))
    assert [record.seed for record in read_folder(into, ["a"])] == [2, 10]
    assert read_folder(into, ["other"]) == []
    kinds = {"runs.jsonl", "metrics.csv", "layers.jsonl", "predictions.npz", "pictures.npz", "logs.zip"}
    assert {path.name for path in into.iterdir()} == kinds
    written = [json.loads(line) for line in (into / "runs.jsonl").read_text().splitlines()]
    assert written == [
        json.loads((runs / place / "run.json").read_text()) for place in ("a/seed2", "a/seed10", "b/seed0")
    ]
    assert runs.joinpath("a", "seed2", "run.json").is_file()


def test_equal_tables_and_arrays_are_stored_once(runs: Path, tmp_path: Path) -> None:
    pack(runs, tmp_path / "packed")
    (line,) = (tmp_path / "packed" / "layers.jsonl").read_text().splitlines()
    assert json.loads(line)["experiments"] == ["a", "b"]
    with zipfile.ZipFile(tmp_path / "packed" / "pictures.npz") as file:
        images = [name for name in file.namelist() if "/images/" in name]
    assert sorted(images) == [
        "a/seed10/images/0.npy",
        "a/seed2/images/0.npy",
        "a/seed2/images/1.npy",
        "b/seed0/images/0.npy",
    ]


def test_the_same_runs_make_the_same_files(runs: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        pack(runs, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_runs_are_added_and_a_run_that_is_there_is_replaced(runs: Path, tmp_path: Path) -> None:
    pack(runs, tmp_path / "packed")
    more = tmp_path / "more" / "s" / "full"
    write(more, "a", 2, why="once more")
    write(more, "c", 0)
    assert pack(more, tmp_path / "packed") == ["a/seed2", "c/seed0"]
    records = read_folder(tmp_path / "packed", ["a", "b", "c"])
    assert [(each.experiment, each.seed, each.info.why) for each in records] == [
        ("a", 2, "once more"),
        ("a", 10, None),
        ("b", 0, None),
        ("c", 0, None),
    ]
    assert contents(records)[1:3] == contents(read_folder(runs, ["a", "b"]))[1:]


def test_a_run_without_pictures_or_a_log_stays_without(tmp_path: Path) -> None:
    run = write(tmp_path / "runs", "a", 0)
    for name in ("predictions.npz", "pictures.npz", "log.txt"):
        (run.path / name).unlink()
    pack(tmp_path / "runs", tmp_path / "packed")
    (record,) = read_folder(tmp_path / "packed", ["a"])
    assert (record.arrays("predictions.npz"), record.arrays("pictures.npz"), record.log()) == (None, None, None)
    assert {path.name for path in (tmp_path / "packed").iterdir()} == {"runs.jsonl", "metrics.csv", "layers.jsonl"}


def test_where_a_study_lies_is_seen_from_the_new_place(tmp_path: Path) -> None:
    write(tmp_path / "runs" / "s" / "full", "a", 0, study_file="../../../../../study.yaml", folder="../../../../..")
    pack(tmp_path / "runs" / "s" / "full", tmp_path / "far" / "away" / "s" / "full")
    info = Collection(tmp_path / "far" / "away" / "s" / "full").first()
    assert (info.study_file, info.folder) == ("../../../../../../study.yaml", "../../../../../..")


REFUSED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "nothing": (shutil.rmtree, "holds no run; give a folder STUDY/BUDGET of run directories"),
    "cut": (
        lambda runs: write(runs, "b", 0, status="interrupted"),
        "b/seed0: this run is interrupted, not complete; finish it",
    ),
    "network": (
        lambda runs: write(runs, "a", 2, LayerTable("net", [1, 28, 28])),
        "a/seed10: has another network than the other runs of a; move it",
    ),
    "damaged": (
        lambda runs: (runs / "a" / "seed2" / "pictures.npz").write_bytes(b"x"),
        "pictures.npz: cannot be read (it is not an .npz file, or its end is missing); delete it",
    ),
    "later-version": (
        lambda runs: _append(runs / "a" / "seed2" / "metrics.jsonl", '{"epoch": 3', '{"more": 1, "epoch": 3'),
        "seed2: its metrics hold more, which this version does not know; pack it with the version that made it",
    ),
}


def _append(path: Path, old: str, new: str) -> None:
    last = path.read_text().splitlines()[-1].replace('"epoch": 2', '"epoch": 3')
    path.write_text(path.read_text() + last.replace(old, new) + "\n")


@pytest.mark.parametrize(("damage", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_packed_is_refused_and_nothing_is_written(
    runs: Path, tmp_path: Path, damage: Callable[[Path], Any], says: str
) -> None:
    damage(runs)
    with pytest.raises(InputError) as caught:
        pack(runs, tmp_path / "packed")
    assert says in str(caught.value)
    assert not (tmp_path / "packed").exists()


def test_packed_runs_and_run_directories_are_not_mixed(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"seed\d+: is a run directory; pack into another folder"):
        pack(runs, runs)
    assert not (runs / "runs.jsonl").exists()
    pack(runs, tmp_path / "packed")
    shutil.copytree(tmp_path / "packed", runs, dirs_exist_ok=True)
    with pytest.raises(InputError, match=r"seed\d+: is a run directory beside the packed runs of runs\.jsonl; pack it"):
        read_folder(runs, ["a"])


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


DAMAGED: dict[str, tuple[str, str, str, str]] = {
    "run": ("runs.jsonl", '"seed": 2', '"seed": "2"', "1: is damaged or from another version (seed:"),
    "twice": ("runs.jsonl", '"seed": 10', '"seed": 2', "2: a seed 2 is recorded twice"),
    "header": ("metrics.csv", "experiment", "x", "1: the first columns are not experiment and seed"),
    "cells": ("metrics.csv", ",10,", ",", "2: this line has 10 cells, but the header has 11"),
    "number": ("metrics.csv", "running,0.3", "running,x0.3", "2: loss: input should be a valid number"),
    "gap": ("metrics.csv", "a,2,1,", "a,2,2,", "2: the first epoch is 2, not 1"),
    "layers": ("layers.jsonl", "fc", "fc\0", "1: is not a layer table (invalid JSON"),
}


@pytest.mark.parametrize(("name", "old", "new", "says"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_named_with_its_line(
    runs: Path, tmp_path: Path, name: str, old: str, new: str, says: str
) -> None:
    pack(runs, tmp_path / "packed")
    path = tmp_path / "packed" / name
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path / "packed", ["a", "b"])
    assert str(caught.value).startswith(f"{path}:{says}")
    assert str(caught.value).endswith("; pack its runs again")


def test_arrays_that_cannot_be_read_are_said_in_one_line(runs: Path, tmp_path: Path) -> None:
    pack(runs, tmp_path / "packed")
    path = tmp_path / "packed" / "pictures.npz"
    path.write_bytes(path.read_bytes()[:-10])
    record = read_folder(tmp_path / "packed", ["a"])[0]
    with pytest.raises(ValueError, match=r"it is not an \.npz file, or its end is missing"):
        record.arrays("pictures.npz")
    assert record.arrays("predictions.npz") is not None


def test_a_damaged_file_of_logs_is_named_in_one_line(runs: Path, tmp_path: Path) -> None:
    pack(runs, tmp_path / "packed")
    path, told = tmp_path / "packed" / "logs.zip", list[str]()
    record, whole = read_folder(tmp_path / "packed", ["a"])[0], path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            record.log()
        except InputError as error:
            told.append(str(error))
    assert len(told) > len(whole) // 8  # of a name or a date it cannot be known
    assert all(line.startswith(f"{path}: cannot be read (") and "\n" not in line for line in told)
