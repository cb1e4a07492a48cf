"""The process that does runs for `pool`, one after another, and says how they go."""

import contextlib
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from deepstudy.errors import InputError
from deepstudy.process import Parent


def work(parent: Parent) -> None:
    """Do what the parent sends, until it sends no more.

    Arguments:
        parent: sends how to work, then runs, or the number of a signal to stop by.
    """
    task = parent.receive()
    if task is None:
        return
    if sys.platform == "linux" and task["cores"]:
        with contextlib.suppress(OSError):  # the system may have taken cores away meanwhile
            os.sched_setaffinity(0, task["cores"])
    orders = _Orders(parent)
    threading.Thread(target=orders.listen, daemon=True).start()
    try:
        _do_runs(task, orders)
    except InputError as error:
        orders.send(refused=str(error))
    except OSError as error:
        orders.send(system=[error.errno, error.strerror or str(error), error.filename and str(error.filename)])
    except BaseException:
        orders.send(broke=traceback.format_exc())


class _Orders:
    """The runs that the parent asks for, and whether to stop."""

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.stop = 0  # the number of a signal
        self.runs: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

    def listen(self) -> None:
        """Queue runs until there are no more, or it is time to stop."""
        while (message := self.parent.receive()) is not None and "stop" not in message:
            self.runs.put(message)
        self.stop = message["stop"] if message else signal.SIGTERM
        self.runs.put(None)

    def send(self, **message: Any) -> None:
        """Send a message; where the parent is gone, it is time to stop."""
        if not self.parent.send(message):
            self.stop = self.stop or signal.SIGTERM


def _do_runs(task: dict[str, Any], orders: _Orders) -> None:
    # Not before the process has its cores: torch's threads inherit them.
    import torch

    from deepstudy.record import RunDirectory
    from deepstudy.runs.execute import in_turn
    from deepstudy.runs.interrupts import Interrupted, noted_signals
    from deepstudy.runs.run import Outcome, Run, RunListener
    from deepstudy.study import load_study
    from deepstudy.training import device
    from deepstudy.training.progress import Progress

    class Reporter(RunListener):
        def on_start(self, run: Run, finished_epochs: int) -> None:
            orders.send(started=finished_epochs)

        def on_progress(self, run: Run, progress: Progress) -> None:
            finished = [line.as_json() for line in progress.finished or ()]
            orders.send(progress={**vars(progress), "finished": finished or None})

        def on_end(self, run: Run, outcome: Outcome, why: str) -> None:
            orders.send(ended=outcome, why=why)

    torch.set_num_threads(task["threads"])
    study, budget, overrides = load_study(task["study"], task["text"]), task["budget"], tuple(task["overrides"])
    machine = device.choose(task["device"], task["precision"], deterministic=task["deterministic"])
    with noted_signals() as signalled:
        while (order := orders.runs.get()) is not None:
            name, directory = order["experiment"], RunDirectory(Path(order["directory"]))
            run = Run(
                study,
                name,
                study.experiment(name, budget, overrides),
                order["seed"],
                budget,
                overrides,
                directory,
                number=order["number"],
                total=order["total"],
            )
            try:
                in_turn([run], machine, Reporter(), lambda: orders.stop or signalled(), order["at_least"])
            except Interrupted as interruption:
                orders.send(interrupted=interruption.number)
                return
