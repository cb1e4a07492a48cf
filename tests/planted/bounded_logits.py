import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deepstudy.checks.losses import Losses


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class SoundSoftCap(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return 30 * torch.tanh(super().forward(x) / 30)


class SoundWideClamp(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).clamp(-20, 20)


class SoundScaledCosine(SoundNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(5.0))

    def forward(self, x: Tensor) -> Tensor:
        x = F.normalize(F.relu(self.fc1(x.flatten(1))))
        return self.scale * F.linear(x, F.normalize(self.fc2.weight))


class SoundFixedCosine(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = F.normalize(F.relu(self.fc1(x.flatten(1))))
        return 16 * F.linear(x, F.normalize(self.fc2.weight))


class SoundNormalised(SoundNetwork):
    """Batch normalisation with a learned scale at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(10)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(super().forward(x))


class SoundZero(SoundNetwork):
    """The last layer starts at 0 on purpose."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.zeros_(self.fc2.weight)
        nn.init.zeros_(self.fc2.bias)


class SoundForSquares(SoundNetwork):
    """A tanh is right for targets of -1 and 1 and a squared error."""

    LOSSES = Losses({"mse": "train.py:3"})

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(super().forward(x))


class PlantedTanh(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(super().forward(x))


class PlantedTanhBeforeLogSoftmax(PlantedTanh):
    LOSSES = Losses({"nll": "train.py:3"})

    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(super().forward(x), dim=1)


class PlantedClamp(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).clamp(-1, 1)


class PlantedCosine(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = F.normalize(F.relu(self.fc1(x.flatten(1))))
        return F.linear(x, F.normalize(self.fc2.weight))
