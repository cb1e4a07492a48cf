from dataclasses import replace
from pathlib import Path

import pytest

from deepstudy.datasets import DATASETS, fashion_mnist
from deepstudy.errors import InputError
from deepstudy.loading import channel_statistics, load


@pytest.mark.skipif(not DATASETS["fashion_mnist"].is_here, reason="Fashion-MNIST is not on this machine")
def test_the_real_fashion_mnist() -> None:
    data = load("fashion_mnist")
    assert data.published
    assert [len(split) for split in data.splits.values()] == [60_000, 10_000]
    mean, std = channel_statistics(data.splits["train"])
    assert (round(mean[0], 4), round(std[0], 4)) == (0.2860, 0.3530)


def test_it_is_found_where_debians_package_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    (tmp_path / "debian").mkdir()
    info = replace(DATASETS["fashion_mnist"], elsewhere=str(tmp_path / "debian"))
    monkeypatch.setattr(fashion_mnist, "FASHION_MNIST", info)
    assert not info.is_here
    for name in fashion_mnist.HASHES:
        (tmp_path / "debian" / name).write_bytes(b"not one of them")
    assert info.is_here
    with pytest.raises(InputError, match=f"{tmp_path}/debian/train-images-idx3-ubyte.gz: is not a readable gzip file"):
        fashion_mnist.read()
