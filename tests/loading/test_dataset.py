"""Which images an experiment gets, and which copy of the data they are from."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from deepstudy.datasets import DATASETS, ImageArrays
from deepstudy.loading import dataset, load


@pytest.mark.usefixtures("mnist5k")
def test_some_test_images_of_data_that_lies_class_by_class_are_of_all_classes() -> None:
    few, more = (load("mnist5k", test_images=count).splits["test"] for count in (100, 200))
    assert set(few.labels.tolist()) == set(range(10))
    assert torch.equal(few.images, more.images[:100])


@pytest.mark.usefixtures("mnist")
def test_some_test_images_of_mixed_data_are_the_first() -> None:
    assert torch.equal(load("mnist", test_images=5).splits["test"].labels, torch.tensor([7, 2, 1, 0, 4]))


@pytest.mark.usefixtures("mnist5k")
def test_held_out_images_are_the_same_whatever_else_is_asked() -> None:
    whole = load("mnist5k", validation=500)
    small = load("mnist5k", validation=500, train_images=100, test_images=50)
    assert torch.equal(whole.splits["validation"].images, small.splits["validation"].images)
    assert torch.equal(whole.splits["train"].images[:100], small.splits["train"].images)
    assert len(small.splits["test"]) == 50
    both = torch.cat([whole.splits["train"].images, whole.splits["validation"].images]).flatten(1)
    everything = load("mnist5k").splits["train"].images.flatten(1)
    assert sorted(map(bytes, both.numpy())) == sorted(map(bytes, everything.numpy()))


def test_pixel_sums_tell_copies_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    split = ImageArrays(np.full((4, 3, 32, 32), 255, np.uint8), np.zeros(4, np.int64))
    for sums, published in (((4 * 1024 * 255,) * 3, True), ((1, 2, 3), False)):
        info = replace(DATASETS["cifar10"], pixel_sums=sums, read=lambda: {"train": split, "test": split})
        monkeypatch.setattr(dataset, "DATASETS", {"cifar10": info})
        dataset._read_whole.cache_clear()
        assert load("cifar10").published == published
    dataset._read_whole.cache_clear()
