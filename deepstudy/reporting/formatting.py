"""Verdicts, means and runs as text."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from deepstudy.record import Record
from deepstudy.verdicts import Verdict, format_interval

MARKS = {"supported": "✔", "contradicted": "✘", "undecided": "?", "not comparable": "≠"}


def format_tally(verdicts: Sequence[Verdict]) -> str:
    """Count verdicts, in a sentence: `Of 16 claims 3 are supported, 13 undecided.`

    Arguments:
        verdicts: the verdicts.

    Returns:
        The sentence; it counts claims that are not the report's apart. "" where there are no claims.
    """
    of_report = [verdict.verdict for verdict in verdicts if verdict.source == "report"]
    of_others = [verdict.verdict for verdict in verdicts if verdict.source != "report"]
    if not of_report and not of_others:
        return ""
    if not of_others:
        if len(of_report) == 1:
            return f"The claim is {of_report[0]}."
        return f"Of {len(of_report)} claims {_format_counts(of_report)}."
    if not of_report:
        if len(of_others) == 1:
            return f"The claim, which is not the report's, is {of_others[0]}."
        return f"Of {len(of_others)} claims, none of them the report's, {_format_counts(of_others)}."
    start = (
        f"The report's claim is {of_report[0]}"
        if len(of_report) == 1
        else f"Of the report's {len(of_report)} claims {_format_counts(of_report)}"
    )
    end = (
        f"the other is {of_others[0]}"
        if len(of_others) == 1
        else f"of {len(of_others)} others {_format_counts(of_others)}"
    )
    return f"{start}; {end}."


def _format_counts(words: Sequence[str]) -> str:
    """`1 is supported, 2 undecided`."""
    (count, word), *rest = ((count, word) for word in MARKS if (count := words.count(word)))
    first = f"{count} {'is' if count == 1 else 'are'} {word}"
    return ", ".join([first, *(f"{count} {word}" for count, word in rest)])


def format_verdict_interval(verdict: Verdict) -> str:
    """Write the interval of a verdict.

    Arguments:
        verdict: the verdict.

    Returns:
        `-0.12 to 0.34`, and a dash where there is none. An interval of another level than 95 %, or for one more run,
        says so.
    """
    if verdict.interval is None:
        return "–"
    ends = format_interval(verdict.interval, verdict.bounds)
    ends += " (of one run)" if verdict.is_prediction else ""
    return ends if verdict.level == 95 else f"{ends} ({verdict.level} %)"


def format_mean(values: Iterable[float]) -> str:
    """Write the mean and the standard deviation (n - 1) over runs.

    Arguments:
        values: a value of each run.

    Returns:
        `98.93 ± 0.08`; the value alone where there is one, and a dash where there is none.
    """
    numbers = list(values)
    if not numbers:
        return "–"
    mean = f"{statistics.fmean(numbers):.2f}"
    return f"{mean} ± {statistics.stdev(numbers):.2f}" if len(numbers) > 1 else mean


def format_unusual_roles(record: Record) -> str:
    """Name the roles of a run's images, where they are not the usual ones.

    Arguments:
        record: the record of the run.

    Returns:
        ` (trained on test, scored on train)`, or "".
    """
    roles = record.info.resolved.roles
    return "" if roles.are_usual else f" (trained on {roles.train_on}, scored on {roles.score_on})"


def format_value(value: Any) -> str:
    """Write a value of a recipe.

    Arguments:
        value: a value of a study file.

    Returns:
        The text that a person would write.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(format_value(item) for item in value) if isinstance(value, list) else str(value)
