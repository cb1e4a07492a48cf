"""A lab report's own wider LeNet, whose 1x1 convolutions reduce many channels to few.

After LeCun et al. 1998 (LeNet-5) and Lin, Chen, Yan 2013, "Network in network", section 3.1 (1x1 convolutions). The
report gives the layers but no padding; its total of parameters is right only if no convolution is padded.

    layer     kind       output     weights                 biases  multiply-adds
    conv1     Conv2d     120x24x24  5x5x1x120 = 3,000          120      1,728,000
    pool1     MaxPool2d  120x12x12
    squeeze1  Conv2d     6x12x12    1x1x120x6 = 720              6        103,680
    conv2     Conv2d     150x10x10  3x3x6x150 = 8,100          150        810,000
    pool2     MaxPool2d  150x5x5
    squeeze2  Conv2d     12x5x5     1x1x150x12 = 1,800          12         45,000
    fc1       Linear     120        300x120 = 36,000           120         36,000
    fc2       Linear     84         120x84 = 10,080             84         10,080
    fc3       Linear     10         84x10 = 840                 10            840
    total                           60,540                     502      2,733,600

`pool="last"` is an idea that the report did not try: each 1x1 convolution comes before its pooling layer. The
weights are the same; the 1x1 convolutions work on four times the pixels, the pooling layers on fewer channels.

Shapes: n images, c channels, h x w pixels.
"""

from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class LeNet1x1(nn.Module):
    """The report's custom network for 28x28 images."""

    def __init__(self, pool: Literal["first", "last"] = "first", channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 120, 5)
        self.pool1 = nn.MaxPool2d(2)
        self.squeeze1 = nn.Conv2d(120, 6, 1)
        self.conv2 = nn.Conv2d(6, 150, 3)
        self.pool2 = nn.MaxPool2d(2)
        self.squeeze2 = nn.Conv2d(150, 12, 1)
        self.fc1 = nn.Linear(12 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)
        self.pool = pool

    def forward(self, x: Float[Tensor, "n c 28 28"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits.
        """
        # ReLU and max pooling commute (both are monotone), so ReLU always comes after the pooling, on fewer pixels.
        if self.pool == "first":
            x = F.relu(self.pool1(self.conv1(x)))  # (n, 120, 12, 12)
            x = F.relu(self.squeeze1(x))  # (n, 6, 12, 12)
            x = F.relu(self.pool2(self.conv2(x)))  # (n, 150, 5, 5)
            x = F.relu(self.squeeze2(x))  # (n, 12, 5, 5)
        else:
            x = F.relu(self.conv1(x))  # (n, 120, 24, 24)
            x = F.relu(self.pool1(self.squeeze1(x)))  # (n, 6, 12, 12)
            x = F.relu(self.conv2(x))  # (n, 150, 10, 10)
            x = F.relu(self.pool2(self.squeeze2(x)))  # (n, 12, 5, 5)
        x = F.relu(self.fc1(x.flatten(1)))  # (n, 120)
        x = F.relu(self.fc2(x))  # (n, 84)
        logits: Tensor = self.fc3(x)  # (n, 10)
        return logits
