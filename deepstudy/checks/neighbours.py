"""Files beside the one under examination, which it imports: a package that they lack is no reason to give up.

Such a file is executed as a whole, as Python does it. But an import in it that fails leaves a placeholder, as in the
file itself, because most packages that are missing have nothing to do with the network: they draw or print.
"""

import __future__

import ast
import sys
import types
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import Any, NoReturn

from deepstudy.checks.syntax import bound_names
from deepstudy.errors import one_line


class MissingImport:
    """A placeholder for a failed import: it raises as soon as it is used."""

    def __init__(self, name: str, why: str) -> None:
        self._name, self._why = name, why

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ImportError(f"{self._name} could not be imported ({self._why})")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # Python and its inspection tools look up such names
            raise AttributeError(name)
        self._refuse()

    __call__ = __getitem__ = __iter__ = __or__ = __ror__ = __enter__ = _refuse
    __mro_entries__ = __instancecheck__ = __subclasscheck__ = _refuse


def why_missing(value: object) -> str:
    """Say why an import failed.

    Arguments:
        value: any value.

    Returns:
        The reason; "" if the value is no placeholder.
    """
    return str(vars(value)["_why"]) if type(value) is MissingImport else ""


def import_leniently(folder: Path) -> None:
    """Execute the files of a folder leniently when they are imported from now on.

    Arguments:
        folder: the folder of the file under examination; packages in it count too.
    """
    if not any(isinstance(each, _NeighbourFinder) and each.folder == folder for each in sys.meta_path):
        sys.meta_path.insert(0, _NeighbourFinder(folder))


class _NeighbourFinder(MetaPathFinder):
    """Finds the Python files of a folder, and leaves everything else to others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, [str(self.folder)] if path is None else path)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
            return None
        file = Path(spec.origin)
        if not file.is_relative_to(self.folder) or any(part.endswith("-packages") for part in file.parts):
            return None
        spec.loader = _LenientLoader(fullname, spec.origin)
        return spec


class _LenientLoader(SourceFileLoader):
    """Executes a file statement by statement."""

    def exec_module(self, module: types.ModuleType) -> None:
        tree = ast.parse(self.get_data(self.path), self.path)
        flags = 0
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    flags |= getattr(__future__, alias.name).compiler_flag
        for node in tree.body:
            code = compile(ast.Module([node], []), self.path, "exec", flags, dont_inherit=True)
            try:
                exec(code, vars(module))
            except ImportError as error:
                if not isinstance(node, ast.Import | ast.ImportFrom) or "*" in [alias.name for alias in node.names]:
                    raise
                why = str(error) if isinstance(error, ModuleNotFoundError) else one_line(error)
                for name in bound_names(node):
                    vars(module).setdefault(name, MissingImport(name, why))
