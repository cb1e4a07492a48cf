from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    """Statistics of each image by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = (x - x.mean((1, 2, 3), keepdim=True)) / (x.std((1, 2, 3), keepdim=True) + 1e-5)
        return self.fc(F.relu(x).flatten(1))


class PlantedBatch(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.fc(F.relu((x - x.mean(0)) / (x.std(0) + 1e-5)).flatten(1))


class PlantedWhole(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.fc(F.relu((x - x.mean()) / x.std()).flatten(1))


class PlantedInTraining(SoundNetwork):
    """By hand in training, and not at all in eval mode."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.training:
            x = (x - x.mean((0, 2, 3), keepdim=True)) / (x.std((0, 2, 3), keepdim=True) + 1e-5)
        return self.fc(F.relu(x).flatten(1))
