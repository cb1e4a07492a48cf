"""The binary records of CIFAR-10 and CIFAR-100, and which copy of them is at hand."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch

from deepstudy.datasets import DATASETS, cifar
from deepstudy.errors import InputError
from deepstudy.loading import channel_statistics, load


def write(path: Path, labels: list[list[int]], images: np.ndarray | None = None) -> Path:
    """A file of records: label bytes, then 3,072 pixel bytes."""
    label_bytes = np.array(labels, np.uint8)
    pixels = np.zeros((len(labels), 3072), np.uint8) if images is None else images.reshape(len(labels), 3072)
    np.concatenate([label_bytes, pixels], 1).tofile(path)
    return path


def test_a_record_is_its_label_then_red_green_and_blue_row_by_row(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 32, 32), np.uint8)
    one = write(tmp_path / "1.bin", [[3], [0]], images[:2])
    two = write(tmp_path / "2.bin", [[9], [1]], images[2:])
    split = cifar.read_records([one, two], 2, classes=10)
    assert split.labels.tolist() == [3, 0, 9, 1]
    assert np.array_equal(split.images, images)


def test_cifar100_has_a_coarse_label_first(tmp_path: Path) -> None:
    path = write(tmp_path / "train.bin", [[19, 99], [0, 42]])
    assert cifar.read_records([path], 2, classes=100, label_bytes=2).labels.tolist() == [99, 42]


@pytest.mark.parametrize(
    ("labels", "cut", "message"),
    [
        ([[1], [10]], 0, "the label of record 1 is 10, but the classes are 0 to 9"),
        ([[1], [2]], 7, "has 6,139 bytes, but should have 6,146 (2 records of 3,073)"),
        ([[1]], 0, "has 3,073 bytes, but should have 6,146 (2 records of 3,073)"),
    ],
)
def test_damaged_files(tmp_path: Path, labels: list[list[int]], cut: int, message: str) -> None:
    path = write(tmp_path / "x.bin", labels)
    path.write_bytes(path.read_bytes()[: path.stat().st_size - cut])
    with pytest.raises(InputError) as error:
        cifar.read_records([path], 2, classes=10)
    assert str(error.value) == f"{path}: {message}; delete the folder and download it again"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and the files of CIFAR-10 with one record each in an archive beside it."""
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    records = cifar.read_records
    monkeypatch.setattr(cifar, "read_records", lambda paths, _count, **how: records(paths, 1, **how))
    inside = tmp_path / "cifar-10-batches-bin"
    inside.mkdir()
    for number, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
        write(inside / name, [[number]])
    (inside / "batches.meta.txt").write_text("\n".join(DATASETS["cifar10"].classes) + "\n\n")
    (tmp_path / "data" / "cifar10").mkdir(parents=True)
    with tarfile.open(tmp_path / "data" / "cifar10" / "cifar-10-binary.tar.gz", "w:gz") as packed:
        packed.add(inside, inside.name)
    return tmp_path / "data" / "cifar10"


def test_the_archive_is_unpacked_and_what_is_there_left_alone(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pooch.retrieve", lambda *_args, **_how: None)  # the archive lies there: nothing to fetch
    assert cifar.read_cifar10()["train"].labels.tolist() == [0, 1, 2, 3, 4]
    assert (small / "cifar-10-binary.tar.gz").is_file()  # somebody put it there; it is not ours to delete
    (small / "cifar-10-batches-bin" / "data_batch_2.bin").unlink()
    write(small / "cifar-10-batches-bin" / "test_batch.bin", [[9]])
    splits = cifar.read_cifar10()
    assert splits["train"].labels.tolist() == [0, 1, 2, 3, 4]
    assert splits["test"].labels.tolist() == [9]
    assert not list(small.glob("tmp*"))


def test_a_damaged_archive(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pooch.retrieve", lambda *_args, **_how: None)
    archive = small / "cifar-10-binary.tar.gz"
    archive.write_bytes(archive.read_bytes()[:200])
    with pytest.raises(
        InputError, match=r"cifar-10-binary\.tar\.gz: cannot be unpacked: .*; delete it and download it again"
    ):
        cifar.read_cifar10()


def test_other_classes_are_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pooch.retrieve", lambda *_args, **_how: None)
    cifar.read_cifar10()
    meta = small / "cifar-10-batches-bin" / "batches.meta.txt"
    meta.write_text(meta.read_text().replace("deer", "elk"))
    with pytest.raises(InputError, match=r"batches\.meta\.txt: names a class elk instead of deer"):
        cifar.read_cifar10()


def test_cifar100_reads_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    records = cifar.read_records
    monkeypatch.setattr(cifar, "read_records", lambda paths, _count, **how: records(paths, 2, **how))
    folder = tmp_path / "cifar100" / "cifar-100-binary"
    folder.mkdir(parents=True)
    write(folder / "train.bin", [[3, 42], [0, 7]])
    write(folder / "test.bin", [[1, 99], [2, 0]])
    (folder / "fine_label_names.txt").write_text("\n".join(DATASETS["cifar100"].classes))
    splits = cifar.read_cifar100()
    assert (splits["train"].labels.tolist(), splits["test"].labels.tolist()) == ([42, 7], [99, 0])
    (folder / "fine_label_names.txt").write_bytes(b"apple\n\xff\n")
    with pytest.raises(InputError, match=r"names a class \S+ instead of aquarium_fish"):
        cifar.read_cifar100()


@pytest.mark.usefixtures("cifar10")
def test_the_real_cifar10() -> None:
    data = load("cifar10", validation=5000)
    assert {name: tuple(split.images.shape) for name, split in data.splits.items()} == {
        "train": (45_000, 3, 32, 32),
        "validation": (5_000, 3, 32, 32),
        "test": (10_000, 3, 32, 32),
    }
    assert torch.bincount(data.splits["test"].labels).tolist() == [1000] * 10
    assert torch.bincount(load("cifar10").splits["train"].labels).tolist() == [5000] * 10
    mean, std = channel_statistics(load("cifar10").splits["train"])
    assert mean == pytest.approx(DATASETS["cifar10"].mean, abs=5e-4)
    assert std == pytest.approx(DATASETS["cifar10"].std, abs=2e-3)
    known = {
        True: "the published copy",
        False: "the published images re-encoded as JPEG (quality 75), which loses some detail",
    }
    assert data.provenance == known[data.published]


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("cifar10", (125.306918046875, 122.950394140625, 113.86538318359375)),
        ("cifar100", (129.30416561, 124.0699627, 112.43405006)),
    ],
)
def test_the_published_copy_is_known_by_its_public_channel_means(name: str, means: tuple[float, ...]) -> None:
    """50,000 images of 1,024 pixels: the means, in 0..255, fix the sums."""
    sums = DATASETS[name].pixel_sums
    assert [round(total / 51_200_000, 8) for total in sums] == [round(mean, 8) for mean in means]
    assert tuple(round(total / 51_200_000 / 255, 4) for total in sums) == DATASETS[name].mean


def test_there_are_a_hundred_fine_classes() -> None:
    classes = DATASETS["cifar100"].classes
    assert len(set(classes)) == 100
    assert list(classes) == sorted(classes)
