"""What a person sees while runs go on: a bar for each in a terminal, a line per epoch elsewhere. On stderr."""

import time
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich import progress as rich_progress
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn

from deepstudy.record import RunDirectory
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run, RunEnd, RunListener
from deepstudy.training.progress import Progress


@dataclass
class _RunBar:
    """A run that goes on: its label and task, and when the epoch began that it is in."""

    label: str
    task: TaskID
    began: float
    whole_epoch: bool


class ProgressDisplay(RunListener):
    """Shows the progress of runs. Use it as a context manager."""

    def __init__(self, plan: Plan) -> None:
        """Get ready.

        Arguments:
            plan: the runs to come.
        """
        self.console = Console(stderr=True, highlight=False)
        self.runs = {run.directory: run for run in plan.runs}
        states = zip(plan.runs, plan.states, strict=True)
        self.epochs_left = {run.directory: max(0.0, run.resolved.epochs - state.epochs) for run, state in states}
        self.pace: dict[str, float] = {}  # seconds per epoch of each experiment seen so far
        self.running: dict[RunDirectory, _RunBar] = {}
        self.bars = rich_progress.Progress(
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

    def on_start(self, run: Run, finished_epochs: int) -> None:
        """Show a bar for a run."""
        if self.starting is not None:
            self.bars.remove_task(self.starting)
            self.starting = None
        label = f"{run.experiment} seed {run.seed} ({run.number} of {run.total})"
        task = self.bars.add_task(label, total=run.resolved.epochs, completed=finished_epochs, note="")
        self.running[run.directory] = _RunBar(label, task, time.perf_counter(), finished_epochs == 0)
        if 0 < finished_epochs < run.resolved.epochs:
            self._say(f"{label}: goes on after epoch {finished_epochs}")

    def on_progress(self, run: Run, progress: Progress) -> None:
        """Move the bar of a run."""
        bar = self.running[run.directory]
        done = progress.epoch + progress.step / progress.steps
        self.epochs_left[run.directory] = run.resolved.epochs - done
        if progress.finished:
            now = time.perf_counter()
            if bar.whole_epoch:
                self.pace[run.experiment] = now - bar.began
            bar.began, bar.whole_epoch = now, True
        parts = [f"loss {progress.loss:.4f}", f"accuracy {progress.accuracy:.2f} %"]
        if progress.finished:
            scored = [line for line in progress.finished if line.measure == "scored"]
            parts += [f"{line.split} {line.accuracy:.2f} %" for line in scored]
        if progress.images_per_second:
            parts.append(f"{progress.images_per_second:,.0f} images/s")
            if not progress.finished and run.experiment not in self.pace:
                self.pace[run.experiment] = progress.steps * run.resolved.batch_size / progress.images_per_second
        if eta := self._eta():
            parts.append(f"{eta} left")
        epoch = progress.epoch if progress.finished else progress.epoch + 1
        note = f"epoch {epoch}/{progress.epochs} · {' · '.join(parts)}"
        self.bars.update(bar.task, total=progress.epochs, completed=done, note=note)
        if progress.finished and not self.console.is_terminal:
            self._say(f"{bar.label}: {note}")

    def on_end(self, end: RunEnd) -> None:
        """Take the bar away, and say how the run ended."""
        bar = self.running.pop(end.run.directory)
        self.epochs_left[end.run.directory] = 0.0
        self.bars.remove_task(bar.task)
        says = {"complete": "done", "skipped": "was done before", "failed": f"FAILED: {end.why}"}[end.outcome]
        self._say(f"{bar.label}: {says}")

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def _eta(self) -> str:
        """The time that is left; experiments not seen yet take as long as the others on average.

        Runs at the same time share it, but no run can be divided.
        """
        if not self.pace:
            return ""
        usual = sum(self.pace.values()) / len(self.pace)
        paces = [self.pace.get(self.runs[where].experiment, usual) for where in self.epochs_left]
        seconds = [count * pace for count, pace in zip(self.epochs_left.values(), paces, strict=True)]
        return str(timedelta(seconds=round(max(sum(seconds) / len(self.running), *seconds))))
