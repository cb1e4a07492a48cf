"""The process that does runs for `pool`, one after another, and says how they go."""

import contextlib
import os
import signal
import sys
import threading
import traceback
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from deepstudy.errors import InputError
from deepstudy.process import Parent
from deepstudy.runs import messages


def work(parent: Parent) -> None:
    """Do what the parent sends, until it sends no more.

    Arguments:
        parent: sends how to work, then runs, or the number of a signal to stop by.
    """
    document = parent.receive()
    if document is None:
        return
    setup = messages.from_json(document)
    assert isinstance(setup, messages.WorkerSetup)
    if sys.platform == "linux" and setup.cores:
        with contextlib.suppress(OSError):  # the system may have taken cores away meanwhile
            os.sched_setaffinity(0, setup.cores)
    pool = _PoolLine(parent)
    threading.Thread(target=pool.listen, daemon=True).start()
    try:
        _do_runs(setup, pool)
    except InputError as error:
        pool.send(messages.Refused(str(error)))
    except OSError as error:
        file = str(error.filename) if error.filename else None
        pool.send(messages.SystemFailed(error.errno, error.strerror or str(error), file))
    except BaseException:
        pool.send(messages.Crashed(traceback.format_exc()))


class _PoolLine:
    """The line to the pool: which runs it wants, and whether to stop."""

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.stop_number = 0  # of a signal
        self.requests: SimpleQueue[messages.Message | None] = SimpleQueue()

    def listen(self) -> None:
        """Queue what the pool requests until it has no more, or it is time to stop."""
        number: int = signal.SIGTERM  # where the parent is gone, or needs us no more
        while (document := self.parent.receive()) is not None:
            message = messages.from_json(document)
            if isinstance(message, messages.StopRequest):
                number = message.number
                break
            self.requests.put(message)
        self.stop_number = number
        self.requests.put(None)

    def send(self, message: messages.Message) -> None:
        """Send a message; where the pool is gone, it is time to stop."""
        if not self.parent.send(messages.to_json(message)):
            self.stop_number = self.stop_number or signal.SIGTERM


def _do_runs(setup: messages.WorkerSetup, pool: _PoolLine) -> None:
    # Not before the process has its cores: torch's threads inherit them.
    import torch

    from deepstudy.record import RunDirectory
    from deepstudy.runs.execute import run_in_turn
    from deepstudy.runs.interrupts import Interrupted, noted_signals
    from deepstudy.runs.run import Run, RunEnd, RunListener
    from deepstudy.study import load_study
    from deepstudy.training import device
    from deepstudy.training.progress import Progress

    class Reporter(RunListener):
        def on_start(self, run: Run, finished_epochs: int) -> None:
            pool.send(messages.Started(finished_epochs))

        def on_notice(self, run: Run, says: str) -> None:
            pool.send(messages.Noticed(says))

        def on_progress(self, run: Run, progress: Progress) -> None:
            finished = [line.as_json() for line in progress.finished or ()]
            pool.send(messages.Advanced({**vars(progress), "finished": finished or None}))

        def on_end(self, end: RunEnd) -> None:
            pool.send(messages.Ended(end.outcome, end.why))

    torch.set_num_threads(setup.threads)
    study, overrides = load_study(setup.study, setup.text), tuple(setup.overrides)
    machine = device.choose_machine(setup.device, setup.precision, deterministic=setup.deterministic)
    with noted_signals() as signalled:

        def stop_signal() -> int:
            return pool.stop_number or signalled()

        while isinstance(request := pool.requests.get(), messages.RunRequest):
            name, directory = request.experiment, RunDirectory(Path(request.directory))
            resolved = study.experiment(name, setup.budget, overrides)
            run = Run(study, name, resolved, request.seed, setup.budget, overrides, directory)
            run = replace(run, number=request.number, total=request.total, until_decided=request.until_decided)
            try:
                run_in_turn([run], machine, Reporter(), stop_signal, request.known_sharing)
            except Interrupted as interruption:
                pool.send(messages.StoppedBySignal(interruption.number))
                return
