"""What a training needs, and the network as it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from deepstudy import models
from deepstudy.catalog import is_built_in
from deepstudy.errors import InputError
from deepstudy.loading import Dataset, channel_statistics
from deepstudy.loading.batches import Batcher
from deepstudy.loading.seeds import seed_for
from deepstudy.loading.split import Split
from deepstudy.study import Experiment
from deepstudy.training import checkpoint, init
from deepstudy.training.device import Machine
from deepstudy.training.layout import LayoutChoice, choose_layout

_IMAGES_FOR_INIT = 5000  # of the training images, from which `init.first: whiten` learns


@dataclass(frozen=True)
class TrainingSetup:
    """Everything that `loop.train` needs to know.

    Attributes:
        experiment: network and recipe.
        seed: of initial weights, order, augmentation and dropout.
        data: the splits.
        machine: where it trains.
        folder: where a `file.py:Name` of the study is looked up.
        start: a checkpoint whose weights to start from.
        keep_epochs: epochs whose checkpoints stay for good.
    """

    experiment: Experiment
    seed: int
    data: Dataset
    machine: Machine
    folder: Path = Path()
    start: Path | None = None
    keep_epochs: frozenset[int] = frozenset()

    @property
    def classes(self) -> int:
        """How many classes the data have."""
        return len(self.data.classes)

    @property
    def train_split(self) -> Split:
        """The images to train on."""
        return self.data.splits[self.experiment.roles.train_on]

    def normalization(self) -> tuple[list[float], list[float]]:
        """Find the constants that images are normalised with.

        Returns:
            Mean and standard deviation per channel, for pixel values in 0..1: the recipe's, else those of the
            training images.

        Raises:
            InputError: if the recipe's are for another number of channels.
        """
        given, channels = self.experiment.normalize, self.train_split.shape[0]
        if given is None:
            return channel_statistics(self.train_split)
        if len(given.mean) != channels or len(given.std) != channels:
            have = "1 channel" if channels == 1 else f"{channels} channels"
            raise InputError(
                f"normalize: the images have {have}, but mean has {len(given.mean)} and std {len(given.std)}; "
                f"give {channels} each"
            )
        return given.mean, given.std

    def batcher(self, split: str) -> Batcher:
        """Make normalised batches of a split, on the device.

        Arguments:
            split: `train`, `validation` or `test`.

        Returns:
            Its `plain` and `augmented` make them.
        """
        return Batcher(self.data.splits[split].to(self.machine.device), *self.normalization())

    def build_model(self) -> nn.Module:
        """Build the experiment's network with the initial weights of the seed.

        Returns:
            The network, on the CPU.

        Raises:
            InputError: if it cannot be built, or the weights to start from are of another network.
        """
        choice = self.experiment.model
        torch.manual_seed(seed_for("init", self.seed))
        model = models.build(choice.name, choice.options, self.train_split.shape, self.classes, self.folder)
        init.initialize(model, **self.experiment.init.model_dump(), images=self._first_images)
        if self.start is not None:
            load_weights(model, self.start)
        return model

    def with_layout(self, known: LayoutChoice | None = None) -> "TrainingSetup":
        """Choose the memory layout for the network. Built-in networks take channels last.

        Arguments:
            known: the layout of the run so far, if it continues; it must not change.

        Returns:
            The same setup, with that layout in its machine.
        """
        if is_built_in(self.experiment.model.name):
            return self
        if known is None:
            images = self.batcher(self.experiment.roles.train_on).plain(slice(self.experiment.batch_size))[0]
            known = choose_layout(self.build_model, images)
        return replace(self, machine=replace(self.machine, layout=known))

    def _first_images(self) -> Tensor:
        return Batcher(self.train_split, *self.normalization()).plain(slice(_IMAGES_FOR_INIT))[0]


def load_weights(model: nn.Module, path: Path) -> None:
    """Give a network the weights in a checkpoint or state-dict file.

    Arguments:
        model: the network; changed in place.
        path: the file.

    Raises:
        InputError: if the file is not a checkpoint, or its weights are of another network.
    """
    weights = checkpoint.read_weights(path)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        found = _differences(model.state_dict(), weights) or [" ".join(str(error).split())[:200]]
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        raise InputError(f"{path}: these weights are of another network: {found[0]}{more}") from None


def _differences(own: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> list[str]:
    """In what the weights of a file differ from those of a network."""
    found = [f"the file has no {key}" for key in own if key not in weights]
    found += [f"the network has no {key}" for key in weights if key not in own]
    for key in (key for key in own if key in weights):
        here, there = ("x".join(map(str, state[key].shape)) or "a number" for state in (own, weights))
        if here != there:
            found.append(f"{key} is {there} in the file and {here} in the network")
    return found
