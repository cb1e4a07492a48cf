from torch import Tensor, nn
from torch.nn import functional as F

from deepstudy.checks.losses import Losses


class SoundNetwork(nn.Module):
    """Logits for cross-entropy."""

    LOSSES = Losses({"cross_entropy": "train.py:3"})

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class SoundOutside(SoundNetwork):
    """The log-softmax is beside the network."""

    LOSSES = Losses({"nll": "train.py:3"}, frozenset({"log_softmax"}))


class SoundBoth(SoundNetwork):
    """Two losses: nobody knows which one this network gets."""

    LOSSES = Losses({"nll": "train.py:3", "cross_entropy": "train.py:9"})


class SoundLogSoftmax(SoundNetwork):
    LOSSES = Losses({"nll": "train.py:3"})

    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(super().forward(x), dim=1)


class PlantedLogits(SoundNetwork):
    LOSSES = Losses({"nll": "train.py:3"})
