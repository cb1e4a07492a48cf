"""Changes of PIL images. Each function has its twin of the same name in on_tensors.py."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from .modes import PILLOW, InterpolationMode, four_sides

Picture = Image.Image


def dimensions(img: Picture) -> list[int]:
    """Channels, height and width."""
    return [len(img.getbands()), img.height, img.width]


def hflip(img: Picture) -> Picture:
    """The mirror image."""
    return img.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def vflip(img: Picture) -> Picture:
    """Upside down."""
    return img.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def crop(img: Picture, top: int, left: int, height: int, width: int) -> Picture:
    """A part; black where it leaves the image."""
    return img.crop((left, top, left + width, top + height))


def resize(img: Picture, size: tuple[int, int], mode: InterpolationMode, antialias: bool) -> Picture:
    """Scaled to (height, width). Pillow always smooths."""
    return img.resize((size[1], size[0]), PILLOW[mode])


def pad(img: Picture, padding: Any, fill: Any, padding_mode: str) -> Picture:
    """With a border."""
    left, top, right, bottom = four_sides(padding)
    if padding_mode == "constant":
        return ImageOps.expand(img, border=(left, top, right, bottom), fill=color(img, fill) or 0)
    # what is cut off by negative padding goes first
    cut = [-min(side, 0) for side in (left, top, right, bottom)]
    img = img.crop((cut[0], cut[1], img.width - cut[2], img.height - cut[3]))
    widths = [(max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0))]
    pixels = np.asarray(img)
    pixels = np.pad(pixels, widths + [(0, 0)] * (pixels.ndim - 2), mode=padding_mode)  # type: ignore[call-overload]
    padded = Image.fromarray(pixels)
    if img.mode == "P" and (palette := img.getpalette()):
        padded.putpalette(palette)
    return padded


def rotate(
    img: Picture, angle: float, mode: InterpolationMode, expand: bool, center: Sequence[float] | None, fill: Any
) -> Picture:
    """Turned by `angle` degrees, against the clock."""
    middle = None if center is None else (center[0], center[1])
    return img.rotate(angle, PILLOW[mode], expand=expand, center=middle, fillcolor=color(img, fill))  # type: ignore[arg-type]


def affine(img: Picture, matrix: list[float], mode: InterpolationMode, fill: Any) -> Picture:
    """Moved by the matrix that leads from a new pixel to its old place."""
    return img.transform(img.size, Image.Transform.AFFINE, matrix, PILLOW[mode], fillcolor=color(img, fill))


def perspective(img: Picture, coefficients: list[float], mode: InterpolationMode, fill: Any) -> Picture:
    """Seen from another side."""
    kind = Image.Transform.PERSPECTIVE
    return img.transform(img.size, kind, coefficients, PILLOW[mode], fillcolor=color(img, fill))


def brightness(img: Picture, factor: float) -> Picture:
    """Brighter above 1, darker below."""
    return ImageEnhance.Brightness(img).enhance(factor)


def contrast(img: Picture, factor: float) -> Picture:
    """More contrast above 1, less below."""
    return ImageEnhance.Contrast(img).enhance(factor)


def saturation(img: Picture, factor: float) -> Picture:
    """More colour above 1, less below."""
    return ImageEnhance.Color(img).enhance(factor)


def sharpness(img: Picture, factor: float) -> Picture:
    """Sharper above 1, blurred below."""
    return ImageEnhance.Sharpness(img).enhance(factor)


def hue(img: Picture, factor: float) -> Picture:
    """Colours turned by `factor` of the circle; a grey image stays as it is."""
    if img.mode in ("L", "1", "I", "F"):
        return img
    hues, *others = img.convert("HSV").split()
    turned = np.asarray(hues) + np.int32(factor * 255).astype(np.uint8)  # wraps around, as hues do
    return Image.merge("HSV", (Image.fromarray(turned), *others)).convert(img.mode)


def gamma(img: Picture, exponent: float, gain: float) -> Picture:
    """Each value v of 0..1 becomes gain * v**exponent."""
    mode = img.mode
    img = img.convert("RGB")
    table = [int((255 + 1 - 1e-3) * gain * pow(value / 255.0, exponent)) for value in range(256)] * 3
    return img.point(table).convert(mode)


def grayscale(img: Picture, channels: int) -> Picture:
    """Grey, in one channel or three."""
    gray = img.convert("L")
    return gray if channels == 1 else Image.merge("RGB", (gray,) * 3)


def invert(img: Picture) -> Picture:
    """The negative."""
    return ImageOps.invert(img)


def posterize(img: Picture, bits: int) -> Picture:
    """With `bits` bits a channel."""
    return ImageOps.posterize(img, bits)


def solarize(img: Picture, threshold: float) -> Picture:
    """The negative of the values from `threshold` on."""
    return ImageOps.solarize(img, threshold)  # type: ignore[arg-type]


def autocontrast(img: Picture) -> Picture:
    """Each channel stretched to the full range."""
    return ImageOps.autocontrast(img)


def equalize(img: Picture) -> Picture:
    """With a flat histogram."""
    return ImageOps.equalize(img)


def color(img: Picture, fill: Any) -> Any:
    """The fill for an image of this mode; None is black."""
    count = len(img.getbands())
    if fill is None:
        fill = 0
    if isinstance(fill, list | tuple) and len(fill) == 1:
        fill = fill[0]
    if isinstance(fill, numbers.Number):
        if img.mode == "F":
            return float(fill)  # type: ignore[arg-type]
        return (int(fill),) * count if count > 1 else int(fill)  # type: ignore[call-overload]
    if len(fill) != count:
        raise ValueError(
            f"fill has {len(fill)} values, but the image has {count} channels; give one number, or {count}"
        )
    return tuple(int(value) for value in fill)
