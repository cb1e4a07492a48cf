"""Evaluation: the accuracy of trained weights on a split, which a report prints as its test line."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deepstudy import models
from deepstudy.catalog import Choice
from deepstudy.datasets import DATASETS, is_folder
from deepstudy.errors import InputError, did_you_mean
from deepstudy.loading import channel_statistics, load
from deepstudy.loading.batches import Batcher
from deepstudy.record import RunDirectory, RunInfo
from deepstudy.study import Data, Scoring
from deepstudy.training import checkpoint, device
from deepstudy.training.scoring import predict, score
from deepstudy.training.setup import load_weights


@dataclass(frozen=True)
class Evaluation:
    """How well trained weights predict a split.

    Attributes:
        checkpoint: the file of the weights.
        model: the network.
        experiment: the experiment that they were trained in, None if they are not part of a run.
        seed: its seed.
        epoch: finished epochs, None where it is not known.
        step: steps of the next epoch.
        trained_on: the split that the weights were trained on, None where it is not known.
        data: the data set.
        provenance: where the data is from, in words; `copy` in JSON.
        split: the split that was predicted.
        loss: the mean cross-entropy in nats.
        accuracy: in percent.
        correct: images that the network got right.
        images: images that were predicted.
    """

    checkpoint: str
    model: str
    experiment: str | None
    seed: int | None
    epoch: int | None
    step: int | None
    trained_on: str | None
    data: str
    provenance: str
    split: str
    loss: float
    accuracy: float
    correct: int
    images: int

    def as_json(self) -> dict[str, Any]:
        """The document that `test --json` prints."""
        return {"copy" if key == "provenance" else key: value for key, value in asdict(self).items()}


def evaluate(
    subject: Path,
    *,
    data: str | None = None,
    split: str = "test",
    size: int | None = None,
    model: Choice | None = None,
    device_name: str = "auto",
) -> Evaluation:
    """Evaluate the newest checkpoint of a run, one of its checkpoints, or a file of weights.

    A run's weights are evaluated with the data, the normalisation and the precision of the run. Weights alone need
    `model` and `data`, and images are normalised with the constants of the training images.

    Arguments:
        subject: a run directory, a checkpoint, or a file of weights.
        data: another data set with the same classes, or a folder of images.
        split: the split that is predicted.
        size: the side in pixels that the images of a folder are scaled to.
        model: the network of weights that are not part of a run.
        device_name: `auto`, `cpu`, `cuda` or `mps`.

    Returns:
        How well the weights predict the split.

    Raises:
        InputError: if there are no such weights or data, or the two do not fit.
    """
    directory = _run_of(subject)
    info = directory.info() if directory else None
    if directory is None or info is None:
        if model is None or data is None:
            raise InputError(f"{subject}: is not part of a run, so say of what network it is: --model NAME --data NAME")
        return _score(subject, None, model, _data(data, size), split, None, Scoring(), device_name, Path())
    if model is not None:
        raise InputError(f"{subject}: is part of a run, which says of what network it is; leave --model out")
    if subject.is_dir():
        found = checkpoint.newest_file(directory.checkpoints)
        if found is None:
            raise InputError(f"{directory.checkpoints}: holds no whole checkpoint; do the run again")
        subject = found
    experiment = info.resolved.experiment
    if experiment is None:
        raise InputError(f"{directory.path / 'run.json'}: is not of this version; do the run again")
    folder = directory.path / (info.folder or "")
    chosen = experiment.data
    if data is not None and not _is_called(chosen.name, data, folder):
        chosen = _data(data, size)
    elif size is not None:
        raise InputError(f"--size {size}: the run's own images have their size; give another folder with --data")
    trained_on = experiment.roles.train_on if chosen is experiment.data else None
    scoring = experiment.scoring
    return _score(subject, info, experiment.model, chosen, split, trained_on, scoring, device_name, folder)


def _is_called(own: str, name: str, folder: Path) -> bool:
    """Whether `name`, seen from where the command is given, is the data that a run's recipe calls `own`."""
    if is_folder(own) and is_folder(name):
        return (folder / own).resolve() == Path(name).resolve()
    return own == name


def _data(name: str, size: int | None) -> Data:
    """The whole of a data set that the command line names; a folder is seen from where the command is given."""
    if is_folder(name):
        return Data(name=f"{Path(name).resolve()}{os.sep}", size=size)
    if name not in DATASETS:
        raise InputError(f"--data {name}: no data set is called so{did_you_mean(name, DATASETS)}")
    if size is not None:
        raise InputError(f"--size {size}: is for a folder of images; those of {name} have their size")
    return Data(name=name)


def _run_of(subject: Path) -> RunDirectory | None:
    """The run directory that `subject` is, or is a checkpoint of."""
    if not subject.exists():
        raise InputError(f"{subject}: there is no such run or checkpoint")
    path = subject if subject.is_dir() else subject.resolve().parent.parent
    if (path / "run.json").is_file():
        return RunDirectory(path)
    if subject.is_dir():
        raise InputError(f"{subject}: is no run (it has no run.json); a run is STUDY/BUDGET/EXPERIMENT/seedK")
    return None


def _score(
    path: Path,
    info: RunInfo | None,
    model: Choice,
    data: Data,
    split: str,
    trained_on: str | None,
    scoring: Scoring,
    device_name: str,
    folder: Path,
) -> Evaluation:
    loaded = load(**data.model_dump(), folder=folder)
    shape = loaded.splits["test"].shape
    if split not in loaded.splits:
        raise InputError(f"--split {split}: {data.name} has {', '.join(loaded.splits)} here")
    classes = info.data.classes if info else None
    if classes is not None and classes != len(loaded.classes):
        raise InputError(f"--data {data.name}: has {len(loaded.classes)} classes, but the run had {classes}")
    names = info.data.class_names if info else None
    if names is not None and names != list(loaded.classes):
        own, theirs = next(pair for pair in zip(names, loaded.classes, strict=True) if pair[0] != pair[1])
        raise InputError(f"--data {data.name}: has a class {theirs} where the run had {own}; rename its folders")
    if info is None:
        mean, std = channel_statistics(loaded.splits["train"])
    elif info.data.mean is None or info.data.std is None:
        raise InputError(f"{path}: its run does not say how images were normalised; do the run again")
    else:
        mean, std = info.data.mean, info.data.std
    if len(mean) != shape[0]:
        raise InputError(f"--data {data.name}: has {shape[0]} channels, but the run had {len(mean)}")
    machine = device.choose_machine(device_name, (info.machine.precision if info else None) or "32")
    network = models.build(model.name, model.options, shape, len(loaded.classes), folder)
    load_weights(network, path)
    batches = Batcher(loaded.splits[split].to(machine.device), mean, std)
    logits = predict(machine.place_model(network), batches, len(loaded.classes), machine, scoring)
    loss, correct = score(logits, batches)
    images = len(loaded.splits[split])
    epoch, step = checkpoint.place_of(path) or (None, None)
    return Evaluation(
        checkpoint=str(path),
        model=model.name,
        experiment=info.experiment if info else None,
        seed=info.seed if info else None,
        epoch=epoch,
        step=step,
        trained_on=trained_on,
        data=data.name,
        provenance=loaded.data_copy,
        split=split,
        loss=loss,
        accuracy=100 * correct / images,
        correct=correct,
        images=images,
    )
