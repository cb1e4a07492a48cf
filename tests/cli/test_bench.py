"""`deepstudy bench`: two processes that take turns, and what a user can get wrong."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy import bench, models
from deepstudy.cli import main
from deepstudy.models.layers import Conv1x1, LocalResponseNorm
from deepstudy.study import load_study

ROOT = Path(__file__).parents[2]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["bench", *arguments])
    output = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, output.out, output.err


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small case: two steps of 64 digits a turn."""
    monkeypatch.setattr(bench, "WORKERS", (0,))
    case = bench.Case("lenet5", "lenet-mnist", "lenet5", 2, ("data.name=mnist5k",))
    monkeypatch.setattr(bench, "CASES", (case,))


def test_ours_and_stock_take_turns(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, short: None, mnist5k: None
) -> None:
    code, out, err = run(capsys, "lenet5", "--turns", "2", "--json", "-o", str(tmp_path / "new" / "bench.json"))
    document = json.loads(out)
    assert (code, json.loads((tmp_path / "new" / "bench.json").read_text())) == (0, document)
    (network,) = document["networks"]
    stock, ours = network["stock_images_per_second"], network["ours_images_per_second"]
    assert len(stock) == len(ours) == 2
    assert min(stock + ours) > 0
    assert network["ratio"] == pytest.approx(sum(ours) / sum(stock), rel=1e-2)
    assert (network["precision"], network["stock_workers"]) == ("32", 0)
    assert err.count("lenet5: turn") == 2


def test_what_a_user_gets_wrong_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, "lenet6")
    assert (code, err.count("\n")) == (2, 1)
    assert "lenet6: is not among the networks that are timed: lenet5, small_cnn" in err
    monkeypatch.setattr(bench, "STOCK", tmp_path / "stock.py")
    code, _, err = run(capsys, "lenet5")
    assert (code, err.count("\n")) == (2, 1)
    assert "it comes with the source: clone the repository" in err


@pytest.fixture(scope="module")
def stock() -> Any:
    spec = importlib.util.spec_from_file_location("stock", bench.STOCK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", bench.CASES, ids=lambda case: case.name)
@pytest.mark.usefixtures("mnist", "cifar10")
def test_stock_is_the_same_network_in_torchs_layers(stock: Any, case: bench.Case) -> None:
    model = stock.Stock(case.study, case.experiment, 10, 0, case.overrides).model
    assert not any(isinstance(layer, Conv1x1 | LocalResponseNorm) for layer in model.modules())
    recipe = load_study(case.study).experiment(case.experiment, None, case.overrides).model
    shape = (1, 28, 28) if case.study == "lenet-mnist" else (3, 32, 32)
    ours = models.build(recipe.name, recipe.options, shape, 10)
    ours.load_state_dict(model.state_dict())
    images = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(ours.eval()(images), model.eval()(images), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks" / "results").glob("bench-*.json")), ids=lambda path: path.stem
)
def test_the_readme_has_the_table_of_the_committed_bench(path: Path) -> None:
    document = json.loads(path.read_text())
    assert {network["network"] for network in document["networks"]} == {case.name for case in bench.CASES}
    assert bench.write(document) in (ROOT / "README.md").read_text(encoding="utf-8")
