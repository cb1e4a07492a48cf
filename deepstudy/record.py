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

What is read is checked here, once: whoever has an `info`, `metrics` or `layers` need not doubt their keys and types.
"""

import io
import json
import os
import re
import statistics
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deepstudy.errors import InputError
from deepstudy.files import write_atomically, write_json

_AGAIN = "delete the folder to do the run again"
_WITHOUT = "delete it, the page does without"
_SEED = re.compile(r"seed(0|[1-9]\d*)", re.ASCII)

_Split = Literal["train", "validation", "test"]
_Count = Annotated[int, Field(ge=0)]
_Number = Annotated[float, Field(ge=0)]


class _Read(BaseModel):
    """What a file says: of these types, and whatever else a later version may say."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class _Roles(_Read):
    train_on: _Split
    score_on: _Split


class _Model(_Read):
    name: str


class _Resolved(_Read):
    epochs: Annotated[int, Field(ge=1)]
    batch_size: int | None
    schedule: dict[str, Any]
    roles: _Roles
    model: _Model
    data: dict[str, Any]


class _Machine(_Read):
    device: str | None = None
    gpu: str | None = None
    cpu: str | None = None
    cores: _Count | None = None
    threads: _Count | None = None
    system: str | None = None
    precision: str | None = None
    layout: str | None = None
    deterministic: bool | None = None


def _copy(data: Mapping[str, Any]) -> str:
    return "the published copy" if data.get("published") else "not the published copy"


class _Data(_Read):
    name: str
    fingerprint: str | None = None
    published: bool = False
    copy_: Annotated[str, Field(alias="copy", default_factory=_copy)]
    classes: _Count | None = None
    splits: dict[_Split, _Count]
    mean: list[float] | None = None
    std: list[float] | None = None


class _Size(_Read):
    weights: _Count | None = None
    biases: _Count | None = None
    parameters: _Count | None = None
    macs: _Count | None = None


class _Info(_Read):
    """run.json. What has a default was not always there, or can be done without."""

    study: str | None = None
    experiment: str
    budget: str | None = None
    timing: bool = False
    seed: _Count
    status: Literal["running", "complete", "interrupted", "failed"]
    why: str | None = None
    began: str | None = None
    ended: str | None = None
    resumed: list[dict[str, Any]] = []
    hash: str
    study_file: str | None = None
    folder: str | None = None
    resolved: _Resolved
    overrides: list[str] = []
    versions: dict[str, str] = {}
    machine: _Machine
    runs_sharing_machine: Annotated[int, Field(ge=1)] | None = None
    data: _Data
    model: _Size = _Size()
    epochs_done: _Count = 0
    final: dict[str, Any] | None = None


class _Line(_Read):
    """A line of metrics.jsonl."""

    epoch: Annotated[int, Field(ge=1)]
    split: _Split
    measure: Literal["running", "scored"]
    loss: _Number
    accuracy: Annotated[float, Field(ge=0, le=100)]
    correct: _Count
    images: Annotated[int, Field(ge=1)]
    elapsed: _Number
    lr: _Number


class _Layer(_Read):
    name: str
    kind: str
    output: list[_Count]
    weights: _Count
    biases: _Count
    macs: _Count
    arithmetic: str = ""


class _Layers(_Read):
    """layers.json."""

    model: str
    input: list[_Count]
    layers: list[_Layer]
    weights: _Count
    biases: _Count
    parameters: _Count
    macs: _Count


def _wrong(error: ValidationError) -> str:
    """The first thing that is wrong with a document, in words."""
    first = error.errors(include_url=False)[0]
    place, message = ".".join(map(str, first["loc"])), first["msg"][:1].lower() + first["msg"][1:]
    if not place:
        return message
    return f"{place}: missing" if first["type"] == "missing" else f"{place}: {message}, not {first['input']!r:.60}"


def run_path(out: Path, study: str, budget: str | None, experiment: str, seed: int) -> Path:
    """Where a run's directory is."""
    return out / study / (budget or "full") / experiment / f"seed{seed}"


