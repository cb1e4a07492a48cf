from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    BIAS = False

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2, bias=self.BIAS)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.norm(self.conv(x))).mean((2, 3)))


class PlantedBias(SoundNetwork):
    BIAS = True
