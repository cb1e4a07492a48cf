"""The same images give different outputs in eval mode.

## Why it matters
The test accuracy then changes from one evaluation to the next, so two networks cannot be compared. The usual cause is
`F.dropout(x)`, which drops values in both modes unless it gets `training=self.training`.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(F.dropout(x, 0.2))
```

## Not an error
`forward` draws noise, but in training mode only.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        if self.training:
            x = x + 0.1 * torch.randn_like(x)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
```

## How to fix
Use `nn.Dropout`, or pass the mode: `F.dropout(x, training=self.training)`.

## Source
PyTorch documentation, `torch.nn.functional.dropout`: `training` is True by default.
"""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Pass the same images twice in eval mode, with different seeds.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    outputs = []
    with torch.no_grad():
        for seed in (1, 2):
            seed_everything(seed)
            outputs.append(probe.main_output(probe.network(probe.images())))
    if torch.equal(*outputs) or bool(outputs[0].isnan().any()):
        return
    guilty = next(
        (
            operation
            for operation in probe.trace.operations
            if "dropout" in operation.name
            and operation.options.get("training", True)
            and operation.options.get("p", 0.5) > 0
        ),
        None,
    )
    cause = "`F.dropout` is also on in eval mode" if guilty else "`forward` draws random numbers"
    yield Finding(
        "eval_randomness",
        "bug",
        f"In eval mode the same images give different outputs: {cause}. Each evaluation gives another accuracy.",
        guilty.spot if guilty else "",
        "Use `nn.Dropout`, or pass the mode: `F.dropout(x, training=self.training)`.",
    )
