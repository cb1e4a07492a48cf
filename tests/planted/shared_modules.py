from torch import Tensor, nn
from torch.nn import functional as F


def block() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())


class SoundBlocks(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 5, stride=2)
        self.relu = nn.ReLU()  # one module without weights for all places
        self.blocks = nn.Sequential(*[block() for _ in range(3)])
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.relu(self.blocks(self.relu(self.stem(x)))).mean((2, 3)))


class PlantedTimesThree(SoundBlocks):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*[block()] * 3)


class PlantedOneNorm(nn.Module):
    """One batch normalisation for two convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, stride=2, bias=False)
        self.conv2 = nn.Conv2d(8, 8, 3, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn(self.conv1(x)))
        return self.fc(F.relu(self.bn(self.conv2(x))).mean((2, 3)))


class PlantedCalledTwice(SoundBlocks):
    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks[0][0](self.relu(self.stem(x)))
        return self.fc(self.relu(self.blocks(self.relu(x))).mean((2, 3)))


class Attended(nn.Module):
    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.block, self.attention = block(), attention

    def forward(self, x: Tensor) -> Tensor:
        x = self.block(x)
        return x * self.attention(x.mean((2, 3)))[:, :, None, None]


class PlantedAcrossBlocks(SoundBlocks):
    """One attention for all blocks, which may be meant: a risk, and no bug."""

    def __init__(self) -> None:
        super().__init__()
        attention = nn.Sequential(nn.Linear(8, 8), nn.Sigmoid())
        self.blocks = nn.Sequential(*[Attended(attention) for _ in range(3)])


class SoundTwoNames(nn.Module):
    """A layer with a name of its own, and one of a chain too; it runs once."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 32), nn.Linear(32, 10)
        self.chain = nn.Sequential(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2)

    def forward(self, x: Tensor) -> Tensor:
        return self.chain(x)
