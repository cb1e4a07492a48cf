"""Losses beside accuracies, in the forms that people's programs print: what is read, and what is left alone."""

import pytest

from deepstudy.audits.evidence import of_document
from deepstudy.audits.reading.document import ReportDocument, TextLine


def pairs(text: str) -> list[tuple[str, float, float]]:
    lines = tuple(TextLine(line, str(number)) for number, line in enumerate(text.splitlines(), 1))
    return [
        (pair.split, pair.loss, round(pair.accuracy, 4)) for pair in of_document(ReportDocument("log.txt", lines)).pairs
    ]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Test set: Average loss: 0.0271, Accuracy: 9912/10000 (99%)", [("test", 0.0271, 99.12)]),
        (
            "98s 279ms/step - loss: 0.6751 - accuracy: 0.7483 - val_loss: 0.4000 - val_accuracy: 0.8588",
            [("train", 0.6751, 74.83), ("validation", 0.4, 85.88)],
        ),
        ("epoch 1 | test loss (mean): 0.0161 | test accuracy: 63.75%", [("test", 0.0161, 63.75)]),
        (
            "Epoch 3: train loss 4.3961, train acc 74.280 %, test loss 0.8384, test acc 70.09 %",
            [("train", 4.3961, 74.28), ("test", 0.8384, 70.09)],
        ),
        ("[Train] Loss: 1.2e-03 Acc: 1.0", [("train", 0.0012, 100.0)]),
        ("Training loss is 0.52, training accuracy is 81.9", [("train", 0.52, 81.9)]),
        ("Validation Loss = 0.31; Validation Accuracy = 0.91", [("validation", 0.31, 91.0)]),
    ],
)
def test_pairs_that_are_read(line: str, read: list[tuple[str, float, float]]) -> None:
    assert pairs(line) == read


@pytest.mark.parametrize(
    "line",
    [
        "train loss 0.0011, test accuracy 98.2 %",  # of different images
        "loss 0.9, top-5 accuracy 99.9 %",
        "loss 0.9, acc@5 99.9 %",
        "loss 0.5 loss 0.6 accuracy 0.9",  # which of the two losses?
        "loss: 0.5",
        "accuracy 140 %, loss 0.5",
        "accuracy: 12/10, loss: 0.5",
        "glossy 0.5, vacc 0.9",
    ],
)
def test_what_is_left_alone(line: str) -> None:
    assert pairs(line) == []
