"""The metrics of a run, from the cells of a CSV file."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

from deepstudy.errors import InputError
from deepstudy.external_runs.columns import CLOCK, SPLITS, MetricsColumn, MetricsFile, MetricsRow
from deepstudy.record import MetricsLine
from deepstudy.study.experiment import SplitName

_MEASURES = {"running": "running", "scored": "scored"}
_ONE = 1 + 4e-7  # all images, as a mean of 32-bit numbers may put it
_MOST_EPOCHS = 100_000

_Numbered = Sequence[tuple[MetricsRow, int]]  # lines with their epochs
_Extras = dict[tuple[int, str], dict[str, Any]]  # by epoch and split, "" for all of the epoch


@dataclass(frozen=True)
class _Measurement:
    """A measured number, and where it stands."""

    row: MetricsRow
    column: MetricsColumn
    epoch: int
    split: str
    number: float

    def accuracy(self, fractions: bool) -> float:
        """Compute the accuracy.

        Arguments:
            fractions: whether numbers without a unit are fractions of 1.

        Returns:
            The accuracy in percent.

        Raises:
            InputError: if it is not a percentage.
        """
        percent = self.number * 100 if fractions and not self.column.percent else self.number
        accuracy = round(100 - percent if self.column.error else percent, 4)
        if not 0 <= accuracy <= 100:
            raise self.row.wrong(
                self.column.name, "is outside 0 to 100 %; write the whole file in percent, or as fractions of 1"
            )
        return accuracy


def metrics_of(
    file: MetricsFile, trained_on: str, sizes: Mapping[SplitName, int]
) -> tuple[list[MetricsLine], str | None]:
    """Turn the cells of a file into lines of metrics.

    Arguments:
        file: the file.
        trained_on: the split that its loop trained on.
        sizes: how many images each split has, as far as it is known.

    Returns:
        The lines, by epoch and split. And, if they end at a loss that is not finite, a sentence that says so.

    Raises:
        InputError: with file and line, for a cell that cannot be true.
    """
    rows = _numbered(file)
    values, extras = _values(file, rows)
    extras = _with_paces(file, rows, extras)
    why, losses = None, [value for value in values if value.column.quantity == "loss"]
    diverged = [value for value in losses if not math.isfinite(value.number)]
    if diverged:
        first = min(diverged, key=lambda value: value.epoch)
        why = f"the loss is {first.number} in epoch {first.epoch}"
        values = [value for value in values if value.epoch < first.epoch]
    in_doubt = [value for value in values if value.column.quantity == "accuracy" and not value.column.percent]
    fractions = all(value.number <= _ONE for value in in_doubt)
    cells, images = dict[tuple[int, str], dict[str, Any]](), dict[str, int](sizes.items())
    for value in values:
        place = value.epoch, value.split
        if place not in cells:
            measure = "running" if value.split == trained_on else "scored"
            line = {"epoch": value.epoch, "split": value.split, "measure": measure, "images": images.get(value.split)}
            cells[place] = line | extras.get((value.epoch, ""), {}) | extras.get(place, {})
        is_loss = value.column.quantity == "loss"
        cells[place][value.column.quantity] = round(value.number, 6) if is_loss else value.accuracy(fractions)
    order = list(dict.fromkeys((trained_on, "train", "validation", "test")))
    metrics = sorted(
        (MetricsLine(**line) for line in cells.values()), key=lambda line: (line.epoch, order.index(line.split))
    )
    times = [line.elapsed for line in metrics if line.elapsed is not None]
    if any(later < earlier for earlier, later in pairwise(times)):  # as of a loop that was started twice
        metrics = [line.model_copy(update={"elapsed": None}) for line in metrics]
    return metrics, why


def _numbered(file: MetricsFile) -> _Numbered:
    """The lines of a file with their epochs, from 1."""
    name, rows = file.other_columns["epoch"], list[tuple[MetricsRow, int]]()
    for row in file.rows:
        if not row.cells[name] and not any(row.cells[column.name] for column in file.measured):
            continue  # Lightning writes learning rates into lines of their own, without an epoch
        epoch = row.whole(name)
        if epoch > _MOST_EPOCHS:
            raise row.wrong(name, "is too large for an epoch; count epochs from 1")
        if rows and epoch < rows[-1][1] and "split" not in file.other_columns:
            raise row.wrong(name, f"comes after {rows[-1][1]}; write each run to a separate file")
        rows.append((row, epoch))
    from_zero = any(epoch == 0 for _, epoch in rows)
    return [(row, epoch + from_zero) for row, epoch in rows]


def _values(file: MetricsFile, rows: _Numbered) -> tuple[list[_Measurement], _Extras]:
    """The measurements, and the other cells of each epoch. Of several lines of an epoch, the last one counts."""
    values, extras = list[_Measurement](), _Extras()
    for row, epoch in rows:
        split = row.word(file.other_columns["split"], SPLITS) if "split" in file.other_columns else ""
        if split and (epoch, split) in extras:
            raise row.wrong(file.other_columns["epoch"], f"has two lines of the {split} split; delete one")
        read: dict[str, Callable[[str], Any]] = {"lr": row.number, "elapsed": row.seconds}
        if split:
            read |= {"correct": row.whole, "images": row.whole, "measure": partial(row.word, words=_MEASURES)}
        given = [key for key in read if key in file.other_columns and row.cells[file.other_columns[key]]]
        extras.setdefault((epoch, split), {}).update({key: read[key](file.other_columns[key]) for key in given})
        for column in file.measured:
            if row.cells[column.name]:
                number = row.number(column.name, finite=False)
                values.append(_Measurement(row, column, epoch, column.split or split, number))
    if not values:
        raise InputError(f"{file.path}: no line has an accuracy or a loss; fill in the cells")
    return _with_the_test_after(values) if "step" in file.other_columns else values, extras


def _with_the_test_after(values: list[_Measurement]) -> list[_Measurement]:
    """Lightning numbers a test after the last epoch as if it were of one more epoch; here it is of the last one."""
    tests = {value.epoch for value in values if value.split == "test"}
    last = max((value.epoch for value in values if value.split != "test"), default=0)
    if not last or tests != {last + 1}:
        return values
    return [replace(value, epoch=last) if value.split == "test" else value for value in values]


def _with_paces(file: MetricsFile, rows: _Numbered, extras: _Extras) -> _Extras:
    """Add times since the start, where the file says how long each epoch took; `time` means that only in fastai."""
    name = file.other_columns.get("pace")
    losses = {column.split for column in file.measured if column.quantity == "loss"}
    time = file.other_columns.get("time")
    if time and losses == {"train", "validation"} and all(CLOCK.fullmatch(row.cells[time]) for row, _ in rows):
        name = time
    if name is None or "elapsed" in file.other_columns or "split" in file.other_columns:
        return extras
    paces = {epoch: row.seconds(name) for row, epoch in rows if row.cells[name]}
    if sorted(paces) == list(range(1, len(paces) + 1)):  # else the time of some epoch is not known
        for epoch, elapsed in enumerate(accumulate(paces.values()), 1):
            extras[epoch, ""]["elapsed"] = round(elapsed, 3)
    return extras
