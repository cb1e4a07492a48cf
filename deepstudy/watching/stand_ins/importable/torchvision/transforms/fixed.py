"""Transforms without randomness, and `Compose`."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from . import functional as F
from .base import ModuleTransform, PlainTransform
from .modes import InterpolationMode, as_mode, pair


class Compose:
    """Transforms one after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        """Change an image by all of them."""
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(type(self).__name__, self.transforms)


def listed(name: str, lines: Sequence[Any]) -> str:
    """A name with one line for each part."""
    return "\n".join((f"{name}(", *(f"    {line}" for line in lines), ")"))


class ToTensor(PlainTransform):
    """PIL image or array to a tensor with values of 0..1."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.to_tensor(img)


class PILToTensor(PlainTransform):
    """PIL image to a tensor with the same values."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.pil_to_tensor(img)


class ToPILImage(PlainTransform):
    """Tensor or array to a PIL image."""

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode
        self._shown = () if mode is None else ("mode",)

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.to_pil_image(img, self.mode)


class Lambda(PlainTransform):
    """A function as a transform."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Lambda takes a function, not {type(lambd).__name__}")
        self.lambd = lambd

    def _change(self, img: Any, drawn: Any) -> Any:
        return self.lambd(img)


class ConvertImageDtype(ModuleTransform):
    """A tensor with values of another kind, scaled to its range."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.convert_image_dtype(img, self.dtype)


class Normalize(ModuleTransform):
    """Each channel minus its mean, divided by its std."""

    _shown = ("mean", "std")

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean, self.std, self.inplace = mean, std, inplace

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.normalize(img, self.mean, self.std, self.inplace)


class Resize(ModuleTransform):
    """Scaled to (height, width), or with the shorter side `size`."""

    _shown = ("size", "interpolation", "max_size", "antialias")

    def __init__(
        self,
        size: F.Size,
        interpolation: Any = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if not isinstance(size, int | Sequence) or (isinstance(size, Sequence) and len(size) not in (1, 2)):
            raise TypeError(f"size is {size!r}; pass a number or (height, width)")
        self.size, self.max_size = size, max_size
        self.interpolation, self.antialias = as_mode(interpolation), antialias

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


class CenterCrop(ModuleTransform):
    """The middle of an image."""

    _shown = ("size",)

    def __init__(self, size: F.Size) -> None:
        super().__init__()
        self.size = pair(size)

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.center_crop(img, self.size)


class Pad(ModuleTransform):
    """With a border."""

    _shown = ("padding", "fill", "padding_mode")

    def __init__(self, padding: F.Size, fill: Any = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        self.padding, self.fill, self.padding_mode = padding, fill, padding_mode

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)


class Grayscale(ModuleTransform):
    """Grey, in one channel or three."""

    _shown = ("num_output_channels",)

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.rgb_to_grayscale(img, self.num_output_channels)


class FiveCrop(ModuleTransform):
    """The four corners and the middle."""

    _shown = ("size",)

    def __init__(self, size: F.Size) -> None:
        super().__init__()
        self.size = pair(size)

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.five_crop(img, self.size)


class TenCrop(ModuleTransform):
    """The four corners and the middle, then those of the flipped image."""

    _shown = ("size", "vertical_flip")

    def __init__(self, size: F.Size, vertical_flip: bool = False) -> None:
        super().__init__()
        self.size, self.vertical_flip = pair(size), vertical_flip

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.ten_crop(img, self.size, self.vertical_flip)


class LinearTransformation(ModuleTransform):
    """The pixels as one vector, minus a mean, times a matrix: whitening."""

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        rows, columns = transformation_matrix.shape
        if rows != columns or mean_vector.shape[0] != columns:
            raise ValueError(
                f"the matrix is {rows}x{columns} and the mean vector has {mean_vector.shape[0]} values; "
                "pass a square matrix, and one value for each of its columns"
            )
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def _change(self, img: Any, drawn: Any) -> Any:
        flat = img.reshape(-1, img.shape[-3] * img.shape[-2] * img.shape[-1]) - self.mean_vector
        return torch.mm(flat, self.transformation_matrix).reshape(img.shape)

    def __repr__(self) -> str:
        matrix, mean = self.transformation_matrix.tolist(), self.mean_vector.tolist()
        return f"{type(self).__name__}(transformation_matrix={matrix}, mean_vector={mean})"
