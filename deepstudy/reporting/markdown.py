"""The report for a place that shows Markdown, such as GitHub: verdicts, results and charts."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from deepstudy.reporting import tables
from deepstudy.reporting.shown import Shown

_MARK = "<!-- Written by deepstudy report. -->\n"
_TITLES = {
    "verdicts": "Claims",
    "results": "Results",
    "figures": "Figures, reported and measured",
    "parameters": "Parameter counts, reported and built",
}


def render(chapters: Sequence[Shown], path: Path, drawn: Mapping[int, Sequence[Path]]) -> str:
    """The document that is to be written to `path`; `drawn` has the charts of each chapter that were written."""
    parts = [_chapter(shown, path, drawn.get(number, ())) for number, shown in enumerate(chapters)]
    return "\n".join([_MARK, *parts])


def is_ours(path: Path) -> bool:
    """Whether a file is a report of ours, so that it may be replaced."""
    return path.read_bytes().startswith(_MARK.encode())


def _chapter(shown: Shown, path: Path, drawn: Sequence[Path]) -> str:
    source = shown.study.source.report
    parts = [f"# {_inert(shown.title)}", *([_inert(source)] if source else [])]
    parts += [f"> {_inert(notice)}" for notice in shown.notices]
    for name, title in _TITLES.items():
        if name in shown.tables:
            table = shown.tables[name]
            lead = tables.tally(shown.verdicts) if name == "verdicts" else table.caption
            parts += [f"## {title}", *([_inert(lead)] if lead else []), table.write("markdown").strip()]
    says = [(name, shown.study.experiment(name, shown.budget).says) for name in shown.by_experiment]
    if any(each for _, each in says):
        parts += ["## Experiments", "\n".join(_inert(f"* {name}: {each}") for name, each in says if each)]
    if shown.study.remarks:
        parts += ["## What the report says besides", "\n".join(_inert(f"* {each}") for each in shown.study.remarks)]
    pictures = [drawing for drawing in drawn if drawing.suffix == ".svg"]
    if pictures:
        links = [os.path.relpath(picture, path.parent).replace(os.sep, "/").replace(" ", "%20") for picture in pictures]
        parts += ["## Learning curves", *(f"![{Path(link).stem}]({link})" for link in links)]
    commands = "\n".join(shown.commands)
    return "\n\n".join([*parts, "## Do it again", f"```sh\n{commands}\n```"]) + "\n"


def _inert(text: str) -> str:
    """Text that starts no HTML element, which Markdown would let through."""
    return text.replace("<", "&lt;")
