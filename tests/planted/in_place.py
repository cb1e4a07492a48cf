import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SoundNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x.flatten(1)), inplace=True))


class SoundShift(SoundNetwork):
    """The output of a linear layer may be overwritten: no gradient needs it."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x.flatten(1))
        x += 1
        return self.fc2(F.relu(x))


class SoundEdge(SoundNetwork):
    """It writes into a tensor of its own before a layer reads it."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1).clone()
        x[:, 0] = 0
        return self.fc2(F.relu(self.fc1(x)))


class PlantedAdd(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = torch.sigmoid(self.fc1(x.flatten(1)))
        x += 1
        return self.fc2(x)


class PlantedItem(SoundNetwork):
    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x.flatten(1)).tanh()
        x[:, 0] = 0
        return self.fc2(x)


class PlantedRelu(SoundNetwork):
    """The input of a product is clipped in place after the product."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x.flatten(1))
        squares = x * x
        F.relu(x, inplace=True)
        return self.fc2(squares + x)
