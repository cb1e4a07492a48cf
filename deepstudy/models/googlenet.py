"""GoogLeNet for 32x32 images, as in a lab report's code.

Szegedy et al. 2014, "Going deeper with convolutions", section 5, table 1 and figure 3. It differs from the paper in
that the first convolution and two of the max poolings keep the size of the image, local response normalisation reaches
over 16 channels, the pooling before each head fits the smaller image, the main head has a second linear layer and each
auxiliary one a third, there is no ReLU between the linear layers, and dropout of the auxiliary heads comes before their
first linear layer instead of after it.

    layer        kind               output     weights             biases  multiply-adds
    conv1        Sequential         64x32x32   9,408                   64      9,633,792
    pool1        MaxPool2d          64x32x32
    norm1        LocalResponseNorm  64x32x32
    conv2        Sequential         192x32x32  114,688                256    117,440,512
    norm2        LocalResponseNorm  192x32x32
    pool2        MaxPool2d          192x16x16
    inception3a  Inception          256x16x16  163,328                368     41,811,968
    inception3b  Inception          480x16x16  388,096                640     99,352,576
    pool3        MaxPool2d          480x16x16
    inception4a  Inception          512x16x16  375,552                624     96,141,312
    inception4b  Inception          512x16x16  448,512                648    114,819,072
    inception4c  Inception          512x16x16  509,440                664    130,416,640
    inception4d  Inception          528x16x16  604,672                704    154,796,032
    inception4e  Inception          832x16x16  867,328              1,024    222,035,968
    pool4        MaxPool2d          832x8x8
    inception5a  Inception          832x8x8    1,042,432            1,024     66,715,648
    inception5b  Inception          1024x8x8   1,442,816            1,264     92,340,224
    pool5        AvgPool2d          1024x1x1
    dropout      Dropout            1024
    fc1          Linear             128        1024x128 = 131,072     128        131,072
    fc2          Linear             10         128x10 = 1,280          10          1,280
    aux1         AuxiliaryHead                 4,916,480            1,290
    aux2         AuxiliaryHead                 4,918,528            1,290
    total                                      15,933,632           9,998  1,145,636,096

`bn="conv"` puts batch normalisation (Ioffe & Szegedy 2015) between each convolution and its ReLU, those of the
auxiliary heads too; `bn="conv+concat"` puts another, with ReLU, after each concatenation. Convolutions keep their
biases. `bn="heads"` has only batch normalisation and ReLU after each linear layer of the heads, the last one
included, as in an earlier version of the code (which also has no ReLU after the reductions and the pooled 1x1).

The report's code ends each head in a softmax and feeds that to cross-entropy (`head="softmax"`); `head="logits"` is
the paper.

Shapes: n images, c channels, h x w pixels, k classes.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from deepstudy.models.layers import Head, LocalResponseNorm, finish

BatchNorm = Literal["none", "heads", "conv", "conv+concat"]


class GoogLeNet(nn.Module):
    """The report's network for 32x32 images."""

    def __init__(self, bn: BatchNorm = "none", head: Head = "logits", channels: int = 3, classes: int = 10) -> None:
        super().__init__()
        self.bn, self.head = bn, head
        self.conv1 = _convolution(channels, 64, 7, bn)
        self.pool1 = nn.MaxPool2d(3, stride=1, padding=1)
        self.norm1 = LocalResponseNorm(64, size=16)
        self.conv2 = nn.Sequential(_convolution(64, 64, 1, bn), _convolution(64, 192, 3, bn))
        self.norm2 = LocalResponseNorm(192, size=16)
        self.pool2 = nn.MaxPool2d(3, stride=2, padding=1)
        # Table 1: inputs; 1x1; 3x3 reduction, 3x3; 5x5 reduction, 5x5; pooled 1x1
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32, bn)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64, bn)
        self.pool3 = nn.MaxPool2d(3, stride=1, padding=1)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64, bn)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64, bn)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64, bn)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64, bn)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128, bn)
        self.pool4 = nn.MaxPool2d(3, stride=2, padding=1)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128, bn)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128, bn)
        self.pool5 = nn.AvgPool2d(8)
        self.dropout = nn.Dropout(0.4)
        self.fc1 = _linear(1024, 128, bn)
        self.fc2 = _linear(128, classes, bn)
        self.aux1 = AuxiliaryHead(512, classes, bn, head)  # on 4a
        self.aux2 = AuxiliaryHead(528, classes, bn, head)  # on 4d

    def forward(
        self, x: Float[Tensor, "n c 32 32"]
    ) -> Float[Tensor, "n k"] | tuple[Float[Tensor, "n k"], Float[Tensor, "n k"], Float[Tensor, "n k"]]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits, or their softmax; in training also the two auxiliary heads'.
        """
        x = self.norm1(self.pool1(self.conv1(x)))  # (n, 64, 32, 32)
        x = self.pool2(self.norm2(self.conv2(x)))  # (n, 192, 16, 16)
        x = self.inception3a(x)  # (n, 256, 16, 16)
        x = self.pool3(self.inception3b(x))  # (n, 480, 16, 16)
        a = self.inception4a(x)  # (n, 512, 16, 16)
        d = self.inception4d(self.inception4c(self.inception4b(a)))  # (n, 528, 16, 16)
        x = self.pool4(self.inception4e(d))  # (n, 832, 8, 8)
        x = self.inception5b(self.inception5a(x))  # (n, 1024, 8, 8)
        x = self.dropout(self.pool5(x).flatten(1))  # (n, 1024)
        main = finish(self.fc2(self.fc1(x)), self.head)  # (n, 10)
        return (main, self.aux1(a), self.aux2(d)) if self.training else main


class Inception(nn.Module):
    """Four paths side by side, concatenated (figure 2b)."""

    def __init__(
        self, inputs: int, one: int, reduce3: int, three: int, reduce5: int, five: int, pooled: int, bn: BatchNorm
    ) -> None:
        super().__init__()
        outputs = one + three + five + pooled
        self.path1 = _convolution(inputs, one, 1, bn)
        self.path3 = nn.Sequential(_convolution(inputs, reduce3, 1, bn), _convolution(reduce3, three, 3, bn))
        self.path5 = nn.Sequential(_convolution(inputs, reduce5, 1, bn), _convolution(reduce5, five, 5, bn))
        self.pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), _convolution(inputs, pooled, 1, bn))
        self.norm = nn.Sequential(nn.BatchNorm2d(outputs), nn.ReLU()) if bn == "conv+concat" else nn.Identity()

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h w"]:
        """Apply the module.

        Arguments:
            x: feature maps.

        Returns:
            The outputs of its four paths, one after the other along the channels.
        """
        y: Tensor = self.norm(torch.cat([self.path1(x), self.path3(x), self.path5(x), self.pool(x)], 1))
        return y


class AuxiliaryHead(nn.Module):
    """A classifier on an inner layer, for training only (section 5)."""

    def __init__(self, inputs: int, classes: int, bn: BatchNorm, head: Head) -> None:
        super().__init__()
        self.head = head
        self.pool = nn.AvgPool2d(5, stride=3, padding=2)
        self.conv = _convolution(inputs, 128, 1, bn)
        self.dropout = nn.Dropout(0.7)
        self.fc1 = _linear(128 * 6 * 6, 1024, bn)
        self.fc2 = _linear(1024, 128, bn)
        self.fc3 = _linear(128, classes, bn)

    def forward(self, x: Float[Tensor, "n c 16 16"]) -> Float[Tensor, "n k"]:
        """Classify by the feature maps of an inner layer.

        Arguments:
            x: feature maps.

        Returns:
            Logits, or their softmax.
        """
        x = self.conv(self.pool(x))  # (n, 128, 6, 6)
        x = self.dropout(x.flatten(1))  # (n, 4608)
        return finish(self.fc3(self.fc2(self.fc1(x))), self.head)  # (n, 1024), (n, 128), (n, 10)


def _convolution(inputs: int, outputs: int, kernel: int, bn: BatchNorm) -> nn.Sequential:
    """Convolution that keeps the size of the image, batch normalisation where wanted, ReLU."""
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)]
    if bn in ("conv", "conv+concat"):
        layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers, nn.ReLU(inplace=True))


def _linear(inputs: int, outputs: int, bn: BatchNorm) -> nn.Module:
    """A linear layer of a head, followed by batch normalisation and ReLU if the heads have them."""
    layer = nn.Linear(inputs, outputs)
    return nn.Sequential(layer, nn.BatchNorm1d(outputs), nn.ReLU(inplace=True)) if bn == "heads" else layer
