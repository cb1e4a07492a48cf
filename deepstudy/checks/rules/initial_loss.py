"""The loss of the untrained network is far above ln(classes).

The rule computes the cross-entropy of networks that were just built. It needs the class: for a module that may be
trained already, it only looks for losses that are not a number.

## Why it matters
An untrained network knows nothing about the classes, so its loss should be about ln(classes): 2.30 for ten. A much
higher loss means that it is sure of wrong classes, usually because its weights are too large. The first steps of
training only undo that.

## Example
`nn.init.normal_` draws with a standard deviation of 1. The default of this layer is 0.01.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(3072, 32), nn.ReLU(), nn.Linear(32, 10))
        nn.init.normal_(self[1].weight)
```

## Not an error
The weights are equally large, but batch normalisation removes their scale.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        linear = nn.Linear(3072, 32, bias=False)
        nn.init.normal_(linear.weight)
        super().__init__(nn.Flatten(), linear, nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10))
```

## How to fix
Use He's or Xavier's initial weights, `nn.init.kaiming_normal_(layer.weight)`, and smaller ones for the last layer.

## Source
Karpathy 2019, A Recipe for Training Neural Networks, "verify loss @ init". The value is arithmetic: the cross-entropy
of the uniform distribution over K classes is ln K.
"""

import math
import statistics
from collections.abc import Iterator

import torch

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_SEEDS = 3
_FAR = 2.0  # nats above ln K; batch normalisation and a large last layer explain one of them


def find(probe: Probe) -> Iterator[Finding]:
    """Compute the cross-entropy of untrained networks over a few seeds.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if the loss is not a number, a risk if it is too high.
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
            "The loss of the untrained network is NaN or infinite.",
            "",
            "Look for a logarithm of 0, a division by 0, or weights without initial values (`torch.empty`).",
        )
    elif loss > expected + _FAR and not probe.is_live:
        yield Finding(
            "initial_loss",
            "risk",
            f"The loss of the untrained network is {loss:.2f}. Without knowledge of the {probe.width} classes it "
            f"should be about ln {probe.width} = {expected:.2f}. The first training steps only undo this.",
            "",
            "Use smaller initial weights for the last layer, and He's or Xavier's for the other layers: "
            "`nn.init.kaiming_normal_(layer.weight)`.",
        )
