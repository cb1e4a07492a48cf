"""How long an experiment would take here, from a few steps of it."""

import json
import math
import time
from dataclasses import replace
from pathlib import Path

import torch

from deepstudy.catalog import DataEntry
from deepstudy.datasets import Dataset, describe
from deepstudy.datasets.batches import Batcher
from deepstudy.datasets.split import Split
from deepstudy.study import Experiment
from deepstudy.training import loop, optimizers
from deepstudy.training.device import LAYOUTS, Layout, Machine

_SECONDS = 0.5  # of steps, at least
_SLOW = 1.0  # seconds a step, from which a few images of the batch are timed and the rest reckoned


class Estimator:
    """Estimates for the experiments of a study, which often share a network: its steps are timed once."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        """`folder` is where a study's own networks and images are looked up from."""
        self.folder, self.machine = folder, machine
        self.measured: dict[str, tuple[int, float]] = {}

    def __call__(self, experiment: Experiment) -> tuple[int, float]:
        """The parameters of the network, and the seconds that training one seed would take on this machine.

        Times steps on random images, so that it needs no data; scoring is counted as the forward third of a step.
        """
        entry = describe(experiment.data, self.folder)
        sizes = split_sizes(experiment, entry)
        trained = sizes[experiment.roles.train_on]
        n = min(experiment.batch_size, trained)
        model = experiment.model.model_dump()
        key = json.dumps([model, entry.shape, len(entry.classes), experiment.optimizer.name, n])
        if key not in self.measured:
            self.measured[key] = self._step(experiment, entry, n)
        parameters, seconds = self.measured[key]
        scored = sum(sizes[name] for name in {"validation", experiment.roles.score_on} - {experiment.roles.train_on})
        return parameters, seconds * (math.ceil(trained / n) + scored / n / 3) * experiment.epochs

    def _step(self, experiment: Experiment, entry: DataEntry, n: int) -> tuple[int, float]:
        """Parameters, and the seconds of a step of n images."""
        split = Split(torch.randint(0, 256, (n, *entry.shape), dtype=torch.uint8), torch.zeros(n, dtype=torch.int64))
        data = Dataset("", entry.classes, dict.fromkeys(("train", "validation", "test"), split), "", False, "")
        steps = Steps(loop.Plan(experiment, 0, data, self.machine, self.folder), n)
        part = steps.affordable()
        times: list[float] = []
        while len(times) < 3 or sum(times) < _SECONDS:
            times.append(steps.seconds(part))
        seconds = min(times) * n / part  # what else runs on the machine only ever makes a step slower
        return sum(parameter.numel() for parameter in steps.model.parameters()), seconds


class Steps:
    """Steps of a plan's recipe on the first images it trains on, without augmentation, to be timed."""

    def __init__(self, plan: loop.Plan, n: int) -> None:
        """`n` is the batch size; the network is a new one."""
        self.experiment, self.machine, self.n = plan.experiment, plan.machine, n
        optimizer = plan.experiment.optimizer
        self.model = plan.machine.place_model(loop.build_model(plan))
        self.optimizer = optimizers.build(optimizer.name, optimizer.options, self.model.parameters())
        split = plan.data.splits[plan.experiment.roles.train_on].at(torch.arange(n))
        channels = [0.5] * split.images.shape[1]
        self.images, self.labels = Batcher(split.to(plan.machine.device), channels, channels).plain(slice(None))

    def seconds(self, count: int) -> float:
        """The time of a step of `count` images."""
        began = time.perf_counter()
        with self.machine.autocast():
            outputs = self.model(self.machine.place_images(self.images[:count]))
        loss, _ = loop.training_loss(outputs, self.labels[:count], self.experiment)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        loss.item()  # waits for the device
        return time.perf_counter() - began

    def affordable(self) -> int:
        """How many images of the batch a step can have that is to be timed several times; warms up."""
        part = min(self.n, 8)
        self.seconds(part)  # the first step allocates
        return self.n if self.seconds(part) * self.n / part < _SLOW else part


def fastest_layout(plan: loop.Plan) -> Layout:
    """The memory layout in which the plan's steps are fastest here: a few steps in each, in turn.

    The best time of each counts, since what else runs on the machine only ever makes a step slower.
    """
    n = min(plan.experiment.batch_size, len(plan.data.splits[plan.experiment.roles.train_on]))
    steps = {name: Steps(replace(plan, machine=replace(plan.machine, layout=name)), n) for name in LAYOUTS}
    part = min(each.affordable() for each in steps.values())
    best = dict.fromkeys(LAYOUTS, math.inf)
    began = time.perf_counter()
    turns = 0
    while turns < 3 or time.perf_counter() - began < _SECONDS:
        turns += 1
        for name, each in steps.items():
            best[name] = min(best[name], each.seconds(part))
    return min(LAYOUTS, key=lambda name: best[name])


def split_sizes(experiment: Experiment, entry: DataEntry) -> dict[str, int]:
    """How many images each split of an experiment has, of data that has those of `entry`."""
    data = experiment.data
    return {
        "train": data.train_images or entry.splits["train"] - data.validation,
        "validation": data.validation,
        "test": data.test_images or entry.splits["test"],
    }
