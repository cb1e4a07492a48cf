"""The runs in a folder, whatever wrote them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import deepstudy
from deepstudy.audits.measured.folder import read_runs
from deepstudy.errors import InputError

ROOT = Path(__file__).parents[3]
PACKED = ROOT / "results" / "lenet-mnist" / "full"
PROGRAM = ROOT / "tests" / "cases" / "programs" / "wrong_average.py"
LINES = "epoch,train_loss,train_acc,test_acc\n1,0.5,0.8,0.85\n2,0.25,0.9125,0.91\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_csv_files_of_a_loop_are_runs(tmp_path: Path) -> None:
    write(tmp_path / "lenet5" / "seed0.csv", LINES)
    write(tmp_path / "lenet5" / "seed1.csv", LINES)
    write(tmp_path / "keras log.csv", "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.8,0.5,0.85,0.4\n")
    folder = read_runs(tmp_path)
    assert [run.name for run in folder.runs] == ["keras log", "lenet5 (seed 0)", "lenet5 (seed 1)"]
    keras, first, second = folder.runs
    assert first.group == second.group != keras.group
    assert first.series("accuracy", "test") == {1: 85.0, 2: 91.0}
    assert (first.steps["accuracy"], first.epochs, first.is_complete) == (0.01, 2, None)
    assert keras.splits == {"train", "validation"}
    assert folder.note == ""


def test_packed_runs_are_runs(tmp_path: Path) -> None:
    target = tmp_path / "lenet-mnist" / "full"
    target.mkdir(parents=True)
    for name in ("runs.jsonl", "metrics.csv"):
        shutil.copy(PACKED / name, target)
    runs = read_runs(tmp_path).runs
    assert len(runs) == 20
    first = next(run for run in runs if run.name == "lenet5 (seed 0)")
    assert (first.data, first.network, first.is_complete) == ("mnist", "lenet5", True)
    assert first.settings["batch_size"] == 64
    assert first.settings["parameters"] > 60_000
    assert first.epochs == 20
    assert first.series("accuracy", "test")[20] == pytest.approx(99.10)


def test_a_run_directory_is_a_run(tmp_path: Path) -> None:
    info = (PACKED / "runs.jsonl").read_text(encoding="utf-8").splitlines()[0]
    line = (
        '{"epoch": 1, "split": "test", "measure": "scored", "loss": 0.5, "accuracy": 87.5, "correct": 7, "images": 8,'
    )
    write(tmp_path / "custom" / "seed0" / "run.json", info)
    write(tmp_path / "custom" / "seed0" / "metrics.jsonl", f'{line} "elapsed": 2.5, "lr": 0.01}}\n')
    (run,) = read_runs(tmp_path).runs
    assert (run.name, run.series("accuracy", "test"), run.settings["seconds"]) == ("custom (seed 0)", {1: 87.5}, 2.5)


def test_files_that_are_no_runs_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", LINES)
    write(tmp_path / "names.csv", "name,points\nkim,3\n")
    write(tmp_path / "plot.py", "raise SystemExit('audit runs no code')\n")
    write(tmp_path / "broken" / "recording.json", "{}")
    folder = read_runs(tmp_path)
    assert [run.name for run in folder.runs] == ["a"]
    assert folder.note.startswith(f"{tmp_path}: 3 files are no runs: ")
    assert all(word in folder.note for word in ("names.csv", "plot.py", "the recording is damaged"))


@pytest.mark.parametrize("name", ["gone", "empty", "text"])
def test_a_folder_without_a_run_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "text" / "notes.txt", "nothing")
    with pytest.raises(InputError, match=f"{name}: (does not exist|holds no run).*--runs takes") as error:
        read_runs(tmp_path / name)
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_a_recording_holds_what_its_program_computed_and_what_it_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deepstudy", "watch", "--recording", str(tmp_path / "runs" / "r"), str(PROGRAM)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # it divides its loss by the number of images
    (run,) = read_runs(tmp_path / "runs").runs
    assert (run.name, run.epochs, run.is_complete, run.counts_from_zero) == ("wrong_average", 3, True, True)
    assert run.settings["batch_size"] == 50
    printed = [line for line in done.stdout.splitlines() if "loss 0.0" in line]
    assert [each.text for each in run.wrong] == [line.rpartition(" ")[2] for line in printed]
    report = tmp_path / "report.md"
    losses = run.series("loss", "train")
    write(report, f"The training loss is {losses[2]:.4f} after 2 epochs and {run.wrong[-1].text} after 3 epochs.\n")
    result = deepstudy.audit(report, runs=tmp_path / "runs")
    (finding,) = [each for each in result.findings if each.rule == "no_run"]
    assert (finding.severity, finding.reported) == ("inconsistent", run.wrong[-1].text)
    assert "divided by 400, the number of images" in finding.says
    assert result.runs is not None
    assert (result.runs.compared, result.runs.given) == (2, 1)
