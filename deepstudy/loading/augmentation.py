"""Random changes of training images, as tensor operations on whole batches."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float32
from numpy.typing import NDArray
from torch import Tensor

from deepstudy.loading.seeds import draw


@dataclass(frozen=True)
class Augmentation:
    """Random crop after `crop` pixels of padding, mirroring with probability 1/2, a square of side `cutout`.

    Padding and cutout squares are zero after normalisation, the mean colour. `flip="alternating"` draws once for each
    image whether it is mirrored in the first epoch, and then mirrors it in every other epoch (Jordan 2024, "94% on
    CIFAR-10 in 3.29 seconds", section 3.6). So two epochs in a row show each image both ways.
    """

    crop: int = 0
    flip: bool | Literal["alternating"] = False
    cutout: int = 0


def augment(
    images: Float32[Tensor, "n c h w"], augmentation: Augmentation, numbers: NDArray[np.int64], seed: int, epoch: int
) -> Float32[Tensor, "n c h w"]:
    """Augment a batch.

    Arguments:
        images: normalised images; they may be changed in place.
        augmentation: the changes.
        numbers: their positions (n,) in the split, from which their random numbers are drawn.
        seed: the seed of the run.
        epoch: the epoch.

    Returns:
        The augmented images.
    """
    if augmentation.crop:
        images = _crop(images, augmentation.crop, numbers, seed, epoch)
    if augmentation.flip:
        _mirror(images, _is_mirrored(augmentation.flip, numbers, seed, epoch))
    if augmentation.cutout:
        images = _cutout(images, augmentation.cutout, numbers, seed, epoch)
    return images


def to_device(values: NDArray[Any], device: torch.device) -> Tensor:
    """Copy an array to a device, without waiting for a GPU.

    Arguments:
        values: the array.
        device: the device.

    Returns:
        The same values as a tensor.
    """
    return torch.from_numpy(values).to(device, non_blocking=device.type == "cuda")


def _is_mirrored(
    flip: Literal[True, "alternating"], numbers: NDArray[np.int64], seed: int, epoch: int
) -> NDArray[np.bool_]:
    before = epoch if flip == "alternating" else 0
    drawn = draw("flip", numbers, seed, 0 if flip == "alternating" else epoch, 2)
    return np.asarray((drawn + before) % 2 == 1)


def _mirror(images: Tensor, mirrored: NDArray[np.bool_]) -> None:
    """Mirror some of the images (n, c, h, w) left-right, in place."""
    index = to_device(np.flatnonzero(mirrored), images.device)
    images.index_copy_(0, index, images.index_select(0, index).flip(3))


def _crop(images: Tensor, padding: int, numbers: NDArray[np.int64], seed: int, epoch: int) -> Tensor:
    n, _, h, w = images.shape
    padded = torch.nn.functional.pad(images, (padding,) * 4)  # (n, c, h + 2p, w + 2p)
    windows = padded.unfold(2, h, 1).unfold(3, w, 1)  # (n, c, 2p + 1, 2p + 1, h, w), as views
    rows, columns = (
        to_device(draw(f"crop {axis}", numbers, seed, epoch, 2 * padding + 1), images.device)
        for axis in ("row", "column")
    )
    return windows[torch.arange(n, device=images.device), :, rows, columns]  # (n, c, h, w)


def _cutout(images: Tensor, side: int, numbers: NDArray[np.int64], seed: int, epoch: int) -> Tensor:
    """DeVries & Taylor 2017: the square's centre is any pixel, so it may reach over the edge."""
    n, _, h, w = images.shape
    inside = []
    for axis, length in (("row", h), ("column", w)):
        centre = to_device(draw(f"cutout {axis}", numbers, seed, epoch, length), images.device)
        distance = torch.arange(length, device=images.device) - (centre.view(n, 1) - side // 2)  # (n, length)
        inside.append((distance >= 0) & (distance < side))
    hole = inside[0].view(n, 1, h, 1) & inside[1].view(n, 1, 1, w)
    return images.masked_fill(hole, 0.0)
