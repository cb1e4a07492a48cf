"""Sections with one result each, against the sentence that names the highest."""

import pytest

from deepstudy.audits.arithmetic.section_results import section_findings
from deepstudy.audits.evidence import of_text

SECTIONS = """\
# Optimizers on CIFAR-10

## 1. Training

### 1.1 SGD

- Accuracy: 0.6057
- Loss: 1.1032

### 1.2 Adam

- Accuracy: 0.7196
- Loss: 0.8412

### 1.3 Nadam

- Accuracy: 0.7208
- Loss: 0.8377

## 2. Conclusion

"""


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("Adam reaches the highest accuracy of 71.96 %.", "0.7208, of “1.3 Nadam”"),
        ("The lowest loss of 0.8412 is that of Adam.", "0.8377, of “1.3 Nadam”"),
    ],
)
def test_a_number_that_is_not_the_highest(text: str, possible: str) -> None:
    (finding,) = section_findings(of_text(SECTIONS + text + "\n", "report.md"))
    assert finding.possible == possible


@pytest.mark.parametrize(
    "text",
    [
        "Nadam reaches the highest accuracy of 72.08 %.",
        "Without momentum the highest accuracy of 71.96 % is that of Adam.",
        "Adam has an accuracy of 71.96 %.",
        "With Adam, the highest accuracy of 71.96 % came late.",
        "The highest accuracy of 93.1 % was reported by others.",
        "Adam would have the highest accuracy of 71.96 % if Nadam were left out.",
    ],
)
def test_nothing_where_it_is_or_is_not_said(text: str) -> None:
    assert list(section_findings(of_text(SECTIONS + text + "\n", "report.md"))) == []


def test_sections_of_other_data_are_not_compared() -> None:
    text = SECTIONS.replace("1.1 SGD", "1.1 MNIST").replace("1.2 Adam", "1.2 CIFAR-10").replace("1.3 Nadam", "1.3 SVHN")
    text += "The highest accuracy of 71.96 % is that of CIFAR-10.\n"
    assert list(section_findings(of_text(text, "report.md"))) == []
