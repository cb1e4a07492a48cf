"""Where a document chooses by test images."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.claims.test_choices import TestChoice, read_test_choices
from deepstudy.audits.reading.samples.passages import read_passages


def read(text: str) -> list[TestChoice]:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    return list(read_test_choices(list(read_passages(evidence.document, evidence.layout))))


def test_a_sentence_has_its_place() -> None:
    (choice,) = read(
        "We train on MNIST. Then the checkpoint with the best test accuracy was selected. It has 5 layers."
    )
    assert choice == TestChoice(
        "report.md:1", "Then the checkpoint with the best test accuracy was selected.", "sentence"
    )


def test_code_has_the_line_that_compares() -> None:
    lines = ["def test(epoch):", "    acc = correct / total", "    if acc > best_acc:", "        torch.save(net, 'a')"]
    code = "```python\n" + "\n".join(lines) + "\n```"
    (choice,) = read(code)
    assert (choice.where, choice.text, choice.kind) == ("report.md:4", "if acc > best_acc:", "code")
    assert read(code.replace("def test", "def validate")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Although the wide network has the highest test accuracy, the narrow network was selected for the phone.",
        "Obwohl das breite Netz die höchste Testgenauigkeit hat, wurde das schmale Modell gewählt.",
        "テスト精度が最も高いモデルは、最後の層を微調整したものである。",
        "def save(self): return best  # the model with the best test accuracy is saved",
    ],
)
def test_what_was_chosen_for_other_reasons_or_is_only_compared(text: str) -> None:
    assert read(text) == []
