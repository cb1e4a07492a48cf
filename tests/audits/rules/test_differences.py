"""Differences and factors that no two numbers have."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import differences
from deepstudy.findings import Finding

TABLE = """\
# Networks on CIFAR-10

| Model | Parameters | Test accuracy |
|---|---|---|
| small | 498,350 | 93.02 % |
| ours | 493,216 | 93.14 % |
| full | 853,018 | 93.39 % |

"""


def found(text: str) -> list[Finding]:
    return list(differences.find(of_text(text + "\n", "report.md")))


@pytest.mark.parametrize(
    ("text", "possible", "severity"),
    [
        (TABLE + "Compared with the small network ours is 0.21 points better.", "0.12 points", "inconsistent"),
        (TABLE + "Ours has 58 % fewer parameters than the full network.", "42.2 %", "inconsistent"),
        (
            "On the test images the error rate is 8.1 %, against 12.4 % of the old system. So the network has halved "
            "the number of errors.",
            "a factor of 1.53",
            "inconsistent",
        ),
        (
            "The accuracy rises from 56.83 % to 58.12 %, which is a gain of 1.92 points.",
            "1.29 points",
            "inconsistent",
        ),
    ],
)
def test_what_does_not_follow(text: str, possible: str, severity: str) -> None:
    (finding,) = found(text)
    assert (finding.possible, finding.severity) == (possible, severity)


@pytest.mark.parametrize(
    "text",
    [
        TABLE + "Compared with the small network ours is 0.12 points better.",
        TABLE + "Ours has 42 % fewer parameters than the full network.",
        TABLE + "One image more or less is a step of 0.21 points.",
        TABLE + "With a third of the data it would be 0.21 points better.",
        TABLE + "The original paper reports a gain of 0.21 points [3].",
        "The error rate is 6.2 %, against 12.4 % of the old system. So the network has halved the number of errors.",
        "| seed | plain | shuffled |\n|---|---|---|\n| 1 | 76.88 | 78.81 |\n| mean | 77.15 ± 0.21 | 78.54 ± 0.20 |\n\n"
        "Shuffling gains 1.39 points of accuracy. The best plain run has an accuracy of 77.41 %, the other 78.29 %.",
        "The loss rises from 0.31 to 0.35, the accuracy falls by 1.2 points.",
    ],
)
def test_what_follows_or_cannot_be_compared(text: str) -> None:
    assert found(text) == []
