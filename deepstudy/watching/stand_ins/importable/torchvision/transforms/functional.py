"""What transforms do to one PIL image or tensor, by the names of `torchvision.transforms.functional`."""

import numbers
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from . import on_pil, on_tensors
from .modes import InterpolationMode as InterpolationMode
from .modes import as_mode, pair

Size = int | Sequence[int]


def get_dimensions(img: Any) -> list[int]:
    """Channels, height and width."""
    sizes: list[int] = _side(img).dimensions(img)
    return sizes


def get_image_size(img: Any) -> list[int]:
    """Width and height."""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Any) -> int:
    """The number of channels."""
    return get_dimensions(img)[0]


def to_tensor(pic: Any) -> Tensor:
    """A tensor (channels, height, width); values of 8 bits are scaled to 0..1."""
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"the array has {pic.ndim} dimensions; an image has 2 or 3")
        image = torch.from_numpy((pic[:, :, None] if pic.ndim == 2 else pic).transpose(2, 0, 1)).contiguous()
    elif isinstance(pic, Image.Image):
        image = _pixels(pic)
        if pic.mode == "1":
            image = 255 * image
    else:
        raise TypeError(f"to_tensor takes a PIL image or a numpy array, not {type(pic)}")
    return image.to(torch.get_default_dtype()).div(255) if image.dtype == torch.uint8 else image


def pil_to_tensor(pic: Any) -> Tensor:
    """A tensor (channels, height, width) with the values of the PIL image."""
    if not isinstance(pic, Image.Image):
        raise TypeError(f"pil_to_tensor takes a PIL image, not {type(pic)}")
    return torch.as_tensor(np.array(pic, copy=True)).view(pic.height, pic.width, len(pic.getbands())).permute(2, 0, 1)


def convert_image_dtype(image: Tensor, dtype: torch.dtype = torch.float) -> Tensor:
    """The same image with values of another kind, scaled to its range."""
    if not isinstance(image, Tensor):
        raise TypeError(f"convert_image_dtype takes a tensor, not {type(image)}; put PILToTensor() before it")
    return on_tensors.to_dtype(image, dtype)


