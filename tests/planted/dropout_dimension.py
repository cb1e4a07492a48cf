from torch import Tensor, nn
from torch.nn import functional as F


class SoundBeforeFlatten(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc1 = nn.Linear(8 * 12 * 12, 32)
        self.fc2 = nn.Linear(32, 10)
        self.drop2d, self.drop = nn.Dropout2d(0.2), nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop2d(F.relu(self.conv(x))).flatten(1)
        return self.fc2(self.drop(F.relu(self.fc1(x))))


class PlantedModule(SoundBeforeFlatten):
    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(F.relu(self.conv(x))).flatten(1)
        return self.fc2(self.drop2d(F.relu(self.fc1(x))))


class PlantedFunction(SoundBeforeFlatten):
    def forward(self, x: Tensor) -> Tensor:
        x = self.drop2d(F.relu(self.conv(x))).flatten(1)
        return self.fc2(F.dropout2d(F.relu(self.fc1(x)), 0.2, self.training))
