"""The signal or its gradient vanishes or explodes with depth.

The rule follows both through an untrained network. It reports a change by more than a factor of 10,000.

## Why it matters
Each layer scales its input. Over many layers, a factor a little below 1 makes all images look the same to the last
layers. A factor a little above 1 makes the signal explode. The same factors act on the gradient on its way back.

## Example
Weights with a standard deviation of 0.01 are too small for 64 inputs. Each layer makes the signal about 18 times
smaller.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        layers = [nn.Flatten(), nn.Linear(3072, 64), nn.ReLU()]
        for _ in range(10):
            layers += [nn.Linear(64, 64), nn.ReLU()]
            nn.init.normal_(layers[-2].weight, std=0.01)
        super().__init__(*layers, nn.Linear(64, 10))
```

## Not an error
The weights are equally small, but batch normalisation after each layer scales the signal up again.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        layers = [nn.Flatten(), nn.Linear(3072, 64), nn.ReLU()]
        for _ in range(10):
            layers += [nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU()]
            nn.init.normal_(layers[-3].weight, std=0.01)
        super().__init__(*layers, nn.Linear(64, 10))
```

## How to fix
Use He's initial weights, `nn.init.kaiming_normal_(layer.weight)`, batch normalisation, or residual connections.

## Source
He et al. 2015, Delving Deep into Rectifiers, section 2.2: the variance is a product over the layers.
"""

import math
from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import WEIGHTED, Operation, record_pass
from deepstudy.findings import Finding

_RANGE = 1e4  # factor by which the first and the last layer may differ


def find(probe: Probe) -> Iterator[Finding]:
    """Follow the signal and its gradient through an untrained network, layer by layer.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if numbers are infinite, otherwise a risk.
    """
    network = probe.perturbed(training=True)
    forward = record_pass(network, probe.images(8))
    layers = [each for each in forward.trace.of(WEIGHTED) if each.results[0].shape[0] == 8]
    if len(layers) < 3:
        return
    finding = _follow_signal(layers) or _follow_gradient(layers, probe.loss(forward.result, probe.labels(8)), network)
    if finding:
        yield finding


def _follow_signal(layers: Sequence[Operation]) -> Finding | None:
    """Compare the differences between images after the first and after the last layer."""
    signals = [_spread(each.results[0]) for each in layers]
    if not all(map(math.isfinite, signals)):
        first = next(each for each, signal in zip(layers, signals, strict=True) if not math.isfinite(signal))
        return Finding(
            "depth_signal",
            "bug",
            f"In the untrained network, the output of {first.label} is infinite or NaN.",
            first.spot,
            "Use smaller initial weights, `nn.init.kaiming_normal_(layer.weight)`, or normalise between the layers.",
        )
    change = signals[-1] / max(signals[0], 1e-30)
    if not 1 / _RANGE < change < _RANGE:
        what = "shrink" if change < 1 else "grow"
        return Finding(
            "depth_signal",
            "risk",
            f"Before training, differences between images {what} {_by(change)} from {layers[0].label} to "
            f"{layers[-1].label}, over {len(layers)} layers."
            + (" All images look the same to the last layers." if change < 1 else ""),
            layers[-1].spot,
            "Use He's initial weights (`nn.init.kaiming_normal_`), batch normalisation, or residual connections.",
        )
    return None


def _follow_gradient(layers: Sequence[Operation], loss: Tensor, network: nn.Module) -> Finding | None:
    """Compare the gradients of the first and of the last layer, each relative to its weights."""
    if not loss.requires_grad:
        return None
    loss.backward()
    names = {id(value): name for name, value in network.named_parameters()}
    gradients = [
        (names[id(weight)], float(weight.grad.norm() / weight.detach().norm().clamp(min=1e-30)))
        for each in layers
        for weight in each.tensors[1:2]
        if id(weight) in names and weight.grad is not None
    ]
    # The last layer's own gradient does not depend on the depth; the first's does.
    if len(gradients) < 3 or min(gradients[0][1], gradients[-1][1]) == 0:
        return None
    change = gradients[0][1] / gradients[-1][1]
    if not 1 / _RANGE < change < _RANGE:
        what = "vanishes" if change < 1 else "explodes"
        return Finding(
            "depth_signal",
            "risk",
            f"The gradient {what} on its way back. Relative to its weights, the gradient of {gradients[0][0]} is "
            f"{max(change, 1 / change):.0e} times {'smaller' if change < 1 else 'larger'} than that of "
            f"{gradients[-1][0]}.",
            gradients[0][0],
            "Use He's initial weights (`nn.init.kaiming_normal_`), batch normalisation, or residual connections.",
        )
    return None


def _by(change: float) -> str:
    return "to nothing" if change < 1e-20 else f"by a factor of {max(change, 1 / change):.0e}"


def _spread(result: Tensor) -> float:
    """The standard deviation over images, averaged over everything else."""
    return float(result.detach().double().flatten(1).std(0).mean())