def to_pil_image(pic: Any, mode: str | None = None) -> Image.Image:
    """A PIL image of a tensor (channels, height, width) or an array (height, width, channels)."""
    if isinstance(pic, Tensor):
        if pic.ndim not in (2, 3):
            raise ValueError(f"the tensor has {pic.ndim} dimensions; an image has 2 or 3")
        pic = pic.unsqueeze(0) if pic.ndim == 2 else pic
        if pic.is_floating_point() and mode != "F":
            pic = pic.mul(255).byte()
        pixels = pic.cpu().numpy().transpose(1, 2, 0)
    elif isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"the array has {pic.ndim} dimensions; an image has 2 or 3")
        pixels = pic[:, :, None] if pic.ndim == 2 else pic
    else:
        raise TypeError(f"to_pil_image takes a tensor or a numpy array, not {type(pic)}")
    channels = pixels.shape[2]
    if channels > 4:
        raise ValueError(f"the image has {channels} channels; PIL takes at most 4")
    if pixels.dtype not in ((np.uint8, np.int16, np.int32, np.float32) if channels == 1 else (np.uint8,)):
        raise TypeError(f"PIL has no image of {channels} channels with values of type {pixels.dtype}")
    if channels == 1:
        return Image.fromarray(pixels[:, :, 0])
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if mode is None or mode == image.mode:
        return image
    return Image.frombytes(mode, image.size, image.tobytes())


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """Each channel minus its mean, divided by its std."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"normalize takes a tensor, not {type(tensor)}; put ToTensor() before it")
    if not tensor.is_floating_point():
        raise TypeError(f"normalize takes a tensor of floats, not {tensor.dtype}")
    if tensor.ndim < 3:
        raise ValueError(f"normalize takes (..., channels, height, width), not {tuple(tensor.shape)}")
    means = torch.as_tensor(mean, dtype=tensor.dtype, device=tensor.device)
    stds = torch.as_tensor(std, dtype=tensor.dtype, device=tensor.device)
    if (stds == 0).any():
        raise ValueError(f"std is {std!r}; division by zero")
    means = means.view(-1, 1, 1) if means.ndim == 1 else means
    stds = stds.view(-1, 1, 1) if stds.ndim == 1 else stds
    return (tensor if inplace else tensor.clone()).sub_(means).div_(stds)


def resize(
    img: Any,
    size: Size,
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """Scaled to (height, width), or with the shorter side `size`."""
    mode, new = as_mode(interpolation), resized_size(img, size, max_size)
    if tuple(get_dimensions(img)[1:]) == new:
        return img
    return _side(img).resize(img, new, mode, bool(antialias))


def resized_size(img: Any, size: Size, max_size: int | None) -> tuple[int, int]:
    """Height and width after `resize`."""
    _, h, w = get_dimensions(img)
    if not isinstance(size, int) and len(size) == 2:
        if max_size is not None:
            raise ValueError("max_size needs one number as size, the shorter side")
        return size[0], size[1]
    short, long = (w, h) if w <= h else (h, w)
    new_short = size if isinstance(size, int) else size[0]
    new_long = int(new_short * long / short)
    if max_size is not None and new_long > max_size:
        new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if w <= h else (new_short, new_long)


def pad(img: Any, padding: Size, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """With a border."""
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError(f"padding_mode is {padding_mode!r}; choose constant, edge, reflect or symmetric")
    return _side(img).pad(img, padding, fill, padding_mode)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """A part; black where it leaves the image."""
    return _side(img).crop(img, top, left, height, width)


def center_crop(img: Any, output_size: Size) -> Any:
    """The middle (height, width); a smaller image gets a black border."""
    height, width = pair(output_size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        more_w, more_h = max(width - w, 0), max(height - h, 0)
        img = pad(img, [more_w // 2, more_h // 2, (more_w + 1) // 2, (more_h + 1) // 2])
        _, h, w = get_dimensions(img)
        if (w, h) == (width, height):
            return img
    return crop(img, round((h - height) / 2.0), round((w - width) / 2.0), height, width)


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: Size,
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """A part, scaled."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def hflip(img: Any) -> Any:
    """The mirror image."""
    return _side(img).hflip(img)


def vflip(img: Any) -> Any:
    """Upside down."""
    return _side(img).vflip(img)


def five_crop(img: Any, size: Size) -> tuple[Any, ...]:
    """The four corners and the middle."""
    height, width = pair(size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        raise ValueError(f"the crop {(height, width)} is larger than the image {(h, w)}")
    corners = ((0, 0), (0, w - width), (h - height, 0), (h - height, w - width))
    return (*(crop(img, top, left, height, width) for top, left in corners), center_crop(img, (height, width)))


def ten_crop(img: Any, size: Size, vertical_flip: bool = False) -> tuple[Any, ...]:
    """The four corners and the middle, then those of the flipped image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def rotate(
    img: Any,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Any = None,
) -> Any:
    """Turned by `angle` degrees, against the clock."""
    return _side(img).rotate(img, angle, as_mode(interpolation), expand, center, fill)


def affine(
    img: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Any = None,
    center: Sequence[float] | None = None,
) -> Any:
    """Turned, moved, scaled and sheared."""
    if scale <= 0:
        raise ValueError(f"scale is {scale}; it must be positive")
    shears = [shear, 0.0] if isinstance(shear, numbers.Number) else list(shear)  # type: ignore[arg-type]
    shears = shears if len(shears) == 2 else [shears[0], 0.0]
    _, h, w = get_dimensions(img)
    if isinstance(img, Tensor):  # its origin is the middle
        middle = [0.0, 0.0] if center is None else [center[0] - w * 0.5, center[1] - h * 0.5]
    else:
        middle = [w * 0.5, h * 0.5] if center is None else list(center)
    matrix = on_tensors.inverse_affine(middle, angle, translate, scale, shears)  # type: ignore[arg-type]
    return _side(img).affine(img, matrix, as_mode(interpolation), fill)


def perspective(
    img: Any,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: Any = InterpolationMode.BILINEAR,
    fill: Any = None,
) -> Any:
    """Seen from another side: four points move to four others."""
    rows = torch.zeros(8, 8, dtype=torch.float64)
    for number, ((x, y), (u, v)) in enumerate(zip(endpoints, startpoints, strict=True)):
        rows[2 * number] = torch.tensor([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows[2 * number + 1] = torch.tensor([0, 0, 0, x, y, 1, -v * x, -v * y])
    right = torch.tensor(startpoints, dtype=torch.float64).view(8)
    coefficients = torch.linalg.lstsq(rows, right, driver="gels").solution.to(torch.float32).tolist()
    return _side(img).perspective(img, coefficients, as_mode(interpolation), fill)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Brighter above 1, darker below."""
    return _side(img).brightness(img, _not_negative(brightness_factor))


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """More contrast above 1, less below."""
    return _side(img).contrast(img, _not_negative(contrast_factor))


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """More colour above 1, less below."""
    return _side(img).saturation(img, _not_negative(saturation_factor))


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """Sharper above 1, blurred below."""
    return _side(img).sharpness(img, _not_negative(sharpness_factor))


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Colours turned by a factor of -0.5 to 0.5 of the circle."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor is {hue_factor}; it must be from -0.5 to 0.5")
    return _side(img).hue(img, hue_factor)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """Each value v of 0..1 becomes gain * v**gamma."""
    return _side(img).gamma(img, _not_negative(gamma), gain)


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Grey, in one channel or three."""
    return rgb_to_grayscale(img, num_output_channels)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Grey, in one channel or three."""
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels is {num_output_channels}; it must be 1 or 3")
    return _side(img).grayscale(img, num_output_channels)


