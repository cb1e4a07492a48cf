"""Classification reports and confusion matrices as they are printed, and what they are read as."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.classes.class_reports import ClassReport, read_class_reports, read_count, read_rate
from deepstudy.audits.reading.classes.confusions import ConfusionMatrix, read_binary_counts, read_confusions


def reports(text: str) -> list[ClassReport]:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    return read_class_reports(evidence.document, evidence.layout)


def matrices(text: str) -> list[ConfusionMatrix]:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    return read_confusions(evidence.document, evidence.layout)


@pytest.mark.parametrize(
    ("printed", "is_percent", "value", "digits"),
    [("0.98", False, 0.98, 0.005), ("98,2 %", False, 0.982, 0.0005), ("**97.1**", True, 0.971, 0.0005)],
)
def test_rates_and_what_rounding_allows(printed: str, is_percent: bool, value: float, digits: float) -> None:
    cell = read_rate(printed, is_percent, is_output=True)
    assert cell is not None
    assert (cell.value, cell.high - cell.value) == (pytest.approx(value), pytest.approx(digits, rel=1e-3))


@pytest.mark.parametrize("printed", ["~0.88", "0.93 ± 0.01", "nan", "", "-", "1.234.567"])
def test_what_is_no_single_rate(printed: str) -> None:
    assert read_rate(printed) is None


@pytest.mark.parametrize(
    ("printed", "count"),
    [
        ("1135", 1135),
        ("4,825", 4825),
        ("1 576", 1576),
        ("980.0", 980),
        ("**561** (TN)", 561),
        ("0,950", None),
        ("~60%", None),
    ],
)
def test_counts(printed: str, count: int | None) -> None:
    assert read_count(printed) == count


@pytest.mark.parametrize(
    "header",
    [
        "precision recall f1-score support",
        "\t\tprecision    recall  f1-score   support",
        "Class  Precision  Recall  F1-Score  Support",
        "정밀도  재현율  F1 점수  지지도",
        "Präzision  Sensitivität  F1-Maß  Anzahl",
        "précision  rappel  f1-score  support",
        "precisión  exhaustividad  f1  soporte",
        "適合率  再現率  F値  サポート",
    ],
)
def test_headers_in_eight_languages(header: str) -> None:
    (report,) = reports(f"{header}\n\n  cat  0.90  0.80  0.85  50\n  not 1  0.80  0.90  0.85  50\n")
    assert [row.name for row in report.rows] == ["cat", "not 1"]
    assert {*report.rows[0].rates} == {"precision", "recall", "f1"}
    assert [row.support for row in report.rows] == [50, 50]
    assert report.is_of_classes


def test_a_table_of_two_reports_and_one_of_models() -> None:
    text = """\
| Mode | Classe | Précision | Rappel | F1 | Support |
|---|---|---|---|---|---|
| A | court | 0,78 | 0,98 | 0,87 | 57 |
| | long | 0,96 | 0,71 | 0,81 | 95 |
| | *Moyenne pondérée* | 0,89 | 0,81 | 0,83 | 152 |
| B | court | 0,88 | 1,00 | 0,93 | 57 |
| | long | 1,00 | 0,85 | 0,92 | 95 |

| Model | Precision | Recall | F1 |
|---|---|---|---|
| CNN | 91.2 | 90.1 | 90.3 |
"""
    first, second, models = reports(text)
    assert [len(first.rows), len(second.rows), [*first.averages]] == [2, 2, ["weighted"]]
    assert first.is_of_classes
    assert not models.is_of_classes
    assert models.rows[0].rates["f1"].value == pytest.approx(0.903)


def test_a_sentence_or_a_line_of_code_is_no_header() -> None:
    assert reports("We print precision, recall and f1-score.\n0.9 0.8 0.85\n") == []
    assert reports("print(precision, recall, f1)\na 0.9 0.8 0.85\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "Confusion matrix:\n[[88  2]\n [ 7 83]]\n",
        "混淆矩阵\narray([[88, 2],\n       [7, 83]])\n",
        "confusion_matrix = [[88, 2], [7, 83]]\n",
        "Matriz de confusão\n[88 2]\n[7 83]\n",
        "Konfusionsmatrix\n          ja  nein\nja        88     2\nnein       7    83\n",
        "Confusion matrix\nPredicted   0   1  All\nActual\n0          88   2   90\n1           7  83   90\n"
        "All        95  85  180\n",
        "| | Predicted cat | Predicted dog | Recall |\n|---|---|---|---|\n| Actual cat | 88 (TN) | 2 | 97.8% |\n"
        "| Actual dog | 7 | **83** | 92.2% |\n",
        "│ │ 예측 0 │ 예측 1 │\n├──┼──┼──┤\n│ 실제 0 │ 88 │ 2 │\n│ 실제 1 │ 7 │ 83 │\n",
    ],
)
def test_matrices_in_many_layouts(text: str) -> None:
    (matrix,) = matrices(text)
    assert matrix.counts == ((88, 2), (7, 83))
    assert matrix.is_named
    assert (matrix.correct, matrix.total) == (171, 180)


def test_other_squares_of_numbers_are_not_named() -> None:
    assert not any(matrix.is_named for matrix in matrices("A kernel:\n[[1 2 1]\n [2 4 2]\n [1 2 1]]\n"))
    assert matrices("epoch loss\n1 0.5\n2 0.4\n") == []
    assert matrices("| cat | dog |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n") == []


def test_true_and_false_positives_with_their_rates() -> None:
    text = "VP : 83, FP : 2, FN : 7, VN : 88\nPrécision = 83 / 85 = 0,976\nRappel (sensibilité) : 92,2 %\n"
    evidence = of_text(text, "a.md")
    assert evidence.document is not None
    (counts,) = read_binary_counts(evidence.document, evidence.layout)
    assert counts.counts == {"tp": 83, "fp": 2, "fn": 7, "tn": 88}
    assert {kind: cell.value for kind, (cell, _) in counts.rates.items()} == {
        "precision": pytest.approx(0.976),
        "recall": pytest.approx(0.922),
    }
