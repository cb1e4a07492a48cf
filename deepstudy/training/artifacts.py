"""The arrays that a finished run writes for the report page, which does not import torch.

predictions.npz   for every scored image: its class, the predicted class, and the probability of both
pictures.npz      the wrong predictions with the highest probability, and the filters of the first layer
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from deepstudy.record import RunDirectory
from deepstudy.training.loop import Trained
from deepstudy.training.scoring import predict
from deepstudy.training.setup import TrainingSetup

_MISTAKES = 24
_LARGEST = 64  # pixels of a side, of the images kept
_FILTERS = 96


def save(setup: TrainingSetup, trained: Trained, directory: RunDirectory) -> None:
    """Write `predictions.npz` and `pictures.npz` into a run directory.

    Arguments:
        setup: the experiment and its data.
        trained: the network, and its outputs where it has just been scored.
        directory: of the run.
    """
    name, model = setup.experiment.roles.score_on, trained.model
    split, outputs = setup.data.splits[name], trained.outputs.get(name)
    if outputs is None:
        outputs = predict(model, setup.batcher(name), setup.classes, setup.machine, setup.experiment.scoring)
    certainty = probabilities(outputs)  # (n, classes)
    labels = split.labels.cpu()
    sureness, predicted = certainty.max(1)
    of_truth = certainty.gather(1, labels.view(-1, 1)).squeeze(1)
    directory.write_arrays(
        "predictions.npz",
        epoch=np.int64(directory.epochs()),
        split=np.array(name),
        classes=np.array(setup.data.classes),
        labels=labels.numpy().astype(np.uint16),
        predicted=predicted.numpy().astype(np.uint16),
        probability=sureness.numpy().astype(np.float16),
        probability_of_truth=of_truth.numpy().astype(np.float16),
    )
    wrong = (predicted != labels).nonzero().squeeze(1)
    sure = wrong[sureness[wrong].argsort(descending=True, stable=True)][:_MISTAKES]
    arrays = {"mistakes": sure.numpy(), "images": _small(split.pixels(sure).cpu()).numpy()}
    channels, height, width = split.shape
    if (found := first_filters(model, channels, height * width)) is not None:
        layer, filters = found
        arrays |= {"filters_of": np.array(layer), "filters": filters[:_FILTERS].numpy().astype(np.float16)}
    directory.write_arrays("pictures.npz", **arrays)


def probabilities(outputs: Tensor) -> Tensor:
    """Turn outputs into class probabilities.

    Arguments:
        outputs: (n, classes), logits or probabilities already.

    Returns:
        Probabilities (n, classes).
    """
    already = bool((outputs >= 0).all()) and torch.allclose(outputs.sum(1), torch.ones(len(outputs)), atol=1e-2)
    return outputs if already else outputs.softmax(1)


def first_filters(model: nn.Module, channels: int, pixels: int) -> tuple[str, Tensor] | None:
    """Find the first layer that sees the image, if its weights can be shown as pictures.

    That is a convolution wider than one pixel on all channels of the image, or a linear layer on all pixels of a
    square one.

    Arguments:
        model: the network.
        channels: of the image.
        pixels: height times width.

    Returns:
        The layer's name and weights (out, in, kernel, kernel); None where there is no such layer.
    """
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            seen = module.in_channels == channels and max(module.kernel_size) > 1 and module.groups == 1
            return (name, module.weight.detach().float().cpu()) if seen else None
        if isinstance(module, nn.Linear):
            side = round(pixels**0.5)
            if module.in_features != channels * pixels or side * side != pixels:
                return None
            weight = module.weight.detach().float().cpu()
            return name, _small(weight.view(-1, channels, side, side))
    return None


def _small(images: Tensor) -> Tensor:
    """Images (n, c, h, w) with no side longer than a page shows, of the kind they were."""
    h, w = images.shape[2:]
    longest = max(h, w)
    if longest <= _LARGEST or not len(images):
        return images
    size = [max(1, round(side * _LARGEST / longest)) for side in (h, w)]
    smaller = F.interpolate(images.float(), size=size, mode="area")
    return smaller.round().to(images.dtype) if not images.is_floating_point() else smaller
