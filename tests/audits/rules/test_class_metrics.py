"""Reports and confusion matrices that contradict themselves, and sound ones in many layouts."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules.class_metrics import find
from deepstudy.findings import Finding

PETS = """\
              precision    recall  f1-score   support

         cat       0.88      0.92      0.90        50
         dog       0.83      0.80      0.82        50
        bird       0.86      0.86      0.86        50

    accuracy                           0.86       150
   macro avg       0.86      0.86      0.86       150
weighted avg       0.86      0.86      0.86       150
"""
PETS_MATRIX = """\
Confusion matrix:
[[46  3  1]
 [ 4 40  6]
 [ 2  5 43]]
"""
DIGITS = """\
LeNet-5 on MNIST, confusion matrix of the test images:
[[ 970    0    2    0    0    3    3    1    1    0]
 [   0 1126    3    2    0    0    2    0    2    0]
 [   5    1 1003    6    3    0    3    7    4    0]
 [   0    0    8  983    0    7    0    6    4    2]
 [   1    0    4    0  958    0    4    2    1   12]
 [   3    1    0    9    1  867    5    1    3    2]
 [   5    2    1    0    4    6  939    0    1    0]
 [   1    5   12    3    2    0    0  997    1    7]
 [   4    1    5    8    4    4    3    4  937    4]
 [   3    4    0    6   13    3    0    5    2  973]]
"""
GERMAN = """\
| Klasse | Präzision | Trefferquote | F1-Wert | Anzahl |
|---|---|---|---|---|
| nein | 0,926 | 0,978 | 0,951 | 90 |
| ja | 0,976 | 0,922 | 0,949 | 90 |
| **Gesamtgenauigkeit** | | | 0,950 | 180 |
| Makro-Durchschnitt | 0,951 | 0,950 | 0,950 | 180 |
| Gewichteter Durchschnitt | 0,951 | 0,950 | 0,950 | 180 |
"""
CHINESE = """\
| 类别 | 精确率 | 召回率 | F1值 | 样本数 |
|---|---|---|---|---|
| 猫 | 88.46% | 92.00% | 90.20% | 50 |
| 狗 | 83.33% | 80.00% | 81.63% | 50 |
| 鸟 | 86.00% | 86.00% | 86.00% | 50 |
| 宏平均 | 85.93% | 86.00% | 85.94% | 150 |
"""
KOREAN_MATRIX = """\
## 혼동 행렬

| 실제 \\ 예측 | 고양이 | 개 | 합계 |
|---|---|---|---|
| 고양이 | 88 | 2 | 90 |
| 개 | 7 | 83 | 90 |

테스트 정확도는 95.0%입니다.
"""
SHARES = """\
Matriz de confusión normalizada:

| Real / Predicho | gato | perro | ave |
|---|---|---|---|
| gato | 0.92 | 0.06 | 0.02 |
| perro | 0.08 | 0.80 | 0.12 |
| ave | 0.04 | 0.10 | 0.86 |
"""
MODELS = """\
| Model | TP | FP | FN | TN | Precision | Recall | F1 | Accuracy |
|---|---|---|---|---|---|---|---|---|
| CNN | 83 | 2 | 7 | 88 | 97.6% | 92.2% | 94.9% | 95.0% |
| MLP | 78 | 9 | 12 | 81 | 89.7% | 86.7% | 88.1% | 88.3% |
| SVM | 70 | 10 | 20 | 80 | 87.5% | 77.8% | 82.4% | 83.3% |
"""
LIST = """\
TP = 83, FP = 2, FN = 7, TN = 88

Precision = 83 / (83 + 2) = 0.976
Recall (sensitivity): 0.922
Specificity: 0.978
F1 = 0.949
"""
DICT = (
    "{'cat': {'precision': 0.8846153846153846, 'recall': 0.92, 'f1-score': 0.9019607843137255, 'support': 50},\n"
    " 'dog': {'precision': 0.8333333333333334, 'recall': 0.8, 'f1-score': 0.8163265306122449, 'support': 50},\n"
    " 'bird': {'precision': 0.86, 'recall': 0.86, 'f1-score': 0.86, 'support': 50},\n"
    " 'accuracy': 0.86,\n"
    " 'macro avg': {'precision': 0.8593162393162394, 'recall': 0.86, 'f1-score': 0.8594291049753235, 'support': 150}}\n"
)
BESIDE = """\
| Metric | Score |
|---|---:|
| Accuracy | 0.7455 |
| Precision | 0.5124 |
| Recall | 0.8107 |
| F1-score | 0.6279 |

