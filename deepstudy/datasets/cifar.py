"""CIFAR-10 and CIFAR-100: 50,000 training and 10,000 test images, 32x32, in colour (Krizhevsky 2009).

The binary version: files of records, each one label byte (CIFAR-100: two, the coarse class and the fine one) and then
1,024 red, 1,024 green and 1,024 blue bytes, row by row. A text file beside them names the classes.
"""

from collections.abc import Sequence
from pathlib import Path

from deepstudy.datasets.info import DatasetInfo, ImageArrays
from deepstudy.errors import InputError

MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
_PIXELS = 3 * 32 * 32
_FIX = "delete the folder and download it again"


def read_cifar10() -> dict[str, ImageArrays]:
    """Read CIFAR-10 from the data folder, downloading it first where it is missing.

    Returns:
        The arrays of `train` and `test`.

    Raises:
        InputError: if a file cannot be downloaded or is damaged.
    """
    from deepstudy.datasets.download import obtain_archive

    folder = obtain_archive(CIFAR10, "cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530", MIRRORS)
    _check_names(CIFAR10, folder / "batches.meta.txt")
    batches = [folder / f"data_batch_{number}.bin" for number in range(1, 6)]
    return {
        "train": read_records(batches, 10_000, classes=10),
        "test": read_records([folder / "test_batch.bin"], 10_000, classes=10),
    }


def read_cifar100() -> dict[str, ImageArrays]:
    """Read CIFAR-100, with its 100 fine classes, downloading it first where it is missing.

    Returns:
        The arrays of `train` and `test`.

    Raises:
        InputError: if a file cannot be downloaded or is damaged.
    """
    from deepstudy.datasets.download import obtain_archive

    folder = obtain_archive(CIFAR100, "cifar-100-binary.tar.gz", "md5:03b5dce01913d631647c71ecec9e9cb8", MIRRORS)
    _check_names(CIFAR100, folder / "fine_label_names.txt")
    return {
        "train": read_records([folder / "train.bin"], 50_000, classes=100, label_bytes=2),
        "test": read_records([folder / "test.bin"], 10_000, classes=100, label_bytes=2),
    }


def read_records(paths: Sequence[Path], count: int, classes: int, label_bytes: int = 1) -> ImageArrays:
    """Read files of records.

    Arguments:
        paths: the files, in order.
        count: how many records each of them holds.
        classes: how many classes there are.
        label_bytes: label bytes before the pixels of a record; the last of them is the class.

    Returns:
        Images (n, 3, 32, 32) and classes (n,), with n records in all.

    Raises:
        InputError: if a file has another size, or a label that is not a class.
    """
    import numpy as np

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
                f"{path}: has {len(data):,} bytes, but should have {count * size:,} "
                f"({count:,} records of {size:,}); {_FIX}"
            )
        records = data.reshape(count, size)
        images[number], labels[number] = records[:, label_bytes:], records[:, label_bytes - 1]
        if labels[number].max() >= classes:
            wrong = int(labels[number].argmax())
            raise InputError(
                f"{path}: the label of record {wrong:,} is {labels[number, wrong]}, "
                f"but the classes are 0 to {classes - 1}; {_FIX}"
            )
    return ImageArrays(images.reshape(-1, 3, 32, 32), labels.reshape(-1))


def _check_names(info: DatasetInfo, path: Path) -> None:
    """Refuse a file that does not name the known classes in their order."""
    names = tuple(path.read_text(encoding="utf-8", errors="replace").split())
    if names != info.classes:
        odd = next((pair for pair in zip(names, info.classes, strict=False) if pair[0] != pair[1]), None)
        what = (
            f"names a class {odd[0]} instead of {odd[1]}"
            if odd
            else f"names {len(names)} classes, not {len(info.classes)}"
        )
        raise InputError(f"{path}: {what}; {_FIX}")


CIFAR10 = DatasetInfo(
    name="cifar10",
    summary="60,000 photographs of animals and vehicles, 32x32 in colour",
    read=read_cifar10,
    shape=(3, 32, 32),
    classes=tuple("airplane automobile bird cat deer dog frog horse ship truck".split()),
    splits={"train": 50_000, "test": 10_000},
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    files=tuple(
        f"cifar10/cifar-10-batches-bin/{file}"
        for file in (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin", "batches.meta.txt")
    ),
    pixel_sums=(6_415_714_204, 6_295_060_180, 5_829_907_619),
    known_copies={"3abbe5c320980eed": "the published images re-encoded as JPEG (quality 75), which loses some detail"},
)

CIFAR100 = DatasetInfo(
    name="cifar100",
    summary="60,000 photographs in 100 classes, 32x32 in colour",
    read=read_cifar100,
    shape=(3, 32, 32),
    classes=tuple(
        "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can "
        "castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin "
        "elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster "
        "man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck "
        "pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk "
        "skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger "
        "tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm".split()
    ),
    splits={"train": 50_000, "test": 10_000},
    mean=(0.5071, 0.4865, 0.4409),
    std=(0.2673, 0.2564, 0.2762),
    files=tuple(f"cifar100/cifar-100-binary/{file}" for file in ("train.bin", "test.bin", "fine_label_names.txt")),
    pixel_sums=(6_620_373_279, 6_352_382_090, 5_756_623_363),
)
