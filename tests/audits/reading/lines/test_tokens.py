"""Tokens: the words of a line that say what its numbers are."""

from itertools import pairwise

import pytest

from deepstudy.audits.reading.lines.tokens import LONGEST, tokenize


def tokens(line: str) -> list[tuple[str, str, str]]:
    return [(token.kind, token.name, line[token.start : token.end]) for token in tokenize(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("val_acc", [("split", "validation", "val"), ("metric", "accuracy", "acc")]),
        ("valacc", [("split", "validation", "val"), ("metric", "accuracy", "acc")]),
        ("trainLoss", [("split", "train", "train"), ("metric", "loss", "Loss")]),
        ("Testgenauigkeit", [("metric", "accuracy", "Testgenauigkeit")]),
        ("top-5 accuracy", [("metric", "top5", "top-5 accuracy")]),
        ("acc@1", [("metric", "accuracy", "acc@1")]),
        ("F1-score", [("metric", "f1", "F1-score")]),
        ("테스트 정확도", [("split", "test", "테스트"), ("metric", "accuracy", "정확도")]),
        ("训练准确率", [("split", "train", "训练"), ("metric", "accuracy", "准确率")]),
        ("検証損失", [("split", "validation", "検証"), ("metric", "loss", "損失")]),
        ("learning rate", [("setting", "", "learning rate")]),
        ("batch_size", [("setting", "", "batch_size")]),
        ("Testdatensatz", [("split", "test", "Testdatensatz")]),
        ("Epoch 3", [("epoch", "", "Epoch"), ("number", "", "3")]),
        ("Epoch3", [("epoch", "", "Epoch"), ("number", "", "3")]),
    ],
)
def test_words(line: str, expected: list[tuple[str, str, str]]) -> None:
    assert tokens(line) == expected


@pytest.mark.parametrize("line", ["latest", "contrast", "attestation", "lossless", "accent", "revalued", "trainer"])
def test_words_that_only_hold_another(line: str) -> None:
    assert not [name for kind, name, _ in tokens(line) if kind in ("metric", "split") and name != "train"]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("98.45, 0.9845 and .5", ["98.45", "0.9845", ".5"]),
        ("61,706 of 1,199,882", ["61,706", "1,199,882"]),
        ("1e-3 4.8103e+00", ["1e-3", "4.8103e+00"]),
        ("ResNet-18, VGG16, conv2_1", []),
        ("version 1.2.3", []),
        ("-0.3", ["-0.3"]),
        ("61.706 und 1.234,5", ["61.706", "1.234,5"]),
    ],
)
def test_numbers(line: str, numbers: list[str]) -> None:
    assert [text for kind, _, text in tokens(line) if kind == "number"] == numbers


def test_lines_that_differ_in_digits_have_the_same_tokens() -> None:
    one, two = tokenize("Epoch 3: loss 0.25, F1 0.98"), tokenize("Epoch 7: loss 0.31, F1 0.12")
    assert one == two


def test_tokens_do_not_overlap_and_a_long_line_is_cut() -> None:
    found = tokenize("test accuracy 98.5 % " * 10_000)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert found[-1].end <= LONGEST


def test_letters_whose_lower_case_is_longer_keep_their_places() -> None:
    line = "İİİ accuracy 98.5"
    assert tokens(line)[0] == ("metric", "accuracy", "accuracy")
