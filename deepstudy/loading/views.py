"""The same images smaller, mirrored or moved: nothing here is random."""

import functools

import torch
from jaxtyping import Float32
from torch import Tensor


def views(images: Tensor, flip: bool, shift: int) -> list[tuple[float, Tensor]]:
    """Make the versions of images over which a network's outputs are averaged (Jordan 2024, section 3.5).

    Arguments:
        images: images (n, c, h, w).
        flip: whether their mirror images count as much as they do.
        shift: pixels by which they are also moved, up and left, and down and right. Each of the two counts half as
            much as the image itself. Pixels that come in are reflected.

    Returns:
        Each version, after its weight in the mean.
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
        The smaller images, or the same where they are no larger than that.
    """
    h, w = images.shape[2:]
    if side >= min(h, w):
        return images
    down, right = (_resize(length, max(1, round(length * side / min(h, w))), images.device) for length in (h, w))
    return down @ (images @ right.T)


@functools.cache
def _resize(length: int, new: int, device: torch.device) -> Float32[Tensor, "new length"]:
    """What resizing does to a column of `length` pixels, as a matrix.

    The product of matrices gives what torch's `interpolate` does in a third of its time.
    """
    columns = torch.eye(length, device=device)[None, None]
    resized = torch.nn.functional.interpolate(columns, (new, length), mode="bilinear", antialias=True)
    return resized[0, 0]
