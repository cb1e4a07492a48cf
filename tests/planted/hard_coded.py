import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        noise = torch.zeros(x.shape, device=x.device, dtype=x.dtype)
        return self.fc((x + noise).mean((2, 3)))


class PlantedBatch(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).view(4, 8, 144).mean(2))


class PlantedSqueeze(SoundNetwork):
    """`squeeze()` also removes the batch dimension if the batch is one image."""

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).mean((2, 3), keepdim=True).squeeze())


class PlantedType(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).float().mean((2, 3)))


class PlantedDevice(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        return self.fc((x + torch.ones(x.shape, dtype=x.dtype)).mean((2, 3)))


class PlantedPlainTensor(SoundNetwork):
    """A tensor that `.to(device)` leaves behind."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.full((8, 1, 1), 2.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc((F.relu(self.conv(x)) * self.scale.to(x.dtype)).mean((2, 3)))


class PlantedOnlyBatchesOf64(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).view(64, 8, 144).mean(2))
