"""The networks of an executed file: its classes and functions that are, or build, a whole network.

This module calls none of them, because a call may train or download.
"""

import ast
import inspect
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from deepstudy.checks.allow_list import is_wrapper
from deepstudy.checks.arguments import has_usual_name
from deepstudy.checks.executed_file import BuildCall, ExecutedFile, Replaced, Variable
from deepstudy.checks.own_code import is_own
from deepstudy.checks.syntax import DEFINITIONS, FUNCTIONS, local_classes, returned_calls, root_name, trains, walk_scope

_LOSSES = nn.modules.loss._Loss


@dataclass(frozen=True)
class _Definitions:
    """The definitions of a file that may be networks, by name.

    Attributes:
        order: the names, in the order of the file.
        values: the value of each name.
        nodes: the definition of each name.
        classes: the classes of modules.
        builds: the functions that build a module; for each, the names that it calls for what it returns.
        uses: the names that each of them uses inside.
        parts: the classes whose modules the file puts into other modules.
    """

    order: list[str]
    values: dict[str, Any]
    nodes: dict[str, ast.stmt]
    classes: dict[str, type[nn.Module]]
    builds: dict[str, set[str]]
    uses: dict[str, set[str]]
    parts: set[str]

    def inherits(self, name: str, base: str) -> bool:
        if name == base or name not in self.classes or base not in self.classes:
            return False
        return issubclass(self.classes[name], self.classes[base])


@dataclass(frozen=True)
class FoundNetwork:
    """A network of a file.

    Attributes:
        name: how it is named after the colon: `Net`, `net`, `main.net`, and `Net@cell3` for one that is replaced later.
        factory: its class, a function that builds it, or the module itself.
        call: how the file builds it; None if the file does not.
        misplaced: the line of a `forward` that stands inside another method by its indentation; "" otherwise.
        place: the line that builds it, if no class of the file has its layers; "" otherwise.
        node: its definition; None if it has none in the file.
        broken: the error of a class whose body cannot be executed, at `place`; "" otherwise.
    """

    name: str
    factory: Any
    call: BuildCall | None = None
    misplaced: str = ""
    place: str = ""
    node: ast.stmt | None = field(default=None, repr=False)
    broken: str = ""


def find_networks(file: ExecutedFile) -> dict[str, FoundNetwork]:
    """Find the whole networks of a file.

    These are its subclasses of `nn.Module`, and its functions that build one: they return a call of such a class, of
    `nn.Sequential` or of another such function, or their annotation says that they return a module. Functions that
    train what they build do not count. Networks without a class of their own are the variables that hold them. Parts
    of a network, losses, helpers without weights, and classes that another name completes, are left out.

    Arguments:
        file: the executed file.

    Returns:
        The networks by name, in the order of the file.
    """
    definitions = _definitions(file)
    left_out = (_is_no_network, _is_part, _is_completed, _completes_what_is_complete, _only_calls_a_class)
    names = [name for name in definitions.order if not any(rule(name, definitions) for rule in left_out)]
    found = [_of_definition(file, name, definitions.values[name], definitions.nodes[name]) for name in names]
    earlier = [_of_replaced(file, each) for each in file.replaced if each.name in names or _is_misplaced(each.node)]
    variables = _of_variables(file, definitions)
    networks = [*earlier, *found, *variables]
    networks += _of_imports(file, networks)
    if not networks:
        networks = [FoundNetwork(name, None, place=at, broken=says) for name, (at, says) in file.broken.items()]
    able = [each for each in networks if not _is_helper(each)]
    return {each.name: each for each in able or networks}


def network_of_name(file: ExecutedFile, name: str) -> FoundNetwork | None:
    """Find the network of a name, also if it is a part of another one.

    Arguments:
        file: the executed file.
        name: what follows the colon.

    Returns:
        The network; None if there is nothing of that name.
    """
    found = find_networks(file)
    if name in found:
        return found[name]
    if hasattr(file.module, name):
        value = getattr(file.module, name)
        node = file.definitions.get(name)
        return _of_definition(file, name, value, node) if node is not None else FoundNetwork(name, value)
    return next(
        (FoundNetwork(name, each.module, place=each.where) for each in file.variables if each.name == name), None
    )


def _of_definition(file: ExecutedFile, name: str, value: Any, node: ast.stmt) -> FoundNetwork:
    """A class or function, with the call that builds it; the module itself if the file changes it afterwards."""
    hiding = vars(file.module).get(name)
    if isinstance(value, type) and isinstance(hiding, value):  # `super(net, self)` fails once `net` is a module
        return FoundNetwork(name, hiding)
    changed = [each.module for each in file.variables if each.made_by is value and id(each.module) in file.changed]
    if changed:
        return FoundNetwork(name, changed[-1])
    place = f"{Path(file.places.get(id(node), '')).name.rpartition(':')[0] or file.path.name}"
    line = _misplaced_forward(node) if _is_misplaced(node) else 0
    misplaced = f"{place}:{line}" if line else ""
    return FoundNetwork(name, value, _call_of(file, value), misplaced, node=node)


