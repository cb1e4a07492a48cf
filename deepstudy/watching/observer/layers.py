"""How large the weights and gradients of each layer are, at the first step of each training round."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

_MOST_TIMES = 200  # rounds of a network
_MOST_TENSORS = 60  # of a network


class Layers:
    """Keeps the norms of networks' parameters and gradients."""

    def __init__(self) -> None:
        self._names: dict[int, list[str]] = {}
        self._clocks: dict[int, list[int]] = {}
        self._norms: dict[int, list[tuple[list[float], list[float]]]] = {}

    def record(self, number: int, module: nn.Module, clock: int) -> None:
        """Keep the norms of a network just before a step. Nothing happens on another device than the CPU.

        Arguments:
            number: the network's number.
            module: the network.
            clock: when.
        """
        norms = self._norms.setdefault(number, [])
        found = dict(module.named_parameters())
        names = self._names.setdefault(number, [*found][:_MOST_TENSORS])
        tensors = [found.get(name) for name in names]  # a layer may have been replaced
        if len(norms) >= _MOST_TIMES or any(each is not None and each.device.type != "cpu" for each in tensors):
            return  # on a GPU, looking would wait for it
        self._clocks.setdefault(number, []).append(clock)
        gradients = [each.grad if each is not None else None for each in tensors]
        norms.append(([_norm(each) for each in tensors], [_norm(each) for each in gradients]))

    def names(self, number: int) -> list[str]:
        """Name the tensors of a network.

        Arguments:
            number: the network's number.

        Returns:
            Their names, in the order of the arrays; empty if nothing was recorded.
        """
        return self._names[number] if self._norms.get(number) else []

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give all norms.

        Returns:
            The arrays `layers.…`, see `Recording`.
        """
        made: dict[str, NDArray[Any]] = {}
        for number, norms in self._norms.items():
            if norms:
                made[f"layers.{number}.clocks"] = np.array(self._clocks[number], np.int64)
                made[f"layers.{number}.weights"] = np.array([weights for weights, _ in norms], np.float64)
                made[f"layers.{number}.gradients"] = np.array([gradients for _, gradients in norms], np.float64)
        return made


def _norm(tensor: Tensor | None) -> float:
    """The Euclidean norm; NaN where there is none."""
    if tensor is None or isinstance(tensor, UninitializedParameter) or not tensor.is_floating_point():
        return float("nan")
    values = tensor.detach().coalesce().values() if tensor.is_sparse else tensor.detach()
    return float(values.norm()) if values.numel() else float("nan")
