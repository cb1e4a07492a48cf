"""Data sets: what they hold, and what their transforms do."""

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from deepstudy.watching.digests import digest_items
from deepstudy.watching.recording import DatasetSeen

_MOST_LABELS = 200_000
#: Names of transforms that draw random numbers, beside those that begin with Random.
_RANDOM = frozenset(
    "ColorJitter AutoAugment RandAugment TrivialAugmentWide AugMix GaussianBlur GaussNoise Cutout".split()
)
_IMAGES = ("data", "images", "imgs", "x", "X", "samples", "image_paths", "features", "train_data", "test_data")
_LABELS = ("targets", "labels", "y", "Y", "target", "train_labels", "test_labels")
_ROWS = ("indices", "idx", "idxs", "index", "ids")
_MOST_CLASSES = 100  # columns of labels as vectors
_PARTS = 6  # nested lists of transforms that are entered


def class_numbers(tensor: Tensor, size: int) -> Tensor | None:
    """Find the class numbers that a tensor of a batch holds, as numbers or as vectors with one 1.

    Arguments:
        tensor: a tensor of the batch.
        size: how many items the batch has.

    Returns:
        (size,) numbers; None if it holds none.
    """
    if tensor.dim() == 1 and len(tensor) == size and tensor.dtype == torch.int64:
        return tensor
    if tensor.dim() == 2 and len(tensor) == size > 0 and 2 <= tensor.shape[1] <= _MOST_CLASSES:
        is_vector = bool(((tensor == 0) | (tensor == 1)).all()) and bool((tensor.sum(1) == 1).all())
        return tensor.argmax(1) if is_vector else None
    return None


def describe_dataset(dataset: Any, number: int) -> DatasetSeen:
    """Describe a data set.

    Arguments:
        dataset: a root: no `Subset`, no `ConcatDataset`.
        number: its number.

    Returns:
        What is known about it without drawing an item.
    """
    transforms, random_transforms = describe_transforms(dataset)
    size = len(dataset) if hasattr(dataset, "__len__") else -1
    stored = stored_images(dataset)
    labels = _stored(dataset, _LABELS, -1)
    images_digest = digest_items(stored) if stored is not None else ""
    content = digest_items([images_digest, labels]) if images_digest and labels is not None else images_digest
    train = getattr(dataset, "train", None)
    part = "" if not isinstance(train, bool) else "train" if train else "test"
    return DatasetSeen(
        number,
        type(dataset).__name__,
        size,
        transforms=transforms,
        random_transforms=random_transforms,
        content=content,
        images_digest=images_digest,
        part=part,
        labels=_numbers_of(labels, size),
    )


def describe_transforms(dataset: Any) -> tuple[list[str], list[str]]:
    """Describe what a data set does with each image.

    Arguments:
        dataset: a root.

    Returns:
        The steps of its transform as texts, and the names of those that draw random numbers.
    """
    steps = [step for name in ("transform", "transforms") for step in _steps(getattr(dataset, name, None))]
    texts = list(dict.fromkeys(_one_line(step) for step in steps))
    return texts, list(dict.fromkeys(type(step).__name__ for step in steps if _is_random(step)))


def inner_dataset(dataset: Any) -> tuple[Any, Any] | None:
    """Find what a wrapper of the program's own draws from.

    Arguments:
        dataset: a data set.

    Returns:
        The data set in it, and which of its items, None for all; None if the data set is no wrapper.
    """
    held = vars(dataset) if hasattr(dataset, "__dict__") else {}
    inner = [value for value in held.values() if isinstance(value, Dataset)]
    if len(inner) != 1 or not hasattr(inner[0], "__len__") or not hasattr(dataset, "__len__"):
        return None
    if len(inner[0]) == len(dataset):
        return inner[0], None
    indices = next((held[name] for name in _ROWS if name in held), None)
    return (inner[0], indices) if indices is not None and len(indices) == len(dataset) else None


def draws_random(transform: Any) -> bool:
    """Say whether a transform has steps that draw random numbers.

    Arguments:
        transform: the transform; None for none.
    """
    return any(_is_random(step) for step in _steps(transform))


def stored_images(dataset: Any) -> Any:
    """Find the attribute of a data set that holds all images.

    Arguments:
        dataset: a data set.

    Returns:
        Its value; None if there is none.
    """
    return _stored(dataset, _IMAGES, 0)


def _steps(transform: Any, depth: int = 0) -> Iterator[Any]:
    """The steps of a transform, those of lists within it too."""
    if transform is None or depth > _PARTS:
        return
    inner = getattr(transform, "transforms", None)
    if isinstance(inner, list | tuple | torch.nn.ModuleList):
        if type(transform).__name__.startswith("Random"):
            yield transform
        for each in inner:
            yield from _steps(each, depth + 1)
    elif isinstance(transform, list | tuple | torch.nn.Sequential):
        for each in transform:
            yield from _steps(each, depth + 1)
    elif type(transform).__name__ == "StandardTransform":  # torchvision's pair of transform and target transform
        yield from _steps(getattr(transform, "transform", None), depth + 1)
    elif callable(transform):
        yield transform


def _is_random(step: Any) -> bool:
    name = type(step).__name__
    if not (name.startswith("Random") or name in _RANDOM):
        return False
    probability = getattr(step, "p", None)
    return not (isinstance(probability, int | float) and probability == 0)


def _one_line(step: Any) -> str:
    name = getattr(step, "__name__", "") if inspect.isroutine(step) else ""
    return " ".join((name or str(step)).split())[:200]


def _stored(dataset: Any, names: tuple[str, ...], place: int) -> Any:
    """An attribute that holds all images, or all labels."""
    tensors = getattr(dataset, "tensors", None)
    if isinstance(tensors, tuple) and tensors:
        held = tensors[place] if len(tensors) > 1 or place == 0 else None
        return held if isinstance(held, Tensor | np.ndarray) else None
    for name in names:
        value = vars(dataset).get(name) if hasattr(dataset, "__dict__") else None
        if (isinstance(value, Tensor | np.ndarray) and value.ndim) or (isinstance(value, list) and value):
            return value
    return None


def _numbers_of(labels: Any, size: int) -> list[int]:
    if isinstance(labels, Tensor):
        labels = labels.detach().cpu().numpy()
    try:
        array = np.asarray(labels)
    except ValueError:  # rows of unequal length
        return []
    if array.ndim != 1 or len(array) != size or size > _MOST_LABELS or array.dtype.kind not in "iu":
        return []
    numbers: list[int] = array.astype(int).tolist()
    return numbers
