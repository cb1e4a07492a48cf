"""Runs at the same time: the same to the bit, in the right order, and nothing lost whoever dies. On real digits."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from filelock import FileLock, Timeout

from deepstudy import cli, run
from deepstudy.errors import InputError
from deepstudy.record import RunDirectory
from deepstudy.runs import pool
from deepstudy.runs.run import Run, RunEnd, RunListener
from deepstudy.study import Study, load_study
from deepstudy.training import checkpoint
from deepstudy.training.device import Machine
from deepstudy.training.progress import Progress

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("mnist5k")]

Write = Callable[..., Path]

DROPPED = "dropped: {model: {name: lenet5, dropout: 0.3}}"
MINE = """\
import os, signal, sys, time
from pathlib import Path
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Dropout(0.2), nn.Linear(784, 10))

    def forward(self, x):
        if self.training:
            self.act()
        return super().forward(x)

    def act(self):
        print("a word of the network's own", sys.stdin.read())


class Killed(Net):
    def act(self):
        os.kill(os.getpid(), signal.SIGKILL)


class Broken(Net):
    def act(self):
        raise KeyError("the network broke")


class Unsaved(Net):
    def state_dict(self, *args, **kwargs):
        raise KeyError("the network broke")


class Slow(Net):
    def act(self):
        time.sleep(0.2 * Path(__file__).with_name("slowly").exists())


class Stuck(Net):
    def act(self):
        Path(__file__).with_name(f"stuck-{os.getpid()}").touch()
        time.sleep(100)
