"""Settings that a report states and no run had."""

from collections.abc import Mapping

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.measured.compare import ReportWithRuns
from deepstudy.audits.measured.folder import FolderOfRuns
from deepstudy.audits.measured.values import MeasuredRun, RunValue
from deepstudy.audits.run_rules.other_settings import find
from deepstudy.findings import Finding

HAD = {"batch_size": 64.0, "optimizer.lr": 0.01, "epochs": 20.0}


def audit(report: str, *had: Mapping[str, float]) -> list[Finding]:
    runs = [
        MeasuredRun(f"a{at}", "a", "a", (RunValue("accuracy", "test", 1, 95.0),), settings=each)
        for at, each in enumerate(had or (HAD,))
    ]
    text = f"LeNet-5 on MNIST. {report}\n\nThe test accuracy is 95.00 %.\n"
    return list(find(ReportWithRuns(of_text(text, "report.md"), FolderOfRuns("runs", tuple(runs)))))


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ("We train with batch size 128.", "The report states a batch size of 128; the run in runs had 64."),
        ("SGD with learning rate 0.1.", "The report states a learning rate of 0.1; the run in runs had 0.01."),
    ],
)
def test_a_setting_that_no_run_had(report: str, says: str) -> None:
    (finding,) = audit(report)
    assert (finding.rule, finding.severity, finding.says) == ("other_settings", "doubtful", says)
    assert finding.where.startswith("report.md:")


def test_all_values_of_the_runs_are_given() -> None:
    (finding,) = audit("We train with batch size 128.", HAD, HAD | {"batch_size": 32.0})
    assert finding.says.endswith("all 2 runs in runs had 32 or 64.")


@pytest.mark.parametrize(
    ("why", "report", "had"),
    [
        ("the same", "We train with batch size 64 and learning rate 0.01.", (HAD,)),
        ("one run had it", "We train with batch size 128.", (HAD, HAD | {"batch_size": 128.0})),
        ("a run does not say", "We train with batch size 128.", (HAD, {})),
        ("nothing is stated", "We train long.", (HAD,)),
    ],
)
def test_settings_that_may_be_those_of_the_runs(why: str, report: str, had: tuple[Mapping[str, float], ...]) -> None:
    assert audit(report, *had) == [], why
