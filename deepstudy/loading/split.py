"""The images of a split, in memory or in a mapped file."""

import contextlib
import mmap

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor


class Split:
    """Images as bytes, and their classes.

    Parts of a split share its images and store only positions, so holding images out copies nothing. From a mapped
    file, only the pages of requested images are read.
    """

    def __init__(
        self,
        images: UInt8[Tensor, "m c h w"] | UInt8[np.ndarray, "m c h w"],
        labels: Int64[Tensor, " n"],
        rows: Int64[Tensor, " n"] | None = None,
    ) -> None:
        """Take images without copying them.

        Arguments:
            images: the images; the split may be a part of them.
            labels: the classes of the split's images.
            rows: their positions in `images`; all of them by default.
        """
        self._file = images if isinstance(images, np.memmap) else None
        self._images = torch.from_numpy(images) if isinstance(images, np.ndarray) else images
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
        """All images; for a part of a split, a copy."""
        return self.pixels(slice(None))

    def pixels(self, index: slice | Int64[Tensor, " k"]) -> UInt8[Tensor, "k c h w"]:
        """Read some images.

        Arguments:
            index: their positions in the split.

        Returns:
            The images.
        """
        if isinstance(index, Tensor) or self._rows is not None:  # the system reads ahead by itself from front to back
            self.prefetch(index)
        rows = index if self._rows is None else self._rows[index]
        # Picking whole images takes a sixth of the time of indexing with a tensor, which goes byte by byte.
        return self._images.index_select(0, rows) if isinstance(rows, Tensor) else self._images[rows]

    def prefetch(self, index: slice | Int64[Tensor, " k"]) -> None:
        """Have the system read some images of a mapped file in the background, because they come next.

        Without it, each image is read when it is needed. Systems expect files to be read from front to back, so they
        would also read megabytes after it, although images come in a random order.

        Arguments:
            index: the positions of the images in the split.
        """
        if self._file is None or not hasattr(mmap.mmap, "madvise"):  # Windows
            return
        where = torch.arange(len(self._images)) if self._rows is None else self._rows
        mapped: mmap.mmap = self._file._mmap  # type: ignore[attr-defined]  # numpy's name for it, the same for ten years
        start, size = self._file.offset % mmap.ALLOCATIONGRANULARITY, self._images[0].numel()
        for row in where[index].tolist():
            begin = (start + row * size) // mmap.PAGESIZE * mmap.PAGESIZE
            with contextlib.suppress(OSError):  # only a hint
                mapped.madvise(mmap.MADV_WILLNEED, begin, start + (row + 1) * size - begin)

    def at(self, index: slice | Int64[Tensor, " k"]) -> "Split":
        """Take a part of the split.

        Arguments:
            index: the positions of its images.

        Returns:
            The part, which shares this split's images.
        """
        rows = torch.arange(len(self)) if self._rows is None else self._rows
        return Split(self._images if self._file is None else self._file, self.labels[index], rows[index])

    def in_stored_order(self) -> "Split":
        """The same images in the order of the file, which is the fastest order to read them all."""
        return self if self._rows is None else self.at(self._rows.argsort())

    def to(self, device: torch.device) -> "Split":
        """Move the split to a device.

        Arguments:
            device: the device.

        Returns:
            The same images there.
        """
        return self if device == self.labels.device else Split(self.images.to(device), self.labels.to(device))
