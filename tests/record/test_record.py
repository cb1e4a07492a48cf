import errno
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from deepstudy.errors import InputError
from deepstudy.files import write_json
from deepstudy.record import Record, RunDirectory, RunInfo, WholeMetricsLine, read_folder, read_records
from deepstudy.study import load_study

INFO: dict[str, Any] = {  # as little as a record can say
    "experiment": "a",
    "seed": 0,
    "status": "complete",
    "hash": "h",
    "resolved": {
        "epochs": 3,
        "batch_size": 64,
        "schedule": {"name": "constant"},
        "roles": {"train_on": "train", "score_on": "test"},
        "model": {"name": "lenet5"},
        "data": {"name": "mnist"},
    },
    "machine": {},
    "data": {"name": "mnist", "splits": {"train": 300}},
}
LAYER = {"name": "fc", "kind": "Linear", "output": [10], "weights": 20, "biases": 10, "macs": 20, "arithmetic": "2x10"}
LAYERS = {"model": "m", "input": [1], "layers": [LAYER], "weights": 20, "biases": 10, "parameters": 30, "macs": 20}


def line(epoch: int, split: str, elapsed: float = 1.0, measure: str = "scored", **changes: Any) -> dict[str, Any]:
    first = {"epoch": epoch, "split": split, "measure": measure, "loss": 0.5, "accuracy": 90}
    return first | {"correct": 90, "images": 100, "elapsed": elapsed, "lr": 0.1} | changes


def whole(*arguments: Any, **changes: Any) -> WholeMetricsLine:
    return WholeMetricsLine.model_validate(line(*arguments, **changes))


def text_of(*lines: Any) -> str:
    return "".join(json.dumps(one) + "\n" for one in lines)


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


def write(out: Path, name: str, folder: str, metrics: str = "", **changes: Any) -> RunDirectory:
    """A record in `out`, which is a folder STUDY/BUDGET."""
    run = RunDirectory(out / name / folder)
    run.create()
    write_json(run.path / "run.json", {**INFO, "experiment": name, **changes})
    (run.path / "metrics.jsonl").write_text(metrics)
    return run


