"""`forward` computes means or deviations over the batch.

## Why it matters
Batch normalisation keeps running averages, so in eval mode an image does not depend on the others. Code such as
`(x - x.mean(0)) / x.std(0)` keeps none. In eval mode the output for an image then depends on its batch. If the code
runs in training mode only, eval mode computes a function that was never trained.

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
        x = self.conv(x)
        x = (x - x.mean(0)) / (x.std(0) + 1e-5)
        return self.fc(F.relu(x).flatten(1))
```

## Not an error
These statistics are over the values of one image, as in layer normalisation.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        x = self.conv(x)
        dims = (1, 2, 3)
        x = (x - x.mean(dims, keepdim=True)) / (x.std(dims, keepdim=True) + 1e-5)
        return self.fc(F.relu(x).flatten(1))
```

## How to fix
Use `nn.BatchNorm2d`, or compute the statistics of each image: `x.mean((1, 2, 3), keepdim=True)`.

## Source
Ioffe & Szegedy 2015, Batch Normalization, section 3.1: at inference, the output depends only on the input.
Ba et al. 2016, Layer Normalization, section 3, for statistics of one image.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_STATISTICS = frozenset("mean std var var_mean std_mean sum amax amin max min norm median".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look for means and deviations over the batch that the output depends on, in either mode.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug in eval mode, a risk in training mode.
    """
    for forward, mode in ((probe.eval_pass, "eval"), (probe.training_pass, "training")):
        trace = forward.trace
        behind = trace.behind(probe.output_number(forward))  # a loss among the outputs may be a mean over the batch
        for operation in trace.of(_STATISTICS):
            if not behind.intersection(operation.outputs):
                continue
            result = operation.results[0]
            if not operation.tensors[0].is_floating_point() or not operation.inputs:
                continue
            size = len(probe.images())
            over_batch = operation.tensors[0].shape[:1] == (size,) and 0 in operation.reduced
            if not over_batch or trace.input not in trace.behind(operation.inputs[0]):
                continue
            whole = result.numel() == 1
            yield Finding(
                "batch_statistics",
                "bug" if mode == "eval" else "risk",
                f"In {mode} mode `forward` computes `{operation.name}` over {'all of ' if whole else ''}the batch, and "
                "the output depends on it. "
                + (
                    "So the output for one image depends on the other images."
                    if mode == "eval"
                    else "So eval mode computes a function that was never trained."
                ),
                operation.spot,
                "Use `nn.BatchNorm2d`, which keeps running averages for eval mode, or compute the statistics of each "
                "image: `x.mean((1, 2, 3), keepdim=True)`.",
            )
            return
