"""The usual transforms of torchvision, where it is not installed: they only give images their size and channels."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from PIL import Image


class _Transform:
    """Leaves an image as it is. Subclasses change its size."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.arguments, self.options = arguments, options

    def first(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, self.arguments[0] if self.arguments else default)

    def __call__(self, image: Any) -> Any:
        return image


class _Compose(_Transform):
    def __call__(self, image: Any) -> Any:
        for each in self.first("transforms"):
            image = each(image)
        return image


class _ToTensor(_Transform):
    def __call__(self, image: Any) -> Any:
        if not isinstance(image, Image.Image):
            return image
        return torch.zeros(len(image.getbands()), image.height, image.width)


class _Resize(_Transform):
    """A pair is height and width; one number is the shorter side."""

    def __call__(self, image: Any) -> Any:
        size, (height, width) = self.first("size"), _size(image)
        if isinstance(size, int):
            scale = size / min(height, width)
            size = (round(height * scale), round(width * scale))
        return _resized(image, *((*size, *size)[:2]))


class _Crop(_Transform):
    """One number is both sides."""

    def __call__(self, image: Any) -> Any:
        size = self.first("size")
        return _resized(image, *((size, size) if isinstance(size, int) else (*size, *size)[:2]))


class _Pad(_Transform):
    def __call__(self, image: Any) -> Any:
        padding, (height, width) = self.first("padding", 0), _size(image)
        left, top, right, bottom = [padding] * 4 if isinstance(padding, int) else ([*padding] * 4)[:4]
        return _resized(image, height + top + bottom, width + left + right)


class _Grayscale(_Transform):
    def __call__(self, image: Any) -> Any:
        channels = self.first("num_output_channels", 1)
        if isinstance(image, Image.Image):
            return image.convert("L" if channels == 1 else "RGB")
        return image.new_zeros(channels, *image.shape[-2:])


class _Lambda(_Transform):
    def __call__(self, image: Any) -> Any:
        return self.first("lambd")(image)


def _size(image: Any) -> tuple[int, int]:
    return (image.height, image.width) if isinstance(image, Image.Image) else (image.shape[-2], image.shape[-1])


def _resized(image: Any, height: int, width: int) -> Any:
    if isinstance(image, Image.Image):
        return image.resize((width, height))
    return image.new_zeros(*image.shape[:-2], height, width)


_SAME = (
    "Normalize RandomHorizontalFlip RandomVerticalFlip RandomRotation RandomAffine ColorJitter RandomErasing "
    "RandomPerspective AutoAugment RandAugment TrivialAugmentWide AugMix GaussianBlur RandomGrayscale RandomInvert "
    "RandomAdjustSharpness RandomAutocontrast RandomEqualize RandomPosterize RandomSolarize RandomApply RandomOrder "
    "ToPILImage ConvertImageDtype ToDtype"
).split()

#: By the name in `torchvision.transforms`.
TRANSFORMS: Mapping[str, Callable[..., Any]] = {
    **{name: type(name, (_Transform,), {}) for name in _SAME},
    "Compose": _Compose,
    "Lambda": _Lambda,
    "Pad": _Pad,
    "Grayscale": _Grayscale,
    **dict.fromkeys(("ToTensor", "PILToTensor", "ToImage"), _ToTensor),
    **dict.fromkeys(("Resize", "Scale"), _Resize),
    **dict.fromkeys(
        ("CenterCrop", "RandomCrop", "RandomResizedCrop", "RandomSizedCrop", "FiveCrop"),
        _Crop,
    ),
}
