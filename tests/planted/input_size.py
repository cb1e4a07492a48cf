from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    """It takes the images of its file."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class PlantedSize(SoundNetwork):
    """Its file has CIFAR-10."""

    MISFIT = (3, 32, 32)
