"""The networks: one paper, one file. `build` makes one from its name.

lenet5.py, lenet_1x1.py, small_cnn.py, vgg.py, googlenet.py, resnet.py, resnet50_late.py, fast_cnn.py   the networks
layers.py     blocks that several networks share
own_code.py   networks in files and modules that are not part of DeepStudy
"""

import inspect
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from deepstudy.catalog import MODELS, is_built_in
from deepstudy.errors import InputError
from deepstudy.models.own_code import describe_error, import_own, source_files, translate_errors

__all__ = ["build", "check_size", "describe_error", "initialize_lazy_layers", "source_files", "translate_errors"]


def build(
    name: str, options: Mapping[str, Any], shape: tuple[int, int, int], classes: int, folder: Path = Path()
) -> nn.Module:
    """Build a network. Its initial weights are drawn from torch's global generator.

    Arguments:
        name: a built-in name, `file.py:Name` or `package.module:Name`. The last two name a class or a
            function that returns an `nn.Module`.
        options: the keyword arguments that it is called with.
        shape: channels, height and width of its images.
        classes: how many classes there are.
        folder: the folder that `file.py` is relative to. A module is also found there, and in the working folder.

    Returns:
        The network.

    Raises:
        InputError: if there is no such network, or it does not take the options or such images.
    """
    if is_built_in(name):
        return _build_built_in(name, options, shape, classes)
    factory = import_own(name, folder)
    try:
        model = factory(**options)
    except (Exception, SystemExit) as error:
        given = f"; it was called with {dict(options)}" if options else ""
        if needed := _missing_arguments(factory, options):
            values = ", ".join(f"{argument}: VALUE" for argument in needed)
            plural = "s" if len(needed) > 1 else ""
            how = f"write model: {{name: {name}, {values}}}, or add --set model.{needed[0]}=VALUE"
            raise InputError(f"model {name} needs the argument{plural} {', '.join(needed)}{given}; {how}") from error
        raise InputError(f"model {name}: {describe_error(error)}{given}") from error
    if not isinstance(model, nn.Module):
        kind = type(model).__name__
        raise InputError(f"model {name} returns a value of type {kind}, not an nn.Module; name a network")
    initialize_lazy_layers(name, model, shape)
    return model


def _missing_arguments(factory: Callable[..., Any], options: Mapping[str, Any]) -> list[str]:
    """The arguments without a default that a class or function was not given."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    needed = [each.name for each in parameters if each.kind in kinds and each.default is each.empty]
    return [name for name in needed if name not in options]


def initialize_lazy_layers(name: str, model: nn.Module, shape: tuple[int, ...]) -> None:
    """Run the network on an image of zeros, so that layers such as `nn.LazyLinear` get their sizes.

    Arguments:
        name: the name of the network, for messages.
        model: the network.
        shape: channels, height and width of the image.

    Raises:
        InputError: if it cannot take such an image, or a layer does not get its size.
    """
    if not _lazy(model):
        return
    training = model.training
    with translate_errors(f"model {name} cannot take one image of {'x'.join(map(str, shape))}"), torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    model.train(training)
    if lazy := _lazy(model):
        raise InputError(
            f"model {name}: layer {lazy[0]} is not used in eval mode, so its size is unknown; set the size in the code"
        )


def check_size(name: str, shape: tuple[int, ...]) -> None:
    """Refuse a built-in network for images of a size that it cannot take.

    Arguments:
        name: the name of the network.
        shape: channels, height and width of an image.

    Raises:
        InputError: the images have another size than the network needs, or are smaller.
    """
    entry = MODELS[name]
    if shape[1:] != entry.input[1:] and not 0 < entry.smallest <= min(shape[1:]):
        size, wanted = (f"{h}x{w}" for h, w in (shape[1:], entry.input[1:]))
        needs = f"images of at least {entry.smallest} pixels" if entry.smallest else f"{wanted} images"
        ways = "choose another model or data set, or scale a folder of images with data.size"
        raise InputError(f"model {name} needs {needs}, but the data has {size}; {ways}")


def _build_built_in(name: str, options: Mapping[str, Any], shape: tuple[int, int, int], classes: int) -> nn.Module:
    check_size(name, shape)
    entry = MODELS[name]
    arguments = {**entry.implied(name), **options, "channels": shape[0], "classes": classes}
    model: nn.Module = entry.import_target()(**arguments)
    return model


def _lazy(model: nn.Module) -> list[str]:
    """The parameters and buffers that have no size yet."""
    return [key for key, value in itertools.chain(model.named_parameters(), model.named_buffers()) if is_lazy(value)]
