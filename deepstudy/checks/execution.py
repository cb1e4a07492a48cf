"""A student's file or notebook as a module, without the training and downloads that running it would start.

At its top level, only imports, definitions (functions, classes) and assignments of constants are executed, in order.
`ExecutedFile.skipped` lists the other statements. An import that fails leaves a placeholder, which raises only when it
is used. If the file imports another file of its folder, Python executes that one as a whole.
"""

import __future__

import ast
import builtins
import copy
import re
import sys
import traceback
import types
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from deepstudy.checks.syntax import DEFINITIONS, bound_names, root_name, walk_scope
from deepstudy.checks.units import Skipped, Unit, first_line, read_units
from deepstudy.errors import InputError, one_line

# What a constant may call: functions without side effects. Names as they were imported.
_HARMLESS_CALLS = re.compile(
    r"""builtins\.(abs|all|any|bool|bytes|complex|dict|divmod|enumerate|float|frozenset|int|isinstance|hasattr|len|list
                  |max|min|object|ord|chr|pow|range|repr|reversed|round|set|slice|sorted|str|sum|tuple|type|zip)
    | (math|typing|typing_extensions|collections|dataclasses)\.\w+
    | functools\.partial | types\.SimpleNamespace | argparse\.Namespace
    | os\.path\.(join|dirname|basename|abspath|realpath|expanduser|exists|isfile|isdir)
    | os\.(getcwd|getenv|cpu_count|environ\.get) | pathlib\.\w+(\.cwd|\.home)? | sys\.path\.(append|insert)
    | torch\.(device|tensor|zeros|ones|full|arange|linspace|eye|Size|get_default_dtype) | torch\.nn(\.\w+)+
    | torch\.(cuda|xpu)\.(is_available|device_count) | torch\.(backends|cuda)(\.\w+)*\.is_\w+
    | numpy\.(array|asarray|arange|linspace|zeros|ones|full|eye|prod|sum|mean|sqrt|exp|log|log2|log10|ceil|floor|round
             |u?int(8|16|32|64)|float(16|32|64))""",
    re.VERBOSE,
)
_HARMLESS_METHODS = frozenset(
    "split splitlines format join strip lower upper title replace items keys values get copy index count "
    "resolve absolute joinpath to float".split()
)
_FAILURES = (Exception, SystemExit)  # an imported file may call sys.exit()


@dataclass
class ExecutedFile:
    """A file that was executed, as a whole or its harmless statements only.

    Attributes:
        path: the file.
        module: what was executed, as a module.
        skipped: the statements that were not executed.
        missing: names whose import failed, and why.
        definitions: the functions and classes that were executed, by name; for each name the last one.
        labels: the names of its units in tracebacks, and in messages.
    """

    path: Path
    module: types.ModuleType
    skipped: list[Skipped] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, ast.stmt] = field(default_factory=dict, repr=False)
    labels: dict[str, str] = field(default_factory=dict, repr=False)

    def explain(self, error: BaseException) -> str:
        """Explain an error in the file's code.

        Arguments:
            error: what the code raised.

        Returns:
            One line: what went wrong, then what was skipped or missing, otherwise where.
        """
        says = one_line(error)
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        # A name that is missing in another file has nothing to do with what was skipped here.
        own = not frames or frames[-1].f_globals is vars(self.module)
        if isinstance(error, NameError) and error.name and own and (why := self.why_absent(error.name)):
            return f"{says} ({why})"
        if isinstance(error, ImportError):
            return f"{says}; install the package, or remove it from the network"
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in self.labels:
                return f"{says} ({self.labels[frame.filename]}:{frame.lineno})"
        return says

    def why_absent(self, name: str) -> str:
        """Say why the module does not have a name.

        Arguments:
            name: the name.

        Returns:
            The statement that would have bound it and was skipped, or the import that failed, or "".
        """
        for skipped in reversed(self.skipped):
            if name in skipped.names:
                once = f" if these can be imported: {', '.join(self.missing)}" if self.missing else ""
                end = f": {skipped.why}" if skipped.why else f"; --whole-file runs it{once}"
                return f"{skipped.where} was skipped: `{skipped.text}`{end}"
        if name in self.missing:
            return f"{name} could not be imported: {self.missing[name]}"
        return f"an `import *` failed: {self.missing['*']}" if "*" in self.missing else ""


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
    module.__file__, module.__package__ = str(path.resolve()), ""
    units = read_units(path)
    file = ExecutedFile(path, module, labels={unit.file: unit.label for unit in units})
    sys.modules[module.__name__] = module
    # Files in its folder are found as if it ran as a script. The folder stays in the path, because many networks
    # import only when they are built or called.
    folder = str(path.resolve().parent)
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    arguments, sys.argv = sys.argv, [str(path)]  # a parse_args() in it must not see our command line
    try:
        _Executor(file).execute_units(units, whole)
    finally:
        sys.argv = arguments
    return file


