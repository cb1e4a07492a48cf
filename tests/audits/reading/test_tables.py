"""Tables: rows of tables.txt, and where each number of a table stands."""

from typing import Any

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.statements import Statement

ROWS = "tables.txt"
TWO_DATA_SETS = """# Results

| Data set | Network | Test accuracy (%) | Params (M) |
|---|---|---|---|
| MNIST | LeNet-5 | 99.1 | 0.06 |
| CIFAR-10 | ResNet-18 | 94.2 | 11.2 |
"""


def statements(text: str) -> list[Statement]:
    return of_text(text, "report.md").statements


def test_a_table_is_read(row: Any, understood: Any) -> None:
    assert understood(row) == row.expected


def test_a_number_knows_its_row_its_column_and_its_data_set() -> None:
    found = statements(TWO_DATA_SETS)
    assert [(each.of, each.place, each.dataset) for each in found] == [
        ("MNIST / LeNet-5", (0, 0, 2), "mnist"),
        ("MNIST / LeNet-5", (0, 0, 3), "mnist"),
        ("CIFAR-10 / ResNet-18", (0, 1, 2), "cifar10"),
        ("CIFAR-10 / ResNet-18", (0, 1, 3), "cifar10"),
    ]
    assert {each.headings for each in found} == {("Results",)}
    assert [each.where for each in found] == ["report.md:5", "report.md:5", "report.md:6", "report.md:6"]


@pytest.mark.parametrize(
    ("header", "cell", "value", "step"),
    [
        ("Params (M)", "11.2", 11.2e6, 1e5),
        ("Parameters", "62k", 62e3, 1e3),
        ("参数量(万)", "6.2", 62e3, 1e3),
        ("Accuracy", "0.9123", 91.23, 0.01),
        ("Accuracy (%)", "91.2", 91.2, 0.1),
        ("Accuracy", "9123/10000", 91.23, 0),
        ("Time (min)", "12.5", 750, 6),
        ("Time (ms)", "250", 0.25, 0.001),
        ("Training time (h)", "1.5", 5400, 360),
    ],
)
def test_the_unit_of_a_column_holds_for_its_cells(header: str, cell: str, value: float, step: float) -> None:
    (found,) = statements(f"| Network | {header} |\n|---|---|\n| small | {cell} |\n")
    assert (found.value, found.step) == pytest.approx((value, step))


def test_a_column_of_fractions_may_hold_a_one() -> None:
    found = statements("| Network | Accuracy |\n|---|---|\n| A | 0.912 |\n| B | 0.954 |\n| C | 1.000 |\n")
    assert [each.value for each in found] == pytest.approx([91.2, 95.4, 100])
    assert {each.unit for each in found} == {"fraction"}


def test_tables_are_counted_from_the_top() -> None:
    table = "| Network | Accuracy |\n|---|---|\n| A | 91.2 % |\n"
    assert [each.place for each in statements(f"{table}\nThe other one:\n\n{table}")] == [(0, 0, 1), (1, 0, 1)]
