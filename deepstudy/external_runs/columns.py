"""The cells of a CSV file of metrics, and what the names of its columns say."""

import csv
import io
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deepstudy.errors import InputError

SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
SPLITS |= dict.fromkeys(("val", "valid", "validation", "dev", "eval", "evaluation"), "validation")
# Names of columns are matched in lower case, with nothing left but letters, digits and %.
_MEASURED = re.compile(
    rf"(?:epoch|metrics)?(?P<before>{'|'.join(SPLITS)})?"
    r"((?:top1)?(?:sparse)?(?:categorical)?acc(?:uracy)?(?:top)?1?|top1"
    r"|(?P<error>(?:top1)?err(?:or)?(?:rate)?(?:top)?1?)|(?P<loss>loss))"
    rf"(?P<after>{'|'.join(SPLITS)})?(?P<whole>epoch)?"
)
_OTHERS = {
    "epoch": re.compile("epochs?"),
    "split": re.compile("split|phase"),
    "measure": re.compile("measure"),
    "correct": re.compile("correct"),
    "images": re.compile("images"),
    "lr": re.compile("lr|learningrate|lrpg0"),
    "elapsed": re.compile("(?:time|seconds)?elapsed(?:time)?(?:s|secs?|seconds)?"),
    "pace": re.compile("(?:epoch(?:time|seconds|duration)|(?:time|seconds|secs?)perepoch)(?:s|secs?|seconds)?"),
    "time": re.compile("time"),
    "step": re.compile("step"),
}
_PERCENT = re.compile("percent(?:age)?|pct|%")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)", re.ASCII | re.IGNORECASE)
CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)", re.ASCII)


@dataclass(frozen=True)
class MetricsRow:
    """A line of a file.

    Attributes:
        where: its place, `file:line`.
        cells: its cells by the name of their column.
    """

    where: str
    cells: Mapping[str, str]

    def wrong(self, column: str, says: str) -> InputError:
        """Describe what is wrong with a cell.

        Arguments:
            column: the name of the cell's column.
            says: what is wrong; it follows the cell in the message.

        Returns:
            The error, to be raised.
        """
        return InputError(f"{self.where}: {column}: {self.cells[column][:40]!r} {says}")

    def number(self, column: str, finite: bool = True) -> float:
        """Read a number.

        Arguments:
            column: the name of the cell's column.
            finite: whether NaN and infinities are refused.

        Returns:
            The number.

        Raises:
            InputError: if the cell holds no number, or a number that is refused.
        """
        if not _NUMBER.fullmatch(self.cells[column]):
            raise self.wrong(column, "is not a number; write it with a decimal point, or leave the cell empty")
        number = float(self.cells[column])
        if finite and not math.isfinite(number):
            raise self.wrong(column, "is not finite; leave the cell empty where nothing was measured")
        return number

    def whole(self, column: str) -> int:
        """Read a whole number, which pandas may have written as 3.0.

        Arguments:
            column: the name of the cell's column.

        Returns:
            The number, 0 or more.

        Raises:
            InputError: if the cell holds no such number.
        """
        number = self.number(column)
        if number < 0 or number != int(number):
            raise self.wrong(column, "is not a whole number; write 0 or more")
        return int(number)

    def seconds(self, column: str) -> float:
        """Read a time: seconds, mm:ss or h:mm:ss.

        Arguments:
            column: the name of the cell's column.

        Returns:
            Seconds.

        Raises:
            InputError: if the cell holds no time.
        """
        if clock := CLOCK.fullmatch(self.cells[column]):
            hours, minutes, seconds = (float(part or 0) for part in clock.groups())
            return 3600 * hours + 60 * minutes + seconds
        number = self.number(column)
        if number < 0:
            raise self.wrong(column, "is negative; write seconds")
        return round(number, 3)

    def word(self, column: str, words: Mapping[str, str]) -> str:
        """Read a word.

        Arguments:
            column: the name of the cell's column.
            words: the known words, in lower case, with their meanings.

        Returns:
            The meaning of the word.

        Raises:
            InputError: if the word is not known.
        """
        if self.cells[column].lower() not in words:
            *others, last = dict.fromkeys(words.values())
            raise self.wrong(column, f"is not known; write {', '.join(others)} or {last}")
        return words[self.cells[column].lower()]


