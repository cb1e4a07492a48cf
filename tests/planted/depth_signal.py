from torch import Tensor, nn
from torch.nn import functional as F


class SoundDeep(nn.Module):
    STD = 2**0.5

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(784, 100), *(nn.Linear(100, 100) for _ in range(12))])
        self.head = nn.Linear(100, 10)
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=self.STD / layer.in_features**0.5)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.head(x)


class PlantedVanishing(SoundDeep):
    STD = 0.5


class PlantedExploding(SoundDeep):
    STD = 5.0


class PlantedVanishingGradient(nn.Module):
    """Sigmoids, whose slope is a quarter at most, hold the activations up while the gradient dies."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 64)
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(12)])
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x.flatten(1)).sigmoid()
        for layer in self.layers:
            x = layer(x).sigmoid()
        return self.head(x)
