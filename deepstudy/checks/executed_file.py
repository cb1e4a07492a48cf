"""A file that was executed: its module, what was skipped, and what it says about its networks."""

import ast
import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepstudy.checks.units import Skipped
from deepstudy.errors import one_line


@dataclass(frozen=True)
class BuildCall:
    """A call in a file that builds a module.

    Attributes:
        callee: the class or function.
        arguments: the positional arguments; None for one that is not known.
        options: the named arguments.
        unknown: by position or name of an argument: why it is not known.
        where: its file or cell, and its line.
        text: the call.
    """

    callee: Any
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    unknown: dict[int | str, str]
    where: str
    text: str


@dataclass(frozen=True)
class GivenInput:
    """What a file gives to a module.

    Attributes:
        network: the module, or a class of modules.
        shape: the shape of one input, without the batch.
        batch: how many inputs the batch has; 0 if this is not known.
        where: the file or cell, and the line.
    """

    network: Any
    shape: tuple[int, ...]
    batch: int
    where: str


@dataclass(frozen=True)
class Variable:
    """A name that holds a module.

    Attributes:
        name: the name; `main.net` in the function `main`, `self.net` in a class.
        module: the module.
        where: the file or cell, and the line.
        made_by: the function or class of the file whose call made it; None if it is an expression of torch.
    """

    name: str
    module: Any
    where: str
    made_by: Any


@dataclass(frozen=True)
class Replaced:
    """A class that a later definition of the same name replaced.

    Attributes:
        name: its name.
        value: the class.
        node: its definition.
        where: its file or cell, and its line.
    """

    name: str
    value: Any
    node: ast.stmt
    where: str


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
        replaced: classes that a later definition of the same name replaced, such as in a later cell.
        calls: where the file builds modules, and with what.
        inputs: what the file gives to its modules.
        variables: the modules that names of the file hold; `main.net` is the `net` of the function `main`.
        changed: the identities of modules that the file changed after it had built them.
        trained: the identities of modules whose parameters the file asks for.
        parts: the identities of classes and functions whose results the file gives to other modules.
        values: the function or class of each definition, by name.
        bound: all names that its statements bind, executed or not.
        transforms: the transforms of images that the file makes, and where.
        places: where classes are defined, by the identity of their definition.
        broken: the classes of modules whose body raises an error of their own: where, and which.
    """

    path: Path
    module: types.ModuleType
    skipped: list[Skipped] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, ast.stmt] = field(default_factory=dict, repr=False)
    labels: dict[str, str] = field(default_factory=dict, repr=False)
    replaced: list[Replaced] = field(default_factory=list, repr=False)
    calls: list[BuildCall] = field(default_factory=list, repr=False)
    inputs: list[GivenInput] = field(default_factory=list, repr=False)
    variables: list[Variable] = field(default_factory=list, repr=False)
    changed: set[int] = field(default_factory=set, repr=False)
    trained: set[int] = field(default_factory=set, repr=False)
    parts: set[int] = field(default_factory=set, repr=False)
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    bound: set[str] = field(default_factory=set, repr=False)
    transforms: list[tuple[Any, str]] = field(default_factory=list, repr=False)
    places: dict[int, str] = field(default_factory=dict, repr=False)
    broken: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

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
