"""The ResNet-50 of a lab report: three stages for 32x32 images; two downscale the image in their last block.

After He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", section 4.1, as in a
course's skeleton. It differs from the paper in that

* the last of the four stages is left out, so that the main path has 40 convolutions;
* the last block of a stage has the stride, not the first block of the next (`downsample="first"` puts it there);
* every shortcut is a projection, 1x1 convolution, batch normalisation and ReLU, because an identity test in the
  skeleton is always true (`shortcut="when-needed"`: only where shapes change);
* ReLU follows the third convolution of a block and its shortcut, not their sum (`relu_after_add=True`: only the sum,
  as in the paper);
* every convolution has a bias.

    layer   kind         output    weights           biases  multiply-adds
    conv1   Conv2d       64x16x16  7x7x3x64 = 9,408      64      2,408,448
    bn1     BatchNorm2d  64x16x16  64                    64
    pool1   MaxPool2d    64x8x8
    stage2  Sequential   256x4x4   345,984            3,840     15,532,032
    stage3  Sequential   512x2x2   2,003,968         10,240     25,493,504
    stage4  Sequential   1024x2x2  12,336,128        30,720     49,283,072
    fc      Linear       10        1024x10 = 10,240      10         10,240
    total                          14,705,792        44,938     92,727,296

`shortcut="pool"` is the report's suggestion that pooling would reduce the parameters and raise accuracy. It is like
`always`, but 2x2 average pooling replaces the projection on a shortcut that downscales the image. If channels
change too, the pooling comes before the projection.

Shapes: n images, c channels, h x w pixels, k classes.
"""

from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from deepstudy.models.layers import Conv1x1

Shortcut = Literal["always", "when-needed", "pool"]


class LateResNet50(nn.Module):
    """The report's network."""

    def __init__(
        self,
        shortcut: Shortcut = "always",
        relu_after_add: bool = False,
        downsample: Literal["last", "first"] = "last",
        channels: int = 3,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.shortcut, self.relu_after_add, self.downsample = shortcut, relu_after_add, downsample
        self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool1 = nn.MaxPool2d(3, stride=2, padding=1)
        late = downsample == "last"
        self.stage2 = self._stage(3, 64, 256, first=1, last=2 if late else 1)
        self.stage3 = self._stage(4, 256, 512, first=1 if late else 2, last=2 if late else 1)
        self.stage4 = self._stage(6, 512, 1024, first=1 if late else 2, last=1)
        self.fc = nn.Linear(1024, classes)

    def _stage(self, blocks: int, inputs: int, outputs: int, first: int, last: int) -> nn.Sequential:
        strides = [first, *[1] * (blocks - 2), last]
        sizes = [inputs, *[outputs] * (blocks - 1)]
        return nn.Sequential(
            *(
                Block(size, outputs, stride, self.shortcut, self.relu_after_add)
                for size, stride in zip(sizes, strides, strict=True)
            )
        )

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
        """Classify images.

        Arguments:
            x: normalised images.

        Returns:
            Logits.
        """
        x = self.pool1(F.relu(self.bn1(self.conv1(x))))  # (n, 64, 8, 8)
        x = self.stage2(x)  # (n, 256, 4, 4)
        x = self.stage3(x)  # (n, 512, 2, 2)
        x = self.stage4(x)  # (n, 1024, 2, 2)
        logits: Tensor = self.fc(x.mean((2, 3)))  # (n, 1024) → (n, 10)
        return logits


class Block(nn.Module):
    """1x1 down to a quarter of the channels (with the stride), 3x3, 1x1 up, and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int, shortcut: Shortcut, relu_after_add: bool) -> None:
        super().__init__()
        self.relu_after_add = relu_after_add
        inner = outputs // 4
        self.conv1 = Conv1x1(inputs, inner, stride)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = Conv1x1(inner, outputs)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.shortcut = self._shortcut(inputs, outputs, stride, shortcut)

    def _shortcut(self, inputs: int, outputs: int, stride: int, kind: Shortcut) -> nn.Sequential:
        layers: list[nn.Module] = []
        pooled = kind == "pool" and stride > 1
        if pooled:
            layers.append(nn.AvgPool2d(stride))
            stride = 1
        if inputs != outputs or stride > 1 or (kind != "when-needed" and not pooled):
            layers += [Conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs)]
            if not self.relu_after_add:
                layers.append(nn.ReLU())
        return nn.Sequential(*layers)  # without layers: the identity

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
        around: Tensor = self.shortcut(x)
        return F.relu(y + around) if self.relu_after_add else F.relu(y) + around
