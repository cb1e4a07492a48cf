"""What a person sees of runs that go on at the same time."""

import io
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from deepstudy.record import WholeMetricsLine
from deepstudy.runs.plan import Plan, RunOptions, make_plan
from deepstudy.runs.progress_display import ProgressDisplay
from deepstudy.runs.run import RunEnd
from deepstudy.study import Study
from deepstudy.training.progress import Progress


def test_each_line_names_its_run_and_the_time_left_is_shared(
    small_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = make_plan(small_study, RunOptions(seeds=2, out=tmp_path))
    plan = replace(plan, runs=tuple(replace(run, total=3) for run in plan.runs[:3]), states=plan.states[:3])
    first, second, _ = plan.runs
    numbers = {"loss": 0.5, "accuracy": 90.0, "correct": 9, "images": 10, "elapsed": 1.0, "lr": 0.1}
    finished = [WholeMetricsLine(epoch=1, split="test", measure="scored", **numbers)]
    with ProgressDisplay(plan) as display:
        display.on_start(first, 0)
        display.on_start(second, 1)
        display.on_notice(first, "net.py:Net trains in another layout")
        display.on_notice(second, "net.py:Net trains in another layout")
        display.pace = {"plain": 100.0, "dropped": 100.0}
        display.on_progress(second, Progress(2, 2, 0, 5, 0.5, 80.0, 1000.0, finished))  # 2 epochs of two runs left
        display.on_progress(first, Progress(0, 2, 4, 5, 0.5, 80.0, 1000.0))
        display.on_end(RunEnd(second, "complete"))
        display.on_end(RunEnd(first, "failed", "it broke"))
    assert capsys.readouterr().err.splitlines() == [
        "dropped seed 0 (2 of 3): continues after epoch 1",
        "net.py:Net trains in another layout",
        "dropped seed 0 (2 of 3): epoch 2/2 · loss 0.5000 · train 80.00 % (running) · test 90.00 % · "
        "1,000 images/s · 0:03:20 left",
        "dropped seed 0 (2 of 3): test 90.00 %, complete in 0:00:00",
        "plain seed 0 (1 of 3): FAILED: it broke",
    ]


def test_a_bar_fits_80_columns_with_run_score_and_time_left(small_study: Study, tmp_path: Path) -> None:
    plan = make_plan(small_study, RunOptions(seeds=3, out=tmp_path))
    long, second, *_ = (replace(run, experiment="bn-concat-sgd-0.1-logits") for run in plan.runs)
    display = ProgressDisplay(replace(plan, runs=(long, second, *plan.runs[2:])))
    numbers = {"loss": 0.5, "accuracy": 91.5, "correct": 9, "images": 10, "elapsed": 1.0, "lr": 0.1}
    finished = [WholeMetricsLine(epoch=1, split="test", measure="scored", **numbers)]
    display.console = Console(width=80, file=io.StringIO())
    display.on_start(long, 0)
    display.on_progress(long, Progress(1, 20, 0, 5, 0.5, 80.0, 1000.0, finished))
    display.pace = {long.experiment: 100.0}
    display.on_progress(long, Progress(1, 20, 4, 5, 0.5, 80.0, 1000.0))
    with display.console.capture() as capture:
        display.console.print(display._draw())
    bar, overall = capture.get().splitlines()
    assert len(bar) <= 80
    assert bar.startswith("bn-concat-sgd-0.1-logits seed 0 ")
    assert bar.rstrip().endswith("epoch 2/20 test 91.50 %")
    assert overall.startswith(f"0 of {len(plan.runs)} runs done · 1,000 images/s · 0:")
    assert overall.rstrip().endswith("left")


class _Notebook(ProgressDisplay):
    """A display whose console is a notebook's."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.console = Console(force_jupyter=True)


def test_a_notebook_shows_bars_and_keeps_a_line_per_run(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    handle = SimpleNamespace(update=lambda html: shown.append(html.data))
    fake = SimpleNamespace(HTML=lambda data: SimpleNamespace(data=data), display=lambda html, display_id: handle)
    monkeypatch.setitem(sys.modules, "IPython.display", fake)
    plan = make_plan(small_study, RunOptions(seeds=1, out=tmp_path))
    run = plan.runs[0]
    with _Notebook(plan) as display:
        assert display.is_watched
        display.on_start(run, 0)
        display.on_progress(run, Progress(0, 2, 1, 4, 0.5, 80.0, 1000.0))
        display.on_end(RunEnd(run, "complete"))
    assert '<progress value="0.250" max="2"></progress> epoch 1/2 · train 80.00 % · loss 0.5000' in shown[-3]
    assert "plain seed 0 (1 of 2): train 80.00 %, complete in 0:00:00" in shown[-1]
    assert "<progress" not in shown[-1]
