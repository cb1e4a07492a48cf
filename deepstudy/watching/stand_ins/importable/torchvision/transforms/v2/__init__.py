"""The transforms again, over structures: `transform(image, label)` changes the images and leaves the rest.

All images of one call get the same random numbers. Images are PIL images, or tensors: if there is no PIL image, the
first tensor counts as the image, as in torchvision. Boxes, masks and videos are not here. On PIL images the results
are torchvision's; on tensors of floats, some differ in the last bit.
"""

from typing import Any

from ...absent import absent
from .. import transforms
from ..modes import InterpolationMode as InterpolationMode
from . import functional as functional
from . import structures as structures

_NOT_HERE = frozenset(
    "AugMix AutoAugment AutoAugmentPolicy CutMix ElasticTransform GaussianNoise JPEG MixUp RGB RandAugment "
    "RandomChannelPermutation RandomIoUCrop RandomPhotometricDistort RandomResize RandomShortestSize RandomZoomOut "
    "SanitizeBoundingBoxes ScaleJitter TrivialAugmentWide UniformTemporalSubsample".split()
)
_OWN = (
    "Compose ConvertImageDtype Grayscale Identity Lambda PILToTensor RandomApply RandomChoice RandomErasing "
    "RandomOrder RandomResizedCrop Resize ToDtype ToImage ToPILImage ToPureTensor ToTensor Transform".split()
)


def _over_structures(name: str) -> type[Any]:
    """The transform of this name, for structures."""
    plain = getattr(transforms, name)
    return type(name, (structures.OverStructures, plain), {"__module__": __name__, "__doc__": plain.__doc__})


for _name in {*_OWN, *transforms.__all__} - {"InterpolationMode"}:
    globals()[_name] = getattr(structures, _name) if _name in _OWN else _over_structures(_name)


def __getattr__(name: str) -> type[Any]:
    if name in _NOT_HERE:
        return absent(f"torchvision.transforms.v2.{name}")
    raise AttributeError(f"torchvision.transforms.v2.{name} is not part of the stand-in for torchvision")
