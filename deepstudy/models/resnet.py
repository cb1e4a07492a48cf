"""Residual networks for small images.

He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition".

`CifarResNet` is the network of section 4.2: a 3x3 convolution, then three stages of n = (depth - 2) / 6 basic blocks
with 16, 32, 64 channels at 32, 16, 8 pixels, global average pooling and one linear layer. ResNet-20, stage by stage:

    layer   kind         output    weights         biases  multiply-adds
    conv1   Conv2d       16x32x32  3x3x3x16 = 432                442,368
    bn1     BatchNorm2d  16x32x32  16                  16
    stage1  Sequential   16x32x32  13,920              96     14,155,776
    stage2  Sequential   32x16x16  50,880             192     12,976,128
    stage3  Sequential   64x8x8    203,136            384     12,976,128
    fc      Linear       10        64x10 = 640         10            640
    total                          269,024            698     40,551,040

The paper's network is the default: shortcuts without parameters (option A: every other pixel, new channels zero), ReLU
after the first convolution, no biases beside batch normalisation. One report's ResNet-110 differs in each of these
(`shortcut="projection"`, `stem_relu=False`, `bias=True`) and ends in a softmax that its loss repeats
(`head="softmax"`).

`ResNet` is the network of section 4.1 (table 1), ResNet-18, -34 and -50, with two deviations. Small images need the
first convolution to be 3x3 without stride, with no max pooling after it, so that the stages work on 32, 16, 8 and 4
pixels, not on a quarter of that. And in the bottleneck blocks the 3x3 convolution has the stride, as in torchvision's
networks; in the paper the first 1x1 has it. Shortcuts are projections where shapes change (option B).

Shapes: n images, c channels, h x w pixels, k classes.
"""

from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from deepstudy.models.layers import Head, finish


class CifarResNet(nn.Module):
    """ResNet-20, -32, -44, -56 and -110 of section 4.2."""

    def __init__(
        self,
        depth: int = 20,
        shortcut: Literal["identity", "projection"] = "identity",
        head: Head = "logits",
        stem_relu: bool = True,
        bias: bool = False,
        channels: int = 3,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.depth, self.shortcut, self.head, self.stem_relu, self.bias = depth, shortcut, head, stem_relu, bias
        n, rest = divmod(depth - 2, 6)
        if n < 1 or rest:
            raise ValueError(f"depth {depth} is not 6n + 2 as in section 4.2; choose for example 20, 32, 44, 56 or 110")
        self.conv1 = nn.Conv2d(channels, 16, 3, padding=1, bias=bias)
        self.bn1 = nn.BatchNorm2d(16)
        self.stage1 = _stage(n, BasicBlock, 16, 16, 1, shortcut, bias)
        self.stage2 = _stage(n, BasicBlock, 16, 32, 2, shortcut, bias)
        self.stage3 = _stage(n, BasicBlock, 32, 64, 2, shortcut, bias)
        self.fc = nn.Linear(64, classes)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits, or their softmax.
        """
        x = self.bn1(self.conv1(x))  # (n, 16, 32, 32)
        if self.stem_relu:
            x = F.relu(x)
        x = self.stage1(x)  # (n, 16, 32, 32)
        x = self.stage2(x)  # (n, 32, 16, 16)
        x = self.stage3(x)  # (n, 64, 8, 8)
        return finish(self.fc(x.mean((2, 3))), self.head)  # (n, 64) → (n, 10)


class ResNet(nn.Module):
    """ResNet-18, -34 and -50 of section 4.1 with a 3x3 stem."""

    def __init__(self, depth: Literal[18, 34, 50] = 18, channels: int = 3, classes: int = 10) -> None:
        super().__init__()
        self.depth = depth
        block: type[BasicBlock] | type[Bottleneck] = Bottleneck if depth == 50 else BasicBlock
        blocks = (2, 2, 2, 2) if depth == 18 else (3, 4, 6, 3)
        wide = block.expansion
        self.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.stage1 = _stage(blocks[0], block, 64, 64 * wide, 1, "projection", False)
        self.stage2 = _stage(blocks[1], block, 64 * wide, 128 * wide, 2, "projection", False)
        self.stage3 = _stage(blocks[2], block, 128 * wide, 256 * wide, 2, "projection", False)
        self.stage4 = _stage(blocks[3], block, 256 * wide, 512 * wide, 2, "projection", False)
        self.fc = nn.Linear(512 * wide, classes)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
        """Classify images. The shapes in the comments are those of ResNet-18.

        Arguments:
            x: normalised images.

        Returns:
            Logits.
        """
        x = F.relu(self.bn1(self.conv1(x)))  # (n, 64, 32, 32)
        x = self.stage1(x)  # (n, 64, 32, 32)
        x = self.stage2(x)  # (n, 128, 16, 16)
        x = self.stage3(x)  # (n, 256, 8, 8)
        x = self.stage4(x)  # (n, 512, 4, 4)
        logits: Tensor = self.fc(x.mean((2, 3)))  # (n, 512) → (n, 10)
        return logits


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut around them (figure 5, left)."""

    expansion = 1

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: str, bias: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=bias)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=bias)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = _shortcut(inputs, outputs, stride, shortcut, bias)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the block.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps of `outputs` channels, smaller by the stride.
        """
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + self.shortcut(x))


class Bottleneck(nn.Module):
    """1x1 down to a quarter of the channels, 3x3, 1x1 back up, and a shortcut (figure 5, right)."""

    expansion = 4

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: str, bias: bool) -> None:
        super().__init__()
        inner = outputs // self.expansion
        self.conv1 = nn.Conv2d(inputs, inner, 1, bias=bias)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=1, bias=bias)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outputs, 1, bias=bias)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.shortcut = _shortcut(inputs, outputs, stride, shortcut, bias)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the block.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps of `outputs` channels, smaller by the stride.
        """
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + self.shortcut(x))


class PaddedIdentity(nn.Module):
    """Option A: every `stride`-th pixel, and zeros for the channels that are new. No parameters."""

    def __init__(self, added: int, stride: int) -> None:
        super().__init__()
        self.added, self.stride = added, stride

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the shortcut.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps with `added` more channels, smaller by the stride.
        """
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.added))


def _shortcut(inputs: int, outputs: int, stride: int, kind: str, bias: bool) -> nn.Module:
    if inputs == outputs and stride == 1:
        return nn.Identity()
    if kind == "identity":
        return PaddedIdentity(outputs - inputs, stride)
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=bias), nn.BatchNorm2d(outputs))


def _stage(
    blocks: int,
    block: type[BasicBlock] | type[Bottleneck],
    inputs: int,
    outputs: int,
    stride: int,
    shortcut: str,
    bias: bool,
) -> nn.Sequential:
    """A stage: its first block changes channels and size."""
    first = block(inputs, outputs, stride, shortcut, bias)
    return nn.Sequential(first, *(block(outputs, outputs, 1, shortcut, bias) for _ in range(blocks - 1)))
