"""How pixels between pixels are computed, and the fill of new pixels."""

import numbers
from collections.abc import Sequence
from enum import Enum
from typing import Any


class InterpolationMode(Enum):
    """Ways to compute the pixels of a resized or turned image."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


#: Pillow's number of each mode.
PILLOW = {
    InterpolationMode.NEAREST: 0,
    InterpolationMode.LANCZOS: 1,
    InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3,
    InterpolationMode.BOX: 4,
    InterpolationMode.HAMMING: 5,
    InterpolationMode.NEAREST_EXACT: 0,
}
_BY_NUMBER = {number: mode for mode, number in reversed(PILLOW.items())}


def as_mode(given: Any) -> InterpolationMode:
    """The mode that a mode or one of Pillow's numbers means."""
    if isinstance(given, InterpolationMode):
        return given
    if isinstance(given, int) and given in _BY_NUMBER:
        return _BY_NUMBER[given]
    raise TypeError(f"interpolation is {given!r}; pass an InterpolationMode")


def pair(given: Any, what: str = "size") -> tuple[int, int]:
    """Height and width from a number, or from one or two numbers."""
    if isinstance(given, numbers.Number):
        return int(given), int(given)  # type: ignore[call-overload]
    if isinstance(given, Sequence) and len(given) == 1:
        return given[0], given[0]
    if isinstance(given, Sequence) and len(given) == 2:
        return given[0], given[1]
    raise ValueError(f"{what} is {given!r}; pass a number or (height, width)")


def four_sides(padding: Any) -> tuple[int, int, int, int]:
    """Padding on the left, top, right and bottom, from one, two or four numbers."""
    if isinstance(padding, numbers.Number):
        padding = [padding]
    if len(padding) == 1:
        return (padding[0],) * 4
    if len(padding) == 2:
        return padding[0], padding[1], padding[0], padding[1]
    if len(padding) == 4:
        left, top, right, bottom = padding
        return left, top, right, bottom
    raise ValueError(f"padding is {padding!r}; pass 1, 2 or 4 numbers")
