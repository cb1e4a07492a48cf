"""Details that a document must give, and those that do not apply to it."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import omissions


def missing(text: str) -> str:
    return " ".join(each.says for each in omissions.find(of_text(text, "report.md")))


RESULT = "Our convolutional network reached a test accuracy of 91.2 %."


def test_a_network_needs_its_training() -> None:
    assert "the optimizer" in missing(RESULT)


@pytest.mark.parametrize(
    "text",
    [
        "A random forest of 80 decision trees reached a test accuracy of 84.1 %.",
        f"{RESULT} No training was done: we took a finished model.",
        f"{RESULT} 没有进行任何训练。",
        f"{RESULT} Es gab kein Training.",
    ],
)
def test_training_does_not_apply_without_a_network_or_training(text: str) -> None:
    says = missing(text)
    assert not any(each in says for each in ("optimizer", "batch size", "epochs", "augmented", "initialisation"))
