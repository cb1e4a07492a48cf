"""The networks: one paper, one file. `build` makes one from its name."""

import contextlib
import importlib
import importlib.util
import itertools
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from deepstudy import catalog
from deepstudy.catalog import did_you_mean
from deepstudy.errors import InputError


def build(
    name: str, options: Mapping[str, Any], shape: tuple[int, int, int], classes: int, folder: Path = Path()
) -> nn.Module:
    """The network `name` for images of `shape` (channels, height, width) and so many classes.

    A built-in name, or `file.py:Name` (looked up from `folder`) or `package.module:Name` (also found in `folder` and in
    the working folder): a class or a function that returns an `nn.Module`, called with `options`. Building draws the
    initial weights from torch's global generator.
    Raises InputError if there is no such thing or it does not accept the options.
    """
    if name in catalog.MODELS:
        entry = catalog.MODELS[name]
        if shape[1:] != entry.input[1:] and not 0 < entry.smallest <= min(shape[1:]):
            size, wanted = (f"{h}x{w}" for h, w in (shape[1:], entry.input[1:]))
            least = f"images of {entry.smallest} pixels or more" if entry.smallest else f"{wanted} images"
            raise InputError(f"model {name} takes {least}, but the data has {size}; choose another of either")
        arguments = {**entry.given, **options, "channels": shape[0], "classes": classes}
        model: nn.Module = catalog.resolve(entry.target)(**arguments)
        return model
    factory = _own(name, folder)
    try:
        model = factory(**options)
    except (Exception, SystemExit) as error:
        raise InputError(f"model {name}: {what_went_wrong(error)}; its options here: {dict(options)}") from error
    if not isinstance(model, nn.Module):
        raise InputError(f"model {name} gives a {type(model).__name__}, not an nn.Module")
    know_sizes(name, model, shape)
    return model


def know_sizes(name: str, model: nn.Module, shape: tuple[int, ...]) -> None:
    """Show the network an image of zeros, from which layers such as `nn.LazyLinear` learn their sizes."""
    if not _lazy(model):
        return
    training = model.training
    with telling(f"model {name} cannot take one image of {'x'.join(map(str, shape))}"), torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    model.train(training)
    if lazy := _lazy(model):
        raise InputError(f"model {name}: no image comes to {lazy[0]} in eval mode, so say its size in the code")


def _lazy(model: nn.Module) -> list[str]:
    """The parameters and buffers that have no size yet."""
    return [key for key, value in itertools.chain(model.named_parameters(), model.named_buffers()) if is_lazy(value)]


@contextlib.contextmanager
def telling(what: str, spared: Callable[[BaseException], bool] = lambda error: False) -> Iterator[None]:
    """Somebody else's code runs: an error in it becomes an InputError in one line, `what` and what went wrong where.

    Errors that are `spared` go on as they are.
    """
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        if spared(error):
            raise
        raise InputError(f"{what}: {what_went_wrong(error)}") from error


def sources_of(name: str, folder: Path = Path()) -> list[Path]:
    """The files that define a network that is not ours: its own, and those that a `file.py` imports from beside it.

    None for a built-in one, or where there is no such file.
    """
    where = name.rpartition(":")[0]
    if where.endswith(".py"):
        return _with_imported(folder / where) if (folder / where).is_file() else []
    if name in catalog.MODELS or not where:
        return []
    _find_last(folder.resolve(), Path.cwd())
    try:
        spec = importlib.util.find_spec(where)
    except (Exception, SystemExit):  # of a package around it, which is executed: told where it is imported
        spec = None
    return [Path(spec.origin)] if spec and spec.origin and Path(spec.origin).is_file() else []


def _with_imported(path: Path) -> list[Path]:
    finder = ModuleFinder([str(path.parent)])
    with contextlib.suppress(SyntaxError, ValueError):  # no text, or no Python: told where it is imported
        finder.run_script(str(path))
    imported = {Path(file) for module in finder.modules.values() if (file := getattr(module, "__file__", None))}
    return [path, *sorted(imported - {path})]


def what_went_wrong(error: BaseException) -> str:
    """An error in somebody else's code in one line, with the last place it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{where}"


def _own(name: str, folder: Path) -> Any:
    where, _, attribute = name.rpartition(":")
    if not where.strip(".") or not attribute:
        raise InputError(f"model {name}: write file.py:Name or package.module:Name")
    try:
        if where.endswith(".py"):
            path = (folder / where).resolve()
            if not path.is_file():
                raise InputError(f"model {name}: there is no file {path}")
            _find_last(path.parent)
            spec = importlib.util.spec_from_file_location(f"deepstudy_own_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
        else:
            _find_last(folder.resolve(), Path.cwd())
            module = importlib.import_module(where)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"model {name}: importing {where} fails: {what_went_wrong(error)}") from error
    if not hasattr(module, attribute):
        raise InputError(f"model {name}: {where} has no {attribute}{did_you_mean(attribute, list(vars(module)))}")
    return getattr(module, attribute)


_searched: list[str] = []  # the folders of the last network that are on the path because of it


def _find_last(*folders: Path) -> None:
    """Have modules in `folders` found, after all others: a random.py there must not take the place of Python's own.

    Another network's folders are no longer searched, and its modules forgotten: it may have a helper.py of its own.
    """
    wanted = [str(folder) for folder in folders]
    for old in [folder for folder in _searched if folder not in wanted]:
        _searched.remove(old)
        with contextlib.suppress(ValueError):  # somebody else took it away
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
