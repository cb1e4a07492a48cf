from torch import nn


class SoundStart(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


class PlantedLargeWeights(SoundStart):
    """Unit normal weights, which `nn.init.normal_` gives where no deviation is said."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.normal_(self[1].weight)
        nn.init.normal_(self[3].weight)
