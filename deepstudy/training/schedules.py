"""Learning-rate schedules, as factors of the recipe's learning rate.

Each is a closed form of the progress in epochs (2.5 is halfway through the third), so that a run can be cut anywhere
without a state of its own to save; the tests hold them against torch.optim.lr_scheduler. `switch` alone depends on
what training measures: the loop asks `Condition` and keeps the answer in the checkpoint.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch.optim import Optimizer

from deepstudy import catalog
from deepstudy.study import Experiment


def constant(_progress: float, _epochs: int) -> float:
    """1 throughout."""
    return 1.0


def step(progress: float, _epochs: int, every: int, gamma: float) -> float:
    """Times `gamma` every `every` epochs."""
    return float(gamma ** (int(progress) // every))


def multistep(progress: float, _epochs: int, at: Sequence[int], gamma: float) -> float:
    """Times `gamma` after each of the epochs `at`."""
    return float(gamma ** sum(progress >= epoch for epoch in at))


def cosine(progress: float, epochs: int, floor: float) -> float:
    """Half a cosine from 1 to `floor` (Loshchilov & Hutter 2016, equation 5)."""
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress / epochs)) / 2


def linear(progress: float, epochs: int, floor: float) -> float:
    """Straight from 1 to `floor`."""
    return 1 - (1 - floor) * progress / epochs


@dataclass(frozen=True)
class Schedule:
    """The learning rate at any progress of a run of `epochs` epochs."""

    name: str
    options: Mapping[str, Any]
    lr: float
    epochs: int

    def at(self, progress: float, switched: bool = False) -> float:
        """The learning rate after `progress` epochs; `switched` says whether a `switch` has happened."""
        options = dict(self.options)
        warmup = options.pop("warmup")
        if self.name == "switch":
            if switched:
                return float(options["then"]) * multistep(progress, self.epochs, options["at"], options["gamma"])
            options = {}
        factor: float = catalog.SCHEDULES[self.name].import_target()(progress, self.epochs, **options)
        return self.lr * factor * (min(1.0, progress / warmup) if warmup else 1.0)

    def apply(self, optimizer: Optimizer, progress: float, switched: bool = False) -> None:
        """Set the learning rate of every group of parameters.

        Arguments:
            optimizer: changed in place.
            progress: epochs so far; 2.5 is halfway through the third.
            switched: whether a `switch` has come.
        """
        lr = self.at(progress, switched)
        for group in optimizer.param_groups:
            group["lr"] = lr * group.get("share", 1.0)

    @classmethod
    def of(cls, experiment: Experiment) -> "Schedule":
        """The schedule of an experiment."""
        choice, lr = experiment.schedule, float(experiment.optimizer.options["lr"])
        return cls(choice.name, choice.options, lr, experiment.epochs)

    @cached_property
    def condition(self) -> "Condition | None":
        """What a `switch` waits for."""
        return Condition.parse(self.options["until"]) if self.name == "switch" else None

    def asks(self, split: str) -> bool:
        """Whether a switch waits for a quantity of this split."""
        return self.condition is not None and self.condition.split == split

    def is_time(self, loss: float, accuracy: float) -> bool:
        """Whether the switch's condition is true of this mean loss and accuracy (percent) of the split it asks for."""
        return self.condition is not None and self.condition.holds(loss, accuracy)


@dataclass(frozen=True)
class Condition:
    """`test_accuracy > 80`: a quantity of finished epochs, or of the running one where it is about training images."""

    split: str
    quantity: str
    greater: bool
    level: float

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """The condition that `text` states. Raises ValueError if it states none."""
        match = re.fullmatch(catalog.CONDITION, text)
        if match is None:
            raise ValueError(f"{text!r} is no condition; write one like test_accuracy > 80 or train_error < 80")
        split, quantity, sign, level = match.groups()
        return cls(split, quantity, sign == ">", float(level))

    def holds(self, loss: float, accuracy: float) -> bool:
        """Whether it is true of this mean loss and accuracy (percent)."""
        value = {"loss": loss, "accuracy": accuracy, "error": 100 - accuracy}[self.quantity]
        return value > self.level if self.greater else value < self.level
