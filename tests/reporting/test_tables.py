"""Tables of the page: figures beside what was measured, counts, and verdicts as text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.record import Record, read_records
from deepstudy.reporting.formatting import format_tally, format_verdict_interval
from deepstudy.reporting.tables.figures import tabulate_counts, tabulate_figures
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, format_number

WriteRun = Callable[..., None]


def verdict(word: str, source: str = "report", **fields: object) -> Verdict:
    base = {"measured": None, "interval": None, "runs": 3, "reason": ""}
    return Verdict("c", "it", word, "1", source=source, **(base | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("report", "others", "says"),
    [
        ([], [], ""),
        (["supported"], [], "The claim is supported."),
        (["undecided", "supported", "undecided"], [], "Of 3 claims 1 is supported, 2 undecided."),
        ([], ["undecided"], "The claim, which is not the report's, is undecided."),
        ([], ["undecided"] * 2, "Of 2 claims, none of them the report's, 2 are undecided."),
        (
            ["supported", *["undecided"] * 8],
            ["supported", "contradicted"],
            "Of the report's 9 claims 1 is supported, 8 undecided; of 2 others 1 is supported, 1 contradicted.",
        ),
        (["supported"], ["undecided"], "The report's claim is supported; the other is undecided."),
    ],
)
def test_the_reports_claims_are_counted_apart(report: list[str], others: list[str], says: str) -> None:
    found = [verdict(word, "ours") for word in others] + [verdict(word) for word in report]
    assert format_tally(found) == says


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "–"),
        ({"interval": (-0.123, 0.344)}, "-0.12 to 0.34"),
        ({"interval": (-0.123, 0.344), "level": 90}, "-0.12 to 0.34 (90 %)"),
        ({"interval": (0.712, 1.0041), "bounds": (1.0,)}, "0.712 to 1.004"),
    ],
)
def test_an_interval_has_its_level_where_it_is_not_the_usual(fields: dict[str, object], says: str) -> None:
    assert format_verdict_interval(verdict("undecided", **fields)) == says


def test_numbers_of_verdicts() -> None:
    assert [format_number(value) for value in (-664, 61_470, 84.0, 61_470.4, 0.001)] == [
        "-664",
        "61,470",
        "84.00",
        "61,470",
        "0.00",
    ]


REPORTED = """\
reported:
  - {experiment: plain, quantity: accuracy, split: test, epoch: 2, value: "83.1", elapsed: "21"}
  - {experiment: plain, quantity: best_accuracy, split: test, value: about 84}
  - {experiment: plain, quantity: seconds_per_epoch, value: "10"}
  - {experiment: plain, quantity: elapsed, epoch: 2, value: "20"}
  - {experiment: plain, quantity: saturation_epoch, value: "2", about: true}
  - {experiment: plain, quantity: epochs_to, level: 82.5, split: test, value: "2"}
  - {experiment: plain, quantity: accuracy, epoch: 2, value: "83.1", source: paper}
  - {experiment: plain, quantity: weights, value: 61k}
  - {experiment: plain, quantity: parameters, value: "62,000", about: true}
  - {experiment: plain, quantity: parameters, value: 0.07M}
  - {experiment: plain, quantity: macs, layer: nothing, value: "1"}
budgets:
"""


@pytest.fixture
def study(write_study: Callable[..., Path]) -> Study:
    return load_study(write_study(("budgets:\n", REPORTED)))


@pytest.fixture
def records(study: Study, tmp_path: Path, write_run: WriteRun) -> list[Record]:
    write_run(tmp_path, study, "plain", 0)
    write_run(tmp_path, study, "plain", 2)
    write_run(tmp_path, study, "plain", 3, 2, status="interrupted")
    write_run(tmp_path, study, "plain", 17, status="failed", why="the loss is nan at step 3")
    return read_records(tmp_path, study.name, None, study.names())


def test_every_figure_stands_beside_what_the_runs_have(study: Study, records: list[Record]) -> None:
    rows = [row[1:] for row in tabulate_figures(study, records, None).rows]
    assert rows == [
        ["accuracy on test", "2", "83.1", "83.67 ± 1.53", "3", "21", "22"],
        ["best accuracy on test", "–", "about 84", "84.00 ± 1.41", "2", "–", "–"],
        ["seconds per epoch", "–", "10", "8.33 ± 0.58", "3", "–", "–"],
        ["elapsed", "2", "20", "22.00 ± 0.00", "3", "–", "–"],
        ["saturation epoch on test", "–", "about 2", "3.00 ± 0.00", "2", "–", "–"],
        ["epochs to 82.5 % on test", "–", "2", "2.00 ± 1.41", "2", "–", "–"],
        ["accuracy on ?", "2", "83.1 (paper)", "–", "–", "–", "–"],
    ]


def test_counts_match_by_what_they_stand_for(study: Study, records: list[Record]) -> None:
    layers = {record.experiment: record.layers for record in records if record.layers}
    assert [row[2:] for row in tabulate_counts(study, layers).rows] == [
        ["61k", "61,470", "same"],
        ["about 62,000", "61,706", "same"],
        ["0.07M", "61,706", "differs"],
        ["1", "–", ""],
    ]