Confusion matrix (test set):

| | Predicted stays | Predicted leaves |
|---|---:|---:|
| **Actual stays** | 561 (TN) | 216 (FP) |
| **Actual leaves** | 53 (FN) | 227 (TP) |
"""
CROSSTAB = """\
Confusion matrix
Predicted   0   1  All
Actual
0          88   2   90
1           7  83   90
All        95  85  180
"""


def found(text: str) -> list[Finding]:
    return [*find(of_text(text, "report.md"))]


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        PETS,
        PETS_MATRIX + PETS,
        PETS + PETS_MATRIX,
        DIGITS,
        GERMAN,
        CHINESE,
        KOREAN_MATRIX,
        SHARES,
        MODELS,
        LIST,
        DICT,
        CROSSTAB,
        BESIDE,
    ],
    ids=[
        "pets",
        "before",
        "after",
        "digits",
        "german",
        "chinese",
        "korean",
        "shares",
        "models",
        "list",
        "dict",
        "crosstab",
        "beside",
    ],
)
def test_sound_figures_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "severity", "says"),
    [
        (PETS, "0.80      0.82", "0.80      0.87", "impossible", "F1 of “dog” cannot be 0.87"),
        (PETS, "0.88      0.92      0.90", "0.88      0.85      0.90", "impossible", "F1 of “cat”"),
        (PETS, "0.86      0.86        50", "0.86      0.86        55", "impossible", "“bird”, which has 55 images"),
        (PETS, "0.86       150\n   macro", "0.86       160\n   macro", "inconsistent", "150 images together"),
        (
            PETS,
            "accuracy                           0.86",
            "accuracy                           0.89",
            "inconsistent",
            "0.89",
        ),
        (PETS, "macro avg       0.86", "macro avg       0.81", "inconsistent", "“macro avg” is 0.81"),
        (
            PETS,
            "weighted avg       0.86      0.86      0.86",
            "weighted avg       0.86      0.86      0.92",
            "inconsistent",
            "F1",
        ),
        (GERMAN, "0,922 | 0,949", "0,922 | 0,979", "impossible", "F1 of “ja” cannot be 0,979"),
        (GERMAN, "| | | 0,950 |", "| | | 0,965 |", "inconsistent", "accuracy 0,965"),
        (GERMAN, "0,926 | 0,978 | 0,951 | 90", "0,926 | 0,978 | 0,951 | 100", "impossible", "100 images"),
        (CHINESE, "80.00% | 81.63%", "80.00% | 86.13%", "impossible", "81.6"),
        (CHINESE, "85.93% | 86.00%", "85.93% | 88.00%", "inconsistent", "“宏平均” is 88.00%"),
        (DICT, "'f1-score': 0.8163265306122449", "'f1-score': 0.8363265306122449", "impossible", "“dog”"),
        (DICT, "'accuracy': 0.86", "'accuracy': 0.88", "inconsistent", "accuracy 0.88"),
        (PETS + PETS_MATRIX, "[ 4 40  6]", "[ 4 49  6]", "inconsistent", "the matrix has 59"),
        (PETS + PETS_MATRIX, "[[46  3  1]", "[[46  1  3]", "inconsistent", "precision of “dog”"),
        (
            PETS_MATRIX,
            "Confusion",
            "The test accuracy is 89.3 %.\n\nConfusion",
            "inconsistent",
            "129 right images of 150",
        ),
        (DIGITS, "[   3    1    0    9", "[   3    1    0   12", "inconsistent", "895 images of row 6"),
        (DIGITS, "[[ 970    0    2", "[[ 907    0    2", "inconsistent", "917 images of row 1"),
        (KOREAN_MATRIX, "83 | 90", "85 | 90", "inconsistent", "adds up to 92"),
        (KOREAN_MATRIX, "95.0%", "96.1%", "inconsistent", "171 right images of 180"),
        (SHARES, "0.80 | 0.12", "0.80 | 0.21", "inconsistent", "109 %"),
        (SHARES, "Matriz", "La exactitud en prueba es 94.0 %.\n\nMatriz", "inconsistent", "between 80 and 92"),
        (MODELS, "89.7%", "91.7%", "inconsistent", "precision of “MLP” is 91.7%"),
        (MODELS, "83.3%", "85.0%", "inconsistent", "accuracy of “SVM” is 85.0%"),
        (LIST, "Precision = 83 / (83 + 2) = 0.976", "Precision: 0.967", "inconsistent", "precision is 0.967"),
        (BESIDE, "0.8107", "0.8407", "inconsistent", "recall is 0.8407"),
        (LIST, "0.922", "0.942", "inconsistent", "recall is 0.942"),
        (LIST, "0.949", "0.963", "inconsistent", "F1 is 0.963"),
        (CROSSTAB, "1           7  83   90", "1           7  84   90", "inconsistent", "adds up to 91"),
    ],
)
def test_one_wrong_figure_is_one_finding(text: str, old: str, new: str, severity: str, says: str) -> None:
    (finding,) = found(changed(text, old, new))
    assert finding.severity == severity
    assert says in finding.says
    assert finding.rule == "class_metrics"


def test_the_old_format_and_the_place_of_a_finding() -> None:
    text = """\
