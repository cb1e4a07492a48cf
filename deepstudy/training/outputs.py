"""What a network may return, and the loss of it: scores of each class for each image, or a tuple of such tensors."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from deepstudy.errors import InputError
from deepstudy.study import Experiment


def list_outputs(outputs: Any, who: str) -> Sequence[Any]:
    """Take a network's one or several outputs as a sequence.

    Arguments:
        outputs: what its `forward` returned.
        who: the network, as the message names it.

    Returns:
        The outputs, at least one.

    Raises:
        InputError: if it returned an empty tuple or list.
    """
    several = outputs if isinstance(outputs, tuple | list) else [outputs]
    if not several:
        raise InputError(f"{who} returns no output; return a score for each class")
    return several


def refuse_other_than_scores(output: Any, images: int, classes: int, who: str) -> None:
    """Refuse an output that is not a score of each class for each image.

    Arguments:
        output: one output of the network.
        images: the size of the batch.
        classes: how many classes the data have.
        who: the network, as the message names it.

    Raises:
        InputError: if it is not a floating-point tensor of shape (images, classes).
    """
    if isinstance(output, Tensor) and output.shape == (images, classes) and output.is_floating_point():
        return
    raise InputError(
        f"{who} returns {_describe(output)} for {_images(images)}; return a tensor of {images}x{classes}, a score for "
        "each class, or a tuple of such tensors"
    )


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _describe(output: Any) -> str:
    """`64x10`, `64x10 of torch.int64`, `a dict`."""
    if not isinstance(output, Tensor):
        return f"a {type(output).__name__}"
    return "x".join(map(str, output.shape)) + ("" if output.is_floating_point() else f" of {output.dtype}")


def training_loss(outputs: Any, labels: Tensor, experiment: Experiment) -> tuple[Tensor, Tensor]:
    """Compute the loss to descend: cross-entropy, of several outputs the weighted sum.

    Arguments:
        outputs: what the network returned, one tensor (n, classes) or several.
        labels: the classes (n,).
        experiment: its `loss` and `outputs` say how.

    Returns:
        The loss, and the output that is scored, which is the first.

    Raises:
        InputError: if `outputs.weights` does not have a number for each output of the network.
    """
    several = [output.float() for output in list_outputs(outputs, "the network")]
    weights = experiment.outputs.weights if experiment.outputs else [1.0] * min(1, len(several))
    if len(weights) != len(several):
        outputs_are = "1 output" if len(several) == 1 else f"{len(several)} outputs"
        raise InputError(f"the network returns {outputs_are}; list a weight for each in outputs.weights")
    smoothing = experiment.loss.label_smoothing
    losses = [
        weight * F.cross_entropy(output, labels, label_smoothing=smoothing)
        for weight, output in zip(weights, several, strict=True)
    ]
    return torch.stack(losses).sum() if len(losses) > 1 else losses[0], several[0]
