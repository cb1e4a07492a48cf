"""A network under examination: it can be built again, has images of its size, and its passes are recorded once.

All rules share one probe, so that a pass is computed once for all of them. A rule changes only networks that it built
itself, so the findings do not depend on the order of the rules.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parameter import UninitializedParameter

from deepstudy.checks.losses import CROSS_ENTROPY, Losses
from deepstudy.checks.outputs import LOGITS, NO_LOGITS, are_probabilities, output_names
from deepstudy.checks.trace import (
    DROPOUTS,
    SOFTMAXES,
    VIEWS,
    WEIGHTED,
    RecordedPass,
    Trace,
    record_pass,
    tensors_in,
)
from deepstudy.errors import InputError

Shape = tuple[int, ...]

BATCH = 4  # images in most passes


@dataclass
class Probe:
    """A network under examination.

    Attributes:
        name: its name in findings.
        make: builds a new network, which draws from torch's global generator.
        shape: the shape of one input, without the batch.
        classes: the number of classes; None for the width of its output.
        weights: the weights of the losses of its outputs, if it returns several.
        is_live: whether there is only one module, of which `make` gives copies.
        is_given: whether the caller chose the shape.
        is_guess: whether the shape is only a guess: neither the caller nor a file says it.
        losses: the losses that its file applies to it.
        seconds: how long one rule may train.
        notes: further remarks; rules add to them.
        misfit: the size of the images of its file, if it fails on them and nothing in the file changes their size.
        place: the line where its file builds it, for findings that know no line; "" if it has lines of its own.
    """

    name: str
    make: Callable[[], nn.Module]
    shape: Shape
    classes: int | None = None
    weights: Sequence[float] = ()
    is_live: bool = False
    is_given: bool = False
    is_guess: bool = False
    losses: Losses = field(default_factory=Losses)
    seconds: float = 25.0
    notes: list[str] = field(default_factory=list)
    misfit: Shape = ()
    place: str = ""

    def fresh(self, seed: int = 0, training: bool = False) -> nn.Module:
        """Build a network.

        Arguments:
            seed: the seed of torch, numpy and Python.
            training: whether it is in training mode.

        Returns:
            A new network, the same for the same seed if it draws from the usual generators.
        """
        seed_everything(seed)
        network = self.make()
        if any(isinstance(value, UninitializedParameter) for value in network.parameters()):
            network.eval()(self.images(2))  # the first batch creates lazy layers
        return network.train(training)

    def perturbed(self, seed: int = 0, training: bool = False) -> nn.Module:
        """Build a network with slightly changed weights, because some weights start at 0 on purpose.

        Arguments:
            seed: the seed of torch, numpy and Python.
            training: whether it is in training mode.

        Returns:
            A new network with a little noise on its parameters.
        """
        network = self.fresh(seed, training)
        with torch.no_grad():
            for value in network.parameters():
                if value.is_floating_point():
                    value.add_(torch.randn_like(value), alpha=1e-3)
        return network

    def images(self, count: int = BATCH, seed: int = 0) -> Tensor:
        """Make inputs with the statistics of photographs: see `pictures`.

        Arguments:
            count: how many.
            seed: the same seed gives the same inputs.

        Returns:
            (count, *shape), in the dtype of the network.
        """
        return pictures(count, self.shape, seed).to(self.dtype)

    @cached_property
    def dtype(self) -> torch.dtype:
        """The dtype that the network computes with."""
        kinds = (value.dtype for value in self.make().parameters() if value.is_floating_point())
        return next(kinds, torch.float32)

    def labels(self, count: int = BATCH) -> Tensor:
        """Make labels that go through the classes in order.

        Arguments:
            count: how many.

        Returns:
            (count,) class numbers.
        """
        return torch.arange(count) % self.width

    @cached_property
    def network(self) -> nn.Module:
        """One network in eval mode, for all rules that do not change it."""
        return self.fresh()

    @cached_property
    def eval_pass(self) -> RecordedPass:
        """A pass of `network`, in eval mode."""
        return record_pass(self.network, self.images())

    @cached_property
    def training_pass(self) -> RecordedPass:
        """A pass in training mode, for all rules that do not change it. Its network has the gradients of its loss."""
        return self.make_training_pass()

    def make_training_pass(self) -> RecordedPass:
        """Make a pass like `training_pass`, with a network that the caller may change.

        Returns:
            The pass; its network has the gradients of its loss.

        Raises:
            InputError: the main output is not (batch, classes).
        """
        network, images = self.fresh(training=True), self.images()
        seed_everything(1)
        forward = record_pass(network, images)
        loss = self.loss(forward.result, self.labels())
        # The network may also learn from its other outputs: features, or a loss.
        outputs = (each for each in tensors_in(forward.result) if each.is_floating_point() and each.requires_grad)
        loss = torch.stack([loss, *(1e-3 * each.float().mean() for each in outputs)]).sum()
        if loss.requires_grad:
            loss.backward()
        return forward

    @property
    def trace(self) -> Trace:
        """The operations of the pass in eval mode."""
        return self.eval_pass.trace

    @cached_property
    def output(self) -> Tensor:
        """The main output of the pass in eval mode."""
        return self.main_output(self.eval_pass.result)

    def main_output(self, result: Any) -> Tensor:
        """Choose the output that holds the logits.

        Arguments:
            result: what the network returned.

        Returns:
            The one with the name `logits`, otherwise one with the width of the classes, otherwise the first.

        Raises:
            StopIteration: there is no tensor in it.
        """
        outputs = list(tensors_in(result))
        if len(outputs) > 1:
            named = list(zip(output_names(self.network, result), outputs, strict=True))
            chosen = [value for name, value in named if name in LOGITS]
            outputs = chosen or [value for name, value in named if not NO_LOGITS.search(name)] or outputs
        fitting = [each for each in outputs if each.dim() == 2 and each.shape[1] == self.classes]
        if not fitting and len(outputs) > 1 and all(each.dim() == 2 for each in outputs[:2]):
            # Features before the logits are much wider.
            fitting = outputs[1:] if outputs[0].shape[1] >= 4 * outputs[1].shape[1] > 4 else []
        return next(iter(fitting or outputs))

    def output_number(self, forward: RecordedPass) -> int:
        """Find the main output in a trace.

        Arguments:
            forward: the pass.

        Returns:
            The number of that tensor.
        """
        output = self.main_output(forward.result)
        outputs = zip(forward.trace.outputs, tensors_in(forward.result), strict=True)
        return next(number for number, each in outputs if each is output)

    def logits(self, result: Any) -> Tensor:
        """Bring the main output to two dimensions.

        Arguments:
            result: what the network returned.

        Returns:
            (batch, classes). The one number of a binary classifier is the logit of class 1, and class 0 has logit 0.
            Probabilities become logits if the losses of the file take probabilities.
        """
        output = self.main_output(result).float()
        if output.dim() == 1 or output.flatten(1).shape[1] == 1:
            if float(output.detach().min()) > 0 and float(output.detach().max()) < 1:
                output = torch.logit(output)  # a probability, for binary cross-entropy
            return torch.stack([torch.zeros_like(output.flatten()), output.flatten()], 1)
        output = output.flatten(1)
        if self.losses.are_known and CROSS_ENTROPY not in self.losses.uses:
            values = output.detach()
            if are_probabilities(values):
                return output.clamp_min(1e-12).log()
            if bool((values >= 0).all()) and bool((values <= 1).all()):
                return torch.logit(output, eps=1e-6)
        return output

    @cached_property
    def heads(self) -> frozenset[int]:
        """The places, among all outputs in training mode, of the logits beside the main output.

        Features, and the mean and variance of a distribution, are no logits. An output is none if the main output
        depends on it, if it does not come right from a layer, or if its name says so.
        """
        seed_everything(1)
        forward = record_pass(self.fresh(training=True), self.images())
        trace, main = forward.trace, self.output_number(forward)
        behind, names = trace.behind(main), output_names(forward.network, forward.result)
        heads = set()
        for place, (number, name) in enumerate(zip(trace.outputs, names, strict=True)):
            maker = trace.back(number, VIEWS | SOFTMAXES | DROPOUTS)
            is_layer = maker is not None and maker.name in WEIGHTED
            if number != main and number not in behind and is_layer and not NO_LOGITS.search(name):
                heads.add(place)
        return frozenset(heads)

    @cached_property
    def width(self) -> int:
        """The number of classes: as requested, otherwise the width of the output."""
        return self.classes or int(self.logits(self.eval_pass.result).shape[1])

    def loss(self, result: Any, labels: Tensor) -> Tensor:
        """Compute cross-entropy, over all outputs that are logits if there are several.

        Arguments:
            result: what the network returned.
            labels: (batch,) class numbers.

        Returns:
            One number: the weighted sum.

        Raises:
            InputError: the main output is not (batch, classes).
        """
        first = self.main_output(result)
        if not first.is_floating_point() or first.shape[:1] != labels.shape:
            raise InputError("the output does not have the shape (batch, classes)")
        outputs = list(tensors_in(result))
        further = [
            each.float()
            for place, each in enumerate(outputs)
            if each is not first and each.is_floating_point() and each.dim() == 2 and each.shape[0] == len(labels)
            if len(outputs) > 1 and place in self.heads
        ]
        logits = [self.logits(result), *(each for each in further if each.shape[1] > 1)]
        weights = list(self.weights) or [1.0] + [0.3] * (len(logits) - 1)
        pairs = zip(weights, logits, strict=False)
        return torch.stack([weight * F.cross_entropy(each, labels % each.shape[1]) for weight, each in pairs]).sum()


def pictures(count: int, shape: Shape, seed: int = 0) -> Tensor:
    """Make pink noise: its amplitude falls with frequency, as in photographs (Field 1987).

    Arguments:
        count: how many pictures.
        shape: the shape of one.
        seed: the same seed gives the same pictures.

    Returns:
        (count, *shape), each with mean 0 and variance 1.
    """
    # Different from the seeds of networks: the same numbers in weights and images would be correlated.
    generator = torch.Generator().manual_seed(1_000_003 + seed)
    noise = torch.randn(count, *shape, generator=generator)
    if len(shape) == 3 and min(shape[1:]) > 1:
        vertical, horizontal = torch.fft.fftfreq(shape[1])[:, None], torch.fft.rfftfreq(shape[2])[None]
        frequency = (vertical**2 + horizontal**2).sqrt().clamp(min=1 / max(shape[1:]))
        # Channels of a photograph are highly correlated.
        noise = 0.3 * noise + noise.mean(1, keepdim=True) * shape[0] ** 0.5
        noise = torch.fft.irfft2(torch.fft.rfft2(noise) / frequency, s=shape[1:])
    flat = noise.flatten(1)
    return ((flat - flat.mean(1, keepdim=True)) / flat.std(1, keepdim=True).clamp(min=1e-6)).view_as(noise)


def seed_everything(seed: int) -> None:
    """Seed the generators of torch, numpy and Python.

    Arguments:
        seed: the seed of all three.
    """
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)
