"""The network does not take images of the size that its file gives it.

## Why it matters
LeNet-5 is made for 32x32 images, and MNIST has 28x28. Without padding, a later layer gets a map of another size than it
expects, and the first batch raises an error.

## Example
```python
from torch import nn
from torchvision import datasets, transforms

data = datasets.CIFAR10(".", transform=transforms.ToTensor())  # 32x32


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=4)
        self.fc = nn.Linear(8 * 6 * 6, 10)

    def forward(self, x):
        return self.fc(self.conv(x).relu().flatten(1))  # made for 28x28
```

## Not an error
A transform gives the images the size that the network needs: `transforms.Resize(28)`.
```python
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=4)
        self.fc = nn.Linear(8 * 7 * 7, 10)

    def forward(self, x):
        return self.fc(self.conv(x).relu().flatten(1))
```

## How to fix
Resize or pad the images, or change the layer that fails.

## Source
LeCun et al. 1998, Gradient-based learning applied to document recognition, section II.B: the input is 32x32, larger
than the largest character.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at whether the network failed on the images of its file.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a risk: what changes the images may lie in another file.
    """
    if probe.misfit:
        theirs, mine = ("x".join(map(str, each)) for each in (probe.misfit, probe.shape))
        yield Finding(
            "input_size",
            "risk",
            f"The images of its file are {theirs}, and the network fails on them. It takes {mine}, and nothing in the "
            "file changes the size of the images.",
            "",
            "Resize or pad the images, or change the layer that fails.",
        )
