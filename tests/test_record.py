import json
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.record import Record, RunDirectory, read_records, write_json

INFO = {"experiment": "a", "seed": 0, "status": "complete", "hash": "h", "resolved": {}}


def line(epoch: int, split: str, elapsed: float, measure: str = "scored") -> dict[str, object]:
    return {"epoch": epoch, "split": split, "measure": measure, "elapsed": elapsed}


def test_metrics_survive_a_line_cut_short(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append_metrics([line(1, "train", 1.0), line(1, "test", 2.0), line(2, "train", 3.0)])
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 2, "spl')
    assert [entry["epoch"] for entry in run.metrics()] == [1, 1, 2]
    run.forget_after(1)
    assert (tmp_path / "metrics.jsonl").read_text().count("\n") == 2
    assert run.epochs() == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"experiment": "a"}'])
def test_a_damaged_record_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(InputError, match="delete the folder to do the run again"):
        RunDirectory(tmp_path).info()


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text("{\n{}\n")
    with pytest.raises(InputError, match=r"metrics\.jsonl: a line is damaged"):
        RunDirectory(tmp_path).metrics()


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
        metrics += [line(epoch, "train", start + seconds, "running"), line(epoch, "test", start + seconds + 10)]
        start += seconds + 10
    assert Record(INFO, metrics, None, RunDirectory(Path())).seconds_per_epoch() == 3.0
    assert Record(INFO, metrics[:4], None, RunDirectory(Path())).seconds_per_epoch() == 3.5
    assert Record(INFO, [], None, RunDirectory(Path())).seconds_per_epoch() is None


def test_records_come_in_the_order_of_the_experiments_and_seeds(tmp_path: Path) -> None:
    for experiment, seed in (("a", 10), ("a", 2), ("b", 0), ("other", 0)):
        run = RunDirectory(tmp_path / "s" / "full" / experiment / f"seed{seed}")
        run.create()
        run.write_info({**INFO, "experiment": experiment, "seed": seed})
    found = read_records(tmp_path, "s", None, ["b", "a"])
    assert [(record.experiment, record.seed) for record in found] == [("b", 0), ("a", 2), ("a", 10)]
