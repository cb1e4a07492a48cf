from torch import Tensor, nn
from torch.nn import functional as F


class SoundList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(784, 32), nn.Linear(32, 32)])
        self.activations = [F.relu, F.relu]  # functions may be in a list
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        for layer, activation in zip(self.layers, self.activations, strict=True):
            x = activation(layer(x))
        return self.fc(x)


class PlantedList(SoundList):
    def __init__(self) -> None:
        super().__init__()
        del self.layers
        self.layers = [nn.Linear(784, 32), nn.Linear(32, 32)]


class PlantedDict(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = {"in": nn.Linear(784, 32)}
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.layers["in"](x.flatten(1))))


class PlantedInForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x)).flatten(1)
        return nn.Linear(x.shape[1], 10)(x)
