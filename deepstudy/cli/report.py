"""`deepstudy report`: decide which claims hold, and write the page."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deepstudy.cli import options

if TYPE_CHECKING:
    from deepstudy.reporting.chapter import Chapter
    from deepstudy.reporting.folders import StudyFolder


@click.command(short_help="Decide which claims of a study hold, and write a page.")
@click.argument("subjects", metavar="STUDY|RUNS...", nargs=-1, required=True)
@options.budget
@options.folder("--runs", "runs", "Folder that holds the runs of STUDY.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="The page. Verdicts as JSON and a Markdown report are written beside it.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also write each chart, as SVG and PNG.",
)
@click.option(
    "--tables",
    "tables_in",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also write each table, as CSV, Markdown and LaTeX.",
)
@click.option(
    "--trust", is_flag=True, help="Build the study's own networks to count their parameters. This runs their code."
)
@click.option(
    "--serve",
    is_flag=True,
    help="Show the page in a browser while runs go on. It is served to this machine only, and updates itself.",
)
@options.as_json
def report(
    subjects: tuple[str, ...],
    budget: str | None,
    runs: Path,
    output: Path,
    figures: Path | None,
    tables_in: Path | None,
    trust: bool,
    serve: bool,
    as_json: bool,
) -> None:
    """Decide the claims of a study from its runs, and write one HTML page with all results.

    Several studies, or folders of runs such as runs/STUDY/BUDGET, share one page. With --json, the verdicts go to
    stdout and no file is written.
    """
    from rich.console import Console

    from deepstudy.api import ReportResult, require_runs
    from deepstudy.reporting.document import verdicts_json, write
    from deepstudy.reporting.folders import find_folders

    folders = {
        (folder.study.path, folder.budget, folder.path.resolve()): folder
        for subject in subjects
        for folder in find_folders(subject, budget, runs)
    }
    if serve:
        if as_json or figures or tables_in:
            raise click.UsageError("--serve writes no files; remove --json, --figures and --tables")
        _serve([*folders.values()], trust)
        return
    chapters = [_read(folder, trust) for folder in folders.values()]
    require_runs(chapters)
    if as_json:
        options.print_json(verdicts_json(chapters))
        return
    result = ReportResult(chapters, write(chapters, output, figures, tables_in))
    for notice in (notice for chapter in chapters for notice in chapter.notices):
        click.echo(f"note: {notice}", err=True)
    if (json_file := output.with_suffix(".json")) not in result.files:
        click.echo(f"note: {json_file} holds no verdicts, so it stays; for them, choose another name with -o", err=True)
    if (report_file := output.with_suffix(".md")) not in result.files:
        why = "was not written by `deepstudy report`, so it stays, and there is no Markdown report"
        click.echo(f"note: {report_file} {why}; for one, choose another name with -o", err=True)
    if figures is not None:
        _print_font_notice(chapters)
    result.print(Console(highlight=False))
    for directory, what in ((figures, "figures"), (tables_in, "tables")):
        if directory is not None:
            click.echo(f"{directory}{os.sep} ({what})")


def _serve(folders: "Sequence[StudyFolder]", trust: bool) -> None:
    from deepstudy.reporting import html
    from deepstudy.reporting.live import LiveServer

    with LiveServer(
        (folder.path for folder in folders), lambda: html.render([_read(each, trust) for each in folders])
    ) as server:
        server.current()  # a damaged record is refused before anybody waits for the page
        click.echo(f"{server.address} shows the page and updates itself; Ctrl-C closes it and stops no run", err=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


def _read(folder: "StudyFolder", trust: bool) -> "Chapter":
    from deepstudy.audits import audit
    from deepstudy.layer_table import of_experiment
    from deepstudy.reporting.chapter import read_chapter
    from deepstudy.reporting.counts import layers_for_claims

    findings = audit(folder.study, trust).findings
    return read_chapter(folder, findings=findings, layers=layers_for_claims(folder, of_experiment, trust))


def _print_font_notice(chapters: "Sequence[Chapter]") -> None:
    from deepstudy.reporting.chart_files import font_notice

    notice = font_notice("".join("".join((chapter.title, *chapter.by_experiment)) for chapter in chapters))
    if notice:
        click.echo(f"note: {notice}", err=True)
