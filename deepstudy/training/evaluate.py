"""Evaluation: the accuracy of trained weights on a split."""

import copy
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from deepstudy import models
from deepstudy.catalog import Choice, is_built_in
from deepstudy.datasets import DATASETS, is_folder
from deepstudy.errors import InputError, did_you_mean
from deepstudy.loading import Dataset, channel_statistics, load
from deepstudy.loading.batches import Batcher
from deepstudy.record import Collection, RunDirectory, RunInfo
from deepstudy.study import Data, Scoring
from deepstudy.training import checkpoint
from deepstudy.training import device as devices
from deepstudy.training.layout import choose_layout
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
    path: Path,
    *,
    data: str | None = None,
    split: str = "test",
    size: int | None = None,
    model: Choice | None = None,
    device: str = "auto",
) -> Evaluation:
    """Evaluate the newest checkpoint of a run, one of its checkpoints, or a file of weights.

    A run's weights are evaluated with the data, the normalisation and the precision of the run. Weights alone need
    `model` and `data`, and images are normalised with the constants of the training images.

    Arguments:
        path: a run directory, a checkpoint, or a file of weights.
        data: another data set with the same classes, or a folder of images.
        split: the split that is predicted.
        size: the side in pixels that the images of a folder are scaled to.
        model: the network of weights that are not part of a run.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Returns:
        How well the weights predict the split.

    Raises:
        InputError: if there are no such weights or data, or they do not fit together.
    """
    directory = _run_of(path)
    info = directory.info() if directory else None
    if directory is None or info is None:
        if model is None or data is None:
            raise InputError(f"{path}: these weights do not belong to a run; add --model NAME --data NAME")
        return _evaluate(_Weights(path, model), _data(data, size), split, device)
    if model is not None:
        raise InputError(f"{path}: the run already names its network; remove --model")
    if path.is_dir():
        newest = checkpoint.newest_file(directory.checkpoints)
        if newest is None:
            raise InputError(
                f"{directory.checkpoints}: holds no intact checkpoint; delete the run's folder to run it again"
            )
        path = newest
    experiment = info.resolved.experiment
    if experiment is None:
        raise InputError(
            f"{directory.path / 'run.json'}: was written by another version; delete the run's folder to run it again"
        )
    folder = directory.path / (info.folder or "")
    own, trained_on = experiment.data, experiment.roles.train_on
    if data is not None and not _is_same_data(own.name, data, folder):
        weights = _Weights(path, experiment.model, folder, info, experiment.scoring)
        return _evaluate(weights, _data(data, size), split, device)
    if size is not None:
        raise InputError(
            f"--size {size}: the images of the run already have a size; remove --size, or add --data FOLDER/"
        )
    weights = _Weights(path, experiment.model, folder, info, experiment.scoring, trained_on)
    return _evaluate(weights, own, split, device)


@dataclass(frozen=True)
class _Weights:
    """Trained weights, and what is known of them.

    Attributes:
        path: their file.
        model: the network.
        folder: where the network's own code and images are looked up from.
        info: the record of their run, None if there is none.
        scoring: how the network is scored.
        trained_on: the split that they were trained on, None if it is not known for the data that they now predict.
    """

    path: Path
    model: Choice
    folder: Path = Path()
    info: RunInfo | None = None
    scoring: Scoring = field(default_factory=Scoring)
    trained_on: str | None = None


def _run_of(path: Path) -> RunDirectory | None:
    """The run directory that `path` is, or is a checkpoint of."""
    if not path.exists():
        if Collection.within(path.parent.parent):
            raise InputError(
                f"{path.parent.parent}: holds packed runs, which have no checkpoints; run the experiment again"
            )
        raise InputError(f"{path}: no such run or checkpoint")
    folder = path if path.is_dir() else path.resolve().parent.parent
    if (folder / "run.json").is_file():
        return RunDirectory(folder)
    if path.is_dir():
        raise InputError(
            f"{path}: is not a run, as it has no run.json; give a folder like runs/STUDY/BUDGET/EXPERIMENT/seed0"
        )
    return None


def _is_same_data(own: str, name: str, folder: Path) -> bool:
    """Whether `name`, seen from where the command is given, is the data that a run's recipe calls `own`."""
    if is_folder(own) and is_folder(name):
        return (folder / own).resolve() == Path(name).resolve()
    return own == name


def _data(name: str, size: int | None) -> Data:
    """The whole of a data set that the command line names; a folder is seen from where the command is given."""
    if is_folder(name):
        return Data(name=f"{Path(name).resolve()}{os.sep}", size=size)
    if name not in DATASETS:
        raise InputError(f"--data {name}: no such data set{did_you_mean(name, DATASETS)}")
    if size is not None:
        raise InputError(f"--size {size}: applies only to folders of images; remove it")
    return Data(name=name)


def _evaluate(weights: _Weights, data: Data, split: str, device: str) -> Evaluation:
    info, model = weights.info, weights.model
    loaded = load(**data.model_dump(), folder=weights.folder)
    shape = loaded.splits["test"].shape
    if split not in loaded.splits:
        raise InputError(f"--split {split}: {data.name} has no such images here; choose {' or '.join(loaded.splits)}")
    mean, std = _statistics(weights, loaded)
    if len(mean) != shape[0]:
        raise InputError(f"--data {data.name}: has {_count(shape[0], 'channel')}, but the run had {len(mean)}")
    machine = devices.choose_machine(device, (info.machine.precision if info else None) or "32")
    network = models.build(model.name, model.options, shape, len(loaded.classes), weights.folder)
    load_weights(network, weights.path)
    batches = Batcher(loaded.splits[split].to(machine.device), mean, std)
    if info is not None:
        machine = replace(machine, layout=devices.recorded_layout(info.machine))
    elif not is_built_in(model.name):
        machine = replace(machine, layout=choose_layout(lambda: copy.deepcopy(network), batches.plain(slice(2))[0]))
    outputs = predict(machine.place_model(network), batches, len(loaded.classes), machine, weights.scoring)
    loss, correct = score(outputs, batches)
    images = len(loaded.splits[split])
    epoch, step = checkpoint.place_of(weights.path) or (None, None)
    return Evaluation(
        checkpoint=str(weights.path),
        model=model.name,
        experiment=info.experiment if info else None,
        seed=info.seed if info else None,
        epoch=epoch,
        step=step,
        trained_on=weights.trained_on,
        data=data.name,
        provenance=loaded.provenance,
        split=split,
        loss=loss,
        accuracy=100 * correct / images,
        correct=correct,
        images=images,
    )


def _statistics(weights: _Weights, loaded: Dataset) -> tuple[Sequence[float], Sequence[float]]:
    """Mean and standard deviation of each channel, to normalise images with. Refuses data with other classes."""
    if weights.info is None:
        return channel_statistics(loaded.splits["train"])
    data = weights.info.data
    if data.classes is not None and data.classes != len(loaded.classes):
        raise InputError(
            f"--data {loaded.name}: has {_count(len(loaded.classes), 'class')}, but the run had {data.classes}"
        )
    for own, other in zip(data.class_names or (), loaded.classes, strict=False):
        if own != other:
            raise InputError(
                f"--data {loaded.name}: has a class {other} instead of the run's class {own}; "
                "use data with the same classes"
            )
    if data.mean is None or data.std is None:
        raise InputError(
            f"{weights.path}: its run does not record how images were normalised; "
            "delete the run's folder to run it again"
        )
    return data.mean, data.std


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}{'es' if what.endswith('s') else 's'}"
