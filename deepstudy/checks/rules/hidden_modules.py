"""Modules and parameters kept where `parameters()` cannot see them: they are neither trained, moved nor saved."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def check(probe: Probe) -> Iterator[Finding]:
    """What lies in plain lists, tuples and dicts, and which weights a pass uses that nobody owns."""
    watched, _, network = probe.trained
    known = {id(value) for value in network.parameters()} | {id(module) for module in network.modules()}
    found = [
        f"{path}.{name}".lstrip(".") + place
        for path, module in network.named_modules()
        for name, value in vars(module).items()
        if name not in ("_modules", "_parameters", "_buffers")
        for place, item in _inside(value)
        if id(item) not in known and _has_weights(item)
    ]
    if found:
        plain = found[0].partition("[")[0]
        yield Finding(
            "hidden_modules",
            "bug",
            f"{', '.join(found[:4])}{f' and {len(found) - 4} more' if len(found) > 4 else ''} is kept in a plain "
            "list or "
            "dict: `parameters()` does not see it, so no optimizer trains it, `.to(device)` leaves it behind, and it "
            "is "
            "not saved.",
            found[0],
            f"Keep it in an `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`: `self.{plain.rpartition('.')[2]} = "
            "nn.ModuleList([...])`.",
        )
        return
    for operation in watched.operations:
        for tensor in operation.tensors:
            if isinstance(tensor, nn.Parameter) and id(tensor) not in known and _is_drawn(tensor):
                yield Finding(
                    "hidden_modules",
                    "bug",
                    f"`forward` uses weights ({operation.name}) that `parameters()` does not see, so that no "
                    "optimizer trains "
                    "them: the layer is made in `forward` itself, anew at each call, or kept in a plain object.",
                    operation.spot,
                    "Make it once in `__init__`, `self.fc = nn.Linear(...)`, and only call it in `forward`.",
                )
                return


def _inside(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(value, nn.Module | nn.Parameter):
        yield place, value
    elif depth < 3 and isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _inside(item, f"{place}[{number}]", depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(item, f"{place}[{key!r}]", depth + 1)


def _has_weights(item: nn.Module | nn.Parameter) -> bool:
    return isinstance(item, nn.Parameter) or next(item.parameters(), None) is not None


def _is_drawn(tensor: torch.Tensor) -> bool:
    return tensor.is_leaf and tensor.requires_grad
