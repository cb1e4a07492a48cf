"""The probe of a network that is given by name: a built-in one, or one of a file, a notebook or a package.

This runs the code of a user, so it must be called in a child process: see named.py.
"""

import copy
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepstudy import catalog
from deepstudy.checks.execution import execute_file
from deepstudy.errors import InputError, did_you_mean, one_line

if TYPE_CHECKING:  # an error about a name need not wait for torch
    from deepstudy.checks.probe import Probe

FILES = (".py", ".ipynb")
IMPORT, MAKE = "import", "make"  # the stages before the rules


@dataclass(frozen=True)
class CheckRequest:
    """A network to check, by name.

    Attributes:
        model: a built-in name, `file.py:Name`, `notebook.ipynb:Name` or `package.module:Name`.
        arguments: the arguments of its constructor.
        input: the shape of one input, without the batch; None for a guess.
        classes: how many outputs it should have; None for any number.
        whole_file: whether to execute its whole file.
    """

    model: str
    arguments: Mapping[str, Any]
    input: tuple[int, ...] | None = None
    classes: int | None = None
    whole_file: bool = False


def make_probe(request: CheckRequest, on_stage: Callable[[str], None]) -> "Probe":
    """Build a network, and guess what the request leaves open.

    Arguments:
        request: the network.
        on_stage: is called with `make` after the import of the network's code, before its constructor.

    Returns:
        The network, ready for the rules.

    Raises:
        InputError: there is no such network, it cannot be built, or its input cannot be guessed.
    """
    if request.model in catalog.MODELS:
        return _built_in(request)
    factory, explain = _factory(request)
    from torch import nn

    from deepstudy.checks.probe import Probe, guess_shape
    from deepstudy.models import initialize_lazy_layers

    if isinstance(factory, nn.Module):
        make: Callable[[], nn.Module] = partial(copy.deepcopy, factory)
    else:
        on_stage(MAKE)
        make = _maker(request, factory, explain)
    notes: list[str] = []
    shape = request.input
    if shape is None:
        try:
            shape = guess_shape(make)
        except InputError as error:
            raise InputError(f"{request.model}: {error}") from None
        size = ",".join(map(str, shape))
        notes.append(f"input {size} is a guess from the first layer; if it is wrong, write --input C,H,W")

    def make_sized() -> nn.Module:
        network = make()
        initialize_lazy_layers(request.model, network, shape)
        return network

    is_live = isinstance(factory, nn.Module)
    return Probe(request.model, make_sized, shape, request.classes, is_live=is_live, notes=notes)


def _maker(request: CheckRequest, factory: Any, explain: Callable[[BaseException], str]) -> Callable[[], Any]:
    """A function that calls a factory with its arguments. The factory is called once here, to find wrong arguments."""
    from torch import nn

    arguments = _filled_in(request, factory)
    try:
        network = factory(**arguments)
    except Exception as error:
        given = f"; its arguments: {arguments}" if arguments else "; pass arguments with --arg KEY=VALUE"
        raise InputError(f"{request.model}: cannot be built: {explain(error)}{given}") from error
    if not isinstance(network, nn.Module):
        raise InputError(f"{request.model}: returns {type(network).__name__}, not an nn.Module")
    return lambda: factory(**arguments)


def _built_in(request: CheckRequest) -> "Probe":
    from deepstudy import models
    from deepstudy.checks.probe import Probe

    entry = catalog.MODELS[request.model]
    images, classes = request.input or entry.input, request.classes or 10
    if len(images) != 3:
        raise InputError(f"model {request.model} takes images; write --input C,H,W")
    size = (images[0], images[1], images[2])
    return Probe(
        request.model,
        lambda: models.build(request.model, request.arguments, size, classes),
        size,
        classes,
        entry.outputs,
    )


def _factory(request: CheckRequest) -> tuple[Any, Callable[[BaseException], str]]:
    """The callable that builds the network, and a function that explains errors in its code."""
    where, _, name = request.model.rpartition(":")
    if where.endswith(FILES):
        return _factory_of_file(request, where, name)
    sys.path.insert(0, os.getcwd())  # where `python -m` finds packages too
    try:
        factory: Any = importlib.import_module(where)
        for part in name.split("."):
            factory = getattr(factory, part)
    except Exception as error:
        raise InputError(f"{request.model}: {one_line(error)}") from error
    return factory, one_line


def _factory_of_file(request: CheckRequest, path: str, name: str) -> tuple[Any, Callable[[BaseException], str]]:
    file = execute_file(Path(path), request.whole_file)
    if hasattr(file.module, name):
        return getattr(file.module, name), file.explain
    if why := file.why_absent(name):
        raise InputError(f"{request.model}: {path} has no {name} ({why})")
    from deepstudy.checks.networks import find_networks

    raise InputError(f"{request.model}: {path} has no {name}{did_you_mean(name, find_networks(file))}")


def _filled_in(request: CheckRequest, factory: Any) -> dict[str, Any]:
    """The given arguments, and classes and channels if the factory has parameters with usual names for them."""
    from deepstudy.checks.networks import FILLED_IN

    arguments = dict(request.arguments)
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return arguments
    for parameter in parameters:
        name = parameter.name
        if name in arguments or name.lower() not in FILLED_IN or parameter.kind is parameter.VAR_KEYWORD:
            continue
        required = parameter.default is parameter.empty
        if "channels" in name.lower():
            if required:
                arguments[name] = request.input[0] if request.input else 3
        elif required or request.classes is not None:
            arguments[name] = request.classes or 10
    return arguments
