import pytest
import torch

from deepstudy.datasets import Dataset
from deepstudy.datasets.batches import Augmentation, Batcher, derive_seed, downscale, epoch_order, views
from deepstudy.datasets.split import Split


def colours(count: int = 64) -> Batcher:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(1, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    return Batcher(Split(images, torch.zeros(count, dtype=torch.int64)), [0.0] * 3, [1.0] * 3)


def test_order_is_a_permutation_of_its_own_for_each_seed_and_epoch() -> None:
    first = epoch_order(100, seed=0, epoch=1)
    assert sorted(first.tolist()) == list(range(100))
    assert torch.equal(first, epoch_order(100, seed=0, epoch=1))
    assert not torch.equal(first, epoch_order(100, seed=0, epoch=2))
    assert not torch.equal(first, epoch_order(100, seed=1, epoch=1))


def test_derive_tells_words_apart() -> None:
    assert len({derive_seed("a", 1, 23), derive_seed("a", 12, 3), derive_seed("b", 1, 23), derive_seed("a", 1)}) == 4
    assert 0 <= derive_seed("x") < 2**63


def test_normalisation(digits: Dataset) -> None:
    split = digits.splits["train"]
    images, labels = Batcher(split, [0.2], [0.5]).plain(slice(3, 8))
    assert torch.allclose(images, (split.images[3:8].float() / 255 - 0.2) / 0.5, atol=1e-6)
    assert torch.equal(labels, split.labels[3:8])


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


def test_smaller_images_are_means_of_what_they_stand_for() -> None:
    images = torch.zeros(1, 1, 32, 32)
    images[..., 16:] = 1
    small = downscale(images, 16)
    assert small.shape == (1, 1, 16, 16)
    assert small.mean().item() == pytest.approx(0.5)
    assert small[0, 0, :, :7].abs().max().item() < 1e-6
    assert downscale(torch.zeros(1, 1, 32, 48), 16).shape == (1, 1, 16, 24)
    assert downscale(images, 32) is images


@pytest.mark.parametrize("shape", [(2, 3, 32, 32), (2, 1, 40, 24)])
def test_smaller_images_are_those_of_torch(shape: tuple[int, ...]) -> None:
    images = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    small = downscale(images, 20)
    expected = torch.nn.functional.interpolate(images, small.shape[2:], mode="bilinear", antialias=True)
    torch.testing.assert_close(small, expected)


@pytest.mark.parametrize("side", [1, 8])
def test_cutout_clears_one_square(side: int) -> None:
    batches = colours(500)
    cut, _ = batches.augmented(torch.arange(500), Augmentation(cutout=side), seed=0, epoch=1)
    holes = (cut == 0).all(dim=1)  # (n, 32, 32)
    rows, columns = holes.any(dim=2).sum(1), holes.any(dim=1).sum(1)
    assert torch.equal(holes.sum(dim=(1, 2)), rows * columns)  # a rectangle
    assert int(rows.max()) == int(columns.max()) == side
    assert int(rows.min()) >= side // 2 if side > 1 else int(rows.min()) == 1


def test_views_are_the_image_moved_both_ways_and_mirrored() -> None:
    images, _ = colours(2).plain(slice(None))
    shown = views(images, flip=True, shift=1)
    assert [weight for weight, _ in shown] == [0.25, 0.25, 0.125, 0.125, 0.125, 0.125]
    assert torch.equal(shown[0][1], images)
    assert torch.equal(shown[1][1], images.flip(3))
    down, up = shown[2][1], shown[4][1]
    assert torch.equal(down[:, :, 1:, 1:], images[:, :, :-1, :-1])
    assert torch.equal(up[:, :, :-1, :-1], images[:, :, 1:, 1:])
    assert torch.equal(up[:, :, -1, :-1], images[:, :, -2, 1:])  # reflected at the edge
    assert [weight for weight, _ in views(images, flip=False, shift=0)] == [1.0]
