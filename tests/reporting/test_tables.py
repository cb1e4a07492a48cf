"""Tables of the page: figures beside what was measured, counts, and verdicts as text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deepstudy.record import Record, RecordedExperiment, read_records
from deepstudy.reporting.formatting import format_effect, format_tally, format_verdict_interval
from deepstudy.reporting.tables.figures import tabulate_counts, tabulate_figures
from deepstudy.reporting.tables.study import tabulate_differences
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
        (["supported"], [], "The report makes 1 claim: supported."),
        (["undecided", "supported", "undecided"], [], "The report makes 3 claims: 1 supported, 2 undecided."),
        ([], ["undecided"], "The study makes 1 claim, none from a report: undecided."),
        ([], ["undecided"] * 2, "The study makes 2 claims, none from a report: 2 undecided."),
        (
            ["supported", *["undecided"] * 8],
            ["supported", "contradicted"],
            "The report makes 9 claims: 1 supported, 8 undecided. We added 2: 1 supported, 1 contradicted.",
        ),
        (["supported"], ["undecided"], "The report makes 1 claim: supported. We added 1: undecided."),
    ],
)
def test_the_reports_claims_are_counted_apart(report: list[str], others: list[str], says: str) -> None:
    found = [verdict(word, "ours") for word in others] + [verdict(word) for word in report]
    assert format_tally(found) == says


def test_claims_of_the_reports_code_are_counted_apart() -> None:
    found = [verdict("supported", "code"), verdict("undecided"), verdict("undecided", "ours")]
    says = "The report makes 1 claim: undecided. The code makes 1 claim: supported. We added 1: undecided."
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
        ["accuracy on test", "2", "83.1", "83.67 ± 1.53", "%", "3", "21", "22"],
        ["best accuracy on test", "–", "about 84", "84.00 ± 1.41", "%", "2", "–", "–"],
        ["seconds per epoch", "–", "10", "8.33 ± 0.58", "s", "3", "–", "–"],
        ["elapsed time", "2", "20", "22.00 ± 0.00", "s", "3", "–", "–"],
        ["saturation epoch on test", "–", "about 2", "3.00 ± 0.00", "epochs", "2", "–", "–"],
        ["epochs to 82.5 % on test", "–", "2", "2.00 ± 1.41", "epochs", "2", "–", "–"],
        ["accuracy on unnamed images", "2", "83.1 (paper)", "–", "%", "–", "–", "–"],
    ]


def test_counts_match_by_what_they_stand_for(study: Study, records: list[Record]) -> None:
    layers = {record.experiment: record.layers for record in records if record.layers}
    assert [row[2:] for row in tabulate_counts(study, layers).rows] == [
        ["61k", "61,470", "same"],
        ["about 62,000", "61,706", "same"],
        ["0.07M", "61,706", "differs"],
        ["1", "–", ""],
    ]


@pytest.mark.parametrize("changed", ["plain", "dropped"])
def test_an_argument_that_only_one_experiment_has_is_a_difference(
    write_study: Callable[..., Path], changed: str
) -> None:
    """The network of a user: no default says what the others have."""
    models = dict.fromkeys(("plain", "dropped"), "{name: net.py:Net}") | {changed: "{name: net.py:Net, norm: true}"}
    path = write_study(
        ("plain: {model: lenet5}", f"plain: {{model: {models['plain']}}}"),
        ("dropped: {model: {name: lenet5, dropout: 0.3}}", f"dropped: {{model: {models['dropped']}}}"),
    )
    study = load_study(path)
    recorded = {name: RecordedExperiment.from_experiment(study.experiment(name)) for name in study.names()}
    rows = dict(map(tuple, tabulate_differences(recorded).rows))
    assert "model.norm = yes" in rows.pop(changed)
    assert "norm" not in next(iter(rows.values()))


def test_an_effect_is_given_in_spreads_and_as_a_probability() -> None:
    base = Verdict("c", "it", "supported", "higher", 2.0, (1.0, 3.0), 3, "r", "dropped minus plain, points", p=0.0031)
    says = "The difference is 1.5 spreads of one run (p = 0.0031). "
    assert format_effect(replace(base, effect=1.5, chance=0.855)) == (
        f"{says}A run of dropped is above a run of plain with a probability of 86 %."
    )
    assert "over 99 %" in format_effect(replace(base, effect=-9.0, chance=0.9999))
    assert format_effect(base) == ""
