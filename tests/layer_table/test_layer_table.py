"""Layer tables of experiments, and keeping them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepstudy.catalog import Choice
from deepstudy.errors import InputError
from deepstudy.layer_table import LayerTable, macs_of, measure, of_experiment
from deepstudy.study import load_study


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    return tmp_path / "networks"


def test_a_table_is_counted_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study("lenet-mnist")
    counted: list[str] = []
    count = measure.of_choice

    def counting(choice: Choice, *rest: Any) -> LayerTable:
        counted.append(choice.name)
        return count(choice, *rest)

    monkeypatch.setattr(measure, "of_choice", counting)
    first = of_experiment(study, "lenet5")
    assert of_experiment(study, "lenet5") == first
    assert counted == ["lenet5"]
    assert macs_of(study) == [416_520, 416_520, 2_733_600, 3_179_640]
    assert counted[1:] == ["lenet5", "lenet_1x1", "lenet_1x1"]  # with dropout, and the report's own two


def test_a_new_version_counts_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study("lenet-mnist")
    of_experiment(study, "lenet5")
    monkeypatch.setattr("deepstudy.layer_table.of_study._sources", lambda: [b"another"])
    of_experiment(study, "lenet5")
    assert len(list(folder.iterdir())) == 2


def test_where_nothing_can_be_kept_it_is_counted_each_time(folder: Path) -> None:
    folder.write_text("a file in the folder's place")
    assert of_experiment(load_study("lenet-mnist"), "lenet5").weights == 61_470


@pytest.mark.parametrize("matrix", [False, True])
def test_a_network_that_is_not_there_is_named_with_file_and_line(
    matrix: bool, write_study: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("from torch import nn\nclass Net(nn.Linear):\n    pass\n")
    more = "matrix: {m: {of: plain, vary: {epochs: [1]}}}\nbudgets:" if matrix else "budgets:"
    study = load_study(write_study(("{model: lenet5}", "{model: 'mine.py:Nett'}"), ("budgets:", more)))
    with pytest.raises(InputError) as error:
        of_experiment(study, "m-epochs=1" if matrix else "plain")
    place = f"{study.path}:9: experiments.plain.model"
    assert str(error.value) == f"{place}: mine.py has no Nett; did you mean Net?"


def test_an_audit_of_counted_networks_does_not_import_torch(folder: Path) -> None:
    study = load_study("lenet-mnist")
    for name in study.names():
        of_experiment(study, name)
    code = """
import sys
from deepstudy.cli import main
try:
    main(["audit", "lenet-mnist"])
except SystemExit as end:
    assert end.code == 1, end.code  # there are findings
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL).returncode == 0
