"""The output for one image depends on the other images of its batch.

The rule gives an image to the network twice in eval mode, with other images beside it.

## Why it matters
A test accuracy then depends on how the test images are batched, so nobody can reproduce it. Usual causes are a reshape
that mixes images, a mean over the batch, and a recurrent layer without `batch_first=True`.

## Example
`transpose` puts the channels first, so each row of the reshaped tensor holds pixels of several images.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        x = F.relu(self.conv(x)).transpose(0, 1)
        return self.fc(x.reshape(x.size(1), -1))
```

## Not an error
Images and their mirror images go through the layers as one batch. Each output still depends on one image only.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        both = torch.cat([x, x.flip(3)])
        left, right = self.fc(F.relu(self.conv(both)).flatten(1)).chunk(2)
        return (left + right) / 2
```

## How to fix
Keep dimension 0 for the images: flatten with `x.flatten(1)`, and average over the pixels of each image.

## Source
Follows from what an accuracy is: the share of images that the network classifies correctly, each by itself.
`torch.nn.LSTM` documents `batch_first`, which is off by default.
"""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.checks.trace import Operation
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Compare the outputs for one image in eval mode, with different images beside it.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    if probe.output.shape[:1] != (len(probe.images()),):
        return
    network, images = probe.network, probe.images()
    with torch.no_grad():
        before = probe.main_output(network(images)).double()
        if not torch.equal(before, probe.main_output(network(images)).double()):
            return  # the same images give different outputs, which is a finding of another rule
        leaks = False
        for position in (0, BATCH - 1):  # a recurrent layer over the batch changes the last image, not the first
            neighbours = probe.images(seed=1) * 3
            neighbours[position] = images[position]
            # The same batch size, so that the same kernels run and equal means equal.
            beside = probe.main_output(network(neighbours)).double()[position]
            scale = max(float(before[position].abs().max()), 1e-30)
            leaks |= bool((before[position] - beside).abs().max() > 1e-5 * scale)
    if not leaks:
        return
    cause = _mixing_operation(probe)
    yield Finding(
        "leak",
        "bug",
        "In eval mode, the output for one image changes with the other images in its batch. The test accuracy then "
        "depends on how the test images are batched.",
        cause.spot if cause else "",
        "Keep images separate. Flatten with `x.flatten(1)`, and normalise and pool over the pixels of one image. Set "
        "`batch_first=True` in recurrent layers. Let `nn.BatchNorm2d` use its running averages in eval mode.",
    )


def _mixing_operation(probe: Probe) -> Operation | None:
    """The first operation that mixes the images of a batch, by its name and shapes."""
    for operation in probe.trace.operations:
        normalises = operation.name == "batch_norm" and (
            operation.options.get("training") or operation.arguments[-3:-2] == (True,)
        )
        sizes = [tuple(each.shape) for each in (*operation.tensors[:1], *operation.results[:1])]
        reshaped = operation.name in ("view", "reshape") and len(sizes) == 2 and sizes[0][:1] != sizes[1][:1]
        whole = operation.name in ("mean", "std", "var", "sum", "amax", "max", "softmax") and 0 in operation.reduced
        if normalises or reshaped or whole:
            return operation
    return None
