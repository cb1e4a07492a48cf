"""Random transforms. They draw from torch's generator in the order in which torchvision does."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from . import functional as F
from .base import ModuleTransform, PlainTransform
from .fixed import listed
from .modes import InterpolationMode, as_mode, four_sides, pair

Range = float | Sequence[float]


def uniform(low: float, high: float) -> float:
    """One number from torch's generator."""
    return float(torch.empty(1).uniform_(float(low), float(high)).item())


def integer(end: int) -> int:
    """One number of 0 to end - 1 from torch's generator."""
    return int(torch.randint(0, end, size=(1,)).item())


class _Maybe(ModuleTransform):
    """Done with probability p."""

    _shown: tuple[str, ...] = ("p",)

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def _draw(self, img: Any) -> Any:
        return bool(torch.rand(1) < self.p)

    def _change(self, img: Any, drawn: Any) -> Any:
        return self._once(img) if drawn else img

    def _once(self, img: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return super().__repr__().replace(", p=", ",p=")  # as torchvision prints it


class RandomHorizontalFlip(_Maybe):
    """The mirror image, with probability p."""

    def _once(self, img: Any) -> Any:
        return F.hflip(img)


class RandomVerticalFlip(_Maybe):
    """Upside down, with probability p."""

    def _once(self, img: Any) -> Any:
        return F.vflip(img)


class RandomInvert(_Maybe):
    """The negative, with probability p."""

    def _once(self, img: Any) -> Any:
        return F.invert(img)


class RandomAutocontrast(_Maybe):
    """Each channel stretched to the full range, with probability p."""

    def _once(self, img: Any) -> Any:
        return F.autocontrast(img)


class RandomEqualize(_Maybe):
    """With a flat histogram, with probability p."""

    def _once(self, img: Any) -> Any:
        return F.equalize(img)


class RandomGrayscale(_Maybe):
    """Grey with probability p, in as many channels as before."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def _once(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, F.get_image_num_channels(img))


class RandomPosterize(_Maybe):
    """With fewer bits, with probability p."""

    _shown = ("bits", "p")

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits

    def _once(self, img: Any) -> Any:
        return F.posterize(img, self.bits)


class RandomSolarize(_Maybe):
    """The negative of bright values, with probability p."""

    _shown = ("threshold", "p")

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold

    def _once(self, img: Any) -> Any:
        return F.solarize(img, self.threshold)


class RandomAdjustSharpness(_Maybe):
    """Sharper or blurred, with probability p."""

    _shown = ("sharpness_factor", "p")

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def _once(self, img: Any) -> Any:
        return F.adjust_sharpness(img, self.sharpness_factor)


class RandomCrop(ModuleTransform):
    """A random part, of the image with a border if `padding` is set."""

    _shown = ("size", "padding")

    def __init__(
        self,
        size: F.Size,
        padding: Any = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.size, self.padding, self.pad_if_needed = pair(size), padding, pad_if_needed
        self.fill, self.padding_mode = fill, padding_mode

    @staticmethod
    def get_params(img: Any, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Draw top, left, height and width of a part."""
        _, h, w = F.get_dimensions(img)
        return _corner(h, w, output_size)

    def _draw(self, img: Any) -> tuple[int, int, int, int]:
        _, h, w = F.get_dimensions(img)
        if self.padding is not None:
            left, top, right, bottom = four_sides(self.padding)
            h, w = h + top + bottom, w + left + right
        if self.pad_if_needed:  # on both sides
            h, w = h + 2 * max(self.size[0] - h, 0), w + 2 * max(self.size[1] - w, 0)
        return self._corner(h, w)

    def _corner(self, h: int, w: int) -> tuple[int, int, int, int]:
        return _corner(h, w, self.size)

    def _change(self, img: Any, drawn: Any) -> Any:
        if self.padding is not None:
            img = F.pad(img, self.padding, self.fill, self.padding_mode)
        _, h, w = F.get_dimensions(img)
        if self.pad_if_needed and w < self.size[1]:
            img = F.pad(img, [self.size[1] - w, 0], self.fill, self.padding_mode)
        if self.pad_if_needed and h < self.size[0]:
            img = F.pad(img, [0, self.size[0] - h], self.fill, self.padding_mode)
        return F.crop(img, *drawn)


def _corner(h: int, w: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    height, width = size
    if h < height or w < width:
        raise ValueError(f"the crop {size} is larger than the image {(h, w)}")
    if (h, w) == size:
        return 0, 0, h, w
    top = integer(h - height + 1)
    return top, integer(w - width + 1), height, width


class RandomResizedCrop(ModuleTransform):
    """A random part of random size and shape, scaled to `size`."""

    def __init__(
        self,
        size: F.Size,
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size, self.scale, self.ratio = pair(size), scale, ratio
        self.interpolation, self.antialias = as_mode(interpolation), antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """Draw top, left, height and width of a part."""
        _, h, w = F.get_dimensions(img)
        logarithms = torch.log(torch.tensor(ratio))
        for _ in range(10):
            area = h * w * uniform(scale[0], scale[1])
            shape = torch.exp(torch.empty(1).uniform_(*logarithms.tolist())).item()
            width, height = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
            if 0 < width <= w and 0 < height <= h:
                top = integer(h - height + 1)
                return top, integer(w - width + 1), height, width
        if w / h < min(ratio):  # none fits: the middle, with the nearest shape
            width, height = w, round(w / min(ratio))
        elif w / h > max(ratio):
            width, height = round(h * max(ratio)), h
        else:
            width, height = w, h
        return (h - height) // 2, (w - width) // 2, height, width

    def _draw(self, img: Any) -> Any:
        return self.get_params(img, self.scale, self.ratio)

    def _change(self, img: Any, drawn: Any) -> Any:
        top, left, height, width = drawn
        return F.resized_crop(img, top, left, height, width, self.size, self.interpolation, self.antialias)

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(value, 4) for value in pair) for pair in (self.scale, self.ratio))
        return (
            f"{type(self).__name__}(size={self.size}, scale={scale}, ratio={ratio}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class RandomErasing(ModuleTransform):
    """A random rectangle gets one value, or noise with `value="random"`; with probability p."""

    _shown = ("p", "scale", "ratio", "value", "inplace")

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0,
        inplace: bool = False,
    ) -> None:
        super().__init__()
        if isinstance(value, str) and value != "random":
            raise ValueError(f'value is {value!r}; pass a number, one for each channel, or "random"')
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    @staticmethod
    def get_params(
        img: Any, scale: Sequence[float], ratio: Sequence[float], value: Sequence[float] | None = None
    ) -> tuple[int, int, int, int, Tensor]:
        """Draw top, left, height and width of a rectangle, and what comes into it."""
        channels, h, w = F.get_dimensions(img)
        logarithms = torch.log(torch.tensor(ratio))
        for _ in range(10):
            area = h * w * uniform(scale[0], scale[1])
            shape = torch.exp(torch.empty(1).uniform_(*logarithms.tolist())).item()
            height, width = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
            if not (height < h and width < w):
                continue
            if value is None:
                new = torch.empty([channels, height, width], dtype=torch.float32).normal_()
            else:
                new = torch.tensor(value)[:, None, None]
            top = integer(h - height + 1)
            return top, integer(w - width + 1), height, width, new
        return 0, 0, h, w, img  # none fits: nothing changes

    def _draw(self, img: Any) -> Any:
        if not torch.rand(1) < self.p:
            return None
        value = None if isinstance(self.value, str) else self.value
        value = [float(value)] if isinstance(value, int | float) else value
        if value is not None and len(value) not in (1, F.get_image_num_channels(img)):
            raise ValueError(f"value is {self.value!r}; pass one number, or one for each channel")
        return self.get_params(img, self.scale, self.ratio, value)

    def _change(self, img: Any, drawn: Any) -> Any:
        if drawn is None:
            return img
        top, left, height, width, value = drawn
        return F.erase(img, top, left, height, width, value, self.inplace)


class RandomApply(ModuleTransform):
    """Transforms one after the other, all or none."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        super().__init__()
        self.transforms, self.p = transforms, p

    def forward(self, img: Any) -> Any:
        """Change an image, with probability p."""
        if self.p < torch.rand(1):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(type(self).__name__, [f"p={self.p}", *self.transforms])


class RandomChoice(PlainTransform):
    """One of some transforms. It draws from Python's generator, as in torchvision."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: Sequence[float] | None = None) -> None:
        self.transforms, self.p = transforms, p

    def _change(self, img: Any, drawn: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](img)

    def __repr__(self) -> str:
        return f"{listed(type(self).__name__, self.transforms)}(p={self.p})"


class RandomOrder(PlainTransform):
    """Transforms in random order. It draws from Python's generator, as in torchvision."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def _change(self, img: Any, drawn: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for number in order:
            img = self.transforms[number](img)
        return img

    def __repr__(self) -> str:
        return listed(type(self).__name__, self.transforms)
