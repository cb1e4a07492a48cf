"""Several images in one, and images into files."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor


def make_grid(
    tensor: Tensor | Sequence[Tensor],
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """One image (3, height, width) of many, `nrow` in a row."""
    images = tensor if isinstance(tensor, Tensor) else torch.stack(list(tensor), dim=0)
    while images.ndim < 4:
        images = images.unsqueeze(0)
    if images.shape[1] == 1:
        images = images.expand(-1, 3, -1, -1)
    if normalize:
        images = images.clone()
        for part in images if scale_each else (images,):
            low, high = value_range or (float(part.min()), float(part.max()))
            part.clamp_(low, high).sub_(low).div_(max(high - low, 1e-5))
    count, channels, height, width = images.shape
    if count == 1:
        return images[0]
    columns = min(nrow, count)
    height, width = height + padding, width + padding
    size = (channels, height * math.ceil(count / columns) + padding, width * columns + padding)
    grid = images.new_full(size, pad_value)
    for number, image in enumerate(images):
        top, left = number // columns * height + padding, number % columns * width + padding
        grid[:, top : top + height - padding, left : left + width - padding] = image
    return grid


def save_image(tensor: Tensor | Sequence[Tensor], fp: Any, format: str | None = None, **kwargs: Any) -> None:
    """Write a grid of images, with values of 0..1, into a file."""
    with torch.no_grad():
        pixels = make_grid(tensor, **kwargs).mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0)
    Image.fromarray(pixels.to("cpu", torch.uint8).numpy()).save(fp, format=format)
