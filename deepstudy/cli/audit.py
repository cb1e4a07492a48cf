"""`deepstudy audit`: which of a report's numbers cannot be true."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deepstudy.cli import options
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.audits import Audit

_COLOURS = {"impossible": "bold red", "inconsistent": "red", "doubtful": "yellow", "missing": "dim"}
_TEXTS = (".txt", ".md", ".markdown", ".log", ".rst")


@click.command(short_help="Say which of a report's numbers cannot be true.")
@click.argument("subject", metavar="STUDY|TEXT|FOLDER")
@click.option("--draft", type=click.Path(path_type=Path), metavar="FILE", help="Write a study file to start from.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the findings (of a folder, a line each) as CSV.")
@click.option("--trust", is_flag=True, help="Build networks that are not ours, to count them: runs their code.")
@options.as_json
def audit(subject: str, draft: Path | None, as_csv: bool, trust: bool, as_json: bool) -> int:
    """Hold what STUDY, or a report's raw TEXT (.txt, .md), printed against arithmetic.

    A FOLDER of texts and study files gets one line each. Exits with 1 if a figure is impossible or inconsistent.
    """
    from deepstudy import audits

    if as_csv and as_json:
        raise InputError("--csv and --json: choose one")
    path = Path(subject)
    if path.is_dir() and not (path / "study.yaml").is_file():
        if draft is not None:
            raise InputError(f"--draft needs one text, and {subject} is a folder")
        found: list[tuple[Path, Audit | str]] = []
        for file in _files(path):
            try:
                found.append((file, audits.audit(file, trust)))
            except InputError as error:  # one bad file is told, and the others still read
                found.append((file, str(error)))
        _print_folder(path, found, as_csv, as_json)
        sound = [audit.is_sound for _, audit in found if not isinstance(audit, str)]
        return 1 if not all(sound) else 2 if len(sound) < len(found) else 0
    if draft is not None:
        _write_draft(path, draft)
    result = audits.audit(subject, trust)
    if as_json:
        options.print_json(result.as_json())
    elif as_csv:
        from deepstudy.table import Table

        columns = ["test", "where", "severity", "says", "reported", "possible"]
        rows = [[getattr(finding, column) for column in columns] for finding in result.findings]
        click.echo(Table(columns, rows).write("csv"), nl=False)
    else:
        _print(result)
    return 0 if result.is_sound else 1


def _files(folder: Path) -> list[Path]:
    """The texts and study files below a folder, in order."""
    kinds = (*_TEXTS, ".yaml", ".yml")
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in kinds and file.is_file())
    if not files:
        raise InputError(
            f"{folder}: holds no report; save each as {', '.join(_TEXTS[:2])} or write a study file (.yaml)"
        )
    return files


def _write_draft(path: Path, target: Path) -> None:
    from deepstudy import audits
    from deepstudy.audits.draft import draft

    if not audits.is_text(path):
        raise InputError(f"--draft needs a report's raw text (.txt, .md), and {path} is none")
    if target.exists():
        raise InputError(f"--draft {target}: is there already; choose another name or move it away")
    text = draft(audits.of_text(audits.read_text(path), path.name))
    target.write_text(text, encoding="utf-8")
    click.echo(f"{target}: complete the lines marked `complete`, then `deepstudy audit {target}`", err=True)


def _print(audit: "Audit") -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console()
    for finding in audit.findings:
        if finding.severity != "missing":
            mark = (finding.severity, _COLOURS[finding.severity])
            console.print(Text.assemble(mark, f"  {finding.test}  ", (finding.where, "dim")))
            possible = [f"possible: {finding.possible}"] if finding.possible else []
            for line in (finding.says, f"reported: {finding.reported}", *possible):
                console.print(Padding(Text(line), (0, 0, 0, 2)))
            console.print()
    missing = [finding for finding in audit.findings if finding.severity == "missing"]
    if missing:
        console.print(Text("missing", _COLOURS["missing"]))
        for finding in missing:
            console.print(Padding(Text(finding.says), (0, 0, 0, 2)))
        console.print()
    counts = _counts(audit)
    console.print(
        Text(f"{audit.subject}: {audit.figures} figures held against arithmetic; {counts or 'nothing found'}")
    )


def _counts(audit: "Audit") -> str:
    from deepstudy.audits import SEVERITIES

    counts = {severity: sum(f.severity == severity for f in audit.findings) for severity in SEVERITIES}
    return ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)


def _print_folder(folder: Path, found: "list[tuple[Path, Audit | str]]", as_csv: bool, as_json: bool) -> None:
    from deepstudy.audits import SEVERITIES
    from deepstudy.table import Table

    if as_json:
        documents = [{"error": audit} if isinstance(audit, str) else audit.as_json() for _, audit in found]
        names = [{"subject": str(file.relative_to(folder))} for file, _ in found]
        options.print_json([document | name for document, name in zip(documents, names, strict=True)])
        return
    columns = ["report", "figures", *SEVERITIES, "worst"]
    rows = []
    for file, audit in found:
        if isinstance(audit, str):
            rows.append([str(file.relative_to(folder)), *[""] * (1 + len(SEVERITIES)), f"not read: {audit}"])
            continue
        counts = [sum(finding.severity == severity for finding in audit.findings) for severity in SEVERITIES]
        worst = audit.findings[0].says if audit.findings and audit.findings[0].severity != "missing" else ""
        rows.append([str(file.relative_to(folder)), str(audit.figures), *map(str, counts), worst])
    table = Table(columns, rows, frozenset(range(1, 6)))
    if as_csv:
        click.echo(table.write("csv"), nl=False)
        return
    from rich.console import Console

    console = Console()
    widths = [max(map(len, cells)) + 2 for cells in zip(columns, *rows, strict=True)]
    room = max(console.width - sum(widths[:-1]), 20)
    short = [[*row[:-1], row[-1] if len(row[-1]) <= room else f"{row[-1][: room - 1]}…"] for row in rows]
    options.print_table(Table(columns, short, table.numeric))
