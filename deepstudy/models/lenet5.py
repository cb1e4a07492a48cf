"""LeNet-5 in today's form: ReLU and max pooling instead of squashing and trainable subsampling.

LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition", section II.B.
Deviations from the paper: 28x28 inputs padded by 2 instead of 32x32, ReLU, max pooling without parameters, every
channel of C3 sees all six of S2, cross-entropy over logits instead of the radial basis outputs.

    layer    kind       output    weights                biases  multiply-adds
    conv1    Conv2d     6x28x28   5x5x1x6 = 150               6        117,600
    pool1    MaxPool2d  6x14x14
    conv2    Conv2d     16x10x10  5x5x6x16 = 2,400           16        240,000
    pool2    MaxPool2d  16x5x5
    fc1      Linear     120       400x120 = 48,000          120         48,000
    fc2      Linear     84        120x84 = 10,080            84         10,080
    fc3      Linear     10        84x10 = 840                10            840
    total                         61,470                    236        416,520

Shapes: n images, c channels, h x w pixels.
"""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from deepstudy.models.layers import Head, finish


class LeNet5(nn.Module):
    """LeNet-5 for 28x28 images; `dropout` acts on the two hidden fully connected layers.

    `norm` adds batch normalisation after each convolution (Ioffe & Szegedy 2015). `head="softmax"` returns
    probabilities, a mistake of many reports: cross-entropy then applies softmax twice.
    """

    def __init__(
        self, dropout: float = 0.0, norm: bool = False, head: Head = "logits", channels: int = 1, classes: int = 10
    ) -> None:
        super().__init__()
        self.norm, self.head = norm, head
        self.conv1 = nn.Conv2d(channels, 6, 5, padding=2)  # C1
        self.norm1 = nn.BatchNorm2d(6) if norm else None
        self.pool1 = nn.MaxPool2d(2)  # S2
        self.conv2 = nn.Conv2d(6, 16, 5)  # C3
        self.norm2 = nn.BatchNorm2d(16) if norm else None
        self.pool2 = nn.MaxPool2d(2)  # S4
        self.fc1 = nn.Linear(16 * 5 * 5, 120)  # C5
        self.fc2 = nn.Linear(120, 84)  # F6
        self.fc3 = nn.Linear(84, classes)
        self.dropout = dropout

    def forward(self, x: Float[Tensor, "n c 28 28"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits, or their softmax.
        """
        # Pooling before ReLU is the same function (both are monotone) and leaves ReLU a quarter of the work.
        x = self.conv1(x) if self.norm1 is None else self.norm1(self.conv1(x))  # (n, 6, 28, 28)
        x = F.relu(self.pool1(x))  # (n, 6, 14, 14)
        x = self.conv2(x) if self.norm2 is None else self.norm2(self.conv2(x))  # (n, 16, 10, 10)
        x = F.relu(self.pool2(x))  # (n, 16, 5, 5)
        x = x.flatten(1)  # (n, 400)
        x = F.dropout(F.relu(self.fc1(x)), self.dropout, self.training)  # (n, 120)
        x = F.dropout(F.relu(self.fc2(x)), self.dropout, self.training)  # (n, 84)
        return finish(self.fc3(x), self.head)  # (n, 10)