def test_metrics_survive_a_line_cut_short(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append_metrics([whole(1, "train", 1.0), whole(1, "test", 2.0), whole(2, "train", 3.0)])
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 2, "spl')
    assert [entry.epoch for entry in run.metrics()] == [1, 1, 2]
    run.forget_after(1)
    assert (tmp_path / "metrics.jsonl").read_text().count("\n") == 2
    assert run.epochs() == 1


def test_a_record_has_every_key_whatever_the_version_that_wrote_it(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", INFO | {"of a later version": [1, {"x": None}]})
    info = RunDirectory(tmp_path).info()
    assert info is not None
    document = info.as_json()
    assert document.items() >= without(without(INFO, "machine"), "data").items()
    assert (info.timing, info.why, info.overrides, info.resumed, info.versions) == (False, None, [], [], {})
    assert {document[key] for key in ("study", "budget", "began", "ended", "runs_sharing_machine", "final")} == {None}
    assert set(document["machine"].values()) == set(document["model"].values()) == {None}
    assert document["machine"].keys() >= {"device", "gpu", "cpu", "cores", "threads", "system", "precision", "layout"}
    assert document["model"].keys() == {"weights", "biases", "parameters", "macs"}
    assert (info.data.published, info.data.provenance) == (False, "not the published copy")
    assert document["data"]["copy"] == "not the published copy"
    assert document["of a later version"] == [1, {"x": None}]
    RunDirectory(tmp_path).write_info(info)
    assert RunDirectory(tmp_path).info() == info


def test_a_hash_falls_into_that_of_the_recipe_and_those_of_code(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", INFO | {"hash": "recipe-code-start"})
    info = RunDirectory(tmp_path).info()
    assert info is not None
    assert (info.recipe_hash, info.code_hashes) == ("recipe", ("code", "start"))
    RunDirectory(tmp_path).write_info(info)
    document = json.loads((tmp_path / "run.json").read_text())
    assert (document["hash"], document["recipe_hash"], document["code_hashes"]) == (
        "recipe-code-start",
        "recipe",
        ["code", "start"],
    )
    assert RunDirectory(tmp_path).info() == info


def test_the_experiment_of_a_record_is_whole_where_this_version_takes_it(tmp_path: Path) -> None:
    experiment = load_study("lenet-mnist").experiment("lenet5")
    whole = experiment.model_dump(mode="json")
    later = whole | {"optimizer": {"name": "of a later version"}}
    for resolved, expected in ((whole, experiment), (later, None), (INFO["resolved"], None)):
        write_json(tmp_path / "run.json", INFO | {"resolved": resolved})
        info = RunDirectory(tmp_path).info()
        assert info is not None
        assert info.resolved.experiment == expected
        assert info.resolved.document == resolved
        RunDirectory(tmp_path).write_info(info)
        assert json.loads((tmp_path / "run.json").read_text())["resolved"] == resolved


RUN_JSON: dict[str, tuple[Any, str]] = {
    "empty": (b"", "(invalid JSON: EOF while parsing"),
    "cut-short": (json.dumps(INFO)[:50].encode(), "(invalid JSON: EOF while parsing"),
    "not-utf-8": (b'{"experiment": "\xff"}', "(invalid JSON: invalid unicode"),
    "too-deep": (b"[" * 100_000, "(invalid JSON: recursion limit"),
    "null": (None, "(input should be an object)"),
    "list": ([], "(input should be an object)"),
    "no-key": ({}, "(experiment: missing)"),
    **{f"without-{key}": (without(INFO, key), f"({key}: missing)") for key in INFO},
    "seed-text": (INFO | {"seed": "x"}, "(seed: input should be a valid integer, not 'x')"),
    "seed-digits": (INFO | {"seed": "0"}, "(seed: input should be a valid integer, not '0')"),
    "seed-true": (INFO | {"seed": True}, "(seed: input should be a valid integer, not True)"),
    "seed-nan": (INFO | {"seed": float("nan")}, "(seed: input should be a"),
    "seed-negative": (INFO | {"seed": -1}, "(seed: input should be greater than or equal to 0, not -1)"),
    "experiment-number": (INFO | {"experiment": 5}, "(experiment: input should be a valid string, not 5)"),
    "status-unknown": (INFO | {"status": "x"}, "(status: input should be 'running', 'complete', 'interrupted' or"),
    "status-null": (INFO | {"status": None}, "(status: input should be 'running'"),
    "hash-null": (INFO | {"hash": None}, "(hash: input should be a valid string, not None)"),
    "resolved-null": (INFO | {"resolved": None}, "(resolved: input should be an object, not None)"),
    "resolved-empty": (INFO | {"resolved": {}}, "(resolved.epochs: missing)"),
    "role-unknown": (
        INFO | {"resolved": INFO["resolved"] | {"roles": {"train_on": "x", "score_on": "test"}}},
        "(resolved.roles.train_on: input should be 'train', 'validation' or 'test', not 'x')",
    ),
    "machine-text": (INFO | {"machine": "x"}, "(machine: input should be an object, not 'x')"),
    "gpu-list": (INFO | {"machine": {"gpu": []}}, "(machine.gpu: input should be a valid string, not [])"),
    "data-empty": (INFO | {"data": {}}, "(data.name: missing)"),
    "splits-list": (INFO | {"data": {"name": "x", "splits": []}}, "(data.splits: input should be an object, not [])"),
    "model-null": (INFO | {"model": None}, "(model: input should be an object, not None)"),
    "began-number": (INFO | {"began": 5}, "(began: input should be a valid string, not 5)"),
    "overrides-null": (INFO | {"overrides": None}, "(overrides: input should be a valid array, not None)"),
    "versions-list": (INFO | {"versions": []}, "(versions: input should be an object, not [])"),
    "sharing-text": (INFO | {"runs_sharing_machine": "2"}, "(runs_sharing_machine: input should be a valid integer"),
    "timing-number": (INFO | {"timing": 1}, "(timing: input should be a valid boolean, not 1)"),
}


@pytest.mark.parametrize(("document", "says"), RUN_JSON.values(), ids=RUN_JSON)
def test_what_is_no_record_is_told(tmp_path: Path, document: Any, says: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    with pytest.raises(InputError) as caught:
        RunDirectory(tmp_path).info()
    assert str(caught.value).startswith(f"{path}: is damaged or from another version {says}")
    assert str(caught.value).endswith("); delete the run's folder to run it again")
    assert "\n" not in str(caught.value)


FIRST = line(1, "train", measure="running")
METRICS: dict[str, tuple[str, str]] = {
    "no-json": ("{\n", "1: invalid JSON: EOF while parsing"),
    "nul": (text_of(FIRST) + "\0\n", "2: invalid JSON: expected value"),
    "blank-line": (text_of(FIRST) + "\n", "2: invalid JSON: EOF while parsing"),
    "not-utf-8": ('{"split": "\xff"}\n', "1: invalid JSON: invalid unicode"),
    "too-deep": (100_000 * "[" + "\n", "1: invalid JSON: recursion limit"),
    "null": ("null\n", "1: input should be an object;"),
    "number": (text_of(FIRST) + "5\n", "2: input should be an object;"),
    "list": ("[]\n", "1: input should be an object;"),
    **{f"without-{key}": (text_of(FIRST, without(line(1, "test"), key)), f"2: {key}: missing;") for key in FIRST},
    "split-unknown": (text_of(line(1, "x")), "1: split: input should be 'train', 'validation' or 'test', not 'x';"),
    "measure-unknown": (
        text_of(line(1, "test", measure="x")),
        "1: measure: input should be 'running' or 'scored', not",
    ),
    "accuracy-text": (text_of(line(1, "test", accuracy="9")), "1: accuracy: input should be a valid number, not '9';"),
    "accuracy-null": (
        text_of(line(1, "test", accuracy=None)),
        "1: accuracy: input should be a valid number, not None;",
    ),
    "accuracy-nan": (
        text_of(line(1, "test", accuracy=np.nan)),
        "1: accuracy: input should be a finite number, not nan",
    ),
    "accuracy-above": (text_of(line(1, "test", accuracy=100.1)), "1: accuracy: input should be less than or equal to"),
    "accuracy-below": (
        text_of(line(1, "test", accuracy=-1)),
        "1: accuracy: input should be greater than or equal to 0",
    ),
    "loss-below": (
        text_of(line(1, "test", loss=-0.1)),
        "1: loss: input should be greater than or equal to 0, not -0.1;",
    ),
    "loss-infinite": (text_of(line(1, "test", loss=np.inf)), "1: loss: input should be a finite number, not inf;"),
    "loss-beyond-floats": (
        text_of(line(1, "test")).replace("0.5", "1e999"),
        "1: loss: input should be a finite number",
    ),
    "loss-true": (text_of(line(1, "test", loss=True)), "1: loss: input should be a valid number, not True;"),
    "images-none": (
        text_of(line(1, "test", images=0)),
        "1: images: input should be greater than or equal to 1, not 0;",
    ),
    "elapsed-list": (
        text_of(line(1, "test", 5), line(1, "train", [])),
        "2: elapsed: input should be a valid number, not",
    ),
    "epoch-text": (text_of(line("1", "test")), "1: epoch: input should be a valid integer, not '1';"),
    "epoch-half": (text_of(line(1.5, "test")), "1: epoch: input should be a valid integer"),
    "epoch-0": (text_of(line(0, "test")), "1: epoch: input should be greater than or equal to 1, not 0;"),
    "epoch-1-missing": (text_of(line(2, "test")), "1: the first epoch is 2, not 1;"),
    "gap": (text_of(FIRST, line(3, "test")), "2: epoch 3 comes after epoch 1;"),
    "huge": (text_of(FIRST, line(10**9, "test")), "2: epoch 1000000000 comes after epoch 1;"),
    "descending": (text_of(FIRST, line(2, "test"), line(1, "test")), "3: epoch 1 comes after epoch 2;"),
    "repeated": (
        text_of(FIRST, line(1, "test"), line(1, "test")),
        "3: epoch 1 has two scored lines of the test split;",
    ),
    "twice": (text_of(FIRST, line(2, "test")) * 2, "3: epoch 1 comes after epoch 2;"),
    "beyond": (
        text_of(*(line(n, "test") for n in range(1, 6))),
        "4: epoch 4 comes after the last epoch of the run, 3;",
    ),
}


@pytest.mark.parametrize(("text", "says"), METRICS.values(), ids=METRICS)
def test_what_are_no_metrics_is_told_with_the_line(tmp_path: Path, text: str, says: str) -> None:
    run = write(tmp_path, "a", "seed0")
    (run.path / "metrics.jsonl").write_text(text, encoding="latin-1")
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path, ["a"])
    assert str(caught.value).startswith(f"{run.path / 'metrics.jsonl'}:{says}")
    assert str(caught.value).endswith("; delete the run's folder to run it again")


def test_metrics_may_be_of_both_measures_and_of_more_epochs_than_the_run_was_cut_to(tmp_path: Path) -> None:
    text = text_of(FIRST, line(1, "train"), line(1, "test"), line(2, "train")).replace("\n", "\r\n")
    write(tmp_path, "a", "seed0", text)
    many = text_of(*(line(epoch, "test") for epoch in range(1, 6)))
    write(tmp_path, "a", "seed1", many, seed=1, epochs_done=5)
    first, second = read_folder(tmp_path, ["a"])
    assert [(one.split, one.measure) for one in first.metrics[:2]] == [("train", "running"), ("train", "scored")]
    assert (first.epochs, second.epochs) == (2, 5)


LAYERS_JSON: dict[str, tuple[Any, str]] = {
    "empty": (b"", "invalid JSON: EOF while parsing"),
    "cut-short": (json.dumps(LAYERS)[:100].encode(), "invalid JSON: EOF while parsing"),
    "not-utf-8": (b'{"model": "\xff"}', "invalid JSON: invalid unicode"),
    "null": (None, "input should be an object)"),
    "text": ("abc", "input should be an object)"),
    **{f"without-{key}": (without(LAYERS, key), f"{key}: missing)") for key in LAYERS},
    "layers-null": (LAYERS | {"layers": None}, "layers: input should be a valid array, not None)"),
    "layer-empty": (LAYERS | {"layers": [LAYER, {}]}, "layers.1.name: missing)"),
    "weights-text": (LAYERS | {"weights": "20"}, "weights: input should be a valid integer, not '20')"),
    "output-text": (LAYERS | {"layers": [LAYER | {"output": "x"}]}, "layers.0.output: input should be a valid array"),
}


@pytest.mark.parametrize(("document", "says"), LAYERS_JSON.values(), ids=LAYERS_JSON)
def test_what_is_no_layer_table_is_told(tmp_path: Path, document: Any, says: str) -> None:
    path = tmp_path / "layers.json"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    with pytest.raises(InputError) as caught:
        RunDirectory(tmp_path).layers()
    assert str(caught.value).startswith(f"{path}: is not a layer table ({says}")
    assert str(caught.value).endswith("; delete it; the report page works without it")
    write_json(path, LAYERS)
    table = RunDirectory(tmp_path).layers()
    assert table is not None
    assert table.as_json() == LAYERS


def npy(array: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


ARRAYS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "it is not an .npz file, or its end is missing"),
    "text": (lambda path: path.write_bytes(b"hello"), "it is not an .npz file, or its end is missing"),
    "cut-short": (
        lambda path: path.write_bytes(path.read_bytes()[:-10]),
        "it is not an .npz file, or its end is missing",
    ),
    "array-alone": (lambda path: path.write_bytes(npy(np.zeros(3))), "it is not an .npz file, or its end is missing"),
    "objects": (
        lambda path: np.savez(path, x=np.array([{}])),
        "Object arrays cannot be loaded when allow_pickle=False",
    ),
}


@pytest.mark.parametrize(("damage", "says"), ARRAYS.values(), ids=ARRAYS)
def test_what_are_no_arrays_is_told(tmp_path: Path, damage: Callable[[Path], Any], says: str) -> None:
    run = RunDirectory(tmp_path)
    assert run.arrays("x.npz") is None
    run.write_arrays("x.npz", x=np.zeros(3))
    damage(tmp_path / "x.npz")
    with pytest.raises(ValueError, match=says):
        run.arrays("x.npz")


def test_no_flipped_byte_of_a_file_of_arrays_ends_otherwise_than_told(tmp_path: Path) -> None:
    run, path = RunDirectory(tmp_path), tmp_path / "x.npz"
    run.write_arrays("x.npz", labels=np.arange(9))
    whole, told = path.read_bytes(), list[str]()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            run.arrays("x.npz")
        except ValueError as error:
            told.append(str(error))
    assert len(told) > len(whole) // 2  # of a name or a date it cannot be known
    assert all(told)
    assert "\n" not in "".join(told)


def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = RunDirectory(tmp_path)
    write_json(tmp_path / "run.json", {"old": 1})
    monkeypatch.setattr(os, "fsync", full)
    for write in (lambda: write_json(tmp_path / "run.json", {}), lambda: run.append_log(["a"])):
        with pytest.raises(OSError, match="No space left on device") as failure:
            write()
        assert Path(failure.value.filename).parent == tmp_path
    assert (tmp_path / "run.json").read_text() == '{\n  "old": 1\n}\n'
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "log.txt"}


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"a": float("nan")})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_seconds_per_epoch_is_the_median_of_the_training_parts() -> None:
    metrics = []
    start = 0.0
    for epoch, seconds in enumerate((5.0, 2.0, 3.0), 1):
        metrics += [whole(epoch, "train", start + seconds, "running"), whole(epoch, "test", start + seconds + 10)]
        start += seconds + 10
    info = RunInfo.model_validate(INFO)
    assert Record(info, metrics, None, RunDirectory(Path())).seconds_per_epoch() == 3.0
    assert Record(info, metrics[:4], None, RunDirectory(Path())).seconds_per_epoch() == 3.5
    assert Record(info, [], None, RunDirectory(Path())).seconds_per_epoch() is None


