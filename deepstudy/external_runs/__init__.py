"""External runs: what somebody's own training loop measured, as a CSV file. Never torch.

`seed<k>.csv` lies where the run directory `seed<k>/` would be. Loops write in two shapes. Some write a line for each
epoch and split (`epoch,split,accuracy,loss`). Keras, Lightning, fastai and most own loops write a line for each epoch,
with columns that name the split (`train_loss`, `val_acc`). Columns are recognised by the words of their names, and
unknown columns are ignored. What a file does not say is None in the record, and nothing is guessed. A file that could
mean two things is refused.

columns.py   the cells of a file, and what its columns mean
metrics.py   metrics, from cells
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from deepstudy.datasets import DATASETS, is_folder
from deepstudy.errors import InputError
from deepstudy.external_runs import columns
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
    """Read the CSV files in a folder STUDY/BUDGET that stand in for runs, by experiment and seed.

    What only a run can know is None in their `info`, and so is what the file does not say of a metrics line.

    Arguments:
        folder: the folder.
        study: the study.
        budget: the budget's name, None for the whole study.

    Returns:
        Records whose `external_file` is the file's path.

    Raises:
        InputError: naming file and line, for what cannot be read or could mean two things.
    """
    records = []
    for name in study.names():
        experiment = study.experiment(name, budget)
        for seed, path in _files(folder / name):
            directory = RunDirectory(path.with_suffix(""))
            if (directory.path / "run.json").is_file():
                raise InputError(f"{path}: stands beside {directory.path}, a run of the same seed; keep one of the two")
            trained_on = experiment.roles.train_on
            metrics, why = metrics_of(columns.read(path, trained_on), trained_on, _sizes(experiment.data))
            info = _info(study, name, budget, seed, metrics, why)
            if study.argument != study.name:  # not built in
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
            raise InputError(f"{path}: should be called seed0.csv (seed1.csv for the next seed) to stand in for a run")
    return sorted((int(match[1]), path) for path, match in files.items() if match)


def _sizes(data: Data) -> dict[SplitName, int]:
    """How many images each split has; of a folder it is not known."""
    if is_folder(data.name):
        return {}
    whole = DATASETS[data.name].splits
    train = whole["train"] - data.validation
    sizes: dict[SplitName, int] = {
        "train": min(train, data.train_images or train),
        "validation": data.validation,
        "test": data.test_images or whole["test"],
    }
    return {split: count for split, count in sizes.items() if count}


def _info(
    study: Study, name: str, budget: str | None, seed: int, metrics: Sequence[MetricsLine], why: str | None
) -> RunInfo:
    """What run.json says of a run, as far as a file does."""
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
        why="the file ends there" if status == "interrupted" else why,
        hash=experiment.hash(),
        recipe_hash=experiment.hash(),
        code_hashes=(),
        resolved=RecordedExperiment.of(experiment),
        machine=MachineInfo(),
        data=DataInfo(
            name=experiment.data.name,
            published=True,
            provenance="what its author used",
            classes=len(entry.classes) if entry else None,
            class_names=list(entry.classes) if entry else None,
            splits=_sizes(experiment.data),
        ),
        epochs_done=last,
        final={line.split: line for line in metrics if line.epoch == last} or None,
    )
