"""The losses of a file, read from its text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.checks.losses import Losses, losses_of, read_losses

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("criterion = nn.CrossEntropyLoss(label_smoothing=0.1)", ["cross_entropy"]),
        ("loss = F.cross_entropy(net(x), y)", ["cross_entropy"]),
        ("from torch.nn import NLLLoss as Criterion\nloss = Criterion()(net(x), y)", ["nll"]),
        ("loss = torch.nn.functional.nll_loss(net(x), y)", ["nll"]),
        ("criterion = nn.BCELoss()", ["bce"]),
        ("loss = F.binary_cross_entropy_with_logits(net(x), y)", ["bce_logits"]),
        ("loss = F.binary_cross_entropy(net(x), y)", ["bce"]),
        ("loss = F.mse_loss(net(x), y) + F.cross_entropy(net(x), y)", ["cross_entropy", "mse"]),
        ("loss = LabelSmoothingCrossEntropy()(net(x), y)", ["cross_entropy"]),
        ("loss = FocalLoss(gamma=2)(net(x), y)", ["other"]),
        ("train_loss(net)\nplot_loss(losses)\nnn.Softmax(dim=1)(x)", []),
    ],
)
def test_a_loss_is_known_by_its_call(write: Write, text: str, kinds: list[str]) -> None:
    losses = read_losses(write(text))
    assert sorted(losses.uses) == kinds
    assert losses.are_known is bool(kinds)


def test_what_stands_outside_of_forward_is_a_transform(write: Write) -> None:
    file = write("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.softmax = nn.Softmax(dim=1)

            def forward(self, x):
                return F.log_softmax(x, dim=1)

        model = nn.Sequential(nn.Linear(4, 2), nn.Sigmoid())
        loss = criterion(torch.log(net(x)), y)
        """)
    assert read_losses(file).transforms == {"log"}


def test_cells_of_a_notebook_are_read_and_named(write: Write) -> None:
    file = write("import torch", "%matplotlib inline\nx = 1", "criterion = nn.NLLLoss()")
    losses = losses_of(f"{file}:Net")
    assert losses.uses == {"nll": "lab.ipynb cell 3:1"}
    assert losses.only("nll", "mse")
    assert not losses.only("mse")
    assert losses.at("nll") == " (lab.ipynb cell 3:1)"


def test_what_is_not_a_file_has_no_known_losses() -> None:
    assert losses_of("lenet5") == losses_of("package.module:Net") == losses_of("missing.py:Net") == Losses()
