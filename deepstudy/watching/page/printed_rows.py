"""Printed numbers beside recomputed ones, as rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.findings import Finding
from deepstudy.watching.averages import Averages
from deepstudy.watching.comparisons import Comparison, compare_printed
from deepstudy.watching.evidence import ProgramEvidence

_MOST = 40  # rows
_WIDEST = 60  # letters of a printed line on each side of a number


@dataclass(frozen=True)
class PrintedRow:
    """A printed number.

    Attributes:
        before: the line before the number.
        number: the number.
        after: the line after it.
        recomputed: the right value, with two digits more; "" if it is not known.
        says: what the number is.
        fits: `yes`, `no`, `in 3 of 8 lines` or `not known`.
        where: the statement that printed it.
        findings: the numbers of the findings about it.
    """

    before: str
    number: str
    after: str
    recomputed: str
    says: str
    fits: str
    where: str
    findings: list[int]


def printed_rows(evidence: ProgramEvidence, findings: Sequence[Finding]) -> list[PrintedRow]:
    """Compare what a program printed.

    Arguments:
        evidence: the program.
        findings: what was found in it.

    Returns:
        A row for each number of each statement that prints losses or accuracies.
    """
    return [_row(evidence, each, findings) for each in compare_printed(Averages(evidence))[:_MOST]]


def _row(evidence: ProgramEvidence, compared: Comparison, findings: Sequence[Finding]) -> PrintedRow:
    line, number, start = compared.last.line, compared.last.number, compared.last.start
    before, after = line.text[:start].lstrip(), line.text[start + len(number.text) :].rstrip()
    return PrintedRow(
        before if len(before) <= _WIDEST else f"…{before[-_WIDEST:]}",
        number.text,
        after if len(after) <= _WIDEST else f"{after[:_WIDEST]}…",
        _recomputed(compared),
        _say(evidence, compared),
        _fits(compared),
        line.where,
        [at for at, each in enumerate(findings, 1) if each.where == line.where and f"`{number.text}`" in each.says],
    )


def _recomputed(compared: Comparison) -> str:
    if compared.computed is None:
        return ""
    mantissa = compared.last.number.text.lower().partition("e")
    decimals = len(mantissa[0].partition(".")[2])
    return f"{compared.computed:.{decimals + 2}{'e' if mantissa[1] else 'f'}}"


def _say(evidence: ProgramEvidence, compared: Comparison) -> str:
    """Which number it is: `test accuracy`, `running train loss`, and how it was averaged if wrongly."""
    says = str(compared.last.number.quantity)
    if compared.round is not None:
        split = evidence.role(compared.round)
        says = f"{split} {says}" if split != "unknown" else says
        says = f"running {says}" if compared.round.trained else says
    return f"{says}, as {compared.wrong.says}" if compared.wrong is not None else says


def _fits(compared: Comparison) -> str:
    if compared.wrong is not None:
        return "no"
    if compared.fitting == compared.lines:
        return "yes"
    return f"in {compared.fitting:,} of {compared.lines:,} lines" if compared.fitting else "not known"
