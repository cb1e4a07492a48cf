"""The forest plot: a row for each claim, with its interval and point against what it claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.verdicts import Verdict

_MARGIN = 0.08  # of the width, on each side


@dataclass(frozen=True)
class ForestRow:
    """A row. Positions are percent of its width; each row has its own scale.

    Attributes:
        verdict: the claim and its verdict.
        low: the lower end of the interval.
        high: its upper end.
        point: the estimate.
        thresholds: what the interval is compared with.
        claimed: the part of the row where the claim is true.
        unit: the unit of the numbers.
    """

    verdict: Verdict
    low: float
    high: float
    point: float
    thresholds: Sequence[float]
    claimed: tuple[float, float]
    unit: str


def forest(verdicts: Sequence[Verdict]) -> list[ForestRow]:
    """Lay out the intervals of claims.

    Arguments:
        verdicts: the verdicts.

    Returns:
        A row for each verdict with an interval and something to compare it with: decided ones first.
    """
    order = ("contradicted", "supported", "undecided", "not comparable")
    drawn = [each for each in verdicts if each.interval and each.measured is not None and each.bounds and each.claimed]
    return [_row(each) for each in sorted(drawn, key=lambda each: order.index(each.verdict))]


def _row(verdict: Verdict) -> ForestRow:
    assert verdict.interval is not None
    assert verdict.measured is not None
    ends = (*verdict.interval, *verdict.bounds, verdict.measured)
    least, most = min(ends), max(ends)
    width = (most - least) or 1.0

    def place(value: float) -> float:
        return round(100 * (_MARGIN + (1 - 2 * _MARGIN) * (value - least) / width), 1)

    low, high = place(min(verdict.bounds)), place(max(verdict.bounds))
    claimed = {"above": (high, 100.0), "below": (0.0, low), "within": (low, high)}[verdict.claimed]
    return ForestRow(
        verdict,
        place(verdict.interval[0]),
        place(verdict.interval[1]),
        place(verdict.measured),
        sorted({low, high}),
        claimed,
        verdict.what.rpartition(", ")[2],
    )
