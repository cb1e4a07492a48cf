"""Blocks that several networks share.

Shapes: n images, c channels, h x w pixels, k classes.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Head = Literal["softmax", "logits"]


class LocalResponseNorm(nn.Module):
    """Normalisation across neighbouring channels (Krizhevsky, Sutskever, Hinton 2012, section 3.3).

    x_i / (k + alpha/size * sum of x_j^2 over the `size` channels j around i)^beta, as in
    `torch.nn.LocalResponseNorm`, where an even window reaches one channel further down than up. torch averages with a
    three-dimensional pooling, which on a CPU takes 8 to 12 times as long (AVX2, float32) and does not support bfloat16.
    Here the sum over channels is a linear map: a 1x1 convolution with a banded matrix.
    """

    band: Tensor

    def __init__(self, channels: int, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k
        offset = torch.arange(channels).view(1, -1) - torch.arange(channels).view(-1, 1)  # (i, j): j - i
        inside = (offset >= -(size // 2)) & (offset <= (size - 1) // 2)
        # Not part of the state: it follows from the arguments.
        self.register_buffer("band", inside.float().mul(alpha / size)[:, :, None, None], persistent=False)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Normalise. Under bfloat16, the sum is added to `k` in float32, as it is small compared with `k`.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps of the same shape and type.
        """
        divisor = F.conv2d(x * x, self.band.to(x.dtype)).float() + self.k  # (n, c, h, w)
        if self.beta == 0.75:  # two square roots are several times faster than a power
            root = divisor.rsqrt()
            return x * (root * root.sqrt()).to(x.dtype)
        return x * divisor.pow(-self.beta).to(x.dtype)

    def extra_repr(self) -> str:
        """The arguments, in the form in which torch prints its layer."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class Conv1x1(nn.Conv2d):
    """A 1x1 convolution, computed as a product of matrices.

    If channels are last in memory, no pixel is moved. On images with few pixels and many channels, torch's convolution
    is slower: with 1024 channels of 2x2 pixels, a step of `resnet50_late` took 1.24 times as long.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1, bias: bool = True) -> None:
        super().__init__(inputs, outputs, 1, stride, bias=bias)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c2 h2 w2"]:
        """Apply the convolution.

        Arguments:
            x: feature maps.

        Returns:
            Feature maps of `outputs` channels, smaller by the stride.
        """
        down, right = self.stride
        pixels = x[:, :, ::down, ::right].permute(0, 2, 3, 1)  # (n, h2, w2, c)
        return F.linear(pixels, self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)


def finish(logits: Float[Tensor, "n k"], head: Head) -> Float[Tensor, "n k"]:
    """Make the output of a network: its logits or, as in some reports, their softmax.

    Cross-entropy takes logits. With probabilities it applies softmax twice, and cannot fall below ln(e + k - 1) - 1,
    which is 1.4612 for ten classes.

    Arguments:
        logits: the output of the last layer.
        head: `logits` or `softmax`.

    Returns:
        Logits, or probabilities in float32.
    """
    return logits.float().softmax(1) if head == "softmax" else logits
