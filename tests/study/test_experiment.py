"""What an experiment says of a run that was made of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.errors import InputError
from deepstudy.study import Data, load_study, split_sizes

Write = Callable[..., Path]


def test_what_a_record_has_otherwise_is_named(write_study: Write) -> None:
    before = load_study(write_study()).experiment("plain").model_dump(mode="json")
    now = load_study(write_study(("lr: 0.05", "lr: 0.2"), ("batch_size: 50", "batch_size: 25"))).experiment("plain")
    assert now.differs_from(before) == "batch_size 50 there, 25 now, optimizer.lr 0.05 there, 0.2 now"


def test_prose_and_further_epochs_make_no_other_recipe(write_study: Write) -> None:
    before = load_study(write_study()).experiment("plain").model_dump(mode="json")
    longer = load_study(write_study(("epochs: 2\n", "epochs: 4\n"))).experiment("plain")
    assert longer.differs_from(before | {"says": "in other words"}) == ""


@pytest.mark.parametrize("chosen", [False, True])
def test_an_option_younger_than_a_record_counts_where_it_is_chosen(chosen: bool, write_study: Write) -> None:
    before = load_study(write_study()).experiment("plain").model_dump(mode="json")
    del before["loss"]["label_smoothing"], before["resolution"]
    smoothed = [("epochs: 2\n", "epochs: 2\n  loss: {label_smoothing: 0.1}\n")] if chosen else []
    now = load_study(write_study(*smoothed)).experiment("plain")
    assert now.differs_from(before) == ("loss.label_smoothing None there, 0.1 now" if chosen else "")


def test_splits_are_counted() -> None:
    data = Data(name="mnist", validation=5_000, train_images=1_000)
    assert data.split_sizes({"train": 60_000, "test": 10_000}) == {"train": 1_000, "validation": 5_000, "test": 10_000}
    with pytest.raises(
        InputError, match=r"pets: has 10 training images, too few for 8 for validation and 3 for training"
    ):
        split_sizes("pets", {"train": 10, "test": 4}, validation=8, train_images=3)
