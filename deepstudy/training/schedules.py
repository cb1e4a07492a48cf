"""Learning-rate schedules, as factors of the recipe's learning rate.

Each is a formula of the progress in epochs; 2.5 is halfway through the third. So a run can be interrupted anywhere, and
no schedule has a state to save. The tests compare them with torch.optim.lr_scheduler. Only `switch` depends on what
training measures: the checkpoint holds whether it has switched.
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
    """The factor 1 throughout."""
    return 1.0


def step(progress: float, _epochs: int, every: int, gamma: float) -> float:
    """Multiply by a factor every so many epochs.

    Arguments:
        progress: epochs so far.
        every: epochs between steps.
        gamma: the factor of a step.
    """
    return float(gamma ** (int(progress) // every))


def multistep(progress: float, _epochs: int, at: Sequence[int], gamma: float) -> float:
    """Multiply by a factor after each of some epochs.

    Arguments:
        progress: epochs so far.
        at: epochs after which it steps.
        gamma: the factor of a step.
    """
    return float(gamma ** sum(progress >= epoch for epoch in at))


def cosine(progress: float, epochs: int, floor: float) -> float:
    """Half a cosine from 1 to `floor` (Loshchilov & Hutter 2016, equation 5).

    Arguments:
        progress: epochs so far.
        epochs: epochs in all.
        floor: the factor at the end.
    """
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress / epochs)) / 2


def linear(progress: float, epochs: int, floor: float) -> float:
    """A straight line from 1 to `floor`.

    Arguments:
        progress: epochs so far.
        epochs: epochs in all.
        floor: the factor at the end.
    """
    return 1 - (1 - floor) * progress / epochs


@dataclass(frozen=True)
class Schedule:
    """The learning rate at any progress of a run.

    Attributes:
        name: of the schedule.
        options: its options.
        lr: the recipe's learning rate.
        epochs: epochs in all.
    """

    name: str
    options: Mapping[str, Any]
    lr: float
    epochs: int

    def at(self, progress: float, switched: bool = False) -> float:
        """Compute the learning rate.

        Arguments:
            progress: epochs so far.
            switched: whether a `switch` has switched.
        """
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
            switched: whether a `switch` has switched.
        """
        lr = self.at(progress, switched)
        for group in optimizer.param_groups:
            group["lr"] = lr * group.get("share", 1.0)

    @classmethod
    def of(cls, experiment: Experiment) -> "Schedule":
        """Take the schedule of an experiment.

        Arguments:
            experiment: its `schedule`, `optimizer.lr` and `epochs` count.
        """
        choice, lr = experiment.schedule, float(experiment.optimizer.options["lr"])
        return cls(choice.name, choice.options, lr, experiment.epochs)

    @cached_property
    def condition(self) -> "Condition | None":
        """What a `switch` waits for."""
        return Condition.parse(self.options["until"]) if self.name == "switch" else None

    def waits_for(self, split: str) -> bool:
        """Say whether a `switch` waits for a quantity of a split.

        Arguments:
            split: `train`, `validation` or `test`.
        """
        return self.condition is not None and self.condition.split == split

    def switches(self, split: str, loss: float, accuracy: float) -> bool:
        """Say whether a `switch` switches now, given what was measured.

        Arguments:
            split: the split that was measured.
            loss: its mean loss.
            accuracy: its accuracy in percent.
        """
        return self.condition is not None and self.waits_for(split) and self.condition.holds(loss, accuracy)


@dataclass(frozen=True)
class Condition:
    """`test_accuracy > 80`: a quantity of finished epochs, or of the running one where it is about training images."""

    split: str
    quantity: str
    greater: bool
    level: float

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read a condition.

        Arguments:
            text: `test_accuracy > 80` and the like.

        Raises:
            ValueError: if it is not a condition.
        """
        match = re.fullmatch(catalog.CONDITION, text)
        if match is None:
            raise ValueError(f"{text!r} is not a condition; write one like test_accuracy > 80 or train_error < 80")
        split, quantity, sign, level = match.groups()
        return cls(split, quantity, sign == ">", float(level))

    def holds(self, loss: float, accuracy: float) -> bool:
        """Say whether the condition is true.

        Arguments:
            loss: the split's mean loss.
            accuracy: its accuracy in percent.
        """
        value = {"loss": loss, "accuracy": accuracy, "error": 100 - accuracy}[self.quantity]
        return value > self.level if self.greater else value < self.level
