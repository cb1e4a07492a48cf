import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.score = nn.Linear(8, 1)
        self.fc = nn.Linear(8, 10)

    def weigh(self, pixels: Tensor) -> Tensor:
        return F.softmax(self.score(pixels), dim=1)

    def forward(self, x: Tensor) -> Tensor:
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)  # (n, pixels, 8)
        return F.log_softmax(self.fc((self.weigh(pixels).transpose(1, 2) @ pixels).squeeze(1)), dim=1)


class SoundEntropy(SoundAttention):
    """The entropy of the weights is one more feature."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(9, 10)

    def forward(self, x: Tensor) -> Tensor:
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        scores = self.score(pixels)
        weights = F.softmax(scores, dim=1)
        entropy = -(weights * F.log_softmax(scores, dim=1)).sum((1, 2))
        return self.fc(torch.cat([(weights * pixels).sum(1), entropy[:, None]], 1))


class PlantedAttention(SoundAttention):
    def weigh(self, pixels: Tensor) -> Tensor:
        return F.log_softmax(self.score(pixels), dim=1)


class PlantedProduct(SoundAttention):
    def forward(self, x: Tensor) -> Tensor:
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        return self.fc((pixels * self.score(pixels).log_softmax(1)).sum(1))
