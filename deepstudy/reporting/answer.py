"""The answer of a page: what the report got right, what wrong, and what stays open, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.findings import Finding
from deepstudy.reporting.formatting import format_verdict_interval
from deepstudy.verdicts import Verdict, format_number

_ERRORS = ("impossible", "inconsistent")
_MOST = 6  # sentences that a column shows


@dataclass(frozen=True)
class Column:
    """One part of the answer.

    Attributes:
        title: what the sentences have in common.
        verdict: the verdict that gives the colour.
        sentences: the first sentences.
        more: how many there are beside them.
    """

    title: str
    verdict: str
    sentences: Sequence[str]
    more: int


@dataclass(frozen=True)
class Answer:
    """The answer.

    Attributes:
        headline: the whole in one or two sentences.
        columns: right, wrong, open; without empty ones.
    """

    headline: str
    columns: Sequence[Column]


def answer(verdicts: Sequence[Verdict], findings: Sequence[Finding], *, has_report: bool) -> Answer:
    """Say what a study shows.

    Arguments:
        verdicts: the verdicts on its claims.
        findings: what the audit found.
        has_report: whether the study is about a report.

    Returns:
        The answer.
    """
    errors = [finding for severity in _ERRORS for finding in findings if finding.severity == severity]
    theirs = [each for each in verdicts if each.source != "ours" or not has_report]
    ours = [each for each in verdicts if each.source == "ours" and has_report]
    right = [each for each in theirs if each.verdict == "supported"]
    wrong = [each for each in theirs if each.verdict == "contradicted"]
    unsure = [each for each in theirs if each.verdict == "undecided"]
    apart = [each for each in theirs if each.verdict == "not comparable"]
    columns = [
        _column(
            "The report is right" if has_report else "As expected", "supported", [_measured(each) for each in right]
        ),
        _column(
            "The report is wrong" if has_report else "Not as expected",
            "contradicted",
            [*(_measured(each) for each in wrong), *(_grouped(errors) if has_report else [])],
        ),
        _column("What the audit says", "contradicted", [] if has_report else _grouped(errors)),
        _column("Open", "undecided", [*_still_open(unsure), *_not_compared(apart)]),
        _column("Our own questions", "supported", [_own(each) for each in ours if each.verdict in _DECIDED]),
    ]
    return Answer(
        _headline(right, wrong, unsure, apart, len(errors), has_report), [each for each in columns if each.sentences]
    )


_DECIDED = ("supported", "contradicted")


def _headline(
    right: Sequence[Verdict],
    wrong: Sequence[Verdict],
    unsure: Sequence[Verdict],
    apart: Sequence[Verdict],
    errors: int,
    has_report: bool,
) -> str:
    counts = [
        (len(right), "holds", "hold"),
        (len(wrong), "does not", "do not"),
        (len(unsure), "is undecided", "are undecided"),
        (len(apart), "cannot be compared", "cannot be compared"),
    ]
    whose, parts, total = "the report's " if has_report else "", list[str](), sum(count for count, _, _ in counts)
    if total == 1:
        ((_, verb, _),) = [each for each in counts if each[0]]
        parts.append(f"{_capitalised(whose or 'the ')}claim {'does not hold' if verb == 'does not' else verb}.")
    elif total:
        said = [f"{count} {one if count == 1 else many}" for count, one, many in counts[1:] if count]
        first = f"{len(right)} of {whose}{total} claims {counts[0][1] if len(right) == 1 else counts[0][2]}"
        parts.append(", ".join([first, *said]) + ".")
    if errors:
        parts.append(f"The audit found {errors} error{'s' if errors > 1 else ''}.")
    return " ".join(parts)


def _column(title: str, verdict: str, sentences: Sequence[str]) -> Column:
    return Column(title, verdict, sentences[:_MOST], max(len(sentences) - _MOST, 0))


def _measured(verdict: Verdict) -> str:
    """The claim, and what the runs measured."""
    if verdict.measured is None:
        return f"“{_capitalised(verdict.says)}”."
    unit = verdict.what.rpartition(", ")[2] if verdict.what else ""
    of_difference = " minus " in verdict.what
    number = f"{format_number(verdict.measured, sign=of_difference)} {unit}".strip()
    between = f" ({format_verdict_interval(verdict)})" if verdict.interval else ""
    return f"“{_capitalised(verdict.says)}”: {number}{between}."


def _own(verdict: Verdict) -> str:
    return f"{_measured(verdict)} {_capitalised(verdict.verdict)}."


def _still_open(verdicts: Sequence[Verdict]) -> list[str]:
    """The undecided claims: those that a few seeds would decide, then the number of the others."""
    close = sorted(
        (each for each in verdicts if each.needed is not None and each.needed.fewest is not None and each.runs),
        key=lambda each: each.needed.fewest if each.needed and each.needed.fewest else 0,
    )
    sentences = [f"“{_capitalised(each.says)}”: {_seeds(each)}." for each in close]
    without = sum(not each.runs for each in verdicts)
    if without:
        sentences.append(f"{without} claim{'s need' if without > 1 else ' needs'} runs that do not exist yet.")
    others = len(verdicts) - len(close) - without
    if others:
        sentences.append(f"{others} more: the runs are too alike to tell.")
    return sentences


def _seeds(verdict: Verdict) -> str:
    """How many runs would decide a claim, beside how many there are."""
    assert verdict.needed is not None
    each = " of each network" if verdict.needed.of_each else ""
    there = "there is 1" if verdict.runs == 1 else f"there are {verdict.runs}"
    return f"about {verdict.needed.fewest} runs{each} would decide it; {there}"


def _grouped(errors: Sequence[Finding]) -> list[str]:
    """The first error of each rule, with the number of the others."""
    by_rule: dict[str, list[Finding]] = {}
    for error in errors:
        by_rule.setdefault(error.rule, []).append(error)
    more = {rule: f" {len(group) - 1} more of this kind." if len(group) > 1 else "" for rule, group in by_rule.items()}
    return [_first_sentence(group[0].says) + more[rule] for rule, group in by_rule.items()]


def _not_compared(verdicts: Sequence[Verdict]) -> list[str]:
    reasons = dict.fromkeys(_first_sentence(each.reason) for each in verdicts)
    return [f"{len(verdicts)} not comparable. {' '.join(list(reasons)[:2])}"] if verdicts else []


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
