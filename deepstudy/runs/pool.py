"""Several runs at the same time, each in a child process: who does which, and what comes of it.

This is the side that starts the processes; `worker` is the other. A worker is given one run after another, always the
next of the plan that may start, and every run goes the way that it goes in a single process. Should this process die,
the workers' input ends: they save their state and leave too.
"""

import contextlib
import os
import signal
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

import torch

from deepstudy.errors import InputError
from deepstudy.process import Child
from deepstudy.record import RunDirectory, WholeMetricsLine
from deepstudy.runs import messages
from deepstudy.runs.interrupts import Interrupted, noted_signals
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run, RunEnd, RunListener
from deepstudy.training import checkpoint
from deepstudy.training.device import Machine
from deepstudy.training.progress import Progress

#: Multiply-adds an image up to which a network counts as small: its steps are too short to keep several cores busy.
#: On two AVX2 cores two runs of such networks took 0.57 to 0.88 of the time, with 120 to 250 million 0.86 to 0.91.
SMALL_NETWORK_MACS = 50_000_000
#: Memory of the machine for each worker: twice what one training on CIFAR-10 takes.
BYTES_PER_WORKER = 1_500_000_000

_LOOK_EVERY = 0.1  # seconds between looks at whether a signal has come


def choose_worker_count(
    asked: int | Literal["auto"], machine: Machine, runs: int, macs: Callable[[], Sequence[int]] = list
) -> int:
    """Choose the number of workers.

    `auto` is one a core, if there is memory for so many, where the networks are mostly small and compute on the CPU: a
    core each does more for them than all cores together for one.

    Arguments:
        asked: a number, or `auto`.
        machine: where they train.
        runs: all runs of the plan, finished ones included. So a resumed command uses the same threads and gives the
            same bits.
        macs: multiply-adds an image of each network.

    Returns:
        The number; with 1, this process does the runs itself.
    """
    if asked != "auto":
        return asked
    most = min(len(_cores()), runs, _memory() // BYTES_PER_WORKER)
    if most <= 1 or machine.device.type != "cpu" or statistics.median([*macs()] or [0]) >= SMALL_NETWORK_MACS:
        return 1
    return most


def run_side_by_side(plan: Plan, count: int, machine: Machine, listener: RunListener) -> list[RunEnd]:
    """Do the runs of a plan in worker processes.

    Arguments:
        plan: the runs; those that are complete need no process.
        count: how many at the same time.
        machine: device and precision.
        listener: is called while they go on.

    Returns:
        How each ended, in the plan's order.

    Raises:
        InputError: if a run cannot be done.
        Interrupted: after SIGINT or SIGTERM, with the state saved.
    """
    pool = _Pool(plan.incomplete, count, machine, listener)
    for run, state in zip(plan.runs, plan.states, strict=True):
        if run.is_complete(state):
            listener.on_start(run, run.resolved.epochs)
            pool.end(RunEnd(run, "skipped"))
    with noted_signals(pool.kill) as stop_signal:
        ended_by = pool.work(stop_signal)
    if ended_by:
        raise Interrupted(ended_by)
    return sorted(pool.ends, key=lambda end: end.run.number)


class _Worker:
    """A process that does runs, and the one that it is doing."""

    def __init__(self, slot: int, setup: messages.WorkerSetup, inbox: "SimpleQueue[tuple[_Worker, Any]]") -> None:
        self.slot = slot
        self.run: Run | None = None
        self.has_started = False
        environment = {"OMP_NUM_THREADS": str(setup.threads)}
        target = "deepstudy.runs.worker:work"
        self.child = Child(target, lambda message: inbox.put((self, message)), environment=environment)
        self.child.send(messages.to_json(setup))

    def give(self, run: Run, known_sharing: int) -> None:
        """Have it do a run, while so many share the machine."""
        self.run, self.has_started = run, False
        where = str(run.directory.path)
        request = messages.RunRequest(
            run.experiment, run.seed, where, run.number, run.total, known_sharing, run.until_decided
        )
        self.child.send(messages.to_json(request))


class _Pool:
    """Up to `count` processes that do runs of one study, in their order but for what has to wait for another run."""

    def __init__(self, runs: Sequence[Run], count: int, machine: Machine, listener: RunListener) -> None:
        self.waiting, self.count, self.machine, self.listener = list(runs), count, machine, listener
        self.workers: list[_Worker] = []
        self.inbox: SimpleQueue[tuple[_Worker, Any]] = SimpleQueue()
        self.ends: list[RunEnd] = []
        self.failed: dict[RunDirectory, str] = {}
        self.ended_by = 0
        self.error: Exception | None = None
        cores = _cores()
        share = len(cores) // count
        #: Without a core for each, the system's own scheduling is fairer than any fixed one.
        self.cores = [cores[slot * share : (slot + 1) * share] for slot in range(count)]
        self.threads = max(1, min(share, torch.get_num_threads()))  # OMP_NUM_THREADS and set_num_threads count

    def work(self, stop_signal: Callable[[], int]) -> int:
        """Do all runs. Returns the signal that ended them early, else 0.

        Raises the first error of a run, after the other runs have saved. A run whose process died has failed, and the
        others are done.
        """
        try:
            while self._busy() or (self.waiting and not self.ended_by):
                if number := stop_signal():
                    self._stop(number)
                self._give()
                try:
                    worker, message = self.inbox.get(timeout=_LOOK_EVERY)
                except Empty:
                    continue
                self._receive(worker, message)
        finally:
            for worker in self.workers:
                worker.child.close()  # it ends; if it is doing a run, with the state saved
            for worker in self.workers:
                worker.child.wait()
        if self.error:
            raise self.error
        return self.ended_by

    def kill(self) -> None:
        """End all processes at once."""
        for worker in self.workers:
            worker.child.kill()

    def _busy(self) -> list[Run]:
        return [worker.run for worker in self.workers if worker.run]

    def _stop(self, number: int) -> None:
        if not self.ended_by:
            self.ended_by = number
            for worker in self.workers:
                worker.child.send(messages.to_json(messages.StopRequest(number)))

    def _break(self, error: Exception) -> None:
        self.error = self.error or error
        self._stop(signal.SIGTERM)

    def _give(self) -> None:
        """Give runs that may start to workers that are free."""
        if self.ended_by:
            return
        busy = self._busy()
        to_come = {run.directory for run in (*self.waiting, *busy)}
        chosen: list[Run] = []
        for run in [run for run in self.waiting if run.starts_from not in to_come]:
            if why := self._failed_start(run):
                self.waiting.remove(run)
                self.listener.on_start(run, run.directory.epochs())
                self.end(RunEnd(run, "failed", why))
            elif len(busy) + len(chosen) < self.count:
                self.waiting.remove(run)
                chosen.append(run)
        for run in chosen:
            free = next((worker for worker in self.workers if worker.run is None), None)
            (free or self._new_worker(run)).give(run, len(busy) + len(chosen))

    def _failed_start(self, run: Run) -> str | None:
        """Why a run cannot start: what it starts from failed before it left the weights."""
        source, start = run.starts_from, run.resolved.start_from
        if source not in self.failed or not (start and start.epoch):
            return None
        if checkpoint.at_end_of(source.checkpoints, start.epoch):
            return None
        return run.describe_failed_start(self.failed[source])

    def _new_worker(self, run: Run) -> _Worker:
        """A new worker, for runs of the same study and budget as `run`."""
        slot = min(set(range(self.count)) - {worker.slot for worker in self.workers})
        setup = messages.WorkerSetup(
            study=run.study.argument,
            text=run.study.text,
            budget=run.budget,
            overrides=run.overrides,
            device=self.machine.device.type,
            precision=self.machine.precision,
            deterministic=self.machine.deterministic,
            threads=self.threads,
            cores=self.cores[slot],
        )
        self.workers.append(_Worker(slot, setup, self.inbox))
        return self.workers[-1]

    def _receive(self, worker: _Worker, document: Any) -> None:
        """Take a worker's message; None where it is gone."""
        if document is None:
            self._gone(worker)
            return
        run = worker.run
        match messages.from_json(document):
            case messages.Started(finished_epochs) if run:
                worker.has_started = True
                self.listener.on_start(run, finished_epochs)
            case messages.Noticed(says) if run:
                self.listener.on_notice(run, says)
            case messages.Advanced(progress) if run:
                finished = [WholeMetricsLine(**line) for line in progress["finished"] or ()]
                self.listener.on_progress(run, Progress(**{**progress, "finished": finished or None}))
            case messages.Ended(outcome, why) if run:
                worker.run = None
                self.end(RunEnd(run, outcome, why))
            case message:  # it does no more, and the others stop too
                worker.run = None
                self._stop_all(message)

    def _stop_all(self, message: messages.Message) -> None:
        match message:
            case messages.StoppedBySignal(number):
                self._stop(number)
            case messages.Refused(why):
                self._break(InputError(why))
            case messages.SystemFailed(number, why, file):
                self._break(OSError(number, why, file))
            case messages.Crashed(trace):
                self._break(RuntimeError(f"a worker process failed:\n{trace}"))
            case _:
                self._break(RuntimeError(f"a worker process sent an unexpected message: {message}"))

    def _gone(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.child.close()
        code, run = worker.child.wait(), worker.run
        if run and not self.ended_by:
            if not worker.has_started:
                self.listener.on_start(run, run.directory.epochs())
            how = f"was killed ({_signal_name(-code)})" if code < 0 else f"ended with exit code {code}"
            how += ", perhaps because the computer ran out of memory" if code == -9 else ""
            why = f"its process {how}; run the same command again to continue"
            self.end(RunEnd(run, "failed", why))

    def end(self, end: RunEnd) -> None:
        """Note how a run ended."""
        if end.outcome == "failed":
            self.failed[end.run.directory] = end.why
        self.ends.append(end)
        self.listener.on_end(end)


def _signal_name(number: int) -> str:
    return next((each.name for each in signal.Signals if each == number), str(number))


def _cores() -> list[int]:
    """The cores that this process may use."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


#: Where Linux says what a container may have, by the second and the first version of its control groups.
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