class _MissingImport:
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


class _Executor:
    """Executes the harmless statements one by one, in the module of an `ExecutedFile`."""

    def __init__(self, file: ExecutedFile) -> None:
        self.file = file
        self.names = vars(file.module)
        self.origins: dict[str, str] = {}  # imported name -> its origin: np -> numpy, sqrt -> math.sqrt
        self.flags = 0  # of `from __future__ import`, because the statements are compiled one by one

    def execute_units(self, units: Iterable[Unit], whole: bool) -> None:
        for unit in units:
            self.unit = unit
            self.file.skipped += unit.skipped
            for node in unit.tree.body:
                if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                    for alias in node.names:
                        self.flags |= getattr(__future__, alias.name).compiler_flag
            if not whole:
                for node in unit.tree.body:
                    self.run(node)
            elif not self.run_whole():
                break

    def run_whole(self) -> bool:
        """Execute a whole unit; False if it ended with sys.exit()."""
        try:
            exec(self.code(self.unit.tree), self.names)
        except _FAILURES as error:
            if isinstance(error, SystemExit) and not error.code:
                return False
            says = self.file.explain(error)
            raise InputError(
                f"{self.file.path}: execution failed: {says}; fix the error, or omit --whole-file"
            ) from error
        finally:
            self.record(self.unit.tree)
        return True

    def run(self, node: ast.stmt, strict: bool = False) -> None:
        """Execute a statement, or skip it. In a `try` (`strict`) its exceptions go to the handlers."""
        try:
            match node:
                case ast.Expr(ast.Constant()):
                    pass
                case ast.Expr(ast.Name() | ast.Attribute()) if (
                    not strict
                ):  # the last line of a cell, which displays a value
                    pass
                case ast.Import() | ast.ImportFrom():
                    for alias in node.names:
                        self.run_import(node, alias, strict)
                case ast.Try():
                    self.run_try(node, strict)
                case ast.If() if self.is_harmless(node.test):
                    self.run_if(node, strict)
                case _ if self.is_admissible(node):
                    self.execute(node)
                case _:
                    self.skip(node)
        except _FAILURES as error:
            if strict:
                raise
            self.skip(node, self.file.explain(error))

    def run_if(self, node: ast.If, strict: bool) -> None:
        taken, other = node.body, node.orelse
        if not eval(self.code(ast.Expression(node.test)), self.names):
            taken, other = other, taken
        # The other branch would not run in a script either, except after `if __name__ == "__main__":`
        if other and any(isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)):
            self.skip(node, names=bound_names(*other))
        for inner in taken:
            self.run(inner, strict)

    def run_try(self, node: ast.Try, strict: bool) -> None:
        try:
            for inner in node.body:
                self.run(inner, strict=True)
        except _FAILURES as error:
            handler = next((handler for handler in node.handlers if self.catches(handler, error)), None)
            if handler is None:
                raise
            for inner in handler.body:
                self.run(inner, strict)
            # A handler that only prints and exits was skipped: the import that failed is reported when it is used
            for line in (inner for inner in node.body if isinstance(inner, ast.Import | ast.ImportFrom)):
                for alias in line.names:
                    if not {*bound_names(alias)} <= self.names.keys():
                        self.run_import(line, alias, strict=False)
        else:
            for inner in node.orelse:
                self.run(inner, strict)
        finally:
            for inner in node.finalbody:
                self.run(inner, strict)

    def catches(self, handler: ast.ExceptHandler, error: BaseException) -> bool:
        if handler.type is None:
            return True
        return self.is_harmless(handler.type) and isinstance(
            error, eval(self.code(ast.Expression(handler.type)), self.names)
        )

    def run_import(self, node: ast.Import | ast.ImportFrom, alias: ast.alias, strict: bool) -> None:
        """Import one name of a statement; if that fails, bind a placeholder."""
        one = copy.copy(node)
        one.names = [alias]
        (name,) = bound_names(alias)
        prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        before = dict(self.names)
        try:
            self.execute(one)
        except _FAILURES as error:
            if strict:
                raise
            why = str(error) if isinstance(error, ModuleNotFoundError) else one_line(error)
            if alias.name == "*":
                self.file.missing["*"] = why
            elif not prefix and not alias.asname and name in sys.modules:
                # `import torch.utils.tensorboard` without tensorboard: torch itself exists
                self.names[name] = sys.modules[name]
                self.origins[name] = name
                self.file.missing[alias.name] = why
            else:
                self.names[name] = _MissingImport(name, why)
                self.file.missing[name] = why
            return
        if alias.name == "*":
            new = [name for name, value in self.names.items() if before.get(name, before) is not value]
            self.origins.update((name, prefix + name) for name in new)
        else:
            self.origins[name] = prefix + alias.name if prefix or alias.asname else name

    def execute(self, node: ast.stmt) -> None:
        code = self.code(ast.Module([node], []))
        try:
            exec(code, self.names)
        except (ImportError, NameError) as error:
            due = isinstance(error, ImportError) or self.file.why_absent(error.name or "")
            if not due or not isinstance(node, DEFINITIONS):
                raise
            # Perhaps only annotations need what is missing or skipped: try again without evaluating them
            exec(self.code(ast.Module([node], []), __future__.annotations.compiler_flag), self.names)
        self.record(node)

    def code(self, node: ast.Module | ast.Expression, flags: int = 0) -> types.CodeType:
        mode = "exec" if isinstance(node, ast.Module) else "eval"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: types.CodeType = compile(node, self.unit.file, mode, self.flags | flags, dont_inherit=True)
        return code

    def record(self, node: ast.AST) -> None:
        """Record what was executed: definitions in the order of their last occurrence, and names bound again."""
        for name in bound_names(node):
            self.origins.pop(name, None)
            self.file.missing.pop(name, None)
        for inner in walk_scope(node):
            if isinstance(inner, DEFINITIONS):
                self.file.definitions.pop(inner.name, None)
                self.file.definitions[inner.name] = inner

    def skip(self, node: ast.stmt, why: str = "", names: tuple[str, ...] | None = None) -> None:
        text = first_line(ast.get_source_segment(self.unit.text, node) or "")
        names = bound_names(node) if names is None else names
        self.file.skipped.append(Skipped(f"{self.unit.label}:{node.lineno}", text, names, why))

    def is_admissible(self, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass() | ast.Global():
                return True
            case ast.Expr():
                return self.is_harmless(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete():
                # `config["lr"] = 1` changes the file only; `os.environ["X"] = "1"` would change more
                stored = [n for n in walk_scope(node) if isinstance(n, ast.Attribute | ast.Subscript)]
                foreign = [n for n in stored if not isinstance(n.ctx, ast.Load) and root_name(n) in self.origins]
                return not foreign and self.is_harmless(node)
            case _:
                return False

    def is_harmless(self, node: ast.AST) -> bool:
        """Whether it has no side effects: it calls only the functions listed above."""
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(node, ast.Lambda):
            return self.is_harmless(node.args)  # their defaults; the body does not run yet
        if isinstance(node, ast.Call) and not self.is_harmless_call(node.func):
            return False
        return all(self.is_harmless(child) for child in ast.iter_child_nodes(node))

    def is_harmless_call(self, func: ast.expr) -> bool:
        root = root_name(func)
        if root in self.origins or (root not in self.names and hasattr(builtins, root)):
            origin = self.origins.get(root, f"builtins.{root}")
            return bool(_HARMLESS_CALLS.fullmatch(origin + ast.unparse(func).removeprefix(root)))
        return isinstance(func, ast.Attribute) and func.attr in _HARMLESS_METHODS
