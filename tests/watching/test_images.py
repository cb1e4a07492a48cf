"""Programs that use real images: these are known again, with their classes."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from deepstudy.findings import Finding
from deepstudy.watching.judge import judge
from deepstudy.watching.recording import RecordedProgram

Findings = Callable[[str], dict[str, Finding]]

BEGIN = """
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets

torch.manual_seed(0)


def pixels(train, count):
    data = datasets.NAME("data", train=train, download=True)
    images = torch.as_tensor(np.asarray(data.data[:count])).float() / 255
    return images, torch.as_tensor(data.targets[:count])


"""

END = """
train_loader = DataLoader(TensorDataset(images, labels), batch_size=50, shuffle=True)
test_loader = DataLoader(TensorDataset(test_images, test_labels), batch_size=50)
model = nn.Sequential(nn.Flatten(), nn.LazyLinear(32), nn.ReLU(), nn.Linear(32, 10))
model(images[:2])
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(2):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
with torch.no_grad():
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
print(f"test accuracy {hits / len(test_labels):.4f}")
"""

DIGITS = """
images, labels = pixels(True, 600)
test_images, test_labels = pixels(False, 300)
images, test_images = images[:, None], test_images[:, None]
"""


@pytest.fixture
def findings(record: Callable[..., RecordedProgram], tmp_path: Path) -> Findings:
    """Watches a program, and gives its findings by rule."""

    def findings(middle: str, name: str = "MNIST") -> dict[str, Finding]:
        script = tmp_path / "program.py"
        script.write_text(BEGIN.replace("NAME", name) + textwrap.dedent(middle) + END)
        program = record(script)
        assert program.recording.exit == 0, program.recording.error
        return {each.rule: each for each in judge(program).findings if each.severity != "note"}

    return findings


@pytest.mark.usefixtures("mnist")
def test_sound_images(findings: Findings) -> None:
    assert "labels" not in findings(DIGITS)


@pytest.mark.usefixtures("mnist")
def test_labels_of_other_images(findings: Findings) -> None:
    found = findings(DIGITS + "labels = labels[torch.randperm(600)]\n")
    assert found["labels"].severity == "bug"
    assert "do not belong to them" in found["labels"].says


@pytest.mark.usefixtures("mnist")
def test_other_classes_belong_to_their_images_too(findings: Findings) -> None:
    assert "labels" not in findings(
        DIGITS + "labels, test_labels = (labels + 3) % 10 // 2, (test_labels + 3) % 10 // 2\n"
    )


@pytest.mark.usefixtures("mnist")
def test_labels_that_ask_something_else_say_nothing(findings: Findings) -> None:
    assert "labels" not in findings(DIGITS + "labels = (torch.arange(600) % 2)\n")


@pytest.mark.usefixtures("mnist")
def test_test_images_among_the_training_images(findings: Findings) -> None:
    found = findings(DIGITS + "test_images, test_labels = pixels(True, 300)\ntest_images = test_images[:, None]\n")
    assert "training images of MNIST" in found["train_test_overlap"].says


@pytest.mark.usefixtures("cifar10")
@pytest.mark.parametrize("turn", ["permute(0, 3, 1, 2)", "reshape(-1, 3, 32, 32)"])
def test_scrambled_pixels(findings: Findings, turn: str) -> None:
    middle = f"""
    images, labels = pixels(True, 600)
    test_images, test_labels = pixels(False, 300)
    images, test_images = images.{turn}, test_images.{turn}
    """
    found = findings(middle, "CIFAR10")
    assert ("pixel_order" in found) == turn.startswith("reshape")
