"""The page of one or more studies, and the files beside it: verdicts, Markdown, charts, tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deepstudy.errors import InputError
from deepstudy.files import write_atomically, write_json
from deepstudy.reporting import html, markdown
from deepstudy.reporting.chapter import Chapter
from deepstudy.reporting.chart_files import write_charts
from deepstudy.table import Format

_VERDICTS = "verdicts.json"


def write(
    chapters: Sequence[Chapter],
    output: Path | str,
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
) -> list[Path]:
    """Write the page of one or more studies, with the verdicts as JSON and a Markdown report beside it.

    These files are named after the page. Beside `report.html` there is also `verdicts.json`. None replaces a file that
    `report` did not write; it is left out then.

    Arguments:
        chapters: the studies.
        output: the page's file.
        figures: a folder for the charts as SVG and PNG. If there are several studies, each has its own folder in it.
        tables_in: a folder for every table as CSV, Markdown and LaTeX, organised like `figures`.

    Returns:
        The written files: the page, the verdicts, the Markdown report, then charts and tables.

    Raises:
        InputError: if a file cannot be written.
    """
    output = Path(output)
    if output.suffix not in (".html", ".htm") or (output.exists() and not output.is_file()):
        raise InputError(f"-o {output}: must be a file ending in .html")
    json_files, markdown_file = _json_files(output), output.with_suffix(".md")
    is_taken = markdown_file.is_file() and not markdown.is_ours(markdown_file)  # report.md is what many call their own
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(output, html.render(chapters).encode())
        for json_file in json_files:
            write_json(json_file, verdicts_json(chapters))
        chart_files: dict[int, list[Path]] = {}
        written: list[Path] = []
        for number, chapter in enumerate(chapters):
            within = _folder_of(number, chapters)
            if figures is not None and chapter.charts:
                names = list(chapter.by_experiment)
                chart_files[number] = write_charts(chapter.charts, Path(figures) / within, chapter.title, names)
                written += chart_files[number]
            if tables_in is not None:
                written += _write_tables(chapter, Path(tables_in) / within)
        if not is_taken:
            write_atomically(markdown_file, markdown.render(chapters, markdown_file, chart_files).encode())
    except OSError as error:
        raise InputError(
            f"{error.filename or output}: cannot be written: {error.strerror}; choose another folder"
        ) from None
    return [output, *json_files, *([] if is_taken else [markdown_file]), *written]


def is_document(file: Path, page: Path) -> bool:
    """Tell whether a file is one of those that are always written beside a page, or the page itself.

    Arguments:
        file: the file.
        page: the page.

    Returns:
        Whether it is the page, the verdicts or the Markdown report.
    """
    return file.parent == page.parent and (file.stem == page.stem or file.name == _VERDICTS)


def _json_files(page: Path) -> list[Path]:
    """The files of the verdicts. Of another file with such a name, nothing is lost."""
    names = [page.with_suffix(".json"), *([page.with_name(_VERDICTS)] if page.stem == "report" else [])]
    return [file for file in names if not file.exists() or _holds_verdicts(file)]


def _holds_verdicts(file: Path) -> bool:
    try:
        rows = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(rows, list) and all(isinstance(row, dict) and "verdict" in row for row in rows)


def verdicts_json(chapters: Sequence[Chapter]) -> list[dict[str, Any]]:
    """Make the document of the verdicts.

    Arguments:
        chapters: the studies.

    Returns:
        A row for each claim.
    """
    return [verdict.as_json(chapter.study.name, chapter.budget) for chapter in chapters for verdict in chapter.verdicts]


def _folder_of(number: int, chapters: Sequence[Chapter]) -> str:
    """The folder of a chapter's figures and tables: none for a single chapter, numbered if two have the same name."""
    names = [f"{chapter.study.name}-{chapter.budget or 'full'}" for chapter in chapters]
    if len(names) == 1:
        return ""
    return names[number] if names.count(names[number]) == 1 else f"{number + 1}-{names[number]}"


def _write_tables(chapter: Chapter, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    endings: dict[Format, str] = {"csv": "csv", "markdown": "md", "latex": "tex"}
    written = []
    for name, table in chapter.tables.items():
        for format_, ending in endings.items():
            path = folder / f"{name}.{ending}"
            write_atomically(path, table.write(format_).encode())
            written.append(path)
    return written
