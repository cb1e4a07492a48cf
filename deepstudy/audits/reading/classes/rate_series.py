"""Series of rates: the columns of tables and the figures of logs, as they are printed.

All numbers of a series are of one metric and one split, so they are printed on one scale: percentages or fractions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from deepstudy.audits.reading.classes.class_reports import ClassReport
from deepstudy.audits.reading.statements import RATES, Statement

_IN_PERCENT = re.compile(r"\(\s*(?:in )?(?:%|percent)|\bin (?:%|percent)")  # a unit in the name of a row


@dataclass(frozen=True)
class PrintedRate:
    """A rate as it is printed.

    Attributes:
        text: its digits, with its percent sign.
        number: the number that the digits make, whatever its scale.
        decimals: its decimals.
        has_sign: whether a percent sign follows.
        line: the number of its line in the document, from 0.
    """

    text: str
    number: float
    decimals: int
    has_sign: bool
    line: int


@dataclass(frozen=True)
class RateSeries:
    """Rates of one metric that are printed on one scale.

    Attributes:
        metric: the metric.
        kind: what it was read from.
        rates: the rates, in reading order.
        datasets: the data sets that they are of; None for one that is not named.
    """

    metric: str
    kind: str
    rates: tuple[PrintedRate, ...]
    datasets: frozenset[str | None]


def read_series(statements: Sequence[Statement], reports: Sequence[ClassReport]) -> Iterator[RateSeries]:
    """Sort rates into series.

    Arguments:
        statements: the numbers of a document, without those inside its classification reports.
        reports: its classification reports.

    Yields:
        A series for each column of a table, each metric and split of a log, and each single rate of a sentence.
    """
    groups: dict[tuple[object, ...], list[Statement]] = {}
    for index, each in enumerate(statements):
        if each.metric not in RATES or each.is_change or each.is_about or each.is_cited or each.correct is not None:
            continue
        key: tuple[object, ...] = (index,)
        if each.place is not None:
            key = (
                "table",
                each.place[0],
                each.place[2],
                _IN_PERCENT.search(each.of) is not None,
            )  # `accuracy (%)` may stand in the row
        elif each.kind == "log":
            key = ("log", each.headings, each.step_number is None)
        groups.setdefault((*key, each.metric, each.split), []).append(each)
    for members in groups.values():
        rates = tuple(rate for each in members if (rate := _rate(each)) is not None)
        if rates:
            yield RateSeries(members[0].metric, members[0].kind, rates, frozenset(each.dataset for each in members))
    for report in reports:
        for kind in report.headers or {"precision": "", "recall": "", "f1": ""}:
            cells = [
                (row.rates[kind].text, row.line)
                for row in (*report.rows, *report.averages.values(), *filter(None, [report.accuracy]))
                if kind in row.rates
            ]
            rates = tuple(rate for text, line in cells if (rate := _parse(text, "%" in text, line)) is not None)
            if rates:
                yield RateSeries(kind, "table", rates, frozenset((None,)))


def _rate(statement: Statement) -> PrintedRate | None:
    return _parse(statement.printed, statement.unit == "%", statement.span.line)


def _parse(text: str, has_sign: bool, line: int) -> PrintedRate | None:
    match = re.match(r"([-+−]?)(\d{0,12}(?:[.,]\d{1,20})?)\s*[%％]?", text.strip())
    if match is None or not match[2]:
        return None
    digits = match[2].replace(",", ".")
    if not re.fullmatch(r"\d*(?:\.\d+)?", digits) or len(digits) > 24:
        return None
    sign = -1 if match[1] in ("-", "−") and match[1] else 1
    shown = f"{match[1]}{match[2]}" + (" %" if has_sign else "")
    return PrintedRate(shown, sign * float(digits), len(digits.partition(".")[2]), has_sign, line)


def as_fractions(series: RateSeries) -> bool:
    """Say whether the rates of a series are fractions of 1.

    Arguments:
        series: the series.

    Returns:
        True if most of those without a percent sign are at most 1.
    """
    bare = [rate for rate in series.rates if not rate.has_sign]
    return bool(bare) and sum(abs(rate.number) <= 1.0001 for rate in bare) > len(bare) / 2


def without(series: RateSeries, odd: Sequence[PrintedRate]) -> RateSeries:
    """Leave rates out of a series.

    Arguments:
        series: the series.
        odd: the rates to leave out.

    Returns:
        The series of the others.
    """
    return replace(series, rates=tuple(rate for rate in series.rates if rate not in odd))
