"""The data sets that stand in: from the script's root, from the data folder, or refused; never downloaded."""

import gzip
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from deepstudy.datasets import DATASETS
from deepstudy.errors import InputError
from deepstudy.files import data_folder
from deepstudy.loading import load
from deepstudy.watching.stand_ins import copies
from deepstudy.watching.stand_ins.importable.torchvision import datasets, transforms


@pytest.fixture
def notes() -> list[str]:
    """What was said."""
    notes: list[str] = []
    copies.report_to(notes.append)
    return notes


@pytest.fixture
def no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data folder is empty."""
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data-folder"))


def write_mnist(root: Path, name: str = "MNIST", pack: Callable[[bytes], bytes] | None = None) -> None:
    """Three training and two test images in torchvision's layout, compressed if `pack` is given."""
    folder = root / name / "raw"
    folder.mkdir(parents=True)
    for prefix, count in (("train", 3), ("t10k", 2)):
        pixels = bytes(range(250)) * (count * 784 // 250 + 1)
        images = struct.pack(">BBBBIII", 0, 0, 8, 3, count, 28, 28) + pixels[: count * 784]
        labels = struct.pack(">BBBBI", 0, 0, 8, 1, count) + bytes(range(5, 5 + count))
        for file, data in ((f"{prefix}-images-idx3-ubyte", images), (f"{prefix}-labels-idx1-ubyte", labels)):
            (folder / (f"{file}.gz" if pack else file)).write_bytes(pack(data) if pack else data)


def write_cifar(root: Path, folder: str, files: tuple[str, ...], labels: str) -> None:
    """Two images a file, in torchvision's layout."""
    (root / folder).mkdir(parents=True)
    for number, name in enumerate(files):
        pixels = np.full((2, 3072), number, np.uint8)
        pixels[:, :1024] = 200  # red
        (root / folder / name).write_bytes(pickle.dumps({"data": pixels, labels: [number, number + 1]}))


@pytest.mark.usefixtures("no_copy")
@pytest.mark.parametrize("pack", [None, gzip.compress])
@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST"])
def test_files_at_the_root_are_used(
    name: str, pack: Callable[[bytes], bytes] | None, tmp_path: Path, notes: list[str]
) -> None:
    write_mnist(tmp_path, name, pack)
    test = getattr(datasets, name)(str(tmp_path), train=False, download=True)
    assert (test.data.dtype, tuple(test.data.shape), test.targets.tolist()) == (torch.uint8, (2, 28, 28), [5, 6])
    image, label = test[1]
    assert (image.mode, image.size, label) == ("L", (28, 28), 6)
    assert image.getpixel((0, 0)) == 784 % 250
    assert len(getattr(datasets, name)(tmp_path)) == 3
    assert not notes


@pytest.mark.usefixtures("no_copy")
def test_a_damaged_file_at_the_root(tmp_path: Path) -> None:
    write_mnist(tmp_path)
    path = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:9], whole[:2], b"", b"<html>"):
        path.write_bytes(damaged)
        with pytest.raises(RuntimeError, match=r"train-images-idx3-ubyte: is damaged \(.+\); delete it"):
            datasets.MNIST(tmp_path)
    path.unlink()
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(whole)[:-9])
    with pytest.raises(RuntimeError, match="is damaged"):
        datasets.MNIST(tmp_path)


def test_a_star_brings_no_more_than_the_data_sets() -> None:
    names: dict[str, object] = {}
    exec(f"from {datasets.__name__} import *", names)
    exec(f"from {transforms.__name__} import *", names)
    assert {"MNIST", "CIFAR10", "ImageFolder", "Compose", "RandAugment", "InterpolationMode"} < names.keys()
    assert not {"mnist", "cifar", "Any", "absent", "copies", "fixed", "modes"} & names.keys()


