"""Transforms of PIL images and tensors, equal to torchvision's for the same seed.

fixed.py                 transforms without randomness, and Compose
randomized.py            crops, flips, erasing, and the choice between transforms
geometry_and_color.py    rotation, shear, perspective, colour and blur
autoaugment.py           AutoAugment, RandAugment, TrivialAugmentWide
base.py                  what they have in common
functional.py            what they do to one image
on_pil.py, on_tensors.py the two kinds of images
modes.py                 interpolation, sizes and padding as arguments
v2/                      the same over structures of images and labels
"""

from typing import Any

from ..absent import absent
from . import autoaugment, transforms
from . import functional as functional
from .autoaugment import *  # noqa: F403
from .transforms import *  # noqa: F403

__all__ = [*transforms.__all__, *autoaugment.__all__]


def __getattr__(name: str) -> type[Any]:
    if name in ("AugMix", "ElasticTransform"):
        return absent(f"torchvision.transforms.{name}")
    raise AttributeError(f"torchvision.transforms.{name} is not part of the stand-in for torchvision")
