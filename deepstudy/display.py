"""What the verbs return: it prints as the command does, shows in a notebook, and turns into a data frame."""

import html
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from deepstudy.errors import InputError
from deepstudy.table import Table

if TYPE_CHECKING:
    import pandas
    from rich.console import Console, RenderableType

_WIDTH = 80  # columns of printed text


class Displayed(ABC):
    """A result that a person looks at. `print(result)` prints what the command prints."""

    @abstractmethod
    def renderables(self, width: int) -> "Sequence[RenderableType]":
        """What the command prints, in order.

        Arguments:
            width: columns of the terminal.
        """

    @abstractmethod
    def as_table(self) -> Table:
        """The result as a table: what a notebook shows."""

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `to_pandas`, by column; by default those of `as_table`."""
        table = self.as_table()
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def print(self, console: "Console") -> None:
        """Print the result as the command does.

        Arguments:
            console: where to.
        """
        from rich.text import Text

        for each in self.renderables(console.width):
            console.print(each, soft_wrap=isinstance(each, Text))  # its lines are wrapped already; a path stays whole

    def __str__(self) -> str:
        from rich.console import Console

        console = Console(width=_WIDTH, highlight=False, color_system=None, force_terminal=False, force_jupyter=False)
        with console.capture() as capture:
            self.print(console)
        return "\n".join(line.rstrip() for line in capture.get().splitlines())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.as_table().caption}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """What IPython shows in a terminal."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        table = self.as_table()
        align = ["right" if number in table.numeric else "left" for number in range(len(table.columns))]
        drawn = tabulate(table.rows, table.columns, tablefmt="html", colalign=align, disable_numparse=True)
        return f"<p><b>{html.escape(table.caption)}</b></p>{drawn}"

    def to_pandas(self) -> "pandas.DataFrame":
        """Make a data frame.

        Returns:
            A row for each finding, metrics line or verdict.

        Raises:
            InputError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise InputError("to_pandas() needs pandas; install it: pip install 'deepstudy[notebook]'") from None
        rows = self.rows()
        return pandas.DataFrame(rows, columns=list(rows[0]) if rows else list(self.as_table().columns))
