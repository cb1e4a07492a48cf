"""Random transforms that turn, shear, tilt, blur or recolour."""

import numbers
from collections.abc import Sequence
from typing import Any

import torch

from . import functional as F
from .base import ModuleTransform
from .modes import InterpolationMode, as_mode
from .randomized import Range, integer, uniform


class RandomRotation(ModuleTransform):
    """Turned by a random angle."""

    def __init__(
        self,
        degrees: Range,
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.degrees = _around_zero(degrees, "degrees")
        self.interpolation, self.expand, self.center, self.fill = as_mode(interpolation), expand, center, fill

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Draw an angle."""
        return uniform(degrees[0], degrees[1])

    def _draw(self, img: Any) -> float:
        return self.get_params(self.degrees)

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.rotate(img, drawn, self.interpolation, self.expand, self.center, self.fill)

    def __repr__(self) -> str:
        shown = f"degrees={self.degrees}, interpolation={self.interpolation.value}, expand={self.expand}"
        if self.center is not None:
            shown += f", center={self.center}"
        return f"{type(self).__name__}({shown}, fill={self.fill})"


class RandomAffine(ModuleTransform):
    """Randomly turned, moved, scaled and sheared."""

    def __init__(
        self,
        degrees: Range,
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: Range | None = None,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.degrees, self.translate, self.scale = _around_zero(degrees, "degrees"), translate, scale
        self.shear = None if shear is None else _around_zero(shear, "shear", (2, 4))
        self.interpolation, self.fill, self.center = as_mode(interpolation), fill, center
        if translate is not None and not all(0.0 <= share <= 1.0 for share in translate):
            raise ValueError(f"translate is {translate}; it has shares of the image, from 0 to 1")
        if scale is not None and not all(factor > 0 for factor in scale):
            raise ValueError(f"scale is {scale}; it has positive factors")

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Draw the angle, the way to the right and down, the factor, and both shears."""
        angle = uniform(degrees[0], degrees[1])
        moved = (0, 0)
        if translate is not None:
            most = [float(share * size) for share, size in zip(translate, img_size, strict=True)]
            right = round(uniform(-most[0], most[0]))
            moved = (right, round(uniform(-most[1], most[1])))
        factor = 1.0 if scale_ranges is None else uniform(scale_ranges[0], scale_ranges[1])
        shear_x = shear_y = 0.0
        if shears is not None:
            shear_x = uniform(shears[0], shears[1])
            if len(shears) == 4:
                shear_y = uniform(shears[2], shears[3])
        return angle, moved, factor, (shear_x, shear_y)

    def _draw(self, img: Any) -> Any:
        size = F.get_image_size(img)
        return self.get_params(self.degrees, self.translate, self.scale, self.shear, size)

    def _change(self, img: Any, drawn: Any) -> Any:
        angle, translate, scale, shear = drawn
        return F.affine(img, angle, translate, scale, shear, self.interpolation, self.fill, self.center)

    def __repr__(self) -> str:
        shown = [f"degrees={self.degrees}"]
        shown += [f"{name}={value}" for name in ("translate", "scale", "shear") if (value := getattr(self, name))]
        if self.interpolation is not InterpolationMode.NEAREST:
            shown.append(f"interpolation={self.interpolation.value}")
        if self.fill != 0:
            shown.append(f"fill={self.fill}")
        if self.center is not None:
            shown.append(f"center={self.center}")
        return f"{type(self).__name__}({', '.join(shown)})"


class RandomPerspective(ModuleTransform):
    """Seen from a random side, with probability p."""

    _shown = ("p",)

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.p, self.interpolation = p, as_mode(interpolation)
        self.distortion_scale, self.fill = distortion_scale, fill

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """Draw where the four corners go."""
        across = int(distortion_scale * (width // 2)) + 1
        down = int(distortion_scale * (height // 2)) + 1

        def point(right: bool, bottom: bool) -> list[int]:
            x = width - across + integer(across) if right else integer(across)
            return [x, height - down + integer(down) if bottom else integer(down)]

        corners = ((False, False), (True, False), (True, True), (False, True))
        starts = [[(width - 1) * right, (height - 1) * bottom] for right, bottom in corners]
        return starts, [point(*corner) for corner in corners]

    def _draw(self, img: Any) -> Any:
        if not torch.rand(1) < self.p:
            return None
        width, height = F.get_image_size(img)
        return self.get_params(width, height, self.distortion_scale)

    def _change(self, img: Any, drawn: Any) -> Any:
        return img if drawn is None else F.perspective(img, drawn[0], drawn[1], self.interpolation, self.fill)


class ColorJitter(ModuleTransform):
    """Random brightness, contrast, saturation and hue, in random order."""

    _shown = ("brightness", "contrast", "saturation", "hue")

    def __init__(self, brightness: Range = 0, contrast: Range = 0, saturation: Range = 0, hue: Range = 0) -> None:
        super().__init__()
        self.brightness = _around_one(brightness, "brightness")
        self.contrast = _around_one(contrast, "contrast")
        self.saturation = _around_one(saturation, "saturation")
        ends = _around_zero(hue, "hue")
        if not -0.5 <= ends[0] <= ends[1] <= 0.5:
            raise ValueError(f"hue is {hue}; it must be from -0.5 to 0.5")
        self.hue = None if ends[0] == ends[1] == 0 else (ends[0], ends[1])

    @staticmethod
    def get_params(
        brightness: Sequence[float] | None,
        contrast: Sequence[float] | None,
        saturation: Sequence[float] | None,
        hue: Sequence[float] | None,
    ) -> tuple[Any, ...]:
        """Draw the order, and a factor for each of the four."""
        order = torch.randperm(4)
        ranges = (brightness, contrast, saturation, hue)
        return (order, *(None if each is None else uniform(each[0], each[1]) for each in ranges))

    def _draw(self, img: Any) -> Any:
        return self.get_params(self.brightness, self.contrast, self.saturation, self.hue)

    def _change(self, img: Any, drawn: Any) -> Any:
        order, *factors = drawn
        changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for number in order.tolist():
            if factors[number] is not None:
                img = changes[number](img, factors[number])
        return img


class GaussianBlur(ModuleTransform):
    """Blurred by a bell curve of random width."""

    _shown = ("kernel_size", "sigma")

    def __init__(self, kernel_size: F.Size, sigma: Range = (0.1, 2.0)) -> None:
        super().__init__()
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError(f"kernel_size is {kernel_size}; it must be odd and positive")
        self.sigma = (sigma, sigma) if isinstance(sigma, int | float) else sigma
        if not 0.0 < self.sigma[0] <= self.sigma[1]:
            raise ValueError(f"sigma is {sigma}; it must be positive, the smaller one first")

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Draw a width."""
        return uniform(sigma_min, sigma_max)

    def _draw(self, img: Any) -> float:
        return self.get_params(self.sigma[0], self.sigma[1])

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.gaussian_blur(img, self.kernel_size, [drawn, drawn])


def _around_zero(given: Range, what: str, lengths: tuple[int, ...] = (2,)) -> list[float]:
    """The range that a number means, from -x to x, or the given one."""
    if isinstance(given, numbers.Number):
        if given < 0:  # type: ignore[operator]
            raise ValueError(f"{what} is {given}; one number must not be negative")
        return [float(-given), float(given)]  # type: ignore[operator, arg-type]
    if not isinstance(given, Sequence) or len(given) not in lengths:
        raise ValueError(f"{what} is {given!r}; pass a number or a range")
    return [float(value) for value in given]


def _around_one(given: Range, what: str) -> tuple[float, float] | None:
    """The range of factors that a number means, from 1 - x to 1 + x but not below 0; None where nothing changes."""
    if isinstance(given, numbers.Number):
        if given < 0:  # type: ignore[operator]
            raise ValueError(f"{what} is {given}; one number must not be negative")
        low, high = max(1.0 - float(given), 0.0), 1.0 + float(given)  # type: ignore[arg-type]
    else:
        low, high = (float(value) for value in given)  # type: ignore[union-attr]
        if not 0 <= low <= high:
            raise ValueError(f"{what} is {given}; it must not be negative, the smaller one first")
    return None if low == high == 1.0 else (low, high)
