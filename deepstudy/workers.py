"""Several runs at the same time, each in a process of its own: who does what, and what is heard of it.

Here is the side that starts the processes; `worker` is the other. A worker is given one run after another, always the
next of the plan that may start, and every run goes the way that it goes in a single process. What it is told are lines
of JSON on its stdin: first how to work, then runs, or the number of a signal to stop by. It answers in lines of JSON.

Workers lead sessions of their own, so that a Ctrl-C comes to this process alone and is passed on once. Should this
process die, their stdin ends: then they save their state and leave too.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal

import torch

from deepstudy.errors import InputError
from deepstudy.record import RunDirectory
from deepstudy.training import checkpoint
from deepstudy.training.device import Machine
from deepstudy.training.progress import Progress

if TYPE_CHECKING:
    from deepstudy.runner import Outcome, Run, Watcher

#: Multiply-adds an image up to which a network counts as small: its steps are too short to keep several cores busy.
#: On two AVX2 cores two runs of such networks took 0.57 to 0.88 of the time, with 120 to 250 million 0.86 to 0.91.
SMALL = 50_000_000
#: Memory of the machine for each worker, in bytes: twice what one training on CIFAR-10 takes.
ROOM = 1_500_000_000

_LOOK_EVERY = 0.1  # seconds between looks at whether a signal has come


def how_many(
    asked: int | Literal["auto"], machine: Machine, runs: int, macs: Callable[[], Sequence[int]] = list
) -> int:
    """How many workers do so many runs; one means none beside this process.

    `auto` is one a core, if there is memory for so many, where the networks, whose multiply-adds an image `macs` tells,
    are mostly small and compute on the CPU: a core each does more for them than all cores together for one. `runs` are
    all that were asked for, done or not: then the same command gives a run as many threads as it had before it was cut,
    and the same bits.
    """
    if asked != "auto":
        return asked
    most = min(len(_cores()), runs, _memory() // ROOM)
    if most <= 1 or machine.device.type != "cpu" or statistics.median([*macs()] or [0]) >= SMALL:
        return 1
    return most


def _cores() -> list[int]:
    """The cores that this process may use."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


#: Where Linux tells what a container may have, by the second and the first version of its control groups.
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def _memory() -> int:
    """The memory in bytes of the machine, or of the container; 16 GB where it cannot be asked (Windows)."""
    if not hasattr(os, "sysconf"):
        return 16_000_000_000
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no such file; no limit, which reads "max"
            most = min(most, int(file.read_text(encoding="ascii")))
    return most


@dataclass(frozen=True)
class Job:
    """A run, and which of how many it is."""

    run: "Run"
    number: int
    total: int


class _Worker:
    """A process that does runs, and the one that it is doing."""

    def __init__(self, slot: int, how: dict[str, Any]) -> None:
        self.slot = slot
        self.job: Job | None = None
        self.begun = False
        # Not `-m`: it would look for modules in the working folder, where a student's random.py may lie.
        program = f"import sys; sys.path[:] = {[str(entry) for entry in sys.path]}; from deepstudy.worker import main"
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", f"{program}; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": str(how["threads"])},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # what Windows has instead of sessions
        )
        self.tell(how)

    def tell(self, message: dict[str, Any]) -> None:
        """Send it a line; one that is gone will be missed elsewhere."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def give(self, job: Job, together: int) -> None:
        """Have it do a run, which shares the machine with others."""
        self.job, self.begun = job, False
        run = job.run
        where = str(run.directory.path)
        self.tell({"experiment": run.name, "seed": run.seed, "directory": where, "together": together})

    def hear(self, heard: "SimpleQueue[tuple[_Worker, Any]]") -> None:
        """Pass on what it says, and None when it is gone."""
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if line.endswith(b"\n"):  # else it died while it wrote
                    heard.put((self, json.loads(line)))
        heard.put((self, None))

    def dismiss(self) -> None:
        """Let it leave; if it is doing a run, with the state saved."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()


