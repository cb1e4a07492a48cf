"""`make bench`: two processes that take turns, and what a user can get wrong."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from deepstudy import models
from deepstudy.loading import load
from deepstudy.loading.seeds import epoch_order
from deepstudy.models.layers import Conv1x1, LocalResponseNorm
from deepstudy.record import RunDirectory
from deepstudy.study import load_study
from deepstudy.training import checkpoint, device, loop
from deepstudy.training.setup import TrainingSetup

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def load_benchmark(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


sys.path.append(str(ROOT / "benchmarks"))  # so the processes that take turns find them
bench = load_benchmark("bench")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small case: two steps of 64 digits a turn."""
    monkeypatch.setattr(bench, "WORKERS", (0,))
    case = bench.Case("lenet5", "lenet-mnist", "lenet5", 2, ("data.name=mnist5k",))
    monkeypatch.setattr(bench, "CASES", (case,))


def test_ours_and_stock_take_turns(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, short: None, mnist5k: None
) -> None:
    bench.main(["lenet5", "--turns", "2", "--json", "-o", str(tmp_path / "new" / "bench.json")])
    output = capsys.readouterr()
    document = json.loads(output.out)
    assert json.loads((tmp_path / "new" / "bench.json").read_text()) == document
    (network,) = document["networks"]
    stock, ours = network["stock_images_per_second"], network["ours_images_per_second"]
    assert len(stock) == len(ours) == 2
    assert min(stock + ours) > 0
    assert network["ratio"] == pytest.approx(sum(ours) / sum(stock), rel=1e-2)
    assert (network["precision"], network["stock_workers"]) == ("32", 0)
    assert output.err.count("lenet5: turn") == 2


def test_a_network_that_is_not_timed_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        bench.main(["lenet6"])
    assert stop.value.code == 2
    assert "lenet6: is not a network of this benchmark; choose lenet5, small_cnn" in capsys.readouterr().err


@pytest.fixture(scope="module")
def stock() -> Any:
    return load_benchmark("stock")


@pytest.mark.parametrize("case", bench.CASES, ids=lambda case: case.name)
@pytest.mark.usefixtures("mnist", "cifar10")
def test_stock_is_the_same_network_in_torchs_layers(stock: Any, case: Any) -> None:
    model = stock.Stock(case.study, case.experiment, 10, 0, case.overrides).model
    assert not any(isinstance(layer, Conv1x1 | LocalResponseNorm) for layer in model.modules())
    recipe = load_study(case.study).experiment(case.experiment, None, case.overrides).model
    shape = (1, 28, 28) if case.study == "lenet-mnist" else (3, 32, 32)
    ours = models.build(recipe.name, recipe.options, shape, 10)
    ours.load_state_dict(model.state_dict())
    images = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(ours.eval()(images), model.eval()(images), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("case", bench.CASES, ids=lambda case: case.name)
@pytest.mark.usefixtures("mnist", "cifar10")
def test_training_learns_what_stock_learns(
    stock: Any, case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps from the same weights on the same images: the same loss, and the same way gone.

    In float64 from images that are equal to the bit: of the residual networks, rounding at the seventh digit alone
    leads two runs apart within a few steps, whosever they are.
    """
    few = ("data.validation=0", "data.train_images=8", "data.test_images=4", "epochs=1", "batch_size=4")
    overrides = (*case.overrides, *few, "augment.crop=0", "augment.flip=false")
    theirs = stock.Stock(case.study, case.experiment, 8, 0, overrides)
    theirs.model.double()
    begin = {name: weights.clone() for name, weights in theirs.model.state_dict().items()}

    def build(setup: TrainingSetup) -> nn.Module:
        choice = setup.experiment.model
        model = models.build(choice.name, choice.options, data.splits["train"].shape, 10).double()
        model.load_state_dict(begin)
        without_dropout(model)
        return model

    experiment = load_study(case.study).experiment(case.experiment, None, overrides)
    data = load(**experiment.data.model_dump())
    place = device.Machine.place_images
    monkeypatch.setattr(device.Machine, "place_images", lambda machine, images: place(machine, images).double())
    monkeypatch.setattr(TrainingSetup, "build_model", build)
    monkeypatch.setattr(checkpoint, "save", lambda *_, **__: None)  # hundreds of megabytes that nobody needs
    run = RunDirectory(tmp_path)
    run.create()

    setup = TrainingSetup(experiment, 0, data, device.choose_machine("cpu", "32"))
    images, labels = setup.batcher("train").plain(epoch_order(8, 0, 1))
    without_dropout(theirs.model)
    theirs.loader = DataLoader(TensorDataset(images.double(), labels), batch_size=4)
    loss = theirs.epoch()
    ours = loop.train(setup, run).model
    assert run.metrics()[0].loss == pytest.approx(loss, abs=1e-4)
    end, there = ours.state_dict(), theirs.model.state_dict()
    names = [name for name, _ in ours.named_parameters()]
    moved = sum((there[name] - begin[name]).square().sum() for name in names)
    apart = sum((there[name] - end[name]).square().sum() for name in names)
    assert apart < 1e-3 * moved  # Adam moves what has no gradient (biases ahead of a normalisation) by rounding alone


def without_dropout(model: nn.Module) -> None:
    """Its random numbers are not the same for both."""
    for layer in model.modules():
        if hasattr(layer, "p"):
            layer.p = 0.0


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks" / "results").glob("bench-*.json")), ids=lambda path: path.stem
)
def test_a_committed_bench_has_every_network_and_can_be_printed(path: Path) -> None:
    document = json.loads(path.read_text())
    names = [case.name for case in bench.CASES]
    assert {network["network"] for network in document["networks"]} == set(names)
    table, _, machine = bench.write(document).rstrip("\n").rpartition("\n")
    assert sorted(row.split("|")[1].strip() for row in table.splitlines()[2:] if row) == sorted(names)
    assert document["machine"]["cpu"] in machine
