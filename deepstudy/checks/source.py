"""A student's file or notebook as a module, without the training and downloads that running it would start.

Of its top level only imports, definitions (functions, classes) and assignments of constants are executed, in order.
Everything else is skipped, and `Source.skipped` says so. An import that fails leaves a placeholder, which raises only
when it is used. A file beside it that it imports is imported by Python itself, so that one runs as a whole.
"""

import __future__

import ast
import builtins
import copy
import inspect
import json
import linecache
import re
import sys
import tokenize
import traceback
import types
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from deepstudy.errors import InputError

#: Required constructor arguments that whoever builds the network fills in from the data (compared in lower case).
FILLED_IN = frozenset(
    "num_classes n_classes classes num_class nclasses output_dim".split()
    + "in_channels channels num_channels input_channels".split()
)

# What a constant may call: it computes, or looks, and leaves the world as it is. Names as they were imported.
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
_MAGIC = re.compile(r"\s*[%!?]|\s*[\w.]+\?{1,2}\s*$|\s*[\w, ]+=\s*[%!]")  # a line of IPython, not of Python
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_SCOPES = (*_DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FAILURES = (Exception, SystemExit)  # a file beside it may well call sys.exit()


@dataclass(frozen=True)
class Skipped:
    """A statement that was not executed: where, its first line, the names it would have bound; `why` if it failed."""

    where: str
    text: str
    names: tuple[str, ...]
    why: str = ""


@dataclass
class Source:
    """What was executed of a file (`module`), what was not (`skipped`), and which imports failed (`missing`: why)."""

    path: Path
    module: types.ModuleType
    skipped: list[Skipped] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, ast.stmt] = field(default_factory=dict, repr=False)  # executed, each name's last one
    files: dict[str, str] = field(default_factory=dict, repr=False)  # name in tracebacks -> name in messages

    def explain(self, error: BaseException) -> str:
        """An error in the file's code in one line: what went wrong, what was skipped or missing, or else where."""
        said = _said(error)
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        # a name that a file beside this one lacks has nothing to do with what was skipped here
        own = not frames or frames[-1].f_globals is vars(self.module)
        if isinstance(error, NameError) and error.name and own and (about := self.about(error.name)):
            return f"{said} ({about})"
        if isinstance(error, ImportError):
            return f"{said}; install what is missing, or keep it out of the network"
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in self.files:
                return f"{said} ({self.files[frame.filename]}:{frame.lineno})"
        return said

    def about(self, name: str) -> str:
        """Why the module does not have `name`, as far as that is due to something skipped or missing; else ''."""
        for skipped in reversed(self.skipped):
            if name in skipped.names:
                once = f" once there is {', '.join(self.missing)}" if self.missing else ""
                end = f": {skipped.why}" if skipped.why else f"; --whole-file runs it{once}"
                return f"{skipped.where} was skipped: `{skipped.text}`{end}"
        if name in self.missing:
            return f"{name} could not be imported: {self.missing[name]}"
        return f"an `import *` failed: {self.missing['*']}" if "*" in self.missing else ""


class _Missing:
    """Stands for what could not be imported: says so as soon as it is used, for whatever."""

    def __init__(self, name: str, why: str) -> None:
        self._name, self._why = name, why

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ImportError(f"{self._name} could not be imported ({self._why})")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # Python and its inspection tools ask for such names in passing
            raise AttributeError(name)
        self._refuse()

    __call__ = __getitem__ = __iter__ = __or__ = __ror__ = __enter__ = _refuse
    __mro_entries__ = __instancecheck__ = __subclasscheck__ = _refuse


class _Unit(NamedTuple):
    """A file or a cell: its name in tracebacks, its name in messages, its text and syntax tree, what was left out."""

    file: str
    label: str
    text: str
    tree: ast.Module
    skipped: tuple[Skipped, ...] = ()


