"""Accuracy and loss on whole splits."""

from typing import Any

import torch
from torch import Tensor, nn

from deepstudy.loading import Dataset
from deepstudy.loading.batches import Batcher
from deepstudy.loading.split import Split
from deepstudy.study import Scoring
from deepstudy.training.scoring import predict


def test_mirror_images_count_half_in_a_score(setup_of: Any, digits: Dataset) -> None:
    what = setup_of()
    model, batches = what.build_model(), Batcher(digits.splits["test"], [0.0], [1.0])
    mirror = Batcher(Split(digits.splits["test"].images.flip(3), digits.splits["test"].labels), [0.0], [1.0])
    one, other = (predict(model, each, 10, what.machine, Scoring()) for each in (batches, mirror))
    both = predict(model, batches, 10, what.machine, Scoring(flip=True))
    assert torch.allclose(both, (one + other) / 2, atol=1e-6)


def test_moved_images_count_a_quarter_each_in_a_score(setup_of: Any, digits: Dataset) -> None:
    what, split = setup_of(), digits.splits["test"]
    model = what.build_model()
    padded = nn.functional.pad(split.images.float(), (2, 2, 2, 2), mode="reflect").byte()

    def says(down: int, scoring: Scoring) -> Tensor:
        moved = Split(padded[:, :, 2 - down : 30 - down, 2 - down : 30 - down], split.labels)
        return predict(model, Batcher(moved, [0.0], [1.0]), 10, what.machine, scoring)

    still, down, up = (says(by, Scoring()) for by in (0, 2, -2))
    together = says(0, Scoring(shift=2))
    assert torch.allclose(together, still / 2 + down / 4 + up / 4, atol=1e-6)
    assert not torch.allclose(together, still, atol=1e-4)
