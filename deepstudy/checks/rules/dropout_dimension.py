"""Dropout for whole channels gets a tensor without pixels.

## Why it matters
`nn.Dropout2d` drops whole channels of (batch, channels, height, width). On (batch, features) there are no channels:
PyTorch warns, drops single features for now, and will change this. After a `flatten`, plain dropout was meant.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.drop = nn.Dropout2d(0.25)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(self.drop(x))
```

## Not an error
The same layer before `flatten` drops channels of a convolution.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.drop = nn.Dropout2d(0.25)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        x = self.drop(F.relu(self.conv(x)))
        return self.fc(x.flatten(1))
```

## How to fix
Use `nn.Dropout` after `flatten`, or move the layer in front of it.

## Source
PyTorch documentation, `torch.nn.Dropout2d`: the input is (N, C, H, W) or (N, C, L).
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the dimensions of what each dropout of channels gets.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a risk.
    """
    for operation in probe.training_pass.trace.of({"dropout2d", "dropout3d"}):
        if operation.tensors[0].dim() == 2:
            name = "nn.D" + operation.name[1:]
            yield Finding(
                "dropout_dimension",
                "risk",
                f"`{name}` gets a tensor of two dimensions, (batch, features), so there are no channels to drop. "
                "PyTorch drops single features for now, with a warning.",
                operation.spot,
                "Use `nn.Dropout`, or move the layer in front of `flatten`.",
            )
            return
