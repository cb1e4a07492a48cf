"""Activations of the untrained network are dead or saturated.

The rule looks at the output of each ReLU, tanh and sigmoid in training mode, where batch normalisation has its effect.

## Why it matters
A ReLU whose input is always negative returns 0 and passes no gradient on. A tanh or sigmoid with a large input is near
its limits, where its gradient is almost 0. A network that starts like this learns slowly or not at all.

## Example
The weights have a standard deviation of 1, so a sum of 3,072 products is far outside the range of tanh.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(3072, 32), nn.Tanh(), nn.Linear(32, 10))
        nn.init.normal_(self[1].weight)
```

## Not an error
The negative biases make most outputs of the ReLU 0. Each channel is still active for some images, so it learns.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(3072, 32), nn.ReLU(), nn.Linear(32, 10))
        nn.init.constant_(self[1].bias, -0.3)
```

## How to fix
Use He's initial weights before ReLU, `nn.init.kaiming_normal_(layer.weight)`, and Xavier's before tanh,
`nn.init.xavier_normal_(layer.weight)`. Scale the inputs to mean 0 and variance 1.

## Source
Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, section 3, for
saturation. He et al. 2015, Delving Deep into Rectifiers, section 2.2, for the weights.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ACTIVATIONS, record_pass
from deepstudy.findings import Finding

_MOST = 0.8  # share of a layer's channels that may be dead, and of its units that may be saturated
_FEWEST = 8  # channels that a layer must have
_IMAGES = 16


def find(probe: Probe) -> Iterator[Finding]:
    """Measure the dead channels and saturated units of an untrained network.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if all channels of a layer are dead, otherwise a risk.
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
                    f"{100 * share:.0f} % of the channels after {operation.label} are 0 for all {_IMAGES} images "
                    "before training. No gradient reaches the weights that feed them.",
                    operation.spot,
                    "Use He's initial weights, `nn.init.kaiming_normal_(layer.weight)`, and biases of 0.",
                )
                return
        elif operation.name in ("tanh", "sigmoid"):
            middle, reach = (0.0, 1.0) if operation.name == "tanh" else (0.5, 0.5)
            share = float(((result - middle).abs() > 0.98 * reach).float().mean())
            if share > _MOST:
                yield Finding(
                    "activations",
                    "risk",
                    f"{100 * share:.0f} % of the values after {operation.label} are near the limits of "
                    f"{operation.name} before training. The gradient there is almost 0.",
                    operation.spot,
                    "Use Xavier's initial weights, `nn.init.xavier_normal_(layer.weight)`, and scale the inputs.",
                )
                return


def _dead(result: Tensor) -> float:
    """The share of channels that are 0 everywhere."""
    channels = result.transpose(0, 1).flatten(1)
    return float((channels == 0).all(1).float().mean())
