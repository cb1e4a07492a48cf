from torch import Tensor, nn
from torch.nn import functional as F


class SoundInPlace(nn.Module):
    """Activations in place change their input."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.relu = nn.Linear(784, 32), nn.Linear(32, 10), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x.flatten(1))
        self.relu(x)
        return self.fc2(x)


class SoundOwnMethod(nn.Module):
    """A method of its own, called for what it does."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)

    def look(self, x: Tensor) -> None:
        assert x.dim() == 2

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        self.look(x)
        return self.fc2(x)


class PlantedLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.dropout = nn.Linear(784, 32), nn.Linear(32, 10), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        self.dropout(x)
        return self.fc2(x)


class PlantedFunction(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        F.dropout(x, 0.5)
        return self.fc2(x)
