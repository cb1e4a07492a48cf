from torch import Tensor, nn
from torch.nn import functional as F


class SoundLazy(nn.Module):
    """The size of its last layer is open until the first batch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.LazyLinear(10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).flatten(1))


class PlantedSize(SoundLazy):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8 * 24 * 24, 10)


class PlantedInTraining(SoundLazy):
    """An error in training mode only."""

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            x = x.squeeze(1)[:, :, :, None]
        return super().forward(x)


class PlantedNoReturn(SoundLazy):
    def forward(self, x: Tensor) -> None:
        super().forward(x)
