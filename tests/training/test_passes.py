"""Recorded passes compute what the ordinary ones do."""

from pathlib import Path

import pytest
import torch
from torch import nn

from deepstudy import models
from deepstudy.datasets import Dataset
from deepstudy.record import RunDirectory
from deepstudy.study import Study
from deepstudy.training import device, loop
from deepstudy.training.device import Machine
from deepstudy.training.passes import Passes

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def test_on_a_cpu_nothing_is_recorded() -> None:
    model, images = models.build("lenet5", {}, (1, 28, 28), 10), torch.randn(4, 1, 28, 28)
    passes = Passes(model, device.choose("cpu"), batch_size=4, record=True)
    assert torch.equal(passes(images), model(images))
    assert not passes.graphs


@pytest.mark.parametrize("kind", ["cpu", pytest.param("cuda", marks=CUDA)])
@pytest.mark.parametrize("network", ["model=resnet20", "model={name: lenet5, dropout: 0.5}"])
def test_a_run_comes_to_the_same_bits_with_and_without_graphs(
    kind: str, network: str, small_study: Study, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = loop.Plan(small_study.experiment("plain", None, (network,)), 0, digits, device.choose(kind))
    made: list[Passes] = []
    trained = []
    for graphs in (True, False):

        def passes(model: nn.Module, machine: Machine, size: int, record: bool, graphs: bool = graphs) -> Passes:
            made.append(Passes(model, machine, size, record and graphs))
            return made[-1]

        monkeypatch.setattr(loop, "Passes", passes)
        run = RunDirectory(tmp_path / str(graphs))
        run.create()
        trained.append(loop.train(plan, run).state_dict())
    assert [len(each.graphs) for each in made] == ([1, 0] if kind == "cuda" else [0, 0])
    assert all(torch.equal(value, trained[1][key]) for key, value in trained[0].items())