def timing_label(budget: str | None) -> str:
    """The folder, in the place of the budget's, of runs that were made for their times."""
    return f"{budget}-timing" if budget else "timing"


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
        """What run.json says, every key there; None where there is no run yet."""
        data = self._read("run.json")
        if data is None:
            return None
        try:
            return _Info.model_validate_json(data).model_dump(by_alias=True)
        except ValidationError as error:
            what = f"is not the record of a run, or of another version ({_wrong(error)})"
            raise InputError(f"{self.path / 'run.json'}: {what}; {_AGAIN}") from None

    def write_info(self, info: Mapping[str, Any]) -> None:
        """Replace run.json."""
        write_json(self.path / "run.json", info)

    def metrics(self, most: int | None = None) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl, of epochs up to `most`; a last line that was cut short is left out."""
        metrics: list[dict[str, Any]] = []
        known, last = set(), 0
        lines = (self._read("metrics.jsonl") or b"").split(b"\n")
        for number, text in enumerate(lines[:-1], 1):  # what follows the last newline was not written to its end
            try:
                line = _Line.model_validate_json(text).model_dump()
            except ValidationError as error:
                raise self._not_metrics(number, _wrong(error)) from None
            epoch, what = line["epoch"], (line["epoch"], line["split"], line["measure"])
            if epoch not in (last, last + 1):
                follows = f"epoch {epoch} comes after epoch {last}" if last else f"begins with epoch {epoch}"
                raise self._not_metrics(number, follows)
            if most is not None and epoch > most:
                raise self._not_metrics(number, f"epoch {epoch} is beyond the run's last, {most}")
            if what in known:
                raise self._not_metrics(number, f"epoch {epoch} has such a line of {line['split']} images already")
            known.add(what)
            last = epoch
            metrics.append(line)
        return metrics

    def _not_metrics(self, number: int, what: str) -> InputError:
        return InputError(f"{self.path / 'metrics.jsonl'}:{number}: {what}; {_AGAIN}")

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
        """Drop the lines of later epochs, a line that was cut short, and what the step log has beyond `log_size`."""
        kept = [line for line in self.metrics() if line["epoch"] <= epoch]
        text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in kept)
        write_atomically(self.path / "metrics.jsonl", text.encode())
        log = self.path / "log.txt"
        if log.is_file() and log.stat().st_size > log_size:
            write_atomically(log, log.read_bytes()[:log_size])

    def layers(self) -> dict[str, Any] | None:
        """The layer table, as `show --json` prints it."""
        data = self._read("layers.json")
        try:
            return None if data is None else _Layers.model_validate_json(data).model_dump()
        except ValidationError as error:
            what = f"is no layer table ({_wrong(error)})"
            raise InputError(f"{self.path / 'layers.json'}: {what}; {_WITHOUT}") from None

    def write_arrays(self, name: str, **arrays: NDArray[Any] | np.generic) -> None:
        """A compressed file of arrays, written atomically."""
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its options
        write_atomically(self.path / name, file.getvalue())

    def arrays(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The arrays in a file; None where a run has not come so far as to leave it.

        Raises ValueError, with what is wrong in one line, if it cannot be read.
        """
        try:
            data = self._read(name)
            if data is None:
                return None
            if not zipfile.is_zipfile(io.BytesIO(data)):
                raise ValueError("it is no .npz file, or its end is missing")
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                return dict(file)
        except Exception as error:  # of a damaged file zipfile, zlib and numpy raise whatever they come upon
            raise ValueError(" ".join(str(error).split()) or type(error).__name__) from None

    def _read(self, name: str) -> bytes | None:
        path = self.path / name
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; make it readable") from None


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

    @cached_property
    def epochs(self) -> int:
        """How many epochs are finished."""
        return max((line["epoch"] for line in self.metrics), default=0)

    @property
    def external_file(self) -> str | None:
        """The file that stands in for a run (see `external_runs`), None where there was a run."""
        return self.info.get("external_file")

    def at(self, epoch: int, split: str) -> dict[str, Any] | None:
        """The line of an epoch and split, None where the run has none."""
        return self._lines.get((epoch, split))

    @cached_property
    def _lines(self) -> dict[tuple[int, str], dict[str, Any]]:
        """The lines by epoch and split; of several, the first."""
        return {(line["epoch"], line["split"]): line for line in reversed(self.metrics)}

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
    return read_folder(out / study / (budget or "full"), experiments)


def read_folder(folder: Path, experiments: Sequence[str]) -> list[Record]:
    """The runs in a folder STUDY/BUDGET, in the order of `experiments` and by seed.

    A run's folder is called `seed<k>`, others are none of ours. Raises InputError for a record that is damaged, of
    another version, or of another run than its place says.
    """
    records: list[Record] = []
    for name in experiments:
        seeds = {path: _SEED.fullmatch(path.name) for path in (folder / name).glob("seed*")}
        for seed, path in sorted((int(match[1]), path) for path, match in seeds.items() if match):
            directory = RunDirectory(path)
            info = directory.info()
            if info is None:
                continue
            if (info["experiment"], info["seed"]) != (name, seed):
                is_of, place = f"{info['experiment']} seed {info['seed']}", f"{name}/{path.name}"
                raise InputError(f"{path}: is a run of {is_of}, but lies in {place}; move it back or delete it")
            metrics = directory.metrics(max(info["resolved"]["epochs"], info["epochs_done"]))
            records.append(Record(info, metrics, directory.layers(), directory))
    return records
