"""`deepstudy bench`: two processes that take turns, and what a user can get wrong."""

import json
from pathlib import Path

import pytest

from deepstudy import bench
from deepstudy.cli import main


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
