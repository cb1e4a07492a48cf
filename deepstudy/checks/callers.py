"""How the files beside a file build its networks: `Net(10, hidden=64)` in the `train.py` of a `model.py`.

Nothing of these files is executed. Their arguments count where they are constants, or names of constants.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deepstudy.checks.executed_file import BuildCall
from deepstudy.checks.units import Unit, read_units
from deepstudy.errors import InputError

_SUFFIXES = (".py", ".ipynb")
_MOST_FILES, _LARGEST = 60, 2_000_000  # of a folder; bytes of a file


def find_caller(path: Path, name: str, callee: Any) -> BuildCall | None:
    """Find a call that builds a network in the files of its folder, and of the folder above.

    Arguments:
        path: the file of the network.
        name: the network's class or function.
        callee: the class or function itself.

    Returns:
        The first call whose arguments are all known, otherwise the first one; None if there is none.
    """
    found = [
        _build_call(call, callee, unit)
        for unit in _neighbours(path.resolve(), name)
        for call in ast.walk(unit.tree)
        if isinstance(call, ast.Call) and _last_name(call.func) == name
    ]
    return next((call for call in found if not call.unknown), found[0] if found else None)


def _neighbours(path: Path, name: str) -> Iterator[Unit]:
    """The files, and cells of notebooks, that name the network."""
    for folder in path.parents[:2]:
        files = sorted(each for each in folder.glob("*") if each.suffix in _SUFFIXES and each != path)
        for file in files[:_MOST_FILES]:
            try:
                if file.stat().st_size <= _LARGEST and name.encode() in file.read_bytes():
                    yield from read_units(file)
            except (InputError, OSError):  # not Python, or not readable: it says nothing
                continue


def _build_call(call: ast.Call, callee: Any, unit: Unit) -> BuildCall:
    given: list[tuple[int | str, ast.expr]] = [*enumerate(call.args)]
    given += [(each.arg or "**", each.value) for each in call.keywords]
    known: dict[int | str, Any] = {}
    unknown: dict[int | str, str] = {}
    for key, node in given:
        try:
            known[key] = ast.literal_eval(_constant(node, unit.tree))
        except ValueError:
            unknown[key] = ast.unparse(node)
    return BuildCall(
        callee,
        tuple(known.get(at) for at in range(len(call.args))),
        {key: value for key, value in known.items() if isinstance(key, str)},
        unknown,
        f"{unit.label}:{call.lineno}",
        ast.unparse(call),
    )


def _constant(node: ast.expr, tree: ast.AST) -> ast.expr:
    """What a name is set to, if a file sets it only once."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in each.targets)
    ]
    return values[0] if len(values) == 1 else node


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
