"""The networks that stand in are torchvision's: modules, names, initial weights and outputs."""

from types import ModuleType
from typing import Any

import pytest
import torch

from deepstudy.watching.stand_ins.importable.torchvision import models

#: The parameters with 1,000 classes, as torchvision documents them.
PARAMETERS = {
    "alexnet": 61_100_840,
    "mobilenet_v2": 3_504_872,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "wide_resnet50_2": 68_883_240,
}
#: With seed 0: the sums of the first and of the last weights.
SEEDED: list[tuple[str, dict[str, Any], float, float]] = [
    ("resnet18", {}, -5.01875, 22.2588),
    ("resnet18", {"num_classes": 7, "zero_init_residual": True}, -3.92392, -0.7899),
    ("mobilenet_v2", {}, 0.07556, 17.5491),
    ("mobilenet_v2", {"width_mult": 0.5}, 4.00846, -13.2414),
    pytest.param("resnet50", {}, -0.44538, 33.1974, marks=pytest.mark.slow),
    pytest.param("alexnet", {}, 3.70469, -2.0531, marks=pytest.mark.slow),
    pytest.param("vgg11_bn", {"num_classes": 10, "dropout": 0.2}, 0.89672, -1.8939, marks=pytest.mark.slow),
]


def seeded(module: Any, name: str, options: dict[str, Any]) -> torch.nn.Module:
    torch.manual_seed(0)
    network: torch.nn.Module = getattr(module, name)(**options)
    return network


def test_the_networks_that_are_here() -> None:
    assert models.list_models() == list(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str) -> None:
    with torch.device("meta"):
        network = getattr(models, name)()
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", PARAMETERS)
def test_modules_and_names_equal_those_of_torchvision(name: str, real: ModuleType) -> None:
    with torch.device("meta"):
        ours, theirs = models.get_model(name, num_classes=12), getattr(real.models, name)(num_classes=12)
    assert repr(ours) == repr(theirs)
    state, state_there = ours.state_dict(), theirs.state_dict()
    assert [(key, value.shape) for key, value in state.items()] == [
        (key, value.shape) for key, value in state_there.items()
    ]


@pytest.mark.parametrize(("name", "options", "first", "last"), SEEDED)
def test_initial_weights_are_those_of_torchvision(
    name: str, options: dict[str, Any], first: float, last: float
) -> None:
    parameters = list(seeded(models, name, options).parameters())
    assert parameters[0].double().sum().item() == pytest.approx(first, abs=1e-4)
    assert parameters[-2].double().sum().item() == pytest.approx(last, abs=1e-3)


@pytest.mark.parametrize(("name", "options", "first", "last"), SEEDED)
def test_weights_and_outputs_equal_those_of_torchvision(
    name: str, options: dict[str, Any], first: float, last: float, real: ModuleType
) -> None:
    ours, theirs = seeded(models, name, options), seeded(real.models, name, options)
    state = theirs.state_dict()
    assert all(torch.equal(value, state[key]) for key, value in ours.state_dict().items())
    images = torch.randn(2, 3, 64, 64)
    for training in (True, False):
        outputs = []
        for network in (ours, theirs):
            torch.manual_seed(1)  # of the dropout
            outputs.append(network.train(training)(images))
        assert torch.equal(*outputs)


@pytest.mark.parametrize(
    "build",
    [
        lambda: models.resnet18(pretrained=True),
        lambda: models.resnet18(True),
        lambda: models.vgg16(weights="IMAGENET1K_V1"),
        lambda: models.alexnet(weights=models.AlexNet_Weights.DEFAULT),
        lambda: models.get_model("mobilenet_v2", weights="DEFAULT"),
        lambda: models.ResNet50_Weights.IMAGENET1K_V2.transforms(),
    ],
)
def test_trained_weights_are_refused(build: Any) -> None:
    with pytest.raises(NotImplementedError, match=r"torchvision\.models\.\w+: trained weights are not part of the sta"):
        build()


def test_no_weights_by_their_older_name() -> None:
    with torch.device("meta"):
        assert models.resnet18(pretrained=False, num_classes=10).fc.out_features == 10
        assert models.resnet18(False).fc.out_features == 1000


def test_other_networks_say_that_they_are_not_here() -> None:
    for build in (models.vit_b_16, lambda: models.get_model("densenet121", weights=None)):
        with pytest.raises(NotImplementedError, match="is not part of the stand-in for torchvision; run pip install"):
            build()
    with pytest.raises(AttributeError, match=r"torchvision\.models\.resnet19 is not part of the stand-in"):
        _ = models.resnet19
