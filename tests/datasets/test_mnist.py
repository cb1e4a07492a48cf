import gzip
import struct
from pathlib import Path

import pytest
import torch

from deepstudy.datasets import DATASETS
from deepstudy.datasets import mnist as mnist_module
from deepstudy.errors import InputError
from deepstudy.loading import channel_statistics, load


@pytest.mark.usefixtures("mnist")
def test_the_real_mnist() -> None:
    data = load("mnist", validation=5000)
    assert {name: tuple(split.images.shape) for name, split in data.splits.items()} == {
        "train": (55_000, 1, 28, 28),
        "validation": (5_000, 1, 28, 28),
        "test": (10_000, 1, 28, 28),
    }
    assert data.published
    counts = torch.bincount(data.splits["test"].labels).tolist()
    assert counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    mean, std = channel_statistics(load("mnist").splits["train"])
    assert mean == pytest.approx(DATASETS["mnist"].mean, abs=5e-5)
    assert std == pytest.approx(DATASETS["mnist"].std, abs=5e-5)


def write(folder: Path, labels: int = 0, count: int = 60_000) -> None:
    """A data folder of blank images whose labels all read `labels`."""
    folder.mkdir()
    for prefix, n in (("train", count), ("t10k", 10_000)):
        images = struct.pack(">BBBBIII", 0, 0, 8, 3, n, 28, 28) + bytes(n * 784)
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, 1))
        label_bytes = struct.pack(">BBBBI", 0, 0, 8, 1, n) + bytes([labels]) * n
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(label_bytes, 1))


def test_wrong_labels_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    write(tmp_path / "mnist", labels=10)
    with pytest.raises(InputError, match="one label is 10, but the classes are 0 to 9"):
        mnist_module.read()


def test_a_wrong_count_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    write(tmp_path / "mnist", count=10)
    with pytest.raises(InputError, match="holds 10 images of 28x28, but should hold 60,000 images of 28x28"):
        mnist_module.read()


@pytest.mark.usefixtures("mnist5k")
def test_mnist5k() -> None:
    data = load("mnist5k", validation=500)
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 3500, "validation": 500, "test": 1000}
    assert torch.bincount(data.splits["test"].labels).tolist() == [100] * 10
    assert data.published
    assert data.splits["train"].images.float().mean().item() / 255 == pytest.approx(0.13, abs=0.01)


@pytest.mark.usefixtures("mnist", "mnist5k")
def test_mnist5k_is_a_part_of_mnists_training_images() -> None:
    train = {bytes(image) for image in load("mnist").splits["train"].images.flatten(1).numpy()}
    small = load("mnist5k").splits
    assert all(bytes(image) in train for split in small.values() for image in split.images.flatten(1).numpy())