Results
             precision    recall  f1-score   support

          0       0.98      0.99      0.98       980
          1       0.99      0.91      0.99      1135

avg / total       0.98      0.99      0.98      2115
"""
    (finding,) = found(text)
    assert (finding.where, finding.severity) == ("report.md:5", "impossible")
    assert finding.reported == "0.99"


@pytest.mark.parametrize(
    "text",
    [
        # Means over folds: the mean of F1 lies below the F1 of the means.
        """5-fold cross-validation, means over the folds
| Class | Precision | Recall | F1 | Support |
|---|---|---|---|---|
| cat | 0.90 | 0.80 | 0.82 | 51 |
| dog | 0.83 | 0.80 | 0.79 | 49 |
""",
        # Rows are left out.
        PETS.replace("        bird       0.86      0.86      0.86        50\n", "         ...\n"),
        # The test images of another split than the published one.
        """CNN on CIFAR-10
             precision    recall  f1-score   support

          0       0.42      0.49      0.45       973
          1       0.41      0.50      0.45       979
          2       0.36      0.30      0.33      1030
          3       0.28      0.24      0.26      1023
          4       0.37      0.33      0.35       933
          5       0.35      0.33      0.34      1015
          6       0.44      0.45      0.44       996
          7       0.48      0.43      0.45       994
          8       0.53      0.55      0.54      1017
          9       0.45      0.51      0.48      1040

avg / total       0.41      0.41      0.41     10000
""",
        # An array that is no confusion matrix, and one of another model than the accuracy.
        "The kernel is\n[[1 2 1]\n [2 4 2]\n [1 2 1]]\nTest accuracy: 91 %\n",
        "Baseline: test accuracy 83.1 %\nCNN: test accuracy 91.0 %\n\n" + PETS_MATRIX,
        # Whose positive class is the other one, and whose rates are means of both.
        "TP = 83, FP = 2, FN = 7, TN = 88\nPrecision: 0.926\nRecall: 0.978\n",
        "TP = 83, FP = 2, FN = 7, TN = 88\nPrecision: 0.951\nRecall: 0.950\nF1: 0.950\n",
        # Rounded by hand: cut off after the second digit.
        "| Class | Precision | Recall | F1 | Support |\n|---|---|---|---|---|\n"
        "| a | 0.92 | 0.97 | 0.95 | 90 |\n| b | 0.97 | 0.92 | 0.94 | 90 |\n",
        # The last batch was left out: four images are missing.
        DIGITS.replace("970    0", "969    0").replace("0 1126", "0 1124").replace("937    4", "936    4"),
        # Several labels per image: no accuracy, so predictions need not add up.
        """              precision    recall  f1-score   support
       beach       0.90      0.90      0.90        50
         sea       0.45      0.90      0.60        50
   micro avg       0.60      0.90      0.72       100
   macro avg       0.68      0.90      0.75       100
