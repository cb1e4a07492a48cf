"""What runs left: their records, typed and checked. Training writes them, and everything that comes after reads them.

documents.py   run.json, metrics.jsonl and layers.json as typed objects
directory.py   a run directory: the files of one run

Whoever has a `Record` need not doubt its keys and types. Nothing in here needs torch.
"""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deepstudy.errors import InputError
from deepstudy.layer_table.table import LayerTable
from deepstudy.record.directory import RunDirectory, run_path, timing_label
from deepstudy.record.documents import (
    DataInfo,
    MachineInfo,
    MetricsLine,
    ModelSize,
    RecordedExperiment,
    Resumption,
    RunInfo,
    Status,
    WholeMetricsLine,
)

__all__ = [
    "DataInfo",
    "MachineInfo",
    "MetricsLine",
    "ModelSize",
    "Record",
    "RecordedExperiment",
    "Resumption",
    "RunDirectory",
    "RunInfo",
    "Status",
    "WholeMetricsLine",
    "read_folder",
    "read_records",
    "run_path",
    "timing_label",
]

_SEED = re.compile(r"seed(0|[1-9]\d*)", re.ASCII)


@dataclass(frozen=True)
class Record:
    """What a run left, as far as it came.

    Attributes:
        info: what run.json says.
        metrics: the lines of metrics.jsonl.
        layers: the layer table, None where the run did not leave it.
        directory: the run's files.
        external_file: the file of somebody's own loop that stands in for a run, None where there was a run.
    """

    info: RunInfo
    metrics: Sequence[MetricsLine]
    layers: LayerTable | None
    directory: RunDirectory
    external_file: str | None = None

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
            The line, the first where there are several; None where there is none.
        """
        return self._lines.get((epoch, split))

    @cached_property
    def _lines(self) -> dict[tuple[int, str], MetricsLine]:
        return {(line.epoch, line.split): line for line in reversed(self.metrics)}

    def seconds_per_epoch(self) -> float | None:
        """The median of the seconds that epochs trained for, without scoring; None where some time is not known."""
        times: list[float] = []
        epoch, before = 0, 0.0
        for line in self.metrics:
            if line.elapsed is None:
                return None
            if line.measure == "running" and line.epoch == epoch + 1:  # an own loop's file may leave epochs out
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
    """Read the runs in a folder STUDY/BUDGET. A run's folder is called `seed<k>`; other folders are left alone.

    Arguments:
        folder: the folder.
        experiments: the names of the experiments whose runs are read.

    Returns:
        The runs, in the order of `experiments` and by seed.

    Raises:
        InputError: for a record that is damaged, of another version, or of another run than its place says.
    """
    records: list[Record] = []
    for name in experiments:
        seeds = {path: _SEED.fullmatch(path.name) for path in (folder / name).glob("seed*")}
        for seed, path in sorted((int(match[1]), path) for path, match in seeds.items() if match):
            directory = RunDirectory(path)
            info = directory.info()
            if info is None:
                continue
            if (info.experiment, info.seed) != (name, seed):
                is_of, place = f"{info.experiment} seed {info.seed}", f"{name}/{path.name}"
                raise InputError(f"{path}: is a run of {is_of}, but lies in {place}; move it back or delete it")
            metrics = directory.metrics(max(info.resolved.epochs, info.epochs_done))
            records.append(Record(info, metrics, directory.layers(), directory))
    return records