def read(path: Path, whole: bool = False) -> Source:
    """Execute a `.py` file's or an `.ipynb` notebook's imports, definitions and constants; all of it if `whole`.

    The module is called `deepstudy_checked_<stem>` and stays in `sys.modules`, so that what it defines can be pickled
    and inspected. Cells are counted from 1 among the code cells. Of a class in a notebook `inspect` finds no source;
    of its methods it does.

    Raises InputError for a file that is not there, not readable, not text, not Python or no notebook, and, if `whole`,
    for whatever its execution raises.
    """
    module = types.ModuleType("deepstudy_checked_" + re.sub(r"\W", "_", path.stem))
    module.__file__, module.__package__ = str(path.resolve()), ""
    source = Source(path, module)
    units = _cells(path) if path.suffix.lower() == ".ipynb" else [_file(path)]
    source.files.update((unit.file, unit.label) for unit in units)
    sys.modules[module.__name__] = module
    # Files beside it are found as when it is run as a script. The folder stays there, for many networks import
    # only when they are built or called.
    folder = str(path.resolve().parent)
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    arguments, sys.argv = sys.argv, [str(path)]  # a parse_args() in it must not see our command line
    try:
        _Reader(source).read(units, whole)
    finally:
        sys.argv = arguments
    return source


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")


def _file(path: Path) -> _Unit:
    text = _text(path)
    if path.suffix.lower() != ".py":
        raise InputError(f"{path}: neither a .py file nor an .ipynb notebook; give it one of these")
    file = str(path.resolve())
    try:
        return _Unit(file, path.name, text, _parse(text, file))
    except SyntaxError as error:
        raise InputError(f"{path}:{error.lineno or 1}: not valid Python: {error.msg}; mend that line first") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{path}: not valid Python: {_said(error)}; mend it first") from None


def _text(path: Path) -> str:
    try:
        if path.suffix.lower() == ".ipynb":
            return path.read_text("utf-8-sig")
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; check the path") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None
    except (SyntaxError, UnicodeError):
        hint = "save it as UTF-8, or name its encoding in its first line (`# coding: latin-1`)"
        raise InputError(f"{path}: not text in UTF-8 or in the encoding it names; {hint}") from None


