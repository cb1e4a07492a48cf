from torch import Tensor, nn
from torch.nn import functional as F

from deepstudy.checks.losses import Losses


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, stride=2)
        self.fc = nn.Conv2d(16, 10, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x))).mean((2, 3))


class PlantedMap(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)))


class PlantedBatch(SoundNetwork):
    """`view` with a size that is not what the layers give: pixels become images."""

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x))).view(-1, 10)


class PlantedClasses(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 9))


class PlantedOneOutput(nn.Sequential):
    """Cross-entropy of one class is 0."""

    LOSSES = Losses({"cross_entropy": "train.py:3"})

    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 1))
