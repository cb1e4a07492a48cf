"""Jupyter notebooks: the source of each cell, and what it printed. Pictures and tracebacks are left out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deepstudy.audits.reading.document import TextLine, without_escapes
from deepstudy.audits.reading.formats import html
from deepstudy.audits.reading.formats.text import decode
from deepstudy.errors import InputError


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read a notebook.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        The lines of its cells and outputs.

    Raises:
        InputError: it is not a notebook.
    """
    try:
        notebook = json.loads(decode(raw, path))
        worksheets = notebook.get("worksheets", [notebook])  # before version 4, cells lie in worksheets
        cells = [cell for sheet in worksheets for cell in sheet["cells"]]
        return [line for number, cell in enumerate(cells, 1) for line in _cell(cell, number)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{path}: is not a notebook; open it in Jupyter and save it again") from None


def _cell(cell: dict[str, Any], number: int) -> Iterator[TextLine]:
    source = _text(cell.get("source", cell.get("input", "")))
    for index, line in enumerate(source.splitlines(), 1):
        yield TextLine(line, f"cell {number}, line {index}", "code" if cell.get("cell_type") == "code" else "text")
    for output in cell.get("outputs", ()):
        yield from _output(output, f"output of cell {number}")


def _output(output: dict[str, Any], place: str) -> Iterator[TextLine]:
    data = output.get("data", output)
    if "text/html" in data and "<table" in _text(data["text/html"]):
        yield from (TextLine(line.text, place, line.kind) for line in html.lines_of(_text(data["text/html"])))
        return
    printed = _text(data.get("text/plain", output.get("text", "")))
    for index, line in enumerate(_after_returns(printed), 1):
        yield TextLine(line, f"{place}, line {index}", "output")


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _after_returns(printed: str) -> Iterator[str]:
    """The lines as a terminal shows them: a carriage return or backspaces write over what was there."""
    for line in without_escapes(printed).split("\n"):
        yield line.replace("\b", "").rstrip("\r").rpartition("\r")[2]
