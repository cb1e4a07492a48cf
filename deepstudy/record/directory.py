"""A run directory: the files of one run, written by training and read by verdicts and reports.

    run.json        what was run, on which machine, and how it ended; always replaced as a whole
    metrics.jsonl   a line for each epoch and split, appended when the epoch is finished
    layers.json     the layer table
    predictions.npz what the trained network predicts for every image that it was scored on
    pictures.npz    wrong predictions, and the filters of the first layer
    log.txt         step lines as the report's own program printed them, where the recipe asks for them
    checkpoints/    weights and state after the last two epochs, from which a run continues

Metrics reach the disk before the checkpoint that follows them. So every epoch of the newest checkpoint has its lines,
wherever a run was interrupted. Later epochs will be trained again; `forget_after` deletes their lines.
"""

import errno
import io
import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from deepstudy.errors import InputError
from deepstudy.files import write_atomically, write_json
from deepstudy.layer_table.table import LayerTable
from deepstudy.record.documents import RunInfo, WholeMetricsLine, describe_validation_error, layer_table_of

_AGAIN = "delete the run's folder to run it again"
_WITHOUT = "delete it; the report page works without it"


def run_path(out: Path, study: str, budget: str | None, experiment: str, seed: int) -> Path:
    """Say where a run is recorded.

    Arguments:
        out: the folder of all runs.
        study: the study's name.
        budget: the budget's name, None for the whole study.
        experiment: the experiment's name.
        seed: the seed.

    Returns:
        The run directory, which need not exist.
    """
    return out / study / (budget or "full") / experiment / f"seed{seed}"


def timing_label(budget: str | None) -> str:
    """Name the folder of `--timing` runs, which lies beside the budget's folder.

    Arguments:
        budget: the budget's name, None for the whole study.

    Returns:
        The folder's name.
    """
    return f"{budget}-timing" if budget else "timing"


