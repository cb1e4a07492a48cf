"""Verdicts of runs that were looked at after every seed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from deepstudy.record import MetricsLine, Record, RecordedExperiment, RunDirectory, RunInfo
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, decide

CLAIM = "claims: [{id: c, says: it, exceeds: {of: plain, quantity: accuracy, split: test, epoch: 1, level: 90}}]\n"


@pytest.fixture
def study(write_study: Callable[..., Path]) -> Study:
    return load_study(write_study(("budgets:\n", f"{CLAIM}budgets:\n"), ("epochs: 2", "epochs: 1")))


def records(study: Study, values: Sequence[float], **info: object) -> list[Record]:
    resolved = RecordedExperiment.from_experiment(study.experiment("plain"))
    made = []
    for seed, accuracy in enumerate(values):
        line = MetricsLine(epoch=1, split="test", measure="scored", loss=1.0, accuracy=accuracy)
        run_info = RunInfo.model_validate(
            {"experiment": "plain", "seed": seed, "status": "complete", "hash": "0", "resolved": resolved.document}
            | {"machine": {}, "data": {"name": "digits", "splits": {}, "published": True}, "epochs_done": 1}
            | info
        )
        made.append(Record(run_info, [line], None, RunDirectory(Path("none"))))
    return made


def verdict(study: Study, values: Sequence[float], until_decided: bool = True) -> Verdict:
    (found,) = decide(study, records(study, values, until_decided=until_decided))
    return found


def test_a_look_spends_a_part_of_the_level(study: Study) -> None:
    values = [91.0, 91.2, 90.9]
    once, looked_at = verdict(study, values, until_decided=False), verdict(study, values)
    assert once.level == 95
    assert looked_at.level == 99.2  # a sixth of 5 % at 3 seeds
    assert looked_at.p == pytest.approx(6 * (once.p or 0))
    assert once.verdict == looked_at.verdict == "supported"


def test_what_is_significant_only_once_is_undecided_after_many_looks(study: Study) -> None:
    values = [91.0, 90.5, 91.3, 90.7]
    assert verdict(study, values, until_decided=False).verdict == "supported"
    assert verdict(study, values).verdict == "undecided"


def test_a_claim_that_was_decided_stays_decided(study: Study) -> None:
    found = verdict(study, [91.0, 91.1, 91.05, 91.02, 85.0])
    assert found.verdict == "supported"
    assert "Decided after 4 of 5 seeds." in found.reason
    assert found.runs == 4


def test_somebody_looks_also_where_no_run_says_so(study: Study) -> None:
    values = [91.0, 91.2, 90.9]
    (found,) = decide(study, records(study, values), until_decided=True)
    assert found.level == 99.2
    assert replace(found, reason="") == replace(verdict(study, values), reason="")
