"""Somebody else's network in the training loop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from deepstudy import models
from deepstudy.errors import InputError
from deepstudy.loading import Dataset
from deepstudy.loading.split import Split
from deepstudy.study import load_study
from deepstudy.training import device, loop
from deepstudy.training.guards import ends_only_this_run
from deepstudy.training.setup import TrainingSetup


def test_too_little_memory_ends_only_the_run_that_wants_it() -> None:
    with pytest.raises(RuntimeError) as error:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert ends_only_this_run(error.value)
    assert ends_only_this_run(MemoryError())
    assert not ends_only_this_run(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


class Odd(nn.Module):
    """A network of somebody's own with one thing wrong."""

    def __init__(self, wrong: str) -> None:
        super().__init__()
        self.fc = nn.Linear(784, 5 if wrong == "classes" else 10).requires_grad_(wrong != "frozen")
        self.wrong = wrong
        self.register_buffer("memory", None)
        if wrong == "sparse":
            self.table = nn.Embedding(2, 1, sparse=True)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        found = super().state_dict(*args, **kwargs)
        return found | {"_extra_state": {"seen": 3}} if self.wrong == "extra" else found

    def forward(self, x: Tensor) -> Any:
        if self.wrong == "size":
            x = x[..., 1:]
        if self.wrong == ("leaves" if self.training else "leaves, scored"):
            raise SystemExit(0)
        if self.wrong == "grows":
            self.more = nn.Linear(1, 1)
        if self.wrong == "remembers":
            self.memory = torch.zeros(3)
        scores = self.fc(x.flatten(1))
        if self.wrong == "sparse":
            scores = scores + self.table(x.flatten(1)[:, :10].long().clamp(0, 1)).squeeze(2)
        if self.wrong == "in place":
            scores = scores.sigmoid()
            scores += 1
        odd = {
            "dict": {"logits": scores},
            "shape": scores[..., None],
            "integers": scores.argmax(1, keepdim=True).expand(-1, 10),
            "detached": scores.detach(),
            "nothing": (),
            "scored": scores if self.training else [scores.mean(0)],
            "others": scores if self.training else scores[:, 1:],
        }
        return odd.get(self.wrong, scores)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("size", r"model mine.py:Net: fails on a batch of 64 images of 28x28 pixels: RuntimeError: mat1 and mat2"),
        ("classes", r"returns 64x5 for 64 images; return a tensor of 64x10"),
        ("shape", r"returns 64x10x1 for 64 images; return a tensor of 64x10"),
        ("dict", r"returns a dict for 64 images"),
        ("integers", r"returns 64x10 of torch.int64 for 64 images"),
        ("detached", r"model mine.py:Net: its outputs have no gradient"),
        ("nothing", r"model mine.py:Net returns no output"),
        ("scored", r"the network, in evaluation mode, returns 10 for \d+ images; return a tensor of \d+x10"),
        ("others", r"the network, in evaluation mode, returns \d+x9 for \d+ images; return a tensor of \d+x10"),
        ("frozen", r"the network has no trainable parameter"),
        ("leaves", r"fails on a batch of 64 images of 28x28 pixels: SystemExit: 0 \(.*test_guards\.py"),
        ("leaves, scored", r"the network, in evaluation mode, fails on images of 28x28 pixels: SystemExit: 0"),
        ("grows", r"model mine.py:Net: creates more.bias while it runs, so it is not trained; create it in __init__"),
        ("remembers", r"model mine.py:Net: creates memory while it runs"),
        ("extra", r"model mine.py:Net: its state_dict holds _extra_state, which is not a tensor"),
        ("in place", r"model mine.py:Net: its gradients cannot be computed: RuntimeError: one of the variables"),
        ("sparse", r"model mine.py:Net: its weights cannot be updated: RuntimeError: .* sparse"),
    ],
)
def test_what_is_wrong_with_a_network_of_ones_own_is_said_in_one_line(
    setup_of: Any, directory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, says: str
) -> None:
    monkeypatch.setattr(models, "build", lambda *_: Odd(wrong))
    with pytest.raises(InputError, match=says) as refusal:
        loop.train(setup_of("model=mine.py:Net", "batch_size=64"), directory(tmp_path))
    assert "\n" not in str(refusal.value)


def test_a_batch_of_one_that_cannot_be_normalised_is_told(
    directory: Any, write_study: Callable[..., Path], digits: Dataset, tmp_path: Path
) -> None:
    study = load_study(write_study(("plain: {model: lenet5}", "plain: {model: resnet18}")))
    tiny = Dataset(
        "t",
        digits.classes,
        {n: Split(s.images[:, :, :8, :8], s.labels) for n, s in digits.splits.items()},
        "",
        False,
        "",
    )
    setup = TrainingSetup(study.experiment("plain", None, ["batch_size=89"]), 0, tiny, device.choose_machine("cpu"))
    with pytest.raises(
        InputError, match="batch_size: 89 leaves a batch of 1, and batch normalisation needs 2 images where 8x8 pixels"
    ):
        loop.train(setup, directory(tmp_path / "run"))
