"""`parameters()` does not include some weights.

A module finds parameters in its attributes, in `nn.ModuleList`, `nn.ModuleDict` and `nn.Sequential`. It does not look
into plain lists, tuples and dicts, or at layers that `forward` creates.

## Why it matters
The optimizer does not train such weights, `.to(device)` does not move them, and `state_dict()` does not save them. The
loss still falls, because the other layers learn.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3072, 32), nn.Linear(32, 32)]
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.fc(x)
```

## Not an error
The list is plain, but each layer in it is also an attribute. `parameters()` includes them.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 32)
        self.layers = [self.fc1, self.fc2]
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.fc(x)
```

## How to fix
Put the layers into a container: `self.layers = nn.ModuleList([...])`. Create all layers in `__init__`.

## Source
PyTorch documentation, `torch.nn.ModuleList`: the modules in it are registered and visible to all methods of a module.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look for weights in plain containers, and for weights that a pass uses and `parameters()` lacks.

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
            f"{', '.join(hidden[:4])}{f' and {len(hidden) - 4} more' if len(hidden) > 4 else ''} "
            f"{'is' if len(hidden) == 1 else 'are'} in a plain list or dict, so `parameters()` does not include the "
            "weights. No optimizer trains them, `.to(device)` does not move them, and they are not saved.",
            hidden[0],
            f"Use an `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`: `self.{plain.rpartition('.')[2]} = "
            "nn.ModuleList([...])`.",
        )
        return
    for operation in probe.training_pass.trace.operations:
        for tensor in operation.tensors:
            if isinstance(tensor, nn.Parameter) and id(tensor) not in known and _is_drawn(tensor):
                yield Finding(
                    "hidden_modules",
                    "bug",
                    f"`forward` uses weights ({operation.name}) that `parameters()` does not include, so no optimizer "
                    "trains them. `forward` creates the layer at each call, or the layer is in a plain object.",
                    operation.spot,
                    "Create the layer once in `__init__`, `self.fc = nn.Linear(...)`, and only call it in `forward`.",
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
