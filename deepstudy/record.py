"""A run directory: written by training, read by everything that comes after. Never torch.

    run.json        what was run, on what, and how it ended; written whole, atomically
    metrics.jsonl   a line per epoch and split, appended when the epoch is finished
    layers.json     the layer table
    predictions.npz what the trained network says of every image it was scored on
    pictures.npz    some of these images, and the filters of the first layer; see training.pictures
    log.txt         where the recipe asks for it, step lines as the report's own program printed them
    checkpoints/    see training.checkpoint

Metrics are on the disk before the checkpoint that follows them is. So whatever is cut short, the newest checkpoint's
epochs all have their lines, and lines of later epochs are of work that will be done again: `forget_after` drops them.
"""

import io
import json
import os
import statistics
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepstudy.errors import InputError


def run_path(out: Path, study: str, budget: str | None, experiment: str, seed: int) -> Path:
    """Where a run's directory is."""
    return out / study / (budget or "full") / experiment / f"seed{seed}"


def timing_label(budget: str | None) -> str:
    """The folder, in the place of the budget's, of runs that were made for their times."""
    return f"{budget}-timing" if budget else "timing"


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is either the old one or the new one, whatever happens in between."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def write_json(path: Path, document: Any) -> None:
    """A JSON file, written atomically."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (text + "\n").encode())


@dataclass(frozen=True)
class RunDirectory:
    """The files of one run."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """The folder of its checkpoints."""
        return self.path / "checkpoints"

    def create(self) -> None:
        """Make the folders."""
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be made: {error.strerror}; choose another folder with --out"
            ) from None

    def info(self) -> dict[str, Any] | None:
        """What run.json says; None where there is no run yet."""
        path = self.path / "run.json"
        if not path.is_file():
            return None
        try:
            info = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read: {error}; delete the folder to do the run again") from None
        if not isinstance(info, dict) or not {"experiment", "seed", "status", "hash", "resolved"} <= info.keys():
            raise InputError(f"{path}: is not the record of a run; delete the folder to do the run again")
        return info

    def write_info(self, info: Mapping[str, Any]) -> None:
        """Replace run.json."""
        write_json(self.path / "run.json", info)

    def metrics(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl; a last line that was cut short is left out."""
        path = self.path / "metrics.jsonl"
        if not path.is_file():
            return []
        lines = path.read_text(encoding="utf-8").split("\n")
        complete = lines[:-1]  # what follows the last newline was not written to its end
        try:
            return [json.loads(line) for line in complete]
        except ValueError as error:
            raise InputError(f"{path}: a line is damaged ({error}); delete the folder to do the run again") from None

    def epochs(self) -> int:
        """How many epochs are finished."""
        return max((line["epoch"] for line in self.metrics()), default=0)

    def append_metrics(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add an epoch's lines and see them onto the disk."""
        self._append("metrics.jsonl", (json.dumps(line, allow_nan=False) for line in lines))

    def append_log(self, lines: Iterable[str]) -> int:
        """Add an epoch's step lines and see them onto the disk; how many bytes the log then has."""
        return self._append("log.txt", lines)

    def _append(self, name: str, lines: Iterable[str]) -> int:
        text = "".join(f"{line}\n" for line in lines)
        with (self.path / name).open("ab") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def forget_after(self, epoch: int, log_size: int = 0) -> None:
        """Drop the lines of later epochs, a line that was cut short, and what the step log has beyond `log_size`."""
        kept = [line for line in self.metrics() if line["epoch"] <= epoch]
        text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in kept)
        write_atomically(self.path / "metrics.jsonl", text.encode())
        log = self.path / "log.txt"
        if log.is_file() and log.stat().st_size > log_size:
            write_atomically(log, log.read_bytes()[:log_size])

    def layers(self) -> dict[str, Any] | None:
        """The layer table, as `show --json` prints it."""
        path = self.path / "layers.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def write_arrays(self, name: str, **arrays: NDArray[Any] | np.generic) -> None:
        """A compressed file of arrays, written atomically."""
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its options
        write_atomically(self.path / name, file.getvalue())

    def arrays(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The arrays in a file; None where a run has not come so far as to leave it."""
        path = self.path / name
        if not path.is_file():
            return None
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                return dict(file)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(f"{path}: cannot be read: {error}; delete it, the page does without") from None


@dataclass(frozen=True)
class Record:
    """What a run left, as far as it came: run.json, the metrics and the layer table."""

    info: dict[str, Any]
    metrics: list[dict[str, Any]]
    layers: dict[str, Any] | None
    directory: RunDirectory

    @property
    def experiment(self) -> str:
        """The experiment's name."""
        return str(self.info["experiment"])

    @property
    def seed(self) -> int:
        """The seed."""
        return int(self.info["seed"])

    @property
    def epochs(self) -> int:
        """How many epochs are finished."""
        return max((line["epoch"] for line in self.metrics), default=0)

    @property
    def own_loop(self) -> str | None:
        """The file of somebody's own loop that stands in for a run (see `own_loop`), None where there was a run."""
        return self.info.get("own_loop")

    def at(self, epoch: int, split: str) -> dict[str, Any] | None:
        """The line of an epoch and split, None where the run has none."""
        return next((line for line in self.metrics if line["epoch"] == epoch and line["split"] == split), None)

    def seconds_per_epoch(self) -> float | None:
        """The median time that the training part of an epoch took; None where some time is not known."""
        times: list[float] = []
        epoch, before = 0, 0.0
        for line in self.metrics:
            if line["elapsed"] is None:
                return None
            if line["measure"] == "running" and line["epoch"] == epoch + 1:  # an own loop's file may leave epochs out
                times.append(line["elapsed"] - before)
            epoch, before = line["epoch"], line["elapsed"]
        return statistics.median(times) if times else None


def read_records(out: Path, study: str, budget: str | None, experiments: Sequence[str]) -> list[Record]:
    """The runs of a study under a budget that `out` holds, in the order of `experiments` and by seed."""
    records: list[Record] = []
    for name in experiments:
        found = []
        for path in (out / study / (budget or "full") / name).glob("seed*"):
            directory = RunDirectory(path)
            info = directory.info()
            if info is not None:
                found.append(Record(info, directory.metrics(), directory.layers(), directory))
        records += sorted(found, key=lambda record: record.seed)
    return records
