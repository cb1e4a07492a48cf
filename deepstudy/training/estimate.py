"""How long an experiment would take here, from a few steps of it."""

import math
import statistics
import time
from pathlib import Path

import torch

from deepstudy import catalog
from deepstudy.datasets import Dataset
from deepstudy.datasets.batches import Batcher
from deepstudy.datasets.split import Split
from deepstudy.study import Experiment
from deepstudy.training import device, loop, optimizers

_SECONDS = 0.5  # of steps, at least


def estimate(experiment: Experiment, folder: Path, device_name: str) -> tuple[int, float]:
    """The parameters of the network, and the seconds that training one seed would take on this machine.

    Times steps on random images, so that it needs no data; scoring is counted as the forward third of a step.
    """
    entry, machine = catalog.DATASETS[experiment.data.name], device.choose(device_name)
    sizes = split_sizes(experiment)
    trained = sizes[experiment.roles.train_on]
    n = min(experiment.batch_size, trained)
    split = Split(torch.randint(0, 256, (n, *entry.shape), dtype=torch.uint8), torch.zeros(n, dtype=torch.int64))
    data = Dataset(entry.target, entry.classes, dict.fromkeys(("train", "validation", "test"), split), "", False)
    model = machine.place_model(loop.build_model(loop.Plan(experiment, 0, data, machine, folder)))
    optimizer = optimizers.build(experiment.optimizer.name, experiment.optimizer.options, model.parameters())
    channels = [0.5] * entry.shape[0]
    images, labels = Batcher(split.to(machine.device), channels, channels).plain(slice(None))
    times: list[float] = []
    while len(times) < 3 or sum(times) < _SECONDS:
        began = time.perf_counter()
        loss, _logits = loop.training_loss(model(machine.place_images(images)), labels, experiment)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()  # waits for the device
        times.append(time.perf_counter() - began)
    scored = sum(sizes[name] for name in {"validation", experiment.roles.score_on} - {experiment.roles.train_on})
    seconds = statistics.median(times[1:]) * (math.ceil(trained / n) + scored / n / 3) * experiment.epochs
    return sum(parameter.numel() for parameter in model.parameters()), seconds


def split_sizes(experiment: Experiment) -> dict[str, int]:
    """How many images each split of an experiment has."""
    data, published = experiment.data, catalog.DATASETS[experiment.data.name].splits
    return {
        "train": data.train_images or published["train"] - data.validation,
        "validation": data.validation,
        "test": data.test_images or published["test"],
    }
