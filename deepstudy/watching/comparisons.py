"""The numbers that a program printed, each held against what it computed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepstudy.watching.averages import Averages, WrongAverage
from deepstudy.watching.printed_numbers import PrintedNumber, numbers_of
from deepstudy.watching.recording import PrintedLine, Round

_MOST_LINES = 400  # from one place that are compared


@dataclass(frozen=True)
class PrintedAt:
    """A loss or an accuracy in a line.

    Attributes:
        line: the line.
        number: the number.
        start: where it begins in the line.
        before: the clock of the line before from the same place; -1 if there is none.
    """

    line: PrintedLine
    number: PrintedNumber
    start: int
    before: int


@dataclass(frozen=True)
class Comparison:
    """What one statement printed at one position of its lines, held against what was computed.

    Attributes:
        last: its last line, or the last one whose number is a wrong average.
        lines: how many of its lines were compared.
        fitting: how many of them hold a right average.
        round: the round that this number is about; None if unknown.
        computed: the right value; None if it is not known what the number is.
        wrong: the wrong average that the number is; None if it is not known to be one.
    """

    last: PrintedAt
    lines: int
    fitting: int
    round: Round | None
    computed: float | None
    wrong: WrongAverage | None


def compare_printed(averages: Averages) -> list[Comparison]:
    """Compare the losses and accuracies that a program printed.

    Arguments:
        averages: the averages of the program.

    Returns:
        A comparison for each number of each statement that printed one, in the order of its first line.
    """
    printed: dict[tuple[str, int], list[PrintedAt]] = defaultdict(list)
    before: dict[str, int] = {}
    for line in averages.evidence.recording.printed:
        for place, (number, start) in enumerate(_numbers_at(line.text)):
            if number.quantity:
                printed[line.where, place].append(PrintedAt(line, number, start, before.get(line.where, -1)))
        before[line.where] = line.clock
    return [_compare(averages, lines[-_MOST_LINES:]) for lines in printed.values()]


def _numbers_at(text: str) -> Iterator[tuple[PrintedNumber, int]]:
    """The numbers of a line, and where they begin."""
    end = 0
    for number in numbers_of(text):
        start = text.index(number.text, end)
        end = start + len(number.text)
        yield number, start


def _compare(averages: Averages, printed: Sequence[PrintedAt]) -> Comparison:
    """Compare the lines of one statement."""
    found = [averages.right(each.line, each.number, each.before) for each in printed]
    fitting = sum(each is not None for each in found)
    for each in reversed(printed):
        for wrong in averages.wrong:
            if wrong.line is each.line and wrong.printed == each.number:
                return Comparison(each, len(printed), fitting, wrong.round, wrong.right, wrong)
    round, computed = found[-1] or (None, None)
    return Comparison(printed[-1], len(printed), fitting, round, computed, None)
