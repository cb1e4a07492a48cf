"""PDF files with a text layer: columns one after the other, wrapped lines joined, ruled tables as rows.

Pages are read with pdfplumber, which knows where each word stands. A page has two columns where a gap in its middle is
crossed by few lines. A line continues in the next one where it reaches the right edge of its column.
"""

import io
import itertools
import logging
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepstudy.audits.reading.document import TextLine, table_rows
from deepstudy.errors import InputError

_MOST_PAGES = 400
_FEWEST_WORDS = 20  # of a document with a text layer
_FEWEST_IN_COLUMN = 4  # words of a line of a column; the rows of a table have fewer
_GAPS_OF_WORDS = (0.15, 0.1, 0.06)  # of a letter's size
_LONGEST_WORDS = 9.0  # letters of a word on average; more are words that stand too close
_APART = 1.1  # of a line's height, from which words are two cells of a table
_TWO_NUMBERS = re.compile(r"(?:^|\s)[\d.,]*\d\s?%?\s+[\d.,]*\d\s?%?\s*$")
_GAP = 0.6  # of a line's height, from which words of a line stand apart


@dataclass(frozen=True)
class _Row:
    """A printed line: its words with their edges in points."""

    words: tuple[dict[str, Any], ...]
    top: float
    height: float

    @property
    def left(self) -> float:
        return float(self.words[0]["x0"])

    @property
    def right(self) -> float:
        return float(self.words[-1]["x1"])

    @property
    def text(self) -> str:
        parts = [self.words[0]["text"]]
        for before, word in itertools.pairwise(self.words):
            parts.append("  " if word["x0"] - before["x1"] > _APART * self.height else " ")
            parts.append(word["text"])
        return "".join(parts)


def read(raw: bytes, path: Path) -> list[TextLine]:
    """Read a PDF.

    Arguments:
        raw: the contents of the file.
        path: the file, for messages.

    Returns:
        Its lines; a place is a page and the line on it.

    Raises:
        InputError: it is damaged, encrypted, has no text layer, or pdfplumber is missing.
    """
    try:
        import pdfplumber
    except ImportError:
        raise InputError(f"{path}: PDF files need an extra; install it: pip install 'deepstudy[documents]'") from None
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of fonts that it guesses
    try:
        with pdfplumber.open(io.BytesIO(raw)) as document:
            count = len(document.pages)
            pages = [_extract(page) for page in document.pages] if count <= _MOST_PAGES else []
    except Exception as error:  # pdfminer raises what a broken file makes it run into
        kind = "is encrypted" if "Password" in type(error).__name__ + str(error) else "is a damaged PDF"
        raise InputError(f"{path}: {kind}; save it again, or save the report as text") from None
    if count > _MOST_PAGES:
        raise InputError(f"{path}: has {count:,} pages, more than {_MOST_PAGES}; give the pages of the report alone")
    lines = [line for number, page in enumerate(pages, 1) for line in _lines(page, number)]
    if sum(len(line.text.split()) for line in lines) < _FEWEST_WORDS:
        raise InputError(f"{path}: has no text layer, so it is probably scanned; run OCR on it, for example ocrmypdf")
    return lines


@dataclass(frozen=True)
class _Page:
    """What pdfplumber finds on a page: its words outside tables, and each table's box and cells."""

    width: float
    words: list[dict[str, Any]]
    tables: list[tuple[tuple[float, float, float, float], list[list[str]]]]


def _extract(page: Any) -> _Page:
    found = [(table.bbox, _cells(table)) for table in page.find_tables()]
    tables = [(box, cells) for box, cells in found if _is_table(cells)]
    words = _words(page)
    upright = [word for word in words if word.get("upright", True)]
    loose = [word for word in upright if not any(_within(word, box) for box, _ in tables)]
    return _Page(float(page.width), loose, tables)


def _words(page: Any) -> list[dict[str, Any]]:
    """The words of a page. Where letters stand close, smaller gaps part words."""
    words: list[dict[str, Any]] = []
    for ratio in _GAPS_OF_WORDS:
        words = page.extract_words(use_text_flow=False, keep_blank_chars=False, x_tolerance_ratio=ratio)
        letters = sum(len(word["text"]) for word in words)
        if letters <= _LONGEST_WORDS * len(words):
            break
    return words


def _lines(page: _Page, number: int) -> Iterator[TextLine]:
    blocks: list[tuple[float, list[TextLine]]] = []
    line_number = 0
    for rows in _columns(page.words, page.width):
        for paragraph in _paragraphs(rows):
            line_number += 1
            blocks.append((paragraph[0].top, [TextLine(_join(paragraph), f"page {number}, line {line_number}")]))
            line_number += len(paragraph) - 1
    for index, (box, cells) in enumerate(page.tables, 1):
        places = [f"page {number}, table {index}, row {row}" for row in range(1, len(cells) + 1)]
        at = next((place for place, (top, _) in enumerate(blocks) if top > box[1]), len(blocks))
        blocks.insert(at, (box[1], table_rows(cells, places)))
    for _, lines in blocks:
        yield from lines


