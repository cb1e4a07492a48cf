"""The networks of an executed file: its classes and functions that are, or build, a whole network.

This module calls none of them, because a call may train or download.
"""

import ast
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import nn

from deepstudy.checks.execution import ExecutedFile
from deepstudy.checks.syntax import DEFINITIONS, FUNCTIONS, bound_names, root_name, walk_scope

#: Arguments that depend on the data, in lower case.
FILLED_IN = frozenset(
    "num_classes n_classes classes num_class nclasses output_dim".split()
    + "in_channels channels num_channels input_channels".split()
)


@dataclass(frozen=True)
class _Definitions:
    """The definitions of a file that may be networks, by name.

    Attributes:
        order: the names, in the order of the file.
        values: the value of each name.
        classes: the classes of modules.
        builds: the functions that build a module; for each, the names that it calls for what it returns.
        uses: the names that each of them uses inside.
    """

    order: list[str]
    values: dict[str, Any]
    classes: dict[str, type[nn.Module]]
    builds: dict[str, set[str]]
    uses: dict[str, set[str]]

    def inherits(self, name: str, base: str) -> bool:
        if name == base or name not in self.classes or base not in self.classes:
            return False
        return issubclass(self.classes[name], self.classes[base])


def find_networks(file: ExecutedFile) -> list[str]:
    """Find the whole networks that a file defines.

    These are its subclasses of `nn.Module`, and its functions that build one: they return a call of such a class, of
    `nn.Sequential` or of another such function, or their annotation says that they return a module. Functions that
    train what they build do not count. Parts of a network, and classes that another name completes, are left out.

    Arguments:
        file: the executed file.

    Returns:
        Their names, in the order of the file.
    """
    definitions = _definitions(file)
    left_out = (_is_no_network, _is_part, _is_completed, _completes_what_is_complete)
    return [name for name in definitions.order if not any(rule(name, definitions) for rule in left_out)]


def _is_no_network(name: str, definitions: _Definitions) -> bool:
    """Whether it is a module without `forward`, or a loss by its name."""
    module = definitions.classes.get(name)
    return module is not None and (module.forward is nn.Module.forward or name.endswith("Loss"))


def _is_part(name: str, definitions: _Definitions) -> bool:
    """Whether another network of the file uses it: a class in a class, or an argument in a function."""
    return any(
        name in definitions.uses[other]
        and name not in definitions.builds.get(other, ())
        and not definitions.inherits(other, name)
        for other in (*definitions.classes, *definitions.builds)
    )


def _is_completed(name: str, definitions: _Definitions) -> bool:
    """Whether it needs arguments, and a function returns a call of it or a subclass completes it."""
    if not _needs_arguments(definitions.values[name]):
        return False
    is_called = any(name in built for built in definitions.builds.values())
    return is_called or any(definitions.inherits(other, name) for other in definitions.classes)


def _completes_what_is_complete(name: str, definitions: _Definitions) -> bool:
    """Whether it is a function that needs arguments, and the class that it builds needs none."""
    return _needs_arguments(definitions.values[name]) and any(
        other in definitions.classes and not _needs_arguments(definitions.classes[other])
        for other in definitions.builds.get(name, ())
    )


def _definitions(file: ExecutedFile) -> _Definitions:
    values = vars(file.module)
    nodes = {name: node for name, node in file.definitions.items() if callable(values.get(name))}
    classes = {
        name: values[name]
        for name in nodes
        if _is_network(values[name]) and values[name].__module__ == file.module.__name__
    }
    uses = {name: _uses(node) - {name} for name, node in nodes.items()}
    functions = {name: node for name, node in nodes.items() if isinstance(node, ast.FunctionDef)}
    builds = _builders(functions, values, uses)
    return _Definitions([name for name in nodes if name in classes or name in builds], values, classes, builds, uses)


def _builders(
    functions: dict[str, ast.FunctionDef], values: dict[str, Any], uses: dict[str, set[str]]
) -> dict[str, set[str]]:
    """The functions that build a module and do not train it, each with the names that it calls for its result."""
    builds: dict[str, set[str]] = {}
    before = -1
    while before < len(builds):  # a function that calls another one is found one round later
        before = len(builds)
        for name, node in functions.items():
            calls = [call for call in _returned(node) if _is_network(_value(call, values)) or root_name(call) in builds]
            annotation = _value(node.returns, values)
            if (calls or _is_network(annotation) or annotation is nn.Module) and not _trains(node):
                builds[name] = {ast.unparse(call) for call in calls} or uses[name]
    return builds


def _value(node: ast.expr | None, values: dict[str, Any]) -> Any:
    """The value of a name, a `module.name` or a quoted annotation; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return values.get(node.value)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, values)
        return getattr(owner, node.attr, None) if isinstance(owner, types.ModuleType) else None
    return values.get(node.id) if isinstance(node, ast.Name) else None


def _is_network(thing: Any) -> bool:
    """Whether it is a class of modules from outside torch; `nn.Sequential` counts, because it holds modules."""
    if not (isinstance(thing, type) and issubclass(thing, nn.Module)):
        return False
    return thing is nn.Sequential or not thing.__module__.startswith("torch.nn.")


def _needs_arguments(thing: Any) -> bool:
    """Whether it needs arguments other than those of FILLED_IN."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return inspect.isabstract(thing) or any(p.default is p.empty and p.name.lower() not in FILLED_IN for p in named)


def _uses(node: ast.stmt) -> set[str]:
    """The names in the body of a class or function and in the defaults of its arguments, without annotations."""
    parts: list[ast.AST] = [*node.body] if isinstance(node, DEFINITIONS) else []
    if isinstance(node, FUNCTIONS):
        parts += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}


def _returned(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """What a function calls for its result, directly or through a variable: the `Net` of `Net(3).to(device)`."""
    statements = [*walk_scope(*node.body)]
    values = [n.value for n in statements if isinstance(n, ast.Return)]
    for value in values:
        while isinstance(value, ast.Call):
            yield value.func
            value = value.func.value if isinstance(value.func, ast.Attribute) else None
        if isinstance(value, ast.Name):
            assigned = [
                n for n in statements if isinstance(n, ast.Assign | ast.AnnAssign) and value.id in bound_names(n)
            ]
            values += [n.value for n in assigned if n.value not in values]


def _trains(node: ast.FunctionDef) -> bool:
    """Whether a function trains: it calls `backward`, `fit`, or a function whose name starts with `train`."""
    for call in (n for n in walk_scope(*node.body) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else root_name(call.func)
        if name in ("backward", "fit") or (call.args and name.startswith("train")):
            return True
    return False
