from torch import nn


def body(stem: list[nn.Module]) -> list[nn.Module]:
    layers = list(stem)
    for _ in range(4):
        layers += [nn.Conv2d(16, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    return [*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)]


class SoundStem(nn.Sequential):
    INPUT = (3, 32, 32)

    def __init__(self) -> None:
        super().__init__(*body([nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]))


class SoundLargeImages(nn.Sequential):
    INPUT = (3, 96, 96)

    def __init__(self) -> None:
        super().__init__(*body([nn.Conv2d(3, 16, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]))


class PlantedStem(nn.Sequential):
    INPUT = (3, 32, 32)

    def __init__(self) -> None:
        super().__init__(*body([nn.Conv2d(3, 16, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]))


class PlantedSinglePixels(nn.Sequential):
    INPUT = (3, 32, 32)

    def __init__(self) -> None:
        down = [layer for _ in range(5) for layer in (nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))]
        super().__init__(*body([nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), *down]))
