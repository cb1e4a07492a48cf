"""The process that does runs for `workers`, one after another, and says how they go.

Stdin and stdout are its line to the process that started it. Networks that are not ours may read and print: for them,
stdin is empty and stdout is stderr.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.runner import Outcome, Run
    from deepstudy.training.progress import Progress


class _Parent:
    """The process that gives the runs, and a watcher (`runner.Watcher`) that tells it of them."""

    def __init__(self) -> None:
        self.stop = 0  # the number of a signal
        self.jobs: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._lines = open(os.dup(0), "rb", buffering=0)  # noqa: SIM115 - until the process ends
        self._out = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)

    def line(self) -> Any:
        """The next message; None where the parent is gone or needs us no more."""
        line = self._lines.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def listen(self) -> None:
        """Queue runs until there are no more, or we are to stop."""
        while (message := self.line()) is not None and "stop" not in message:
            self.jobs.put(message)
        self.stop = message["stop"] if message else signal.SIGTERM
        self.jobs.put(None)

    def tell(self, **message: Any) -> None:
        """Send a message; if nobody is there to hear it, it is time to stop."""
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except OSError:
            self.stop = self.stop or signal.SIGTERM

    def begin(self, run: "Run", number: int, total: int, finished_epochs: int) -> None:
        """A run begins."""
        self.tell(begun=finished_epochs)

    def look(self, run: "Run", progress: "Progress") -> None:
        """A run has come so far."""
        self.tell(progress=asdict(progress))

    def end(self, run: "Run", outcome: "Outcome", why: str) -> None:
        """A run has ended."""
        self.tell(ended=outcome, why=why)


def main() -> None:
    """Do what comes on stdin, until it ends."""
    parent = _Parent()
    how = parent.line()
    if how is None:
        return
    if sys.platform == "linux" and how["cores"]:
        with contextlib.suppress(OSError):  # the system may have taken cores away meanwhile
            os.sched_setaffinity(0, how["cores"])
    threading.Thread(target=parent.listen, daemon=True).start()
    try:
        _work(how, parent)
    except InputError as error:
        parent.tell(refused=str(error))
    except OSError as error:
        parent.tell(system=[error.errno, error.strerror or str(error), error.filename and str(error.filename)])
    except BaseException:
        parent.tell(broke=traceback.format_exc())


def _work(how: dict[str, Any], parent: _Parent) -> None:
    # Not before the process has its cores: torch's threads inherit them.
    import torch

    from deepstudy import runner
    from deepstudy.record import RunDirectory
    from deepstudy.study import load_study
    from deepstudy.training import device

    torch.set_num_threads(how["threads"])
    study, budget, overrides = load_study(how["study"], how["text"]), how["budget"], tuple(how["overrides"])
    machine = device.choose(how["device"], how["precision"], deterministic=how["deterministic"])
    with runner.signals() as received:

        def stop() -> int:
            return parent.stop or (received[0] if received else 0)

        while (job := parent.jobs.get()) is not None:
            name, directory = job["experiment"], RunDirectory(Path(job["directory"]))
            experiment = study.experiment(name, budget, overrides)
            run = runner.Run(study, name, experiment, job["seed"], budget, overrides, directory)
            try:
                runner.in_turn([run], machine, parent, stop, job["together"])
            except runner.Interrupted as interruption:
                parent.tell(interrupted=interruption.number)
                return
