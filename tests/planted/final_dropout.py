from torch import Tensor, nn
from torch.nn import functional as F


class SoundBeforeTheLast(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)
        self.drop = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.drop(F.relu(self.fc1(x.flatten(1)))))


class SoundOfNothing(SoundBeforeTheLast):
    """A dropout whose probability is 0."""

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(super().forward(x), 0.0, self.training)


class SoundInDropBlock(nn.Module):
    """Dropout before the classifying convolution, then an average: Network in Network."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 5, stride=2)
        self.maps = nn.Conv2d(16, 10, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.maps(F.dropout(F.relu(self.conv(x)), 0.2, self.training)).mean((2, 3))


class PlantedModule(SoundBeforeTheLast):
    def forward(self, x: Tensor) -> Tensor:
        return self.drop(super().forward(x))


class PlantedBeforeLogSoftmax(SoundBeforeTheLast):
    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(F.dropout(super().forward(x), training=self.training), dim=1)


class PlantedBeforeAverage(SoundInDropBlock):
    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(self.maps(F.relu(self.conv(x))), 0.2, self.training).mean((2, 3))
