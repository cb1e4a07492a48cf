"""The loss of the fresh network is far above ln(classes).

A fresh network knows nothing of the classes, so its cross-entropy should be about ln(classes): 2.30 for ten. A loss far
above says that it is sure of classes that it has never seen, mostly because its weights are too large. The first steps
are spent on unlearning that (Karpathy 2019, A recipe for training neural networks).

Mend it: start the last layer with smaller weights, and the others with He's or Xavier's.
"""

import math
import statistics
from collections.abc import Iterator

import torch

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_SEEDS = 3
_FAR = 2.0  # nats above ln K; batch normalisation and a large last layer account for one


def find(probe: Probe) -> Iterator[Finding]:
    """Compute the cross-entropy of fresh networks over a few seeds.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug where the loss is not a number, a risk where it is too high.
    """
    if probe.width < 2:
        return
    expected = math.log(probe.width)
    losses = []
    for seed in range(1 if probe.is_live else _SEEDS):
        network = probe.fresh(seed, training=True)
        with torch.no_grad():
            result = network(probe.images(16, seed))
            losses.append(float(probe.loss(result, probe.labels(16))))
    outputs = sum(probe.weights) or 1.0
    loss = statistics.median(losses) / outputs if probe.weights else statistics.median(losses)
    if not math.isfinite(loss):
        yield Finding(
            "initial_loss",
            "bug",
            "The loss of the fresh network is not a number.",
            "",
            "Look for a logarithm of 0, a division by 0, or weights that are never initialised (`torch.empty`).",
        )
    elif loss > expected + _FAR and not probe.is_live:
        yield Finding(
            "initial_loss",
            "risk",
            f"The loss of the fresh network is {loss:.2f}; one that knows nothing of {probe.width} classes has "
            f"ln {probe.width} = {expected:.2f}. The first steps are spent on unlearning what it is sure of.",
            "",
            "Start the last layer with smaller weights, and the others with He's or Xavier's: "
            "`nn.init.kaiming_normal_(layer.weight)`.",
        )
