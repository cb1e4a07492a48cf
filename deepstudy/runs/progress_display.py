"""What a person sees while runs go on: bars in a terminal or a notebook, a line per epoch elsewhere. On stderr."""

import html
import time
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deepstudy.record import RunDirectory
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run, RunEnd, RunListener
from deepstudy.training.progress import Progress

_WIDE = 100  # columns from which a bar's line has room for the loss


@dataclass
class _RunningRun:
    """A run that goes on: its label, when it and its epoch began, and what is known of it so far."""

    label: str
    began: float
    epoch_began: float
    whole_epoch: bool
    epochs: int
    done: float
    scored: str = ""
    running: str = ""
    loss: str = ""

    @property
    def score(self) -> str:
        """The last scored accuracy; until there is one, the running accuracy of training."""
        return self.scored or self.running

    @property
    def epoch(self) -> str:
        return f"epoch {min(int(self.done) + 1, self.epochs)}/{self.epochs}"


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
        self.running: dict[RunDirectory, _RunningRun] = {}
        self.ended = 0
        self.speed = ""
        self.said: list[str] = []
        self.notices: set[str] = set()
        self.notebook: Any = None  # the handle of a display of IPython
        self.live = Live(
            console=self.console,
            get_renderable=self._draw,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    @property
    def is_watched(self) -> bool:
        """Whether a person sees it: in a notebook or a terminal."""
        return bool(self.console.is_jupyter or self.console.is_terminal)

    def __enter__(self) -> Self:
        if self.console.is_jupyter:
            from IPython.display import HTML, display

            self.notebook = display(HTML(self._html()), display_id=True)
        elif self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.running.clear()
        if self.notebook is not None:
            self._refresh_notebook()
        elif self.console.is_terminal:
            self.live.stop()

    def on_start(self, run: Run, finished_epochs: int) -> None:
        """Show a bar for a run."""
        label, now, epochs = f"{run.experiment} seed {run.seed}", time.perf_counter(), run.resolved.epochs
        self.running[run.directory] = _RunningRun(label, now, now, finished_epochs == 0, epochs, float(finished_epochs))
        if 0 < finished_epochs < epochs:
            self._say(f"{_numbered(run)}: continues after epoch {finished_epochs}")

    def on_notice(self, run: Run, says: str) -> None:
        """Say it, if no other run said the same.

        Arguments:
            run: the run.
            says: the line.
        """
        if says not in self.notices:
            self.notices.add(says)
            self._say(says)

    def on_progress(self, run: Run, progress: Progress) -> None:
        """Move the bar of a run."""
        bar = self.running[run.directory]
        bar.epochs, bar.done = progress.epochs, progress.epoch + progress.step / progress.steps
        self.epochs_left[run.directory] = run.resolved.epochs - bar.done
        bar.loss = f"loss {progress.loss:.4f}"
        if progress.images_per_second:
            self.speed = f"{progress.images_per_second:,.0f} images/s"
        if not progress.finished:
            bar.running = f"train {progress.accuracy:.2f} %"
            if progress.images_per_second and run.experiment not in self.pace:
                self.pace[run.experiment] = progress.steps * run.resolved.batch_size / progress.images_per_second
        else:
            self._end_epoch(run, progress, bar)
        if self.notebook is not None:
            self._refresh_notebook()

    def _end_epoch(self, run: Run, progress: Progress, bar: _RunningRun) -> None:
        now = time.perf_counter()
        if bar.whole_epoch:
            self.pace[run.experiment] = now - bar.epoch_began
        bar.epoch_began, bar.whole_epoch = now, True
        lines = [line for line in progress.finished or () if line.measure == "scored"]
        scored = {line.split: f"{line.split} {line.accuracy:.2f} %" for line in lines}
        bar.scored = scored.get(run.resolved.roles.score_on, bar.scored)
        if self.notebook is None and not self.console.is_terminal:
            parts = [f"epoch {progress.epoch}/{progress.epochs}", bar.loss]
            parts += [f"train {progress.accuracy:.2f} % (running)", *scored.values()]
            self._say(f"{_numbered(run)}: {' · '.join(filter(None, [*parts, self.speed, self._time_left()]))}")

    def on_end(self, end: RunEnd) -> None:
        """Take the bar away, and keep a line about how the run ended."""
        run, bar = end.run, self.running.pop(end.run.directory)
        self.ended += 1
        self.epochs_left[run.directory] = 0.0
        if end.outcome == "failed":
            says = f"FAILED: {end.why}"
        else:
            took = timedelta(seconds=round(time.perf_counter() - bar.began))
            how = "already complete" if end.outcome == "skipped" else f"complete in {took}"
            says = ", ".join(filter(None, [_final_score(run) or bar.score, how]))
        self._say(f"{_numbered(run)}: {says}")

    def _say(self, text: str) -> None:
        if self.notebook is not None:
            self.said.append(text)
            self._refresh_notebook()
        else:
            self.console.print(text, markup=False, soft_wrap=True)

    def _draw(self) -> Group:
        """A line with a bar for each run that goes on, and one for all."""
        grid = Table.grid(padding=(0, 1), expand=True)
        for _ in range(2):
            grid.add_column(no_wrap=True, overflow="ellipsis", ratio=None)
        grid.columns[1].ratio = 1
        for _ in range(3 if self.console.width >= _WIDE else 2):
            grid.add_column(no_wrap=True, justify="right")
        for bar in self.running.values():
            cells = [bar.epoch, bar.score, bar.loss][: len(grid.columns) - 2]
            grid.add_row(Text(bar.label), ProgressBar(total=max(bar.epochs, 1), completed=bar.done), *cells)
        return Group(*([grid] if self.running else []), Text(self._overall(), "dim"))

    def _overall(self) -> str:
        """`2 of 6 runs done · 8,000 images/s · 0:01:20 left`."""
        if not self.running and not self.ended:
            return "starting"
        left = self._time_left()
        return " · ".join(filter(None, [f"{self.ended} of {len(self.runs)} runs done", self.speed, left]))

    def _refresh_notebook(self) -> None:
        from IPython.display import HTML

        self.notebook.update(HTML(self._html()))

    def _html(self) -> str:
        lines = [f"<div>{html.escape(text)}</div>" for text in self.said]
        for bar in self.running.values():
            text = html.escape(" · ".join(filter(None, [bar.epoch, bar.score, bar.loss])))
            shown = f'<progress value="{bar.done:.3f}" max="{bar.epochs}"></progress>'
            lines.append(f"<div>{html.escape(bar.label)} {shown} {text}</div>")
        return "".join([*lines, f"<div>{html.escape(self._overall())}</div>"])

    def _time_left(self) -> str:
        """The time that is left; experiments not seen yet take as long as the others on average.

        Runs at the same time share it, but no run can be divided.
        """
        if not self.pace or not self.running:
            return ""
        usual = sum(self.pace.values()) / len(self.pace)
        paces = [self.pace.get(self.runs[where].experiment, usual) for where in self.epochs_left]
        seconds = [count * pace for count, pace in zip(self.epochs_left.values(), paces, strict=True)]
        left = timedelta(seconds=round(max(sum(seconds) / len(self.running), *seconds)))
        return f"{left} left" if left else ""


def _numbered(run: Run) -> str:
    return f"{run.experiment} seed {run.seed} ({run.number} of {run.total})"


def _final_score(run: Run) -> str:
    """`test 98.90 %`, as the run's record has it; "" where it has none."""
    info, split = run.directory.info(), run.resolved.roles.score_on
    line = info.final.get(split) if info is not None and info.final else None
    return f"{split} {line.accuracy:.2f} %" if line is not None and line.accuracy is not None else ""
