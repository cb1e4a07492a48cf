"""The verdicts of a chapter as the terminal shows them."""

from typing import TYPE_CHECKING

from deepstudy.reporting.chapter import Chapter
from deepstudy.reporting.formatting import MARKS, format_tally, format_verdict_interval
from deepstudy.verdicts import Verdict, format_number

if TYPE_CHECKING:
    from rich.console import RenderableType

_COLOURS = {"supported": "green", "contradicted": "red", "undecided": "yellow", "not comparable": "dim"}


def format_chapter(chapter: Chapter) -> "list[RenderableType]":
    """Lay out the verdicts of a study.

    Arguments:
        chapter: the study with its runs.

    Returns:
        The answer, a grid with the verdicts, and how many there are of each kind; nothing for a study without claims.
    """
    from rich.table import Table
    from rich.text import Text

    if not chapter.verdicts:
        return []
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for verdict in chapter.verdicts:
        mark = Text(f"{MARKS[verdict.verdict]} {verdict.verdict}", _COLOURS[verdict.verdict])
        grid.add_row(
            mark,
            Text.assemble(
                (verdict.says, "bold"),
                f"\n{_format_numbers(verdict, chapter.study.has_report)}\n",
                (verdict.reason, "dim"),
            ),
        )
    headline = Text(f"{chapter.answer.headline}\n", "bold")
    return [headline, grid, Text(format_tally(chapter.verdicts), "bold"), Text()]


def _format_numbers(verdict: Verdict, has_report: bool) -> str:
    """`reported higher · measured 0.23 (points) · interval 0.03 to 0.43 · n=5`."""
    measured = "–" if verdict.measured is None else format_number(verdict.measured)
    said = "reported" if has_report else "expected"
    parts = [f"{said} {verdict.reported}", f"measured {measured}" + (f" ({verdict.what})" if verdict.what else "")]
    parts += [f"interval {format_verdict_interval(verdict)}"] if verdict.interval else []
    parts += [f"n={verdict.runs}"] if verdict.runs else []
    return " · ".join(parts)
