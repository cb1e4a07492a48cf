"""The parts of the page: a document from top to bottom, as headings, paragraphs, tables and logs with their marks.

Every line of the document is shown, also one that no reader understood. Long runs of a log without anything to see are
folded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markupsafe import Markup, escape

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.page.marks import MarkedDocument, MarkedPiece, NumberedFinding
from deepstudy.audits.reading.blocks import Block, Heading, Paragraph, PrintedTable, TableRow, Verbatim

_LONGEST_RUN = 40  # lines of a log without anything to see; a longer run is folded ...
_SHOWN_OF_RUN = 6  # ... except for these at each end
_EARLY = 0.9  # of the usual length of a line
_BULLET = re.compile(r"[-*+•‣·](?=\s)")
_EMPTY = Markup()


@dataclass(frozen=True)
class PageCell:
    """A cell of a table.

    Attributes:
        text: what it says, with marks.
        kind: whether it heads a column or a row.
        is_number: whether it stands on the right.
        span: the number of columns that it fills.
    """

    text: Markup
    kind: Literal["", "col", "row"] = ""
    is_number: bool = False
    span: int = 1


@dataclass(frozen=True)
class PageLine:
    """A line of the report, or a row of a table.

    Attributes:
        number: the number of the line in the document, from 0.
        place: where it is in the file, without the page or cell.
        text: what it says, with marks.
        notes: the findings about it.
        cells: of a row, its cells.
        ends_early: whether the next line of its paragraph begins below it, although it has room beside it.
    """

    number: int
    place: str
    text: Markup = _EMPTY
    notes: tuple[NumberedFinding, ...] = ()
    cells: tuple[PageCell, ...] = ()
    ends_early: bool = False


@dataclass(frozen=True)
class PageBlock:
    """A part of the page.

    Attributes:
        kind: what it is; `part` says that a new page or cell begins.
        lines: its lines; those of a table are its rows.
        level: of a heading, its level in the document.
        columns: of a table, its header.
        caption: of a table, its caption.
        is_folded: whether the reader has to open it.
    """

    kind: Literal["part", "heading", "paragraph", "item", "table", "output", "code", "plain"]
    lines: tuple[PageLine, ...]
    level: int = 0
    columns: tuple[PageCell, ...] = ()
    caption: str = ""
    is_folded: bool = False

    @property
    def notes(self) -> list[NumberedFinding]:
        """The findings about its lines."""
        return [note for line in self.lines for note in line.notes]


def cut(evidence: Evidence, marked: MarkedDocument) -> list[PageBlock]:
    """Cut a document into the parts of the page. A line that is in no block stands for itself.

    Arguments:
        evidence: what the report says, with its blocks.
        marked: its document with marks.

    Returns:
        The parts from top to bottom.
    """
    lines = marked.document.lines
    layout = evidence.layout.blocks
    if evidence.document is None:  # a study file is code
        layout = [Verbatim(tuple(range(len(lines))), "code")]
    taken: set[int] = set()
    shown_blocks: list[Block] = []
    for block in layout:
        if taken.isdisjoint(_lines_of(block)):
            taken.update(_lines_of(block))
            shown_blocks.append(block)
    for table in (block for block in shown_blocks if isinstance(block, PrintedTable)):
        taken.update(range(table.line, max(_lines_of(table))))  # such as the line of dashes below its header
    levels, width = _Levels(), _text_width(shown_blocks, marked)
    owners = {min(_lines_of(block)): _block(block, marked, levels, width) for block in shown_blocks}
    blocks: list[PageBlock] = []
    part = ""
    for number, line in enumerate(lines):
        owner = owners.get(number)
        if owner is None and (number in taken or not any(map(str.isalnum, line.text))):
            continue
        new_part, _ = _split_place(line.place)
        if new_part and new_part != part:
            blocks.append(PageBlock("part", (PageLine(number, new_part),)))
        part = new_part
        shown = owner or PageBlock("plain", (_line(marked, number),))
        blocks += _fold(shown, marked) if shown.kind in ("output", "code") else [shown]
    return blocks


def _lines_of(block: Block) -> list[int]:
    """The numbers of the lines that a block shows."""
    match block:
        case Paragraph():
            return sorted({line for _, line, _ in block.pieces})
        case Verbatim():
            return list(block.lines)
        case PrintedTable():
            return sorted({block.line, *(row.line for row in block.rows)})
        case Heading():
            return [block.line]


def _text_width(blocks: Sequence[Block], marked: MarkedDocument) -> int:
    """The length at which the document's sentences are wrapped. A line that ends earlier was meant to end there."""
    pieces = (block.pieces[:-1] for block in blocks if isinstance(block, Paragraph))
    lengths = sorted(len(marked.document.lines[line].text) for each in pieces for _, line, _ in each)
    return lengths[len(lengths) * 4 // 5] if lengths else 0


def _block(block: Block, marked: MarkedDocument, levels: "_Levels", width: int) -> PageBlock:
    match block:
        case Heading():
            text = marked.document.lines[block.line].text
            start = len(text) - len(text.lstrip("# \t"))
            return PageBlock("heading", (_line(marked, block.line, start),), levels.below_page(block.level))
        case Paragraph():
            return _paragraph(block, marked, width)
        case PrintedTable():
            return _table(block, marked)
        case Verbatim():
            return _verbatim(block, marked)


def _paragraph(block: Paragraph, marked: MarkedDocument, width: int) -> PageBlock:
    columns = {line: column for _, line, column in reversed(block.pieces)}
    lines: list[PageLine] = []
    for number, column in sorted(columns.items()):
        line = _line(marked, number, column)
        before = marked.document.lines[number].text[:column].strip()
        if before and not lines:
            line = replace(line, text=Markup("{} {}").format(_BULLET.sub("•", before + " ").strip(), line.text))
        if lines:
            first_word = marked.document.lines[number].text[column:].partition(" ")[0]
            length = len(marked.document.lines[lines[-1].number].text)
            lines[-1] = replace(lines[-1], ends_early=length + 1 + len(first_word) < _EARLY * width)
        lines.append(line)
    return PageBlock("item" if block.is_item else "paragraph", tuple(lines))


def _verbatim(block: Verbatim, marked: MarkedDocument) -> PageBlock:
    kind: Literal["code", "output"] = "code" if block.kind == "code" else "output"
    said = [at for at, number in enumerate(block.lines) if marked.document.lines[number].text.strip()]
    lines = block.lines[said[0] : said[-1] + 1] if said else block.lines[:1]  # without empty lines at its ends
    return PageBlock(kind, tuple(_line(marked, number) for number in lines))


def _table(block: PrintedTable, marked: MarkedDocument) -> PageBlock:
    numeric = {
        column
        for column in range(1, len(block.columns))
        if block.rows and all(len(row.cells) <= column or _is_number(row.cells[column].text) for row in block.rows)
    }
    header = tuple(
        PageCell(escape(text), "col" if text.strip() else "", column in numeric)
        for column, text in enumerate(block.columns)
    )
    known = {row.line for row in block.rows}
    above = [number for number in range(block.line, max(_lines_of(block))) if number not in known]
    notes = tuple(note for number in above for note in marked.notes(number))
    lines = [replace(_line(marked, block.line), text=_EMPTY, notes=notes)]
    group = ""
    for row in block.rows:
        if row.group and row.group != group:
            cell = PageCell(escape(row.group), "row", span=len(block.columns))
            lines.append(PageLine(-1, "", cells=(cell,)))
        group = row.group
        cells = tuple(_cells(row, marked, numeric))
        padding = (PageCell(_EMPTY),) * (len(block.columns) - len(cells))
        lines.append(replace(_line(marked, row.line), text=_EMPTY, cells=cells + padding))
    return PageBlock("table", tuple(lines), columns=header, caption=block.caption)


def _cells(row: TableRow, marked: MarkedDocument, numeric: set[int]) -> Iterator[PageCell]:
    for column, cell in enumerate(row.cells):
        if column and cell.span == row.cells[column - 1].span:  # it spans several columns and stands in each
            text = escape(cell.text)
        else:
            text = _markup(marked.pieces(cell.span.line, cell.span.start, cell.span.end))
        yield PageCell(text, "row" if column == 0 and cell.text.strip() else "", column in numeric)


def _is_number(text: str) -> bool:
    """Whether a cell holds a number, perhaps with a unit, or nothing."""
    letters = sum(map(str.isalpha, text))
    return letters <= 3 and (any(map(str.isdecimal, text)) or letters == 0)


class _Levels:
    """The level of each heading on the page, where none may be skipped."""

    def __init__(self) -> None:
        self._above: list[int] = []

    def below_page(self, level: int) -> int:
        """The level of the next heading: the document stands below the page's own headings of level 2."""
        while self._above and self._above[-1] >= level:
            self._above.pop()
        self._above.append(level)
        return min(2 + len(self._above), 6)


def _fold(block: PageBlock, marked: MarkedDocument) -> Iterator[PageBlock]:
    """Cut a log into what is to be seen, and long runs of lines without anything to see, which are folded."""
    shown_from = run_from = 0
    remarkable = [at for at, line in enumerate(block.lines) if marked.is_remarkable(line.number)]
    for end in (*remarkable, len(block.lines)):
        if end - run_from > _LONGEST_RUN:
            first, last = run_from + _SHOWN_OF_RUN, end - _SHOWN_OF_RUN
            yield replace(block, lines=block.lines[shown_from:first])
            yield replace(block, lines=block.lines[first:last], is_folded=True)
            shown_from = last
        run_from = end + 1
    yield replace(block, lines=block.lines[shown_from:])


def _line(marked: MarkedDocument, number: int, start: int = 0) -> PageLine:
    _, place = _split_place(marked.document.lines[number].place)
    return PageLine(number, place, _markup(marked.pieces(number, start)), tuple(marked.notes(number)))


def _split_place(place: str) -> tuple[str, str]:
    """The page or cell of a place, and the line in it: `page 3, line 7` is `page 3` and `7`; `12` is "" and `12`."""
    part, *_, line = place.split(", ") if ", " in place else (place, "") if "cell" in place else ("", place)
    return part, line.removeprefix("line ").replace("paragraph ", "¶ ")


def _markup(pieces: Iterator[MarkedPiece]) -> Markup:
    """A line with its marks as HTML."""
    return Markup().join(map(_piece, pieces))


def _piece(piece: MarkedPiece) -> Markup:
    text = escape(piece.text)
    if not piece.mark:
        return text
    if piece.mark == "sound":
        return Markup('<span class="sound">{}</span>').format(text)
    if piece.mark == "unread":
        return Markup('<span class="unread" title="not understood">{}</span>').format(text)
    link = Markup('<a class="ref" href="#finding-{0}" aria-label="finding {0}">{0}</a>').format
    return Markup('<mark class="{}">{}</mark>').format(piece.mark, text) + Markup().join(map(link, piece.notes))