def _cells(table: Any) -> list[list[str]]:
    """The cells of a table. Where rules stand only below the header, each printed line of the cells is a row."""
    rows: list[list[str]] = []
    for row in table.extract(x_tolerance_ratio=0.15):
        split = [(cell or "").splitlines() or [""] for cell in row]
        counts = {len(lines) for lines in split}
        if len(counts) == 1 and counts != {1}:
            rows += [list(cells) for cells in zip(*split, strict=True)]
        else:
            rows.append([" ".join(lines) for lines in split])
    return rows


def _is_table(rows: list[list[str]]) -> bool:
    """Whether ruled lines enclose a table and not a frame or a picture."""
    filled = sum(bool(cell and cell.strip()) for row in rows for cell in row)
    return len(rows) > 1 and len(rows[0]) > 1 and filled * 2 >= sum(map(len, rows))


def _within(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _rows(words: Sequence[dict[str, Any]]) -> list[_Row]:
    """The words of a column as printed lines, from top to bottom."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"], word["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        if rows and rows[-1][0]["top"] <= middle <= rows[-1][0]["bottom"]:
            rows[-1].append(word)
        else:
            rows.append([word])
    made = []
    for row in rows:
        row.sort(key=lambda word: word["x0"])
        top, bottom = min(word["top"] for word in row), max(word["bottom"] for word in row)
        made.append(_Row(tuple(row), float(top), float(bottom - top)))
    return made


def _columns(words: Sequence[dict[str, Any]], width: float) -> list[list[_Row]]:
    """The lines of a page, column by column. What crosses the middle separates the columns above from those below."""
    rows = _rows(words)
    gutter = _gutter(rows, width)
    if gutter is None:
        return [rows]
    groups: list[list[_Row]] = []
    left: list[dict[str, Any]] = []
    right: list[dict[str, Any]] = []
    for row in rows:
        crosses = any(word["x0"] < gutter < word["x1"] for word in row.words)
        sides = (
            [word for word in row.words if word["x1"] <= gutter],
            [word for word in row.words if word["x0"] >= gutter],
        )
        near = bool(sides[0] and sides[1]) and sides[1][0]["x0"] - sides[0][-1]["x1"] < _GAP * row.height
        if crosses or near:
            groups += [_rows(left), _rows(right), [row]]
            left, right = [], []
        else:
            left += sides[0]
            right += sides[1]
    return [group for group in [*groups, _rows(left), _rows(right)] if group]


def _gutter(rows: Sequence[_Row], width: float) -> float | None:
    """Where two columns part, in points; None where a page has one column."""
    if len(rows) < 10:
        return None
    best, crossings = None, len(rows)
    for step in range(40, 61):
        x = width * step / 100
        crossed = sum(any(word["x0"] - 2 < x < word["x1"] + 2 for word in row.words) for row in rows)
        if crossed < crossings:
            best, crossings = x, crossed
    if best is None or crossings > 0.25 * len(rows):
        return None
    both = [row for row in rows if row.left < best < row.right]
    sides = [sum(word["x1"] <= best for word in row.words) for row in both]
    sides += [sum(word["x0"] >= best for word in row.words) for row in both]
    is_text = bool(sides) and statistics.median(sides) >= _FEWEST_IN_COLUMN
    return best if is_text and len(both) >= 0.4 * len(rows) else None


def _paragraphs(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Lines that belong together, because one reaches the right edge and the next follows closely."""
    if not rows:
        return
    edge = sorted(row.right for row in rows)[int(0.9 * (len(rows) - 1))]
    paragraph = [rows[0]]
    for before, row in itertools.pairwise(rows):
        follows = row.top - (before.top + before.height) < 0.9 * before.height
        same_size = 0.8 < row.height / before.height < 1.25 if before.height else False
        reaches = before.right > edge - 4 * before.height
        begins = re.match(r"\s*(?:[-*•▪◦–·●○]|\(?\d{1,2}[.)]|[A-Z]\.|#|Epoch|\[)", row.text)
        apart = "  " in before.text or "  " in row.text or _is_row(before.text) or _is_row(row.text)
        if follows and same_size and reaches and not begins and not apart:
            paragraph.append(row)
        else:
            yield paragraph
            paragraph = [row]
    yield paragraph


def _is_row(text: str) -> bool:
    """Whether a line ends in two numbers, as a row of a table does that has no rules."""
    return _TWO_NUMBERS.search(text) is not None


def _join(paragraph: Sequence[_Row]) -> str:
    text = paragraph[0].text
    for row in paragraph[1:]:
        is_cut = re.search(r"[a-z]-$", text) and row.text[:1].islower()
        text = f"{text[:-1]}{row.text}" if is_cut else f"{text} {row.text}"
    return text
