from pathlib import Path

import pytest
import torch
from PIL import Image

from deepstudy.loading import Split, channel_statistics, load
from deepstudy.loading.statistics import pixel_sums


def test_pixel_sums_are_those_of_all_images() -> None:
    images = torch.full((4, 3, 32, 32), 255, dtype=torch.uint8)
    assert pixel_sums(Split(images, torch.zeros(4, dtype=torch.int64))) == (4 * 1024 * 255,) * 3


def test_a_channel_of_one_value_is_not_divided_by_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    for split in ("train", "test"):
        for number, name in enumerate(("cat", "dog")):
            (tmp_path / split / name).mkdir(parents=True)
            for k in range(2):
                Image.new("RGB", (8, 8), (40 * number + k, 90, 0)).save(tmp_path / split / name / f"{k}.png")
    _, std = channel_statistics(load(f"{tmp_path}/").splits["train"])
    assert std[0] < 1
    assert std[1:] == [1.0, 1.0]
