"""The table of verdicts."""

from collections.abc import Sequence

from deepstudy.reporting.formatting import MARKS, format_verdict_interval
from deepstudy.table import Table
from deepstudy.verdicts import Verdict, format_number


def tabulate_verdicts(verdicts: Sequence[Verdict]) -> Table:
    """Lay out verdicts: each claim, what was reported and measured, the verdict and its reason.

    Arguments:
        verdicts: the verdicts.

    Returns:
        A row for each verdict.
    """
    has_report = any(verdict.source == "report" for verdict in verdicts)
    rows = [
        [
            f"{MARKS[verdict.verdict]} {verdict.verdict}",
            verdict.says + (" (not the report's claim)" if has_report and verdict.source != "report" else ""),
            verdict.reported,
            "–" if verdict.measured is None else format_number(verdict.measured),
            format_verdict_interval(verdict),
            str(verdict.runs) if verdict.runs else "–",
            verdict.reason,
        ]
        for verdict in verdicts
    ]
    columns = ["verdict", "claim", "reported", "measured", "95 % interval", "n", "why"]
    return Table(columns, rows, frozenset({3, 4, 5}), marks=frozenset(MARKS.values()))
