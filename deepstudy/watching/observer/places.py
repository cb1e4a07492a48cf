"""Where the program's own code is at this moment, and what it assigns the result to."""

import ast
import linecache
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

import torch

_FOREIGN = tuple(
    str(Path(folder).resolve()) + os.sep
    for folder in (Path(__file__).parents[2], Path(str(torch.__file__)).parent, Path(str(os.__file__)).parent)
)

_DEEPEST = 8  # calls that tell one series of passes from another


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
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _inside(span, node):
                return ast.unparse(node)
        return ""

    def _running(self) -> tuple[ast.Module | None, tuple[int, int, int, int]]:
        """The running instruction: the tree of its file, and its line, column, last line and last column."""
        frame = self.frame()
        if frame is None:
            return None, (0, 0, 0, 0)
        positions = list(frame.f_code.co_positions())
        place = positions[frame.f_lasti // 2] if frame.f_lasti // 2 < len(positions) else (None,) * 4
        if place[0] is None:
            return None, (0, 0, 0, 0)
        return self._tree(frame.f_code.co_filename), (place[0], place[2] or 0, place[1] or place[0], place[3] or 0)

    def guard(self) -> str:
        """Find the condition of the innermost `if` around the running line.

        Returns:
            The text of the condition; "" if there is no `if`, or it does not compare anything.
        """
        frame = self.frame()
        if frame is None:
            return ""
        tree = self._tree(frame.f_code.co_filename)
        around = [
            node
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.If) and any(_covers(inner, frame.f_lineno) for inner in node.body)
        ]
        around.sort(key=lambda node: node.lineno)
        compared = [node for node in around if any(isinstance(part, ast.Compare) for part in ast.walk(node.test))]
        return ast.unparse(compared[-1].test) if compared else ""

    def _tree(self, file: str) -> ast.Module | None:
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse("".join(linecache.getlines(file)))
            except (SyntaxError, ValueError, RecursionError):
                self._trees[file] = None
        return self._trees[file]


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _inside(span: tuple[int, int, int, int], node: ast.AST) -> bool:
    """Whether a call at (line, column, last line, last column) lies within a node."""
    if not isinstance(node, ast.expr | ast.stmt | ast.keyword):
        return False
    begin, end = (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return begin <= span[:2] and span[2:] <= end


def _targets(tree: ast.Module, span: tuple[int, int, int, int]) -> Iterator[str]:
    """The names for what a call returns, the innermost first."""
    names: list[str] = []
    for node in ast.walk(tree):  # outer nodes come first
        match node:
            case ast.Assign(targets=[target], value=value) if _inside(span, value):
                names.append(_target_text(target, value, span))
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _inside(span, value):
                names.append(ast.unparse(target))
            case ast.Dict(keys=keys, values=values):
                names += [
                    str(key.value) if isinstance(key, ast.Constant) else ast.unparse(key)
                    for key, value in zip(keys, values, strict=True)
                    if key is not None and _inside(span, value)
                ]
            case ast.DictComp(value=value) if _inside(span, value):
                names.append("")
            case ast.keyword(arg=str() as name, value=value) if _inside(span, value) and "load" in name:
                names.append(name)
    return reversed(names)


def _target_text(target: ast.expr, value: ast.expr, span: tuple[int, int, int, int]) -> str:
    """The target of an assignment; of `a, b = f(), g()`, the one on the call's side."""
    if isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            for name, part in zip(target.elts, value.elts, strict=True):
                if _inside(span, part):
                    return ast.unparse(name)
        return ""
    return ast.unparse(target)
