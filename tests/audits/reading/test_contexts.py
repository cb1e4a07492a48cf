"""What a document says once and means throughout."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.contexts import datasets_in, is_cited, unit_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("LeNet-5 on MNIST", ("mnist",)),
        ("CIFAR-10 and CIFAR-100", ("cifar10", "cifar100")),
        ("cifar10_train.py", ("cifar10",)),
        ("Fashion-MNIST and fmnist", ("fashion_mnist", "fashion_mnist")),
        ("EMNIST, KMNIST and SVHN", ("other", "other", "other")),
        ("a ResNet-50 pretrained on ImageNet, then trained on CIFAR-10", ("cifar10",)),
        ("weights='imagenet'", ()),
        ("a network vortrainiert auf ImageNet", ()),
        ("our own photographs", ()),
        ("CIFAR-1000", ()),
    ],
)
def test_names_of_data_sets(text: str, names: tuple[str, ...]) -> None:
    assert datasets_in(text) == names


def datasets(text: str) -> list[str | None]:
    return [each.dataset for each in of_text(text, "report.md").statements]


def test_a_data_set_that_is_named_once_holds_throughout() -> None:
    assert (
        datasets("We use MNIST.\n\n# Results\n\nThe test accuracy is 98.1 %.\n\nThe loss is 0.09.\n") == ["mnist"] * 2
    )


def test_a_section_names_the_data_set_of_its_numbers() -> None:
    report = """# MNIST

The test accuracy is 98.1 %.

# CIFAR-10

The test accuracy is 71.3 %.
"""
    assert datasets(report) == ["mnist", "cifar10"]


def test_the_nearest_name_counts() -> None:
    assert datasets("# MNIST\n\nOn CIFAR-10 the accuracy is 71.3 %. The other accuracy is 98.1 %.\n") == ["cifar10"] * 2
    assert datasets("On MNIST the accuracy is 98.1 %.\n\nOn CIFAR-10 the accuracy is 71.3 %.\n") == ["mnist", "cifar10"]


def test_a_sentence_on_two_data_sets_names_none() -> None:
    assert datasets("The accuracies on MNIST and CIFAR-10 are 98.1 % and 71.3 %.\n") == [None, None]


def test_what_a_network_was_pretrained_on_is_not_its_data() -> None:
    assert datasets("A network pretrained on ImageNet, on CIFAR-10.\n\nThe test accuracy is 94.2 %.\n") == ["cifar10"]


def test_the_name_of_the_file_may_name_the_data_set() -> None:
    found = of_text("The test accuracy is 98.1 %.\n", "mnist_report.md").statements
    assert [each.dataset for each in found] == ["mnist"]


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("La précision est de 98,1 %.", ["accuracy"]),
        ("La précision est de 98,1 %, le rappel de 97,2 %.", ["precision", "recall"]),
        ("La precisión es de 98,1 %.", ["accuracy"]),
        ("A precisão foi de 98,1 % e a sensibilidade de 97,2 %.", ["precision", "recall"]),
        ("The precision is 98.1 %.", ["precision"]),
    ],
)
def test_precision_is_accuracy_where_nobody_speaks_of_recall(text: str, metrics: list[str]) -> None:
    assert [each.metric for each in of_text(text, "report.md").statements] == metrics


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("The original paper has 93.0 %.", True),
        ("He et al. report 93.0 %.", True),
        ("the state of the art is 99.8 %", True),
        ("원논문의 정확도는 93%", True),
        ("论文中的准确率为93%", True),
        ("Our network has 93.0 %.", False),
        ("The newspaper has 93 pages.", False),
    ],
)
def test_results_of_others(sentence: str, cited: bool) -> None:
    assert is_cited(sentence) is cited


@pytest.mark.parametrize(
    ("values", "has_percent", "unit"),
    [
        ([0.91, 0.95], False, "fraction"),
        ([91.0, 95.0], False, "percent"),
        ([0.91, 0.95, 1.0], False, "fraction"),
        ([0.5, 91.0, 95.0], False, "percent"),
        ([0.91], True, "percent"),
        ([], False, "percent"),
    ],
)
def test_the_unit_of_many_rates(values: list[float], has_percent: bool, unit: str) -> None:
    assert unit_of(values, has_percent) == unit
