"""Trained weights: they can be named, but are not here."""

from enum import Enum
from typing import Any, NoReturn

from ..absent import NotHereError


class _Weights(Enum):
    """Weights by name."""

    def transforms(self) -> NoReturn:
        """What they were trained with, which is not here."""
        _refuse(f"torchvision.models.{type(self).__name__}")


def named_weights(name: str) -> type[Enum]:
    """The names of a network's weights: `ResNet18_Weights.DEFAULT`."""
    return _Weights(name, ["DEFAULT", "IMAGENET1K_V1", "IMAGENET1K_V2"])  # type: ignore[call-arg, return-value]


def refuse_weights(network: str, weights: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a network without those for weights; an error if it shall have trained ones."""
    options = dict(options)
    if options.pop("pretrained", False) or weights not in (None, False):
        _refuse(f"torchvision.models.{network}")
    return options


def _refuse(name: str) -> NoReturn:
    raise NotHereError(
        f"{name}: trained weights are not part of the stand-in for torchvision, which downloads nothing; "
        "run pip install torchvision, or pass weights=None"
    )
