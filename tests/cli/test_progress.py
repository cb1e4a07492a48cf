"""What a person sees of runs that go on at the same time."""

from pathlib import Path

import pytest

from deepstudy import runner
from deepstudy.cli.progress import Progressing
from deepstudy.study import Study
from deepstudy.training.progress import Progress


def test_each_line_names_its_run_and_the_time_left_is_shared(
    small_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = list(runner.plan(small_study, seeds=1, out=tmp_path))
    finished = [{"split": "test", "accuracy": 90.0, "measure": "scored"}]
    with Progressing({("plain", 0): 2, ("dropped", 0): 2, ("plain", 1): 2}) as watcher:
        watcher.begin(first, 1, 3, 0)
        watcher.begin(second, 2, 3, 1)
        watcher.pace = {"plain": 100.0, "dropped": 100.0}
        watcher.look(second, Progress(2, 2, 0, 5, 0.5, 80.0, 1000.0, finished))  # 2 epochs of two runs left
        watcher.look(first, Progress(0, 2, 4, 5, 0.5, 80.0, 1000.0))
        watcher.end(second, "complete", "")
        watcher.end(first, "failed", "it broke")
    assert capsys.readouterr().err.splitlines() == [
        "dropped seed 0 (2 of 3): goes on after epoch 1",
        "dropped seed 0 (2 of 3): epoch 2/2 · loss 0.5000 · accuracy 80.00 % · test 90.00 % · "
        "1,000 images/s · 0:03:20 left",
        "dropped seed 0 (2 of 3): done",
        "plain seed 0 (1 of 3): FAILED: it broke",
    ]
    assert watcher.failed == {("plain", 0): "it broke"}
