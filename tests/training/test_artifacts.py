"""What a finished run leaves for the page, held to what the network says when it is asked again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from deepstudy.loading import Dataset
from deepstudy.loading.batches import Batcher
from deepstudy.record import RunDirectory
from deepstudy.study import Study
from deepstudy.training import artifacts, device, loop
from deepstudy.training.scoring import predict
from deepstudy.training.setup import TrainingSetup


@pytest.fixture
def setup(small_study: Study, digits: Dataset) -> TrainingSetup:
    return TrainingSetup(small_study.experiment("plain", None), 0, digits, device.choose_machine("cpu"))


def test_predictions_and_pictures_are_those_of_the_trained_network(setup: TrainingSetup, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.create()
    trained = loop.train(setup, run)
    model = trained.model
    artifacts.save(setup, replace(trained, outputs={}), run)
    said, seen = run.arrays("predictions.npz"), run.arrays("pictures.npz")
    assert said is not None
    assert seen is not None
    test = setup.data.splits["test"]
    batcher = Batcher(test, *setup.normalization())
    expected = predict(model, batcher, 10, setup.machine, setup.experiment.scoring).softmax(1)
    assert said["labels"].tolist() == test.labels.tolist()
    assert said["predicted"].tolist() == expected.argmax(1).tolist()
    np.testing.assert_allclose(said["probability"], expected.max(1).values, atol=1e-3)
    np.testing.assert_allclose(said["probability_of_truth"], expected[torch.arange(40), test.labels], atol=1e-3)
    assert (said["split"].item(), said["epoch"].item(), said["classes"].tolist()) == ("test", 2, list("0123456789"))
    last = run.metrics()[-1]
    assert last.correct == int((said["predicted"] == said["labels"]).sum())

    wrong = seen["mistakes"]
    assert len(wrong) == min(24, 40 - last.correct) > 0
    assert (said["predicted"][wrong] != said["labels"][wrong]).all()
    assert (np.diff(expected.max(1).values[wrong].numpy()) <= 0).all()  # the surest first
    assert (seen["images"] == test.images[torch.from_numpy(wrong)].numpy()).all()
    assert seen["filters_of"].item() == "conv1"
    np.testing.assert_allclose(seen["filters"], model.get_parameter("conv1.weight").detach(), atol=1e-3)


def test_what_was_scored_last_is_not_scored_again(
    setup: TrainingSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [RunDirectory(tmp_path / name) for name in ("again", "once")]
    for run in runs:
        run.create()
    trained = loop.train(setup, runs[0])
    assert {name: len(each) for name, each in trained.outputs.items()} == {"validation": 30, "test": 40}
    artifacts.save(setup, replace(trained, outputs={}), runs[0])
    monkeypatch.setattr(artifacts, "predict", None)
    artifacts.save(setup, trained, runs[1])
    for name in ("predictions.npz", "pictures.npz"):
        again, once = (run.arrays(name) for run in runs)
        assert again is not None
        assert once is not None
        assert all((again[key] == once[key]).all() for key in again if key != "epoch")


def test_outputs_that_are_probabilities_are_not_squashed_again() -> None:
    logits = torch.randn(20, 10, generator=torch.Generator().manual_seed(0))
    assert torch.equal(artifacts.probabilities(logits.softmax(1)), logits.softmax(1))
    assert torch.equal(artifacts.probabilities(logits), logits.softmax(1))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (nn.Sequential(nn.Conv2d(3, 7, 5), nn.Flatten(), nn.Linear(9, 2)), ("0", (7, 3, 5, 5))),
        (nn.Sequential(nn.Conv2d(3, 7, 1), nn.Conv2d(7, 7, 3)), None),  # one pixel shows nothing
        (nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 9)), ("1", (9, 3, 32, 32))),
        (nn.Sequential(nn.Flatten(), nn.Linear(50, 9)), None),
        (nn.Sequential(nn.Flatten()), None),
    ],
    ids=["conv", "conv-1x1", "linear", "linear-of-features", "none"],
)
def test_filters_that_see_the_image(model: nn.Module, expected: tuple[str, tuple[int, ...]] | None) -> None:
    found = artifacts.first_filters(model, 3, 32 * 32)
    assert (found and (found[0], tuple(found[1].shape))) == expected


def test_large_images_are_kept_small(setup: TrainingSetup, tmp_path: Path) -> None:
    images = torch.zeros(2, 3, 300, 200, dtype=torch.uint8)
    images[:, :, :150] = 200
    small = artifacts._small(images)
    assert (small.shape, small.dtype) == ((2, 3, 64, 43), torch.uint8)
    assert (small[0, 0, 0, 0].item(), small[0, 0, -1, 0].item()) == (200, 0)
