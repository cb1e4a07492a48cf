"""`deepstudy report`: decide which claims hold, and write the page."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deepstudy.cli import options
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.reporting import Chapter, StudyRuns
    from deepstudy.verdicts import Layers

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
    from deepstudy import reporting

    found = {
        (each.study.path, each.budget, each.folder.resolve()): each
        for subject in subjects
        for each in reporting.find_runs(subject, budget, runs)
    }
    chapters = [_read(study_runs, trust) for study_runs in found.values()]
    if as_json:
        options.print_json(reporting.verdicts_json(chapters))
        return
    written = reporting.write(chapters, output, figures, tables_in)
    for chapter in chapters:
        if len(chapters) > 1:
            click.secho(chapter.title + (f" (budget {chapter.budget})" if chapter.budget else ""), bold=True)
        _print(chapter)
    for path in written[:3]:
        click.echo(str(path))
    for folder, what in ((figures, "figures"), (tables_in, "tables")):
        if folder is not None:
            click.echo(f"{folder}{os.sep} ({what})")


def _read(study_runs: "StudyRuns", trust: bool) -> "Chapter":
    from deepstudy import audits, reporting

    study = study_runs.study
    findings = audits.audit(study, trust).as_json()["findings"]
    return reporting.read_chapter(study_runs, findings=findings, layers=_layers(study_runs, trust))


def _layers(study_runs: "StudyRuns", trust: bool) -> "Layers":
    """The layer tables that claims about counts need, of networks that may be built."""
    from deepstudy.catalog import MODELS
    from deepstudy.verdicts import COUNTS

    study = study_runs.study
    forms = [claim.form for claim in study.claims if getattr(claim.form, "quantity", "") in COUNTS]
    names = {name for form in forms for name in (form.of, getattr(form, "with_", None)) if name}
    ours = [name for name in names if trust or study.experiment(name).model.name in MODELS]
    if not ours:
        return {}
    from deepstudy.layer_table import of_experiment
    from deepstudy.record import read_folder

    tables = {}
    for name in ours:
        try:
            tables[name] = of_experiment(study, name)
        except InputError:  # of images of one's own, which need not have come along with the runs
            if not any(run.layers for run in read_folder(study_runs.folder, [name])):
                raise
    return tables


def _print(chapter: "Chapter") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from deepstudy.reporting import tables

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for each in chapter.verdicts:
        measured = "–" if each.measured is None else tables.number(each.measured)
        figures = f"reported {each.reported} · measured {measured}" + (f" ({each.what})" if each.what else "")
        figures += f" · interval {tables.interval(each)}" if each.interval else ""
        figures += f" · n={each.runs}" if each.runs else ""
        mark = Text(f"{tables.MARKS[each.verdict]} {each.verdict}", _COLOURS[each.verdict])
        table.add_row(mark, Text.assemble((each.says, "bold"), f"\n{figures}\n", (each.reason, "dim")))
    console = Console()
    for notice in chapter.notices:
        click.echo(f"note: {notice}", err=True)
    if chapter.verdicts:
        console.print(table)
        console.print(Text(tables.tally(chapter.verdicts), "bold"))
        console.print()
