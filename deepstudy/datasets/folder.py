"""A folder of your own images: `train/CLASS/*.png` and `test/CLASS/*.png` (jpg, webp, …), one folder per class.

This file finds and checks the images. decoding.py turns them into arrays and caches those.
"""

import os
from pathlib import Path

from deepstudy.datasets.info import ImageArrays
from deepstudy.errors import InputError

#: How the names of images end, as in torchvision's `ImageFolder`.
IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


def is_folder(data: str) -> bool:
    """Whether the name of a data set is the path of a folder of images.

    Arguments:
        data: the name.

    Returns:
        Whether it has a slash or begins with a dot.
    """
    return "/" in data or os.sep in data or data.startswith(".")


def image_files(folder: Path) -> dict[str, list[Path]]:
    """List the images of `folder/train/CLASS/` and `folder/test/CLASS/`.

    Arguments:
        folder: the folder.

    Returns:
        The files of `train` and `test`, class by class, in an order that does not depend on the system.

    Raises:
        InputError: if a split has no images, or the folder of a class holds other files only.
    """
    files = {}
    for split in ("train", "test"):
        there = [path for path in (folder / split).glob("[!.]*/[!.]*") if path.is_file()]  # a Mac leaves hidden ones
        images = [path for path in there if path.suffix.lower() in IMAGE_SUFFIXES]
        classes = {path.parent for path in images}
        if unread := min((path for path in there if path.parent not in classes), default=None):
            kinds = ", ".join(sorted(IMAGE_SUFFIXES))
            raise InputError(f"{unread.parent}: holds {unread.name} but no image ({kinds}); convert or move it")
        for path in images:
            try:
                str(path).encode()
            except UnicodeEncodeError:
                raise InputError(f"{str(path)!a}: the name is not UTF-8; rename it") from None
        if not images:
            raise InputError(f"{folder / split}: holds no images; put them there as {split}/CLASS/NAME.png (or .jpg)")
        files[split] = sorted(images, key=lambda path: (path.parent.name, path.name))
    return files


def read_image_folder(folder: Path, size: int | None) -> tuple[tuple[str, ...], dict[str, ImageArrays]]:
    """Read a folder of images. A split has three channels if one of its images is in colour, else one.

    Arguments:
        folder: the folder.
        size: height and width in pixels that images are scaled and cropped to, if given.

    Returns:
        The classes, and the arrays of `train` and `test`.

    Raises:
        InputError: if the folder has another layout, an image cannot be decoded, sizes differ and no `size` is given,
            there is only one class, or the test images have a class that the training images lack.
    """
    from deepstudy.datasets.decoding import decode_split

    files = image_files(folder)
    classes = sorted({path.parent.name for path in files["train"]})
    if len(classes) < 2:
        raise InputError(f"{folder / 'train'}: has only one class, {classes[0]}; add another")
    extra = {path.parent.name for path in files["test"]} - set(classes)
    if extra:
        raise InputError(f"{folder / 'test' / min(extra)}: the training images have no such class; rename or remove it")
    splits = {name: decode_split(folder / name, paths, classes, size) for name, paths in files.items()}
    shapes = {name: split.images.shape[1:] for name, split in splits.items()}
    if shapes["train"] != shapes["test"]:
        of = " but ".join(f"{name} images are {'x'.join(map(str, shape))}" for name, shape in shapes.items())
        raise InputError(f"{folder}: {of}; set data.size, and make all images grey or all coloured")
    return tuple(classes), splits
