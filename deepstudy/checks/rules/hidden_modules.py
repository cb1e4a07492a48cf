"""Weights lie where `parameters()` does not see them.

A module finds its parameters in its attributes, in `nn.ModuleList`, `nn.ModuleDict` and `nn.Sequential`. It does not
look into plain lists, tuples and dicts, and not into layers that `forward` makes anew. No optimizer trains such
weights, `.to(device)` does not move them, and they are not saved.

Mend it: keep layers in an `nn.ModuleList`, and make them in `__init__`.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look into plain containers, and for weights that a pass uses and `parameters()` lacks.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    network = probe.training_pass.network
    known = {id(value) for value in network.parameters()} | {id(module) for module in network.modules()}
    hidden = [
        f"{path}.{name}".lstrip(".") + index
        for path, module in network.named_modules()
        for name, value in vars(module).items()
        if name not in ("_modules", "_parameters", "_buffers")
        for index, item in _inside(value)
        if id(item) not in known and _has_weights(item)
    ]
    if hidden:
        plain = hidden[0].partition("[")[0]
        yield Finding(
            "hidden_modules",
            "bug",
            f"{', '.join(hidden[:4])}{f' and {len(hidden) - 4} more' if len(hidden) > 4 else ''} lies in a plain list "
            "or dict. `parameters()` does not see it, so no optimizer trains it, `.to(device)` does not move it, and "
            "it is not saved.",
            hidden[0],
            f"Put it into an `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`: `self.{plain.rpartition('.')[2]} = "
            "nn.ModuleList([...])`.",
        )
        return
    for operation in probe.training_pass.trace.operations:
        for tensor in operation.tensors:
            if isinstance(tensor, nn.Parameter) and id(tensor) not in known and _is_drawn(tensor):
                yield Finding(
                    "hidden_modules",
                    "bug",
                    f"`forward` uses weights ({operation.name}) that `parameters()` does not see, so no optimizer "
                    "trains them. The layer is made in `forward` itself, anew at each call, or lies in a plain object.",
                    operation.spot,
                    "Make it once in `__init__`, `self.fc = nn.Linear(...)`, and only call it in `forward`.",
                )
                return


def _inside(value: Any, index: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(value, nn.Module | nn.Parameter):
        yield index, value
    elif depth < 3 and isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _inside(item, f"{index}[{number}]", depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(item, f"{index}[{key!r}]", depth + 1)


def _has_weights(item: nn.Module | nn.Parameter) -> bool:
    return isinstance(item, nn.Parameter) or next(item.parameters(), None) is not None


def _is_drawn(tensor: torch.Tensor) -> bool:
    return tensor.is_leaf and tensor.requires_grad
