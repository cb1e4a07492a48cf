"""The page of one study or several, and what is written beside it: verdicts, Markdown, figures, tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deepstudy.errors import InputError
from deepstudy.files import write_atomically, write_json
from deepstudy.reporting import charts, html, markdown
from deepstudy.reporting.shown import Shown, of_study, read
from deepstudy.study import Study, load_study
from deepstudy.table import Format
from deepstudy.verdicts import Layers


def report(
    study: Study | str | Path,
    *,
    budget: str | None = None,
    runs: Path | str = "runs",
    output: Path | str = "report.html",
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
    findings: Sequence[Mapping[str, str]] = (),
    layers: Layers | None = None,
) -> list[Path]:
    """Write the page of a study's runs, `verdicts.json` and a Markdown report beside it; the files written.

    `figures` is a folder for the charts as SVG and PNG, `tables_in` one for every table as CSV, Markdown and LaTeX; for
    the others see `read`. Raises InputError if a record cannot be read or a file not be written.
    """
    study = study if isinstance(study, Study) else load_study(study)
    chapters = [read(source, findings=findings, layers=layers) for source in of_study(study, budget, Path(runs))]
    return write(chapters, output, figures, tables_in)


def write(
    chapters: Sequence[Shown],
    output: Path | str,
    figures: Path | str | None = None,
    tables_in: Path | str | None = None,
) -> list[Path]:
    """Write what `read` gave of one study or several; see `report`. Of several, each has its folder of figures."""
    output = Path(output)
    if output.suffix not in (".html", ".htm") or (output.exists() and not output.is_file()):
        raise InputError(f"-o {output}: is no place for the page; name a file that ends in .html")
    json_file, markdown_file = output.with_name("verdicts.json"), output.with_suffix(".md")
    if markdown_file.is_file() and not markdown.is_ours(markdown_file):
        raise InputError(f"{markdown_file}: is there already and is not a report; choose another name with -o")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(output, html.render(chapters).encode())
        write_json(json_file, verdicts_json(chapters))
        drawn: dict[int, list[Path]] = {}
        written: list[Path] = []
        for number, shown in enumerate(chapters):
            within = _folder_of(number, chapters)
            if figures is not None and shown.curves:
                names = list(shown.by_experiment)
                drawn[number] = charts.write_figures(shown.curves, Path(figures) / within, shown.title, names)
                written += drawn[number]
            if tables_in is not None:
                written += _write_tables(shown, Path(tables_in) / within)
        write_atomically(markdown_file, markdown.render(chapters, markdown_file, drawn).encode())
    except OSError as error:
        raise InputError(f"{error.filename or output}: cannot be written: {error.strerror}") from None
    return [output, json_file, markdown_file, *written]


def verdicts_json(chapters: Sequence[Shown]) -> list[dict[str, Any]]:
    """The document of verdicts.json."""
    return [verdict.as_json(shown.study.name, shown.budget) for shown in chapters for verdict in shown.verdicts]


def _folder_of(number: int, chapters: Sequence[Shown]) -> str:
    """The folder of a chapter's figures and tables: none for one alone, numbered where two have one name."""
    names = [f"{shown.study.name}-{shown.budget or 'full'}" for shown in chapters]
    if len(names) == 1:
        return ""
    return names[number] if names.count(names[number]) == 1 else f"{number + 1}-{names[number]}"


def _write_tables(shown: Shown, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    endings: dict[Format, str] = {"csv": "csv", "markdown": "md", "latex": "tex"}
    written = []
    for name, table in shown.tables.items():
        for format_, ending in endings.items():
            path = folder / f"{name}.{ending}"
            write_atomically(path, table.write(format_).encode())
            written.append(path)
    return written
