"""The images of a split, as they are kept in memory."""

from dataclasses import dataclass

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor


@dataclass(frozen=True)
class Split:
    """Images as bytes, once, and their classes."""

    images: UInt8[Tensor, "n c h w"]
    labels: Int64[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, index: Int64[Tensor, " m"]) -> "Split":
        """The images at these positions."""
        return Split(self.images[index], self.labels[index])

    def to(self, device: torch.device) -> "Split":
        """The same images on another device."""
        return Split(self.images.to(device), self.labels.to(device))
