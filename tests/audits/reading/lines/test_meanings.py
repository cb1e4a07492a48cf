"""Which metric each number is of, and whether it is a level or a difference."""

import pytest

from deepstudy.audits.reading.lines.phrases import is_about, read_phrase


def metrics(line: str, is_printed: bool = False) -> list[tuple[str, str]]:
    numbers = read_phrase(line, is_printed=is_printed).numbers
    return [(line[each.token.start : each.token.end], each.metric) for each in numbers if each.metric]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("an accuracy of 98.5 %", [("98.5", "accuracy")]),
        ("98.5 % accuracy", [("98.5", "accuracy")]),
        ("an error of 1.5 %", [("1.5", "error")]),
        ("a loss of 0.25", [("0.25", "loss")]),
        (
            "precision, recall and F1 of 0.91, 0.92 and 0.90",
            [("0.91", "precision"), ("0.92", "recall"), ("0.90", "f1")],
        ),
        (
            "520 + 25,120 = 25,640 parameters",
            [("520", "parameters"), ("25,120", "parameters"), ("25,640", "parameters")],
        ),
        ("the accuracy is high", []),
        ("accuracy with 3 layers and a dropout of 0.5", []),
        ("98.5 % is what it reached", [("98.5", "accuracy?")]),
        ("AUC 0.987", [("0.987", "auc")]),
    ],
)
def test_metrics_of_sentences(line: str, expected: list[tuple[str, str]]) -> None:
    assert metrics(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("loss: 0.25 acc: 0.91", [("0.25", "loss"), ("0.91", "accuracy")]),
        ("time 0.3 loss 0.2", [("0.3", "seconds"), ("0.2", "loss")]),
        ("img/s: 734.2  loss: 6.72", [("6.72", "loss")]),
        ("Loss 0.3210 (0.3185)", [("0.3210", "loss"), ("0.3185", "loss")]),
        ("acc 93.41 (best 93.62)", [("93.41", "accuracy"), ("93.62", "accuracy")]),
        ("손실：0.31 정확도：0.89", [("0.31", "loss"), ("0.89", "accuracy")]),
        ("The model has 61,706 trainable parameters", [("61,706", "parameters")]),
        ("params: 1,198,026 (4.57 MB)", [("1,198,026", "parameters")]),
        ("acc: 98.71% (9871/10000)", [("98.71", "accuracy"), ("9871", "accuracy")]),
    ],
)
def test_metrics_of_prints(line: str, expected: list[tuple[str, str]]) -> None:
    assert metrics(line, is_printed=True) == expected


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("The accuracy improves by 2.1 %.", [True]),
        ("The accuracy improves by more than 2.1 %.", [True]),
        ("The accuracy improves to 92.1 %.", [False]),
        ("The accuracy drops from 92.1 % to 90.3 %.", [False, False]),
        ("It is 2.1 percentage points better in accuracy.", [True]),
        ("Its accuracy is 2.1 % higher.", [True]),
        ("Its accuracy is higher than the 92.1 % of the other.", [False]),
        ("정확도가 2.1%p 향상되었다.", [True]),
        ("准确率提高了2.1个百分点。", [True]),
        ("准确率提高到92.1%。", [False]),
        ("精度が2.1ポイント向上した。", [True]),
        ("La exactitud aumentó en un 2.1 %.", [True]),
        ("Die Genauigkeit steigt um 2.1 %.", [True]),
        ("Die Genauigkeit steigt auf 92.1 %.", [False]),
        ("accuracy 92.1 % (+0.4 %)", [False, True]),
    ],
)
def test_differences_are_no_levels(line: str, changes: list[bool]) -> None:
    numbers = [each for each in read_phrase(line).numbers if each.metric]
    assert [each.is_change for each in numbers] == changes


@pytest.mark.parametrize(
    "line",
    [
        "about 98 %",
        "약 98%",
        "约98%",
        "約98%",
        "約為98%",
        "etwa 98 %",
        "environ 98 %",
        "cerca de 98 %",
        "~98 %",
        "≈ 98 %",
    ],
)
def test_approximate_numbers(line: str) -> None:
    assert is_about(line, line.index("98"))


@pytest.mark.parametrize("line", ["exactly 98 %", "accuracy 98 %", "98 %", "it is about time: 98 %"])
def test_exact_numbers(line: str) -> None:
    assert not is_about(line, line.index("98"))