"""


class Diary(RunListener):
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, int]] = []
        self.ends: dict[tuple[str, int], tuple[str, str]] = {}
        self.epochs: list[tuple[str, int, int]] = []

    def on_start(self, run: Run, finished_epochs: int) -> None:
        self.events.append(("begin", run.experiment, run.seed))

    def on_progress(self, run: Run, progress: Progress) -> None:
        if progress.finished:
            self.epochs.append((run.experiment, run.seed, progress.finished[0].epoch))

    def on_end(self, end: RunEnd) -> None:
        self.events.append(("end", end.run.experiment, end.run.seed))
        self.ends[end.run.experiment, end.run.seed] = (end.outcome, end.why)


@pytest.fixture
def write_own(write_study: Write, tmp_path: Path) -> Callable[..., Path]:
    """Writes the small study with `dropped` replaced by other experiments, and networks for them in mine.py."""

    def write(*experiments: str, more: Sequence[tuple[str, str]] = ()) -> Path:
        (tmp_path / "mine.py").write_text(MINE)
        return write_study((DROPPED, "\n  ".join(experiments)), *more)

    return write


def directory(out: Path, name: str, seed: int = 0) -> RunDirectory:
    return RunDirectory(out / "small" / "full" / name / f"seed{seed}")


def status(out: Path, name: str, seed: int = 0) -> str | None:
    info = directory(out, name, seed).info()
    return info.status if info else None


def results(out: Path, names: Sequence[str], seeds: int = 1) -> Any:
    """What must not depend on how the runs were done: all metrics but the times, and the final weights."""
    found = {}
    for name, seed in ((name, seed) for name in names for seed in range(seeds)):
        run = directory(out, name, seed)
        state = checkpoint.load_newest(run.checkpoints)
        assert state is not None
        lines = [{key: value for key, value in line.as_json().items() if key != "elapsed"} for line in run.metrics()]
        assert lines
        found[name, seed] = (lines, {key: value.tolist() for key, value in state["model"].items()})
    return found


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 100
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def command(path: Path, out: Path, *more: str) -> list[str]:
    words = ["run", str(path), "--seeds", "1", "--workers", "2", "--out", str(out), *more]
    return [sys.executable, "-m", "deepstudy", *words]


def test_what_workers_do_is_the_same_to_the_bit_and_in_order(write_own: Write, tmp_path: Path) -> None:
    child = "child: {model: lenet5, start_from: {experiment: plain, epoch: 1}, epochs: 1}"
    failing = "failing: {model: lenet5, optimizer: {lr: 1.0e+30}}"
    orphan = "orphan: {model: lenet5, start_from: {experiment: failing, epoch: 2}}"
    study = load_study(write_own(child, DROPPED, failing, orphan))
    study.path.write_text("changed: meanwhile")
    diary, alone = Diary(), Diary()
    records = run(study, out=tmp_path / "two", workers=2, listener=diary)
    expected = run(study, out=tmp_path / "one", listener=alone)

    names = ["plain", "child", "dropped"]
    assert results(tmp_path / "two", names, 2) == results(tmp_path / "one", names, 2)
    assert {(record.experiment, record.seed): record.info.status for record in records} == {
        (record.experiment, record.seed): record.info.status for record in expected
    }
    assert {record.info.machine.threads for record in records} == {1}
    sharing = {(record.experiment, record.seed): record.info.runs_sharing_machine for record in records}
    assert sharing["plain", 0] == sharing["dropped", 0] == 2  # the first two; a last one may have been alone

    assert sorted(diary.epochs) == sorted(alone.epochs)
    assert diary.ends == alone.ends
    assert diary.ends["orphan", 0][1].startswith("starts from failing, which failed: the loss is")
    for seed in (0, 1):
        assert diary.events.index(("end", "plain", seed)) < diary.events.index(("begin", "child", seed))

    again = Diary()
    run(study, names, out=tmp_path / "two", workers=2, listener=again)
    assert set(again.ends.values()) == {("skipped", "")}


def test_only_the_run_of_a_killed_worker_fails(
    write_own: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    killed = "killed: {model: 'mine.py:Killed'}"
    orphan = "orphan: {model: 'mine.py:Killed', start_from: {experiment: killed, epoch: 1}}"
    path = write_own(killed, orphan, "talking: {model: 'mine.py:Net'}", more=[("epochs: 2", "epochs: 1")])
    with pytest.raises(SystemExit) as exit_:
        cli.main(command(path, tmp_path / "runs", "--json")[3:])
    output, errors = capfd.readouterr()
    assert exit_.value.code == 1
    assert "a word of the network's own" in errors
    runs = {run["experiment"]: run["status"] for run in json.loads(output)["runs"]}
    assert runs == {"plain": "complete", "killed": "running", "talking": "complete"}
    why = "its process was killed (SIGKILL), perhaps because the computer ran out of memory; run the same command again"
    why += " to continue"
    assert errors.splitlines()[-2:] == [
        f"deepstudy: killed seed 0 failed: {why}",
        f"deepstudy: orphan seed 0 failed: starts from killed, which failed: {why}",
    ]


def test_a_refused_run_stops_the_others(small_study: Study, tmp_path: Path) -> None:
    run(small_study, ["plain"], seeds=1, out=tmp_path, overrides=["epochs=1"])
    settings = ["epochs=2000", "optimizer.lr=0.1"]
    with pytest.raises(InputError, match=r"holds a run of another recipe \(optimizer\.lr 0\.05 there, 0\.1 now\)"):
        run(small_study, seeds=1, out=tmp_path, overrides=settings, workers=2)
    assert status(tmp_path, "dropped") in (None, "interrupted")


def test_an_unforeseen_error_is_shown_as_it_was(write_own: Write, tmp_path: Path) -> None:
    study = load_study(write_own("unsaved: {model: 'mine.py:Unsaved'}"))
    with pytest.raises(RuntimeError, match=r"in state_dict\n.*\nKeyError: 'the network broke'"):
        run(study, ["unsaved"], seeds=1, out=tmp_path / "runs", workers=2)
    assert status(tmp_path / "runs", "unsaved") == "failed"


def test_what_a_network_of_ones_own_raises_is_one_line(write_own: Write, tmp_path: Path) -> None:
    study = load_study(write_own("broken: {model: 'mine.py:Broken'}"))
    with pytest.raises(
        InputError, match=r"mine.py:Broken: fails on a batch of .* pixels: KeyError: 'the network broke'"
    ):
        run(study, ["broken"], seeds=1, out=tmp_path / "runs", workers=2)
    assert status(tmp_path / "runs", "broken") == "failed"


def test_a_signal_saves_all_and_the_same_command_goes_on(write_own: Write, tmp_path: Path) -> None:
    path = write_own("slow: {model: 'mine.py:Slow'}", more=[("epochs: 2", "epochs: 20")])
    study, cut, uncut = load_study(path), tmp_path / "cut", tmp_path / "uncut"
    (tmp_path / "slowly").touch()
    process = subprocess.Popen(command(path, cut, "slow", "--seeds", "2"), stderr=subprocess.PIPE, text=True)
    wait_until(lambda: all(directory(cut, "slow", seed).metrics() for seed in (0, 1)))
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 143, errors
    assert "the state is saved" in errors
    assert [status(cut, "slow", seed) for seed in (0, 1)] == ["interrupted", "interrupted"]
    (tmp_path / "slowly").unlink()
    run(study, ["slow"], out=cut, workers=2)
    run(study, ["slow"], out=uncut)
    assert results(cut, ["slow"], 2) == results(uncut, ["slow"], 2)


def test_a_script_needs_no_main_guard_and_its_worker_does_not_outlive_it(write_study: Write, tmp_path: Path) -> None:
    path, out = write_study(("epochs: 2", "epochs: 100000")), tmp_path / "runs"
    script, elsewhere = tmp_path / "script.py", tmp_path / "elsewhere"
    script.write_text(
        f"import deepstudy\ndeepstudy.run({str(path)!r}, ['plain'], seeds=1, workers=2, out={str(out)!r})"
    )
    elsewhere.mkdir()
    (elsewhere / "random.py").write_text("raise RuntimeError('not the module that was meant')")
    process = subprocess.Popen([sys.executable, script], cwd=elsewhere)
    wait_until(lambda: bool(directory(out, "plain").metrics()))
    process.kill()
    process.wait()
    wait_until(lambda: status(out, "plain") == "interrupted")


def test_a_second_signal_is_obeyed_at_once(write_own: Write, tmp_path: Path) -> None:
    path, out = write_own("stuck: {model: 'mine.py:Stuck'}"), tmp_path / "runs"
    process = subprocess.Popen(command(path, out, "stuck"), stderr=subprocess.DEVNULL)
    wait_until(lambda: any(tmp_path.glob("stuck-*")))
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):  # it waits for its worker, which is in the middle of a step
        process.wait(timeout=0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=100) == -signal.SIGTERM

    def is_free() -> bool:
        try:
            with FileLock(directory(out, "stuck").path / "lock", timeout=0):
                return True
        except Timeout:
            return False

    wait_until(is_free)
    assert status(out, "stuck") == "running"


def test_auto_is_a_worker_a_core_for_small_networks_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_cores", lambda: list(range(8)))
    monkeypatch.setattr(pool, "_memory", lambda: 64_000_000_000)
    cpu, small, large = Machine(torch.device("cpu")), [400_000, 40_000_000], [400_000, 120_000_000, 300_000_000]
    assert pool.choose_worker_count("auto", cpu, 20, lambda: small) == 8
    assert pool.choose_worker_count("auto", cpu, 3, lambda: small) == 3
    assert pool.choose_worker_count("auto", cpu, 1, lambda: small) == 1
    assert pool.choose_worker_count("auto", cpu, 20, lambda: large) == 1
    assert pool.choose_worker_count("auto", Machine(torch.device("cuda")), 20, lambda: small) == 1
    assert pool.choose_worker_count(3, cpu, 20, lambda: large) == 3
    monkeypatch.setattr(pool, "_memory", lambda: 8_000_000_000)
    assert pool.choose_worker_count("auto", cpu, 20, lambda: small) == 5
    assert pool.choose_worker_count(8, cpu, 20, lambda: small) == 8


def test_a_container_has_the_memory_that_it_may_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, gone = tmp_path / "memory.max", tmp_path / "gone"
    monkeypatch.setattr(pool, "_LIMITS", (gone,))
    machine = pool._memory()
    monkeypatch.setattr(pool, "_LIMITS", (limit, gone))
    for says, most in (("300000000\n", 300_000_000), ("max\n", machine), ("9223372036854771712\n", machine)):
        limit.write_text(says)
        assert pool._memory() == most


@pytest.mark.parametrize(("cores", "count", "each"), [(8, 3, 2), (8, 2, 4), (2, 2, 1), (2, 3, 0)])
def test_each_worker_has_cores_of_its_own(cores: int, count: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_cores", lambda: list(range(cores)))
    monkeypatch.setattr(torch, "get_num_threads", lambda: cores)
    workers = pool._Pool([], count, Machine(torch.device("cpu")), RunListener())
    taken = [core for share in workers.cores for core in share]
    assert (len(taken), workers.threads) == (len(set(taken)), max(1, each))
    assert [len(share) for share in workers.cores] == [each] * count
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)  # as OMP_NUM_THREADS=1 makes it
    assert pool._Pool([], count, Machine(torch.device("cpu")), RunListener()).threads == 1


def test_times_of_runs_side_by_side_are_refused(small_study: Study, tmp_path: Path) -> None:
    for count in (2, "auto"):
        with pytest.raises(InputError, match="say nothing about time"):
            run(small_study, timing=True, workers=count, out=tmp_path)
    with pytest.raises(InputError, match="workers: 0"):
        run(small_study, workers=0, out=tmp_path)
