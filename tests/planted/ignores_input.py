import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    INPUT = (3, 28, 28)

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).flatten(1))


class PlantedAll(SoundNetwork):
    """Works on zeros of the input's shape."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(torch.zeros_like(x))


class PlantedChannels(SoundNetwork):
    """Two of three channels are overwritten."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x[:, :1].expand_as(x))


class PlantedCrop(SoundNetwork):
    """Only the upper left part of the image is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8 * 6 * 6, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x[:, :, :16, :16])).flatten(1))


class SoundZeroHead(SoundNetwork):
    """A head that begins at 0, as some networks are published."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.zeros_(self.fc.weight)


class SoundBorder(nn.Module):
    """Its last windows do not fit, so it loses three rows and columns: they are dark in a picture of a digit."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 4, stride=3), nn.Conv2d(8, 8, 2, stride=2)
        self.fc = nn.Linear(8 * 4 * 4, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv2(F.relu(self.conv1(x)))).flatten(1))
