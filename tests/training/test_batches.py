"""The training images of an epoch."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from deepstudy import models
from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.loading.seeds import epoch_order
from deepstudy.loading.split import Split
from deepstudy.study import Study
from deepstudy.training import loop


def test_images_grow_to_their_size(setup_of: Any, directory: Any, tmp_path: Path) -> None:
    sides: list[int] = []

    class Seen(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(1, 10)

        def forward(self, x: Tensor) -> Tensor:
            if self.training:
                sides.append(x.shape[2])
            y: Tensor = self.fc(x.mean((2, 3)))
            return y

    growing = ("model=fast_cnn", "resolution={start: 16, until: 0.6}")
    what = setup_of("batch_size=90", "epochs=6", *growing)
    assert not what.experiment.extends  # how large images are at an epoch depends on how many follow
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "build", lambda *_: Seen())
        loop.train(what, directory(tmp_path))
    assert sides == [16, 16, 20, 24, 28, 28]


@pytest.mark.parametrize(
    ("pairs", "takes"),
    [
        (["resolution={start: 16}"], "lenet5 takes images of one size"),
        (["model=fast_cnn", "resolution={start: 12}"], "fast_cnn takes images of 16 pixels or more"),
    ],
)
def test_images_too_small_for_a_network_are_refused(small_study: Study, pairs: list[str], takes: str) -> None:
    with pytest.raises(InputError, match=f"resolution.start: {takes}"):
        small_study.experiment("plain", None, pairs)


def test_the_next_batch_is_asked_for_before_the_step(
    setup_of: Any, directory: Any, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(Split, "prefetch", lambda _, index: asked.append(torch.arange(10_000)[index].tolist()))
    what = setup_of("batch_size=64", "epochs=1")
    loop.train(what, directory(tmp_path))
    shuffled = epoch_order(len(digits.splits["train"]), 0, 1).split(64)
    following = [batch.tolist() for batch in shuffled[1:]] + [[]]
    first = asked.index(following[0])
    # Each batch is asked for once ahead of its time, and once more when it is taken.
    assert [each for each in asked[first:] if each in following][: 2 * len(following) : 2] == following
