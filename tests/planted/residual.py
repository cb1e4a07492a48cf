from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, always: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if always or stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(out + self.shortcut(x))


class SoundResidual(nn.Module):
    ALWAYS = False

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, stride=2, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.blocks = nn.Sequential(
            Block(8, 8, 1, self.ALWAYS), Block(8, 16, 2, self.ALWAYS), Block(16, 16, 1, self.ALWAYS)
        )
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.blocks(F.relu(self.bn(self.stem(x)))).mean((2, 3)))


class PlantedProjections(SoundResidual):
    ALWAYS = True


class PlantedReluOnShortcut(SoundResidual):
    def __init__(self) -> None:
        super().__init__()
        self.blocks[2].shortcut = nn.LeakyReLU()


class SoundTwoBranches(SoundResidual):
    """A sum of two convolutions and the input: one block, with an identity path."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = (nn.Conv2d(8, 8, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn(self.stem(x)))
        x = F.relu(0.5 * self.left(x) + 0.5 * self.right(x) + x)
        return self.fc(self.blocks(x).mean((2, 3)))
