from torch import Tensor, nn
from torch.nn import functional as F

from deepstudy.checks.losses import Losses


class SoundLogits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).flatten(1))


class PlantedSoftmax(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(super().forward(x), dim=1)


class PlantedSoftmaxModule(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(SoundLogits(), nn.Softmax(dim=-1))


class PlantedLogSoftmax(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(super().forward(x), dim=1)


class PlantedSigmoid(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).sigmoid()


class SoundSoftmaxThenLogarithm(PlantedSoftmax):
    """The loss of the file gets the logarithm of the probabilities."""

    LOSSES = Losses({"nll": "train.py:3"}, frozenset({"log"}))


class SoundSigmoidForItsLoss(PlantedSigmoid):
    """Several labels for each image."""

    LOSSES = Losses({"bce": "train.py:3"})


class SoundSoftmaxForSquares(PlantedSoftmax):
    LOSSES = Losses({"mse": "train.py:3"})


class SoundLogSoftmaxForItsLoss(PlantedLogSoftmax):
    LOSSES = Losses({"nll": "train.py:3"})


class PlantedSoftmaxWithSeveralLosses(PlantedSoftmax):
    LOSSES = Losses({"cross_entropy": "train.py:3", "mse": "train.py:9"})


class PlantedSoftmaxForLikelihood(PlantedSoftmax):
    LOSSES = Losses({"nll": "train.py:3"})


class PlantedDoubleSigmoid(PlantedSigmoid):
    LOSSES = Losses({"bce_logits": "train.py:3"})
