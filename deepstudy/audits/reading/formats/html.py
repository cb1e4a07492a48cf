"""Web pages and exported notebooks: headings, paragraphs, list items, tables and preformatted text."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deepstudy.audits.reading.document import TextLine, table_rows, tidy
from deepstudy.audits.reading.formats.text import decode

if TYPE_CHECKING:
    from bs4 import Tag

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SILENT = ["script", "style", "head", "noscript", "svg", "template", "nav"]
#: What Jupyter and documentation tools call the cells of code in their pages.
_CODE_CLASSES = ["input_area", "jp-InputArea-editor", "jp-Editor", "highlight", "sourceCode", "code_cell_input"]
_BLOCKS = {"p", "li", "pre", "table", "dt", "dd", "figcaption", "caption", "blockquote", *_HEADINGS}


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read a page.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        Its visible text, block by block.

    Raises:
        InputError: it is not text.
    """
    return lines_of(decode(raw, path))


def lines_of(page: str) -> list[TextLine]:
    """Read the visible text of a page.

    Arguments:
        page: HTML.

    Returns:
        Its lines; a place is the line of the source where the block begins.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    for silent in soup.find_all(_SILENT):
        silent.decompose()
    return list(_walk(soup))


def _walk(parent: "Tag") -> Iterator[TextLine]:
    from bs4.element import NavigableString, PreformattedString, Tag

    loose: list[str] = []
    place = str(parent.sourceline or 1)
    for child in parent.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS)) or child.name == "div"):
            yield from _loose(loose, place)
            yield from _block(child)
        elif isinstance(child, Tag):
            loose.append("\n" if child.name == "br" else child.get_text())
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            loose.append(str(child))
    yield from _loose(loose, place)


def _loose(parts: list[str], place: str) -> Iterator[TextLine]:
    """Text beside blocks, a line where the page breaks it."""
    for line in "".join(parts).splitlines():
        if text := tidy(line):
            yield TextLine(text, place)
    parts.clear()


def _block(block: "Tag") -> Iterator[TextLine]:
    place = str(block.sourceline or 1)
    if block.name in _HEADINGS:
        yield TextLine(f"{'#' * _HEADINGS[block.name]} {tidy(block.get_text())}", place)
    elif block.name == "pre":
        first = block.sourceline or 1
        kind: Literal["code", "output"] = "code" if block.find_parent(class_=_CODE_CLASSES) else "output"
        for number, line in enumerate(block.get_text().split("\n")):
            if line.strip():
                yield TextLine(line.rstrip("\r").rpartition("\r")[2], str(first + number), kind)
    elif block.name == "table":
        rows = [row for row in block.find_all("tr") if row.find_parent("table") is block]
        if caption := block.find("caption"):
            yield TextLine(tidy(caption.get_text()), str(caption.sourceline or place), "caption")
        yield from table_rows(_grid(rows), [str(row.sourceline or place) for row in rows])
    elif block.find(list(_BLOCKS)):
        yield from _walk(block)
    else:
        for line in block.get_text().replace("\xa0", " ").split("\n\n"):
            if text := tidy(line):
                is_caption = block.name in ("caption", "figcaption")
                yield TextLine(f"* {text}" if block.name == "li" else text, place, "caption" if is_caption else "text")


def _grid(rows: "Sequence[Tag]") -> list[list[str]]:
    """The cells of a table; one that spans several columns or rows stands in each of them."""
    spanned: dict[tuple[int, int], str] = {}
    grid = []
    for number, row in enumerate(rows):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"]):
            while (number, len(cells)) in spanned:
                cells.append(spanned[number, len(cells)])
            text = tidy(cell.get_text(" "))
            wide, high = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
            for below in range(1, high):
                spanned.update({(number + below, len(cells) + right): text for right in range(wide)})
            cells += [text] * wide
        while (number, len(cells)) in spanned:
            cells.append(spanned[number, len(cells)])
        grid.append(cells)
    return grid


def _span(printed: object) -> int:
    """The columns or rows that a cell says to span, at most 50."""
    text = str(printed or 1)
    return min(max(int(text), 1), 50) if text.isdecimal() and len(text) < 6 else 1
