"""What the program prints, line by line. The bytes go where they went before."""

import io
import sys
from typing import Any

from deepstudy.watching.observer.rounds import Rounds
from deepstudy.watching.observer.state import State, shielded
from deepstudy.watching.recording import PrintedLine

_LONGEST = 2_000
_MOST_LINES = 50_000


class Printing:
    """Reads along on stdout.

    Arguments:
        state: what the observers share.
        rounds: a line may end a round.
    """

    def __init__(self, state: State, rounds: Rounds) -> None:
        self.state, self.rounds = state, rounds
        self._line = ""

    def install(self) -> None:
        """Put a stream in the place of stdout that writes to the same file."""
        stream = sys.stdout
        if isinstance(stream, io.TextIOWrapper):
            stream.flush()
            sys.stdout = sys.__stdout__ = _ReadStream(stream, self)  # type: ignore[misc]

    def read(self, text: str) -> None:
        """Take what was printed.

        Arguments:
            text: any piece of a line, or several lines.
        """
        if not self.state.is_here:
            return
        *ended, rest = text.split("\n")
        for piece in ended:
            self._end_line(self._line + piece)
            self._line = ""
        self._line = (self._line + rest)[-4 * _LONGEST :]

    @shielded
    def _end_line(self, line: str) -> None:
        shown = line.rpartition("\r")[2] or line
        if shown.strip():
            self.rounds.line_printed()
            if len(self.state.recording.printed) < _MOST_LINES:
                where = self.state.places.here()
                self.state.recording.printed.append(PrintedLine(self.state.clock, shown[:_LONGEST], where))

    def finish(self) -> None:
        """Take a last line without an end."""
        if self._line:
            self._end_line(self._line)
            self._line = ""


class _ReadStream(io.TextIOWrapper):
    """Writes to the file of another stream, and shows what it writes to a `Printing`."""

    def __init__(self, stream: io.TextIOWrapper, printing: Printing) -> None:
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            newline="\n" if sys.platform != "win32" else None,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        self._printing = printing
        self._stream = stream  # keeps its file open

    def write(self, text: str) -> int:
        written = super().write(text)
        self._printing.read(text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)