class Workers:
    """Up to `count` processes that do runs of one study, in plan order but for what has to wait for another run."""

    def __init__(self, jobs: Sequence[Job], count: int, machine: Machine, watcher: "Watcher") -> None:
        self.waiting, self.count, self.machine, self.watcher = list(jobs), count, machine, watcher
        self.workers: list[_Worker] = []
        self.heard: SimpleQueue[tuple[_Worker, Any]] = SimpleQueue()
        self.failed: dict[RunDirectory, str] = {}
        self.ended_by = 0
        self.error: Exception | None = None
        cores = _cores()
        share = len(cores) // count
        #: Without a core for each, the system's own scheduling is fairer than any fixed one.
        self.cores = [cores[slot * share : (slot + 1) * share] for slot in range(count)]
        self.threads = max(1, min(share, torch.get_num_threads()))  # OMP_NUM_THREADS and set_num_threads count

    def work(self, stop: Callable[[], int]) -> int:
        """Do all runs; the number of the signal that put an early end to that, else 0.

        Raises what a run raised, after the others have saved their state. A run whose process died has failed, and the
        others are done.
        """
        try:
            while self._busy() or (self.waiting and not self.ended_by):
                if number := stop():
                    self._stop(number)
                self._give()
                try:
                    worker, message = self.heard.get(timeout=_LOOK_EVERY)
                except Empty:
                    continue
                self._take(worker, message)
        finally:
            for worker in self.workers:
                worker.dismiss()
            for worker in self.workers:
                worker.process.wait()
        if self.error:
            raise self.error
        return self.ended_by

    def kill(self) -> None:
        """End all processes at once."""
        for worker in self.workers:
            worker.process.kill()

    def _busy(self) -> list[Job]:
        return [worker.job for worker in self.workers if worker.job]

    def _stop(self, number: int) -> None:
        if not self.ended_by:
            self.ended_by = number
            for worker in self.workers:
                worker.tell({"stop": number})

    def _break(self, error: Exception) -> None:
        self.error = self.error or error
        self._stop(signal.SIGTERM)

    def _give(self) -> None:
        """Give runs that may start to workers that are free."""
        if self.ended_by:
            return
        busy = self._busy()
        to_come = {job.run.directory for job in (*self.waiting, *busy)}
        chosen: list[Job] = []
        for job in [job for job in self.waiting if job.run.source not in to_come]:
            if why := self._missing_source(job):
                self.waiting.remove(job)
                self._begin(job, job.run.directory.epochs())
                self._end(job, "failed", why)
            elif len(busy) + len(chosen) < self.count:
                self.waiting.remove(job)
                chosen.append(job)
        for job in chosen:
            free = next((worker for worker in self.workers if worker.job is None), None)
            (free or self._new(job.run)).give(job, len(busy) + len(chosen))

    def _missing_source(self, job: Job) -> str | None:
        """Why a run cannot start: what it starts from failed before it left the weights."""
        source, start = job.run.source, job.run.experiment.start_from
        if source not in self.failed or not (start and start.epoch):
            return None
        if checkpoint.at_end_of(source.checkpoints, start.epoch):
            return None
        return f"it starts from {start.experiment}, which failed: {self.failed[source]}"

    def _new(self, run: "Run") -> _Worker:
        """A new worker, for runs of the same study and budget as `run`."""
        slot = min(set(range(self.count)) - {worker.slot for worker in self.workers})
        how = {
            "study": run.study.argument,
            "text": run.study.text,  # its file may change while the runs go on
            "budget": run.budget,
            "overrides": run.overrides,
            "device": self.machine.device.type,
            "precision": self.machine.precision,
            "deterministic": self.machine.deterministic,
            "threads": self.threads,
            "cores": self.cores[slot],
        }
        worker = _Worker(slot, how)
        self.workers.append(worker)
        threading.Thread(target=worker.hear, args=(self.heard,), daemon=True).start()
        return worker

    def _take(self, worker: _Worker, message: Any) -> None:
        """What a worker says; None where it is gone."""
        if message is None:
            self._gone(worker)
            return
        job = worker.job
        match message:
            case {"begun": epochs} if job:
                worker.begun = True
                self._begin(job, epochs)
            case {"progress": progress} if job:
                self.watcher.look(job.run, Progress(**progress))
            case {"ended": outcome, "why": why} if job:
                worker.job = None
                self._end(job, outcome, why)
            case _:
                worker.job = None
                self._leaves(message)

    def _leaves(self, message: dict[str, Any]) -> None:
        """A worker says why it will do no more; the others stop too."""
        match message:
            case {"interrupted": number}:
                self._stop(number)
            case {"refused": why}:
                self._break(InputError(why))
            case {"system": [number, why, file]}:
                self._break(OSError(number, why, file))
            case {"broke": trace}:
                self._break(RuntimeError(f"a run in a process of its own ended with\n{trace}"))

    def _gone(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.dismiss()
        code, job = worker.process.wait(), worker.job
        if job and not self.ended_by:
            if not worker.begun:
                self._begin(job, job.run.directory.epochs())
            self._end(job, "failed", f"its process died ({_how_it_died(code)})")

    def _begin(self, job: Job, epochs: int) -> None:
        self.watcher.begin(job.run, job.number, job.total, epochs)

    def _end(self, job: Job, outcome: "Outcome", why: str) -> None:
        if outcome == "failed":
            self.failed[job.run.directory] = why
        self.watcher.end(job.run, outcome, why)


def _how_it_died(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
