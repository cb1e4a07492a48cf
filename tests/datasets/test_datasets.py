"""The facts of every data set."""

import pytest

from deepstudy.datasets import DATASETS, DatasetInfo


@pytest.mark.parametrize("info", DATASETS.values(), ids=DATASETS)
def test_the_facts_of_a_data_set_fit_together(info: DatasetInfo) -> None:
    assert DATASETS[info.name] is info
    assert callable(info.read)
    assert info.splits.keys() == {"train", "test"}
    assert len(info.mean) == len(info.std) == info.shape[0]
    assert len(set(info.classes)) == len(info.classes) > 1
    assert info.fingerprint or len(info.pixel_sums) == info.shape[0]
    assert bool(info.package) != bool(info.files)
    assert not info.offline or info.offline in DATASETS


@pytest.mark.parametrize("info", DATASETS.values(), ids=DATASETS)
def test_readers_give_what_the_facts_say(info: DatasetInfo) -> None:
    if not info.is_here:
        pytest.skip(f"{info.name} is not on this machine")
    for name, (images, labels) in info.read().items():
        assert (images.dtype, labels.dtype) == ("uint8", "int64")
        assert images.shape == (info.splits[name], *info.shape)
        assert labels.shape == (info.splits[name],)
        assert (labels.min(), labels.max()) == (0, len(info.classes) - 1)