def _of_replaced(file: ExecutedFile, each: Replaced) -> FoundNetwork:
    label, _, line = each.where.rpartition(":")
    place = label.rpartition(" cell ")[2] if " cell " in label else line
    name = f"{each.name}@{'cell' if ' cell ' in label else 'line'}{place}"
    misplaced = f"{label}:{_misplaced_forward(each.node)}" if _is_misplaced(each.node) else ""
    return FoundNetwork(name, each.value, _call_of(file, each.value), misplaced, node=each.node)


def _call_of(file: ExecutedFile, callee: Any) -> BuildCall | None:
    """The first call whose arguments are all known, otherwise the first one."""
    calls = [call for call in file.calls if call.callee is callee]
    return next((call for call in calls if not call.unknown), calls[0] if calls else None)


def _of_variables(file: ExecutedFile, definitions: _Definitions) -> list[FoundNetwork]:
    """The variables that hold a whole network which no class or function of the file stands for."""
    whole: list[Variable] = []
    for each in file.variables:
        module = each.module.module if isinstance(each.module, nn.DataParallel) else each.module
        is_new = not any(module is other.module for other in whole)
        if is_new and each.made_by is None and _is_whole(module, file):
            whole.append(Variable(each.name, module, each.where, None))
    inner = {id(part) for each in file.variables for part in each.module.modules() if part is not each.module}
    whole = [each for each in whole if id(each.module) not in inner]
    last = {each.name: each.module for each in whole}
    networks = []
    for each in whole:
        name = each.name if last[each.name] is each.module else _earlier_name(each)
        networks.append(FoundNetwork(name, each.module, place=each.where))
    return networks


def _of_imports(file: ExecutedFile, others: Sequence[FoundNetwork]) -> list[FoundNetwork]:
    """The classes of other files of the user that this file calls, where no variable holds what they build."""
    held = [each.module for each in file.variables]
    taken = {each.name for each in others}
    found: dict[str, FoundNetwork] = {}
    for call in file.calls:
        kind = call.callee
        if not _is_network(kind) or kind is nn.Sequential or id(kind) in file.parts or kind.__name__ in taken:
            continue
        if kind.__module__ == file.module.__name__ or not _is_of_user(kind) or issubclass(kind, _LOSSES):
            continue
        if any(isinstance(part, kind) for module in held for part in module.modules()):
            continue
        found.setdefault(kind.__name__, FoundNetwork(kind.__name__, kind, _call_of(file, kind)))
    return [*found.values()]


def _is_of_user(kind: type) -> bool:
    """Whether a class is from a file that is no installed package."""
    path = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return bool(path) and is_own(path) and "-packages" not in path


def _earlier_name(variable: Variable) -> str:
    label, _, line = variable.where.rpartition(":")
    return f"{variable.name}@{'cell' + label.rpartition(' cell ')[2] if ' cell ' in label else 'line' + line}"


def _is_whole(module: nn.Module, file: ExecutedFile) -> bool:
    """Whether a module that is the value of a variable is a whole network."""
    kind = type(module)
    if kind.__module__ == file.module.__name__ or isinstance(module, _LOSSES):
        return False
    layers = [part for part in module.modules() if not list(part.children())]
    if not any(True for _ in module.parameters()):
        return False
    is_trained = id(module) in file.trained or id(module) in file.changed
    if kind.__module__.startswith(("torchvision.", "timm.")):
        return is_trained  # an extractor of features, unless the file gives it another head or trains it
    if kind is nn.Sequential:  # of convolutions alone, it is a part or a demonstration
        ends = any(isinstance(layer, nn.Linear) for layer in layers) or isinstance(layers[-1], nn.Flatten | nn.Softmax)
        return is_trained or (len(layers) > 1 and ends)
    return is_trained or not kind.__module__.startswith("torch.")


def _is_helper(network: FoundNetwork) -> bool:
    """Whether its class calls nothing when it is built, so that it cannot have weights."""
    node = network.node
    if not isinstance(node, ast.ClassDef) or not isinstance(network.factory, type) or network.misplaced:
        return False
    if any(base not in (nn.Module, object) for base in network.factory.__bases__):
        return False
    init = next((each for each in node.body if getattr(each, "name", "") == "__init__"), None)
    calls = [ast.unparse(call.func) for call in ast.walk(init) if isinstance(call, ast.Call)] if init else []
    return all("super" in call or call.endswith(".__init__") for call in calls)


def _is_no_network(name: str, definitions: _Definitions) -> bool:
    """Whether it is a module without `forward`, or a loss by its name."""
    module = definitions.classes.get(name)
    if module is None:
        return False
    if getattr(module, "forward", None) is nn.Module.forward:
        return not _is_misplaced(definitions.nodes[name])
    return name.endswith("Loss") or issubclass(module, _LOSSES)


def _is_misplaced(node: ast.stmt) -> bool:
    """Whether a class has no `forward`, and one stands inside another of its methods."""
    if not isinstance(node, ast.ClassDef):
        return False
    return not any(getattr(each, "name", "") == "forward" for each in node.body) and bool(_misplaced_forward(node))


