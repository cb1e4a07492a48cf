"""Rates in sentences that differ by one digit from those of a table."""

import pytest

from deepstudy.audits.arithmetic.slips import slip_findings
from deepstudy.audits.evidence import of_text

TABLE = """\
# Two networks on CIFAR-10

| Model | Test accuracy |
|---|---|
| LeNet | 66.31 % |
| ResNet-18 | 93.14 % |

"""


@pytest.mark.parametrize(
    "text",
    [
        "ResNet-18 reaches a test accuracy of 93.41 %.",
        "ResNet-18 reaches a test accuracy of 98.14 %.",
    ],
)
def test_a_digit_is_wrong(text: str) -> None:
    (finding,) = slip_findings(of_text(TABLE + text + "\n", "report.md"))
    assert "93.14" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        "ResNet-18 reaches a test accuracy of 93.14 %.",
        "ResNet-18 reaches a test accuracy of 93.1 %.",
        "With another seed, ResNet-18 reaches a test accuracy of 93.41 %.",
        "ResNet-34 reaches a test accuracy of 94.78 %.",
    ],
)
def test_nothing_where_it_fits_or_is_of_something_else(text: str) -> None:
    assert list(slip_findings(of_text(TABLE + text + "\n", "report.md"))) == []
