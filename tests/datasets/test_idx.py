import functools
import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from deepstudy.datasets.idx import read_idx
from deepstudy.errors import InputError

packed = functools.partial(gzip.compress, mtime=0)  # without the time, the same bytes in every process
LABELS = struct.pack(">BBBBI", 0, 0, 8, 1, 3) + bytes([1, 2, 3])
IMAGES = struct.pack(">BBBBIII", 0, 0, 8, 3, 2, 2, 2) + bytes(range(8))


def test_reads_labels_and_images(tmp_path: Path) -> None:
    (tmp_path / "l.gz").write_bytes(packed(LABELS))
    (tmp_path / "i.gz").write_bytes(packed(IMAGES))
    assert read_idx(tmp_path / "l.gz", (3,)).tolist() == [1, 2, 3]
    assert np.array_equal(read_idx(tmp_path / "i.gz", (2, 2, 2)), np.arange(8).reshape(2, 2, 2))


@pytest.mark.parametrize(
    ("data", "shape", "message"),
    [
        (packed(IMAGES)[:-12], (2, 2, 2), "is incomplete"),
        (packed(IMAGES)[:4], (2, 2, 2), "is incomplete"),
        (b"", (2, 2, 2), "is incomplete"),
        (b"<html>", (2, 2, 2), "is not a readable gzip file"),
        (packed(IMAGES)[:30] + b"\xff" * 20, (2, 2, 2), "is not a readable gzip file"),
        (packed(LABELS), (2, 2, 2), "begins with 00 00 08 01, but IDX images begin with 00 00 08 03"),
        (packed(IMAGES), (3,), "begins with 00 00 08 03, but IDX labels begin with 00 00 08 01"),
        (packed(LABELS), (4,), "holds 3 labels, but should hold 4 labels"),
        (packed(IMAGES), (2, 2, 3), "holds 2 images of 2x2, but should hold 2 images of 2x3"),
        (packed(IMAGES[:-1]), (2, 2, 2), "says 8 bytes, but the file has 7"),
        (packed(IMAGES + b"x"), (2, 2, 2), "says 8 bytes, but the file has 9"),
        (packed(IMAGES[:6]), (2, 2, 2), "is incomplete"),
    ],
)
def test_damaged_files(tmp_path: Path, data: bytes, shape: tuple[int, ...], message: str) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        read_idx(path, shape)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{path}: ")
    assert "download it again" in str(error.value)