def _misplaced_forward(node: ast.stmt) -> int:
    """The line of a `forward` that is a function inside a method."""
    methods = [each for each in getattr(node, "body", ()) if isinstance(each, ast.FunctionDef)]
    inner = [each for method in methods for each in ast.walk(method) if isinstance(each, ast.FunctionDef)]
    return next((each.lineno for each in inner if each.name == "forward"), 0)


def _is_part(name: str, definitions: _Definitions) -> bool:
    """Whether another network of the file uses it: a class in a class, or an argument in a function or a call."""
    return name in definitions.parts or any(
        name in definitions.uses[other]
        and name not in definitions.builds.get(other, ())
        and not definitions.inherits(other, name)
        for other in (*definitions.classes, *definitions.builds)
        if not is_wrapper(definitions.classes.get(other))
    )


def _is_completed(name: str, definitions: _Definitions) -> bool:
    """Whether it needs arguments, and a function returns a call of it or a subclass completes it."""
    if not needs_arguments(definitions.values[name]):
        return False
    is_called = any(name in built for built in definitions.builds.values())
    return is_called or any(definitions.inherits(other, name) for other in definitions.classes)


def _completes_what_is_complete(name: str, definitions: _Definitions) -> bool:
    """Whether it is a function that needs arguments, and the class that it builds needs none."""
    return needs_arguments(definitions.values[name]) and any(
        other in definitions.classes and not needs_arguments(definitions.classes[other])
        for other in definitions.builds.get(name, ())
    )


def _only_calls_a_class(name: str, definitions: _Definitions) -> bool:
    """Whether it is a function that returns the call of a class of the file without arguments, which is counted."""
    node = definitions.nodes[name]
    if not isinstance(node, ast.FunctionDef):
        return False
    calls = [each for each in walk_scope(*node.body) if isinstance(each, ast.Call)]
    built = [each for each in calls if root_name(each.func) in definitions.builds.get(name, ())]
    return bool(built) and all(
        root_name(each.func) in definitions.classes
        and not each.args
        and not each.keywords
        and not needs_arguments(definitions.classes[root_name(each.func)])
        for each in built
    )


def _definitions(file: ExecutedFile) -> _Definitions:
    values = dict(vars(file.module))
    for name, value in file.values.items():
        if isinstance(value, type) and isinstance(values.get(name), nn.Module):  # `net = net()` hides the class
            values[name] = value
    nodes = {name: node for name, node in file.definitions.items() if callable(values.get(name))}
    classes = {
        name: values[name]
        for name in nodes
        if _is_network(values[name]) and values[name].__module__ == file.module.__name__
    }
    uses = {name: _uses(node) - {name} for name, node in nodes.items()}
    functions = {name: node for name, node in nodes.items() if isinstance(node, ast.FunctionDef)}
    builds = _builders(functions, values, uses)
    order = [name for name in nodes if name in classes or name in builds]
    return _Definitions(order, values, nodes, classes, builds, uses, _parts(file, values))


def _parts(file: ExecutedFile, values: dict[str, Any]) -> set[str]:
    """The classes and functions whose modules the file puts into other modules."""
    calls = [call for call in file.calls if not is_wrapper(call.callee)]
    given = [value for call in calls for value in (*call.arguments, *call.options.values())]
    modules = [value for value in given if isinstance(value, nn.Module)]
    for variable in file.variables:
        if not is_wrapper(type(variable.module)):
            modules += [part for part in variable.module.modules() if part is not variable.module]
    kinds = {id(type(module)) for module in modules} | file.parts
    return {name for name, value in values.items() if id(value) in kinds}


def _builders(
    functions: dict[str, ast.FunctionDef], values: dict[str, Any], uses: dict[str, set[str]]
) -> dict[str, set[str]]:
    """The functions that build a module and do not train it, each with the names that it calls for its result."""
    builds: dict[str, set[str]] = {}
    before = -1
    while before < len(builds):  # a function that calls another one is found one round later
        before = len(builds)
        for name, node in functions.items():
            own = {
                name
                for name, each in local_classes(node).items()
                if any(_is_network(_value(base, values)) or _value(base, values) is nn.Module for base in each.bases)
            }
            calls = [
                call
                for call in returned_calls(node)
                if _is_network(_value(call, values)) or root_name(call) in own | builds.keys()
            ]
            annotation = _value(node.returns, values)
            if (calls or _is_network(annotation) or annotation is nn.Module) and not trains(node):
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


def needs_arguments(thing: Any) -> bool:
    """Say whether a class or function needs arguments other than classes and channels.

    Arguments:
        thing: the class or function.
    """
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return inspect.isabstract(thing) or any(p.default is p.empty and not has_usual_name(p.name) for p in named)


def _uses(node: ast.stmt) -> set[str]:
    """The names in the body of a class or function and in the defaults of its arguments, without annotations."""
    parts: list[ast.AST] = [*node.body] if isinstance(node, DEFINITIONS) else []
    if isinstance(node, FUNCTIONS):
        parts += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