@dataclass(frozen=True)
class MetricsColumn:
    """A column, and what its name says.

    Attributes:
        name: its name.
        quantity: `accuracy`, `loss`, or a key of `_OTHERS`.
        split: which images; "" where the name does not say it.
        percent: whether the name says that it is in percent.
        error: whether it is an error rate, which is 100 % minus the accuracy.
        whole: whether Lightning says that it is of the whole epoch, beside a column of the last step.
    """

    name: str
    quantity: str
    split: str = ""
    percent: bool = False
    error: bool = False
    whole: bool = False

    @classmethod
    def from_name(cls, name: str) -> "MetricsColumn | None":
        """Read the name of a column.

        Arguments:
            name: the name.

        Returns:
            The column; None if its name is not understood.
        """
        plain = re.sub(r"[^a-z0-9%]", "", name.lower())
        for quantity, pattern in _OTHERS.items():
            if pattern.fullmatch(plain):
                return cls(name, quantity)
        match = _MEASURED.fullmatch(_PERCENT.sub("", plain))
        if match is None or (match["before"] and match["after"]):
            return None
        split = SPLITS.get(match["before"] or match["after"], "")
        percent = _PERCENT.search(plain) is not None
        return cls(
            name, "loss" if match["loss"] else "accuracy", split, percent, bool(match["error"]), bool(match["whole"])
        )

    def rank(self) -> tuple[bool, bool]:
        """The rank among columns that say the same; the best column has the lowest."""
        return not self.whole, self.error


@dataclass(frozen=True)
class MetricsFile:
    """A file of metrics, with its known columns.

    Attributes:
        path: the file.
        rows: its lines, without the header.
        measured: the columns of accuracies and losses.
        other_columns: the names of the other columns, by their quantity.
    """

    path: Path
    rows: Sequence[MetricsRow]
    measured: Sequence[MetricsColumn]
    other_columns: Mapping[str, str]


def read_metrics_file(path: Path, trained_on: str) -> MetricsFile:
    """Read a file of metrics.

    Arguments:
        path: the file.
        trained_on: the split that its loop trained on.

    Returns:
        Its lines and columns.

    Raises:
        InputError: with file and line, if the file is not a table, or could mean two things.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; replace it with a CSV file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from None
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        lines = [(reader.line_num, cells) for row in reader if any(cells := [cell.strip() for cell in row])]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: is not CSV ({error}); save it as CSV") from None
    if len(lines) < 2:
        raise InputError(f"{path}: is empty or has only a header; write a line for each epoch")
    header = [" ".join(name.split()) for name in lines[0][1]]
    lower = [name.lower() for name in header if name]
    if twice := next((name for name in lower if lower.count(name) > 1), None):
        raise InputError(f"{path}:{lines[0][0]}: two columns are called {twice}; delete or rename one")
    rows = []
    for line, cells in lines[1:]:
        if len(cells) < len(header) or any(cells[len(header) :]):  # a line cut short may have lost digits, too
            raise InputError(f"{path}:{line}: {_cells(len(cells))}, but the header has {len(header)}; fix or delete it")
        rows.append(MetricsRow(f"{path}:{line}", dict(zip(header, cells, strict=False))))
    columns = _columns(path, header, trained_on)
    measured = [column for column in columns if column.quantity not in _OTHERS]
    other_columns = {column.quantity: column.name for column in columns if column not in measured}
    return MetricsFile(path, rows, measured, other_columns)


def _cells(count: int) -> str:
    return f"this line has {count} cell{'' if count == 1 else 's'}"


def _columns(path: Path, header: Sequence[str], trained_on: str) -> list[MetricsColumn]:
    """The known columns, one for each quantity and split. A column has no split if each line names one."""
    columns = [column for name in header if (column := MetricsColumn.from_name(name))]
    named = {(column.quantity, column.split) for column in columns if column.split}
    if any(column.quantity == "split" for column in columns):
        columns = [column for column in columns if not column.split]
    else:
        columns = [replace(column, split=_split(path, column, named, trained_on)) for column in columns]
    best: dict[tuple[str, str], MetricsColumn] = {}
    for column in sorted(columns, key=MetricsColumn.rank):
        other = best.setdefault((column.quantity, column.split), column)
        if other is not column and other.rank() == column.rank():
            raise InputError(f"{path}: columns {other.name} and {column.name} have the same meaning; delete one")
    quantities = {quantity for quantity, _ in best}
    if "epoch" not in quantities or not quantities & {"accuracy", "loss"}:
        names = textwrap.shorten(", ".join(header), 200)
        lacks = "an accuracy or a loss" if "epoch" in quantities else "the epoch"
        raise InputError(
            f"{path}: no column gives {lacks} (columns: {names}); rename them, for example "
            "epoch,train_loss,test_accuracy"
        )
    return list(best.values())


def _split(path: Path, column: MetricsColumn, named: set[tuple[str, str]], trained_on: str) -> str:
    """Where a name says no split: as in Keras, the images trained on; as in fastai, those that have only a loss."""
    if column.split or column.quantity in _OTHERS:
        return column.split
    if column.quantity == "loss" or not any(split == "train" for _, split in named):
        return trained_on
    only_loss = [
        split for split in ("validation", "test") if ("loss", split) in named and ("accuracy", split) not in named
    ]
    if len(only_loss) == 1:
        return only_loss[0]
    if named & {("accuracy", "validation"), ("accuracy", "test")}:
        return trained_on
    raise InputError(
        f"{path}: column {column.name} does not name its split; rename it, for example train_{column.name} or "
        f"test_{column.name}"
    )
