"""What all transforms have in common: what is drawn at random is apart from what is done to an image.

So one draw can serve several images, as in the transforms of `v2`.
"""

from enum import Enum
from typing import Any

from torch import nn


class _Described:
    """Prints as its name with some of its attributes."""

    _shown: tuple[str, ...] = ()

    def __repr__(self) -> str:
        values = [(name, getattr(self, name)) for name in self._shown]
        inner = ", ".join(f"{name}={value.value if isinstance(value, Enum) else value}" for name, value in values)
        return f"{type(self).__name__}({inner})"


class PlainTransform(_Described):
    """A transform that is no module, as some are in torchvision."""

    def __call__(self, img: Any) -> Any:
        """Change an image."""
        return self._change(img, None)

    def _change(self, img: Any, drawn: Any) -> Any:
        raise NotImplementedError


class ModuleTransform(_Described, nn.Module):
    """A transform that is a module."""

    def forward(self, img: Any) -> Any:
        """Change an image."""
        return self._change(img, self._draw(img))

    def _draw(self, img: Any) -> Any:
        """What is drawn at random for an image, in torchvision's order."""
        return None

    def _change(self, img: Any, drawn: Any) -> Any:
        raise NotImplementedError
