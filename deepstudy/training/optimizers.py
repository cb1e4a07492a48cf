"""Optimizers: torch's own, by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

from deepstudy import catalog


def build(name: str, options: Mapping[str, Any], parameters: Iterable[nn.Parameter]) -> Optimizer:
    """The optimizer `name` (`sgd`, `adam`, `adamw`) with the keyword arguments of its torch class."""
    optimizer: Optimizer = catalog.resolve(catalog.OPTIMIZERS[name].target)(parameters, **options)
    return optimizer
