import io
from pathlib import Path
from types import ModuleType

import pytest
import torch
from PIL import Image

from deepstudy.watching.stand_ins.importable.torchvision import utils


def test_a_grid(tmp_path: Path) -> None:
    images = torch.arange(1, 6).div(5).reshape(5, 1, 1, 1).expand(5, 1, 2, 3)
    grid = utils.make_grid(images, nrow=3, padding=1, pad_value=0.5)
    assert tuple(grid.shape) == (3, 7, 13)
    assert grid[0, 1].tolist() == pytest.approx([0.5, *[0.2] * 3, 0.5, *[0.4] * 3, 0.5, *[0.6] * 3, 0.5])
    assert grid[2, 4].tolist() == pytest.approx([0.5, *[0.8] * 3, 0.5, *[1.0] * 3, *[0.5] * 5])
    utils.save_image(images, tmp_path / "grid.png", nrow=3)
    with Image.open(tmp_path / "grid.png") as image:
        assert image.size == (17, 10)
    assert utils.make_grid(torch.tensor([[[[2.0, 4.0]]], [[[3.0, 3.0]]]]), normalize=True, padding=0)[0].tolist() == [
        [0.0, 1.0, 0.5, 0.5]
    ]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"nrow": 3, "padding": 1, "pad_value": 0.5},
        {"normalize": True},
        {"normalize": True, "scale_each": True},
        {"normalize": True, "value_range": (-1, 1)},
    ],
)
def test_a_grid_equals_that_of_torchvision(options: dict[str, object], real: ModuleType) -> None:
    for shape in ((5, 1, 6, 7), (4, 3, 6, 7), (1, 3, 6, 7), (3, 6, 7), (1, 6, 7), (6, 7)):
        images = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        assert torch.equal(utils.make_grid(images, **options), real.utils.make_grid(images, **options))
        ours, theirs = io.BytesIO(), io.BytesIO()
        utils.save_image(images, ours, "png", **options)
        real.utils.save_image(images, theirs, "png", **options)
        assert ours.getvalue() == theirs.getvalue()
