"""A batch size, dtype or device is hard-coded in the network.

The rule tries other batch sizes, double precision, and the device `meta`.

## Why it matters
A fixed batch size fails on the last batch of an epoch, which is smaller, and on a single image. A fixed dtype fails
with bfloat16 and half precision. A tensor on a fixed device fails on all others.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).view(64, 1568))
```

## Not an error
The code fixes the size of one image, 8x14x14 numbers. The batch size stays free: `view` replaces -1 by it.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).view(-1, 1568))
```

## How to fix
Take all three from the input: `x.flatten(1)`, `torch.zeros(len(x), 8, device=x.device, dtype=x.dtype)`. Keep constant
tensors as buffers. Write `x.squeeze(2)` instead of `x.squeeze()`, which also removes a batch of 1.

## Source
PyTorch documentation, `torch.utils.data.DataLoader`: unless `drop_last` is set, the last batch may be smaller.
`torch.Tensor.view`: the size -1 is inferred from the other dimensions.
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.errors import one_line
from deepstudy.findings import Finding

_SIZES = (1, 2, 3, 5)
_LONGEST = 180  # characters of an error that are quoted


def find(probe: Probe) -> Iterator[Finding]:
    """Try other batch sizes, double precision and another device, each in eval mode.

    Arguments:
        probe: the network under examination.

    Returns:
        At most three findings: a bug for the batch size, risks for the dtype and the device.
    """
    yield from _batch(probe)
    yield from _double(probe)
    yield from _device(probe)


def _batch(probe: Probe) -> Iterator[Finding]:
    failed = []
    for size in _SIZES:
        problem = _problem(probe, partial(_pass, probe, size), size)
        if problem:
            failed.append((size, problem))
    if failed:
        sizes = ", ".join(str(size) for size, _ in failed)
        yield Finding(
            "hard_coded",
            "bug",
            f"In eval mode the network fails on batches of {sizes} ({failed[0][1]}). A batch of {BATCH} works.",
            "",
            "Take the batch size from the input: `x.flatten(1)` or `x.view(x.size(0), -1)`. Name the dimension that "
            "you squeeze: `x.squeeze(2)`.",
        )


def _double(probe: Probe) -> Iterator[Finding]:
    if probe.dtype != torch.float32:
        return
    network = probe.fresh().double()
    problem = _problem(probe, lambda: network(probe.images().double()), BATCH)
    if problem:
        yield Finding(
            "hard_coded",
            "risk",
            f"The network fails in double precision ({problem}). A dtype is hard-coded, so bfloat16 and half precision "
            "will fail too.",
            "",
            "Create tensors with the dtype of the input: `torch.zeros_like(x)`, `x.new_zeros(...)`, `torch.ones(n, "
            "dtype=x.dtype)`.",
        )


def _device(probe: Probe) -> Iterator[Finding]:
    network = probe.fresh().to("meta")
    problem = _problem(probe, lambda: network(probe.images().to("meta")), BATCH)
    # Other failures on `meta` say nothing: code that reads numbers (`.item()`) or lacks a kernel cannot run there.
    if problem and ("same device" in problem or "device meta" in problem or "cuda" in problem.lower()):
        yield Finding(
            "hard_coded",
            "risk",
            f"The network fails on other devices than the CPU ({problem}). It creates or keeps a tensor that "
            "`.to(device)` does not move.",
            "",
            "Create tensors on the device of the input, `torch.zeros(n, device=x.device)`. Keep constants as buffers.",
        )


def _pass(probe: Probe, size: int) -> object:
    return probe.network(probe.images(size))


def _problem(probe: Probe, run: Callable[[], object], size: int) -> str:
    """The error of a pass, '' if there is none."""
    try:
        with torch.no_grad():
            output = probe.main_output(run())
    except Exception as error:  # whatever the network raises
        return one_line(error)[:_LONGEST]
    return "" if output.dim() and output.shape[0] == size else f"the output is {tuple(output.shape)}"
