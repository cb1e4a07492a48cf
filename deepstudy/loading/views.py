"""The same images smaller, mirrored or moved. Nothing here is random."""

import functools

import torch
from jaxtyping import Float32
from torch import Tensor


def views(images: Tensor, flip: bool, shift: int) -> list[tuple[float, Tensor]]:
    """Make the versions of images whose outputs are averaged (Jordan 2024, section 3.5).

    Arguments:
        images: images (n, c, h, w).
        flip: whether to add mirror images, with the same weight.
        shift: pixels by which two more copies are moved, one up and left, one down and right. Each has half the weight
            of the image. New pixels at the edge are reflected.

    Returns:
        The weight in the mean and the images of each version.
    """
    versions = [(1.0, images)]
    if shift:
        h, w = images.shape[2:]
        padded = torch.nn.functional.pad(images, (shift,) * 4, mode="reflect")
        moved = [padded[:, :, at : at + h, at : at + w] for at in (0, 2 * shift)]
        versions = [(0.5, images), *((0.25, view) for view in moved)]
    return [(weight / 2, side) for weight, view in versions for side in (view, view.flip(3))] if flip else versions


def downscale(images: Tensor, side: int) -> Tensor:
    """Scale images down, bilinearly with antialiasing.

    Arguments:
        images: images (n, c, h, w).
        side: pixels of the shorter side afterwards.

    Returns:
        The smaller images, or the same images if they are no larger than that.
    """
    h, w = images.shape[2:]
    if side >= min(h, w):
        return images
    down, right = (_resize(length, max(1, round(length * side / min(h, w))), images.device) for length in (h, w))
    return down @ (images @ right.T)


@functools.cache
def _resize(length: int, new: int, device: torch.device) -> Float32[Tensor, "new length"]:
    """Resizing of a column of `length` pixels, as a matrix.

    The product of matrices gives the result of torch's `interpolate` in a third of its time.
    """
    columns = torch.eye(length, device=device)[None, None]
    resized = torch.nn.functional.interpolate(columns, (new, length), mode="bilinear", antialias=True)
    return resized[0, 0]
