"""The small network of a lab report: three convolutions with batch normalisation, three fully connected layers.

The report's own network, similar to LeCun et al. 1998, "Gradient-based learning applied to document recognition",
with Ioffe & Szegedy 2015, "Batch normalization". Its printed module tree gives the layers, their names and order. The
tree cannot show ReLU between the fully connected layers; we assume it.

    layer   kind       output   weights           biases  multiply-adds
    layer1  ConvBlock  6x16x16  456                   12        460,800
    layer2  ConvBlock  16x8x8   880                   32        221,184
    layer3  ConvBlock  32x4x4   4,640                 64        294,912
    fc1     Linear     120      512x120 = 61,440     120         61,440
    fc2     Linear     84       120x84 = 10,080       84         10,080
    fc3     Linear     10       84x10 = 840           10            840
    total                       78,336               322      1,049,256

`width=2` and `linear` are suggestions of the report: more convolution channels would help, and "adding just two linear
layers" would be enough, which can mean two in all (`linear=2`: 512→120→10) or two more (`linear=5`:
512→120→84→84→84→10; the added layers are as wide as the last hidden one).

Shapes: n images, c channels, h x w pixels, k classes.
"""

import itertools
from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from deepstudy.models.layers import Head, finish

_HIDDEN = {2: (120,), 3: (120, 84), 5: (120, 84, 84, 84)}


class SmallCNN(nn.Module):
    """The report's network for 32x32 images; `width` multiplies the channels, `linear` counts the linear layers."""

    def __init__(
        self,
        head: Head = "logits",
        width: int = 1,
        linear: Literal[2, 3, 5] = 3,
        channels: int = 3,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.head, self.width, self.linear = head, width, linear
        self.layer1 = ConvBlock(channels, 6 * width, kernel=5)
        self.layer2 = ConvBlock(6 * width, 16 * width, kernel=3)
        self.layer3 = ConvBlock(16 * width, 32 * width, kernel=3)
        sizes = (32 * width * 4 * 4, *_HIDDEN[linear], classes)
        for number, (inputs, outputs) in enumerate(itertools.pairwise(sizes), 1):
            setattr(self, f"fc{number}", nn.Linear(inputs, outputs))

    def forward(self, x: Float[Tensor, "n c 32 32"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits, or their softmax.
        """
        x = self.layer1(x)  # (n, 6, 16, 16)
        x = self.layer2(x)  # (n, 16, 8, 8)
        x = self.layer3(x)  # (n, 32, 4, 4)
        x = x.flatten(1)  # (n, 512)
        for number in range(1, self.linear):
            x = F.relu(self.get_submodule(f"fc{number}")(x))  # (n, 120), (n, 84)
        return finish(self.get_submodule(f"fc{self.linear}")(x), self.head)  # (n, 10)


class ConvBlock(nn.Sequential):
    """Convolution, batch normalisation, ReLU and max pooling, which halves the image."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        super().__init__(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the block.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps half as high and wide.
        """
        convolution, norm, relu, pool = self
        x = convolution(x)
        if x.shape[1] < _FEW:
            x = x.contiguous()
        # Pooling before ReLU is the same function (both are monotone) and leaves ReLU a quarter of the work.
        y: Tensor = relu(pool(norm(x)))
        return y


#: From this number of channels, torch's batch normalisation uses whole vectors if channels are last in memory. With 6
#: channels, it took five times as long as with pixels last, a third of a step.
_FEW = 8
