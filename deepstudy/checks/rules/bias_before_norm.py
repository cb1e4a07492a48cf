"""A bias comes right before batch normalisation, which removes it.

## Why it matters
Batch normalisation subtracts the mean of each channel, and the bias of the layer before with it. The bias never changes
the output in training, so it is not learned. It only enlarges the parameter count. This is a note: nothing goes wrong.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(F.relu(self.norm(self.conv(x))).mean((2, 3)))
```

## Not an error
Here the ReLU comes first. The bias decides which values it sets to 0, so it matters.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(self.norm(F.relu(self.conv(x))).mean((2, 3)))
```

## How to fix
Remove the bias: `nn.Conv2d(3, 8, 5, bias=False)`.

## Source
Ioffe & Szegedy 2015, Batch Normalization, section 3.2: the bias can be ignored.
"""

from collections.abc import Iterator

from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import WEIGHTED
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find layers with a bias whose output goes directly into a normalisation.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a note, which counts the parameters.
    """
    trace, network = probe.trace, probe.network
    layers = []
    for operation in trace.operations:
        if operation.name not in ("batch_norm", "instance_norm") or not operation.inputs:
            continue
        before = trace.maker.get(operation.inputs[0])
        if before is None or before.name not in WEIGHTED:
            continue
        layer = network.get_submodule(before.module) if before.module else None
        if isinstance(layer, nn.Module) and getattr(layer, "bias", None) is not None:
            layers.append(before)
    if layers:
        extra = sum(each.shape[1] for each in layers)
        yield Finding(
            "bias_before_norm",
            "note",
            f"{'1 layer has' if len(layers) == 1 else f'{len(layers)} layers have'} a bias right before batch "
            f"normalisation, which subtracts it again. {extra:,} parameter{'s' * (extra > 1)} "
            f"{'has' if extra == 1 else 'have'} no effect ({layers[0].label}"
            + (f" to {layers[-1].label})." if len(layers) > 1 else ")."),
            layers[0].spot,
            "Remove the bias: `nn.Conv2d(..., bias=False)`.",
        )