@pytest.mark.usefixtures("no_copy")
def test_cifar_at_the_root(tmp_path: Path) -> None:
    write_cifar(tmp_path, "cifar-10-batches-py", copies.FILES["CIFAR10"], "labels")
    train, test = datasets.CIFAR10(tmp_path), datasets.CIFAR10(str(tmp_path), train=False)
    assert (len(train), len(test), train.data.shape, train.data.dtype) == (10, 2, (10, 32, 32, 3), np.uint8)
    assert (train.targets[:4], test.targets) == ([0, 1, 1, 2], [5, 6])
    image, label = test[0]
    assert (image.mode, image.getpixel((3, 4)), label) == ("RGB", (200, 5, 5), 5)
    assert (train.classes[3], train.class_to_idx["cat"]) == ("cat", 3)
    write_cifar(tmp_path, "cifar-100-python", copies.FILES["CIFAR100"], "fine_labels")
    assert datasets.CIFAR100(tmp_path, train=False).targets == [1, 2]
    assert len(datasets.CIFAR100(tmp_path).classes) == 100


@pytest.mark.usefixtures("no_copy")
@pytest.mark.parametrize(
    ("name", "file", "copy", "command"),
    [
        ("MNIST", "MNIST/raw/train-images-idx3-ubyte", "mnist/train-images", "mnist"),
        ("CIFAR10", "cifar-10-batches-py/data_batch_1", "cifar10/cifar-10-batches-bin/data_batch_1.bin", "cifar10"),
        ("CIFAR100", "cifar-100-python/train", "cifar100/cifar-100-binary/train.bin", "cifar100"),
    ],
)
def test_what_is_nowhere_is_named(name: str, file: str, copy: str, command: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError) as caught:
        getattr(datasets, name)(str(tmp_path / "root"), download=True)
    says = str(caught.value)
    assert says.startswith(f"{name}: {tmp_path / 'root'}/{file} is missing, and so is {data_folder()}/{copy}")
    assert f"run `deepstudy data {command}`" in says
    assert not (tmp_path / "root").exists()


def test_a_damaged_copy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    for path in DATASETS["mnist"].paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"no gzip")
    with pytest.raises(InputError, match=r"mnist/train-images-idx3-ubyte\.gz: is not a readable gzip file"):
        datasets.MNIST(tmp_path / "root")


@pytest.mark.parametrize("name", ["KMNIST", "EMNIST", "SVHN", "ImageNet"])
def test_other_data_sets_can_be_imported_but_not_used(name: str) -> None:
    kind = getattr(datasets, name)
    with pytest.raises(NotImplementedError, match=rf"torchvision\.datasets\.{name} is not part of the stand-in"):
        kind("root", download=True)
    with pytest.raises(AttributeError, match=r"torchvision\.datasets\.MNISTT is not part of the stand-in"):
        _ = datasets.MNISTT