""",
    ],
    ids=["folds", "gap", "subset", "kernel", "models", "negative", "means", "cut", "batch", "labels"],
)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_an_accuracy_lies_among_the_recalls() -> None:
    text = """\
| Class | Precision | Recall | F1-score |
|---|---|---|---|
| fire | 0.79 | 0.75 | 0.77 |
| no fire | 0.85 | 0.87 | 0.86 |

The overall accuracy on the test set is 82 %.
"""
    assert found(text) == []
    (finding,) = found(text.replace("82 %", "89 %"))
    assert finding.severity == "inconsistent"
    assert found(text.replace("82 %", "89 % for the larger network and 82 %")) == []


def test_predictions_that_do_not_add_up_to_the_images() -> None:
    text = """\
              precision    recall  f1-score   support
         sun       0.99      0.90      0.94       100
        moon       0.99      0.70      0.82       100
    accuracy                           0.80       200
"""
    (finding,) = found(text)
    assert "at most 162" in finding.says


def test_a_long_log_is_read_in_time() -> None:
    text = "\n".join(f"Epoch {step}, precision {step / 7:.4f} recall [[ {step} | {step}" for step in range(20_000))
    assert found(text) == []


MATRIX_OF_TEXT = """\
# Vogelstimmen, Ergebnisse

Auf den Testdaten wurden 171 von 190 Aufnahmen richtig erkannt, eine Genauigkeit von 90,00 %.

wahr \\ vorhergesagt  Amsel  Großer Specht  Star
Amsel  61  3  2
Großer Specht  4  52  3
Star  1  6  58
Tabelle 3: Konfusionsmatrix der Testdaten
"""
MATRIX_AND_REPORT = """\
# 鸟类分类

测试集共 190 张，其中 171 张分类正确，准确率为 90.00%。混淆矩阵如下：

| 真实 \\ 预测 | 乌鸫 | 啄木鸟 | 椋鸟 |
|---|---|---|---|
| 乌鸫 | 61 | 3 | 2 |
| 啄木鸟 | 4 | 52 | 3 |
| 椋鸟 | 1 | 6 | 58 |

| 类别 | 精确率 | 召回率 | F1 | 图像数 |
|---|---|---|---|---|
| 乌鸫 | 0.924 | 0.924 | 0.924 | 66 |
| 啄木鸟 | 0.852 | 0.881 | 0.867 | 59 |
| 椋鸟 | 0.921 | 0.892 | 0.906 | 65 |
"""


def test_matrices_with_their_caption_below_and_beside_a_report_are_read() -> None:
    assert found(MATRIX_OF_TEXT) == found(MATRIX_AND_REPORT) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "says"),
    [
        (
            MATRIX_OF_TEXT,
            "Auf den Testdaten wurden 171 von 190 Aufnahmen richtig erkannt, eine Genauigkeit von 90,00 %.",
            "Die Testgenauigkeit beträgt 92,63 %.",
            "171 right images of 190. That is 90.00 %",
        ),
        (MATRIX_OF_TEXT, "4  52  3", "4  54  3", "173 right images of 192"),
        (
            MATRIX_AND_REPORT,
            "171 张分类正确，准确率为 90.00%",
            "175 张分类正确，准确率为 92.11%",
            "171 right images of 190",
        ),
        (MATRIX_AND_REPORT, "| 4 | 52 | 3 |", "| 4 | 54 | 3 |", "59 images of “啄木鸟”, but the matrix has 61"),
    ],
)
def test_a_matrix_against_its_text_and_its_report(text: str, old: str, new: str, says: str) -> None:
    assert text.count(old) == 1
    (finding,) = found(text.replace(old, new))
    assert (finding.severity, says in finding.says) == ("inconsistent", True), finding.says
