"""The texts of a document that can hold a statement: paragraphs, captions, rows of tables, printed lines; and code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, PrintedTable, Verbatim
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import clean_in_place
from deepstudy.audits.reading.lines.tokens import LONGEST


@dataclass(frozen=True)
class TextPassage:
    """A text of a document.

    Attributes:
        text: what it says, without marks; each letter in its place.
        kind: whether it is a paragraph, a caption, a row of a table, a printed line, or a line of code.
        block: the number of its block in the layout, from 0.
        where: the place of its first line.
        pieces: for each line of it, where the line begins in `text`, and its place.
    """

    text: str
    kind: Literal["text", "caption", "row", "output", "code"]
    block: int
    where: str
    pieces: tuple[tuple[int, str], ...] = ()

    def place(self, start: int) -> str:
        """Say where a letter of the text stands.

        Arguments:
            start: the letter.

        Returns:
            The place of its line, `report.md:12`.
        """
        return next((where for at, where in reversed(self.pieces) if at <= start), self.where)


def read_passages(document: ReportDocument, layout: DocumentLayout) -> Iterator[TextPassage]:
    """Go through the texts of a document.

    Arguments:
        document: the document.
        layout: its blocks.

    Yields:
        Its texts, in reading order, without headings. Rows of a table have ` | ` between their cells.
    """
    for number, block in enumerate(layout.blocks):
        if isinstance(block, Paragraph):
            pieces = tuple((at, document.where(line + 1)) for at, line, _ in block.pieces)
            yield TextPassage(clean_in_place(block.text), "text", number, pieces[0][1], pieces)
        elif isinstance(block, PrintedTable):
            if block.caption:
                yield TextPassage(clean_in_place(block.caption), "caption", number, document.where(block.line + 1))
            for row in block.rows:
                text = " | ".join(clean_in_place(cell.text) for cell in row.cells)
                yield TextPassage(text[:LONGEST], "row", number, document.where(row.line + 1))
        elif isinstance(block, Verbatim):
            kind: Literal["output", "code"] = "code" if block.kind == "code" else "output"
            for line in block.lines:
                text = clean_in_place(document.lines[line].text[:LONGEST])
                yield TextPassage(text, kind, number, document.where(line + 1))
