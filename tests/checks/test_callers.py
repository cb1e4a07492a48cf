"""A network whose arguments only another file of its folder gives."""

from pathlib import Path

import pytest

import deepstudy
from deepstudy.checks.callers import find_caller
from deepstudy.errors import InputError

MODEL = """
from torch import nn


class Net(nn.Module):
    def __init__(self, depth, zero_shot):
        super().__init__()
        layers = [layer for _ in range(depth) for layer in (nn.Linear(784, 784), nn.ReLU())]
        self.layers = nn.Sequential(nn.Flatten(), *layers, nn.Linear(784, 9 if zero_shot else 10))

    def forward(self, x):
        return self.layers(x)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "models" / "net.py"
    file.parent.mkdir()
    file.write_text(MODEL)
    return file


def test_a_call_in_the_folder_above_gives_the_arguments(model: Path) -> None:
    train = model.parents[1] / "train.py"
    train.write_text(
        "from models import net\n\nZERO = False\nmodel = net.Net(2, zero_shot=ZERO)\nraise SystemExit(3)\n"
    )
    call = find_caller(model, "Net", object)
    assert call is not None
    assert (call.arguments, call.options, call.unknown) == ((2,), {"zero_shot": False}, {})
    assert (call.where, call.text) == ("train.py:4", "net.Net(2, zero_shot=ZERO)")
    assert deepstudy.check(f"{model}:Net", input=(1, 28, 28)).bugs == ()


def test_a_call_whose_arguments_are_known_comes_first(model: Path) -> None:
    (model.parent / "a.py").write_text("Net(depth(), True)\n")
    (model.parent / "b.py").write_text("Net(3, True)\n")
    call = find_caller(model, "Net", object)
    assert call is not None
    assert call.arguments == (3, True)


def test_what_is_set_twice_or_is_no_python_says_nothing(model: Path) -> None:
    (model.parent / "a.py").write_text("n = 1\nn = 2\nnet = Net(n, True)\n")
    (model.parent / "b.py").write_text("Net(\n")
    call = find_caller(model, "Net", object)
    assert call is not None
    assert (call.arguments, call.unknown) == ((None, True), {0: "n"})
    with pytest.raises(InputError, match=r"a.py:3: `Net\(n, True\)`: n is known only when the file runs"):
        deepstudy.check(f"{model}:Net", input=(1, 28, 28))


def test_no_caller(model: Path) -> None:
    assert find_caller(model, "Net", object) is None
