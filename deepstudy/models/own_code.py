"""Networks in files and modules that are not part of DeepStudy: how they are imported, and their errors explained.

Importing them executes their code. Its folder is searched last, so that no file beside it hides a module of Python.
"""

import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from modulefinder import ModuleFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from deepstudy.catalog import is_built_in
from deepstudy.errors import InputError, one_line


def import_own(name: str, folder: Path) -> Any:
    """Import a network that is not part of DeepStudy.

    Arguments:
        name: `file.py:Name` or `package.module:Name`.
        folder: the folder that `file.py` is relative to. A module is also found there, and in the working folder.

    Returns:
        The class or function called `Name`.

    Raises:
        InputError: if there is no such file, module or name, or importing it fails.
    """
    where, _, attribute = name.rpartition(":")
    if not where.strip(".") or not attribute:
        raise InputError(f"model {name}: is not a network; write file.py:Name or package.module:Name")
    with translate_errors(f"model {name}: importing {where} fails"):
        if where.endswith(".py"):
            path = (folder / where).resolve()
            if not path.is_file():
                raise InputError(f"model {name}: no such file: {path}; check the path")
            _search_last(path.parent)
            spec = importlib.util.spec_from_file_location(f"deepstudy_own_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
        else:
            _search_last(folder.resolve(), Path.cwd())
            module = importlib.import_module(where)
    if not hasattr(module, attribute):
        raise InputError(f"model {name}: {where} has no {attribute}{_hint_at_network(attribute, module)}")
    return getattr(module, attribute)


def _hint_at_network(attribute: str, module: ModuleType) -> str:
    """The network of a module that was meant, or the networks that it defines."""
    package = f"{module.__name__}."
    own = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) or inspect.isfunction(value)
        if not key.startswith("_") and f"{value.__module__}.".startswith(package)
    }
    networks = [key for key, value in own.items() if inspect.isclass(value) and issubclass(value, nn.Module)]
    if near := get_close_matches(attribute, [*networks, *own], n=1):
        return f"; did you mean {near[0]}?"
    if not networks:
        return "; it defines no nn.Module class"
    return f"; its nn.Module {'class is' if len(networks) == 1 else 'classes are'} {', '.join(networks)}"


def source_files(name: str, folder: Path = Path()) -> list[Path]:
    """Find the files that define a network that is not part of DeepStudy.

    Arguments:
        name: its name, as in `build`.
        folder: the folder that it is relative to.

    Returns:
        Its own file, and those that a `file.py` imports from beside it. Empty for a built-in network, and if there is
        no such file.
    """
    where = name.rpartition(":")[0]
    if where.endswith(".py"):
        return _with_imported(folder / where) if (folder / where).is_file() else []
    if is_built_in(name) or not where:
        return []
    _search_last(folder.resolve(), Path.cwd())
    try:
        spec = importlib.util.find_spec(where)
    except (Exception, SystemExit):  # raised by a package around it, which is executed; `build` reports it
        spec = None
    return [Path(spec.origin)] if spec and spec.origin and Path(spec.origin).is_file() else []


@contextlib.contextmanager
def translate_errors(
    what: str, passes_through: Callable[[BaseException], bool] = lambda error: False
) -> Iterator[None]:
    """Turn errors of code that is not part of DeepStudy into an InputError of one line.

    Arguments:
        what: what the line begins with; the error and its place follow.
        passes_through: whether an error is raised unchanged.

    Returns:
        The context.

    Raises:
        InputError: instead of any other error.
    """
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        if passes_through(error):
            raise
        raise InputError(f"{what}: {describe_error(error)}") from error


def describe_error(error: BaseException) -> str:
    """Describe an error in code that is not part of DeepStudy.

    Arguments:
        error: the error.

    Returns:
        One line, with the place where it was raised: `ValueError: too narrow (net.py:8)`.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{one_line(error)}{where}"


def _with_imported(path: Path) -> list[Path]:
    finder = ModuleFinder([str(path.parent)])
    with contextlib.suppress(SyntaxError, ValueError):  # not text, or not Python; `build` reports it
        finder.run_script(str(path))
    imported = {Path(file) for module in finder.modules.values() if (file := getattr(module, "__file__", None))}
    return [path, *sorted(imported - {path})]


_searched: list[str] = []  # folders that the last network added to the path


def _search_last(*folders: Path) -> None:
    """Make Python search `folders` for modules after all others: a random.py there must not hide Python's module.

    The folders of the previous network are no longer searched, and their modules are dropped. So each network may have
    its own helper.py.
    """
    wanted = [str(folder) for folder in folders]
    for old in [folder for folder in _searched if folder not in wanted]:
        _searched.remove(old)
        with contextlib.suppress(ValueError):  # other code removed it
            sys.path.remove(old)
        beside = set()
        for name, module in sys.modules.items():
            file = getattr(module, "__file__", None)
            if file in (os.path.join(old, f"{name}.py"), os.path.join(old, name, "__init__.py")):
                beside.add(name)
        for name in [name for name in sys.modules if name.partition(".")[0] in beside]:
            del sys.modules[name]
    for folder in wanted:
        if folder not in sys.path:
            sys.path.append(folder)
            _searched.append(folder)