def _parse(text: str, file: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a "\d" in a student's string is no business of ours
        tree = ast.parse(text, file)
        compile(tree, file, "exec", dont_inherit=True)  # finds what the grammar allows: `return`, `await` out of place
        return tree


def _cells(path: Path) -> list[_Unit]:
    try:
        cells = [cell["source"] for cell in json.loads(_text(path))["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(cell).replace("\r\n", "\n") for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path}: not a notebook of format 4; open it in Jupyter and save it again") from None
    return [_cell(f"{path.name} cell {number}", text) for number, text in enumerate(texts, start=1)]


def _cell(name: str, text: str) -> _Unit:
    lines = text.split("\n")
    # where inspect and tracebacks look for the lines of what is no file; without a time it is never looked for on disk
    linecache.cache[name] = (len(text), None, [line + "\n" for line in lines], name)

    def left_out(line: int, names: str, why: str) -> Skipped:
        return Skipped(f"{name}:{line}", "".join(lines[line - 1 : line]).strip()[:80], _names_in(names), why)

    nothing = ast.Module([], [])
    if re.match(r"\s*%%(?:time|timeit|capture|prun)\b", text):  # such magic only watches the cell it stands on
        lines[next(number for number, line in enumerate(lines) if line.strip())] = ""
        text = "\n".join(lines)
    if text.lstrip().startswith("%%"):
        rest = text.lstrip().partition("\n")[2]
        return _Unit(name, name, text, nothing, (left_out(1, rest, "a cell of magic is not Python"),))
    magic: list[Skipped] = []
    try:
        try:
            tree = _parse(text, name)
        except SyntaxError:  # only now look for magic, for a line of good Python may also begin with %
            python: list[str] = []
            continued = False
            for number, line in enumerate(lines, start=1):
                if continued:
                    python.append("")
                elif _MAGIC.match(line):
                    magic.append(left_out(number, line.partition("=")[0] + "= 0", "magic is not Python"))
                    python.append(line[: len(line) - len(line.lstrip())] + "pass")
                else:
                    python.append(line)
                continued = (continued or python[-1] != line) and line.rstrip().endswith("\\")
            text = "\n".join(python)
            tree = _parse(text, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        bad = error.lineno if isinstance(error, SyntaxError) else None
        return _Unit(name, name, text, nothing, (*magic, left_out(bad or 1, "", _said(error))))
    return _Unit(name, name, text, tree, tuple(magic))


def _names_in(text: str) -> tuple[str, ...]:
    try:
        return _bound(_parse(text, ""))
    except (SyntaxError, ValueError):
        return ()


def _outer(*nodes: ast.AST) -> Iterator[ast.AST]:
    """The nodes and all below them, down to functions, classes and comprehensions, but not into these."""
    waiting = [*reversed(nodes)]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += reversed([*ast.iter_child_nodes(node)])


def _bound(*nodes: ast.AST) -> tuple[str, ...]:
    """The names that statements bind."""
    names: dict[str, None] = {}
    for node in _outer(*nodes):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case ast.alias(name=name, asname=other):
                names[other or name.split(".")[0]] = None
    return tuple(names)


def _root(node: ast.AST) -> str:
    """The `a` of `a.b[c].d`; '' where it does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class _Reader:
    """Executes what may be executed, statement by statement, into the module of a `Source`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names = vars(source.module)
        self.origins: dict[str, str] = {}  # imported name -> where it is from: np -> numpy, sqrt -> math.sqrt
        self.flags = 0  # of `from __future__ import`, for the statements are compiled one by one

    def read(self, units: Iterable[_Unit], whole: bool) -> None:
        for unit in units:
            self.unit = unit
            self.source.skipped += unit.skipped
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
        """Whether it ran to its end, and did not leave by sys.exit()."""
        try:
            exec(self.code(self.unit.tree), self.names)
        except _FAILURES as error:
            if isinstance(error, SystemExit) and not error.code:
                return False
            said = self.source.explain(error)
            raise InputError(f"{self.source.path}: fails: {said}; mend it, or leave --whole-file out") from error
        finally:
            self.keep(self.unit.tree)
        return True

    def run(self, node: ast.stmt, strict: bool = False) -> None:
        """Execute a statement, or skip it. In a `try` (`strict`) what it raises goes on to the handlers."""
        try:
            match node:
                case ast.Expr(ast.Constant()):
                    pass
                case ast.Expr(ast.Name() | ast.Attribute()) if not strict:  # a cell's last line, to be displayed
                    pass
                case ast.Import() | ast.ImportFrom():
                    for alias in node.names:
                        self.run_import(node, alias, strict)
                case ast.Try():
                    self.run_try(node, strict)
                case ast.If() if self.harmless(node.test):
                    self.run_if(node, strict)
                case _ if self.admissible(node):
                    self.execute(node)
                case _:
                    self.skip(node)
        except _FAILURES as error:
            if strict:
                raise
            self.skip(node, self.source.explain(error))

    def run_if(self, node: ast.If, strict: bool) -> None:
        taken, left = node.body, node.orelse
        if not eval(self.code(ast.Expression(node.test)), self.names):
            taken, left = left, taken
        # The branch not taken would not run in a script either, but for `if __name__ == "__main__":`
        if left and any(isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)):
            self.skip(node, names=_bound(*left))
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
            # A handler that only complains and leaves was skipped: say then what was missing when it is used
            for line in (inner for inner in node.body if isinstance(inner, ast.Import | ast.ImportFrom)):
                for alias in line.names:
                    if not {*_bound(alias)} <= self.names.keys():
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
        return self.harmless(handler.type) and isinstance(
            error, eval(self.code(ast.Expression(handler.type)), self.names)
        )

    def run_import(self, node: ast.Import | ast.ImportFrom, alias: ast.alias, strict: bool) -> None:
        """Import one name of a statement; where that fails, a placeholder takes its place."""
        one = copy.copy(node)
        one.names = [alias]
        (name,) = _bound(alias)
        prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        before = dict(self.names)
        try:
            self.execute(one)
        except _FAILURES as error:
            if strict:
                raise
            why = str(error) if isinstance(error, ModuleNotFoundError) else _said(error)
            if alias.name == "*":
                self.source.missing["*"] = why
            elif not prefix and not alias.asname and name in sys.modules:
                # `import torch.utils.tensorboard` without tensorboard: torch itself is there all the same
                self.names[name] = sys.modules[name]
                self.origins[name] = name
                self.source.missing[alias.name] = why
            else:
                self.names[name] = _Missing(name, why)
                self.source.missing[name] = why
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
            due = isinstance(error, ImportError) or self.source.about(error.name or "")
            if not due or not isinstance(node, _DEFINITIONS):
                raise
            # What is missing or skipped may only be needed by annotations: try again without evaluating these
            exec(self.code(ast.Module([node], []), __future__.annotations.compiler_flag), self.names)
        self.keep(node)

    def code(self, node: ast.Module | ast.Expression, flags: int = 0) -> types.CodeType:
        mode = "exec" if isinstance(node, ast.Module) else "eval"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: types.CodeType = compile(node, self.unit.file, mode, self.flags | flags, dont_inherit=True)
        return code

    def keep(self, node: ast.AST) -> None:
        """Note what was executed: definitions in the order of each name's last one, and names bound anew."""
        for name in _bound(node):
            self.origins.pop(name, None)
            self.source.missing.pop(name, None)
        for inner in _outer(node):
            if isinstance(inner, _DEFINITIONS):
                self.source.definitions.pop(inner.name, None)
                self.source.definitions[inner.name] = inner

    def skip(self, node: ast.stmt, why: str = "", names: tuple[str, ...] | None = None) -> None:
        text = (ast.get_source_segment(self.unit.text, node) or "").partition("\n")[0][:80]
        names = _bound(node) if names is None else names
        self.source.skipped.append(Skipped(f"{self.unit.label}:{node.lineno}", text, names, why))

    def admissible(self, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass() | ast.Global():
                return True
            case ast.Expr():
                return self.harmless(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete():
                # `config["lr"] = 1` is the file's own; `os.environ["X"] = "1"` would reach beyond it
                stored = [n for n in _outer(node) if isinstance(n, ast.Attribute | ast.Subscript)]
                foreign = [n for n in stored if not isinstance(n.ctx, ast.Load) and _root(n) in self.origins]
                return not foreign and self.harmless(node)
            case _:
                return False

    def harmless(self, node: ast.AST) -> bool:
        """Whether evaluating it only computes: no call but those listed above."""
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(node, ast.Lambda):
            return self.harmless(node.args)  # their defaults; the body does not run yet
        if isinstance(node, ast.Call) and not self.harmless_call(node.func):
            return False
        return all(self.harmless(child) for child in ast.iter_child_nodes(node))

    def harmless_call(self, func: ast.expr) -> bool:
        root = _root(func)
        if root in self.origins or (root not in self.names and hasattr(builtins, root)):
            origin = self.origins.get(root, f"builtins.{root}")
            return bool(_HARMLESS_CALLS.fullmatch(origin + ast.unparse(func).removeprefix(root)))
        return isinstance(func, ast.Attribute) and func.attr in _HARMLESS_METHODS


def networks(source: Source) -> list[str]:
    """The names of the whole networks that a file defines, in its order; nothing is called to find them.

    These are its subclasses of `nn.Module`, and its functions that build one: that return a call of such a class, of
    `nn.Sequential` or of another such function, or are annotated to return a module. Left out are

    - modules without a `forward`, and losses (their name says so);
    - what another network of the file uses inside: a class in a class, or an argument in a function;
    - a class or function that needs arguments, where a function returns its call, or a subclass completes it;
    - a function that needs arguments, where the class it builds needs none;
    - functions that train what they build.

    Arguments in FILLED_IN are not needed: whoever builds the network has them from the data.
    """
    from torch import nn

    found = vars(source.module)

    def resolve(node: ast.expr | None) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):  # a quoted annotation
            return found.get(node.value)
        if isinstance(node, ast.Attribute):
            owner = resolve(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, types.ModuleType) else None
        return found.get(node.id) if isinstance(node, ast.Name) else None

    def is_network(thing: Any) -> bool:
        own = isinstance(thing, type) and issubclass(thing, nn.Module)
        return own and (thing is nn.Sequential or not thing.__module__.startswith("torch.nn."))

    defined = {name: node for name, node in source.definitions.items() if callable(found.get(name))}
    classes = {
        name: found[name]
        for name in defined
        if is_network(found[name]) and found[name].__module__ == source.module.__name__
    }
    functions = {name: node for name, node in defined.items() if isinstance(node, ast.FunctionDef)}
    uses = {name: _uses(node) - {name} for name, node in defined.items()}
    builds: dict[str, set[str]] = {}  # function -> the names of what it returns calls of
    before = -1
    while before < len(builds):  # a function that builds by way of another is found a round after that one
        before = len(builds)
        for name, node in functions.items():
            calls = [call for call in _returned(node) if is_network(resolve(call)) or _root(call) in builds]
            annotated = is_network(resolve(node.returns)) or resolve(node.returns) is nn.Module
            if (calls or annotated) and not _trains(node):
                builds[name] = {ast.unparse(call) for call in calls} or uses[name]

    def inherits(name: str, other: str) -> bool:
        return name != other and name in classes and other in classes and issubclass(classes[name], classes[other])

    kept = []
    for name in (name for name in defined if name in classes or name in builds):
        if name in classes and (classes[name].forward is nn.Module.forward or name.endswith("Loss")):
            continue
        if any(
            name in uses[other] and name not in builds.get(other, ()) and not inherits(other, name)
            for other in (*classes, *builds)
        ):
            continue
        if _needs(found[name]):
            completed = any(name in built for built in builds.values()) or any(inherits(c, name) for c in classes)
            plain = any(other in classes and not _needs(classes[other]) for other in builds.get(name, ()))
            if completed or plain:
                continue
        kept.append(name)
    return kept


def _needs(thing: Any) -> bool:
    """Whether it cannot be called without arguments, those of FILLED_IN aside."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return inspect.isabstract(thing) or any(p.default is p.empty and p.name.lower() not in FILLED_IN for p in named)


def _uses(node: ast.stmt) -> set[str]:
    """The names in the body of a class or function and in its arguments' defaults, not in its own annotations."""
    parts: list[ast.AST] = [*node.body] if isinstance(node, _DEFINITIONS) else []
    if isinstance(node, _FUNCTIONS):
        parts += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}


def _returned(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """What a function calls for what it returns, directly or by way of a variable: the `Net` of `Net(3).to(device)`."""
    statements = [*_outer(*node.body)]
    values = [n.value for n in statements if isinstance(n, ast.Return)]
    for value in values:
        while isinstance(value, ast.Call):
            yield value.func
            value = value.func.value if isinstance(value.func, ast.Attribute) else None
        if isinstance(value, ast.Name):
            assigned = [n for n in statements if isinstance(n, ast.Assign | ast.AnnAssign) and value.id in _bound(n)]
            values += [n.value for n in assigned if n.value not in values]


def _trains(node: ast.FunctionDef) -> bool:
    """Whether a function trains: goes backward, fits, or hands something to what is called train."""
    for call in (n for n in _outer(*node.body) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else _root(call.func)
        if name in ("backward", "fit") or (call.args and name.startswith("train")):
            return True
    return False
