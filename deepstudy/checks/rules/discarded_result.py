"""A layer or function is called, and its result is thrown away.

## Why it matters
A layer does not change its input: it returns a new tensor. A line that only calls it computes something and forgets it.
So the network has no dropout, no activation or no normalisation at this place, although the code shows one.

## Example
The result of the dropout is not kept.
```python
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3072, 32), nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = self.fc1(x.flatten(1)).relu()
        self.dropout(x)
        return self.fc2(x)
```

## Not an error
An activation in place changes its input.
```python
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3072, 32), nn.Linear(32, 10)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.fc1(x.flatten(1))
        self.relu(x)
        return self.fc2(x)
```

## How to fix
Keep the result: `x = self.dropout(x)`.

## Source
PyTorch documentation, `torch.nn.Module.forward`: the output is returned.
"""

import ast
from collections.abc import Iterator, Mapping

from torch import nn
from torch.nn import functional

from deepstudy.checks.attributes import own_methods
from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look for statements in `forward` that call a layer or a function of torch and keep nothing.

    Arguments:
        probe: the network under examination.

    Returns:
        A bug for each such statement.
    """
    for kind, module in {type(each): each for each in probe.network.modules()}.items():
        methods = [method for method in own_methods(kind) if method.tree.name == "forward"]
        for method in methods:
            for statement in ast.walk(method.tree):
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    what = _discarded(statement.value, module, _functions(kind))
                    if what:
                        yield Finding(
                            "discarded_result",
                            "bug",
                            f"The result of {what} is thrown away: `{ast.unparse(statement)[:80]}` changes nothing.",
                            method.place(statement.value),
                            "Keep the result, such as `x = self.dropout(x)`.",
                        )


def _discarded(call: ast.Call, module: nn.Module, functions: Mapping[str, object]) -> str:
    """What a call that stands alone computes; "" if it may change something, or is no layer."""
    if any(word.arg == "inplace" for word in call.keywords) or not call.args:
        return ""
    name = ast.unparse(call.func)
    owner, _, attribute = name.rpartition(".")
    if owner == "self":
        layer = getattr(module, attribute, None)
        is_of_torch = isinstance(layer, nn.Module) and type(layer).__module__.startswith("torch.nn")
        parts = layer.modules() if is_of_torch and isinstance(layer, nn.Module) else ()
        has_effect = any(getattr(part, "inplace", False) or part._forward_hooks for part in parts)
        return f"`{name}`" if is_of_torch and not has_effect else ""
    if functions.get(owner) is functional and not attribute.endswith("_") and hasattr(functional, attribute):
        return f"`{name}`"
    return ""


def _functions(kind: type) -> Mapping[str, object]:
    """The names of the file where a class is defined, and `nn.functional` below them."""
    names: dict[str, object] = dict(getattr(getattr(kind, "forward", None), "__globals__", {}))
    names |= {f"{name}.functional": functional for name, value in names.items() if value is nn}
    return names
