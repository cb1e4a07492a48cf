"""What of a file may be executed: statements and calls without side effects.

A call is harmless if it is on the lists below, builds a module of torch, or calls a function of the file whose own
calls are harmless. Everything else is denied, above all what trains, reads or writes.
"""

import ast
import builtins
import inspect
import re
import textwrap
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from typing import Any

from deepstudy.checks.own_code import is_own
from deepstudy.checks.syntax import (
    DEFINITIONS,
    bound_names,
    local_classes,
    returned_calls,
    root_name,
    trains,
    walk_scope,
)

# What a constant may call: functions without side effects. Names as they were imported.
_HARMLESS_CALLS = re.compile(
    r"""builtins\.(abs|all|any|bool|bytes|complex|dict|divmod|enumerate|float|frozenset|int|isinstance|hasattr|len|list
                  |max|min|object|ord|chr|pow|range|repr|reversed|round|set|slice|sorted|str|sum|tuple|type|zip|iter|next
                  |getattr|map|filter|vars)
    | (math|typing|typing_extensions|collections|dataclasses|argparse)(\.\w+)+
    | itertools\.(accumulate|chain|combinations|islice|permutations|product|starmap|zip_longest)(\.\w+)?
    | copy\.(copy|deepcopy)
    | functools\.(partial|reduce) | types\.SimpleNamespace | easydict\.EasyDict
    | os\.path\.(join|dirname|basename|abspath|realpath|expanduser|exists|isfile|isdir)
    | os\.(getcwd|getenv|cpu_count|environ\.get) | pathlib\.\w+(\.cwd|\.home)? | sys\.path\.(append|insert)
    | torch\.(device|tensor|zeros|ones|full|empty|rand|randn|randint|arange|linspace|eye|cat|stack|flatten|unsqueeze
             |squeeze|reshape|zeros_like|ones_like|randn_like|rand_like|Size|get_default_dtype|from_numpy|FloatTensor
             |Tensor|as_tensor|permute|transpose)
    | torch\.nn(\.\w+)+ | torch\.utils\.data(\.\w+)+ | torch\.autograd\.Variable
    | torch\.jit\.(script|trace) | torch\.(cuda|xpu)\.(is_available|device_count)
    | torch\.(backends|cuda)(\.\w+)*\.is_\w+
    | torchvision\.(datasets|transforms|models)(\.\w+)+ | timm\.create_model | timm\.models\.create_model
    | sklearn\.datasets\.(load_(digits|iris|wine|breast_cancer)|make_\w+) | sklearn\.model_selection\.train_test_split
    | sklearn\.preprocessing\.\w+
    | numpy\.(array|asarray|arange|linspace|zeros|ones|full|eye|prod|sum|mean|sqrt|exp|log|log2|log10|ceil|floor|round
             |unique|reshape|expand_dims|concatenate|stack|u?int(8|16|32|64)|float(16|32|64))""",
    re.VERBOSE,
)
_HARMLESS_METHODS = frozenset(
    "split splitlines format join strip lower upper title replace items keys values get copy index count startswith "
    "resolve absolute joinpath to float long int double half type bool tolist size numel dim item shape view reshape "
    "flatten unsqueeze squeeze permute transpose contiguous repeat expand astype mean std sum max min detach clone "
    "add_argument add_argument_group add_mutually_exclusive_group set_defaults parse_args parse_known_args "
    "requires_grad_ setdefault update extend append insert pop cuda cpu rsplit partition numpy is_available "
    "fit_transform".split()
)
# Methods of a module that change only the module. Other things have methods of these names that train.
_MODULE_METHODS = frozenset(
    "train eval apply add_module register_module register_buffer register_parameter requires_grad_ parameters modules "
    "children named_parameters named_modules named_children bfloat16 init_weights freeze load_state_dict "
    "share_memory xavier_init initialize_weights to".split()
)
_QUIET = frozenset({"print", "super", "ValueError", "NotImplementedError", "TypeError", "setattr"})  # in functions
_DEEPEST = 6  # calls of functions within functions that are followed