def test_the_line_of_an_epoch_and_split_is_the_first_of_several() -> None:
    metrics = [whole(1, "train", measure="running"), whole(1, "train"), whole(1, "test"), whole(2, "train")]
    record = Record(RunInfo.model_validate(INFO), metrics, None, RunDirectory(Path()))
    assert record.at(1, "train") is metrics[0]
    assert record.at(1, "test") is metrics[2]
    assert (record.at(2, "test"), record.at(3, "train"), record.epochs) == (None, None, 2)


def test_records_come_in_the_order_of_the_experiments_and_seeds(tmp_path: Path) -> None:
    for experiment, seed in (("a", 10), ("a", 2), ("b", 0), ("other", 0)):
        write(tmp_path / "s" / "full", experiment, f"seed{seed}", seed=seed)
    found = read_records(tmp_path, "s", None, ["b", "a"])
    assert [(record.experiment, record.seed) for record in found] == [("b", 0), ("a", 2), ("a", 10)]


@pytest.mark.parametrize("folder", ["seed0 (copy)", "seed0.bak", "seed01", "seed", "seed-1", "seed٣", "seeds"])
def test_other_folders_hold_no_runs(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "a", folder, "damaged\n")
    assert read_folder(tmp_path, ["a"]) == []


def test_a_place_without_a_record_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "a" / "seed0" / "run.json").mkdir(parents=True)
    (tmp_path / "a" / "seed1").write_text("")
    (tmp_path / "a" / "seed2").mkdir()
    (tmp_path / "a" / "seed2" / "run.json").symlink_to("run.json")
    assert read_folder(tmp_path, ["a", "b"]) == []


@pytest.mark.parametrize(("name", "folder"), [("b", "seed0"), ("a", "seed1")])
def test_a_run_in_the_place_of_another_is_told(tmp_path: Path, name: str, folder: str) -> None:
    path = write(tmp_path, name, folder, experiment="a").path
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path, ["a", "b"])
    assert str(caught.value) == f"{path}: holds a seed 0, but its folder is {name}/{folder}; move it back or delete it"


@pytest.mark.parametrize("place", ["file", "file/deeper"])
def test_a_folder_that_cannot_be_made_is_refused_and_nothing_is_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    directory = RunDirectory(tmp_path / place / "a" / "seed0")
    for check in (directory.refuse_unwritable, directory.create):
        with pytest.raises(InputError, match="seed0: cannot be created: Not a directory; choose another folder"):
            check()
    RunDirectory(tmp_path / "new" / "a" / "seed0").refuse_unwritable()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot be created: Permission denied"):
            RunDirectory(tmp_path / "a" / "seed0").refuse_unwritable()
    finally:
        tmp_path.chmod(0o700)
