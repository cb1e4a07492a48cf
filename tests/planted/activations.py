from torch import nn


class SoundNetwork(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))


class PlantedDead(SoundNetwork):
    """Biases far below 0."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.constant_(self[1].bias, -20.0)


class PlantedSaturated(SoundNetwork):
    def __init__(self) -> None:
        super().__init__()
        nn.init.normal_(self[3].weight, std=10.0)
