"""The Markdown report, for places such as GitHub: verdicts, results and charts."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from deepstudy.reporting.chapter import Chapter
from deepstudy.reporting.formatting import format_tally

_MARK = "<!-- Written by deepstudy report. -->\n"
_TITLES = {
    "verdicts": "Claims",
    "results": "Results",
    "figures": "Reported and measured figures",
    "parameters": "Reported and counted parameters",
}


def render(chapters: Sequence[Chapter], path: Path, chart_files: Mapping[int, Sequence[Path]]) -> str:
    """Make the Markdown report.

    Arguments:
        chapters: the studies.
        path: the file that it will be written to. Links are relative to it.
        chart_files: the charts' files, by the number of their chapter.

    Returns:
        The text.
    """
    parts = [_part(chapter, path, chart_files.get(number, ())) for number, chapter in enumerate(chapters)]
    return "\n".join([_MARK, *parts])


def is_ours(path: Path) -> bool:
    """Tell whether a file is a Markdown report of this program, which may be replaced.

    Arguments:
        path: an existing file.

    Returns:
        Whether it starts with the mark of such a report.
    """
    return path.read_bytes().startswith(_MARK.encode())


def _part(chapter: Chapter, path: Path, chart_files: Sequence[Path]) -> str:
    source = chapter.study.source.report
    parts = [f"# {_inert(chapter.title)}", *([_inert(source)] if source else [])]
    parts += [f"> {_inert(notice)}" for notice in chapter.notices]
    for name, title in _TITLES.items():
        if name in chapter.tables:
            table = chapter.tables[name]
            lead = format_tally(chapter.verdicts) if name == "verdicts" else table.caption
            parts += [f"## {title}", *([_inert(lead)] if lead else []), table.write("markdown").strip()]
    says = [(name, chapter.study.experiment(name, chapter.budget).says) for name in chapter.by_experiment]
    if any(each for _, each in says):
        parts += ["## Experiments", "\n".join(_inert(f"* {name}: {each}") for name, each in says if each)]
    if chapter.study.remarks:
        parts += ["## Other statements of the report", "\n".join(_inert(f"* {each}") for each in chapter.study.remarks)]
    pictures = [drawing for drawing in chart_files if drawing.suffix == ".svg"]
    if pictures:
        relative = [Path(os.path.relpath(picture, path.parent)).as_posix() for picture in pictures]
        links = [link.replace(" ", "%20") for link in relative]
        parts += ["## Learning curves", *(f"![{Path(link).stem}]({link})" for link in links)]
    commands = "\n".join(chapter.commands)
    return "\n\n".join([*parts, "## Run it again", f"```sh\n{commands}\n```"]) + "\n"


def _inert(text: str) -> str:
    """Text without HTML elements, which Markdown would keep."""
    return text.replace("<", "&lt;")
