from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.norm(self.conv(x))).flatten(1))


class PlantedBatchNorm(SoundNetwork):
    """Batch statistics in eval mode too."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.batch_norm(self.conv(x), None, None, self.norm.weight, self.norm.bias, training=True)
        return self.fc(F.relu(x).flatten(1))


class PlantedTranspose(SoundNetwork):
    """Features are laid out so that `view` mixes those of different images."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.conv(x)))
        return self.fc(x.transpose(0, 1).reshape(x.size(0), -1))


class PlantedRecurrent(nn.Module):
    """Rows of images through an LSTM that takes the first dimension for time: `batch_first` is forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 16)
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.lstm(x[:, 0])[0][:, -1])
