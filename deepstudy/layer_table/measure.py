"""Layer tables of networks, from one forward pass: hooks note what each layer returns."""

from collections.abc import Callable, Iterator, Set
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from deepstudy import models
from deepstudy.catalog import Choice, is_built_in
from deepstudy.layer_table.table import Layer, LayerTable, StageShapes
from deepstudy.models import translate_errors

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def count_layers(name: str, model: nn.Module, shape: tuple[int, int, int]) -> LayerTable:
    """Count the layers of a network for one image.

    There is a row for each call of a module that has no children or has parameters of its own. Parameters of a module
    that is called several times count once. Parameters of modules that are not called, such as heads for training
    only, come last: one row for each part of the network.

    Arguments:
        name: the name of the network.
        model: the network.
        shape: channels, height and width of the image.

    Returns:
        The layer table.

    Raises:
        InputError: if the network does not take such an image.
    """
    layers: list[Layer] = []
    stages: list[StageShapes] = []
    counted: set[int] = set()

    def on_layer(label: str, module: nn.Module) -> Callable[..., None]:
        def note(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            new = [(key, value) for key, value in module.named_parameters(recurse=False) if id(value) not in counted]
            counted.update(id(value) for _, value in new)
            biases = sum(value.numel() for key, value in new if key.startswith("bias"))
            weights = sum(value.numel() for _, value in new) - biases
            size = list(output.shape[1:])
            arithmetic = _arithmetic(module) if weights else ""
            layers.append(Layer(label, type(module).__name__, size, weights, biases, _macs(module, output), arithmetic))

        return note

    def on_stage(label: str) -> Callable[..., None]:
        def note(module: nn.Module, inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor) and inputs and isinstance(inputs[0], Tensor):
                into, out = list(inputs[0].shape[1:]), list(output.shape[1:])
                stages.append(StageShapes(label, type(module).__name__, into, out))

        return note

    hooks: list[RemovableHandle] = []
    parameter = next(model.parameters(), torch.empty(0))
    training = model.training
    try:
        with translate_errors(f"model {name} cannot take one image of {'x'.join(map(str, shape))}"), torch.no_grad():
            for label, child in model.named_children():
                hooks.append(child.register_forward_hook(on_stage(label)))
            for label, module in model.named_modules():
                if label and (not list(module.children()) or list(module.parameters(recurse=False))):
                    hooks.append(module.register_forward_hook(on_layer(label, module)))
            model.eval()(torch.zeros(1, *shape, device=parameter.device, dtype=parameter.dtype))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return LayerTable(name, list(shape), [*layers, *_layers_not_called(model, counted)], stages)


def of_choice(choice: Choice, shape: tuple[int, int, int], classes: int, folder: Path) -> LayerTable:
    """Build a network and count its layers.

    Arguments:
        choice: its name and options.
        shape: channels, height and width of its images.
        classes: how many classes there are.
        folder: the folder where a network that is not built in is looked up.

    Returns:
        Its layer table.

    Raises:
        InputError: if it cannot be built or does not take such images.
    """
    # Built-in networks are counted without their weights; other networks may read theirs while they are built.
    with _Uninitialized() if is_built_in(choice.name) else nullcontext():
        network = models.build(choice.name, choice.options, shape, classes, folder)
    return count_layers(choice.name, network, shape)


def _layers_not_called(model: nn.Module, counted: Set[int]) -> Iterator[Layer]:
    """One row for each part of a network that has parameters whose ids are not among those counted."""
    parts: dict[str, list[tuple[str, nn.Parameter]]] = {}
    for key, value in model.named_parameters():
        if id(value) not in counted:
            parts.setdefault(key.partition(".")[0], []).append((key, value))
    for part, parameters in parts.items():
        biases = sum(value.numel() for key, value in parameters if key.rpartition(".")[2].startswith("bias"))
        total = sum(value.numel() for _, value in parameters)
        yield Layer(part, type(getattr(model, part)).__name__, [], total - biases, biases, 0)


class _Uninitialized(TorchFunctionMode):
    """Leaves new weights uninitialised, which saves most of the time that building a network takes.

    (The meta device would save all of it. But then torch imports its compiler for a forward pass, which takes longer.)
    """

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(function, "__module__", "") == "torch.nn.init":
            return args[0] if args else (kwargs or {})["tensor"]
        return function(*args, **(kwargs or {}))


def _macs(module: nn.Module, output: Tensor) -> int:
    if isinstance(module, _CONVOLUTIONS):
        return output[0].numel() * (module.weight.numel() // module.out_channels)
    if isinstance(module, nn.Linear):
        return output[0].numel() * module.in_features
    return 0


def _arithmetic(module: nn.Module) -> str:
    """Kernel x inputs x outputs, as the reports write it."""
    if isinstance(module, _CONVOLUTIONS):
        return "x".join(str(n) for n in (*module.kernel_size, module.in_channels // module.groups, module.out_channels))
    if isinstance(module, nn.Linear):
        return f"{module.in_features}x{module.out_features}"
    return ""
