"""A table of text, which can be written as Markdown, LaTeX or CSV, or to a terminal."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tabulate import tabulate

if TYPE_CHECKING:
    import rich.table

Format = Literal["markdown", "latex", "csv"]
_SENTENCE = 30  # a cell with more characters needs several lines in a paper


@dataclass(frozen=True)
class Table:
    """Cells of text.

    Attributes:
        columns: the headers.
        rows: a text for each column.
        numeric: positions of the columns that are aligned right.
        caption: a title, which the caller writes.
        marks: symbols before the text of a cell that LaTeX's usual fonts lack. They are left out in LaTeX.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    caption: str = ""
    marks: frozenset[str] = frozenset()

    def write(self, format: Format) -> str:
        """Write the table as text.

        Arguments:
            format: `markdown`, `latex` (package booktabs) or `csv`.

        Returns:
            Lines that each end in a newline.
        """
        if format == "csv":
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([self.columns, *self.rows])
            return text.getvalue()
        rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]
        if format == "markdown":
            rows = [[cell.replace("|", "\\|").replace("<", "&lt;") for cell in row] for row in rows]
        else:
            rows = [[self._without_mark(cell) for cell in row] for row in rows]
        align = ["right" if column in self.numeric else "left" for column in range(len(self.columns))]
        style = {"markdown": "github", "latex": "latex_booktabs"}[format]
        drawn = tabulate(rows, headers=list(self.columns), tablefmt=style, colalign=align, disable_numparse=True) + "\n"
        return self._for_paper(drawn) if format == "latex" else drawn

    def _without_mark(self, cell: str) -> str:
        mark, _, text = cell.partition(" ")
        return text if mark in self.marks else cell

    def _for_paper(self, latex: str) -> str:
        """LaTeX whose columns of sentences wrap."""
        longest = [max((len(row[column]) for row in self.rows), default=0) for column in range(len(self.columns))]
        wide = sum(length > _SENTENCE for length in longest)
        letters = ["r" if column in self.numeric else "l" for column in range(len(self.columns))]
        wrapped = [
            f"p{{{0.6 / wide:.2f}\\linewidth}}" if length > _SENTENCE else letter
            for letter, length in zip(letters, longest, strict=True)
        ]
        return latex.replace("{" + "".join(letters) + "}", "{" + "".join(wrapped) + "}", 1).replace("±", r"$\pm$")

    def rich(self) -> "rich.table.Table":
        """The table for a terminal: sentences wrap, numbers are never cut."""
        from rich.cells import cell_len
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(box=None, pad_edge=False, header_style="bold")
        for number, column in enumerate(self.columns):
            wraps = number not in self.numeric and number > 0
            whole = max(cell_len(cell) for cell in (column, *(row[number] for row in self.rows)))
            table.add_column(
                column,
                justify="left" if wraps or not number else "right",
                no_wrap=not wraps,
                overflow="fold",
                min_width=None if wraps else whole,  # a number that is cut is another number
            )
        for row in self.rows:
            table.add_row(*(Text(cell) for cell in row))
        return table
