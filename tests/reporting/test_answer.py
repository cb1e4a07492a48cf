"""The answer of a page, and its forest plot."""

from deepstudy.findings import Finding
from deepstudy.reporting.answer import answer
from deepstudy.reporting.forest import forest
from deepstudy.verdicts import Verdict, VerdictWord
from deepstudy.verdicts.samples import SeedsNeeded


def verdict(word: VerdictWord, says: str = "a is better than b", **fields: object) -> Verdict:
    base = Verdict("c", says, word, "higher", 1.5, (0.5, 2.5), 3, "Because. Indeed.", "a minus b, points")
    return Verdict(**{**vars(base), "bounds": (0.0,), "claimed": "above", **fields})  # type: ignore[arg-type]


def test_the_headline_counts_the_reports_claims_and_errors() -> None:
    found = answer(
        [verdict("supported"), verdict("contradicted"), verdict("contradicted"), verdict("supported", source="ours")],
        [
            Finding("granularity", "impossible", "93.326 is no accuracy. No images give it."),
            Finding("x", "missing", "-"),
        ],
        has_report=True,
    )
    expected = "1 of the report's 3 claims holds, 2 do not. The audit found 1 error."
    assert found.headline == expected
    assert [column.title for column in found.columns] == [
        "The report is right",
        "The report is wrong",
        "Our own questions",
    ]
    assert found.columns[0].sentences == ["“A is better than b”: +1.50 points (0.50 to 2.50)."]
    assert found.columns[1].sentences[-1] == "93.326 is no accuracy."


def test_without_a_report_it_speaks_of_expectations() -> None:
    found = answer([verdict("supported", source="ours")], [], has_report=False)
    assert found.headline == "The claim holds."
    assert answer([verdict("contradicted")], [], has_report=True).headline == "The report's claim does not hold."
    assert [column.title for column in found.columns] == ["As expected"]


def test_what_few_seeds_would_decide_comes_first() -> None:
    open_claims = [
        verdict("undecided", "the second", needed=SeedsNeeded(30, of_each=True)),
        verdict("undecided", "the first", needed=SeedsNeeded(7, of_each=False)),
        verdict("undecided", "hopeless", needed=SeedsNeeded(None, of_each=True)),
        verdict("undecided", "not run", runs=0),
    ]
    (column,) = answer(open_claims, [], has_report=True).columns
    assert column.sentences == [
        "“The first”: about 7 runs would decide it; there are 3.",
        "“The second”: about 30 runs of each network would decide it; there are 3.",
        "1 claim needs runs that do not exist yet.",
        "1 more: the runs are too alike to tell.",
    ]


def test_a_column_shows_six_sentences_and_the_number_of_the_rest() -> None:
    (column,) = answer([verdict("supported", f"claim {n}") for n in range(9)], [], has_report=True).columns
    assert (len(column.sentences), column.more) == (6, 3)


def test_a_row_of_the_forest_has_its_own_scale() -> None:
    (row,) = forest([verdict("supported")])
    assert (row.low, row.point, row.high) == (24.8, 58.4, 92.0)  # 0, the threshold, is at the left end
    assert (row.thresholds, row.claimed) == ([8.0], (8.0, 100.0))


def test_what_is_claimed_to_be_equal_lies_between_two_thresholds() -> None:
    (row,) = forest([verdict("undecided", bounds=(-3.0, 3.0), claimed="within")])
    assert row.claimed == (8.0, 92.0)
    assert len(row.thresholds) == 2


def test_decided_rows_come_first_and_counts_have_none() -> None:
    rows = forest([verdict("undecided"), verdict("supported"), verdict("supported", interval=None)])
    assert [row.verdict.verdict for row in rows] == ["supported", "undecided"]


def test_errors_of_one_kind_are_told_once_and_impossible_ones_first() -> None:
    findings = [Finding("time", "inconsistent", f"It took {n} minutes. Not half an hour.") for n in (18, 19, 18)]
    (column,) = answer([], [*findings, Finding("granularity", "impossible", "No.")], has_report=True).columns
    assert column.sentences == ["No.", "It took 18 minutes. 2 more of this kind."]


def test_a_row_of_the_forest_has_its_unit() -> None:
    (row,) = forest([verdict("supported")])
    assert row.unit == "points"


def test_an_error_of_a_study_of_ones_own_is_no_broken_expectation() -> None:
    found = answer([], [Finding("recipe", "inconsistent", "Softmax is applied twice.")], has_report=False)
    assert [(each.title, each.sentences) for each in found.columns] == [
        ("What the audit says", ["Softmax is applied twice."])
    ]
