"""VGG-11, -13, -16 and -19 for small images.

Simonyan & Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", table 1, configurations
A, B, D and E. Deviations: 32x32 images, so that the fifth max pooling leaves one pixel of 512 channels; batch
normalisation after each convolution (Ioffe & Szegedy 2015) unless `bn=False`; one linear layer, as is usual for such
images, unless `linear=3`: the paper's head, 4096, 4096 and the classes, with ReLU and dropout 0.5. VGG-16:

    layer   kind               output    weights         biases  multiply-adds
    block1  Sequential         64x16x16  38,720             256     39,518,208
    block2  Sequential         128x8x8   221,440            512     56,623,104
    block3  Sequential         256x4x4   1,475,328        1,536     94,371,840
    block4  Sequential         512x2x2   5,899,776        3,072     94,371,840
    block5  Sequential         512x1x1   7,079,424        3,072     28,311,552
    pool    AdaptiveAvgPool2d  512x1x1
    head    Linear             10        512x10 = 5,120      10          5,120
    total                                14,719,808       8,458    313,201,664

Shapes: n images, c channels, h x w pixels, k classes.
"""

from collections import OrderedDict
from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn

#: Convolutions before each of the five max poolings.
CONVOLUTIONS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class VGG(nn.Module):
    """Five blocks of 3x3 convolutions, each followed by max pooling, then one or three linear layers."""

    def __init__(
        self,
        depth: Literal[11, 13, 16, 19] = 16,
        bn: bool = True,
        linear: Literal[1, 3] = 1,
        channels: int = 3,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.depth, self.bn, self.linear = depth, bn, linear
        counts = CONVOLUTIONS[depth]
        self.block1 = _block(counts[0], channels, 64, bn)
        self.block2 = _block(counts[1], 64, 128, bn)
        self.block3 = _block(counts[2], 128, 256, bn)
        self.block4 = _block(counts[3], 256, 512, bn)
        self.block5 = _block(counts[4], 512, 512, bn)
        self.pool = nn.AdaptiveAvgPool2d(1)  # changes nothing for 32x32 images, of which one pixel is left
        if linear == 1:
            self.head: nn.Module = nn.Linear(512, classes)
        else:
            hidden = [nn.Linear(512, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU()]
            self.head = nn.Sequential(*hidden, nn.Dropout(0.5), nn.Linear(4096, classes))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits.
        """
        x = self.block1(x)  # (n, 64, 16, 16)
        x = self.block2(x)  # (n, 128, 8, 8)
        x = self.block3(x)  # (n, 256, 4, 4)
        x = self.block4(x)  # (n, 512, 2, 2)
        x = self.block5(x)  # (n, 512, 1, 1)
        logits: Tensor = self.head(self.pool(x).flatten(1))  # (n, 512) → (n, 10)
        return logits


def _block(count: int, inputs: int, outputs: int, bn: bool) -> nn.Sequential:
    """Convolutions 1 to `count`, with biases, each with batch normalisation if wanted, and ReLU; max pooling halves."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number in range(1, count + 1):
        layers[f"conv{number}"] = nn.Conv2d(inputs, outputs, 3, padding=1)
        if bn:
            layers[f"bn{number}"] = nn.BatchNorm2d(outputs)
        layers[f"relu{number}"] = nn.ReLU(inplace=True)
        inputs = outputs
    layers["pool"] = nn.MaxPool2d(2)
    return nn.Sequential(layers)
