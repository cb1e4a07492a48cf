"""Data sets: one file each, read into memory once as bytes.

`load` gives the splits an experiment works on. The published training images are put into an order that depends on
nothing but their number; the last `validation` of them are held out, for every seed and every run alike, so that
seeds differ in training only and a smaller budget's images are a part of a larger one's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from jaxtyping import Int64
from torch import Tensor

from deepstudy import catalog
from deepstudy.datasets import folder as folder_of_images
from deepstudy.datasets.files import digest
from deepstudy.datasets.split import Split
from deepstudy.errors import InputError
from deepstudy.study import Data


@dataclass(frozen=True)
class Dataset:
    """Splits `train`, `validation` (where held out) and `test`, and which copy of the data they are from.

    `published` says whether it is the copy that everybody else has, of CIFAR as far as the sums of the training images'
    pixel values tell; a folder of one's own is the only one there is.
    `copy` says the same in words.
    """

    name: str
    classes: tuple[str, ...]
    splits: dict[str, Split]
    fingerprint: str
    published: bool
    copy: str


def load(
    name: str,
    validation: int = 0,
    train_images: int | None = None,
    test_images: int | None = None,
    size: int | None = None,
    folder: Path = Path(),
) -> Dataset:
    """The data set of that name, with `validation` images held out of the training images.

    `train_images` and `test_images` keep only so many, of the test images the first, or, where they lie class by class,
    some that depend on nothing but their number. A name with a slash is a folder of images (see
    `datasets.folder`), looked up from `folder`; its images are scaled to `size`. Raises InputError if the files cannot
    be had or are damaged, or hold fewer images than are asked for.
    """
    copy = _copy(str((folder / name).resolve()) if catalog.is_folder(name) else name, size)
    train, test = copy.splits["train"], copy.splits["test"]
    sizes = split_sizes(name, {"train": len(train), "test": len(test)}, validation, train_images, test_images)
    shuffled = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))
    splits = {"train": train.at(shuffled[: sizes["train"]])}
    if validation:
        splits["validation"] = train.at(shuffled[len(train) - validation :])
    splits["test"] = test if test_images is None else test.at(_some(test, test_images))
    return replace(copy, name=name, splits=splits)


def split_sizes(
    name: str,
    there: Mapping[str, int],
    validation: int = 0,
    train_images: int | None = None,
    test_images: int | None = None,
) -> dict[str, int]:
    """How many images each split gets of a data set that has so many `there`. Raises InputError if they are too few."""
    kept = there["train"] - validation
    if kept < (train_images or 1) or there["test"] < (test_images or 1):
        raise InputError(
            f"{name}: has {there['train']:,} training and {there['test']:,} test images: not enough for "
            f"{validation:,} of validation, {train_images or 1:,} to train on and {test_images or 1:,} to test on"
        )
    return {"train": train_images or kept, "validation": validation, "test": test_images or there["test"]}


def _some(split: Split, count: int) -> slice | Tensor:
    """Which so many images of a split to take: the first, unless they lie class by class."""
    if (split.labels.diff() < 0).any():
        return slice(count)
    return torch.randperm(len(split), generator=torch.Generator().manual_seed(0))[:count]


@lru_cache(maxsize=2)
def _copy(name: str, size: int | None) -> Dataset:
    """The whole data set as this machine has it."""
    if catalog.is_folder(name):
        classes, splits = folder_of_images.read(Path(name), size)
        return Dataset(name, classes, splits, fingerprint(splits), True, "a folder of images")
    entry, splits = catalog.DATASETS[name], catalog.resolve(catalog.DATASETS[name].target)()
    mark = fingerprint(splits)
    published = mark == entry.fingerprint if entry.fingerprint else pixel_sums(splits["train"]) == entry.pixel_sums
    says = "the published copy" if published else entry.copies.get(mark, "a copy that is not known")
    return Dataset(name, entry.classes, splits, mark, published, says)


def describe(data: Data, folder: Path = Path()) -> catalog.DataEntry:
    """What the catalog says of an experiment's data, or what a folder of images holds."""
    if catalog.is_folder(data.name):
        copy = _copy(str((folder / data.name).resolve()), data.size)
        sizes = {name: len(split) for name, split in copy.splits.items()}
        shape = copy.splits["train"].shape
        return catalog.DataEntry("", copy.copy, shape=shape, classes=copy.classes, splits=sizes)
    return catalog.DATASETS[data.name]


def fingerprint(splits: Mapping[str, Split]) -> str:
    """A digest of every pixel and label, in the order in which they are."""
    tensors = [tensor for split in ("train", "test") for tensor in (splits[split].images, splits[split].labels)]
    return digest(tensor.numpy().data for tensor in tensors)


def pixel_sums(split: Split) -> tuple[int, ...]:
    """The sum of each channel's pixel values (0..255) over all images."""
    return tuple((_histograms(split) * torch.arange(256)).sum(1).tolist())


@lru_cache(maxsize=2)  # a run asks four or five times, and CIFAR-10 takes 0.7 s
def channel_statistics(split: Split) -> tuple[list[float], list[float]]:
    """Mean and standard deviation (1 where it is 0) of each channel over all pixels, pixel values in 0..1."""
    counts, values = _histograms(split).double(), torch.arange(256, dtype=torch.float64) / 255  # (c, 256), (256,)
    total = counts.sum(1, keepdim=True)
    means = (counts * values).sum(1, keepdim=True) / total
    variances = (counts * (values - means) ** 2).sum(1, keepdim=True) / total
    return means.flatten().tolist(), variances.sqrt().masked_fill(variances == 0, 1.0).flatten().tolist()


def _histograms(split: Split, together: int = 4096) -> Int64[Tensor, "c 256"]:
    """How often each channel has each pixel value (0..255), counted over some images at a time."""
    split, channels = split.as_kept(), split.shape[0]
    counts = torch.zeros(channels, 256, dtype=torch.int64)
    for start in range(0, len(split), together):
        images = split.pixels(slice(start, start + together))
        counts += torch.stack(
            [torch.bincount(images[:, channel].flatten(), minlength=256) for channel in range(channels)]
        )
    return counts
