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

from deepstudy.catalog import MODELS
from deepstudy.errors import InputError, did_you_mean


def build(
    name: str, options: Mapping[str, Any], shape: tuple[int, int, int], classes: int, folder: Path = Path()
) -> nn.Module:
    """Build a network. Its initial weights are drawn from torch's global generator.

    Arguments:
        name: a built-in name, `file.py:Name` or `package.module:Name`. The last two are a class or a function that
            returns an `nn.Module`.
        options: the keyword arguments that it is called with.
        shape: channels, height and width of its images.
        classes: how many classes there are.
        folder: where `file.py` is looked up from. A module is also found there, and in the working folder.

    Returns:
        The network.

    Raises:
        InputError: if there is no such network, or it does not take the options or such images.
    """
    if name in MODELS:
        ours = MODELS[name]
        if shape[1:] != ours.input[1:] and not 0 < ours.smallest <= min(shape[1:]):
            size, wanted = (f"{h}x{w}" for h, w in (shape[1:], ours.input[1:]))
            least = f"images of {ours.smallest} pixels or more" if ours.smallest else f"{wanted} images"
            raise InputError(f"model {name} takes {least}, but the data has {size}; choose another of either")
        arguments = {**ours.implied(name), **options, "channels": shape[0], "classes": classes}
        model: nn.Module = ours.import_target()(**arguments)
        return model
    factory = _import_own(name, folder)
    try:
        model = factory(**options)
    except (Exception, SystemExit) as error:
        raise InputError(f"model {name}: {describe_error(error)}; its options here: {dict(options)}") from error
    if not isinstance(model, nn.Module):
        raise InputError(f"model {name} gives a {type(model).__name__}, not an nn.Module")
    initialize_lazy_layers(name, model, shape)
    return model


def initialize_lazy_layers(name: str, model: nn.Module, shape: tuple[int, ...]) -> None:
    """Show the network an image of zeros, from which layers such as `nn.LazyLinear` learn their sizes.

    Arguments:
        name: the name of the network, for messages.
        model: the network.
        shape: channels, height and width of the image.

    Raises:
        InputError: if it cannot take such an image, or a layer does not learn its size.
    """
    if not _lazy(model):
        return
    training = model.training
    with translate_errors(f"model {name} cannot take one image of {'x'.join(map(str, shape))}"), torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    model.train(training)
    if lazy := _lazy(model):
        raise InputError(f"model {name}: no image comes to {lazy[0]} in eval mode, so say its size in the code")


def _lazy(model: nn.Module) -> list[str]:
    """The parameters and buffers that have no size yet."""
    return [key for key, value in itertools.chain(model.named_parameters(), model.named_buffers()) if is_lazy(value)]


@contextlib.contextmanager
def translate_errors(what: str, is_ours: Callable[[BaseException], bool] = lambda error: False) -> Iterator[None]:
    """Turn errors of somebody else's code, run in this context, into an InputError in one line.

    Arguments:
        what: what the line begins with; the error and its place follow.
        is_ours: tells which errors go on as they are.

    Raises:
        InputError: in place of any other error.
    """
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        if is_ours(error):
            raise
        raise InputError(f"{what}: {describe_error(error)}") from error


def source_files(name: str, folder: Path = Path()) -> list[Path]:
    """Find the files that define a network that is not ours.

    Arguments:
        name: its name, as in `build`.
        folder: where it is looked up from.

    Returns:
        Its own file, and those that a `file.py` imports from beside it. Empty for a built-in network, and if there is
        no such file.
    """
    where = name.rpartition(":")[0]
    if where.endswith(".py"):
        return _with_imported(folder / where) if (folder / where).is_file() else []
    if name in MODELS or not where:
        return []
    _search_last(folder.resolve(), Path.cwd())
    try:
        spec = importlib.util.find_spec(where)
    except (Exception, SystemExit):  # of a package around it, which is executed; `build` reports it
        spec = None
    return [Path(spec.origin)] if spec and spec.origin and Path(spec.origin).is_file() else []


def _with_imported(path: Path) -> list[Path]:
    finder = ModuleFinder([str(path.parent)])
    with contextlib.suppress(SyntaxError, ValueError):  # no text, or no Python; `build` reports it
        finder.run_script(str(path))
    imported = {Path(file) for module in finder.modules.values() if (file := getattr(module, "__file__", None))}
    return [path, *sorted(imported - {path})]


def describe_error(error: BaseException) -> str:
    """Describe an error in somebody else's code.

    Arguments:
        error: the error.

    Returns:
        One line, with the place where it was raised.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{where}"


def _import_own(name: str, folder: Path) -> Any:
    where, _, attribute = name.rpartition(":")
    if not where.strip(".") or not attribute:
        raise InputError(f"model {name}: write file.py:Name or package.module:Name")
    try:
        if where.endswith(".py"):
            path = (folder / where).resolve()
            if not path.is_file():
                raise InputError(f"model {name}: there is no file {path}")
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
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"model {name}: importing {where} fails: {describe_error(error)}") from error
    if not hasattr(module, attribute):
        raise InputError(f"model {name}: {where} has no {attribute}{did_you_mean(attribute, list(vars(module)))}")
    return getattr(module, attribute)


_searched: list[str] = []  # the folders of the last network that are on the path because of it


def _search_last(*folders: Path) -> None:
    """Have Python search `folders` for modules, after all others: a random.py there must not hide Python's own.

    The folders of the network before are no longer searched, and their modules are forgotten: this network may have a
    helper.py of its own.
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
