import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    """Detaches only what goes into a plot."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)
        self.mean_activation: float | None = None

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        self.mean_activation = float(x.detach().abs().mean())
        return self.fc(x.flatten(1))


class PlantedDetach(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).detach().flatten(1))


class PlantedData(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x).data).flatten(1))


class PlantedNoGrad(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            x = F.relu(self.conv(x))
        return self.fc(x.flatten(1))


class PlantedNumpy(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = torch.from_numpy(F.relu(self.conv(x)).detach().numpy())
        return self.fc(x.flatten(1))


class PlantedTensorOfTensor(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return torch.tensor(super().forward(x).tolist())
