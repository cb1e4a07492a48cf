"""Verdicts, means and runs as text."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from deepstudy.record import Record
from deepstudy.verdicts import Verdict, format_interval

_SOURCES = {"report": "The report makes", "code": "The code makes", "ours": "We added"}  # who makes a claim
_QUANTITIES = {"macs": "multiply-adds", "elapsed": "elapsed time"}
MARKS = {"supported": "✔", "contradicted": "✘", "undecided": "?", "not comparable": "≠"}


def format_tally(verdicts: Sequence[Verdict]) -> str:
    """Count verdicts: `The report makes 16 claims: 3 supported, 13 undecided.`

    Arguments:
        verdicts: the verdicts.

    Returns:
        One or more sentences, one for each source of claims; "" if there are no claims.
    """
    words = {source: [each.verdict for each in verdicts if each.source == source] for source in _SOURCES}
    if verdicts and not words["report"] and not words["code"]:
        return f"The study makes {_format_claims(len(verdicts))}, none from a report: {_format_counts(words['ours'])}."
    sentences = []
    for source, start in _SOURCES.items():
        if words[source]:
            number = f"{len(words[source])}" if source == "ours" else _format_claims(len(words[source]))
            sentences.append(f"{start} {number}: {_format_counts(words[source])}.")
    return " ".join(sentences)


def _format_claims(number: int) -> str:
    return "1 claim" if number == 1 else f"{number:,} claims"


def _format_counts(words: Sequence[str]) -> str:
    """`1 supported, 2 undecided`; for a single claim `undecided`."""
    if len(words) == 1:
        return words[0]
    return ", ".join(f"{count:,} {word}" for word in MARKS if (count := words.count(word)))


def format_verdict_interval(verdict: Verdict) -> str:
    """Write the interval of a verdict.

    Arguments:
        verdict: the verdict.

    Returns:
        `-0.12 to 0.34`, or a dash if there is no interval. A level other than 95 % and a prediction interval for one
        more run are marked.
    """
    if verdict.interval is None:
        return "–"
    ends = format_interval(verdict.interval, verdict.bounds)
    ends += " (of one run)" if verdict.is_prediction else ""
    return ends if verdict.level == 95 else f"{ends} ({verdict.level:g} %)"


def format_effect(verdict: Verdict) -> str:
    """Write how large a difference is beside the spread of single runs.

    Arguments:
        verdict: the verdict of a comparison.

    Returns:
        `The difference is 2.1 spreads of one run (p = 0.003).` and the probability that a run of the first experiment
        is above a run of the second; "" for another verdict.
    """
    if verdict.effect is None or verdict.chance is None:
        return ""
    ours, _, theirs = verdict.what.rpartition(", ")[0].partition(" minus ")
    p = f" (p = {verdict.p:.2g})" if verdict.p is not None else ""
    chance = 100 * verdict.chance
    percent = f"{chance:.0f}" if 1 <= chance <= 99 else "under 1" if chance < 1 else "over 99"
    above = f"A run of {ours} is above a run of {theirs} with a probability of {percent} %."
    return f"The difference is {abs(verdict.effect):.1f} spreads of one run{p}. {above}"


def format_mean(values: Iterable[float]) -> str:
    """Write the mean and the standard deviation (n - 1) over runs.

    Arguments:
        values: a value for each run.

    Returns:
        `98.93 ± 0.08`; a single value alone, and a dash if there are no values.
    """
    numbers = list(values)
    if not numbers:
        return "–"
    mean = f"{statistics.fmean(numbers):.2f}"
    return f"{mean} ± {statistics.stdev(numbers):.2f}" if len(numbers) > 1 else mean


def format_unusual_roles(record: Record) -> str:
    """Name the roles of a run's images, if they are unusual.

    Arguments:
        record: the record of the run.

    Returns:
        ` (trained on test, scored on train)`; "" for the usual roles.
    """
    roles = record.info.resolved.roles
    return "" if roles.are_usual else f" (trained on {roles.train_on}, scored on {roles.score_on})"


def format_quantity(quantity: str) -> str:
    """Name a quantity: `best accuracy`, `multiply-adds`, `elapsed time`.

    Arguments:
        quantity: its name in study files.

    Returns:
        Its name in tables.
    """
    return _QUANTITIES.get(quantity, quantity.replace("_", " "))


def format_value(value: Any) -> str:
    """Write a value of a recipe.

    Arguments:
        value: a value of a study file.

    Returns:
        Its text: `yes` for True, items joined by commas.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(format_value(item) for item in value) if isinstance(value, list) else str(value)
