import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)
        nn.init.normal_(self.fc1.weight, std=0.05)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.dropout(F.relu(self.fc1(x.flatten(1))), 0.2, self.training))


class PlantedOwnGenerator(SoundNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.fc1.weight.data = torch.from_numpy(np.random.default_rng().normal(0, 0.05, (32, 784))).float()


class PlantedNumpy(SoundNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.fc1.weight.data = torch.from_numpy(np.random.normal(0, 0.05, (32, 784))).float()


class PlantedForward(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            x = x + torch.from_numpy(np.random.default_rng().normal(0, 0.1, x.shape)).float()
        return super().forward(x)


class PlantedSeedsItself(SoundNetwork):
    def __init__(self) -> None:
        torch.manual_seed(42)
        super().__init__()
