"""A student's file or notebook as a module, without the training and downloads that running it would start.

At its top level, only imports, definitions (functions, classes), assignments of constants, and what builds a network
are executed, in order. `ExecutedFile.skipped` lists the other statements. explorer.py looks into them. An import that
fails leaves a placeholder, which raises only when it is used. A file of its folder that it imports is executed as a
whole (neighbours.py).
"""

import ast
import re
import sys
import types
from collections.abc import Sequence
from pathlib import Path

from deepstudy.checks.executed_file import ExecutedFile
from deepstudy.checks.explorer import Explorer
from deepstudy.checks.neighbours import import_leniently
from deepstudy.checks.units import Unit, read_units

__all__ = ["ExecutedFile", "execute_file"]


def execute_file(path: Path, whole: bool = False) -> ExecutedFile:
    """Execute the imports, definitions and constants of a file or notebook.

    The module is called `deepstudy_checked_<stem>` and stays in `sys.modules`, so that what it defines can be pickled
    and inspected. For a class in a notebook `inspect` finds no source, but it does for the methods.

    Arguments:
        path: a `.py` file or an `.ipynb` notebook.
        whole: whether to execute the whole file.

    Returns:
        The module, and the statements that were not executed.

    Raises:
        InputError: the file does not exist, cannot be read, or is not text, Python or a notebook; or `whole` is set and
            the execution fails.
    """
    module = types.ModuleType("deepstudy_checked_" + re.sub(r"\W", "_", path.stem))
    units = read_units(path)
    module.__file__, module.__package__ = str(path.resolve()), _package(path.resolve(), units)
    file = ExecutedFile(path, module, labels={unit.file: unit.label for unit in units})
    sys.modules[module.__name__] = module
    # Files in its folder are found as if it ran as a script. The folder stays in the path, because many networks
    # import only when they are built or called.
    folder = str(path.resolve().parent)
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    import_leniently(path.resolve().parent)
    if module.__package__:
        above = path.resolve().parents[module.__package__.count(".") + 1]
        sys.path.append(str(above))
        top = module.__package__.partition(".")[0]
        if (Path(folder) / f"{top}.py").is_file() or (Path(folder) / top).is_dir():  # `lenet/lenet.py` would be taken
            package = sys.modules[top] = types.ModuleType(top)
            package.__path__ = [str(above / top)]
    arguments, sys.argv = sys.argv, [str(path)]  # a parse_args() in it must not see our command line
    try:
        Explorer(file).execute_units(units, whole)
    finally:
        sys.argv = arguments
    return file


def _package(path: Path, units: Sequence[Unit]) -> str:
    """The package of a file with relative imports: its folder, and as many above as these imports need."""
    nodes = [node for unit in units for node in ast.walk(unit.tree)]
    levels = max((node.level for node in nodes if isinstance(node, ast.ImportFrom)), default=0)
    folders = [folder.name for folder in path.parents if folder.name]
    above = [folder for folder in path.parents if (folder / "__init__.py").is_file()]
    return ".".join(reversed(folders[: max(levels, len(above))])) if levels else ""
