"""The plan of a command: its runs in their order, and options that make no sense."""

from pathlib import Path
from typing import Any

import pytest

from deepstudy.errors import InputError
from deepstudy.runs.plan import RunOptions, make_plan
from deepstudy.study import Study


def test_seeds_come_in_the_outer_loop_and_runs_know_their_place(small_study: Study, tmp_path: Path) -> None:
    plan = make_plan(small_study, RunOptions(out=tmp_path))
    assert [(run.seed, run.experiment) for run in plan.runs] == [
        (0, "plain"),
        (0, "dropped"),
        (1, "plain"),
        (1, "dropped"),
    ]
    assert [(run.number, run.total) for run in plan.runs] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert plan.incomplete == list(plan.runs)
    assert plan.records() == []


def test_a_lone_word_is_a_list_of_one(small_study: Study, tmp_path: Path) -> None:
    options = RunOptions(experiments="plain", overrides="epochs=3", out=str(tmp_path))  # type: ignore[arg-type]
    (first, second) = make_plan(small_study, options).runs
    assert (first.experiment, first.resolved.epochs, second.seed) == ("plain", 3, 1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"seeds": 0}, "seeds: 0 is too few; give 1 or more"),
        ({"seeds": -1}, "seeds: -1 is too few; give 1 or more"),
        ({"workers": 0}, "workers: 0 is neither auto nor 1 or more"),
        ({"workers": "two"}, "workers: 'two' is neither auto nor 1 or more"),
        ({"precision": "fp32"}, "precision: fp32 is not known; choose auto, 32, bf16"),
        ({"precision": None}, "precision: None is not known; choose auto, 32, bf16"),
        ({"device": "gpu"}, "device: gpu is not known; choose auto, cpu, cuda, mps"),
        ({"timing": True, "workers": 2}, "runs that share the machine say nothing about time"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        RunOptions(**options)
