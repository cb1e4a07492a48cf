"""Records of runs, read from run directories or from a collection."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from deepstudy.errors import InputError
from deepstudy.layer_table.table import LayerTable
from deepstudy.record.collection import RUNS, Collection
from deepstudy.record.directory import RunDirectory
from deepstudy.record.documents import MetricsLine, RunInfo

_SEED = re.compile(r"seed(0|[1-9]\d*)", re.ASCII)


@dataclass(frozen=True)
class Record:
    """The record of a run, complete or not.

    Attributes:
        info: the contents of run.json.
        metrics: the lines of metrics.jsonl.
        layers: the layer table, None if the run wrote none.
        directory: the run's folder; of a packed run, the one that it would have beside the collection.
        external_file: the CSV file of an external run, else None.
        collection: the collection that the run is packed in, None where it is not.
    """

    info: RunInfo
    metrics: Sequence[MetricsLine]
    layers: LayerTable | None
    directory: RunDirectory
    external_file: str | None = None
    collection: Collection | None = None

    @property
    def experiment(self) -> str:
        """The experiment's name."""
        return self.info.experiment

    @property
    def seed(self) -> int:
        """The seed."""
        return self.info.seed

    @cached_property
    def epochs(self) -> int:
        """How many epochs are finished."""
        return max((line.epoch for line in self.metrics), default=0)

    def at(self, epoch: int, split: str) -> MetricsLine | None:
        """Look up what was measured on a split after an epoch.

        Arguments:
            epoch: the epoch, from 1.
            split: the split.

        Returns:
            The line, the first of several; None if that was not measured.
        """
        return self._lines.get((epoch, split))

    @cached_property
    def _lines(self) -> dict[tuple[int, str], MetricsLine]:
        return {(line.epoch, line.split): line for line in reversed(self.metrics)}

    def arrays(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Read a file of arrays.

        Arguments:
            name: `predictions.npz` or `pictures.npz`.

        Returns:
            The arrays by name; None if the run wrote none.

        Raises:
            ValueError: with what is wrong in one line, if the file cannot be read.
        """
        if self.collection is not None:
            return self.collection.arrays(self.experiment, self.seed, name)
        return self.directory.arrays(name)

    def log(self) -> bytes | None:
        """Read log.txt.

        Returns:
            The step lines; None if the run wrote none.
        """
        if self.collection is not None:
            return self.collection.log(self.experiment, self.seed)
        return self.directory.log()

    def seconds_per_epoch(self) -> float | None:
        """The median training time of an epoch, without scoring; None if a time is not known."""
        times: list[float] = []
        epoch, before = 0, 0.0
        for line in self.metrics:
            if line.elapsed is None:
                return None
            if line.measure == "running" and line.epoch == epoch + 1:  # an external file may skip epochs
                times.append(line.elapsed - before)
            epoch, before = line.epoch, line.elapsed
        return statistics.median(times) if times else None


def read_records(out: Path, study: str, budget: str | None, experiments: Sequence[str]) -> list[Record]:
    """Read the runs of a study under a budget.

    Arguments:
        out: the folder of all runs.
        study: the study's name.
        budget: the budget's name, None for the whole study.
        experiments: the names of the experiments whose runs are read.

    Returns:
        The runs, in the order of `experiments` and by seed.

    Raises:
        InputError: like `read_folder`.
    """
    return read_folder(out / study / (budget or "full"), experiments)


def read_folder(folder: Path, experiments: Sequence[str]) -> list[Record]:
    """Read the runs in a folder STUDY/BUDGET: run directories, or a collection.

    A run's folder is called `seed<k>`; other folders are ignored.

    Arguments:
        folder: the folder.
        experiments: the names of the experiments whose runs are read.

    Returns:
        The runs, in the order of `experiments` and by seed.

    Raises:
        InputError: for a record that is damaged or from another version, for a run in the folder of another one,
            and for a folder that holds run directories beside a collection.
    """
    records: list[Record] = []
    if (collection := Collection.within(folder)) is not None:
        if (run := next(folder.glob("*/seed*/run.json"), None)) is not None:
            both = f"{run.parent}: is a run directory beside the packed runs of {RUNS}"
            raise InputError(f"{both}; pack it with results/pack.py, or move it elsewhere")
        return _packed(collection, experiments)
    for name in experiments:
        seeds = {path: _SEED.fullmatch(path.name) for path in (folder / name).glob("seed*")}
        for seed, path in sorted((int(match[1]), path) for path, match in seeds.items() if match):
            directory = RunDirectory(path)
            info = directory.info()
            if info is None:
                continue
            if (info.experiment, info.seed) != (name, seed):
                is_of, place = f"{info.experiment} seed {info.seed}", f"{name}/{path.name}"
                raise InputError(f"{path}: holds {is_of}, but its folder is {place}; move it back or delete it")
            metrics = directory.metrics(max(info.resolved.epochs, info.epochs_done))
            records.append(Record(info, metrics, directory.layers(), directory))
    return records


def _packed(collection: Collection, experiments: Sequence[str]) -> list[Record]:
    infos = [info for info in collection.infos() if info.experiment in experiments]
    if not infos:
        return []
    metrics, layers = collection.metrics(infos), collection.layers()
    return [
        Record(
            info,
            metrics[info.experiment, info.seed],
            layers.get(info.experiment),
            RunDirectory(collection.folder / info.experiment / f"seed{info.seed}"),
            collection=collection,
        )
        for info in sorted(infos, key=lambda info: (experiments.index(info.experiment), info.seed))
    ]
