"""A network for CIFAR-10 in minutes on a CPU.

Our own, after Page 2018, "How to train your ResNet", and Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single
GPU", section 3. The first convolution whitens 2x2 patches: its weights are set from the images and not trained (see
`training.init.whiten`). Three stages of two 3x3 convolutions each follow, without shortcuts. It differs from Jordan in
three points:

* the last pooling takes any size, so training may start on smaller images;
* the linear head has torch's initial weights, and `scale` multiplies its output;
* `width` scales all stages.

    layer   kind    output    weights             biases  multiply-adds
    whiten  Conv2d  24x31x31  2x2x3x24 = 288          24        276,768
    stage1  Stage   64x15x15  50,688                 128     21,579,264
    stage2  Stage   256x7x7   737,280                512     62,078,976
    stage3  Stage   256x3x3   1,179,648              512     34,209,792
    fc      Linear  10        256x10 = 2,560          10          2,560
    total                     1,970,464            1,186    118,147,360

Each stage pools right after its first convolution, so that batch normalisation and GELU work on a quarter of the
pixels. Batch normalisation has no scale, as a scale would only change how fast the next convolution learns.

Shapes: n images, c channels, h x w pixels, k classes.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class FastCNN(nn.Module):
    """Whitening, three stages of `width`, 4 and 4 times `width` channels, one linear layer."""

    def __init__(self, width: int = 64, scale: float = 1.0, channels: int = 3, classes: int = 10) -> None:
        super().__init__()
        self.width, self.scale = width, scale
        patch = 4 * channels
        self.whiten = nn.Conv2d(channels, 2 * patch, 2)
        self.stage1 = Stage(2 * patch, width)
        self.stage2 = Stage(width, 4 * width)
        self.stage3 = Stage(4 * width, 4 * width)
        self.fc = nn.Linear(4 * width, classes)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits.
        """
        x = F.gelu(self.whiten(x))  # (n, 24, 31, 31)
        x = self.stage1(x)  # (n, 64, 15, 15)
        x = self.stage2(x)  # (n, 256, 7, 7)
        x = self.stage3(x)  # (n, 256, 3, 3)
        logits: Tensor = self.fc(x.amax((2, 3)))  # (n, 256) → (n, 10)
        return logits * self.scale


class Stage(nn.Module):
    """Two convolutions, each with batch normalisation and GELU; the image is halved after the first."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.pool = nn.MaxPool2d(2)
        self.bn1 = Shift(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = Shift(outputs)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the block.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps half as high and wide.
        """
        x = F.gelu(self.bn1(self.pool(self.conv1(x))))
        return F.gelu(self.bn2(self.conv2(x)))


class Shift(nn.BatchNorm2d):
    """Batch normalisation without a scale; its running averages follow within a few steps, for short runs."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, momentum=0.4)
        del self.weight
        # Ones, neither trained nor part of the state: without a weight, torch's backward pass on CUDA fails.
        self.register_buffer("weight", torch.ones(channels), persistent=False)
