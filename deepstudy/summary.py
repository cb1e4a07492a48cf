"""The layer table of a network: output shapes, weights with their arithmetic, biases, multiply-adds."""

import json
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from deepstudy import models
from deepstudy.catalog import MODELS
from deepstudy.datasets import describe
from deepstudy.errors import InputError
from deepstudy.models import what_went_wrong
from deepstudy.study import Study

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


@dataclass(frozen=True)
class Layer:
    """One row: a layer's name in the network, its class, its output's shape without the batch, and its counts.

    `arithmetic` says how the weights come about (`5x5x1x6`); `macs` are multiply-adds for one image.
    """

    name: str
    kind: str
    output: list[int]
    weights: int
    biases: int
    macs: int
    arithmetic: str = ""


@dataclass(frozen=True)
class Stage:
    """One of the parts that a network is written in, and the shapes of what enters and leaves it, without the batch."""

    name: str
    kind: str
    input: list[int]
    output: list[int]


@dataclass(frozen=True)
class Summary:
    """The layers and stages of a network in the order in which one image passes them, and the layers' totals."""

    model: str
    input: list[int]
    layers: list[Layer] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)

    @property
    def weights(self) -> int:
        """Weights of all layers; the scale of a normalisation layer is a weight."""
        return sum(layer.weights for layer in self.layers)

    @property
    def biases(self) -> int:
        """Biases of all layers; the shift of a normalisation layer is a bias."""
        return sum(layer.biases for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and linear layers for one image."""
        return sum(layer.macs for layer in self.layers)

    def trace(self, batch: int) -> list[list[int]]:
        """The sizes that a batch takes on its way: the input, each stage's output, and what happens in between.

        That is how reports print them; a flattening between two stages shows as the input of the second.
        """
        sizes = [self.input]
        for stage in self.stages:
            sizes += [stage.input, stage.output]
        different = [size for number, size in enumerate(sizes) if number == 0 or size != sizes[number - 1]]
        return [[batch, *size] for size in different]

    def by_stage(self) -> "Summary":
        """The same with one row for each stage: its output, and the counts of its layers together."""
        rows = []
        for stage in self.stages:
            own = [layer for layer in self.layers if layer.name.split(".")[0] == stage.name]
            if len(own) == 1 and own[0].name == stage.name:
                rows.append(own[0])
                continue
            counts = {key: sum(getattr(layer, key) for layer in own) for key in ("weights", "biases", "macs")}
            rows.append(Layer(stage.name, stage.kind, stage.output, **counts))
        seen = {stage.name for stage in self.stages}
        rows += [layer for layer in self.layers if layer.name.split(".")[0] not in seen]
        return Summary(self.model, self.input, rows, self.stages)

    def as_json(self) -> dict[str, Any]:
        """The document that `show --json` prints."""
        totals = {key: getattr(self, key) for key in ("weights", "biases", "parameters", "macs")}
        return {"model": self.model, "input": self.input, "layers": [asdict(row) for row in self.layers], **totals}


def summarise(name: str, model: nn.Module, shape: tuple[int, int, int]) -> Summary:
    """The layer table of `model` for one image of `shape` (channels, height, width).

    Rows are the modules without children, and any module that owns a parameter itself, each time it is called; a
    module that is called again has its parameters counted once. Parameters that no call shows, such as those of heads
    for training only, end in rows of their own, one for each of the network's parts.
    Raises InputError if the network does not take such an image.
    """
    layers: list[Layer] = []
    stages: list[Stage] = []
    counted: set[int] = set()

    def watch(label: str, module: nn.Module) -> Callable[..., None]:
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

    def pass_through(label: str) -> Callable[..., None]:
        def note(module: nn.Module, inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor) and inputs and isinstance(inputs[0], Tensor):
                stages.append(Stage(label, type(module).__name__, list(inputs[0].shape[1:]), list(output.shape[1:])))

        return note

    hooks = [child.register_forward_hook(pass_through(label)) for label, child in model.named_children()]
    hooks += [
        module.register_forward_hook(watch(label, module))
        for label, module in model.named_modules()
        if label and (not list(module.children()) or list(module.parameters(recurse=False)))
    ]
    parameter = next(model.parameters(), torch.empty(0))
    training = model.training
    try:
        model.eval()
        with torch.no_grad():
            model(torch.zeros(1, *shape, device=parameter.device, dtype=parameter.dtype))
    except Exception as error:
        size = "x".join(map(str, shape))
        raise InputError(f"model {name} cannot take one image of {size}: {what_went_wrong(error)}") from error
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    left: dict[str, list[tuple[str, nn.Parameter]]] = {}
    for key, value in model.named_parameters():
        if id(value) not in counted:
            left.setdefault(key.partition(".")[0], []).append((key, value))
    for part, parameters in left.items():
        biases = sum(value.numel() for key, value in parameters if key.rpartition(".")[2].startswith("bias"))
        total = sum(value.numel() for _, value in parameters)
        layers.append(Layer(part, type(getattr(model, part)).__name__, [], total - biases, biases, 0))
    return Summary(name, list(shape), layers, stages)


def of_experiment(study: Study, name: str) -> Summary:
    """The layer table of an experiment's network. Raises InputError if it cannot be built."""
    experiment = study.experiment(name)
    choice, entry = experiment.model, describe(experiment.data, study.path.parent)
    # Ours need no weights to be counted; somebody else's may read theirs while they are built.
    with _Uninitialised() if choice.name in MODELS else nullcontext():
        network = models.build(choice.name, choice.options, entry.shape, len(entry.classes), study.path.parent)
    return summarise(choice.name, network, entry.shape)


class _Uninitialised(TorchFunctionMode):
    """Leaves weights as the memory is that they get, which saves most of the time that building a network takes.

    (The meta device saves all of it, but a forward pass there has torch import its compiler, which takes longer.)
    """

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(function, "__module__", "") == "torch.nn.init":
            return args[0] if args else (kwargs or {})["tensor"]
        return function(*args, **(kwargs or {}))


def macs_of(study: Study) -> list[int]:
    """Multiply-adds of each of a study's networks; of those that cannot be built nothing, for they are not trained."""
    found = {}
    for name in study.names():
        experiment = study.experiment(name)
        with suppress(InputError):
            key = json.dumps([experiment.model.model_dump(), describe(experiment.data, study.path.parent).shape])
            if key not in found:
                found[key] = of_experiment(study, name).macs
    return list(found.values())


def _macs(module: nn.Module, output: Tensor) -> int:
    if isinstance(module, _CONVOLUTIONS):
        return output[0].numel() * (module.weight.numel() // module.out_channels)
    if isinstance(module, nn.Linear):
        return output[0].numel() * module.in_features
    return 0


def _arithmetic(module: nn.Module) -> str:
    """Kernel x inputs x outputs, the way the reports write it."""
    if isinstance(module, _CONVOLUTIONS):
        return "x".join(str(n) for n in (*module.kernel_size, module.in_channels // module.groups, module.out_channels))
    if isinstance(module, nn.Linear):
        return f"{module.in_features}x{module.out_features}"
    return ""
