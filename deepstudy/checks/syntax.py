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


def all_bound_names(tree: ast.AST) -> set[str]:
    """Find all names that a file binds, also inside its functions.

    Arguments:
        tree: the file.

    Returns:
        The names.
    """
    return {name for node in ast.walk(tree) for name in _bound_by(node)}


def bound_names(*nodes: ast.AST) -> tuple[str, ...]:
    """Find the names that statements bind.

    Arguments:
        nodes: statements, or parts of them.

    Returns:
        Each name once, in order.
    """
    return tuple(dict.fromkeys(name for node in walk_scope(*nodes) for name in _bound_by(node)))


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    """The name that a node binds by itself."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.alias(name=name, asname=other):
            return (other or name.split(".")[0],)
    return ()


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


def trains(node: ast.FunctionDef) -> bool:
    """Say whether a function trains.

    Arguments:
        node: a function.

    Returns:
        Whether it calls `backward`, `fit`, or a function whose name starts with `train`.
    """
    for call in (n for n in walk_scope(*node.body) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else root_name(call.func)
        if name in ("backward", "fit") or (call.args and name.startswith("train") and name != "train_test_split"):
            return True
    return False


def returned_calls(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """Find what a function calls for its result, directly or through a variable.

    Arguments:
        node: a function.

    Returns:
        What is called: the `Net` of `Net(3).to(device)`.
    """
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


def local_classes(node: ast.FunctionDef) -> dict[str, ast.ClassDef]:
    """Find the classes that a function defines.

    Arguments:
        node: a function.

    Returns:
        Their definitions by name.
    """
    return {each.name: each for each in walk_scope(*node.body) if isinstance(each, ast.ClassDef)}