@pytest.mark.usefixtures("mnist")
def test_the_real_mnist_from_the_data_folder(tmp_path: Path, notes: list[str]) -> None:
    tensors = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train = datasets.MNIST(tmp_path, download=True, transform=tensors, target_transform=lambda label: label + 1)
    test = datasets.MNIST(tmp_path, train=False)
    assert notes == [f"MNIST: the copy in {data_folder() / 'mnist'} stands in; nothing was downloaded"]
    assert (tuple(train.data.shape), train.targets.dtype, len(test)) == ((60_000, 28, 28), torch.int64, 10_000)
    image, label = train[0]
    assert (tuple(image.shape), label) == ((1, 28, 28), 6)
    assert image.min() == pytest.approx(-0.1307 / 0.3081)
    assert torch.bincount(test.targets).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert (test.classes[3], test.class_to_idx["3 - three"]) == ("3 - three", 3)
    assert repr(train).splitlines() == [
        "Dataset MNIST",
        "    Number of datapoints: 60000",
        f"    Root location: {tmp_path}",
        "    Split: Train",
        "    StandardTransform",
        "Transform: Compose(",
        "               ToTensor()",
        "               Normalize(mean=(0.1307,), std=(0.3081,))",
        "           )",
        f"Target transform: {train.target_transform}",
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("cifar10")
def test_the_real_cifar10_from_the_data_folder(tmp_path: Path, notes: list[str]) -> None:
    test = datasets.CIFAR10(tmp_path, train=False, download=True)
    assert len(notes) == 1
    split = load("cifar10").splits["test"]
    assert (test.data.dtype, type(test.targets), test.targets) == (np.uint8, list, split.labels.tolist())
    assert np.array_equal(test.data.transpose(0, 3, 1, 2), split.images)
    image, label = test[7]
    assert (image.mode, image.size, label) == ("RGB", (32, 32), test.targets[7])
    assert np.array_equal(np.asarray(image), test.data[7])


@pytest.mark.usefixtures("mnist")
def test_the_real_mnist_equals_that_of_torchvision(real: ModuleType, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in DATASETS["mnist"].paths:
        (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    theirs = real.datasets.MNIST(tmp_path, train=False)
    for ours in (datasets.MNIST(tmp_path, train=False), datasets.MNIST(tmp_path / "none", train=False)):
        assert torch.equal(ours.data, theirs.data)
        assert torch.equal(ours.targets, theirs.targets)
        assert (ours.classes, ours.class_to_idx) == (theirs.classes, theirs.class_to_idx)
        assert repr(ours).replace("/none", "") == repr(theirs)
        assert type(ours[5][1]) is type(theirs[5][1])
        assert ours[5][0].tobytes() == theirs[5][0].tobytes()
    assert datasets.FashionMNIST.classes == real.datasets.FashionMNIST.classes


def write_folder(root: Path) -> None:
    """Two classes with a picture of one colour each, one below another folder, and a text."""
    for number, place in enumerate(("dog/a.png", "cat/deep/b.JPEG", "cat/c.bmp")):
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 3), 50 * number).save(path)
    (root / "cat" / "notes.txt").write_text("no image")


def test_a_folder_of_images(tmp_path: Path) -> None:
    write_folder(tmp_path)
    folder = datasets.ImageFolder(tmp_path)
    assert (folder.classes, folder.class_to_idx, folder.targets) == (["cat", "dog"], {"cat": 0, "dog": 1}, [0, 0, 1])
    assert [Path(path).name for path, _ in folder.samples] == ["c.bmp", "b.JPEG", "a.png"]
    image, label = folder[0]
    assert (image.mode, image.size, image.getpixel((1, 1)), label) == ("RGB", (4, 3), (100, 100, 100), 0)
    pngs = datasets.DatasetFolder(tmp_path, len, extensions=(".png",), allow_empty=True)
    assert (len(pngs), pngs[0][1]) == (1, 1)
    with pytest.raises(FileNotFoundError, match=r"cat: has no valid file; allowed are \.png"):
        datasets.DatasetFolder(tmp_path, len, extensions=(".png",))
    with pytest.raises(FileNotFoundError, match="has no folders"):
        datasets.ImageFolder(tmp_path / "dog")


def test_folders_and_fake_images_equal_those_of_torchvision(real: ModuleType, tmp_path: Path) -> None:
    write_folder(tmp_path)
    ours, theirs = datasets.ImageFolder(tmp_path), real.datasets.ImageFolder(tmp_path)
    assert (ours.samples, ours.imgs, ours.targets, repr(ours)) == (
        theirs.samples,
        theirs.imgs,
        theirs.targets,
        repr(theirs),
    )
    fakes: list[Any] = [module.FakeData(4, (3, 6, 5), 7) for module in (datasets, real.datasets)]
    for number in range(4):
        (image, label), (image_there, label_there) = (fake[number] for fake in fakes)
        assert (image.tobytes(), label, type(label)) == (image_there.tobytes(), label_there, type(label_there))
    assert repr(fakes[0]) == repr(fakes[1])


def test_fake_images_stay_the_same_and_leave_the_random_numbers() -> None:
    fake = datasets.FakeData(3, (1, 4, 4), transform=transforms.ToTensor())
    torch.manual_seed(5)
    before = torch.get_rng_state()
    assert torch.equal(fake[1][0], fake[1][0])
    assert torch.equal(torch.get_rng_state(), before)
    assert len(list(fake)) == 3  # ends by IndexError
