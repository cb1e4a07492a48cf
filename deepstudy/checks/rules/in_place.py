"""An operation in place overwrites what the gradient needs.

The rule keeps what PyTorch saves for the backward pass, and looks for an operation that wrote into it later.

## Why it matters
PyTorch keeps the outputs of some operations, such as sigmoid and softmax, to compute their gradients. `x += 1` or
`x.mul_(2)` changes these numbers. The backward pass then stops with an error that names neither line.

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
        x = self.fc1(x.flatten(1)).sigmoid()
        x += 1
        return self.fc2(x)
```

## Not an error
ReLU in place overwrites the output of a linear layer. No gradient needs that output.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)), inplace=True)
        return self.fc2(x)
```

## How to fix
Write the result into a new tensor: `x = x + 1` instead of `x += 1`, `inplace=False`.

## Source
PyTorch documentation, "Autograd mechanics", section "In-place correctness checks".
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.checks.trace import Trace, code_place, record_pass
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Compare what the backward pass needs with what it was when it was saved.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    network, images = probe.fresh(training=True), probe.images()
    saved: list[tuple[Tensor, int, str]] = []

    def keep(tensor: Tensor) -> Tensor:
        saved.append((tensor, tensor._version, code_place()))
        return tensor

    seed_everything(1)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        trace = record_pass(network, images).trace
    for tensor, version, where in saved:
        if tensor._version == version or not (writer := _writer(trace, tensor)):
            continue
        name, place = writer
        yield Finding(
            "in_place",
            "bug",
            f"`{name}` overwrites a tensor that the gradient of {where or 'an earlier operation'} needs, so the "
            "backward pass fails.",
            place,
            "Write the result into a new tensor: `x = x + y` instead of `x += y`, `inplace=False`.",
        )
        return


def _writer(trace: Trace, tensor: Tensor) -> tuple[str, str] | None:
    """The name and place of the last operation in place on a tensor's memory."""
    memory = tensor.untyped_storage().data_ptr()
    for operation in reversed(trace.operations):
        written = operation.results[0]
        is_input = any(each is written for each in operation.tensors)
        if is_input and written.untyped_storage().data_ptr() == memory:
            return operation.name, operation.spot
    return None
