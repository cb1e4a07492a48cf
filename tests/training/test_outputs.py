"""What a network may return, and the loss of it."""

import pytest
import torch
from torch import Tensor, nn

from deepstudy.errors import InputError
from deepstudy.study import Experiment, Study
from deepstudy.training.outputs import training_loss


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.main, self.extra = nn.Linear(784, 10), nn.Linear(784, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.main(x.flatten(1)), self.extra(x.flatten(1))


def test_several_outputs_add_up_and_the_first_is_scored(small_study: Study) -> None:
    def experiment(*overrides: str) -> Experiment:
        return small_study.experiment("plain", None, overrides)

    outputs, labels = TwoHeads()(torch.randn(5, 1, 28, 28)), torch.tensor([0, 1, 2, 3, 4])
    ce = nn.functional.cross_entropy
    loss, scored = training_loss(outputs, labels, experiment("outputs={weights: [1, 0.3]}"))
    assert torch.allclose(loss, ce(outputs[0], labels) + 0.3 * ce(outputs[1], labels))
    assert scored is outputs[0]
    with pytest.raises(InputError, match=r"returns 2 outputs; list a weight for each in outputs\.weights"):
        training_loss(outputs, labels, experiment())
    smooth, _ = training_loss(outputs[0], labels, experiment("loss.label_smoothing=0.1"))
    assert torch.allclose(smooth, ce(outputs[0], labels, label_smoothing=0.1))
