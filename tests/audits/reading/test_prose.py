"""Sentences: what their numbers are, beyond the words beside them."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.statements import Statement


def statements(text: str) -> list[Statement]:
    return of_text(text, "report.md").statements


@pytest.mark.parametrize(
    ("text", "value", "step", "unit"),
    [
        ("The test accuracy is 97.31 %.", 97.31, 0.01, "%"),
        ("The test accuracy is 0.9731.", 97.31, 0.01, "fraction"),
        ("The test accuracy is 97.31.", 97.31, 0.01, "percent"),
        ("L'exactitude est de 97,3 %.", 97.3, 0.1, "%"),
        ("The network has 1.2 million parameters.", 1.2e6, 1e5, ""),
        ("The loss is 2.5e-2.", 0.025, 0.001, ""),
    ],
)
def test_values_and_units(text: str, value: float, step: float, unit: str) -> None:
    (found,) = statements(text)
    assert (found.value, found.step) == pytest.approx((value, step))
    assert (found.unit, found.kind) == (unit, "sentence")


def test_a_percentage_is_an_accuracy_where_the_text_speaks_of_accuracy() -> None:
    assert [each.metric for each in statements("We measure the accuracy. The small network reaches 97.3 %.")] == [
        "accuracy"
    ]
    assert statements("The small network reaches 97.3 %.") == []


@pytest.mark.parametrize(
    ("text", "metric", "value"),
    [
        ("Training took 20 minutes.", "seconds", 1200),
        ("One epoch takes 12.5 s.", "seconds_per_epoch", 12.5),
        ("Ein Training dauert 2 Stunden.", "seconds", 7200),
        ("每轮训练耗时12秒。", "seconds_per_epoch", 12),
        ("학습에 총 2시간이 걸렸다.", "seconds", 7200),
        ("There are 10,000 test images.", "images", 10000),
    ],
)
def test_times_and_numbers_of_images(text: str, metric: str, value: float) -> None:
    (found,) = statements(text)
    assert (found.metric, found.value) == (metric, pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "is_cited", "is_mean"),
    [
        ("The original paper reports an accuracy of 97.3 %.", True, False),
        ("Smith et al. obtain a test error of 2.7 %.", True, False),
        ("The mean accuracy of five runs is 97.3 %.", False, True),
        ("The accuracy is 97.3 ± 0.2 %.", False, True),
        ("Our accuracy is 97.3 %.", False, False),
    ],
)
def test_numbers_of_others_and_means(text: str, is_cited: bool, is_mean: bool) -> None:
    (found,) = statements(text)
    assert (found.is_cited, found.is_mean) == (is_cited, is_mean)
