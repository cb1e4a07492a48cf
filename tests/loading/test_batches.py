import torch

from deepstudy.loading import Dataset
from deepstudy.loading.batches import Batcher


def test_normalisation(digits: Dataset) -> None:
    split = digits.splits["train"]
    images, labels = Batcher(split, [0.2], [0.5]).plain(slice(3, 8))
    assert torch.allclose(images, (split.images[3:8].float() / 255 - 0.2) / 0.5, atol=1e-6)
    assert torch.equal(labels, split.labels[3:8])
