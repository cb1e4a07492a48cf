"""Somebody else's network in the training loop: its errors in one line, its mistakes refused.

Such code may raise anything, leave by `sys.exit`, return anything, and grow new parameters while it runs.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.optim import Optimizer

from deepstudy import models
from deepstudy.catalog import is_built_in
from deepstudy.errors import InputError, is_memory
from deepstudy.training.forward import ForwardPass
from deepstudy.training.outputs import list_outputs, refuse_other_than_scores
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import NotFiniteError


def ends_only_this_run(error: BaseException) -> bool:
    """Say whether an error ends one run and lets others go on.

    Arguments:
        error: what training raised.

    Returns:
        True for a loss that is not finite and for too little memory.
    """
    return isinstance(error, NotFiniteError) or is_memory(error)


@dataclass(frozen=True)
class Misfit:
    """A layer that does not take what reaches it.

    Attributes:
        key: the key of the study that chose what does not fit, `data` or `model`.
        says: what does not fit, and what to do.
    """

    key: Literal["data", "model"]
    says: str


def find_misfit(error: BaseException | None, name: str, data: str, shape: tuple[int, int, int]) -> Misfit | None:
    """Find the layer in which a forward pass failed, and say why it does.

    Arguments:
        error: what the forward pass raised.
        name: the network, as the message names it.
        data: the data set, as the message names it.
        shape: channels, height and width of its images.

    Returns:
        The layer that does not fit; None where the error has another reason.
    """
    failed = _failed_layer(error)
    if failed is None:
        return None
    label, layer, given = failed
    images = f"the {'x'.join(map(str, shape))} images of {data}"
    if isinstance(layer, _ConvNd | _BatchNorm) and len(given) > 2:
        takes = layer.in_channels if isinstance(layer, _ConvNd) else layer.num_features
        if given[1] != takes and given[1:] == shape:
            says = f"{data} has {_count(shape[0], 'channel')}, and {name} takes {takes:,} ({label})"
            return Misfit("data", f"{says}; use another data set or change the layer")
        if given[1] != takes:
            says = f"{name}: layer {label} takes {_count(takes, 'channel')}, but {given[1]:,} reach it"
            return Misfit("model", f"{says}; change the layer or the one before it")
    if isinstance(layer, nn.Linear) and given[-1] != layer.in_features:
        says = f"{name}: layer {label} takes {_count(layer.in_features, 'feature')}, but {images} give it {given[-1]:,}"
        return Misfit("model", f"{says}; change the layer or use another data set")
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d | nn.Conv2d) and len(given) > 2:
        window = _pair(layer.kernel_size)
        padding = (0, 0) if isinstance(layer.padding, str) else _pair(layer.padding)
        pixels = given[-2:]
        if any(size + 2 * pad < side for size, pad, side in zip(pixels, padding, window, strict=True)):
            says = f"{name}: layer {label} has a window of {window[0]}x{window[1]} pixels, but {images} are"
            says += f" only {pixels[0]}x{pixels[1]} pixels there"
            return Misfit("model", f"{says}; remove a layer that downscales, or use larger images")
    return None


def name_last_layer(model: nn.Module, outputs: int) -> str:
    """Find the layer that makes a network's scores.

    Arguments:
        model: the network.
        outputs: how many scores it returns for an image.

    Returns:
        The name of its last layer with so many outputs; "" where there is no such layer.
    """
    names = [
        name
        for name, module in model.named_modules()
        if outputs == getattr(module, "out_features", None) or outputs == getattr(module, "out_channels", None)
    ]
    return names[-1] if names else ""


def _failed_layer(error: BaseException | None) -> tuple[str, nn.Module, tuple[int, ...]] | None:
    """The layer in which a forward pass failed: its name in the network, itself, and the shape of its input."""
    root: nn.Module | None = None
    failed: tuple[nn.Module, tuple[int, ...]] | None = None
    for frame, _ in traceback.walk_tb(error.__traceback__ if error else None):
        module, given = frame.f_locals.get("self"), frame.f_locals.get("input")
        if isinstance(module, nn.Module):
            root = root or module
            failed = (module, tuple(given.shape)) if isinstance(given, Tensor) else None
    if root is None or failed is None:
        return None
    label = next((name for name, module in root.named_modules() if module is failed[0]), "")
    return (label, *failed) if label else None


def _pair(size: int | tuple[int, ...]) -> tuple[int, ...]:
    return (size, size) if isinstance(size, int) else size


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


class GuardedNetwork:
    """A network in training: its forward pass, backward pass and update.

    Its own code runs in these three. `translated_errors` goes around the loop and knows which of them has failed.
    """

    def __init__(self, setup: TrainingSetup, model: nn.Module) -> None:
        """Take a network in.

        Arguments:
            setup: the experiment, its data and the machine.
            model: the network, on the device.

        Raises:
            InputError: if its `state_dict` holds more than tensors, which no checkpoint would give back.
        """
        self.setup, self.model = setup, model
        self.name = setup.experiment.model.name
        self.is_ours = is_built_in(self.name)
        batch_size = min(setup.experiment.batch_size, len(setup.train_split))
        self.forward_pass = ForwardPass(model, setup.machine, batch_size, record=self.is_ours)
        self.running: Literal["forward", "backward", "update"] | None = None
        self.batch = torch.Size()  # the shape of the images of the last forward pass
        self.state_names = self._state_names()

    def forward(self, images: Tensor) -> Any:
        """Compute the outputs for a batch.

        Arguments:
            images: normalised, (n, c, h, w).

        Returns:
            What the network returned.

        Raises:
            InputError: if that cannot be trained.
        """
        self.running, self.batch = "forward", images.shape
        outputs = self.forward_pass(images)
        self.running = None
        who = f"model {self.name}"
        several = list_outputs(outputs, who)
        weights = self.setup.experiment.outputs.weights if self.setup.experiment.outputs else []
        for number, output in enumerate(several):
            if number == 0 or any(weights[number : number + 1]):  # what adds nothing to the loss may have any shape
                refuse_other_than_scores(output, len(images), self.setup.classes, who)
        if not any(isinstance(output, Tensor) and output.requires_grad for output in several):
            raise InputError(f"{who}: its outputs have no gradient; remove detach() and no_grad() from forward")
        return outputs

    def backward(self, loss: Tensor) -> None:
        """Compute the gradients.

        Arguments:
            loss: the loss to descend, a scalar.
        """
        self.running = "backward"
        loss.backward()
        self.running = None

    def update(self, optimizer: Optimizer) -> None:
        """Take a step of the optimizer.

        Arguments:
            optimizer: of the network's parameters.
        """
        self.running = "update"
        with self.setup.machine.autocast():
            optimizer.step()
        self.running = None

    def refuse_growth(self) -> None:
        """Refuse a network that has created parameters since it was built: the optimizer does not know them.

        Raises:
            InputError: naming one of them.
        """
        if new := sorted(self._state_names() ^ self.state_names):
            raise InputError(
                f"model {self.name}: creates {new[0]} while it runs, so it is not trained; create it in __init__"
            )

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Turn an error of somebody else's network into one line, with file and line of its code.

        Raises:
            InputError: instead of that error.
        """
        try:
            yield
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            if self.running == "forward" and "more than 1 value per channel" in str(error):
                raise InputError(
                    f"batch_size: {self.setup.experiment.batch_size} leaves a batch of {self.batch[0]}, and batch "
                    f"normalisation needs 2 images where {self._size()} pixels are downscaled to one; "
                    "choose another batch_size or larger images"
                ) from None
            if self.running is None or self.is_ours or ends_only_this_run(error):
                raise
            raise InputError(f"model {self.name}: {self._failure()}: {models.describe_error(error)}") from error

    def _failure(self) -> str:
        if self.running == "forward":
            return f"fails on a batch of {self.batch[0]} images of {self._size()} pixels"
        return "its gradients cannot be computed" if self.running == "backward" else "its weights cannot be updated"

    def _size(self) -> str:
        return "x".join(map(str, self.batch[2:]))

    def _state_names(self) -> set[str]:
        state = self.model.state_dict()
        if odd := [key for key, value in state.items() if not isinstance(value, Tensor)]:
            raise InputError(
                f"model {self.name}: its state_dict holds {odd[0]}, which is not a tensor and cannot be saved; "
                "make it a tensor, or leave it out"
            )
        return set(state)
