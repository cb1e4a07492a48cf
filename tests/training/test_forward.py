"""Recorded forward passes compute what the ordinary ones do."""

from pathlib import Path

import pytest
import torch
from torch import nn

from deepstudy import models
from deepstudy.loading import Dataset
from deepstudy.record import RunDirectory
from deepstudy.study import Study
from deepstudy.training import device, guards, loop
from deepstudy.training.device import Machine
from deepstudy.training.forward import ForwardPass
from deepstudy.training.setup import TrainingSetup


def test_on_a_cpu_nothing_is_recorded() -> None:
    model, images = models.build("lenet5", {}, (1, 28, 28), 10), torch.randn(4, 1, 28, 28)
    forward = ForwardPass(model, device.choose_machine("cpu"), batch_size=4, record=True)
    assert torch.equal(forward(images), model(images))
    assert forward.graph is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("precision", ["32", "bf16"])
@pytest.mark.parametrize(
    "overrides",
    [["model=resnet20"], ["model={name: lenet5, dropout: 0.5}"], ["model=fast_cnn", "resolution={start: 16}"]],
    ids=["batch normalisation", "dropout", "images that grow"],
)
def test_a_run_comes_to_the_same_bits_with_and_without_graphs(
    overrides: list[str],
    precision: str,
    small_study: Study,
    digits: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    experiment = small_study.experiment("plain", None, overrides)
    setup = TrainingSetup(experiment, 0, digits, device.choose_machine("cuda", precision))
    made: list[ForwardPass] = []
    trained = []
    for graphs in (True, False):

        def make(model: nn.Module, machine: Machine, size: int, record: bool, graphs: bool = graphs) -> ForwardPass:
            made.append(ForwardPass(model, machine, size, record and graphs))
            return made[-1]

        monkeypatch.setattr(guards, "ForwardPass", make)
        run = RunDirectory(tmp_path / str(graphs))
        run.create()
        trained.append(loop.train(setup, run).model.state_dict())
    assert [each.graph is not None for each in made] == [True, False]
    assert all(torch.equal(value, trained[1][key]) for key, value in trained[0].items())


def test_the_training_network_records_only_networks_of_ours(
    small_study: Study, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, bool]] = []

    def make(model: nn.Module, machine: Machine, size: int, record: bool) -> ForwardPass:
        asked.append((size, record))
        return ForwardPass(model, machine, size, record)

    monkeypatch.setattr(guards, "ForwardPass", make)
    monkeypatch.setattr(models, "build", lambda *_: nn.Linear(1, 1))
    for name in ("lenet5", "mine.py:Net"):
        experiment = small_study.experiment("plain", None, [f"model={name}", "batch_size=64"])
        setup = TrainingSetup(experiment, 0, digits, device.choose_machine("cpu"))
        guards.GuardedNetwork(setup, setup.build_model())
    assert asked == [(64, True), (64, False)]
