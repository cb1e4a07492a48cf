"""What a training needs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.training import loop


def test_it_starts_from_given_weights(setup_of: Any, directory: Any, same: Any, tmp_path: Path) -> None:
    run = directory(tmp_path)
    trained = loop.train(setup_of(), run).model
    torch.save(trained.state_dict(), tmp_path / "weights.pt")
    started = replace(setup_of(), seed=5, start=tmp_path / "weights.pt").build_model()
    assert same(dict(started.state_dict()), dict(trained.state_dict()))
    with pytest.raises(InputError, match=r"these weights are of another network: the file has no \S+ \(and \d+ more\)"):
        replace(setup_of("model=lenet_1x1"), start=tmp_path / "weights.pt").build_model()


def test_normalisation_is_measured_on_the_images_trained_on(setup_of: Any, digits: Dataset) -> None:
    pixels = digits.splits["train"].images.double() / 255
    mean, std = setup_of().normalization()
    assert mean == pytest.approx([pixels.mean().item()])
    assert std == pytest.approx([pixels.std(correction=0).item()])
    assert setup_of("normalize={mean: [0.5], std: [0.25]}").normalization() == ([0.5], [0.25])
    with pytest.raises(InputError, match="the images have 1 channel, but mean has"):
        setup_of("normalize={mean: [0.5, 0.5], std: [1, 1]}").normalization()
