"""What transforms do to one image, by the names of `torchvision.transforms.v2.functional`."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .. import functional as plain
from ..modes import InterpolationMode, as_mode

horizontal_flip, vertical_flip = plain.hflip, plain.vflip


def __getattr__(name: str) -> Any:
    return getattr(plain, name)  # the same as before v2


def to_image(inpt: Any) -> Tensor:
    """A tensor (channels, height, width) with the values of an image or array."""
    if isinstance(inpt, Tensor):
        return inpt
    if isinstance(inpt, np.ndarray):
        return torch.from_numpy(np.atleast_3d(inpt)).permute(2, 0, 1).contiguous()
    return plain.pil_to_tensor(inpt)


def to_dtype(inpt: Tensor, dtype: torch.dtype = torch.float, scale: bool = False) -> Tensor:
    """A tensor of another kind; with `scale`, its values are scaled to the new range."""
    if not scale or inpt.dtype == dtype:
        return inpt.to(dtype)
    if dtype.is_floating_point and not inpt.dtype.is_floating_point:
        return inpt.to(dtype).mul_(1.0 / torch.iinfo(inpt.dtype).max)  # not the same bits as a division
    return plain.convert_image_dtype(inpt, dtype)


def resize(
    img: Any,
    size: Any,
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """Scaled to (height, width), or with the shorter side `size`. Tensors of bytes are not converted on the way."""
    mode = as_mode(interpolation)
    smooth = mode in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)
    if not (isinstance(img, Tensor) and img.dtype == torch.uint8 and smooth):
        return plain.resize(img, size, mode, max_size, antialias)
    new = plain.resized_size(img, size, max_size)
    if tuple(img.shape[-2:]) == new:
        return img
    batch = img.reshape(-1, *img.shape[-3:])
    scaled = torch.nn.functional.interpolate(
        batch, size=list(new), mode=mode.value, align_corners=False, antialias=bool(antialias)
    )
    return scaled.reshape(*img.shape[:-2], *new)


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: Any,
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """A part, scaled."""
    return resize(plain.crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Grey, in one channel or three."""
    gray = plain.rgb_to_grayscale(img, num_output_channels)
    if isinstance(gray, Tensor) and num_output_channels == 3:
        return gray.expand(*gray.shape[:-3], 3, *gray.shape[-2:])
    return gray


to_grayscale = rgb_to_grayscale
