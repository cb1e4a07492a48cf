"""What a person sees of runs that go on at the same time."""

from dataclasses import replace
from pathlib import Path

import pytest

from deepstudy.cli.progress import ProgressDisplay
from deepstudy.record import WholeMetricsLine
from deepstudy.runs.plan import RunOptions, make_plan
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
        display.pace = {"plain": 100.0, "dropped": 100.0}
        display.on_progress(second, Progress(2, 2, 0, 5, 0.5, 80.0, 1000.0, finished))  # 2 epochs of two runs left
        display.on_progress(first, Progress(0, 2, 4, 5, 0.5, 80.0, 1000.0))
        display.on_end(RunEnd(second, "complete"))
        display.on_end(RunEnd(first, "failed", "it broke"))
    assert capsys.readouterr().err.splitlines() == [
        "dropped seed 0 (2 of 3): goes on after epoch 1",
        "dropped seed 0 (2 of 3): epoch 2/2 · loss 0.5000 · accuracy 80.00 % · test 90.00 % · "
        "1,000 images/s · 0:03:20 left",
        "dropped seed 0 (2 of 3): done",
        "plain seed 0 (1 of 3): FAILED: it broke",
    ]