@dataclass
class Scope:
    """The names that statements see.

    Attributes:
        names: the value of each name.
        origins: where each imported name comes from: np -> numpy, sqrt -> math.sqrt.
    """

    names: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)

    def value(self, node: ast.expr | None) -> Any:
        """Look up a name, or an attribute of a module, class, network or namespace, without calling anything.

        Arguments:
            node: an expression.

        Returns:
            Its value; None if it is something else or does not exist.
        """
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value)
            if isinstance(owner, types.ModuleType | types.SimpleNamespace | type) or is_module(owner):
                try:
                    return getattr(owner, node.attr, None)
                except Exception:  # a module may import what is missing
                    return None
        return None


def is_module(thing: Any) -> bool:
    """Say whether a value is a module of torch.

    Arguments:
        thing: any value.

    Returns:
        True for an instance of `nn.Module`.
    """
    return any(base.__module__ == "torch.nn.modules.module" for base in type(thing).__mro__)


def is_module_class(thing: Any) -> bool:
    """Say whether a value is a class of modules.

    Arguments:
        thing: any value.

    Returns:
        True for `nn.Module` and its subclasses.
    """
    return isinstance(thing, type) and any(base.__module__ == "torch.nn.modules.module" for base in thing.__mro__)


def is_wrapper(thing: Any) -> bool:
    """Say whether a value is a class whose modules only run another network, or train it.

    Arguments:
        thing: any value.

    Returns:
        True for `nn.DataParallel` and its like, and for a class of modules without `forward`.
    """
    from torch import nn

    if not is_module_class(thing):
        return False
    return issubclass(thing, nn.DataParallel | nn.parallel.DistributedDataParallel) or (
        thing.forward is nn.Module.forward and thing not in (nn.Module, nn.ModuleList, nn.ModuleDict)
    )


