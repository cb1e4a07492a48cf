import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).flatten(1))


class SoundUnderSoftmax(SoundNetwork):
    """It learns, down to the floor that its softmax sets; the softmax is another check's finding."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).softmax(1)


class PlantedNarrow(nn.Module):
    """All that is known of an image passes through one number that is then rounded to a sign."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 1)
        self.last = nn.Linear(1, 10)

    def forward(self, x: Tensor) -> Tensor:
        squeezed = torch.tanh(1000 * self.first(x.flatten(1)))
        return self.last(squeezed)


class PlantedShuffled(SoundNetwork):
    """In training, the images of a batch change places on the way, so labels belong to others."""

    def forward(self, x: Tensor) -> Tensor:
        logits = super().forward(x)
        return logits.roll(torch.randint(len(x), ()).item(), 0) * 0.01 if self.training else logits
