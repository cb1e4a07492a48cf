"""Questions about syntax trees of Python, for reading, executing and searching a file."""

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def walk_scope(*nodes: ast.AST) -> Iterator[ast.AST]:
    """Walk through one scope.

    Arguments:
        nodes: where to start.

    Returns:
        The nodes and all below them, in order. Functions, classes and comprehensions are yielded but not entered.
    """
    waiting = [*reversed(nodes)]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += reversed([*ast.iter_child_nodes(node)])


def bound_names(*nodes: ast.AST) -> tuple[str, ...]:
    """Find the names that statements bind.

    Arguments:
        nodes: statements, or parts of them.

    Returns:
        Each name once, in order.
    """
    names: dict[str, None] = {}
    for node in walk_scope(*nodes):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case ast.alias(name=name, asname=other):
                names[other or name.split(".")[0]] = None
    return tuple(names)


def root_name(node: ast.AST) -> str:
    """Find the name that an expression begins with.

    Arguments:
        node: an expression.

    Returns:
        The `a` of `a.b[c].d`; empty if it does not begin with a name.
    """
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
