"""Runs of a study: what is done, skipped, refused and resumed. On real digits."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from filelock import FileLock

from deepstudy import run
from deepstudy.errors import InputError
from deepstudy.record import Record, RunDirectory, read_records
from deepstudy.reporting.chapter import read_chapter
from deepstudy.reporting.folders import StudyFolder
from deepstudy.runs import sharing
from deepstudy.runs.interrupts import Interrupted
from deepstudy.runs.run import Run, RunEnd, RunListener
from deepstudy.study import Study, load_study
from deepstudy.training import artifacts, checkpoint, device, state
from deepstudy.training.evaluate import evaluate
from deepstudy.training.progress import Progress

pytestmark = pytest.mark.usefixtures("mnist5k")

Write = Callable[..., Path]

FLAT = "from torch import nn\ndef net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"


class Diary(RunListener):
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, int, str]] = []
        self.begins: list[tuple[str, int, int]] = []

    def on_start(self, run: Run, finished_epochs: int) -> None:
        self.begins.append((run.experiment, run.seed, finished_epochs))

    def on_end(self, end: RunEnd) -> None:
        self.ends.append((end.run.experiment, end.run.seed, end.outcome))


def accuracies(records: list[Record]) -> dict[tuple[str, int], float]:
    return {(record.experiment, record.seed): record.info.final["test"].accuracy for record in records}


def test_all_experiments_and_seeds_are_done_once(small_study: Study, tmp_path: Path) -> None:
    diary = Diary()
    records = run(small_study, out=tmp_path / "runs", listener=diary)
    order = [("plain", 0), ("dropped", 0), ("plain", 1), ("dropped", 1)]
    assert diary.ends == [(*one, "complete") for one in order]
    assert [(record.experiment, record.seed) for record in records] == [order[0], order[2], order[1], order[3]]
    again = Diary()
    assert accuracies(run(small_study, out=tmp_path / "runs", listener=again)) == accuracies(records)
    assert again.ends == [(*one, "skipped") for one in order]


def test_a_record_says_what_was_run_on_what(small_study: Study, tmp_path: Path) -> None:
    record = run(small_study, ["dropped"], seeds=1, out=tmp_path, overrides=["epochs=1"])[0]
    path = tmp_path / "small" / "full" / "dropped" / "seed0"
    info = record.info
    assert json.loads((path / "run.json").read_text()) == info.as_json()
    assert (info.status, info.why, info.epochs_done, info.overrides) == ("complete", None, 1, ["epochs=1"])
    lenet5 = {"name": "lenet5", "dropout": 0.3, "norm": False, "head": "logits"}
    assert info.resolved.model.document == lenet5
    assert info.data.splits == {"train": 300, "validation": 100, "test": 200}
    assert info.data.published is True
    assert info.model.as_json() == {"weights": 61_470, "biases": 236, "parameters": 61_706, "macs": 416_520}
    assert info.machine.device in ("cpu", "cuda", "mps")
    assert {"torch", "python", "numpy", "deepstudy"} == info.versions.keys()
    assert record.layers is not None
    assert record.layers.weights == 61_470


def test_another_recipe_is_refused_and_more_epochs_are_not(small_study: Study, tmp_path: Path) -> None:
    run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=1"])
    with pytest.raises(InputError, match=r"holds a run of another recipe \(optimizer\.lr 0\.05 there, 0\.1 now\)"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["optimizer.lr=0.1"])
    diary = Diary()
    grown = run(small_study, ["plain"], seeds=1, out=tmp_path, listener=diary)
    assert diary.begins == [("plain", 0, 1)]
    assert grown[0].epochs == 2
    uncut = run(small_study, ["plain"], seeds=1, out=tmp_path / "uncut")
    assert [entry.loss for entry in grown[0].metrics] == [entry.loss for entry in uncut[0].metrics]


def test_a_schedule_that_depends_on_the_length_must_not_grow(small_study: Study, tmp_path: Path) -> None:
    run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["schedule=cosine", "epochs=1"])
    with pytest.raises(InputError, match="another recipe"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["schedule=cosine"])


def test_a_failed_run_is_recorded_and_the_others_are_done(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(("{model: lenet5}", "{model: lenet5, optimizer: {lr: 1.0e+12}}")))
    diary = Diary()
    records = run(study, seeds=1, out=tmp_path / "runs", listener=diary)
    assert diary.ends == [("plain", 0, "failed"), ("dropped", 0, "complete")]
    assert records[0].info.status == "failed"
    assert "at step" in records[0].info.why
    assert records[0].info.final is None


def test_one_experiment_starts_from_another(write_study: Write, tmp_path: Path) -> None:
    more = "{model: lenet5, start_from: {experiment: plain, epoch: 1}, epochs: 1}"
    study = load_study(write_study(("{model: {name: lenet5, dropout: 0.3}}", more)))
    diary = Diary()
    run(study, ["dropped"], seeds=1, out=tmp_path / "runs", listener=diary)
    assert diary.ends == [("plain", 0, "complete"), ("dropped", 0, "complete")]
    source = RunDirectory(tmp_path / "runs" / "small" / "full" / "plain" / "seed0")
    assert checkpoint.at_end_of(source.checkpoints, 1) is not None
    circle = "{model: lenet5, start_from: {experiment: dropped, epoch: 1}}"
    with pytest.raises(InputError, match="goes in a circle: plain -> dropped -> plain"):
        load_study(write_study(("{model: {name: lenet5, dropout: 0.3}}", more), ("{model: lenet5}", circle)))


def test_what_others_start_from_is_kept_whatever_was_asked_for(write_study: Write, tmp_path: Path) -> None:
    more = "{model: lenet5, start_from: {experiment: plain, epoch: 1}, epochs: 1}"
    path = write_study(("{model: {name: lenet5, dropout: 0.3}}", more), ("epochs: 2\n", "epochs: 4\n"))
    run(load_study(path), ["plain"], seeds=1, out=tmp_path / "runs")
    diary = Diary()
    run(load_study(path), seeds=1, out=tmp_path / "runs", listener=diary)
    assert diary.ends == [("plain", 0, "skipped"), ("dropped", 0, "complete")]


def test_an_own_network_whose_code_changed_is_another_run(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FLAT)
    study = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:net'}")))
    run(study, ["plain"], seeds=1, out=tmp_path / "runs")
    (tmp_path / "mine.py").write_text(FLAT.replace("nn.Flatten(),", "nn.Flatten(), nn.Linear(784, 784),"))
    with pytest.raises(InputError, match=r"the code of mine\.py:net or what it starts from has changed"):
        run(study, ["plain"], seeds=1, out=tmp_path / "runs")


def test_files_beside_a_network_are_found_and_belong_to_it(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("from blocks_of_mine import net\n")
    (tmp_path / "blocks_of_mine.py").write_text(f"import random\n{FLAT}")
    (tmp_path / "random.py").write_text("raise RuntimeError('not the module that was meant')")
    study = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:net'}")))
    (record,) = run(study, ["plain"], seeds=1, out=tmp_path / "runs")
    assert record.info.status == "complete"
    (tmp_path / "blocks_of_mine.py").write_text(f"{FLAT}# a change\n")
    with pytest.raises(InputError, match="the code of"):
        run(study, ["plain"], seeds=1, out=tmp_path / "runs")


@pytest.mark.parametrize("code", [b"def net(:", b"x = '\0'", b"\xff\xfe"])
def test_a_network_that_is_no_python_is_said_in_one_line(write_study: Write, tmp_path: Path, code: bytes) -> None:
    (tmp_path / "mine.py").write_bytes(code)
    study = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:net'}")))
    with pytest.raises(InputError, match=r"model mine.py:net: importing mine.py fails: \w+Error") as refusal:
        run(study, ["plain"], seeds=1, out=tmp_path / "runs")
    assert "\n" not in str(refusal.value)


def test_an_option_of_one_network_can_be_set_beside_others(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(("dropped: {model: {name: lenet5, dropout: 0.3}}", "other: {model: lenet_1x1}")))
    (record,) = run(study, ["plain"], seeds=1, out=tmp_path, overrides=["model.dropout=0.3", "epochs=1"])
    lenet5 = {"name": "lenet5", "dropout": 0.3, "norm": False, "head": "logits"}
    assert record.info.resolved.model.document == lenet5
    with pytest.raises(InputError, match=r"--set: model\.dropout: unknown key"):
        run(study, ["other"], seeds=1, out=tmp_path, overrides=["model.dropout=0.3"])


@pytest.mark.slow
def test_a_broken_network_stops_no_other_experiment(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(("{model: lenet5}", "{model: 'gone.py:net'}"), ("epochs: 2", "epochs: 1")))
    records = run(study, ["dropped"], out=tmp_path, workers="auto")
    assert [record.info.status for record in records] == ["complete", "complete"]


def test_a_run_belongs_to_what_it_starts_from(write_study: Write, tmp_path: Path) -> None:
    child = "dropped: {model: lenet5, start_from: {experiment: plain, epoch: 1}, epochs: 1}"
    swap = ("dropped: {model: {name: lenet5, dropout: 0.3}}", child)
    run(load_study(write_study(swap)), seeds=1, out=tmp_path / "runs")
    shutil.rmtree(tmp_path / "runs" / "small" / "full" / "plain")
    other = load_study(write_study(swap, ("plain: {model: lenet5}", "plain: {model: lenet5, optimizer: {lr: 0.01}}")))
    with pytest.raises(InputError, match=r"dropped.*holds a run of another recipe .*what it starts from has changed"):
        run(other, seeds=1, out=tmp_path / "runs")
    folder = StudyFolder(other, None, tmp_path / "runs" / "small" / "full")
    assert read_chapter(folder).exclusions == [
        "dropped seed 0 is excluded: it is a run of another recipe (the run it starts from has changed)."
    ]


def test_a_run_that_came_to_nothing_begins_anew_once_it_is_mended(write_study: Write, tmp_path: Path) -> None:
    bad = write_study(("{model: lenet5}", "{model: lenet5, optimizer: {lr: 1.0e+12}}"))
    (failed,) = run(load_study(bad), ["plain"], seeds=1, out=tmp_path / "runs")
    assert (failed.info.status, failed.metrics) == ("failed", [])
    (mended,) = run(load_study(write_study()), ["plain"], seeds=1, out=tmp_path / "runs")
    assert (mended.info.status, mended.epochs, mended.info.resumed) == ("complete", 2, [])


def test_a_run_without_its_checkpoints_does_not_lose_its_metrics(small_study: Study, tmp_path: Path) -> None:
    (record,) = run(small_study, ["plain"], seeds=1, out=tmp_path)
    checkpoint.discard(record.directory.checkpoints)
    with pytest.raises(InputError, match="cannot continue, as it has metrics of 2 epochs but no intact checkpoint"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=3"])
    assert record.directory.epochs() == 2
    assert [run.epochs for run in run(small_study, ["plain"], seeds=1, out=tmp_path)] == [2]


def test_what_cannot_be_done_is_said_before_anything_is(small_study: Study, tmp_path: Path) -> None:
    run(small_study, ["dropped"], seeds=1, out=tmp_path, overrides=["optimizer.lr=0.1"])
    with pytest.raises(InputError, match=r"dropped.*another recipe"):
        run(small_study, seeds=1, out=tmp_path)
    assert not (tmp_path / "small" / "full" / "plain" / "seed0").exists()


BREAKS = """
from torch import nn
class Net(nn.Module):
    calls = 0
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear({inputs}, 10)
    def forward(self, x):
        self.calls += self.training
        if self.calls > {calls}:
            raise ValueError("tired")
        return self.fc(x.flatten(1))
