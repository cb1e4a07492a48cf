"""Where the program's own code is at this moment, and what it assigns the result to."""

import ast
import linecache
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch

_FOREIGN = tuple(
    str(Path(folder).resolve()) + os.sep
    for folder in (Path(__file__).parents[2], Path(str(torch.__file__)).parent, Path(str(os.__file__)).parent)
)

_BEST = re.compile(r"best|highest|lowest|max|min|record|top", re.IGNORECASE)
_DEEPEST = 8  # calls that tell one series of passes from another


Span = tuple[int, int, int, int]  # line, column, last line, last column


@dataclass(frozen=True)
class Call:
    """A running call of the program.

    Attributes:
        file: its file, as Python names it.
        span: where its text begins and ends: line, column, last line, last column.
    """

    file: str
    span: Span

    def is_at(self, node: ast.expr) -> bool:
        """Say whether an expression is this call.

        Arguments:
            node: an expression of the same file.
        """
        return self.span == (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


class Places:
    """Finds the lines of a program.

    Arguments:
        folder: the program's folder; files below it are named relative to it.
        labels: names of files that are none, such as the cells of a notebook.
    """

    def __init__(self, folder: Path, labels: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.labels = dict(labels or {})
        self._own: dict[str, bool] = {}
        self._names: dict[str, str] = {}  # of files, as a person finds them
        self._trees: dict[str, ast.Module | None] = {}

    def is_own(self, file: str) -> bool:
        """Say whether a file belongs to the program: not to Python, an installed package or DeepStudy.

        Arguments:
            file: the file of the code.

        Returns:
            True if it does.
        """
        own = self._own.get(file)
        if own is None:
            own = file in self.labels or not (
                file.startswith(("<", *_FOREIGN))
                or f"site-packages{os.sep}" in file
                or f"dist-packages{os.sep}" in file
            )
            self._own[file] = own
        return own

    def frame(self) -> FrameType | None:
        """Find the innermost frame of the program's own code; None if there is none."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not self.is_own(frame.f_code.co_filename):
            frame = frame.f_back
        return frame

    def here(self) -> str:
        """Name the line of the program that runs: `train.py:31`; "" if none of its own does."""
        frame = self.frame()
        return self.label(frame.f_code.co_filename, frame.f_lineno) if frame is not None else ""

    def stack(self) -> int:
        """Number the running lines of the program: the same calls at the same lines have the same number."""
        lines: list[tuple[str, int]] = []
        frame = self.frame()
        while frame is not None and len(lines) < _DEEPEST:
            if self.is_own(frame.f_code.co_filename):
                lines.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return hash(tuple(lines))

    def calls(self) -> tuple[Call, ...]:
        """Find the running calls of the program, the innermost first."""
        found: list[Call] = []
        frame = self.frame()
        while frame is not None and len(found) < _DEEPEST:
            if self.is_own(frame.f_code.co_filename) and (span := _span(frame)) is not None:
                found.append(Call(frame.f_code.co_filename, span))
            frame = frame.f_back
        return tuple(found)

    def label(self, file: str, line: int) -> str:
        """Name a line as a person finds it.

        Arguments:
            file: the file as Python names it.
            line: the line, from 1.

        Returns:
            `train.py:31`, `models/net.py:12` or `lab.ipynb cell 4:7`.
        """
        name = self._names.get(file)
        if name is None:
            path = Path(file).resolve()
            shown = path.relative_to(self.folder) if path.is_relative_to(self.folder) else Path(path.name)
            name = self._names[file] = self.labels.get(file, str(shown))
        return f"{name}:{line}"

    def target(self) -> str:
        """Find what the running call is assigned to.

        Returns:
            The variable, attribute or key: `test_loader`, `self.val`, `train`; "" if there is none.
        """
        tree, span = self._running()
        return next((name for name in _targets(tree, span) if name), "") if tree is not None else ""

    def stored(self) -> str:
        """Find the attribute that is being set.

        Returns:
            Its text, `val_set.dataset.transform`; "" if none is.
        """
        tree, span = self._running()
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_inside(span, node):
                return ast.unparse(node)
        return ""

    def _running(self) -> tuple[ast.Module | None, Span]:
        """The running instruction: the tree of its file, and where its text begins and ends."""
        frame = self.frame()
        span = _span(frame) if frame is not None else None
        if frame is None or span is None:
            return None, (0, 0, 0, 0)
        return self.tree(frame.f_code.co_filename), span

    def guard(self) -> str:
        """Find the condition of the innermost `if` around the running line.

        Returns:
            The text of the condition; "" if there is no `if`, or it does not compare anything.
        """
        frame = self.frame()
        if frame is None:
            return ""
        tree = self.tree(frame.f_code.co_filename)
        around = [
            node
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.If) and any(_covers(inner, frame.f_lineno) for inner in node.body)
        ]
        around.sort(key=lambda node: node.lineno)
        compared = [node for node in around if any(isinstance(part, ast.Compare) for part in ast.walk(node.test))]
        return ast.unparse(compared[-1].test) if compared else ""

    def never_set(self, guard: str) -> str:
        """Find a best so far in a condition that the running file never sets to anything but a constant.

        Arguments:
            guard: the condition, as `guard` gives it.

        Returns:
            Its text, `self.best_loss`; "" if the best is set, or the condition compares no best.
        """
        frame = self.frame()
        tree = self.tree(frame.f_code.co_filename) if frame is not None else None
        if tree is None:
            return ""
        for compare in ast.walk(ast.parse(guard, mode="eval")):
            for side in (compare.left, *compare.comparators) if isinstance(compare, ast.Compare) else ():
                name = ast.unparse(side)
                if _BEST.search(name) and isinstance(side, ast.Name | ast.Attribute):
                    values = list(_values_of(tree, name))
                    if values and all(value is not None and _is_constant(value) for value in values):
                        return name
        return ""

    def tree(self, file: str) -> ast.Module | None:
        """Parse a file of the program, once.

        Arguments:
            file: the file as Python names it.

        Returns:
            Its tree; None if it cannot be parsed.
        """
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse("".join(linecache.getlines(file)))
            except (SyntaxError, ValueError, RecursionError):
                self._trees[file] = None
        return self._trees[file]


def _span(frame: FrameType) -> Span | None:
    """Where the text of a frame's running instruction is; None if Python does not say."""
    positions = list(frame.f_code.co_positions())
    place = positions[frame.f_lasti // 2] if frame.f_lasti // 2 < len(positions) else (None,) * 4
    return (place[0], place[2] or 0, place[1] or place[0], place[3] or 0) if place[0] is not None else None


def _values_of(tree: ast.Module, name: str) -> Iterator[ast.expr | None]:
    """What a variable or attribute is set to; None where that is not plain: a loop, a parameter, an import."""
    attribute = name.rpartition(".")[2]
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if ast.unparse(target) == name:
                        yield value
                    elif any(_is_stored(part, name) for part in ast.walk(target)):
                        yield None
            case ast.AnnAssign(target=target, value=value) if ast.unparse(target) == name:
                yield value
            case ast.AugAssign(target=target) | ast.For(target=target) | ast.NamedExpr(target=target):
                if any(_is_stored(part, name) for part in ast.walk(target)):
                    yield None
            case ast.withitem(optional_vars=ast.expr() as target) if ast.unparse(target) == name:
                yield None
            case ast.arg(arg=parameter) if parameter == name:
                yield None
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=text), *_]) if text == attribute:
                yield None
            case ast.Attribute(attr=text, ctx=ast.Store()) if "." in name and text == attribute:
                if ast.unparse(node) != name:
                    yield None  # the same attribute under another name: `trainer.best`


