"""The images of a folder, decoded.

Images are decoded once, on all cores. The result is cached beside the data sets, under a digest of the files' contents.
A file that changes is decoded again, a folder that moves is not. The cache is mapped into memory.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps
from rich.console import Console
from rich.progress import track

from deepstudy.datasets.info import ImageArrays
from deepstudy.errors import InputError
from deepstudy.files import data_folder


def decode_split(folder: Path, paths: Sequence[Path], classes: Sequence[str], size: int | None) -> ImageArrays:
    """Decode the images of a split, or take them from the cache.

    Arguments:
        folder: the folder of the split, for messages.
        paths: its files, each in the folder of its class.
        classes: the names of the classes, in order.
        size: height and width in pixels that images are scaled and cropped to, if given.

    Returns:
        Images mapped into memory, and their classes.

    Raises:
        InputError: if an image cannot be decoded, sizes differ and no `size` is given, or the cache cannot be written.
    """
    labels = np.array([classes.index(path.parent.name) for path in paths], np.int64)
    cache = data_folder() / "folders" / f"{_content(paths, classes, size)}.npy"
    if (images := _read_cache(cache)) is None:
        shape = _shape(paths, size)
        try:
            cache.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache.parent, suffix=".writing") as scratch:
                part = Path(scratch) / cache.name
                images = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
                _reserve(part)
                _decode_all(paths, size, images, str(folder))
                os.replace(part, cache)  # whole or not at all, even if another process decodes the same images
        except OSError as error:
            raise InputError(
                f"{cache}: cannot be written: {error.strerror}; set DEEPSTUDY_DATA to another folder"
            ) from None
        images = _read_cache(cache)
        assert images is not None
    return ImageArrays(images, labels)


def _reserve(path: Path) -> None:
    """Reserve the whole file on the disk: on a full disk, a write to mapped memory would end the process."""
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _read_cache(path: Path) -> np.memmap | None:
    """The images that were decoded before; None if there are none or the file is damaged."""
    try:
        # Copy on write: torch wants writable arrays, and nothing writes to them.
        images: np.memmap = np.load(path, mmap_mode="c")
    except (OSError, ValueError, EOFError):
        return None
    return images


def _content(paths: Sequence[Path], classes: Sequence[str], size: int | None) -> str:
    """A digest of the files, their classes and the size: what the decoded images depend on."""
    total = hashlib.sha256(repr((list(classes), size, "on white, 16 bits")).encode())
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest() + path.parent.name.encode())
    return total.hexdigest()[:32]


def _shape(paths: Sequence[Path], size: int | None) -> tuple[int, int, int, int]:
    """The shape (n, c, h, w) of all decoded images, from the headers of the files."""
    sizes: dict[tuple[int, int], Path] = {}
    has_color = False
    for path in paths:
        with _opened(path) as image:
            sideways = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
            sizes[image.size[::-1] if sideways else image.size] = path
            has_color = has_color or not _is_gray(image)
    if size is not None:
        sizes = {(size, size): paths[0]}
    if len(sizes) > 1:
        sides = [f"{path.parent.name}/{path.name} {w}x{h}" for (w, h), path in list(sizes.items())[:2]]
        raise InputError(f"{paths[0].parent.parent}: images differ in size ({', '.join(sides)}); set data.size")
    ((w, h),) = sizes
    return len(paths), 3 if has_color else 1, h, w


def _decode_all(paths: Sequence[Path], size: int | None, images: NDArray[np.uint8], what: str) -> None:
    """Decode the images into `images` (n, c, h, w), on all cores."""

    def decode(number: int) -> None:
        pixels = _decode(paths[number], size)
        images[number] = pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)  # grey fills all channels

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(decode, range(len(paths)))
        for _ in track(done, f"decoding {what}", len(paths), console=Console(stderr=True), transient=True):
            pass


def _decode(path: Path, size: int | None) -> NDArray[np.uint8]:
    """The pixels: (h, w) if the file is grey, (h, w, 3) if it is coloured. Transparent images lie on white."""
    with _opened(path) as image:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        upright: Image.Image = image if turn is None else image.transpose(turn)
        gray = _is_gray(upright)
        if upright.mode.startswith("I"):  # 16 bits; Pillow would cut off values above 255
            upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
        if upright.has_transparency_data:  # transparent pixels may have any colour
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
        pixels = upright.convert("L" if gray else "RGB")
    if size is not None:
        pixels = ImageOps.fit(pixels, (size, size), Image.Resampling.BICUBIC)
    return np.asarray(pixels, np.uint8)


#: What turns an image upright, by the orientation that its camera wrote into it (EXIF 2.32, section 4.6.4). Pillow's
#: own `exif_transpose` also rewrites all other EXIF data, and fails where some of it is damaged.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _is_gray(image: Image.Image) -> bool:
    return image.mode in ("1", "L", "LA") or image.mode.startswith("I")


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path) as image:
            if image.mode == "F" or (
                image.mode == "I" and image.format not in ("PNG", "PPM")
            ):  # in those, it has 16 bits
                raise InputError(
                    f"{path}: has 32-bit or float values, whose range is unknown; save it with 8 or 16 bits"
                )
            yield image
    except InputError:
        raise
    except Exception as error:  # decoders raise anything for bytes that are not an image
        raise InputError(f"{path}: cannot be decoded ({error}); replace or remove it") from None
