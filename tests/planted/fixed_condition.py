from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    """A condition on several values, and a layer that may be None."""

    def __init__(self, mode: str = "small", dropout: bool = True) -> None:
        super().__init__()
        width = 64 if mode in ("large", "huge") or mode == "wide" else 32
        self.fc1, self.fc2 = nn.Linear(784, width), nn.Linear(width, 10)
        self.dropout = nn.Dropout(0.2) if dropout else None

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(self.dropout(x) if self.dropout else x)


class SoundName(nn.Module):
    """The argument is a rate, and nothing asks for it."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.dropout(F.relu(self.fc1(x.flatten(1)))))


class PlantedText(nn.Module):
    def __init__(self, mode: str = "small") -> None:
        super().__init__()
        width = 64
        if mode == "small" or "tiny":  # noqa: SIM222 - the bug
            width = 32
        self.fc1, self.fc2 = nn.Linear(784, width), nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class PlantedSwitch(nn.Module):
    def __init__(self, dropout: bool = True) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        if self.dropout:
            x = self.dropout(x)
        return self.fc2(x)
