"""The output does not have the shape (batch, classes).

Cross-entropy needs one row of logits for each image and one logit for each class. A network with a single output counts
as a binary classifier.

## Why it matters
A wrong shape raises an error in the loss at best. At worst it passes: a `view` with a wrong size turns one image into
several rows, and an output of (classes, batch) mixes images with classes. No other rule runs after this one.

## Example
The layer before returns 1,568 numbers for each image. `view` turns each image into four rows.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(392, 10)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).view(-1, 392))
```

## Not an error
The last layer is a convolution that returns a map for each class. The mean over its pixels is (batch, classes).
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 5, stride=2)
        self.maps = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        return self.maps(F.relu(self.conv(x))).mean((2, 3))
```

## How to fix
Flatten with `x.flatten(1)`, or average over the pixels with `x.mean((2, 3))`. Give the last layer one output per class.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`: the input has the size (minibatch, C).
Lin et al. 2013, Network in Network, section 3.2, for the average over maps.
"""

from collections.abc import Iterator

from deepstudy.checks.losses import CROSS_ENTROPY
from deepstudy.checks.probe import BATCH, Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the shape and type of the output.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a note for what looks like a part. No other rule runs after it.
    """
    shape = tuple(probe.output.shape)
    if not probe.output.is_floating_point():
        yield Finding(
            "output_shape",
            "bug",
            f"The output has the dtype {str(probe.output.dtype).removeprefix('torch.')}, which has no gradient.",
            "",
            "Return the logits. Apply `.argmax(1)` only where you need a class.",
        )
        return
    if shape == (BATCH, 1) and probe.losses.only(CROSS_ENTROPY):
        yield Finding(
            "output_shape",
            "bug",
            f"The network has one output, and cross-entropy{probe.losses.at(CROSS_ENTROPY)} of one class is always 0, "
            "so nothing is learned.",
            "",
            "Give the last layer an output for each class, or use `nn.BCEWithLogitsLoss`.",
        )
        return
    if shape in ((BATCH,), (BATCH, 1)) and probe.classes in (None, 2):
        probe.notes.append("one output: checked as a binary classifier, with binary cross-entropy")
        return
    size = "(" + ", ".join(map(str, shape)) + ")"
    if not shape or shape[0] != BATCH:
        yield Finding(
            "output_shape",
            "bug",
            f"{BATCH} images give an output of shape {size}. Its first dimension should be {BATCH}, the batch.",
            "",
            "Flatten with `x.flatten(1)`. `x.view(-1, n)` with a wrong n changes the batch.",
        )
    elif len(shape) == len(probe.shape) + 1 > 2 and not probe.classes:
        yield Finding(
            "output_shape",
            "note",
            f"The output has as many dimensions as the input: {size}. It is a part of a network, so the other "
            "rules do not apply.",
            "",
            "Check the network that it is a part of.",
        )
    elif len(shape) != 2:
        yield Finding(
            "output_shape",
            "bug",
            f"The output has the shape {size}. Cross-entropy over classes needs (batch, classes).",
            "",
            "Reduce it to two dimensions: `x.mean((2, 3))` or `x.flatten(1)`.",
        )
    elif probe.classes is not None and shape[1] != probe.classes:
        yield Finding(
            "output_shape",
            "bug",
            f"The network has {shape[1]} output{'s' * (shape[1] != 1)} for {probe.classes} classes.",
            "",
            f"Give the last layer {probe.classes} outputs: `nn.Linear(..., {probe.classes})`.",
        )