def erase(img: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """With `v` in a rectangle."""
    if not isinstance(img, Tensor):
        raise TypeError(f"erase takes a tensor, not {type(img)}; put ToTensor() before it")
    img = img if inplace else img.clone()
    img[..., i : i + h, j : j + w] = v
    return img


def gaussian_blur(img: Any, kernel_size: Size, sigma: float | Sequence[float] | None = None) -> Any:
    """Blurred by a bell curve."""
    sizes = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    sizes = sizes * 2 if len(sizes) == 1 else sizes
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size is {kernel_size}; it must be odd and positive")
    if sigma is None:
        sigma = [size * 0.15 + 0.35 for size in sizes]
    widths = [float(sigma)] * 2 if isinstance(sigma, int | float) else [float(each) for each in sigma]
    widths = widths * 2 if len(widths) == 1 else widths
    if isinstance(img, Tensor):
        return on_tensors.gaussian_blur(img, sizes, widths)
    return to_pil_image(on_tensors.gaussian_blur(pil_to_tensor(img), sizes, widths), mode=img.mode)


def invert(img: Any) -> Any:
    """The negative."""
    return _side(img).invert(img)


def posterize(img: Any, bits: int) -> Any:
    """With `bits` bits a channel."""
    if not 0 <= bits <= 8:
        raise ValueError(f"bits is {bits}; it must be from 0 to 8")
    return _side(img).posterize(img, bits)


def solarize(img: Any, threshold: float) -> Any:
    """The negative of the values from `threshold` on."""
    return _side(img).solarize(img, threshold)


def autocontrast(img: Any) -> Any:
    """Each channel stretched to the full range."""
    return _side(img).autocontrast(img)


def equalize(img: Any) -> Any:
    """With a flat histogram."""
    return _side(img).equalize(img)


def _side(img: Any) -> ModuleType:
    """The module with the functions for this kind of image."""
    if isinstance(img, Tensor):
        return on_tensors
    if isinstance(img, Image.Image):
        return on_pil
    raise TypeError(f"an image is a PIL image or a tensor, not {type(img)}")


def _pixels(pic: Image.Image) -> Tensor:
    """(channels, height, width), with the values of the image."""
    dtype = {"I": np.int32, "I;16": np.int16, "I;16B": np.int16, "F": np.float32}.get(pic.mode, np.uint8)
    pixels = torch.from_numpy(np.array(pic, dtype, copy=True))
    return pixels.view(pic.height, pic.width, len(pic.getbands())).permute(2, 0, 1).contiguous()


def _not_negative(factor: float) -> float:
    if factor < 0:
        raise ValueError(f"the factor is {factor}; it must not be negative")
    return factor
