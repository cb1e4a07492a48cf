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