class AllowList:
    """Decides what may be executed in a scope."""

    def __init__(self, scope: Scope, functions: Mapping[int, Any]) -> None:
        """Look at a scope.

        Arguments:
            scope: what its names mean.
            functions: the definition of each function of the file, by the identity of the function.
        """
        self.scope = scope
        self.functions = functions
        self._within: tuple[int, ...] = ()  # the functions that are being judged

    def admits(self, node: ast.stmt) -> bool:
        """Say whether a statement may be executed.

        Arguments:
            node: a statement.

        Returns:
            Whether it has no side effects outside the file.
        """
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass() | ast.Global():
                return True
            case ast.Expr():
                return self.is_harmless(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete():
                # `config["lr"] = 1` changes the file only; `os.environ["X"] = "1"` would change more
                stored = [n for n in walk_scope(node) if isinstance(n, ast.Attribute | ast.Subscript)]
                origins = self.scope.origins
                foreign = [n for n in stored if not isinstance(n.ctx, ast.Load) and root_name(n) in origins]
                return not foreign and self.is_harmless(node)
            case ast.For():
                return self._is_small(node) and self.is_harmless(node.iter) and all(map(self.admits, node.body))
            case ast.If():
                return self.is_harmless(node.test) and all(map(self.admits, [*node.body, *node.orelse]))
            case _:
                return False

    def _is_small(self, node: ast.For) -> bool:
        """Whether a loop can be executed as a whole: it is no training loop, and does not count far."""
        numbers = [n.value for n in ast.walk(node.iter) if isinstance(n, ast.Constant) and isinstance(n.value, int)]
        return not node.orelse and max(numbers, default=0) <= 1000

    def is_harmless(self, node: ast.AST) -> bool:
        """Say whether an expression may be evaluated.

        Arguments:
            node: an expression, or a statement of which all expressions are meant.

        Returns:
            Whether it calls only what is on the lists.
        """
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(node, ast.Lambda):
            return self.is_harmless(node.args)  # their defaults; the body does not run yet
        if isinstance(node, ast.Call) and not self._is_harmless_call(node.func):
            return False
        return all(self.is_harmless(child) for child in ast.iter_child_nodes(node))

    def _is_harmless_call(self, func: ast.expr) -> bool:
        value = self.scope.value(func)
        if is_module_class(value) or self._is_plain_class(value) or self.runs(value):
            return True
        root = root_name(func)
        if root in self.scope.origins or (root not in self.scope.names and hasattr(builtins, root)):
            origin = self.scope.origins.get(root, f"builtins.{root}")
            name = origin + ast.unparse(func).removeprefix(root)
            return bool(_HARMLESS_CALLS.fullmatch(name)) or (bool(self._within) and root in _QUIET)
        if not isinstance(func, ast.Attribute):
            return bool(self._within) and root in _QUIET
        if func.attr in _MODULE_METHODS and self._gives_module(func.value):
            return True
        return func.attr in _HARMLESS_METHODS

    def _is_plain_class(self, value: Any) -> bool:
        """Whether it is a class of the file that only holds values."""
        if not isinstance(value, type) or value.__module__ != self.scope.names.get("__name__"):
            return False
        return is_dataclass(value) or issubclass(value, tuple | Enum | BaseException)

    def _gives_module(self, node: ast.expr) -> bool:
        """Whether an expression is a module, or a chain of calls that begins with one."""
        while isinstance(node, ast.Call | ast.Subscript):
            if isinstance(node, ast.Call):
                value = self.scope.value(node.func)
                if is_module_class(value) or self.runs(value):
                    return True
                node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            else:
                node = node.value
        return is_module(self.scope.value(node))

    def runs(self, function: Any) -> bool:
        """Say whether a function of the file may be called.

        Arguments:
            function: any value.

        Returns:
            Whether it is one, does not train, and calls only what is harmless.
        """
        known = self.functions.get(id(function))
        if known is None and isinstance(function, types.FunctionType):
            return self._builds_elsewhere(function)
        if known is None or id(function) in self._within or len(self._within) >= _DEEPEST:
            return False
        node = known.node
        if isinstance(node, ast.AsyncFunctionDef) or trains(node):
            return False
        if self._builds(node):
            return True
        inner = AllowList(self._scope_of(node), self.functions)
        inner._within = (*self._within, id(function))
        return all(inner._admits_inside(each) for each in node.body)

    def _builds_elsewhere(self, function: types.FunctionType) -> bool:
        """Whether a function of another file of the user builds a module, as those of this file may."""
        file = function.__code__.co_filename
        if not is_own(file) or "-packages" in file or len(self._within) >= _DEEPEST:
            return False
        try:
            node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        except (OSError, SyntaxError, TypeError):
            return False
        inner = AllowList(Scope(function.__globals__), self.functions)
        inner._within = (*self._within, id(function))
        return isinstance(node, ast.FunctionDef) and not trains(node) and inner._builds(node)

    def _builds(self, node: ast.FunctionDef) -> bool:
        """Whether it is a function that does not train and returns a module, so that it is run as a whole."""
        inner = self._scope_of(node)
        own = local_classes(node)
        for call in returned_calls(node):
            value = inner.value(call)
            made = own.get(call.id) if isinstance(call, ast.Name) else None
            if is_module_class(value) or (made and any(is_module_class(inner.value(base)) for base in made.bases)):
                return True
            if (
                isinstance(value, types.FunctionType)
                and id(value) not in self._within
                and self._builds_elsewhere(value)
            ):
                return True
            known = self.functions.get(id(value))
            if known is not None and known.node is not node and not trains(known.node):
                within = AllowList(self.scope, self.functions)
                within._within = (*self._within, id(value))
                if len(within._within) < _DEEPEST and within._builds(known.node):
                    return True
        return False

    def _scope_of(self, node: ast.FunctionDef) -> Scope:
        """What names mean in a function: its own ones hold values that nobody knows yet."""
        own = {*bound_names(*node.body), *parameter_names(node.args)}
        names = {name: value for name, value in self.scope.names.items() if name not in own}
        origins = {name: origin for name, origin in self.scope.origins.items() if name not in own}
        return Scope(names | dict.fromkeys(own), origins)

    def _admits_inside(self, node: ast.stmt) -> bool:
        """Whether a statement may be executed as a part of a function."""
        if isinstance(node, ast.Global | ast.Nonlocal | ast.With | ast.AsyncWith | ast.AsyncFor):
            return False
        if isinstance(node, ast.While):
            return False
        if isinstance(node, (ast.Import, ast.ImportFrom, *DEFINITIONS)):
            return True
        parts = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt | ast.ExceptHandler)]
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        inner += [each for handler in getattr(node, "handlers", ()) for each in handler.body]
        return all(self.is_harmless(part) for part in parts) and all(map(self._admits_inside, inner))


def parameter_names(arguments: ast.arguments) -> list[str]:
    """List the parameters of a function.

    Arguments:
        arguments: what stands between its parentheses.

    Returns:
        Their names in order, those of `*args` and `**kwargs` last.
    """
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [each.arg for each in (*named, *filter(None, (arguments.vararg, arguments.kwarg)))]
