"""Data sets: one file each, read into memory once as bytes.

`load` gives the splits an experiment works on. The published training images are put into an order that depends on
nothing but their number; the last `validation` of them are held out, for every seed and every run alike, so that
seeds differ in training only and a smaller budget's images are a part of a larger one's.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch

from deepstudy import catalog
from deepstudy.datasets.files import digest
from deepstudy.datasets.split import Split


@dataclass(frozen=True)
class Dataset:
    """Splits `train`, `validation` (where held out) and `test`, and which copy of the data they are from."""

    name: str
    classes: tuple[str, ...]
    splits: dict[str, Split]
    fingerprint: str
    published: bool


def load(name: str, validation: int = 0, train_images: int | None = None, test_images: int | None = None) -> Dataset:
    """The data set of that name, with `validation` images held out of the training images.

    `train_images` and `test_images` keep only so many. Raises InputError if the files cannot be had or are damaged.
    """
    entry = catalog.DATASETS[name]
    published = _read(name)
    train, test = published["train"], published["test"]
    shuffled = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))
    kept = len(train) - validation
    splits = {"train": train.at(shuffled[:kept][:train_images])}
    if validation:
        splits["validation"] = train.at(shuffled[kept:])
    splits["test"] = test if test_images is None else Split(test.images[:test_images], test.labels[:test_images])
    print_ = fingerprint(name)
    return Dataset(name, entry.classes, splits, print_, print_ == entry.fingerprint)


@lru_cache(maxsize=2)
def _read(name: str) -> dict[str, Split]:
    splits: dict[str, Split] = catalog.resolve(catalog.DATASETS[name].target)()
    return splits


@lru_cache(maxsize=8)
def fingerprint(name: str) -> str:
    """A digest of every pixel and label of this machine's copy, in the order it has them."""
    splits = _read(name)
    tensors = [tensor for split in ("train", "test") for tensor in (splits[split].images, splits[split].labels)]
    return digest(tensor.numpy().data for tensor in tensors)


def channel_statistics(split: Split) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel over all pixels, pixel values in 0..1."""
    means, stds = [], []
    for channel in range(split.images.shape[1]):
        counts = torch.bincount(split.images[:, channel].flatten(), minlength=256).double()
        values = torch.arange(256, dtype=torch.float64) / 255
        mean = (counts * values).sum() / counts.sum()
        variance = (counts * (values - mean) ** 2).sum() / counts.sum()
        means.append(mean.item())
        stds.append(variance.sqrt().item())
    return means, stds
