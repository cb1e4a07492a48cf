"""How long an experiment would take here, from a few steps of it."""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from deepstudy.datasets import DatasetInfo
from deepstudy.loading import Dataset, dataset_info
from deepstudy.loading.batches import Batcher
from deepstudy.loading.split import Split
from deepstudy.study import Experiment
from deepstudy.training import optimizers
from deepstudy.training.device import Machine
from deepstudy.training.guards import GuardedNetwork
from deepstudy.training.outputs import training_loss
from deepstudy.training.setup import TrainingSetup

_SECONDS = 0.5  # of steps, at least
_SLOW = 1.0  # seconds a step, from which part of a batch is timed and the rest computed


@dataclass(frozen=True)
class Estimate:
    """Parameters of a network, and the seconds of work with it on this machine."""

    parameters: int
    seconds: float


class Estimator:
    """Estimates for the experiments of a study, which often share a network: its steps are timed once."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        """Get ready.

        Arguments:
            folder: where a study's own networks and images are looked up from.
            machine: where they would train.
        """
        self.folder, self.machine = folder, machine
        self.steps: dict[str, Estimate] = {}

    def estimate(self, experiment: Experiment) -> Estimate:
        """Estimate how long training one seed would take.

        Steps are timed on random images, so no data set need be here. Scoring counts as the forward third of a step.

        Arguments:
            experiment: network and recipe.

        Returns:
            The network's parameters, and the seconds of the whole run.

        Raises:
            InputError: if the network cannot be built or trained.
        """
        entry = dataset_info(experiment.data, self.folder)
        data = experiment.data
        sizes = data.split_sizes(entry.splits)
        trained = sizes[experiment.roles.train_on]
        n = min(experiment.batch_size, trained)
        model = experiment.model.model_dump()
        key = json.dumps([model, entry.shape, len(entry.classes), experiment.optimizer.name, n])
        if key not in self.steps:
            self.steps[key] = self._step(experiment, entry, n)
        step = self.steps[key]
        splits = {"validation", experiment.roles.score_on} - {experiment.roles.train_on}
        times = math.ceil(experiment.epochs / experiment.scoring.every) * experiment.scoring.views
        scored = sum(sizes[name] for name in splits) * times
        steps = math.ceil(trained / n) * _epochs(experiment, entry) + scored / n / 3
        return Estimate(step.parameters, step.seconds * steps)

    def _step(self, experiment: Experiment, entry: DatasetInfo, n: int) -> Estimate:
        """The seconds of a step of n images."""
        shape, machine = entry.shape, self.machine
        split = Split(torch.randint(0, 256, (n, *shape), dtype=torch.uint8), torch.zeros(n, dtype=torch.int64))
        splits = dict.fromkeys(("train", "validation", "test"), split)
        data = Dataset("random", entry.classes, splits, fingerprint="", published=False, provenance="random images")
        setup = TrainingSetup(experiment, 0, data, machine, self.folder).with_layout()
        model = setup.machine.place_model(setup.build_model())
        network = GuardedNetwork(setup, model)
        optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, model.parameters())
        channels = [0.5] * shape[0]
        images, labels = Batcher(split.to(machine.device), channels, channels).plain(slice(None))

        def timed(count: int) -> float:
            """Seconds of a step, computed from so many of its images; the update takes as long for any number."""
            began = time.perf_counter()
            with network.translated_errors():
                loss, _ = training_loss(network.forward(images[:count]), labels[:count], experiment)
                optimizer.zero_grad()
                network.backward(loss)
                loss.item()  # waits for the device
                passed = time.perf_counter()
                network.update(optimizer)
            return (passed - began) * n / count + time.perf_counter() - passed

        part = min(n, 8)
        timed(part)  # the first step allocates
        if timed(part) < _SLOW:
            part = n
        times: list[float] = []
        while len(times) < 3 or sum(times) * part / n < _SECONDS:
            times.append(timed(part))
        seconds = min(times)  # what else runs on the machine only ever makes a step slower
        return Estimate(sum(parameter.numel() for parameter in model.parameters()), seconds)


def _epochs(experiment: Experiment, entry: DatasetInfo) -> float:
    """The epochs of an experiment, those on smaller images counted by their pixels."""
    growing, full, epochs = experiment.resolution, min(entry.shape[1:]), experiment.epochs
    if growing is None:
        return float(epochs)
    return sum((growing.side(epoch, epochs, full) / full) ** 2 for epoch in range(1, epochs + 1))
