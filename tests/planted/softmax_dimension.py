import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundAttention(nn.Module):
    """A softmax inside, over the pixels of each image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.score = nn.Linear(8, 1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        weights = torch.softmax(self.score(pixels), dim=1)
        return self.fc((weights * pixels).sum(1))


class PlantedOutput(SoundAttention):
    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(super().forward(x), dim=0)


class PlantedInside(SoundAttention):
    def forward(self, x: Tensor) -> Tensor:
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        weights = torch.softmax(self.score(pixels), dim=0)
        return self.fc((weights * pixels).sum(1))
