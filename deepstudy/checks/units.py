"""A Python file or a notebook as units that can be executed: the whole file, or one cell after the other.

Notebooks hold more than Python. Lines and cells of magic are left out, and each unit lists them.
"""

import ast
import json
import linecache
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from deepstudy.checks.syntax import bound_names
from deepstudy.errors import InputError, one_line

_MAGIC = re.compile(r"\s*[%!?]|\s*[\w.]+\?{1,2}\s*$|\s*[\w, ]+=\s*[%!]")  # a line of IPython, not of Python
_WATCHING_MAGIC = re.compile(
    r"\s*%%(?:time|timeit|capture|prun)\b"
)  # it only measures or captures the rest of its cell
_LONGEST = 80  # characters of a skipped statement that are shown


@dataclass(frozen=True)
class Skipped:
    """A statement that was not executed.

    Attributes:
        where: its file or cell, and its line.
        text: its first line, cut to 80 characters.
        names: the names that it would have bound.
        why: the error; empty if it was skipped on purpose.
    """

    where: str
    text: str
    names: tuple[str, ...]
    why: str = ""


class Unit(NamedTuple):
    """A file or a cell.

    Attributes:
        file: its name in tracebacks.
        label: its name in messages.
        text: its text; lines of magic are replaced.
        tree: its syntax tree.
        skipped: the lines that are not in the tree.
    """

    file: str
    label: str
    text: str
    tree: ast.Module
    skipped: tuple[Skipped, ...] = ()


def read_units(path: Path) -> list[Unit]:
    """Read a file as one unit, or a notebook as a unit for each code cell.

    A cell that is not valid Python is a unit without statements. Cells are counted from 1 among the code cells.

    Arguments:
        path: a `.py` file or an `.ipynb` notebook.

    Returns:
        The units in order.

    Raises:
        InputError: the file does not exist, cannot be read, or is not text, Python or a notebook.
    """
    return _read_cells(path) if path.suffix.lower() == ".ipynb" else [_read_file(path)]


def first_line(text: str) -> str:
    """Shorten a statement for a message.

    Arguments:
        text: the text of a statement.

    Returns:
        At most 80 characters of its first line.
    """
    return text.partition("\n")[0][:_LONGEST]


def _read_file(path: Path) -> Unit:
    text = _read_text(path)
    if path.suffix.lower() != ".py":
        raise InputError(f"{path}: is not a .py file or an .ipynb notebook; check reads only these")
    file = str(path.resolve())
    try:
        try:
            return Unit(file, path.name, text, _parse(text, file))
        except SyntaxError:  # a notebook that was saved as a script has its lines of magic still
            python, magic = _replace_magic(path.name, text.split("\n"))
            if not magic:
                raise
            return Unit(file, path.name, python, _parse(python, file), tuple(magic))
    except SyntaxError as error:
        raise InputError(f"{path}:{error.lineno or 1}: not valid Python: {error.msg}; fix this line") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{path}: not valid Python: {one_line(error)}; fix the file") from None


def _read_text(path: Path) -> str:
    try:
        if path.suffix.lower() == ".ipynb":
            return path.read_text("utf-8-sig")
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the path and its permissions") from None
    except (SyntaxError, UnicodeError):
        hint = "save it as UTF-8, or name the encoding in its first line (`# coding: latin-1`)"
        raise InputError(f"{path}: is not a text file in UTF-8 or in the encoding that it names; {hint}") from None


def _parse(text: str, file: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings about a "\d" in the user's strings do not matter here
        tree = ast.parse(text, file)
        compile(
            tree, file, "exec", dont_inherit=True
        )  # finds errors that the grammar allows: `return`, `await` outside functions
        return tree


def _read_cells(path: Path) -> list[Unit]:
    try:
        cells = [cell["source"] for cell in json.loads(_read_text(path))["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(cell).replace("\r\n", "\n") for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path}: is not a notebook in format 4; open it in Jupyter and save it again") from None
    return [_read_cell(f"{path.name} cell {number}", text) for number, text in enumerate(texts, start=1)]


def _read_cell(name: str, text: str) -> Unit:
    lines = text.split("\n")
    # `inspect` and tracebacks find the lines of a cell here. Without a time they never look for a file on disk.
    linecache.cache[name] = (len(text), None, [line + "\n" for line in lines], name)
    nothing = ast.Module([], [])
    if _WATCHING_MAGIC.match(text):
        lines[next(number for number, line in enumerate(lines) if line.strip())] = ""
        text = "\n".join(lines)
    if text.lstrip().startswith("%%"):
        rest = text.lstrip().partition("\n")[2]
        return Unit(name, name, text, nothing, (_skip_line(name, lines, 1, rest, "a magic cell is not Python"),))
    magic: list[Skipped] = []
    try:
        try:
            tree = _parse(text, name)
        except SyntaxError:  # look for magic only now: a valid line of Python may begin with % too
            text, magic = _replace_magic(name, lines)
            tree = _parse(text, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        bad = error.lineno if isinstance(error, SyntaxError) else None
        return Unit(name, name, text, nothing, (*magic, _skip_line(name, lines, bad or 1, "", one_line(error))))
    return Unit(name, name, text, tree, tuple(magic))


def _replace_magic(name: str, lines: list[str]) -> tuple[str, list[Skipped]]:
    """The cell with `pass` instead of magic, so that lines keep their numbers; and the magic."""
    python: list[str] = []
    magic: list[Skipped] = []
    continued = False
    for number, line in enumerate(lines, start=1):
        if continued:
            python.append("")
        elif line.startswith("from __future__ ") and any(each.strip() for each in python):
            magic.append(_skip_line(name, lines, number, "", "it must be the first statement"))
            python.append("pass")
        elif _MAGIC.match(line):
            assigned = line.partition("=")[0] + "= 0"
            magic.append(_skip_line(name, lines, number, assigned, "magic is not Python"))
            python.append(line[: len(line) - len(line.lstrip())] + "pass")
        else:
            python.append(line)
        continued = (continued or python[-1] != line) and line.rstrip().endswith("\\")
    return "\n".join(python), magic


def _skip_line(name: str, lines: list[str], line: int, binding: str, why: str) -> Skipped:
    """A skipped line; `binding` is Python that binds the same names as the line would have bound."""
    text = first_line("".join(lines[line - 1 : line]).strip())
    try:
        names = bound_names(_parse(binding, ""))
    except (SyntaxError, ValueError):
        names = ()
    return Skipped(f"{name}:{line}", text, names, why)
