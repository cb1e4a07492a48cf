"""Activations of the fresh network are dead or saturated.

A ReLU whose input is always negative gives 0 and passes no gradient on. A tanh or sigmoid with a large input lies at
its ends, where its gradient is next to 0. A network that begins so learns slowly or not at all. Training mode is used,
since batch normalisation does its work there.

Mend it: start with He's weights for ReLU (He et al. 2015, Delving deep into rectifiers) and Xavier's for tanh (Glorot
& Bengio 2010), and scale the inputs.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ACTIVATIONS, record_pass
from deepstudy.findings import Finding

_MOST = 0.8  # of a layer's channels may be dead; of a layer's units, saturated
_FEWEST = 8  # channels to judge by
_IMAGES = 16


def find(probe: Probe) -> Iterator[Finding]:
    """Measure dead channels and saturated units of a fresh network.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug where all channels of a layer are dead, else a risk.
    """
    network = probe.perturbed(training=True)
    with torch.no_grad():
        trace = record_pass(network, probe.images(_IMAGES)).trace
    for operation in trace.operations:
        if operation.name not in ACTIVATIONS or not operation.results[0].is_floating_point():
            continue
        result = operation.results[0].float()
        if result.dim() < 2 or result.shape[0] != _IMAGES or result.shape[1] < _FEWEST:
            continue
        if operation.name in ("relu", "relu_", "relu6", "threshold"):
            share = _dead(result)
            if share > _MOST:
                yield Finding(
                    "activations",
                    "bug" if share == 1 else "risk",
                    f"{100 * share:.0f} % of the channels behind {operation.label} are 0 for all of {_IMAGES} images "
                    "before any training: no gradient reaches what feeds them.",
                    operation.spot,
                    "Start with He's weights and biases of 0: `nn.init.kaiming_normal_(layer.weight)`.",
                )
                return
        elif operation.name in ("tanh", "sigmoid"):
            middle, reach = (0.0, 1.0) if operation.name == "tanh" else (0.5, 0.5)
            share = float(((result - middle).abs() > 0.98 * reach).float().mean())
            if share > _MOST:
                yield Finding(
                    "activations",
                    "risk",
                    f"{100 * share:.0f} % of what {operation.label} gives lies at the ends of {operation.name} before "
                    "any training, where its gradient is next to 0.",
                    operation.spot,
                    "Start with Xavier's weights, `nn.init.xavier_normal_(layer.weight)`, and scale the inputs.",
                )
                return


def _dead(result: Tensor) -> float:
    """The share of channels that are 0 throughout."""
    channels = result.transpose(0, 1).flatten(1)
    return float((channels == 0).all(1).float().mean())