"""


def test_a_broken_network_is_found_before_others_train(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BREAKS.format(inputs=700, calls=0))
    study = load_study(write_study(("{name: lenet5, dropout: 0.3}", "'mine.py:Net'")))
    with pytest.raises(InputError, match=r"small\.yaml:10: mine\.py:Net: layer fc takes 700 features, but .* 784;"):
        run(study, seeds=1, out=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_network_that_breaks_after_an_epoch_ends_no_other_run(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BREAKS.format(inputs=784, calls=8))  # of 6 steps an epoch
    study, diary = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:Net'}"))), Diary()
    failed, _ = run(study, seeds=1, out=tmp_path / "runs", listener=diary)
    assert diary.ends == [("plain", 0, "failed"), ("dropped", 0, "complete")]
    assert (failed.info.epochs_done, failed.epochs) == (1, 1)
    assert failed.info.why.startswith("model mine.py:Net: fails on a batch of 50 images of 28x28 pixels: ValueError")


def test_too_little_memory_is_recorded_with_what_to_do(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BREAKS.format(inputs=784, calls=0).replace('ValueError("tired")', "MemoryError"))
    study = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:Net'}")))
    (failed,) = run(study, ["plain"], seeds=1, out=tmp_path / "runs")
    assert (failed.info.status, failed.info.why) == (
        "failed",
        "out of memory (MemoryError); try a smaller batch_size",
    )


def test_a_shortened_run_can_be_read_while_it_goes_on(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = run(small_study, ["plain"], seeds=1, out=tmp_path)
    record.directory.write_info(record.info.model_copy(update={"status": "interrupted"}))
    read: list[int] = []

    def save(*_: Any) -> None:  # before the run is said to be complete
        read.extend(run.epochs for run in read_records(tmp_path, "small", None, ["plain"]))

    monkeypatch.setattr(artifacts, "save", save)
    run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=1"])
    assert read == [2]


@pytest.mark.slow
def test_runs_know_when_they_share_the_machine(small_study: Study, tmp_path: Path) -> None:
    with sharing.counted() as count:
        alone = count()
    assert alone is not None
    waiting = (
        "import sys\nfrom deepstudy.runs.sharing import counted\n"
        "with counted():\n    print('ready', flush=True)\n    sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    record = run(small_study, ["plain"], seeds=1, out=tmp_path)[0]
    assert record.info.runs_sharing_machine >= 2
    other.communicate("")
    grown = run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=3"])[0]
    assert grown.info.runs_sharing_machine >= 2  # a part of it did share
    with sharing.counted() as count:
        assert count() == alone


def test_a_run_that_another_process_does_is_refused(small_study: Study, tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "small" / "full" / "plain" / "seed0")
    directory.create()
    with FileLock(directory.path / "lock"), pytest.raises(InputError, match="another process is doing this run"):
        run(small_study, ["plain"], seeds=1, out=tmp_path)


def test_an_error_is_recorded_before_it_is_raised(small_study: Study, tmp_path: Path) -> None:
    class Broken(Diary):
        def on_progress(self, run: Run, progress: Progress) -> None:
            raise RuntimeError("the listener broke")

    with pytest.raises(RuntimeError, match="the listener broke"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, listener=Broken())
    info = RunDirectory(tmp_path / "small" / "full" / "plain" / "seed0").info()
    assert info is not None
    assert (info.status, info.why) == ("failed", "RuntimeError: the listener broke")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_the_same_command_goes_on(
    write_study: Write, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    path = write_study(("epochs: 2\n", "epochs: 4\n"), ("train_images: 300", "train_images: 1500"))
    command = [
        sys.executable,
        "-m",
        "deepstudy",
        "run",
        str(path),
        "plain",
        "--seeds",
        "1",
        "--out",
        str(tmp_path / "cut"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    metrics = tmp_path / "cut" / "small" / "full" / "plain" / "seed0" / "metrics.jsonl"
    deadline = time.monotonic() + 120
    while not (metrics.is_file() and metrics.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == code, errors
    assert "the state is saved" in errors
    info = json.loads((metrics.parent / "run.json").read_text())
    assert (info["status"], info["why"]) == ("interrupted", number.name)

    def result(folder: Path) -> Any:
        """What the same run comes to here: the rest of it, or all."""
        records = run(load_study(path), ["plain"], seeds=1, out=folder)
        state = checkpoint.load_newest(folder / "small" / "full" / "plain" / "seed0" / "checkpoints")
        assert state is not None
        lines = [
            {key: value for key, value in line.as_json().items() if key != "elapsed"} for line in records[0].metrics
        ]
        return lines, {key: value.tolist() for key, value in state["model"].items()}

    assert result(tmp_path / "cut") == result(tmp_path / "uncut")


def test_a_run_cut_within_an_epoch_is_not_taken_for_a_shorter_one(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "REPORT_EVERY", 0.0)

    class Impatient(RunListener):
        def on_progress(self, run: Run, progress: Progress) -> None:
            if (progress.epoch, progress.step) == (2, 2):
                signal.raise_signal(signal.SIGINT)

    def go_on(epochs: int, listener: RunListener) -> int:
        return run(small_study, ["plain"], seeds=1, overrides=[f"epochs={epochs}"], out=tmp_path, listener=listener)[
            0
        ].epochs

    with pytest.raises(Interrupted):
        go_on(4, Impatient())
    with pytest.raises(InputError, match=r"stopped in epoch 3, but only 2 epochs are asked for.*--set epochs=4"):
        go_on(2, RunListener())
    assert go_on(4, RunListener()) == 4


def test_what_starts_from_a_failed_run_fails_and_the_others_are_done(write_study: Write, tmp_path: Path) -> None:
    child = "child: {model: lenet5, start_from: {experiment: plain, epoch: 2}}\n  dropped:"
    study = load_study(
        write_study(("plain: {model: lenet5}", "plain: {model: lenet5, optimizer: {lr: 1.0e+30}}"), ("dropped:", child))
    )
    ended: dict[str, tuple[str, str]] = {}

    class Listener(RunListener):
        def on_end(self, end: RunEnd) -> None:
            ended[end.run.experiment] = (end.outcome, end.why)

    records = run(study, seeds=1, out=tmp_path, listener=Listener())
    assert {name: outcome for name, (outcome, _) in ended.items()} == {
        "plain": "failed",
        "child": "failed",
        "dropped": "complete",
    }
    assert ended["child"][1].startswith("starts from plain, which failed: the loss is")
    assert {record.experiment for record in records} == {"plain", "dropped"}


def test_a_run_keeps_the_precision_it_was_begun_in(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small_study, ["plain"], seeds=1, out=tmp_path, precision="bf16")
    monkeypatch.setattr(device, "multiplies_bfloat16", lambda _: False)
    with pytest.raises(InputError, match="holds runs in bfloat16, which is many times slower on this machine"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=3"])
    monkeypatch.setattr(device, "multiplies_bfloat16", lambda _: True)
    more = run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=3"])
    assert [record.info.machine.precision for record in more] == ["bf16"]
    with pytest.raises(InputError, match="holds a run in precision bf16, not 32; continue it with --precision bf16"):
        run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=4"], precision="32")


@pytest.fixture
def as_before() -> Iterator[None]:
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("as_before")
def test_a_deterministic_run_can_be_done_again_to_the_bit(small_study: Study, tmp_path: Path) -> None:
    weights = []
    for place in ("one", "other"):
        how: dict[str, Any] = {"out": tmp_path / place, "precision": "32", "deterministic": True}
        (record,) = run(small_study, ["dropped"], seeds=1, **how)
        assert (record.info.machine.precision, record.info.machine.deterministic) == ("32", True)
        weights.append(checkpoint.newest_file(record.directory.checkpoints))
    assert torch.are_deterministic_algorithms_enabled()
    assert weights[0] is not None
    one, other = (checkpoint.read_weights(path) for path in weights if path)
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_circle_made_on_the_command_line_is_refused(write_study: Write, tmp_path: Path) -> None:
    child = "dropped: {start_from: {experiment: plain, epoch: 1}, model: {name: lenet5, dropout: 0.3}}"
    study = load_study(write_study(("dropped: {model: {name: lenet5, dropout: 0.3}}", child)))
    settings = ["start_from.experiment=dropped", "start_from.epoch=1"]
    with pytest.raises(InputError, match="start_from goes in a circle: dropped -> dropped"):
        run(study, ["dropped"], out=tmp_path, overrides=settings)


def test_packed_runs_are_not_added_to(small_study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "small" / "full"
    folder.mkdir(parents=True)
    (folder / "runs.jsonl").write_text("")
    with pytest.raises(InputError, match="small/full: holds packed runs, to which no run can be added"):
        run(small_study, out=tmp_path)


VIEW = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5, stride=3)
        self.fc = nn.Linear(4 * 8 * 8, 10)

    def forward(self, x):
        x = self.conv(x)
        return self.fc(x.view(x.size(0), -1))
"""


def test_a_network_that_views_its_maps_runs_in_the_default_layout_and_says_so_once(
    write_study: Write, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(VIEW)
    study = load_study(write_study(("plain: {model: lenet5}", "plain: {model: 'mine.py:Net'}")))
    notices: list[str] = []

    class Notices(RunListener):
        def on_notice(self, run: Run, says: str) -> None:
            notices.append(says)

    records = run(study, seeds=1, out=tmp_path / "runs", overrides=["epochs=1"], listener=Notices())
    layouts = {record.experiment: record.info.machine.layout for record in records}
    assert layouts == {"plain": "contiguous", "dropped": "channels_last"}
    (says,) = notices
    assert says.startswith("mine.py:Net needs torch's default memory layout, so it trains without channels_last: ")
    assert "mine.py:12" in says
    scored = evaluate(tmp_path / "runs" / "small" / "full" / "plain" / "seed0")
    assert scored.correct == next(each for each in records if each.experiment == "plain").info.final["test"].correct
    again = run(study, ["plain"], seeds=1, out=tmp_path / "runs", overrides=["epochs=2"])
    assert again[0].info.machine.layout == "contiguous"
    assert again[0].info.epochs_done == 2
