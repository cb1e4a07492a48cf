"""The images of a split, as they are kept in memory or in a file that is mapped into it."""

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor


class Split:
    """Images as bytes, and their classes.

    Parts of a split share its images and keep only which of them are theirs: holding images out copies none, and of a
    file that is mapped into memory only those pages are read whose images are asked for.
    """

    def __init__(
        self, images: UInt8[Tensor, "m c h w"], labels: Int64[Tensor, " n"], rows: Int64[Tensor, " n"] | None = None
    ) -> None:
        """`rows` are the positions in `images` of this split's, all of them by default."""
        self._images, self.labels, self._rows = images, labels, rows

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        _, c, h, w = self._images.shape
        return int(c), int(h), int(w)

    @property
    def images(self) -> UInt8[Tensor, "n c h w"]:
        """All images; of a part, a copy."""
        return self.pixels(slice(None))

    def pixels(self, index: slice | Int64[Tensor, " k"]) -> UInt8[Tensor, "k c h w"]:
        """The images at these positions."""
        return self._images[index if self._rows is None else self._rows[index]]

    def at(self, index: slice | Int64[Tensor, " k"]) -> "Split":
        """The part of the split at these positions."""
        rows = torch.arange(len(self)) if self._rows is None else self._rows
        return Split(self._images, self.labels[index], rows[index])

    def to(self, device: torch.device) -> "Split":
        """The same images on another device."""
        return self if device == self.labels.device else Split(self.images.to(device), self.labels.to(device))
