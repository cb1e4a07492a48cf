"""`deepstudy report`: decide which claims hold, and write the page."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deepstudy.cli import options

if TYPE_CHECKING:
    from deepstudy.reporting.chapter import Chapter
    from deepstudy.reporting.folders import StudyFolder

_COLOURS = {"supported": "green", "contradicted": "red", "undecided": "yellow", "not comparable": "dim"}


@click.command(short_help="Say which claims of studies hold, and write a page.")
@click.argument("subjects", metavar="STUDY|RUNS...", nargs=-1, required=True)
@options.budget
@options.folder("--runs", "runs", "Where the runs of a STUDY are recorded.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="The page; verdicts.json and a Markdown report are written beside it.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each chart as SVG and PNG too.",
)
@click.option(
    "--tables",
    "tables_in",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each table as CSV, Markdown and LaTeX too.",
)
@click.option("--trust", is_flag=True, help="Build networks that are not ours, to count them: runs their code.")
@options.as_json
def report(
    subjects: tuple[str, ...],
    budget: str | None,
    runs: Path,
    output: Path,
    figures: Path | None,
    tables_in: Path | None,
    trust: bool,
    as_json: bool,
) -> None:
    """Decide the claims of a study from its runs, and write all they showed to one HTML page, which needs nothing else.

    Several studies, or folders of runs such as runs/STUDY/BUDGET, come one below the other. With --json, the verdicts
    go to stdout and nothing is written.
    """
    from deepstudy.reporting.document import verdicts_json, write
    from deepstudy.reporting.folders import find_folders

    folders = {
        (folder.study.path, folder.budget, folder.path.resolve()): folder
        for subject in subjects
        for folder in find_folders(subject, budget, runs)
    }
    chapters = [_read(folder, trust) for folder in folders.values()]
    if as_json:
        options.print_json(verdicts_json(chapters))
        return
    written = write(chapters, output, figures, tables_in)
    for chapter in chapters:
        if len(chapters) > 1:
            click.secho(chapter.title + (f" (budget {chapter.budget})" if chapter.budget else ""), bold=True)
        _print(chapter)
    if figures is not None:
        _print_font_notice(chapters)
    for path in written[:3]:
        click.echo(str(path))
    for directory, what in ((figures, "figures"), (tables_in, "tables")):
        if directory is not None:
            click.echo(f"{directory}{os.sep} ({what})")


def _read(folder: "StudyFolder", trust: bool) -> "Chapter":
    from deepstudy.audits import audit
    from deepstudy.layer_table import of_experiment
    from deepstudy.reporting.chapter import read_chapter
    from deepstudy.reporting.counts import layers_for_claims

    findings = audit(folder.study, trust).findings
    return read_chapter(folder, findings=findings, layers=layers_for_claims(folder, of_experiment, trust))


def _print(chapter: "Chapter") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from deepstudy.reporting.formatting import MARKS, format_tally, format_verdict_interval
    from deepstudy.verdicts import format_number

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for verdict in chapter.verdicts:
        measured = "–" if verdict.measured is None else format_number(verdict.measured)
        numbers = f"reported {verdict.reported} · measured {measured}" + (f" ({verdict.what})" if verdict.what else "")
        numbers += f" · interval {format_verdict_interval(verdict)}" if verdict.interval else ""
        numbers += f" · n={verdict.runs}" if verdict.runs else ""
        mark = Text(f"{MARKS[verdict.verdict]} {verdict.verdict}", _COLOURS[verdict.verdict])
        table.add_row(mark, Text.assemble((verdict.says, "bold"), f"\n{numbers}\n", (verdict.reason, "dim")))
    console = Console()
    for notice in chapter.notices:
        click.echo(f"note: {notice}", err=True)
    if chapter.verdicts:
        console.print(table)
        console.print(Text(format_tally(chapter.verdicts), "bold"))
        console.print()


def _print_font_notice(chapters: "Sequence[Chapter]") -> None:
    from deepstudy.reporting.chart_files import font_notice

    notice = font_notice("".join("".join((chapter.title, *chapter.by_experiment)) for chapter in chapters))
    if notice:
        click.echo(f"note: {notice}", err=True)
