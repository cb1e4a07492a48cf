"""The numbers of tables as series, and the rows that sentences name."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.claims.row_names import RowNames
from deepstudy.audits.reading.claims.series import NumberSeries, metric_of, read_number, read_series


def series(text: str) -> list[NumberSeries]:
    return read_series(of_text(text, "report.md").layout)


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("98.45 %", 98.45, 0.01),
        ("**98.45**", 98.45, 0.01),
        ("98.45 ± 0.12", 98.45, 0.01),
        ("1,234,567", 1234567, 1),
        ("62k", 62000, 1000),
        ("1.2M", 1200000, 100000),
        ("3m 20s", 200, 1),
        ("1:02:03", 3723, 1),
        ("12 min", 720, 60),
        ("-", None, None),
        ("91.2 / 88.1", None, None),
        ("ResNet-18", None, None),
    ],
)
def test_the_number_of_a_cell(text: str, value: float | None, step: float | None) -> None:
    number = read_number(text)
    if number is None:
        assert value is None
    else:
        assert number.value == value
        assert number.step == pytest.approx(step)


def test_a_comma_is_a_point_in_rates_only() -> None:
    rate, count = read_number("98,765", decimal_comma=True), read_number("98,765")
    assert [number.value for number in (rate, count) if number] == [98.765, 98765]


@pytest.mark.parametrize(
    ("header", "metric"),
    [
        ("Test accuracy (%)", "accuracy"),
        ("Testgenauigkeit", "accuracy"),
        ("검증 손실", "loss"),
        ("训练时间", "seconds"),
        ("F1-score", "f1"),
        ("# params", "parameters"),
        ("Loss function", None),
        ("accuracy gap", None),
        ("optimizer", None),
    ],
)
def test_the_metric_of_a_header(header: str, metric: str | None) -> None:
    assert metric_of(header) == metric


def test_a_table_is_read_upright_and_on_its_side() -> None:
    upright = series("| net | test acc |\n|---|---|\n| MLP | 97.1 |\n| CNN | 99.0 |\n")
    side = series("| | MLP | CNN |\n|---|---|---|\n| test acc | 97.1 | 99.0 |\n")
    for (each,) in (upright, side):
        assert (each.metric, each.better, each.split) == ("accuracy", "higher", "test")
        assert [(entry.label, entry.number.value) for entry in each.entries] == [("MLP", 97.1), ("CNN", 99.0)]


def test_summaries_are_no_rows_and_numbers_of_others_are_marked() -> None:
    (each,) = series("| net | loss |\n|---|---|\n| MLP | 0.3 |\n| MLP (paper) | 0.2 |\n| CNN | 0.1 |\n| Mean | 0.2 |\n")
    assert [(entry.label, entry.is_cited) for entry in each.entries] == [
        ("MLP", False),
        ("MLP (paper)", True),
        ("CNN", False),
    ]


TABLE = """| network | dropout | accuracy |
|---|---|---|
| ResNet-18 | 0 | 91.0 |
| ResNet-18 | 0.5 | 92.0 |
| ResNet-34 | 0.5 | 93.0 |
| VGG16 without BN | 0 | 90.0 |
| VGG16 with BN | 0 | 94.0 |
"""


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("ResNet-34 wins.", [{2}]),
        ("ResNet 34 wins.", [{2}]),
        ("ResNet wins.", [{0, 1, 2}]),
        ("ResNet-18 with a dropout of 0.5 wins.", [{1}]),
        ("ResNet-18 wins, then ResNet-34.", [{0, 1}, {2}]),
        ("VGG-16 with BN wins.", [{4}]),
        ("VGG-16 without BN wins.", [{3}]),
        ("ResNet-50 wins.", []),
        ("Wide-ResNet wins.", []),
        ("All networks learn.", []),
        ("ResNet-34의 정확도가 높다.", [{2}]),
    ],
)
def test_the_rows_that_a_sentence_names(sentence: str, rows: list[set[int]]) -> None:
    (each,) = series(TABLE)
    assert [set(mention.rows) for mention in RowNames(each).mentions(sentence)] == rows
