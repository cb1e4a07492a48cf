"""IDX, the file format of MNIST and its successors.

A file is a magic number (0, 0, type of the values, number of dimensions), the size of each dimension as a big-endian
32-bit integer, and the values in row order (LeCun, "The MNIST database"). Only unsigned bytes occur here.
"""

import gzip
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepstudy.datasets.info import ImageArrays
from deepstudy.errors import InputError

_PREFIXES = {"train": "train", "test": "t10k"}  #: what the names of a split's files begin with
_CLASSES = 10
_UNSIGNED_BYTE = 8
_FIX = "delete it and download it again"


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read a gzip-compressed IDX file.

    Arguments:
        path: the file.
        shape: the shape that its array must have.

    Returns:
        The array, read-only.

    Raises:
        InputError: if the file is damaged, incomplete, of another kind, or holds another number of items.
    """
    try:
        data = gzip.decompress(path.read_bytes())
    except EOFError:
        raise InputError(f"{path}: is incomplete; {_FIX}") from None
    except (OSError, zlib.error) as error:
        raise InputError(f"{path}: is not a readable gzip file ({error}); {_FIX}") from None
    magic = bytes((0, 0, _UNSIGNED_BYTE, len(shape)))
    start = len(magic) + 4 * len(shape)
    if len(data) < start and magic.startswith(data[:4]):
        raise InputError(f"{path}: is incomplete; {_FIX}")
    if data[:4] != magic:
        kind = "images" if len(shape) > 1 else "labels"
        raise InputError(f"{path}: begins with {data[:4].hex(' ')}, but IDX {kind} begin with {magic.hex(' ')}; {_FIX}")
    written = struct.unpack(f">{len(shape)}I", data[4:start])
    if written != shape:
        raise InputError(f"{path}: holds {_size(written)}, but should hold {_size(shape)}; {_FIX}")
    if len(data) - start != np.prod(shape):
        raise InputError(
            f"{path}: its header says {np.prod(shape):,} bytes, but the file has {len(data) - start:,}; {_FIX}"
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def read_splits(folder: Path, sizes: Mapping[str, int]) -> dict[str, ImageArrays]:
    """Read a data set in the files of MNIST: 28x28 images of ten classes.

    Arguments:
        folder: where the four files are.
        sizes: the number of images of `train` and of `test`.

    Returns:
        Each split's images (n, 1, 28, 28) and classes (n,).

    Raises:
        InputError: as `read_idx`, and for a label that is not a class.
    """
    return {name: _read_split(folder, prefix, sizes[name]) for name, prefix in _PREFIXES.items()}


def _read_split(folder: Path, prefix: str, count: int) -> ImageArrays:
    images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz", (count, 28, 28))
    path = folder / f"{prefix}-labels-idx1-ubyte.gz"
    labels = read_idx(path, (count,))
    if labels.max() >= _CLASSES:
        raise InputError(f"{path}: one label is {labels.max()}, but the classes are 0 to {_CLASSES - 1}; {_FIX}")
    return ImageArrays(images[:, None].copy(), labels.astype(np.int64))  # torch wants writable arrays


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[0]:,} images of {shape[1]}x{shape[2]}" if len(shape) == 3 else f"{shape[0]:,} labels"
