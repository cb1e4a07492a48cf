"""The images of a split, as they are kept in memory or in a file that is mapped into it."""

import contextlib
import mmap

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor


class Split:
    """Images as bytes, and their classes.

    Parts of a split share its images and keep only which of them are theirs: holding images out copies none, and of a
    file that is mapped into memory only those pages are read whose images are asked for.
    """

    def __init__(
        self,
        images: UInt8[Tensor, "m c h w"] | np.memmap,
        labels: Int64[Tensor, " n"],
        rows: Int64[Tensor, " n"] | None = None,
    ) -> None:
        """`rows` are the positions in `images` of this split's, all of them by default."""
        self._file = images if isinstance(images, np.memmap) else None
        self._images = torch.from_numpy(images) if isinstance(images, np.memmap) else images
        self.labels, self._rows = labels, rows

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
        if isinstance(index, Tensor) or self._rows is not None:  # from front to back a file is read well as it is
            self.prefetch(index)
        rows = index if self._rows is None else self._rows[index]
        # Picking whole images takes a sixth of the time of indexing with a tensor, which goes byte by byte.
        return self._images.index_select(0, rows) if isinstance(rows, Tensor) else self._images[rows]

    def prefetch(self, index: slice | Int64[Tensor, " k"]) -> None:
        """Say that the images at these positions come next: of a mapped file, they are read meanwhile.

        Without it each of them is read when it is looked at, and, as systems expect files to be read from front to
        back, megabytes that follow it as well, though images come in a random order.
        """
        if self._file is None or not hasattr(mmap.mmap, "madvise"):  # Windows
            return
        where = torch.arange(len(self._images)) if self._rows is None else self._rows
        mapped: mmap.mmap = self._file._mmap  # type: ignore[attr-defined]  # numpy's name for it, the same for ten years
        start, size = self._file.offset % mmap.ALLOCATIONGRANULARITY, self._images[0].numel()
        for row in where[index].tolist():
            begin = (start + row * size) // mmap.PAGESIZE * mmap.PAGESIZE
            with contextlib.suppress(OSError):  # no more than a hint
                mapped.madvise(mmap.MADV_WILLNEED, begin, start + (row + 1) * size - begin)

    def at(self, index: slice | Int64[Tensor, " k"]) -> "Split":
        """The part of the split at these positions."""
        rows = torch.arange(len(self)) if self._rows is None else self._rows
        return Split(self._images if self._file is None else self._file, self.labels[index], rows[index])

    def as_kept(self) -> "Split":
        """The same images in the order in which they are kept, which is the fastest to read all of them."""
        return self if self._rows is None else self.at(self._rows.argsort())

    def to(self, device: torch.device) -> "Split":
        """The same images on another device."""
        return self if device == self.labels.device else Split(self.images.to(device), self.labels.to(device))
