"""What a document is made of: headings, paragraphs, tables, logs, code. Each block knows its lines.

`read_blocks` (in `layout.py`) makes them. Sentences that were wrapped over several lines are whole again here, so that
patterns need not care about line ends; `Paragraph.locate` says where a letter of such a text stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """A piece of one line.

    Attributes:
        line: the number of the line in the document, from 0.
        start: its first letter.
        end: the letter after its last.
    """

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes:
        text: what it says, without marks and numbers.
        level: 1 is the title.
        line: the number of its line in the document, from 0.
    """

    text: str
    level: int
    line: int


@dataclass(frozen=True)
class Paragraph:
    """Running text: a paragraph or a list item, its wrapped lines joined by single spaces.

    Attributes:
        text: what it says.
        pieces: for each of its lines, in order: where it begins in `text`, the number of the line in the document, and
            at which letter of that line it begins.
        is_item: whether it is an item of a list.
    """

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    is_item: bool = False

    @property
    def line(self) -> int:
        """The number of its first line in the document, from 0."""
        return self.pieces[0][1]

    def locate(self, start: int, end: int) -> Span:
        """Find where a part of the text stands in the document.

        Arguments:
            start: its first letter in `text`.
            end: the letter after its last.

        Returns:
            Its place; of a part on two lines, the piece on the first.
        """
        at, line, column = next(piece for piece in reversed(self.pieces) if piece[0] <= start)
        return Span(line, column + start - at, column + end - at)


@dataclass(frozen=True)
class TableCell:
    """A cell of a table.

    Attributes:
        text: what it says.
        span: where it stands.
    """

    text: str
    span: Span


@dataclass(frozen=True)
class TableRow:
    """A row of a table below its header.

    Attributes:
        cells: its cells; a cell that spans several columns stands in each of them.
        line: the number of its line in the document, from 0.
        group: what a row above it says that spans the whole table, as a subtitle of the rows below it.
    """

    cells: tuple[TableCell, ...]
    line: int
    group: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """A table.

    Attributes:
        columns: the header of each column; where a header has two levels, both, `Test / Accuracy`.
        rows: the rows below it.
        caption: the caption, or the sentence right above the table; "" if there is none.
        line: the number of its first line in the document, from 0.
        headings: the headings above it, the outermost first.
    """

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    caption: str
    line: int
    headings: tuple[str, ...] = ()

    def label(self, row: TableRow) -> str:
        """Name a row by its cells that are no numbers.

        Arguments:
            row: one of its rows.

        Returns:
            The words of the row, `Nadam / 25%` or `ResNet-18`.
        """
        words = [cell.text for cell in row.cells if any(letter.isalpha() for letter in cell.text)]
        return " / ".join(dict.fromkeys(words)) or (row.cells[0].text if row.cells else "")


@dataclass(frozen=True)
class Verbatim:
    """Lines that are no sentences: a log, code, printed output.

    Attributes:
        lines: the numbers of its lines in the document, from 0.
        kind: `code` where the document marks it so or it looks so, otherwise `output`.
    """

    lines: tuple[int, ...]
    kind: str = "output"


Block = Heading | Paragraph | PrintedTable | Verbatim


@dataclass
class DocumentLayout:
    """A document as blocks, in reading order.

    Attributes:
        blocks: the blocks.
        headings: for each block, the headings that it stands under, the outermost first.
    """

    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def tables(self) -> Iterator[PrintedTable]:
        """The tables."""
        return (block for block in self.blocks if isinstance(block, PrintedTable))
