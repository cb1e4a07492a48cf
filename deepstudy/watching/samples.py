"""Signatures of images that survive normalisation, so that one image is known again in another split.

The signature of an image is two fixed random projections of its pixels, each channel standardised by its own mean and
deviation. So it does not change where a program divides by 255 or normalises each channel. Two further numbers are the
signature of its mirror image. A cropped or rotated image has another signature.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Signatures = NDArray[np.float32]  #: (n, 4): two numbers of the image, two of its mirror image; NaN for a constant one

#: Two signatures mean one image if both numbers differ by less than this. They are about normal with deviation 1.
TOLERANCE = 2e-4
_GUESSES = {784: (1, 28, 28), 1024: (1, 32, 32), 3072: (3, 32, 32), 12288: (3, 64, 64)}  # flattened images


def sign(images: NDArray[np.float32]) -> Signatures:
    """Compute signatures.

    Arguments:
        images: (n, c, h, w) or (n, h, w) or (n, features).

    Returns:
        (n, 4). NaN where an image is constant.
    """
    shape = _shape(images.shape[1:])
    flat = np.ascontiguousarray(images, np.float32).reshape(len(images), shape[0], -1)
    projected = flat @ _directions(shape)  # (n, c, 4); the directions sum to 0, so the mean does not matter
    mean = flat.mean(2)
    variance = np.einsum("ncp,ncp->nc", flat, flat) / flat.shape[2] - mean**2
    constant = variance <= 1e-6 * (mean**2 + 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = projected / np.sqrt(np.where(constant, np.nan, variance))[:, :, None]
    if shape[0] == 1:
        return scaled[:, 0].astype(np.float32)
    varied = np.maximum((~constant).sum(1, keepdims=True), 1)
    means = np.nansum(scaled, axis=1) / varied
    return np.where(constant.all(1, keepdims=True), np.nan, means).astype(np.float32)


def known(signatures: Signatures, among: Signatures) -> NDArray[np.bool_]:
    """Say which images occur among others, also mirrored.

    Arguments:
        signatures: (n, 4).
        among: (m, 4).

    Returns:
        (n,): whether each image is one of the others or its mirror image.
    """
    return find(signatures, among) >= 0


def find(signatures: Signatures, among: Signatures) -> NDArray[np.int64]:
    """Find images among others, also mirrored.

    Arguments:
        signatures: (n, 4).
        among: (m, 4).

    Returns:
        (n,): the place among the others; -1 if it is none of them.
    """
    others = np.concatenate([among[:, :2], among[:, 2:]])
    places = np.flatnonzero(np.isfinite(others).all(1))
    places = places[np.argsort(others[places, 0])]
    others = others[places]
    found = np.full(len(signatures), -1, np.int64)
    if not len(others):
        return found
    mine = np.where(np.isfinite(signatures[:, :2]), signatures[:, :2], np.inf)
    tolerance = TOLERANCE * np.maximum(1, np.abs(mine[:, 0]))
    first = np.searchsorted(others[:, 0], mine[:, 0] - tolerance)
    last = np.searchsorted(others[:, 0], mine[:, 0] + tolerance, side="right")
    for step in range(int((last - first).max(initial=0))):
        at = first + step
        near = at < last
        other = others[np.minimum(at, len(others) - 1), 1]
        same = near & (np.abs(other - mine[:, 1]) < TOLERANCE * np.maximum(1, np.abs(mine[:, 1])))
        found[same] = places[np.minimum(at, len(others) - 1)][same] % len(among)
    return found


def _shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """The shape of one image as channels, height and width."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    if len(shape) == 2:
        return 1, shape[0], shape[1]
    size = int(np.prod(shape, dtype=int))
    return _GUESSES.get(size, (1, 1, size))


@lru_cache(maxsize=16)
def _directions(shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """(pixels, 4): two random directions with sum 0, and both mirrored."""
    _, height, width = shape
    random = np.random.default_rng((20_061, height, width)).standard_normal((2, height, width))
    random -= random.mean((1, 2), keepdims=True)
    random /= np.sqrt(height * width)
    both = np.concatenate([random, random[:, :, ::-1]])
    return np.ascontiguousarray(both.reshape(4, -1).T, np.float32)
