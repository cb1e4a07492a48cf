import re

import pytest
import torch
import torch.nn.functional as F

from deepstudy.layer_table import count_layers
from deepstudy.models.small_cnn import SmallCNN
from deepstudy.study import load_study


def test_its_module_tree_is_the_one_that_the_report_prints() -> None:
    tree = re.sub(r"\s+", " ", repr(SmallCNN()))
    order = ["layer1", "Conv2d(3, 6, kernel_size=(5, 5)", "BatchNorm2d(6", "ReLU()", "MaxPool2d(kernel_size=2"]
    order += ["layer2", "Conv2d(6, 16, kernel_size=(3, 3)", "BatchNorm2d(16", "ReLU()", "MaxPool2d(kernel_size=2"]
    order += ["layer3", "Conv2d(16, 32, kernel_size=(3, 3)", "BatchNorm2d(32", "ReLU()", "MaxPool2d(kernel_size=2"]
    order += ["fc1", "in_features=512, out_features=120", "fc2", "in_features=120, out_features=84"]
    order += ["fc3", "in_features=84, out_features=10"]
    at = 0
    for part in order:
        at = tree.index(part, at) + len(part)


def test_the_printed_sizes_for_both_batches() -> None:
    shapes = load_study("small-cnn-cifar10").shapes
    assert [item.batch for item in shapes] == [64, 10_000]
    summary = count_layers("small_cnn", SmallCNN(), (3, 32, 32))
    for item in shapes:
        assert item.batch is not None
        assert [f"torch.Size({sizes})" for sizes in summary.trace(item.batch)] == item.text.splitlines()


def test_relu_stands_between_the_linear_layers_and_not_behind_them() -> None:
    torch.manual_seed(0)
    model = SmallCNN().eval()
    x = torch.randn(3, 3, 32, 32)
    y = model.layer3(model.layer2(model.layer1(x))).flatten(1)
    y = F.linear(y, model.fc1.weight, model.fc1.bias).clamp(min=0)
    y = F.linear(y, model.fc2.weight, model.fc2.bias).clamp(min=0)
    y = F.linear(y, model.fc3.weight, model.fc3.bias)
    assert torch.equal(model(x), y)
    assert (y < 0).any()


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({}, [(512, 120), (120, 84), (84, 10)]),
        ({"width": 2}, [(1024, 120), (120, 84), (84, 10)]),
        ({"linear": 2}, [(512, 120), (120, 10)]),
        ({"linear": 5}, [(512, 120), (120, 84), (84, 84), (84, 84), (84, 10)]),
    ],
)
def test_the_suggested_variants(options: dict[str, int], sizes: list[tuple[int, int]]) -> None:
    model = SmallCNN(**options)  # type: ignore[arg-type]
    linear = [(m.in_features, m.out_features) for m in model.modules() if isinstance(m, torch.nn.Linear)]
    assert linear == sizes
