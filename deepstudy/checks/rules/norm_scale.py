"""The scale of a normalisation starts near 0, at random.

## Why it matters
Batch normalisation multiplies its result by a learned scale, which starts at 1. A function that draws all weights from
a normal distribution around 0 draws these too. The signal then becomes many times smaller at each such layer, half of
the channels change their sign, and the gradient vanishes on its way back.

## Example
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 16, 5, stride=2),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(3136, 10),
        )
        nn.init.normal_(self[1].weight, 0, 0.02)
```

## Not an error
DCGAN draws the scale from a normal distribution around 1.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 16, 5, stride=2),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(3136, 10),
        )
        nn.init.normal_(self[1].weight, 1, 0.02)
```

## How to fix
Leave the scale at 1: initialise only convolutions and linear layers, or call `nn.init.ones_(layer.weight)`.

## Source
Ioffe & Szegedy 2015, Batch Normalization, algorithm 1. Goyal et al. 2017, Accurate, Large Minibatch SGD, section 5.1,
starts the last scale of each residual block at exactly 0, which the rule does not report.
"""

from collections.abc import Iterator

from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_NORMS = (
    nn.modules.batchnorm._NormBase,  # of batches and of instances
    nn.LayerNorm,
    nn.GroupNorm,
)
_SMALL = 0.2  # mean size of a scale


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the scales of an untrained network.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a risk. It says nothing about a module that may be trained already.
    """
    if probe.is_live:
        return
    names = []
    for name, module in probe.fresh().named_modules():
        scale = getattr(module, "weight", None)
        if isinstance(module, _NORMS) and scale is not None and scale.numel() > 1:
            values = scale.detach().float()
            if float(values.abs().mean()) < _SMALL and float(values.std()) > 0:
                names.append((name, float(values.abs().mean())))
    if names:
        shown = ", ".join(name for name, _ in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Finding(
            "norm_scale",
            "risk",
            f"The scale of {shown} starts at random near 0 (mean size {names[0][1]:.2g}), not at 1. Each such layer "
            "shrinks the signal and its gradient.",
            names[0][0],
            "Initialise only convolutions and linear layers, or call `nn.init.ones_(layer.weight)` for normalisation.",
        )
