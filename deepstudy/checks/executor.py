"""Executes the statements of a file one by one, if they are harmless."""

import __future__

import ast
import copy
import sys
import types
import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

from deepstudy.checks.allow_list import AllowList, Scope
from deepstudy.checks.executed_file import ExecutedFile
from deepstudy.checks.guards import guard
from deepstudy.checks.neighbours import MissingImport, why_missing
from deepstudy.checks.own_code import where_in
from deepstudy.checks.syntax import DEFINITIONS, FUNCTIONS, all_bound_names, bound_names, walk_scope
from deepstudy.checks.units import Skipped, Unit, first_line
from deepstudy.errors import InputError, one_line

FAILURES = (Exception, SystemExit)  # an imported file may call sys.exit()


class Function(NamedTuple):
    """A function of the file.

    Attributes:
        value: the function; it is held here, so that its identity stays its own.
        node: its definition.
        unit: the file or cell of the definition.
    """

    value: Any
    node: ast.FunctionDef | ast.AsyncFunctionDef
    unit: Unit


class Executor:
    """Executes the harmless statements one by one, in the module of an `ExecutedFile`."""

    def __init__(self, file: ExecutedFile) -> None:
        """Begin with an empty module.

        Arguments:
            file: where the names and the skipped statements go.
        """
        self.file = file
        self.scope = Scope(vars(file.module))
        self.functions: dict[int, Function] = {}  # the functions of the file by identity
        self.flags = 0  # of `from __future__ import`, because the statements are compiled one by one

    @property
    def names(self) -> dict[str, Any]:
        """The names of the current scope."""
        return self.scope.names

    @property
    def allow(self) -> AllowList:
        """What may be executed in the current scope."""
        return AllowList(self.scope, self.functions)

    def execute_units(self, units: Iterable[Unit], whole: bool) -> None:
        """Execute a file, or the cells of a notebook in order.

        Arguments:
            units: the file or the cells.
            whole: whether to execute everything.

        Raises:
            InputError: `whole` is set, and the execution fails.
        """
        for unit in units:
            self.unit = unit
            self.file.skipped += unit.skipped
            self.file.bound |= all_bound_names(unit.tree)
            for node in unit.tree.body:
                if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                    for alias in node.names:
                        self.flags |= getattr(__future__, alias.name).compiler_flag
            if not whole:
                for node in unit.tree.body:
                    self.run(node)
            elif not self._run_whole():
                break

    def _run_whole(self) -> bool:
        """Execute a whole unit; False if it ended with sys.exit()."""
        try:
            exec(self._code(self.unit.tree), self.names)
        except FAILURES as error:
            if isinstance(error, SystemExit) and not error.code:
                return False
            says = self.file.explain(error)
            raise InputError(
                f"{self.file.path}: execution failed: {says}; fix the error, or omit --whole-file"
            ) from error
        finally:
            self._record(self.unit.tree)
        return True

    def run(self, node: ast.stmt, strict: bool = False) -> None:
        """Execute a statement, or skip it.

        Arguments:
            node: the statement.
            strict: whether it stands in a `try`, so that its exceptions go to the handlers.
        """
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
                        self._run_import(node, alias, strict)
                case ast.Try():
                    self._run_try(node, strict)
                case ast.If() if self.allow.is_harmless(node.test):
                    self._run_if(node, strict)
                case _ if self.allow.admits(node):
                    self._execute(node)
                case _:
                    self._skip(node)
        except FAILURES as error:
            if strict:
                raise
            self._skip(node, self.file.explain(error))
            if isinstance(node, ast.ClassDef) and isinstance(error, NameError) and self._is_nowhere(error.name or ""):
                self.file.broken[node.name] = where_in(error), one_line(error)

    def _is_nowhere(self, name: str) -> bool:
        """Whether no statement of the file binds a name, executed or not; `self` in a class body is such a name."""
        return name == "self" or (bool(name) and name not in self.file.bound and "*" not in self.file.missing)

    def _run_if(self, node: ast.If, strict: bool) -> None:
        """Run the branch that a script would take: the one below `if __name__ == "__main__":` too."""
        taken, other = node.body, node.orelse
        if not eval(self._code(ast.Expression(node.test)), {**self.names, "__name__": "__main__"}):
            taken, other = other, taken
        for inner in taken:
            self.run(inner, strict)

    def _run_try(self, node: ast.Try, strict: bool) -> None:
        """Run a `try`, with its handlers."""
        try:
            for inner in node.body:
                self.run(inner, strict=True)
        except FAILURES as error:
            handler = next((handler for handler in node.handlers if self._catches(handler, error)), None)
            if handler is None:
                raise
            for inner in handler.body:
                self.run(inner, strict)
            # A handler that only prints and exits was skipped: the import that failed is reported when it is used
            for line in (inner for inner in node.body if isinstance(inner, ast.Import | ast.ImportFrom)):
                for alias in line.names:
                    if not {*bound_names(alias)} <= self.names.keys():
                        self._run_import(line, alias, strict=False)
        else:
            for inner in node.orelse:
                self.run(inner, strict)
        finally:
            for inner in node.finalbody:
                self.run(inner, strict)

    def _catches(self, handler: ast.ExceptHandler, error: BaseException) -> bool:
        """Whether a handler is for this error."""
        if handler.type is None:
            return True
        return self.allow.is_harmless(handler.type) and isinstance(
            error, eval(self._code(ast.Expression(handler.type)), self.names)
        )

    def _run_import(self, node: ast.Import | ast.ImportFrom, alias: ast.alias, strict: bool) -> None:
        """Import one name of a statement; if that fails, bind a placeholder."""
        one = copy.copy(node)
        one.names = [alias]
        (name,) = bound_names(alias)
        prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        before = dict(self.names)
        try:
            self._execute(one)
        except FAILURES as error:
            if strict:
                raise
            place = where_in(error)  # a file beside this one may fail
            why = one_line(error) + (f" ({place})" if place else "")
            why = str(error) if isinstance(error, ModuleNotFoundError) else why
            if alias.name == "*":
                self.file.missing["*"] = why
            elif not prefix and not alias.asname and name in sys.modules:
                # `import torch.utils.tensorboard` without tensorboard: torch itself exists
                self.names[name] = sys.modules[name]
                self.scope.origins[name] = name
                self.file.missing[alias.name] = why
            else:
                self.names[name] = MissingImport(name, why)
                self.file.missing[name] = why
            return
        if alias.name == "*":
            new = [name for name, value in self.names.items() if before.get(name, before) is not value]
            self.scope.origins.update((name, prefix + name) for name in new)
        else:
            self.scope.origins[name] = prefix + alias.name if prefix or alias.asname else name
            if why := why_missing(self.names[name]):  # a placeholder of the file that it comes from
                self.file.missing[name] = why

    def _execute(self, node: ast.stmt) -> None:
        """Execute a harmless statement, and record what it binds."""
        code = self._code(ast.Module([node], []))
        try:
            with guard():
                exec(code, self.names)
        except (ImportError, NameError) as error:
            due = isinstance(error, ImportError) or self.file.why_absent(error.name or "")
            if not due or not isinstance(node, DEFINITIONS):
                raise
            # Perhaps only annotations need what is missing or skipped: try again without evaluating them
            exec(self._code(ast.Module([node], []), __future__.annotations.compiler_flag), self.names)
        self._record(node)

    def _code(self, node: ast.Module | ast.Expression, flags: int = 0) -> types.CodeType:
        """Compile a part of the current file or cell."""
        mode = "exec" if isinstance(node, ast.Module) else "eval"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: types.CodeType = compile(node, self.unit.file, mode, self.flags | flags, dont_inherit=True)
        return code

    def _record(self, node: ast.AST) -> None:
        """Record what was executed: definitions in the order of their last occurrence, and names bound again."""
        for name in bound_names(node):
            self.scope.origins.pop(name, None)
            self.file.missing.pop(name, None)
        for inner in walk_scope(node):
            if not isinstance(inner, DEFINITIONS):
                continue
            value = self.names.get(inner.name)
            if isinstance(inner, FUNCTIONS):
                self.functions[id(value)] = Function(value, inner, self.unit)
            if self.names is vars(self.file.module):
                self.file.definitions.pop(inner.name, None)
                self.file.definitions[inner.name] = inner
                self.file.values[inner.name] = value

    def _skip(self, node: ast.stmt, why: str = "") -> None:
        """Record that a statement was not executed."""
        text = first_line(ast.get_source_segment(self.unit.text, node) or "")
        self.file.skipped.append(Skipped(self._place(node), text, bound_names(node), why))

    def _place(self, node: ast.AST) -> str:
        """The file or cell of a node, and its line."""
        return f"{self.unit.label}:{getattr(node, 'lineno', 0)}"
