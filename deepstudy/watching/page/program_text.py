"""The lines of a watched program around a place."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deepstudy.checks.units import read_units
from deepstudy.errors import InputError

_AROUND = 3  # lines before and after
_WIDEST = 400  # letters of a line


@dataclass(frozen=True)
class CodeLine:
    """A line of a program.

    Attributes:
        number: its number in the file or cell.
        text: its text.
        is_here: whether it is the line that a finding is about.
    """

    number: int
    text: str
    is_here: bool


class ProgramText:
    """Looks up lines of a program.

    Arguments:
        script: its file.
    """

    def __init__(self, script: Path) -> None:
        self.script = script
        self._files: dict[str, list[str]] = {}

    def around(self, where: str) -> list[CodeLine]:
        """Find the lines around a place.

        Arguments:
            where: the place: `train.py:31` or `lab.ipynb cell 4:7`.

        Returns:
            Its line and some before and after it, without a common indent; empty if the place has no line.
        """
        name, _, line = where.rpartition(":")
        lines = self._lines(name)
        if not line.isdecimal() or not 1 <= int(line) <= len(lines):
            return []
        here = int(line)
        before, after = (
            _until_a_gap([number for number in numbers if 1 <= number <= len(lines)], lines)
            for numbers in (range(here - 1, here - _AROUND - 1, -1), range(here + 1, here + _AROUND + 1))
        )
        numbers = [*reversed(before), here, *after]
        texts = [lines[number - 1].expandtabs(4).rstrip()[:_WIDEST] for number in numbers]
        indent = min((len(text) - len(text.lstrip()) for text in texts if text), default=0)
        return [CodeLine(number, text[indent:], number == here) for number, text in zip(numbers, texts, strict=True)]

    def _lines(self, name: str) -> list[str]:
        if name in self._cells:
            return self._cells[name]
        if name not in self._files:
            self._files[name] = self._read(name)
        return self._files[name]

    def _read(self, name: str) -> list[str]:
        """The lines of a file of the program; none if it lies elsewhere or cannot be read."""
        folder = self.script.resolve().parent
        path = (folder / name).resolve()
        if not name or path.suffix != ".py" or not path.is_relative_to(folder):
            return []
        try:
            return path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:  # moved or deleted while it ran
            return []

    @cached_property
    def _cells(self) -> dict[str, list[str]]:
        """The cells of a notebook by the names that places give them."""
        if self.script.suffix.lower() != ".ipynb":
            return {}
        try:
            return {unit.label: unit.text.splitlines() for unit in read_units(self.script)}
        except InputError:  # moved or changed while it ran
            return {}


def _until_a_gap(numbers: list[int], lines: list[str]) -> list[int]:
    """The lines on one side of a place, up to two empty lines, and without an empty one at the end."""
    empty = [not lines[number - 1].strip() for number in numbers]
    for at in range(len(numbers) - 1):
        if empty[at] and empty[at + 1]:
            return numbers[:at]
    return numbers[:-1] if empty and empty[-1] else numbers
