"""What the transforms of v2 have in common, and those that v2 alone has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from .. import transforms
from ..randomized import integer
from . import functional as F


class Transform(nn.Module):
    """Changes the images of its arguments, all with the same random numbers."""

    def forward(self, *inputs: Any) -> Any:
        """Change an image, or the images of a structure."""
        sample = inputs if len(inputs) > 1 else inputs[0]
        images = list(_images(sample))
        if not images:
            return sample
        drawn = self._draw(images[0])
        return _replaced(sample, {id(image): self._change(image, drawn) for image in images})

    def _draw(self, img: Any) -> Any:
        return None

    def _change(self, img: Any, drawn: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return nn.Module.__repr__(self)

    def extra_repr(self) -> str:
        """What stands in the brackets."""
        hidden = ("training",)
        kinds = (bool, int, float, str, tuple, list, Enum)
        values = {name: value for name, value in vars(self).items() if name[0] != "_" and name not in hidden}
        shown = {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
        return ", ".join(f"{name}={value}" for name, value in shown.items() if isinstance(value, kinds))


class OverStructures(Transform):
    """Gives a plain transform the way of v2, and v2's order of random numbers where it differs."""

    size: Any

    def _draw(self, img: Any) -> Any:
        plain = super(Transform, self)
        return plain._draw(img) if hasattr(plain, "_draw") else None

    def _change(self, img: Any, drawn: Any) -> Any:
        return super(Transform, self)._change(img, drawn)  # type: ignore[misc]

    def _corner(self, h: int, w: int) -> tuple[int, int, int, int]:
        height, width = self.size
        if h < height or w < width:
            raise ValueError(f"the crop {(height, width)} is larger than the image {(h, w)}")
        top = integer(h - height + 1) if h > height else 0
        return top, integer(w - width + 1) if w > width else 0, height, width


class Resize(OverStructures, transforms.Resize):
    """Scaled to (height, width), or with the shorter side `size`."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


class RandomResizedCrop(OverStructures, transforms.RandomResizedCrop):
    """A random part of random size and shape, scaled to `size`."""

    def _change(self, img: Any, drawn: Any) -> Any:
        top, left, height, width = drawn
        return F.resized_crop(img, top, left, height, width, self.size, self.interpolation, self.antialias)


class Grayscale(OverStructures, transforms.Grayscale):
    """Grey, in one channel or three."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.rgb_to_grayscale(img, self.num_output_channels)


class ToTensor(Transform):
    """PIL image or array to a tensor with values of 0..1."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return img if isinstance(img, Tensor) else F.to_tensor(img)


class PILToTensor(Transform):
    """PIL image to a tensor with the same values."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.pil_to_tensor(img) if isinstance(img, Image.Image) else img


class ToPILImage(Transform):
    """Tensor or array to a PIL image."""

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def _change(self, img: Any, drawn: Any) -> Any:
        return img if isinstance(img, Image.Image) else F.to_pil_image(img, self.mode)


class RandomErasing(OverStructures, transforms.RandomErasing):
    """A random rectangle gets one value or noise, with probability p, also in PIL images."""

    def _change(self, img: Any, drawn: Any) -> Any:
        if drawn is None or isinstance(img, Tensor):
            return super()._change(img, drawn)
        drawn = tuple(F.pil_to_tensor(each) if isinstance(each, Image.Image) else each for each in drawn)
        return F.to_pil_image(super()._change(F.pil_to_tensor(img), drawn), img.mode)


class ToImage(Transform):
    """PIL image or array to a tensor with the same values."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.to_image(img)


class ToDtype(Transform):
    """A tensor of another kind; with `scale`, its values are scaled to the new range."""

    def __init__(self, dtype: torch.dtype | Mapping[Any, torch.dtype | None], scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, torch.dtype):
            raise NotImplementedError(
                "ToDtype of the stand-in takes one dtype, not one for each kind of input; install torchvision"
            )
        self.dtype, self.scale = dtype, scale

    def _change(self, img: Any, drawn: Any) -> Any:
        return F.to_dtype(img, self.dtype, self.scale) if isinstance(img, Tensor) else img


class ConvertImageDtype(ToDtype):
    """A tensor of another kind, its values scaled to the new range."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__(dtype, scale=True)


