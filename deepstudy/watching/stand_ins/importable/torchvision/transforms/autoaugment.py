"""Augmentation policies: AutoAugment, RandAugment and TrivialAugment, by their papers.

The tables of AutoAugment are those of its appendix (Cubuk et al. 2018).
"""

import math
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import torch
from torch import Tensor

from . import functional as F
from .base import ModuleTransform
from .modes import InterpolationMode, as_mode
from .policies import TABLES

#: The magnitudes of an operation, and whether they have a sign.
Space = dict[str, tuple[Tensor, bool]]


class AutoAugmentPolicy(Enum):
    """The data set on which a policy was learned."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


def _space(bins: int, shear: float, across: float, down: float, turn: float, factor: float, bits: int) -> Space:
    """The magnitudes of all operations, given the largest ones."""

    def to(most: float) -> tuple[Tensor, bool]:
        return torch.linspace(0.0, most, bins), True

    return {
        "Identity": (torch.tensor(0.0), False),
        "ShearX": to(shear),
        "ShearY": to(shear),
        "TranslateX": to(across),
        "TranslateY": to(down),
        "Rotate": to(turn),
        "Brightness": to(factor),
        "Color": to(factor),
        "Contrast": to(factor),
        "Sharpness": to(factor),
        "Posterize": (8 - (torch.arange(bins) / ((bins - 1) / bits)).round().int(), False),
        "Solarize": (torch.linspace(255.0, 0.0, bins), False),
        "AutoContrast": (torch.tensor(0.0), False),
        "Equalize": (torch.tensor(0.0), False),
    }


def _space_of_image(bins: int, img: Any) -> Space:
    """As in AutoAugment and RandAugment, which move an image by up to 150 of 331 pixels."""
    width, height = F.get_image_size(img)
    return _space(bins, 0.3, 150.0 / 331.0 * width, 150.0 / 331.0 * height, 30.0, 0.9, 4)


class _Policy(ModuleTransform):
    """Draws operations and their magnitudes, and applies them."""

    def __init__(self, interpolation: Any, fill: Any) -> None:
        super().__init__()
        self.interpolation, self.fill = as_mode(interpolation), fill

    def _draw(self, img: Any) -> list[tuple[str, float]]:
        raise NotImplementedError

    def _change(self, img: Any, drawn: Any) -> Any:
        for name, magnitude in drawn:
            img = self._operate(img, name, magnitude)
        return img

    def _operate(self, img: Any, name: str, magnitude: float) -> Any:
        how = {"interpolation": self.interpolation, "fill": self.fill}
        if name in ("ShearX", "ShearY"):
            angle = math.degrees(math.atan(magnitude))
            shear = [angle, 0.0] if name == "ShearX" else [0.0, angle]
            return F.affine(img, 0.0, [0, 0], 1.0, shear, center=[0, 0], **how)
        if name in ("TranslateX", "TranslateY"):
            pixels = int(magnitude)
            return F.affine(img, 0.0, [pixels, 0] if name == "TranslateX" else [0, pixels], 1.0, [0.0, 0.0], **how)
        if name == "Rotate":
            return F.rotate(img, magnitude, **how)
        if name in _BY_FACTOR:
            return _BY_FACTOR[name](img, 1.0 + magnitude)
        if name == "Posterize":
            return F.posterize(img, int(magnitude))
        if name == "Solarize":
            return F.solarize(img, magnitude)
        return _WITHOUT_MAGNITUDE[name](img)


_BY_FACTOR: dict[str, Callable[[Any, float], Any]] = {
    "Brightness": F.adjust_brightness,
    "Color": F.adjust_saturation,
    "Contrast": F.adjust_contrast,
    "Sharpness": F.adjust_sharpness,
}
_WITHOUT_MAGNITUDE: dict[str, Callable[[Any], Any]] = {
    "Identity": lambda img: img,
    "AutoContrast": F.autocontrast,
    "Equalize": F.equalize,
    "Invert": F.invert,
}


class AutoAugment(_Policy):
    """One of 25 learned pairs of operations."""

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.policy = policy
        self.policies = TABLES[policy.value]

    def _draw(self, img: Any) -> list[tuple[str, float]]:
        number = int(torch.randint(len(self.policies), (1,)).item())
        chances, signs = torch.rand((2,)), torch.randint(2, (2,))
        drawn = []
        for which, (name, chance, step) in enumerate(self.policies[number]):
            if chances[which] <= chance:
                magnitude, signed = self._magnitude(img, name, step)
                drawn.append((name, -magnitude if signed and signs[which] == 0 else magnitude))
        return drawn

    def _magnitude(self, img: Any, name: str, step: int | None) -> tuple[float, bool]:
        if step is None:
            return 0.0, False
        magnitudes, signed = _space_of_image(10, img)[name]
        return float(magnitudes[step]), signed

    def __repr__(self) -> str:
        return f"{type(self).__name__}(policy={self.policy}, fill={self.fill})"


class RandAugment(_Policy):
    """Some operations with one magnitude (Cubuk et al. 2019)."""

    _shown = ("num_ops", "magnitude", "num_magnitude_bins", "interpolation", "fill")

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def _draw(self, img: Any) -> list[tuple[str, float]]:
        space = _space_of_image(self.num_magnitude_bins, img)
        drawn = []
        for _ in range(self.num_ops):
            name = list(space)[int(torch.randint(len(space), (1,)).item())]
            magnitudes, signed = space[name]
            magnitude = float(magnitudes[self.magnitude]) if magnitudes.ndim else 0.0
            drawn.append((name, -magnitude if signed and torch.randint(2, (1,)) else magnitude))
        return drawn

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={getattr(self, name)}" for name in self._shown)
        return f"{type(self).__name__}({inner})"


class TrivialAugmentWide(_Policy):
    """One operation with a random magnitude (Müller and Hutter 2021)."""

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Sequence[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def _draw(self, img: Any) -> list[tuple[str, float]]:
        space = _space(self.num_magnitude_bins, 0.99, 32.0, 32.0, 135.0, 0.99, 6)
        name = list(space)[int(torch.randint(len(space), (1,)).item())]
        magnitudes, signed = space[name]
        magnitude = float(magnitudes[int(torch.randint(len(magnitudes), (1,)))]) if magnitudes.ndim else 0.0
        return [(name, -magnitude if signed and torch.randint(2, (1,)) else magnitude)]

    def __repr__(self) -> str:
        names = ("num_magnitude_bins", "interpolation", "fill")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in names)})"


__all__ = ["AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]
