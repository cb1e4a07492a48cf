"""`deepstudy audit`: which of a report's numbers cannot be true."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deepstudy.cli import options
from deepstudy.cli.command_with_rules import CommandWithRules
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.audits.measured.folder import FolderOfRuns
    from deepstudy.audits.several import FolderResult

_COLUMNS = ["rule", "where", "severity", "says", "reported", "possible", "test"]  # `test` is the old name of `rule`


@click.command(
    cls=CommandWithRules, package="deepstudy.audits", short_help="Find numbers in a report that cannot be true."
)
@click.argument("reports", metavar="REPORT|STUDY|FOLDER...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write an HTML page: the report as it was read, with each finding beside its line.",
)
@click.option(
    "--draft",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write a study file from the report, for you to complete.",
)
@click.option(
    "--runs",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also hold the report against its runs: run directories, CSV files, recordings of watch.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: a row per finding, or per report of a folder.")
@click.option(
    "--trust", is_flag=True, help="Build the study's own networks to count their parameters. This runs their code."
)
@options.as_json
def audit(
    reports: tuple[str, ...],
    output: Path | None,
    draft: Path | None,
    runs: Path | None,
    as_csv: bool,
    trust: bool,
    as_json: bool,
) -> int:
    """Find numbers that cannot be true, in a REPORT, in a STUDY, or in each report of a FOLDER.

    A REPORT is text, Markdown, a log, a notebook, HTML, LaTeX, PDF or Word. Several can be given. The exit code is 1 if
    a figure is impossible or inconsistent. `deepstudy explain RULE` explains a rule.
    """
    if as_csv and as_json:
        raise InputError("--csv and --json: choose one")
    if len(reports) > 1 or _is_folder(reports[0]):
        for option, file in (("--draft", draft), ("-o", output)):
            if file is not None:
                raise InputError(f"{option} needs one report; {reports[0]} is {_describe(reports)}")
        return _audit_several(reports, trust, runs, as_csv, as_json)
    if draft is not None:
        _write_draft(Path(reports[0]), draft)
    return _audit_one(reports[0], output, trust, runs, as_csv, as_json)


def _is_folder(report: str) -> bool:
    """Whether a subject is a folder of reports. A folder with a study.yaml is a study."""
    return Path(report).is_dir() and not (Path(report) / "study.yaml").is_file()


def _describe(reports: tuple[str, ...]) -> str:
    return "a folder" if len(reports) == 1 else f"one of {len(reports)} subjects"


def _audit_one(report: str, output: Path | None, trust: bool, runs: Path | None, as_csv: bool, as_json: bool) -> int:
    from deepstudy.audits.examine import examine, is_document, read_evidence

    if output is not None:
        from deepstudy.audits import page

        page.check_target(output)
    if runs is not None and not is_document(report):
        raise InputError(f"--runs needs a report, such as a text or PDF file; {report} is a study: use `report`")
    folder = _read_runs(runs)
    evidence = read_evidence(report, trust)
    result = examine(evidence, folder)
    if as_json:
        options.print_json(result.as_json())
    elif as_csv:
        from deepstudy.findings import tabulate_findings

        click.echo(tabulate_findings(result.findings, _COLUMNS).write("csv"), nl=False)
    else:
        from rich.console import Console

        result.print(Console(highlight=False))
    if output is not None:
        page.write(evidence, result, output)
        click.echo(f"{output}: the report with each finding beside its line", err=True)
    return 0 if result.is_sound else 1


def _read_runs(runs: Path | None) -> "FolderOfRuns | None":
    """The runs in a folder; None without one."""
    if runs is None:
        return None
    from deepstudy.audits.measured.folder import read_runs

    return read_runs(runs)


def _audit_several(reports: tuple[str, ...], trust: bool, runs: Path | None, as_csv: bool, as_json: bool) -> int:
    """Audit several reports, and all those of folders. One that cannot be read does not stop the next one."""
    from rich.console import Console

    from deepstudy.audits.several import audit_several

    result = audit_several(_subjects(reports), trust, _read_runs(runs))
    if as_json:
        options.print_json(result.as_json())
    elif as_csv:
        click.echo(result.as_table_of_rules().write("csv"), nl=False)
    elif any(map(_is_folder, reports)):
        console = Console(highlight=False)
        options.print_table(result.short_table(console.width))
        for each in result.comparison(console.width):
            console.print(each)
    else:
        _print_all(result)
    if not all(each.is_sound for each in result.readable):
        return 1
    return 2 if len(result.readable) < len(result.results) else 0


def _subjects(reports: tuple[str, ...]) -> Iterator[tuple[str, str | Path]]:
    """The name of each report, and what is audited. In a single folder, names are relative to it."""
    for report in reports:
        if not _is_folder(report):
            yield report, report
            continue
        folder = Path(report)
        for file in _files(folder):
            yield str(file.relative_to(folder) if len(reports) == 1 else file), file


def _print_all(results: "FolderResult") -> None:
    """Print all findings of each report, one report after the other, then where they disagree."""
    from rich.console import Console

    console = Console(highlight=False)
    for number, result in enumerate(results.results.values()):
        if isinstance(result, InputError):
            click.echo(f"deepstudy: {result}", err=True)
            continue
        if number:
            console.print()
        result.print(console)
    for each in results.comparison(console.width):
        console.print(each)


def _files(folder: Path) -> list[Path]:
    """The texts and study files below a folder, in order."""
    from deepstudy.audits.page import is_page
    from deepstudy.audits.reading import SUFFIXES

    kinds = (*SUFFIXES, ".yaml", ".yml")
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in kinds and file.is_file())
    files = [file for file in files if file.suffix.lower() not in (".html", ".htm") or not is_page(file)]
    if not files:
        examples = ".md, .txt, .ipynb, .docx or .pdf"
        raise InputError(f"{folder}: holds no report, such as a file in {examples}, and no study file (.yaml)")
    return files


def _write_draft(path: Path, target: Path) -> None:
    from deepstudy.audits.draft import draft
    from deepstudy.audits.evidence import of_document
    from deepstudy.audits.examine import is_document
    from deepstudy.audits.reading import read_document

    if not is_document(path):
        raise InputError(f"--draft needs a report, such as a text or PDF file; {path} is not one")
    if target.exists():
        raise InputError(f"--draft: {target} already exists; choose another name or move it away")
    text = draft(of_document(read_document(path)))
    target.write_text(text, encoding="utf-8")
    click.echo(f"{target}: complete the lines marked `complete`, then `deepstudy audit {target}`", err=True)
