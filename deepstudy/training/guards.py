"""Somebody else's network in the training loop: its errors in one line, its mistakes refused.

Such code may raise anything, leave by `sys.exit`, return anything, and grow new parameters while it runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn
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
            raise InputError(f"{who}: its outputs have no gradient; leave out detach() and no_grad()")
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
        """Refuse a network that has made parameters since the beginning: no optimizer and no checkpoint has them.

        Raises:
            InputError: naming one of them.
        """
        if new := sorted(self._state_names() ^ self.state_names):
            raise InputError(
                f"model {self.name}: makes {new[0]} when it runs, so nothing trains it; make it in __init__"
            )

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Turn what somebody else's network raises into one line, with file and line of its code.

        Raises:
            InputError: in its place.
        """
        try:
            yield
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            if self.running == "forward" and "more than 1 value per channel" in str(error):
                raise InputError(
                    f"batch_size: leaves a batch of {self.batch[0]}, and batch normalisation needs more, since "
                    f"{self._size()} images shrink to one pixel here; choose another batch_size or larger images"
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
                f"model {self.name}: keeps {odd[0]} in its state_dict, and a checkpoint holds tensors alone"
            )
        return set(state)
