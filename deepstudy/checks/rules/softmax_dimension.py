"""A softmax is taken over the batch or over a dimension of size 1.

A softmax divides by a sum over one dimension, `dim`. Without `dim`, PyTorch guesses it, and for tensors of one or three
dimensions it guesses the batch.

## Why it matters
Over the batch, images compete for each class, so the output for one image depends on the others. Over a dimension of
size 1, the result is 1 for every input.

## Example
The weights should compare the 196 pixels of one image. Here they compare the same pixel of all images.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.score = nn.Linear(8, 1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        weights = F.softmax(self.score(pixels), dim=0)
        return self.fc((weights * pixels).sum(1))
```

## Not an error
Dimension 0 of this tensor is not the batch. It holds one learned weight for each of two branches.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.right = nn.Conv2d(3, 8, 5, stride=2, padding=2)
        self.mix = nn.Parameter(torch.zeros(2))
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        left, right = F.softmax(self.mix, dim=0)
        return self.fc(F.relu(left * self.left(x) + right * self.right(x)).mean((2, 3)))
```

## How to fix
Name the dimension of the classes or pixels that share the weight: `softmax(x, dim=1)`.

## Source
PyTorch documentation, `torch.nn.Softmax`: every slice along `dim` sums to 1.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the dimension of each softmax that the output depends on.

    Arguments:
        probe: the network under examination.

    Returns:
        A bug for each softmax over the wrong dimension.
    """
    for operation in probe.trace.of({"softmax", "log_softmax", "softmin"}):
        given = operation.options.get(
            "dim", next((each for each in operation.arguments if isinstance(each, int)), None)
        )
        size = operation.tensors[0].dim()
        implicit = given is None
        dimension = (0 if size in (0, 1, 3) else 1) if given is None else int(given) % size  # torch's guess
        if size > 1 and operation.tensors[0].shape[dimension] == 1:
            yield Finding(
                "softmax_dimension",
                "bug",
                f"The softmax is taken over dimension {dimension}, which has size 1. The result is the same for every "
                "input.",
                operation.spot,
                "Name the dimension of the pixels or classes: `softmax(x, dim=1)`.",
            )
        elif size > 1 and dimension == 0:
            yield Finding(
                "softmax_dimension",
                "bug",
                f"The softmax is taken over dimension 0{' (`dim` is missing)' if implicit else ''}, the batch. Images "
                "compete for each class, so the output for one image depends on the others.",
                operation.spot,
                "Name the dimension of the classes: `softmax(x, dim=1)`.",
            )
