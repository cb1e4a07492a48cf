from torch import Tensor, nn
from torch.nn import functional as F


class SoundLogits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).flatten(1))


class PlantedSoftmax(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(super().forward(x), dim=1)


class PlantedSoftmaxModule(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(SoundLogits(), nn.Softmax(dim=-1))


class PlantedLogSoftmax(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(super().forward(x), dim=1)


class PlantedSigmoid(SoundLogits):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).sigmoid()
