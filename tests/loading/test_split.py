import mmap
from pathlib import Path

import numpy as np
import pytest
import torch

from deepstudy.loading.split import Split


def numbered(count: int = 6) -> Split:
    images = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 4, 5).contiguous()
    return Split(images, torch.arange(count))


def test_parts_of_parts_hold_their_images_without_a_copy() -> None:
    whole = numbered()
    part = whole.at(torch.tensor([5, 1, 3]))
    inner = part.at(slice(1, 3))
    assert (len(whole), len(part), len(inner)) == (6, 3, 2)
    assert inner.labels.tolist() == inner.images[:, 0, 0, 0].tolist() == [1, 3]
    assert part.pixels(torch.tensor([2, 0]))[:, 0, 0, 0].tolist() == [3, 5]
    assert part.pixels(slice(0, 1)).shape == (1, 3, 4, 5)
    assert part.shape == (3, 4, 5)
    assert part._images.data_ptr() == whole._images.data_ptr() == whole.images.data_ptr()
    assert part.to(torch.device("cpu")) is part


class Recorder:
    """In the place of a mapped file: what was asked of it, and a system that is too busy to do so."""

    def __init__(self) -> None:
        self.ranges: list[tuple[int, int]] = []

    def madvise(self, option: int, begin: int, length: int) -> None:
        assert option == mmap.MADV_WILLNEED
        self.ranges.append((begin, length))
        raise BlockingIOError


@pytest.mark.skipif(not hasattr(mmap.mmap, "madvise"), reason="not on Windows")
def test_a_file_that_is_mapped_gives_the_same_images_whether_or_not_they_are_expected(tmp_path: Path) -> None:
    images = numbered(200).images
    np.save(tmp_path / "images.npy", images.numpy())
    mapped = Split(np.load(tmp_path / "images.npy", mmap_mode="c"), torch.arange(200))
    part = mapped.at(torch.tensor([199, 3, 70]))
    part.prefetch(torch.tensor([0, 2]))
    part.prefetch(slice(2, 9))
    part.prefetch(torch.tensor([], dtype=torch.int64))
    assert part.pixels(slice(None)).equal(images[[199, 3, 70]])
    asked = Recorder()
    mapped._file._mmap = asked
    part.prefetch(torch.tensor([1, 2]))  # rows 3 and 70 of 60 bytes each, behind the header of 128
    assert [(begin % mmap.PAGESIZE, begin + length) for begin, length in asked.ranges] == [(0, 368), (0, 4388)]
    assert all(begin <= 128 + row * 60 for (begin, _), row in zip(asked.ranges, (3, 70), strict=True))
    part.pixels(slice(None))
    assert len(asked.ranges) == 5  # those of a part are asked for in any case
    mapped.pixels(slice(0, 100))
    assert len(asked.ranges) == 5  # but not the file from front to back
    assert part.in_stored_order().labels.tolist() == part.in_stored_order().images[:, 0, 0, 0].tolist() == [3, 70, 199]
    assert mapped.images.equal(images)
