"""A folder of images of one's own: `train/CLASS/*.png` and `test/CLASS/*.png` (or jpg), one folder a class.

The images are decoded once, on all cores, and kept beside the other data sets under the digest of what the files hold:
a file that changes is decoded again, a folder that moves is not.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from rich.console import Console
from rich.progress import track

from deepstudy import catalog
from deepstudy.catalog import image_files
from deepstudy.datasets.split import Split
from deepstudy.errors import InputError


def read(folder: Path, size: int | None) -> tuple[tuple[str, ...], dict[str, Split]]:
    """The folder's classes and splits; images scaled and cropped to `size` pixels square where that is given.

    Grey images make one channel, any colour among them three. Raises InputError if the folder is not laid out so, an
    image cannot be decoded, the sizes differ and none is given, or the test images have a class of their own.
    """
    files = image_files(folder)
    classes = sorted({path.parent.name for path in files["train"]})
    extra = {path.parent.name for path in files["test"]} - set(classes)
    if extra:
        raise InputError(f"{folder / 'test' / min(extra)}: train has no class of that name; rename or remove it")
    splits = {name: _decoded(folder, name, paths, classes, size) for name, paths in files.items()}
    shapes = {name: tuple(split.images.shape[1:]) for name, split in splits.items()}
    if shapes["train"] != shapes["test"]:
        of = " but ".join(f"{name} images {'x'.join(map(str, shape))}" for name, shape in shapes.items())
        raise InputError(f"{folder}: {of}; give data.size, and make all of them grey or none")
    return tuple(classes), splits


def _decoded(folder: Path, split: str, paths: list[Path], classes: list[str], size: int | None) -> Split:
    labels = np.array([classes.index(path.parent.name) for path in paths], np.int64)
    kept = catalog.data_folder() / "folders" / f"{_content(paths, classes, size)}.npy"
    if (images := _read_kept(kept)) is None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            decoded = pool.map(lambda path: _decode(path, size), paths)
            console = Console(stderr=True)
            images = _stacked(
                paths, list(track(decoded, f"decoding {folder / split}", len(paths), console=console, transient=True))
            )
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".writing", delete=False) as file:
                np.save(file, images)
            os.replace(file.name, kept)  # whole or not at all, whoever else decodes the same
        except OSError as error:
            raise InputError(f"{kept}: cannot be written: {error.strerror}; set DEEPSTUDY_DATA") from None
    return Split(torch.from_numpy(images), torch.from_numpy(labels))


def _read_kept(path: Path) -> NDArray[np.uint8] | None:
    """The images that were decoded before, None where there are none or the file is damaged."""
    try:
        images: NDArray[np.uint8] = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    return images


def _content(paths: list[Path], classes: list[str], size: int | None) -> str:
    """A digest of the files, their classes and the size: what the decoded images depend on."""
    total = hashlib.sha256(repr((classes, size)).encode())
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest() + path.parent.name.encode())
    return total.hexdigest()[:32]


def _decode(path: Path, size: int | None) -> NDArray[np.uint8]:
    """(h, w) where the file is grey, (h, w, 3) where it has colours."""
    try:
        with Image.open(path) as image:
            upright: Image.Image = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I;16"):  # Pillow would cut off what is above 255
                upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
            pixels = upright.convert("L" if upright.mode in ("1", "L", "LA") else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: cannot be decoded ({error}); mend or remove it") from None
    if size is not None:
        pixels = ImageOps.fit(pixels, (size, size), Image.Resampling.BICUBIC)
    return np.asarray(pixels, np.uint8)


def _stacked(paths: list[Path], images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """(n, c, h, w)."""
    sizes = {image.shape[:2]: path for path, image in zip(paths, images, strict=True)}
    if len(sizes) > 1:
        (one, first), (other, second) = list(sizes.items())[:2]
        sides = [
            f"{path.parent.name}/{path.name} {shape[1]}x{shape[0]}" for path, shape in ((first, one), (second, other))
        ]
        raise InputError(f"{first.parent.parent}: images differ in size ({', '.join(sides)}); give data.size")
    if all(image.ndim == 2 for image in images):
        return np.stack(images)[:, None]
    coloured: Iterable[NDArray[np.uint8]] = (
        image if image.ndim == 3 else image[:, :, None].repeat(3, axis=2) for image in images
    )
    return np.ascontiguousarray(np.stack(list(coloured)).transpose(0, 3, 1, 2))
