"""What a person sees while runs go on: bars in a terminal, a line per epoch elsewhere. On stderr."""

import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from deepstudy.runner import Outcome, Run
from deepstudy.training.loop import Glimpse


class Progressing:
    """A watcher of the runner (`runner.Watcher`), and a context manager around it."""

    def __init__(self, epochs_to_do: dict[tuple[str, int], int]) -> None:
        """`epochs_to_do` gives the unfinished epochs of each (experiment, seed)."""
        self.console = Console(stderr=True, highlight=False)
        self.left = {key: float(count) for key, count in epochs_to_do.items()}
        self.pace: dict[str, float] = {}  # seconds per epoch of each experiment seen so far
        self.label = ""
        self.began, self.whole_epoch = 0.0, True
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            transient=True,
        )
        self.bar: TaskID = self.bars.add_task("", total=None, note="")

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def begin(self, run: Run, number: int, total: int, finished_epochs: int) -> None:
        """A run begins, or goes on."""
        self.label = f"{run.name} seed {run.seed} ({number} of {total})"
        self.began, self.whole_epoch = time.perf_counter(), finished_epochs == 0
        if 0 < finished_epochs < run.experiment.epochs:
            self._say(f"goes on after epoch {finished_epochs}")

    def look(self, run: Run, glimpse: Glimpse) -> None:
        """Some steps or an epoch have passed."""
        done = glimpse.epoch + glimpse.step / glimpse.steps
        self.left[run.name, run.seed] = run.experiment.epochs - done
        if glimpse.finished:
            now = time.perf_counter()
            if self.whole_epoch:
                self.pace[run.name] = now - self.began
            self.began, self.whole_epoch = now, True
        parts = [] if glimpse.loss is None else [f"loss {glimpse.loss:.4f}", f"accuracy {glimpse.accuracy:.2f} %"]
        if glimpse.finished:
            parts += [
                f"{line['split']} {line['accuracy']:.2f} %" for line in glimpse.finished if line["measure"] == "scored"
            ]
        if glimpse.images_per_second:
            parts.append(f"{glimpse.images_per_second:,.0f} images/s")
            if not glimpse.finished and run.name not in self.pace:
                self.pace[run.name] = glimpse.steps * run.experiment.batch_size / glimpse.images_per_second
        if eta := self._eta():
            parts.append(f"{eta} left")
        epoch = glimpse.epoch if glimpse.finished else glimpse.epoch + 1
        note = f"epoch {epoch}/{glimpse.epochs} · {' · '.join(parts)}"
        self.bars.update(self.bar, description=self.label, total=glimpse.epochs, completed=done, note=note)
        if glimpse.finished and not self.console.is_terminal:
            self._say(note)

    def end(self, run: Run, outcome: Outcome, why: str) -> None:
        """A run has ended."""
        self.left[run.name, run.seed] = 0.0
        self._say({"complete": "done", "skipped": "was done before", "failed": f"FAILED: {why}"}[outcome])

    def _say(self, text: str) -> None:
        self.console.print(f"{self.label}: {text}", markup=False, soft_wrap=True)

    def _eta(self) -> str:
        """The time that all that is left will take; experiments not seen yet count like the mean of the others."""
        if not self.pace:
            return ""
        usual = sum(self.pace.values()) / len(self.pace)
        seconds = sum(count * self.pace.get(name, usual) for (name, _), count in self.left.items())
        return str(timedelta(seconds=round(seconds)))
