"""Norms of weights and gradients."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from deepstudy.watching.observer.layers import Layers
from deepstudy.watching.recording import RecordedProgram

PROGRAMS = Path(__file__).parents[2] / "cases" / "programs"


def test_norms_of_each_tensor() -> None:
    layers, network = Layers(), nn.Linear(3, 2)
    with torch.no_grad():
        network.weight.fill_(2.0)
        network.bias.fill_(0.0)
    network.weight.grad = torch.full((2, 3), 1.0)
    layers.record(4, network, 7)
    del network.bias
    network.bias = None  # type: ignore[assignment]
    layers.record(4, network, 9)
    arrays = layers.arrays()
    assert layers.names(4) == ["weight", "bias"]
    assert layers.names(0) == []
    assert arrays["layers.4.clocks"].tolist() == [7, 9]
    np.testing.assert_allclose(arrays["layers.4.weights"], [[24**0.5, 0.0], [24**0.5, np.nan]])
    np.testing.assert_allclose(arrays["layers.4.gradients"], [[6**0.5, np.nan], [6**0.5, np.nan]])


def test_sparse_gradients_many_tensors_and_many_rounds() -> None:
    layers, embedding = Layers(), nn.Embedding(5, 2, sparse=True)
    embedding(torch.tensor([1, 1])).sum().backward()
    for clock in range(300):
        layers.record(0, embedding, clock)
    layers.record(1, nn.Sequential(*(nn.Linear(1, 1) for _ in range(50))), 0)
    arrays = layers.arrays()
    assert arrays["layers.0.gradients"].shape == (200, 1)
    assert arrays["layers.0.gradients"][0, 0] == np.float32(8**0.5)
    assert arrays["layers.1.weights"].shape == (1, 60)


def test_the_first_step_of_each_training_round_is_recorded(record: Callable[..., RecordedProgram]) -> None:
    program = record(PROGRAMS / "wrong_average.py")
    first = [each.start for each in program.training]
    assert program.arrays["layers.0.clocks"].tolist() == first
    assert program.recording.networks[0].tensors == ["1.weight", "1.bias", "3.weight", "3.bias"]
    assert np.isfinite(program.arrays["layers.0.gradients"]).all()
