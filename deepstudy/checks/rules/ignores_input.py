"""The output ignores the input, a channel, or a part of the image.

The rule computes the gradient of the output at each input pixel. A pixel without a gradient makes no difference.

## Why it matters
The network cannot use what it does not see, and its accuracy stays lower than it could be. If nothing matters,
`forward` uses a wrong variable. If a channel is missing, a layer takes a slice. If many pixels are missing, strides are
larger than windows, or windows do not reach the border.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        grey = x[:, :1]
        return self.fc(F.relu(self.conv(grey)).flatten(1))
```

## Not an error
The first layer takes one channel here too, but all three channels go into it.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        grey = x.mean(1, keepdim=True)
        return self.fc(F.relu(self.conv(grey)).flatten(1))
```

## How to fix
Follow `x` through `forward`: each layer takes the output of the one before. Give the first layer all channels, and
choose strides that are not larger than the windows.

## Source
Calculus: a function whose derivative with respect to a pixel is 0 does not change with that pixel.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_SEEDS = 3
_GAPS = 0.15  # share of the pixels that may be lost to strides
_BORDER = 0.25  # and at the border, to windows that do not fit: three rows and columns of 28


def find(probe: Probe) -> Iterator[Finding]:
    """Find inputs without a gradient, over several networks and images.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug for the input or a channel, a risk for pixels.
    """
    reached = torch.zeros(probe.shape, dtype=torch.bool)
    for seed in range(1 if probe.is_live else _SEEDS):
        network = probe.perturbed(seed)
        images = probe.images(8, seed).requires_grad_()
        output = probe.main_output(network(images))
        if not output.requires_grad:
            break
        # Distances to random points, since the sum of a softmax has no gradient at all.
        target = torch.randn(output.shape, generator=torch.Generator().manual_seed(seed))
        (gradient,) = torch.autograd.grad((output * target).sum(), images, allow_unused=True)
        if gradient is not None:
            reached |= (gradient != 0).any(0)
    if not bool(reached.any()):
        if _moves(probe):
            return  # the gradient is cut, which is a finding of another rule
        yield Finding(
            "ignores_input",
            "bug",
            "The output does not depend on the input at all.",
            "",
            "Follow `x` through `forward`: pass each layer the output of the one before.",
        )
        return
    channels = reached.flatten(1).any(1) if reached.dim() > 1 else reached
    if not bool(channels.all()) and len(channels) <= 16:
        missing = [number for number, used in enumerate(channels.tolist()) if not used]
        yield Finding(
            "ignores_input",
            "bug",
            f"The output does not depend on channel{'s' * (len(missing) > 1)} {_and(missing)} of {len(channels)} (the "
            "first is 0).",
            "",
            f"Pass all channels to the first layer, not a slice of them: `nn.Conv2d({len(channels)}, ...)`.",
        )
    elif reached.dim() == 3:
        yield from _pixels(reached)


def _pixels(reached: Tensor) -> Iterator[Finding]:
    matters = reached.any(0)
    share = 1 - float(matters.float().mean())
    if share <= _GAPS:
        return
    rows, columns = (matters.any(axis).nonzero().flatten() for axis in (1, 0))
    inside = matters[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = f"rows {int(rows[0])} to {int(rows[-1])} and columns {int(columns[0])} to {int(columns[-1])}"
    gaps = float(inside.float().mean()) < 0.9
    if not gaps and share <= _BORDER:
        return
    yield Finding(
        "ignores_input",
        "risk",
        f"{100 * share:.0f} % of the pixels make no difference to the output. "
        + ("The windows leave gaps between them." if gaps else f"The network sees {box} only."),
        "",
        "Choose strides that are not larger than the windows, padding that reaches the border, or smaller images.",
    )


def _moves(probe: Probe) -> bool:
    """Whether different images give different outputs."""
    with torch.no_grad():
        outputs = [probe.main_output(probe.network(images)) for images in (probe.images(), probe.images(seed=5) * 3)]
    return not torch.equal(*outputs)


def _and(numbers: list[int]) -> str:
    parts = [str(number) for number in numbers]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
