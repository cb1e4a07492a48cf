"""Records from the CSV files in a folder of runs."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from deepstudy.datasets import DATASETS
from deepstudy.errors import InputError
from deepstudy.external_runs.columns import read_metrics_file
from deepstudy.external_runs.metrics import metrics_of
from deepstudy.record import (
    DataInfo,
    MachineInfo,
    MetricsLine,
    Record,
    RecordedExperiment,
    RunDirectory,
    RunInfo,
    Status,
)
from deepstudy.study import Data, Study
from deepstudy.study.experiment import SplitName

_FILE = re.compile(r"seed(0|[1-9]\d*)\.csv", re.ASCII)


def read_external(folder: Path, study: Study, budget: str | None) -> list[Record]:
    """Read the external runs in a folder STUDY/BUDGET.

    What a CSV file does not hold is None in `info` and in the metrics.

    Arguments:
        folder: the folder.
        study: the study.
        budget: the budget's name, None for the whole study.

    Returns:
        A record of each file, by experiment and seed; `external_file` is the file's path.

    Raises:
        InputError: with file and line, for a file that cannot be read, or could mean two things.
    """
    records = []
    for name in study.names():
        experiment = study.experiment(name, budget)
        for seed, path in _files(folder / name):
            directory = RunDirectory(path.with_suffix(""))
            if (directory.path / "run.json").is_file():
                raise InputError(f"{path}: {directory.path} is a run with the same seed; delete one of them")
            trained_on = experiment.roles.train_on
            metrics, why = metrics_of(read_metrics_file(path, trained_on), trained_on, _split_sizes(experiment.data))
            info = _info(study, name, budget, seed, metrics, why)
            if not study.is_built_in:
                where = os.path.relpath(study.path.resolve(), directory.path.resolve())
                info = info.model_copy(update={"study_file": where})
            records.append(Record(info, metrics, None, directory, external_file=str(path)))
    return records


def _files(folder: Path) -> list[tuple[int, Path]]:
    """The files of an experiment, by seed."""
    try:
        paths = [path for path in folder.iterdir() if path.suffix.lower() in (".csv", ".tsv")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror}; make it readable") from None
    files = {path: _FILE.fullmatch(path.name) for path in sorted(paths) if not path.name.startswith(".")}
    for path, match in files.items():
        if match is None:
            raise InputError(f"{path}: the name has no seed; rename it seed0.csv (seed1.csv for the next seed)")
    return sorted((int(match[1]), path) for path, match in files.items() if match)


def _split_sizes(data: Data) -> dict[SplitName, int]:
    """How many images each split has; for a folder that is not known."""
    entry = DATASETS.get(data.name)
    sizes = data.split_sizes(entry.splits) if entry else {}
    return {split: count for split, count in sizes.items() if count}


def _info(
    study: Study, name: str, budget: str | None, seed: int, metrics: Sequence[MetricsLine], why: str | None
) -> RunInfo:
    """What run.json would say about the run, as far as the file holds it."""
    experiment = study.experiment(name, budget)
    last = max((line.epoch for line in metrics), default=0)
    status: Status = "failed" if why else "complete" if last >= experiment.epochs else "interrupted"
    entry = DATASETS.get(experiment.data.name)
    return RunInfo(
        study=study.name,
        experiment=name,
        budget=budget,
        seed=seed,
        status=status,
        why=f"the file ends at epoch {last} of {experiment.epochs}" if status == "interrupted" else why,
        hash=experiment.hash(),
        recipe_hash=experiment.hash(),
        code_hashes=(),
        resolved=RecordedExperiment.from_experiment(experiment),
        machine=MachineInfo(),
        data=DataInfo(
            name=experiment.data.name,
            published=None,
            provenance="what its author used",
            classes=len(entry.classes) if entry else None,
            class_names=list(entry.classes) if entry else None,
            splits=_split_sizes(experiment.data),
        ),
        epochs_done=last,
        final={line.split: line for line in metrics if line.epoch == last} or None,
    )