def _is_stored(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) == name


def _is_constant(node: ast.expr) -> bool:
    """Whether a value is the same whenever it is computed: 0, -1.0, float("inf"), np.inf."""
    match node:
        case ast.Constant() | ast.Attribute(attr="inf" | "Inf" | "infty" | "nan"):
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.Call(func=ast.Name(id="float" | "int"), args=[ast.Constant()]):
            return True
    return False


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def is_inside(span: Span, node: ast.AST) -> bool:
    """Say whether an instruction's text lies within a node.

    Arguments:
        span: the place of the instruction.
        node: an expression, statement or keyword.
    """
    if not isinstance(node, ast.expr | ast.stmt | ast.keyword):
        return False
    begin, end = (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return begin <= span[:2] and span[2:] <= end


def _targets(tree: ast.Module, span: Span) -> Iterator[str]:
    """The names for what a call returns, the innermost first."""
    names: list[str] = []
    for node in ast.walk(tree):  # outer nodes come first
        match node:
            case ast.Assign(targets=[target], value=value) if is_inside(span, value):
                names.append(_target_text(target, value, span))
            case ast.AnnAssign(target=target, value=ast.expr() as value) if is_inside(span, value):
                names.append(ast.unparse(target))
            case ast.Dict(keys=keys, values=values):
                names += [
                    str(key.value) if isinstance(key, ast.Constant) else ast.unparse(key)
                    for key, value in zip(keys, values, strict=True)
                    if key is not None and is_inside(span, value)
                ]
            case ast.DictComp(value=value) if is_inside(span, value):
                names.append("")
            case ast.keyword(arg=str() as name, value=value) if is_inside(span, value) and "load" in name:
                names.append(name)
    return reversed(names)


def _target_text(target: ast.expr, value: ast.expr, span: Span) -> str:
    """The target of an assignment; of `a, b = f(), g()`, the one on the call's side."""
    if isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            for name, part in zip(target.elts, value.elts, strict=True):
                if is_inside(span, part):
                    return ast.unparse(name)
        return ""
    return ast.unparse(target)
