"""The attributes that the code of a module reads: whether it mentions a layer, and whether only under a condition."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from deepstudy.checks.own_code import is_own

#: Code that may reach a layer without its name.
_INDIRECT = re.compile(r"getattr|_modules|\b(?:named_)?(?:children|modules)\(|__dict__|vars\(")


def attributes_read(kind: type[nn.Module]) -> set[str] | None:
    """Find the attributes that the methods of a class read.

    Reading begins in `__init__`: `nn.Sequential(self.conv, self.drop)` uses both.

    Arguments:
        kind: the class of a module.

    Returns:
        Their names; None if its code is not the user's, cannot be read, or reads layers without their names.
    """
    names: set[str] = set()
    for text, tree in _methods(kind):
        if tree is None or _INDIRECT.search(text):
            return None
        names |= set(_loads(tree))
    return names


def optional_attributes(kind: type[nn.Module]) -> set[str]:
    """Find the attributes that a class reads only where a condition holds: `if self.use_norm: x = self.norm(x)`.

    Arguments:
        kind: the class of a module.

    Returns:
        Their names.
    """
    names: set[str] = set()
    for _, tree in _methods(kind):
        for node in ast.walk(tree) if tree is not None and _name(tree) != "__init__" else ():
            if isinstance(node, ast.If):
                names |= {name for inner in (*node.body, *node.orelse) for name in _loads(inner)}
            elif isinstance(node, ast.IfExp):
                names |= {name for inner in (node.body, node.orelse) for name in _loads(inner)}
    return names


@dataclass(frozen=True)
class Method:
    """A method of a class of the user.

    Attributes:
        tree: its definition.
        file: its file or cell.
        line: the line at which it begins.
    """

    tree: ast.FunctionDef
    file: str
    line: int

    def place(self, node: ast.expr) -> str:
        """Name the line of a part of it.

        Arguments:
            node: a part of `tree`.

        Returns:
            `net.py:31`.
        """
        return f"{Path(self.file).name}:{self.line + node.lineno - 1}"


def own_methods(kind: type[nn.Module]) -> Iterator[Method]:
    """Read the methods of a class, and of those that it inherits from, as far as they are the user's.

    Arguments:
        kind: the class of a module.

    Returns:
        Those that can be read.
    """
    for each in kind.__mro__[: kind.__mro__.index(nn.Module)]:
        for function in filter(inspect.isfunction, vars(each).values()):
            code = function.__code__
            try:
                tree = ast.parse(textwrap.dedent(inspect.getsource(function))) if is_own(code.co_filename) else None
            except (OSError, SyntaxError):
                continue
            if tree is not None and isinstance(tree.body[0], ast.FunctionDef):
                yield Method(tree.body[0], code.co_filename, code.co_firstlineno)


def _methods(kind: type[nn.Module]) -> Iterator[tuple[str, ast.Module | None]]:
    """The text and tree of each method below `nn.Module`; no tree if it is not the user's or cannot be read."""
    for each in kind.__mro__[: kind.__mro__.index(nn.Module)]:
        for method in filter(inspect.isfunction, vars(each).values()):
            try:
                text = textwrap.dedent(inspect.getsource(method))
                yield text, ast.parse(text) if is_own(method.__code__.co_filename) else None
            except (OSError, SyntaxError):
                yield "", None


def _name(tree: ast.Module) -> str:
    return tree.body[0].name if isinstance(tree.body[0], ast.FunctionDef) else ""


def _loads(tree: ast.AST) -> Iterator[str]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return (node.attr for node in nodes if isinstance(node.ctx, ast.Load))
