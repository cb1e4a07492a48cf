"""Batches: the order of the images, and what is done to them, as whole-batch tensor operations.

All randomness is derived: the order from (seed, epoch), the augmentation of an image from (seed, epoch, image). So
any batch of any epoch can be made again without making those before it, which is what lets a run be cut anywhere.
"""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float32, Int64, UInt8
from numpy.typing import NDArray
from torch import Tensor

from deepstudy.datasets.split import Split


def derive_seed(*words: str | int) -> int:
    """A random seed (63 bits) that depends on all of `words` and on nothing else."""
    digest = hashlib.blake2b(repr(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def epoch_order(count: int, seed: int, epoch: int) -> Int64[Tensor, " n"]:
    """The order in which `count` training images come in an epoch."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(derive_seed("order", seed, epoch)))


@dataclass(frozen=True)
class Augmentation:
    """Random crop after `crop` pixels of padding, mirroring with probability 1/2, a square of `cutout` pixels' side.

    Padding and cut-out squares are zero after normalisation, the mean colour. `flip="alternating"` draws once for each
    image whether it is mirrored in the first epoch, and then mirrors it in every other one (Jordan 2024, "94% on
    CIFAR-10 in 3.29 seconds", section 3.6): in two epochs in a row each image is seen both ways.
    """

    crop: int = 0
    flip: bool | Literal["alternating"] = False
    cutout: int = 0


class Batcher:
    """Makes normalised float batches out of a split's bytes."""

    def __init__(self, split: Split, mean: Sequence[float], std: Sequence[float]) -> None:
        """`mean` and `std` are per channel, for pixel values in 0..1."""
        self.split = split
        device = split.labels.device
        channels = (1, -1, 1, 1)
        self.scale = (1 / (255 * torch.tensor(std, dtype=torch.float64))).float().view(channels).to(device)
        self.shift = (-torch.tensor(mean).double() / torch.tensor(std).double()).float().view(channels).to(device)

    def plain(self, index: slice | Int64[Tensor, " n"]) -> tuple[Float32[Tensor, "n c h w"], Int64[Tensor, " n"]]:
        """The images at `index` and their classes."""
        return self._normalised(self.split.pixels(index)), self.split.labels[index]

    def augmented(
        self, index: Int64[Tensor, " n"], augmentation: Augmentation, seed: int, epoch: int
    ) -> tuple[Float32[Tensor, "n c h w"], Int64[Tensor, " n"]]:
        """The images at `index` (on the CPU), augmented for this seed and epoch, and their classes."""
        numbers = index.numpy()
        images, labels = self.plain(_sent(numbers, self.split.labels.device))
        if augmentation.crop:
            images = _crop(images, augmentation.crop, numbers, seed, epoch)
        if augmentation.flip:
            _mirror(images, _is_mirrored(augmentation.flip, numbers, seed, epoch))
        if augmentation.cutout:
            images = _cutout(images, augmentation.cutout, numbers, seed, epoch)
        return images, labels

    def _normalised(self, images: UInt8[Tensor, "n c h w"]) -> Float32[Tensor, "n c h w"]:
        return images.float().mul_(self.scale).add_(self.shift)  # in place: half of the time of `torch.addcmul`


def views(images: Tensor, flip: bool, shift: int) -> list[tuple[float, Tensor]]:
    """The images (n, c, h, w) as a network is asked about them, and the weight of each answer in the mean of all.

    With `flip` mirrored as well; with `shift` also moved by so many pixels up and left, and down and right, half as
    much each, what comes in being reflected (Jordan 2024, section 3.5).
    """
    shown = [(1.0, images)]
    if shift:
        h, w = images.shape[2:]
        padded = torch.nn.functional.pad(images, (shift,) * 4, mode="reflect")
        moved = [padded[:, :, at : at + h, at : at + w] for at in (0, 2 * shift)]
        shown = [(0.5, images), *((0.25, view) for view in moved)]
    return [(weight / 2, side) for weight, view in shown for side in (view, view.flip(3))] if flip else shown


def downscale(images: Tensor, side: int) -> Tensor:
    """Images (n, c, h, w) scaled down to a shorter side of `side` pixels, bilinearly with antialiasing."""
    h, w = images.shape[2:]
    if side >= min(h, w):
        return images
    down, right = (_resize(length, max(1, round(length * side / min(h, w))), images.device) for length in (h, w))
    return down @ (images @ right.T)


@functools.cache
def _resize(length: int, new: int, device: torch.device) -> Float32[Tensor, "new length"]:
    """What resizing does to a column of `length` pixels, as the matrix that it is.

    The product of matrices gives what torch's `interpolate` does in a third of its time.
    """
    columns = torch.eye(length, device=device)[None, None]
    resized = torch.nn.functional.interpolate(columns, (new, length), mode="bilinear", antialias=True)
    return resized[0, 0]


def _is_mirrored(
    how: Literal[True, "alternating"], numbers: NDArray[np.int64], seed: int, epoch: int
) -> NDArray[np.bool_]:
    before = epoch if how == "alternating" else 0
    drawn = _draw("flip", numbers, seed, 0 if how == "alternating" else epoch, 2)
    return np.asarray((drawn + before) % 2 == 1)


def _mirror(images: Tensor, which: NDArray[np.bool_]) -> None:
    """Mirror those of the images (n, c, h, w) that `which` names left-right, in place."""
    index = _sent(np.flatnonzero(which), images.device)
    images.index_copy_(0, index, images.index_select(0, index).flip(3))


def _crop(images: Tensor, padding: int, numbers: NDArray[np.int64], seed: int, epoch: int) -> Tensor:
    n, _, h, w = images.shape
    padded = torch.nn.functional.pad(images, (padding,) * 4)  # (n, c, h + 2p, w + 2p)
    windows = padded.unfold(2, h, 1).unfold(3, w, 1)  # (n, c, 2p + 1, 2p + 1, h, w), all of them views
    rows, columns = (
        _sent(_draw(f"crop {axis}", numbers, seed, epoch, 2 * padding + 1), images.device) for axis in ("row", "column")
    )
    return windows[torch.arange(n, device=images.device), :, rows, columns]  # (n, c, h, w)


def _cutout(images: Tensor, side: int, numbers: NDArray[np.int64], seed: int, epoch: int) -> Tensor:
    """DeVries & Taylor 2017: the square's centre is any pixel, so it may reach over the edge."""
    n, _, h, w = images.shape
    inside = []
    for axis, length in (("row", h), ("column", w)):
        centre = _sent(_draw(f"cutout {axis}", numbers, seed, epoch, length), images.device)
        distance = torch.arange(length, device=images.device) - (centre.view(n, 1) - side // 2)  # (n, length)
        inside.append((distance >= 0) & (distance < side))
    hole = inside[0].view(n, 1, h, 1) & inside[1].view(n, 1, 1, w)
    return images.masked_fill(hole, 0.0)


def _sent(values: NDArray[Any], device: torch.device) -> Tensor:
    """The values on the device; a GPU is not waited for."""
    return torch.from_numpy(values).to(device, non_blocking=device.type == "cuda")


def _draw(what: str, numbers: NDArray[np.int64], seed: int, epoch: int, choices: int) -> NDArray[np.int64]:
    """A uniform draw from 0..choices-1 for each image number: SplitMix64 (Steele et al. 2014) as a counter's hash."""
    key = np.uint64(derive_seed(what, seed, epoch))
    with np.errstate(over="ignore"):
        z = key + (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(32)) * np.uint64(choices) >> np.uint64(32)).astype(np.int64)
