"""What a person sees while runs go on: a bar for each in a terminal, a line per epoch elsewhere. On stderr."""

import time
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from deepstudy.runner import Outcome, Run
from deepstudy.training.progress import Progress


@dataclass
class _Shown:
    """A run that goes on: how it is called, its bar, and when the epoch began that it is in."""

    label: str
    bar: TaskID
    began: float
    whole_epoch: bool


class Progressing:
    """A watcher of the runner (`runner.Watcher`), and a context manager around it."""

    def __init__(self, epochs_to_do: dict[tuple[str, int], int]) -> None:
        """`epochs_to_do` gives the unfinished epochs of each (experiment, seed)."""
        self.console = Console(stderr=True, highlight=False)
        self.left = {key: float(count) for key, count in epochs_to_do.items()}
        self.pace: dict[str, float] = {}  # seconds per epoch of each experiment seen so far
        self.shown: dict[tuple[str, int], _Shown] = {}
        self.failed: dict[tuple[str, int], str] = {}  # the runs that failed, and why
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            transient=True,
        )
        self.starting: TaskID | None = self.bars.add_task("starting", total=None, note="")

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self.bars.stop()

    def begin(self, run: Run, number: int, total: int, finished_epochs: int) -> None:
        """A run begins, or goes on."""
        if self.starting is not None:
            self.bars.remove_task(self.starting)
            self.starting = None
        label = f"{run.name} seed {run.seed} ({number} of {total})"
        bar = self.bars.add_task(label, total=run.experiment.epochs, completed=finished_epochs, note="")
        self.shown[run.name, run.seed] = _Shown(label, bar, time.perf_counter(), finished_epochs == 0)
        if 0 < finished_epochs < run.experiment.epochs:
            self._say(f"{label}: goes on after epoch {finished_epochs}")

    def look(self, run: Run, progress: Progress) -> None:
        """Some steps or an epoch have passed."""
        shown = self.shown[run.name, run.seed]
        done = progress.epoch + progress.step / progress.steps
        self.left[run.name, run.seed] = run.experiment.epochs - done
        if progress.finished:
            now = time.perf_counter()
            if shown.whole_epoch:
                self.pace[run.name] = now - shown.began
            shown.began, shown.whole_epoch = now, True
        parts = [f"loss {progress.loss:.4f}", f"accuracy {progress.accuracy:.2f} %"]
        if progress.finished:
            parts += [
                f"{line['split']} {line['accuracy']:.2f} %" for line in progress.finished if line["measure"] == "scored"
            ]
        if progress.images_per_second:
            parts.append(f"{progress.images_per_second:,.0f} images/s")
            if not progress.finished and run.name not in self.pace:
                self.pace[run.name] = progress.steps * run.experiment.batch_size / progress.images_per_second
        if eta := self._eta():
            parts.append(f"{eta} left")
        epoch = progress.epoch if progress.finished else progress.epoch + 1
        note = f"epoch {epoch}/{progress.epochs} · {' · '.join(parts)}"
        self.bars.update(shown.bar, total=progress.epochs, completed=done, note=note)
        if progress.finished and not self.console.is_terminal:
            self._say(f"{shown.label}: {note}")

    def end(self, run: Run, outcome: Outcome, why: str) -> None:
        """A run has ended."""
        shown = self.shown.pop((run.name, run.seed))
        self.left[run.name, run.seed] = 0.0
        if outcome == "failed":
            self.failed[run.name, run.seed] = why
        self.bars.remove_task(shown.bar)
        says = {"complete": "done", "skipped": "was done before", "failed": f"FAILED: {why}"}[outcome]
        self._say(f"{shown.label}: {says}")

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def _eta(self) -> str:
        """The time that all that is left will take; experiments not seen yet count like the mean of the others.

        Runs at the same time share it, but no run can be divided.
        """
        if not self.pace:
            return ""
        usual = sum(self.pace.values()) / len(self.pace)
        seconds = [count * self.pace.get(name, usual) for (name, _), count in self.left.items()]
        return str(timedelta(seconds=round(max(sum(seconds) / len(self.shown), *seconds))))
