"""A loss at the start that is far from ln K: the network is sure of classes that it has never seen."""

import math
import statistics
from collections.abc import Iterator

import torch

from deepstudy.checks.finding import Finding
from deepstudy.checks.subject import Subject

_SEEDS = 3
_FAR = 2.0  # nats above ln K; batch normalisation and a large last layer account for one


def check(subject: Subject) -> Iterator[Finding]:
    """The cross-entropy of fresh networks, over a few seeds."""
    if subject.width < 2:
        return
    expected = math.log(subject.width)
    losses = []
    for seed in range(1 if subject.is_live else _SEEDS):
        network = subject.fresh(seed, training=True)
        with torch.no_grad():
            result = network(subject.images(16, seed))
            losses.append(float(subject.loss(result, subject.labels(16))))
    outputs = sum(subject.weights) or 1.0
    loss = statistics.median(losses) / outputs if subject.weights else statistics.median(losses)
    if not math.isfinite(loss):
        yield Finding(
            "initial_loss",
            "bug",
            "The loss of the fresh network is not a number.",
            "",
            "Look for a logarithm of 0, a division by 0, or weights that are never initialised (`torch.empty`).",
        )
    elif loss > expected + _FAR and not subject.is_live:
        yield Finding(
            "initial_loss",
            "risk",
            f"The loss of the fresh network is {loss:.2f}; one that knows nothing of {subject.width} classes has "
            f"ln {subject.width} = {expected:.2f}. The first steps are spent on unlearning what it is sure of.",
            "",
            "Start the last layer with smaller weights, and the others with He's or Xavier's: "
            "`nn.init.kaiming_normal_(layer.weight)`.",
        )
