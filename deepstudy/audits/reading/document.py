"""A document and its lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class TextLine:
    """A line of a document.

    Attributes:
        text: what it says. A row of a table is a row of Markdown, a heading begins with `#`.
        place: where a person finds it in the file: `12` is a line, others say `page 3, line 7` or `cell 4, line 2`.
        kind: what the format says that it is: running text, a caption, code, or printed output.
        later: of a line that was cut, where its later parts begin in the text, and their places.
    """

    text: str
    place: str
    kind: Literal["text", "caption", "code", "output"] = "text"
    later: tuple[tuple[int, str], ...] = ()

    def place_of(self, letter: int) -> str:
        """Find the place of a letter.

        Arguments:
            letter: its number in the text, from 0.

        Returns:
            The place of the part that it stands in.
        """
        return next((place for at, place in reversed(self.later) if at <= letter), self.place)


_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def without_escapes(text: str) -> str:
    """Remove what colours a terminal.

    Arguments:
        text: printed text.

    Returns:
        The text without ANSI escape sequences.
    """
    return _ESCAPE.sub("", text) if "\x1b" in text else text


_BLANKS = re.compile(r"(?:(?!(?<=\d)[\u00a0\u2009\u202f]\d{3}(?!\d))\s)+")  # but those between thousands, `10\u202f000`


def tidy(text: str) -> str:
    """Make one blank of each row of blanks.

    Arguments:
        text: a text of any lines.

    Returns:
        One line, with narrow blanks kept inside of numbers.
    """
    return _BLANKS.sub(" ", text).strip()


@dataclass(frozen=True)
class ReportDocument:
    """A file as text.

    Attributes:
        name: the name of the file.
        lines: its lines, in reading order.
    """

    name: str
    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.text for line in self.lines)

    def where(self, index: int, letter: int = 0) -> str:
        """Say where a line is.

        Arguments:
            index: the number of the line in `lines`, from 1.
            letter: of a line that was cut, which letter is meant, from 0.

        Returns:
            `report.md:12` or `report.pdf, page 3, line 7`.
        """
        place = self.lines[min(index, len(self.lines)) - 1].place_of(letter) if self.lines else "1"
        return f"{self.name}:{place}" if place.isdecimal() else f"{self.name}, {place}"


def table_rows(rows: Sequence[Sequence[str]], places: Sequence[str]) -> list[TextLine]:
    """Write a table as rows of Markdown.

    Arguments:
        rows: the cells, the header first.
        places: the place of each row.

    Returns:
        A line for each row, and the line below the header.
    """
    lines = []
    width = max(map(len, rows), default=0)
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        cells = [tidy(cell.replace("|", "/")) for cell in row]
        cells += [""] * (width - len(cells))
        lines.append(TextLine(f"| {' | '.join(cells)} |", place))
        if number == 0:
            lines.append(TextLine(f"|{'---|' * width}", place))
    return lines
