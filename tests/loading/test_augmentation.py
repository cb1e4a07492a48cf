import pytest
import torch

from deepstudy.loading import Split
from deepstudy.loading.augmentation import Augmentation
from deepstudy.loading.batches import Batcher


def colours(count: int = 64) -> Batcher:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(1, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    return Batcher(Split(images, torch.zeros(count, dtype=torch.int64)), [0.0] * 3, [1.0] * 3)


def test_an_images_augmentation_does_not_depend_on_its_batch() -> None:
    batches, augmentation = colours(), Augmentation(crop=4, flip=True, cutout=8)
    whole, _ = batches.augmented(torch.arange(64), augmentation, seed=1, epoch=2)
    part, _ = batches.augmented(torch.tensor([40, 3]), augmentation, seed=1, epoch=2)
    assert torch.equal(whole[[40, 3]], part)
    other, _ = batches.augmented(torch.arange(64), augmentation, seed=1, epoch=3)
    assert not torch.equal(whole, other)


def test_crops_are_windows_of_the_padded_image_and_all_occur() -> None:
    batches = colours(512)
    plain, _ = batches.plain(slice(None))
    cropped, _ = batches.augmented(torch.arange(512), Augmentation(crop=2), seed=0, epoch=1)
    padded = torch.nn.functional.pad(plain, (2, 2, 2, 2))
    windows = padded.unfold(2, 32, 1).unfold(3, 32, 1)  # (n, 3, 5, 5, 32, 32)
    matches = (windows == cropped[:, :, None, None]).all(dim=(1, 4, 5))  # (n, 5, 5)
    assert matches.sum(dim=(1, 2)).tolist() == [1] * 512
    counts = matches.sum(0)  # each of 25 windows about 20 times
    assert counts.min() >= 6
    assert counts.max() <= 40


def test_half_of_the_images_are_mirrored() -> None:
    batches = colours(1000)
    plain, _ = batches.plain(slice(None))
    flipped, _ = batches.augmented(torch.arange(1000), Augmentation(flip=True), seed=0, epoch=1)
    mirrored = (flipped == plain.flip(3)).all(dim=(1, 2, 3))
    assert bool(((flipped == plain).all(dim=(1, 2, 3)) | mirrored).all())
    assert 430 < int(mirrored.sum()) < 570


def test_alternating_flip_shows_each_image_both_ways_in_two_epochs() -> None:
    batches, augmentation = colours(1000), Augmentation(flip="alternating")
    plain, _ = batches.plain(slice(None))
    seen = []
    for epoch in (1, 2, 3):
        images, _ = batches.augmented(torch.arange(1000), augmentation, seed=0, epoch=epoch)
        seen.append((images == plain.flip(3)).all(dim=(1, 2, 3)))
    assert 430 < int(seen[0].sum()) < 570
    assert torch.equal(seen[0], ~seen[1])
    assert torch.equal(seen[0], seen[2])
    other, _ = batches.augmented(torch.arange(1000), augmentation, seed=1, epoch=1)
    assert not torch.equal((other == plain.flip(3)).all(dim=(1, 2, 3)), seen[0])


@pytest.mark.parametrize("side", [1, 8])
def test_cutout_clears_one_square(side: int) -> None:
    batches = colours(500)
    cut, _ = batches.augmented(torch.arange(500), Augmentation(cutout=side), seed=0, epoch=1)
    holes = (cut == 0).all(dim=1)  # (n, 32, 32)
    rows, columns = holes.any(dim=2).sum(1), holes.any(dim=1).sum(1)
    assert torch.equal(holes.sum(dim=(1, 2)), rows * columns)  # a rectangle
    assert int(rows.max()) == int(columns.max()) == side
    assert int(rows.min()) >= side // 2 if side > 1 else int(rows.min()) == 1
