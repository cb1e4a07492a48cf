from dataclasses import replace
from pathlib import Path

import pytest

from deepstudy import catalog, datasets
from deepstudy.datasets import fashion_mnist
from deepstudy.errors import InputError


@pytest.mark.skipif(not catalog.DATASETS["fashion_mnist"].is_here, reason="Fashion-MNIST is not on this machine")
def test_the_real_fashion_mnist() -> None:
    data = datasets.load("fashion_mnist")
    assert data.published
    assert [len(split) for split in data.splits.values()] == [60_000, 10_000]
    mean, std = datasets.channel_statistics(data.splits["train"])
    assert (round(mean[0], 4), round(std[0], 4)) == (0.2860, 0.3530)


def test_it_is_found_where_debians_package_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    (tmp_path / "debian").mkdir()
    entry = replace(catalog.DATASETS["fashion_mnist"], elsewhere=str(tmp_path / "debian"))
    monkeypatch.setattr(catalog, "DATASETS", {**catalog.DATASETS, "fashion_mnist": entry})
    assert not entry.is_here
    for name in fashion_mnist.FILES:
        (tmp_path / "debian" / name).write_bytes(b"not one of them")
    assert entry.is_here
    with pytest.raises(InputError, match=f"{tmp_path}/debian/train-images-idx3-ubyte.gz: not a readable gzip file"):
        fashion_mnist.read()
