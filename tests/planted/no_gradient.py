from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class PlantedForgotten(SoundNetwork):
    """A layer that `forward` leaves out."""

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(F.relu(self.fc1(x.flatten(1))))


class PlantedTimesZero(SoundNetwork):
    """A gate that is 0."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(x + 0 * F.relu(self.fc2(x)))


class PlantedArgmax(SoundNetwork):
    """The positions of maxima have no gradient."""

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.fc1(x.flatten(1))
        places = F.one_hot(hidden.argmax(1), 32).float()
        return self.fc3(F.relu(self.fc2(places)))


class SoundZeroStart(SoundNetwork):
    """A branch whose last layer begins at 0: what feeds it gets no gradient at the first step only."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 32))
        nn.init.zeros_(self.branch[2].weight)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x + self.branch(x))))


class PlantedSwitchedOff(nn.Module):
    """A variant without its normalisation: the layer is there, and a condition leaves it out."""

    def __init__(self, normalised: bool = False) -> None:
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(784, 32), nn.BatchNorm1d(32), nn.Linear(32, 10)
        self.normalised = normalised

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x.flatten(1))
        if self.normalised:
            x = self.norm(x)
        return self.fc2(F.relu(x))
