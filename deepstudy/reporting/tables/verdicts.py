"""The table of verdicts."""

from collections.abc import Sequence

from deepstudy.reporting.formatting import MARKS, format_verdict_interval
from deepstudy.table import Table
from deepstudy.verdicts import Verdict, format_number


def tabulate_verdicts(verdicts: Sequence[Verdict]) -> Table:
    """Make the table of verdicts: each claim, the reported and measured values, the verdict and its reason.

    Arguments:
        verdicts: the verdicts.

    Returns:
        A row for each verdict.
    """
    has_report = any(verdict.source == "report" for verdict in verdicts)
    rows = [
        [
            f"{MARKS[verdict.verdict]} {verdict.verdict}",
            verdict.says + (" (not in the report)" if has_report and verdict.source != "report" else ""),
            verdict.reported,
            "–" if verdict.measured is None else format_number(verdict.measured),
            verdict.what if verdict.measured is not None else "",
            format_verdict_interval(verdict),
            str(verdict.runs) if verdict.runs else "–",
            verdict.reason,
        ]
        for verdict in verdicts
    ]
    columns = ["verdict", "claim", "reported", "measured", "quantity, unit", "95 % interval", "n", "reason"]
    return Table(columns, rows, frozenset({3, 5, 6}), marks=frozenset(MARKS.values()))