@dataclass(frozen=True)
class RunDirectory:
    """The files of one run.

    Attributes:
        path: the folder, `STUDY/BUDGET/EXPERIMENT/seedK`.
    """

    path: Path

    @property
    def checkpoints(self) -> Path:
        """The folder of its checkpoints."""
        return self.path / "checkpoints"

    def create(self) -> None:
        """Make the folders.

        Raises:
            InputError: if they cannot be made.
        """
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_created(error.strerror) from None

    def refuse_unwritable(self) -> None:
        """Check that the folders can be made, without making them.

        Raises:
            InputError: if something above them is not a folder, or may not be written to.
        """
        try:
            above = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        except OSError as error:
            raise self._not_created(error.strerror) from None
        if not above.is_dir():
            raise self._not_created(os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK | os.X_OK):
            raise self._not_created(os.strerror(errno.EACCES))

    def _not_created(self, why: str | None) -> InputError:
        return InputError(f"{self.path}: cannot be created: {why}; choose another folder with --out")

    def info(self) -> RunInfo | None:
        """Read run.json.

        Returns:
            The record; None if there is no run yet.

        Raises:
            InputError: if it is damaged or from another version.
        """
        data = self._read("run.json")
        if data is None:
            return None
        try:
            return RunInfo.model_validate_json(data)
        except ValidationError as error:
            what = f"is damaged or from another version ({describe_validation_error(error)})"
            raise InputError(f"{self.path / 'run.json'}: {what}; {_AGAIN}") from None

    def write_info(self, info: RunInfo) -> None:
        """Replace run.json.

        Arguments:
            info: its new contents.

        Raises:
            OSError: with the path, if it cannot be written.
        """
        write_json(self.path / "run.json", info.as_json())

    def metrics(self, last_epoch: int | None = None) -> list[WholeMetricsLine]:
        """Read metrics.jsonl; a last line that was cut short is left out.

        Arguments:
            last_epoch: the last epoch that the run can have, None if it is not known.

        Returns:
            The lines in their order: epochs from 1, without a gap.

        Raises:
            InputError: with the line, if it is not a line of metrics or does not follow the one before.
        """
        checker = MetricsChecker(last_epoch)
        lines = (self._read("metrics.jsonl") or b"").split(b"\n")
        for number, text in enumerate(lines[:-1], 1):  # what follows the last newline was not written to its end
            try:
                checker.add(WholeMetricsLine.model_validate_json(text))
            except ValidationError as error:
                raise self._not_metrics(number, describe_validation_error(error)) from None
            except ValueError as error:
                raise self._not_metrics(number, str(error)) from None
        return checker.lines

    def _not_metrics(self, number: int, what: str) -> InputError:
        return InputError(f"{self.path / 'metrics.jsonl'}:{number}: {what}; {_AGAIN}")

    def epochs(self) -> int:
        """Count the finished epochs.

        Returns:
            Their number.

        Raises:
            InputError: like `metrics`.
        """
        return max((line.epoch for line in self.metrics()), default=0)

    def append_metrics(self, lines: Iterable[WholeMetricsLine]) -> None:
        """Append an epoch's lines, and wait until they are on the disk.

        Arguments:
            lines: the lines of one epoch.

        Raises:
            OSError: with the path, if they cannot be written.
        """
        self._append("metrics.jsonl", map(_text_of, lines))

    def append_log(self, lines: Iterable[str]) -> int:
        """Append an epoch's step lines to log.txt, and wait until they are on the disk.

        Arguments:
            lines: the lines, without their ends.

        Returns:
            How many bytes the log then has.

        Raises:
            OSError: with the path, if they cannot be written.
        """
        return self._append("log.txt", lines)

    def log(self) -> bytes | None:
        """Read log.txt.

        Returns:
            The step lines; None where there are none.

        Raises:
            InputError: if the file cannot be read.
        """
        return self._read("log.txt")

    def _append(self, name: str, lines: Iterable[str]) -> int:
        text = "".join(f"{line}\n" for line in lines)
        path = self.path / name
        try:
            with path.open("ab") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
                return file.tell()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error

    def forget_after(self, epoch: int, log_size: int = 0) -> None:
        """Delete the lines of later epochs, and a line that was cut short.

        Arguments:
            epoch: the last epoch whose metrics stay.
            log_size: the bytes of log.txt that stay.

        Raises:
            InputError: like `metrics`.
            OSError: with the path, if a file cannot be written.
        """
        text = "".join(f"{_text_of(line)}\n" for line in self.metrics() if line.epoch <= epoch)
        write_atomically(self.path / "metrics.jsonl", text.encode())
        log = self.path / "log.txt"
        if log.is_file() and log.stat().st_size > log_size:
            write_atomically(log, log.read_bytes()[:log_size])

    def layers(self) -> LayerTable | None:
        """Read layers.json.

        Returns:
            The layer table; None if it is not written yet.

        Raises:
            InputError: if it is not a layer table.
        """
        data = self._read("layers.json")
        try:
            return None if data is None else layer_table_of(data)
        except ValidationError as error:
            what = f"is not a layer table ({describe_validation_error(error)})"
            raise InputError(f"{self.path / 'layers.json'}: {what}; {_WITHOUT}") from None

    def write_layers(self, table: LayerTable) -> None:
        """Replace layers.json.

        Arguments:
            table: the layer table of the network that is trained.

        Raises:
            OSError: with the path, if it cannot be written.
        """
        write_json(self.path / "layers.json", table.as_json())

    def write_arrays(self, name: str, **arrays: NDArray[Any] | np.generic) -> None:
        """Write a compressed file of arrays, atomically.

        Arguments:
            name: the file's name, such as `predictions.npz`.
            arrays: the arrays by name.

        Raises:
            OSError: with the path, if it cannot be written.
        """
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its options
        write_atomically(self.path / name, file.getvalue())

    def arrays(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Read a file of arrays.

        Arguments:
            name: the file's name, such as `predictions.npz`.

        Returns:
            The arrays by name; None if the run has not written them.

        Raises:
            ValueError: with what is wrong in one line, if the file cannot be read.
        """
        try:
            data = self._read(name)
            return None if data is None else read_arrays(data)
        except Exception as error:  # of a damaged file zipfile, zlib and numpy raise whatever they come upon
            raise damaged_arrays(error) from None

    def _read(self, name: str) -> bytes | None:
        path = self.path / name
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; make it readable") from None


class MetricsChecker:
    """Checks that the metrics of one run follow each other: epochs from 1 without a gap, and no line twice.

    Attributes:
        lines: the lines so far.
        last_epoch: the last epoch that the run can have, None if it is not known.
    """

    def __init__(self, last_epoch: int | None = None) -> None:
        self.lines: list[WholeMetricsLine] = []
        self.last_epoch = last_epoch
        self._known: set[tuple[int, str, str]] = set()

    def add(self, line: WholeMetricsLine) -> None:
        """Add the next line.

        Arguments:
            line: the line.

        Raises:
            ValueError: with what is wrong, if it does not follow the lines so far.
        """
        epoch, last = line.epoch, self.lines[-1].epoch if self.lines else 0
        what = (epoch, line.split, line.measure)
        if epoch not in (last, last + 1):
            raise ValueError(
                f"epoch {epoch} comes after epoch {last}" if last else f"the first epoch is {epoch}, not 1"
            )
        if self.last_epoch is not None and epoch > self.last_epoch:
            raise ValueError(f"epoch {epoch} comes after the last epoch of the run, {self.last_epoch}")
        if what in self._known:
            raise ValueError(f"epoch {epoch} has two {line.measure} lines of the {line.split} split")
        self._known.add(what)
        self.lines.append(line)


def _text_of(line: WholeMetricsLine) -> str:
    return json.dumps(line.as_json(), allow_nan=False)


def damaged_arrays(error: Exception) -> ValueError:
    """Turn any error that reading a damaged file of arrays raises into one kind.

    Arguments:
        error: what reading it raised.

    Returns:
        An error that says in one line what is wrong.
    """
    return ValueError(" ".join(str(error).split()) or type(error).__name__)


def read_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Read the arrays of an .npz file.

    Arguments:
        data: what the file holds.

    Returns:
        The arrays by name.

    Raises:
        Exception: for a damaged file, whatever zipfile, zlib and numpy raise then; see `damaged_arrays`.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise ValueError("it is not an .npz file, or its end is missing")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return dict(file)
