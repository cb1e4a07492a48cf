"""CIFAR-10 and CIFAR-100: 50,000 training and 10,000 test images, 32x32, in colour (Krizhevsky 2009).

The binary version: files of records, each one label byte (CIFAR-100: two, the coarse class and the fine one) and then
1,024 red, 1,024 green and 1,024 blue bytes, row by row. A text file beside them names the classes.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from deepstudy import catalog
from deepstudy.datasets.files import obtain_archive
from deepstudy.datasets.split import Split
from deepstudy.errors import InputError

MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
_PIXELS = 3 * 32 * 32
_FIX = "delete the folder and fetch it again"


def read_cifar10() -> dict[str, Split]:
    """The `train` and `test` splits of CIFAR-10, from the data folder or downloaded into it."""
    folder = obtain_archive("cifar10", "cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530", MIRRORS)
    _check_names("cifar10", folder / "batches.meta.txt")
    batches = [folder / f"data_batch_{number}.bin" for number in range(1, 6)]
    return {
        "train": read_records(batches, 10_000, classes=10),
        "test": read_records([folder / "test_batch.bin"], 10_000, classes=10),
    }


def read_cifar100() -> dict[str, Split]:
    """The `train` and `test` splits of CIFAR-100, with its 100 fine classes."""
    folder = obtain_archive("cifar100", "cifar-100-binary.tar.gz", "md5:03b5dce01913d631647c71ecec9e9cb8", MIRRORS)
    _check_names("cifar100", folder / "fine_label_names.txt")
    return {
        "train": read_records([folder / "train.bin"], 50_000, classes=100, label_bytes=2),
        "test": read_records([folder / "test.bin"], 10_000, classes=100, label_bytes=2),
    }


def read_records(paths: Sequence[Path], count: int, classes: int, label_bytes: int = 1) -> Split:
    """The images and labels of files that hold `count` records each; the last label byte is the class.

    Raises InputError if a file has another size or a label that is no class.
    """
    images = np.empty((len(paths), count, _PIXELS), np.uint8)
    labels = np.empty((len(paths), count), np.int64)
    for number, path in enumerate(paths):
        try:
            data = np.fromfile(path, np.uint8)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; {_FIX}") from None
        size = label_bytes + _PIXELS
        if len(data) != count * size:
            raise InputError(
                f"{path}: holds {len(data):,} bytes, but {count:,} records of {size:,} are {count * size:,}; {_FIX}"
            )
        records = data.reshape(count, size)
        images[number], labels[number] = records[:, label_bytes:], records[:, label_bytes - 1]
        if labels[number].max() >= classes:
            wrong = int(labels[number].argmax())
            raise InputError(
                f"{path}: the label of record {wrong:,} reads {labels[number, wrong]}, "
                f"but classes are 0 to {classes - 1}; {_FIX}"
            )
    return Split(torch.from_numpy(images.reshape(-1, 3, 32, 32)), torch.from_numpy(labels.reshape(-1)))


def _check_names(dataset: str, path: Path) -> None:
    """The classes are the catalog's, in its order."""
    names = tuple(path.read_text(encoding="utf-8", errors="replace").split())
    expected = catalog.DATASETS[dataset].classes
    if names != expected:
        odd = next((pair for pair in zip(names, expected, strict=False) if pair[0] != pair[1]), None)
        what = f"names a class {odd[0]} where {odd[1]} belongs" if odd else f"names {len(names)} classes"
        raise InputError(f"{path}: {what}; {_FIX}")
