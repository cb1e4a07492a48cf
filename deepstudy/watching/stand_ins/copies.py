"""The copies of known data sets in the data folder, by torchvision's names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from deepstudy.datasets import DATASETS, ImageArrays

if TYPE_CHECKING:  # the script, not the stand-ins, is the first to import torch
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

#: The classes of torchvision whose images may lie in the data folder, and the names that these have there.
NAMES = {"MNIST": "mnist", "FashionMNIST": "fashion_mnist", "CIFAR10": "cifar10", "CIFAR100": "cifar100"}

#: What a data set's folder below the script's root holds, once it is downloaded: torchvision's layout.
FILES = {
    "MNIST": (
        "raw/train-images-idx3-ubyte",
        "raw/train-labels-idx1-ubyte",
        "raw/t10k-images-idx3-ubyte",
        "raw/t10k-labels-idx1-ubyte",
    ),
    "CIFAR10": (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta"),
    "CIFAR100": ("train", "test", "meta"),
}
FILES["FashionMNIST"] = FILES["MNIST"]

_on_note: Callable[[str], None] = lambda _: None  # noqa: E731
_noted: set[str] = set()


def report_to(on_note: Callable[[str], None]) -> None:
    """Set where notes go. Each is given once.

    Arguments:
        on_note: called with one line.
    """
    global _on_note
    _on_note = on_note
    _noted.clear()


def note(line: str) -> None:
    """Say something once.

    Arguments:
        line: what to say.
    """
    if line not in _noted:
        _noted.add(line)
        _on_note(line)


def is_at(folder: Path, name: str) -> bool:
    """Whether a folder has all files of a data set in torchvision's layout.

    Arguments:
        folder: the folder of the data set, below the root.
        name: torchvision's name of it.

    Returns:
        Whether it has them, compressed or not.
    """
    return all((folder / file).is_file() or (folder / f"{file}.gz").is_file() for file in FILES[name])


def is_here(name: str) -> bool:
    """Whether a data set can be read from the data folder.

    Arguments:
        name: torchvision's name of it.

    Returns:
        Whether all of its files are there.
    """
    return DATASETS[NAMES[name]].is_here


def read_mnist(name: str, train: bool) -> "tuple[Tensor, Tensor]":
    """Read a split of MNIST or Fashion-MNIST from the data folder, and say so.

    Arguments:
        name: torchvision's name of the data set, which is here.
        train: whether the training images are wanted, else the test images.

    Returns:
        `data` (n, 28, 28) and `targets` (n,), as in torchvision.

    Raises:
        InputError: if a file is damaged.
    """
    import torch

    images, labels = _read(name, train)
    return torch.from_numpy(images[:, 0]), torch.from_numpy(labels)


def read_cifar(name: str, train: bool) -> "tuple[NDArray[np.uint8], list[int]]":
    """Read a split of CIFAR-10 or CIFAR-100 from the data folder, and say so.

    Arguments:
        name: torchvision's name of the data set, which is here.
        train: whether the training images are wanted, else the test images.

    Returns:
        `data` (n, 32, 32, 3) and `targets`, as in torchvision.

    Raises:
        InputError: if a file is damaged.
    """
    images, labels = _read(name, train)
    return images.transpose(0, 2, 3, 1), labels.tolist()


def class_names(name: str) -> list[str]:
    """The classes of CIFAR-10 or CIFAR-100, in order.

    Arguments:
        name: torchvision's name of the data set.

    Returns:
        Their names.
    """
    return list(DATASETS[NAMES[name]].classes)


def why_missing(folder: Path, name: str) -> str:
    """Say that a data set is neither in the script's folder nor in the data folder.

    Arguments:
        folder: where the script looks for it.
        name: torchvision's name of it.

    Returns:
        One line with the first missing file of each, and what to do.
    """
    files = (folder / file for file in FILES[name])
    first = next(file for file in files if not file.is_file() and not Path(f"{file}.gz").is_file())
    info = DATASETS[NAMES[name]]
    other = next((path for path in info.paths if not path.is_file()), info.paths[0])
    return (
        f"{name}: {first} is missing, and so is {other}; "
        f"run `deepstudy data {info.name}`, which downloads the data set (the stand-in for torchvision does not)"
    )


def _read(name: str, train: bool) -> ImageArrays:
    info = DATASETS[NAMES[name]]
    splits = info.read()
    note(f"{name}: the copy in {info.paths[0].parent} stands in; nothing was downloaded")
    return splits["train" if train else "test"]
