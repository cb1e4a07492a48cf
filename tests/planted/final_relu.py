from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class PlantedFunctional(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(super().forward(x))


class PlantedSequential(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10), nn.ReLU(inplace=True))


class PlantedBeforePooling(nn.Module):
    """The last convolution goes through ReLU, then pooling and log-softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 12, 5, stride=2), nn.Conv2d(12, 10, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        return F.log_softmax(F.adaptive_avg_pool2d(x, 1).flatten(1), dim=1)


class PlantedBeforeDropout(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(F.relu(super().forward(x)), 0.1, self.training)


class PlantedBeforeLogSoftmax(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(F.relu(super().forward(x)), dim=1)
