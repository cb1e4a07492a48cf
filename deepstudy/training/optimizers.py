"""Optimizers: torch's own, by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

from deepstudy import catalog


def build(name: str, options: Mapping[str, Any], parameters: Iterable[nn.Parameter]) -> Optimizer:
    """The optimizer `name` (`sgd`, `adam`, `adamw`) with the keyword arguments of its torch class."""
    # `fused` updates all parameters in one loop; on a CPU torch would otherwise go from one to the next.
    optimizer: Optimizer = catalog.resolve(catalog.OPTIMIZERS[name].target)(parameters, fused=True, **options)
    return optimizer
