from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(1, 16, 5, stride=2), nn.BatchNorm2d(16)
        self.conv2, self.norm2 = nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 10)
        self.apply(self.initialize)

    def initialize(self, layer: nn.Module) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(x + self.norm2(self.conv2(x)))
        return self.fc(x.mean((2, 3)))


class SoundAroundOne(SoundNetwork):
    def initialize(self, layer: nn.Module) -> None:
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1, 0.02)


class SoundZeroGamma(SoundNetwork):
    """The last scale of a residual block starts at 0, so that the block starts as the identity."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.zeros_(self.norm2.weight)


class SoundUniform(SoundNetwork):
    """As PyTorch did until version 1.1."""

    def initialize(self, layer: nn.Module) -> None:
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight)


class PlantedAllNormal(SoundNetwork):
    def initialize(self, layer: nn.Module) -> None:
        if hasattr(layer, "weight"):
            nn.init.normal_(layer.weight, 0, 0.02)


class PlantedGroups(SoundNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(4, 16)
        nn.init.normal_(self.norm1.weight, std=0.05)
