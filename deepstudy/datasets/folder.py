"""A folder of images of one's own: `train/CLASS/*.png` and `test/CLASS/*.png` (jpg, webp, …), one folder a class.

The images are decoded once, on all cores, and kept beside the other data sets under the digest of what the files hold:
a file that changes is decoded again, a folder that moves is not. What is kept is mapped into memory.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps
from rich.console import Console
from rich.progress import track

from deepstudy.catalog import image_files
from deepstudy.datasets.split import Split
from deepstudy.errors import InputError
from deepstudy.files import data_folder


def read(folder: Path, size: int | None) -> tuple[tuple[str, ...], dict[str, Split]]:
    """The folder's classes and splits; images scaled and cropped to `size` pixels square where that is given.

    Grey images make one channel, any colour among them three. Raises InputError if the folder is not laid out so, an
    image cannot be decoded, the sizes differ and none is given, there is one class, or the test images have another.
    """
    files = image_files(folder)
    classes = sorted({path.parent.name for path in files["train"]})
    if len(classes) < 2:
        raise InputError(f"{folder / 'train'}: has one class, {classes[0]}; a network needs two to tell apart")
    extra = {path.parent.name for path in files["test"]} - set(classes)
    if extra:
        raise InputError(f"{folder / 'test' / min(extra)}: train has no class of that name; rename or remove it")
    splits = {name: _decoded(folder, name, paths, classes, size) for name, paths in files.items()}
    shapes = {name: split.shape for name, split in splits.items()}
    if shapes["train"] != shapes["test"]:
        of = " but ".join(f"{name} images {'x'.join(map(str, shape))}" for name, shape in shapes.items())
        raise InputError(f"{folder}: {of}; give data.size, and make all of them grey or none")
    return tuple(classes), splits


def _decoded(folder: Path, split: str, paths: list[Path], classes: list[str], size: int | None) -> Split:
    labels = np.array([classes.index(path.parent.name) for path in paths], np.int64)
    kept = data_folder() / "folders" / f"{_content(paths, classes, size)}.npy"
    if (images := _read_kept(kept)) is None:
        shape = _shape(paths, size)
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.parent, suffix=".writing") as scratch:
                part = Path(scratch) / kept.name
                images = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
                _reserve(part)
                _decode_all(paths, size, images, f"{folder / split}")
                os.replace(part, kept)  # whole or not at all, whoever else decodes the same
        except OSError as error:
            raise InputError(f"{kept}: cannot be written: {error.strerror}; set DEEPSTUDY_DATA") from None
        images = _read_kept(kept)
        assert images is not None
    return Split(images, torch.from_numpy(labels))


def _reserve(path: Path) -> None:
    """Have a file's whole room on the disk: where it is full, what writes to mapped memory dies without a word."""
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _read_kept(path: Path) -> np.memmap | None:
    """The images that were decoded before, None where there are none or the file is damaged."""
    try:
        # Copy on write: torch wants arrays that it could write to, and nobody does.
        images: np.memmap = np.load(path, mmap_mode="c")
    except (OSError, ValueError, EOFError):
        return None
    return images


def _content(paths: list[Path], classes: list[str], size: int | None) -> str:
    """A digest of the files, their classes and the size: what the decoded images depend on."""
    total = hashlib.sha256(repr((classes, size, "on white, 16 bits")).encode())
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest() + path.parent.name.encode())
    return total.hexdigest()[:32]


def _shape(paths: list[Path], size: int | None) -> tuple[int, int, int, int]:
    """What the decoded images are together, (n, c, h, w), as the files' headers say it."""
    sizes: dict[tuple[int, int], Path] = {}
    colours = False
    for path in paths:
        with _opened(path) as image:
            sideways = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
            sizes[image.size[::-1] if sideways else image.size] = path
            colours = colours or not _is_grey(image)
    if size is not None:
        sizes = {(size, size): paths[0]}
    if len(sizes) > 1:
        sides = [f"{path.parent.name}/{path.name} {w}x{h}" for (w, h), path in list(sizes.items())[:2]]
        raise InputError(f"{paths[0].parent.parent}: images differ in size ({', '.join(sides)}); give data.size")
    ((w, h),) = sizes
    return len(paths), 3 if colours else 1, h, w


def _decode_all(paths: list[Path], size: int | None, images: NDArray[np.uint8], what: str) -> None:
    """Decode so many images into `images` (n, c, h, w), on all cores."""

    def decode(number: int) -> None:
        pixels = _decode(paths[number], size)
        images[number] = pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)  # grey fills all channels

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(decode, range(len(paths)))
        for _ in track(done, f"decoding {what}", len(paths), console=Console(stderr=True), transient=True):
            pass


def _decode(path: Path, size: int | None) -> NDArray[np.uint8]:
    """(h, w) where the file is grey, (h, w, 3) where it has colours; what is transparent is seen on white."""
    with _opened(path) as image:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        upright: Image.Image = image if turn is None else image.transpose(turn)
        grey = _is_grey(upright)
        if upright.mode.startswith("I"):  # 16 bits, of which Pillow would cut off what is above 255
            upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
        if upright.has_transparency_data:  # its colours may be anything where nothing of them is seen
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
        pixels = upright.convert("L" if grey else "RGB")
    if size is not None:
        pixels = ImageOps.fit(pixels, (size, size), Image.Resampling.BICUBIC)
    return np.asarray(pixels, np.uint8)


#: What makes an image upright, by the orientation that its camera wrote into it (EXIF 2.32, section 4.6.4). Pillow's
#: own `exif_transpose` writes all that the camera said anew, and fails where some of it is damaged.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _is_grey(image: Image.Image) -> bool:
    return image.mode in ("1", "L", "LA") or image.mode.startswith("I")


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path) as image:
            if image.mode == "F" or (image.mode == "I" and image.format not in ("PNG", "PPM")):  # those have 16 bits
                raise InputError(f"{path}: its numbers do not say how bright white is; save it with 8 or 16 bits")
            yield image
    except InputError:
        raise
    except Exception as error:  # whatever bytes that are no image make a decoder do
        raise InputError(f"{path}: cannot be decoded ({error}); mend or remove it") from None
