"""A condition is always true, whatever the network was built with.

## Why it matters
`mode == "small" or "large"` is true for each mode, because a text that is not empty counts as true. A layer counts as
true as well, so `if self.dropout:` asks nothing once `self.dropout` is a layer. The other branch never runs, and an
experiment that switches it compares the network with itself.

## Example
```python
from torch import nn


class Net(nn.Module):
    def __init__(self, dropout=True):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3072, 32), nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = self.fc1(x.flatten(1)).relu()
        if self.dropout:
            x = self.dropout(x)
        return self.fc2(x)
```

## Not an error
A layer that may be None.
```python
from torch import nn


class Net(nn.Module):
    def __init__(self, dropout=True):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3072, 32), nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.5) if dropout else None

    def forward(self, x):
        x = self.fc1(x.flatten(1)).relu()
        if self.dropout:
            x = self.dropout(x)
        return self.fc2(x)
```

## How to fix
Write `mode in ("small", "large")`. Keep a switch under a name of its own: `self.has_dropout = dropout`.

## Source
Python Language Reference, "Boolean operations": which values count as true.
"""

import ast
from collections.abc import Iterator

from torch import nn

from deepstudy.checks.attributes import Method, own_methods
from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the conditions in the code of the network and its parts.

    Arguments:
        probe: the network under examination.

    Returns:
        A bug for each condition that is always true.
    """
    for kind in dict.fromkeys(type(module) for module in probe.network.modules()):
        methods = list(own_methods(kind))
        layers = _hidden_switches(methods)
        for method in methods:
            for condition in _conditions(method.tree):
                why = _why_true(condition, layers)
                if why:
                    yield Finding(
                        "fixed_condition",
                        "bug",
                        f"`{ast.unparse(condition)}` is always true: {why}.",
                        method.place(condition),
                        'Write `mode in ("a", "b")` for several values, and keep a switch under a name of its own.',
                    )


def _conditions(tree: ast.AST) -> Iterator[ast.expr]:
    return (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp))


def _why_true(condition: ast.expr, layers: set[str]) -> str:
    """Why a condition is always true; "" if it is not, as far as its text shows."""
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.Or):
        text = next((each for each in condition.values if isinstance(each, ast.Constant) and each.value), None)
        if text is not None and isinstance(text.value, str):
            return f"the text {text.value!r} alone counts as true"
    if isinstance(condition, ast.Attribute) and ast.unparse(condition) in layers:
        return "it is a layer, no longer the argument of that name"
    return ""


def _hidden_switches(methods: list[Method]) -> set[str]:
    """Attributes that are always a layer, although an argument of `__init__` has the same name."""
    init = next((each.tree for each in methods if each.tree.name == "__init__"), None)
    if init is None:
        return set()
    parameters = {each.arg for each in (*init.args.args, *init.args.kwonlyargs)}
    always = {
        target.attr
        for node in init.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Attribute) and hasattr(nn, ast.unparse(node.value.func).rpartition(".")[2])
    }
    stored = [
        node.attr
        for method in methods
        for node in ast.walk(method.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    return {f"self.{name}" for name in always & parameters if stored.count(name) == 1}
