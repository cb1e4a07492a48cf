"""The splits of an experiment, and where their images are from.

The training images are shuffled in an order that depends only on their number. The last `validation` of them are held
out, the same for every seed and run. So seeds differ in training only, and a smaller budget uses a part of the images
of a larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from deepstudy.datasets import DATASETS, DatasetInfo, ImageArrays, is_folder
from deepstudy.datasets.folder import read_image_folder
from deepstudy.files import digest
from deepstudy.loading.split import Split
from deepstudy.loading.statistics import pixel_sums
from deepstudy.study import Data, split_sizes


@dataclass(frozen=True)
class Dataset:
    """The splits of a data set, and where their images are from.

    Attributes:
        name: a name in the catalog, or the path of a folder of images.
        classes: the classes by number.
        splits: `train`, `test`, and `validation` if images are held out.
        fingerprint: a digest of every pixel and label; see `fingerprint`.
        published: whether they are the published images. For CIFAR, the sums of the training images' pixel values
            decide that. A folder of images counts as published, since it has no other copy.
        provenance: where the images are from, in words.
    """

    name: str
    classes: tuple[str, ...]
    splits: dict[str, Split]
    fingerprint: str
    published: bool
    provenance: str


def load(
    name: str,
    validation: int = 0,
    train_images: int | None = None,
    test_images: int | None = None,
    size: int | None = None,
    folder: Path = Path(),
) -> Dataset:
    """Load a data set, downloading it first if it is missing.

    Arguments:
        name: its name, or the path of a folder of images (with a slash, see `deepstudy.datasets.folder`).
        validation: images that are held out of the training images.
        train_images: the number of training images to use; all by default.
        test_images: the number of test images to use; all by default. They are the first ones, or a fixed random choice
            if the images are sorted by class.
        size: height and width in pixels to which the images of a folder are scaled.
        folder: the folder that a path is relative to.

    Returns:
        The data set with its splits.

    Raises:
        InputError: if files cannot be downloaded or are damaged, or have too few images.
    """
    whole = _read_whole(str((folder / name).resolve()) if is_folder(name) else name, size)
    train, test = whole.splits["train"], whole.splits["test"]
    sizes = split_sizes(name, {"train": len(train), "test": len(test)}, validation, train_images, test_images)
    shuffled = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))
    splits = {"train": train.at(shuffled[: sizes["train"]])}
    if validation:
        splits["validation"] = train.at(shuffled[len(train) - validation :])
    splits["test"] = test if test_images is None else test.at(_some(test, test_images))
    return replace(whole, name=name, splits=splits)


def dataset_info(data: Data, folder: Path = Path()) -> DatasetInfo:
    """Find the facts of an experiment's data.

    Arguments:
        data: the experiment's data.
        folder: the folder that the path of a folder of images is relative to.

    Returns:
        The facts. For a folder of images, they are read from it.

    Raises:
        InputError: if a folder of images cannot be read.
    """
    if not is_folder(data.name):
        return DATASETS[data.name]
    path = (folder / data.name).resolve()
    whole = _read_whole(str(path), data.size)
    return DatasetInfo(
        name=data.name,
        summary=whole.provenance,
        read=lambda: read_image_folder(path, data.size)[1],
        shape=whole.splits["train"].shape,
        classes=whole.classes,
        splits={name: len(split) for name, split in whole.splits.items()},
    )


def fingerprint(splits: Mapping[str, Split]) -> str:
    """Digest every pixel and label, in their order.

    Arguments:
        splits: `train` and `test`.

    Returns:
        The digest.
    """
    tensors = [tensor for split in ("train", "test") for tensor in (splits[split].images, splits[split].labels)]
    return digest(tensor.numpy().data for tensor in tensors)


def _some(split: Split, count: int) -> slice | Tensor:
    """The positions of `count` images of a split: the first ones, unless the images are sorted by class."""
    if (split.labels.diff() < 0).any():
        return slice(count)
    return torch.randperm(len(split), generator=torch.Generator().manual_seed(0))[:count]


@lru_cache(maxsize=2)
def _read_whole(name: str, size: int | None) -> Dataset:
    """The whole data set, as on this machine."""
    if is_folder(name):
        classes, arrays = read_image_folder(Path(name), size)
        splits = _splits(arrays)
        return Dataset(name, classes, splits, fingerprint(splits), True, "a folder of images")
    info = DATASETS[name]
    splits = _splits(info.read())
    own = fingerprint(splits)
    published = own == info.fingerprint if info.fingerprint else pixel_sums(splits["train"]) == info.pixel_sums
    provenance = "the published copy" if published else info.known_copies.get(own, "an unknown copy")
    return Dataset(name, info.classes, splits, own, published, provenance)


def _splits(arrays: Mapping[str, ImageArrays]) -> dict[str, Split]:
    return {name: Split(images, torch.from_numpy(labels)) for name, (images, labels) in arrays.items()}