class Identity(Transform):
    """Nothing."""

    def _change(self, img: Any, drawn: Any) -> Any:
        return img


class ToPureTensor(Identity):
    """Nothing: tensors are plain here."""


class Lambda(Transform):
    """A function as a transform, of everything that it is given."""

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd, self.types = lambd, types or (object,)

    def forward(self, *inputs: Any) -> Any:
        """Change what has one of the types."""
        return _mapped(inputs if len(inputs) > 1 else inputs[0], self._change_one)

    def _change_one(self, value: Any) -> Any:
        return self.lambd(value) if isinstance(value, self.types) else value

    def extra_repr(self) -> str:
        """What stands in the brackets."""
        name = getattr(self.lambd, "__name__", "")
        return f"{name}, types={[kind.__name__ for kind in self.types]}"


class Compose(Transform):
    """Transforms one after the other."""

    def __init__(self, transforms: Sequence[Callable[..., Any]]) -> None:
        super().__init__()
        if not isinstance(transforms, Sequence) or not transforms:
            raise ValueError("Compose takes a list of at least one transform")
        self.transforms = transforms

    def forward(self, *inputs: Any) -> Any:
        """Apply all of them."""
        for transform in self._chosen():
            outputs = transform(*inputs)
            inputs = outputs if len(inputs) > 1 else (outputs,)
        return inputs if len(inputs) > 1 else inputs[0]

    def _chosen(self) -> Sequence[Callable[..., Any]]:
        return self.transforms

    def extra_repr(self) -> str:
        """What stands in the brackets."""
        return "\n".join(f"    {transform}" for transform in self.transforms)


class RandomApply(Compose):
    """Transforms one after the other, all or none."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = p

    def _chosen(self) -> Sequence[Callable[..., Any]]:
        return self.transforms if torch.rand(1) < self.p else []


class RandomChoice(Compose):
    """One of some transforms."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        weights = [1.0] * len(transforms) if p is None else list(p)
        self.p = [weight / sum(weights) for weight in weights]

    def _chosen(self) -> Sequence[Callable[..., Any]]:
        return [self.transforms[int(torch.multinomial(torch.tensor(self.p), 1))]]


class RandomOrder(Compose):
    """Transforms in random order."""

    def _chosen(self) -> Sequence[Callable[..., Any]]:
        return [self.transforms[number] for number in torch.randperm(len(self.transforms)).tolist()]


def _leaves(sample: Any) -> Iterator[Any]:
    if isinstance(sample, Mapping):
        sample = list(sample.values())
    if isinstance(sample, list | tuple):
        for value in sample:
            yield from _leaves(value)
    else:
        yield sample


def _images(sample: Any) -> Iterator[Any]:
    """Its PIL images; if there are none, its first tensor or array."""
    leaves = list(_leaves(sample))
    pictures = [leaf for leaf in leaves if isinstance(leaf, Image.Image)]
    if pictures:
        yield from pictures
    else:
        yield from [leaf for leaf in leaves if not isinstance(leaf, str | int | float | None)][:1]


def _replaced(sample: Any, new: Mapping[int, Any]) -> Any:
    return _mapped(sample, lambda leaf: new.get(id(leaf), leaf))


def _mapped(sample: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(sample, Mapping):
        return type(sample)({key: _mapped(value, change) for key, value in sample.items()})  # type: ignore[call-arg]
    if isinstance(sample, tuple) and hasattr(sample, "_fields"):
        return type(sample)(*(_mapped(value, change) for value in sample))
    if isinstance(sample, list | tuple):
        return type(sample)(_mapped(value, change) for value in sample)
    return change(sample)
