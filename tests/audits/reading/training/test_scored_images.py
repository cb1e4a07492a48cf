"""Over how many images a rate can be."""

from fractions import Fraction

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.training.scored_images import figure_of, read_scored_images


def sizes(text: str) -> tuple[int, ...]:
    """Of the last accuracy of a text."""
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    scored = read_scored_images(evidence.document, evidence.layout, evidence.statements)
    return scored.sizes([each for each in evidence.statements if each.metric in ("accuracy", "error")][-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CNN on CIFAR-10. The test accuracy is 91.23 %.", (10_000,)),
        ("CNN on CIFAR-10. The training accuracy is 91.23 %.", ()),
        ("Our own images. The test accuracy is 91.23 %.", ()),
        ("Our own images: 300 test images. The test accuracy is 91.3 %.", (300,)),
        ("MNIST\nTest accuracy on the first 333 images: 98.2 %", (333,)),
        ("MNIST, 55,000 training and 5,000 validation images.\n\nValidation accuracy: 98.2 %", (5_000,)),
        ("MNIST\n\n```python\nmodel.fit(x, y, validation_split=0.1)\n```\n\nValidation accuracy: 98.2 %", (6_000,)),
    ],
)
def test_sizes(text: str, expected: tuple[int, ...]) -> None:
    assert sizes(text) == expected


def test_a_figure_is_read_to_its_last_digit() -> None:
    (statement,) = of_text("CNN on CIFAR-10\nTest accuracy: 0.9123", "report.md").statements
    assert figure_of(statement) == (Fraction("91.23"), Fraction("0.01"))
