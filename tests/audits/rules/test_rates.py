"""Rates that cannot belong together, and sound ones that only look like them."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules.rates import find
from deepstudy.findings import Finding

TABLE = """\
# Results on CIFAR-10

| Model | Test accuracy (%) |
|---|---|
| LeNet | 66.21 |
| VGG-11 | 91.30 |
| ResNet-18 | 93.02 |
| ResNet-34 | 93.55 |
"""
FRACTIONS = """\
# Results on CIFAR-10

| Model | Train accuracy | Test accuracy |
|---|---|---|
| LeNet | 0.7012 | 0.6621 |
| VGG-11 | 0.9981 | 0.9130 |
| ResNet-18 | 0.9993 | 0.9302 |
"""
LOG = """\
Training LeNet-5 on MNIST
Epoch 1: train loss 0.3012, test accuracy 94.12%
Epoch 2: train loss 0.1012, test accuracy 97.01%
Epoch 3: train loss 0.0712, test accuracy 97.85%
Epoch 4: train loss 0.0552, test accuracy 98.33%
"""
TOP = """\
Epoch: [1][391/391]  Acc@1 55.31  Acc@5 94.92
Epoch: [2][391/391]  Acc@1 68.02  Acc@5 97.40
"""
MODELS = """\
| Modelo | Precisão | Recall | F1-score |
|---|---|---|---|
| Regressão | 48,69% | 49,51% | 43,78% |
| Rede neural | 60,09% | 58,42% | 55,43% |
"""
EXACT = """\
| Model | Precision | Recall | F1 |
|---|---|---|---|
| A | 91.73% | 88.06% | 89.86% |
| B | 84.14% | 90.91% | 87.39% |
| C | 79.25% | 70.10% | 74.39% |
| D | 95.31% | 89.77% | 92.46% |
"""
LIST = """\
Test results of the CNN
Accuracy: 0.9412
Precision: 0.9431
Recall: 0.9377
F1 score: 0.9398
"""


def found(text: str) -> list[Finding]:
    return [*find(of_text(text, "report.md"))]


@pytest.mark.parametrize("text", [TABLE, FRACTIONS, LOG, TOP, MODELS, EXACT, LIST])
def test_sound_rates_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "severity", "says"),
    [
        (TABLE, "93.02", "103.02", "impossible", "must be between 0 and 100 %"),
        (TABLE, "93.02", "0.9302", "inconsistent", "93.02 % like the others"),
        (TABLE, "93.02", "0.93", "doubtful", "fraction among percentages"),
        (FRACTIONS, "0.9130", "91.30", "inconsistent", "percentage in a column of fractions"),
        (FRACTIONS, "0.9130", "4.4089", "impossible", "4.4089 is not a possible accuracy"),
        (LOG, "97.85%", "178.5%", "impossible", "178.5 %"),
        (LOG, "97.85%", "0.9785%", "inconsistent", "fraction among percentages"),
        (TOP, "Acc@1 55.31  Acc@5 94.92", "Acc@1 94.92  Acc@5 55.31", "impossible", "Top-1 is at most top-5"),
        (MODELS, "58,42% | 55,43%", "58,42% | 61,43%", "inconsistent", "F1 of “Rede neural”"),
        (MODELS, "58,42% | 55,43%", "58,42% | 15,43%", "inconsistent", "not even as a mean"),
        (EXACT, "74.39%", "73.11%", "inconsistent", "as in the other rows"),
        (LIST, "0.9398", "0.9498", "inconsistent", "at most 0.9"),
        (LIST, "0.9398", "0.7398", "inconsistent", "no F1 below 0.88"),
    ],
)
def test_one_wrong_rate_is_one_finding(text: str, old: str, new: str, severity: str, says: str) -> None:
    assert text.count(old) == 1
    (finding,) = found(text.replace(old, new))
    assert finding.severity == severity
    assert says in finding.says
    assert finding.rule == "rates"


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("The network has an accuracy of 93.1 % on the test set, i.e. an error of 7.9 %.\n", "inconsistent", "101"),
        (
            "| Netz | Genauigkeit | Fehlerrate |\n|---|---|---|\n| A | 93,1 % | 6,9 % |\n| B | 88,2 % | 12,8 % |\n",
            "inconsistent",
            "101",
        ),
        (
            "| Model | Top-1 error (%) | Top-5 error (%) |\n|---|---|---|\n| A | 24.1 | 7.2 |\n| B | 6.8 | 23.0 |\n",
            "impossible",
            "Top-1 is at least top-5",
        ),
        ("Auf MNIST erreicht das Netz eine Genauigkeit von 0,98 %.\n", "doubtful", "98 %"),
        ("MNIST 테스트 정확도: 0.98%\n", "doubtful", "98 %"),
        ("We got precision, recall and F1 of 0.91, 0.92 and 0.95 on the test set.\n", "inconsistent", "at most 0.9"),
        (
            "The loss is the cross-entropy.\nEpoch 1, loss: -0.3123\nEpoch 2, loss: -0.5021\n",
            "impossible",
            "cannot be negative",
        ),
        (
            "criterion: F.nll_loss\nEpoch 1, loss: -0.3123, accuracy 81.2%\nEpoch 2, loss: -0.9021, accuracy 93.1%\n",
            "doubtful",
            "log_softmax",
        ),
        ("LeNet on MNIST\nTest accuracy: 10123/10000 (101%)\n", "impossible", "10,123 of 10,000"),
    ],
)
def test_other_clashes(text: str, severity: str, says: str) -> None:
    (finding,) = found(text)
    assert (finding.severity, says in finding.says) == (severity, True)


@pytest.mark.parametrize(
    "text",
    [
        "The accuracy is 112 % of that of the baseline.\n",
        "Accuracy rose by 0.98 % to 97.1 % on MNIST.\n",
        "Our accuracy is 93 %, while the error of the baseline is 12 %.\n",
        "Epoch 1: accuracy 0.98, error 0.0712\nEpoch 2: accuracy 0.99, error 0.0412\n",  # a loss called error
        "| Model | Macro F1 | Precision | Recall |\n|---|---|---|---|\n| A | 0.95 | 0.92 | 0.91 |\n",  # other means
        "CIFAR-100\nEpoch 1: accuracy 0.98%\nEpoch 2: accuracy 12.31%\nEpoch 3: accuracy 25.11%\nEpoch 4: acc 31.0%\n",
        "| Epoch | accuracy |\n|---|---|\n| 1 | 0.9812 |\n| 2 | 1.0000 |\n| 3 | 1.0000001 |\n",
        "The reconstruction loss and the KL term\nEpoch 1, loss: -12.3\nEpoch 2, loss: -15.1\n",
        "Averages: Precision: 0.416, Recall: 0.148, F1: 0.328\ncat: Precision: nan, Recall: 0.0, F1: nan\n",
        "Precision = 45 / (45 + 5) = 0.90\nRecall = 45 / 55 = 0.82\nF1 = 0.857\n",
        "Test accuracy: 9812/10000 (98%)\nTrain: [640/60000 (1%)]\n",
        "The top-5 error fell from 28.2 % in 2010 to 2.25 % in 2017.\n",
        "Mixed precision 16, accuracy 98.1 %, batch size 256\n",
    ],
)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert found(text) == []


BOTH = """\
# Netze auf CIFAR-10

| Netz | Präzision | Recall | F1 | Trainingsgenauigkeit (%) | Testgenauigkeit (%) |
|---|---|---|---|---|---|
| A | 0,912 | 0,907 | 0,908 | 99,12 | 90,71 |
| B | 0,921 | 0,919 | 0,919 | 99,64 | 91,90 |
| C | 0,933 | 0,931 | 0,931 | 99,80 | 93,14 |
"""
TOP_AND_ERROR = """\
| 模型 | Top-1 准确率(%) | Top-1 错误率(%) | Top-5 准确率(%) |
|---|---|---|---|
| 甲 | 71.20 | 28.80 | 90.33 |
| 乙 | 74.55 | 25.45 | 92.08 |
"""
KEYS = """\
| clave | valor |
|---|---|
| val_acc | 0,9312 |
| test_acc | 91,40 % |
| test_error | 8,60 % |
"""
ENTRIES = """\
Results on the test set

- Test accuracy: 91.40 %
- Test error rate: 8.60 %
"""
SMALL_TABLE = """\
| 모델 | 테스트 정확도(%) |
|---|---|
| 가 | 88.12 |
| 나 | 90.47 |
"""


@pytest.mark.parametrize("text", [BOTH, TOP_AND_ERROR, KEYS, ENTRIES, SMALL_TABLE])
def test_sound_layouts_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "severity", "says"),
    [
        (BOTH, "99,64", "100,64", "impossible", "100,64 is not a possible accuracy"),
        (BOTH, "91,90", "0,9190", "inconsistent", "91.90 % like the others"),
        (TOP_AND_ERROR, "92.08", "72.08", "impossible", "Top-1 is at most top-5"),
        (TOP_AND_ERROR, "28.80", "29.80", "inconsistent", "add up to 101 %"),
        (KEYS, "8,60", "9,60", "inconsistent", "add up to 101 %"),
        (ENTRIES, "8.60", "6.80", "inconsistent", "add up to 98.2 %"),
        (SMALL_TABLE, "90.47", "0.9047", "inconsistent", "90.47 % like the others"),
    ],
)
def test_one_wrong_rate_in_other_layouts(text: str, old: str, new: str, severity: str, says: str) -> None:
    assert text.count(old) == 1
    (finding,) = found(text.replace(old, new))
    assert (finding.severity, says in finding.says) == (severity, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("LeNet on MNIST reaches a very high test accuracy of about 0.97%.\n", "calls 0.97 % a good result"),
        ("Auf MNIST ist die Testgenauigkeit mit 0,97 % sehr gut.\n", "a good result"),
        ("MNIST 데이터에서 테스트 정확도는 0.97%로 매우 높은 값이다.\n", "a good result"),
        ("LeNet 在 MNIST 上的测试准确率高达 0.97%。\n", "a good result"),
        (
            "CIFAR-10\n\nFinal test accuracy: 0.8719%\n\nThe network has a test accuracy of 87 %.\n",
            "also gives it as 87",
        ),
        (
            "SVHN, five epochs\n\n```\n"
            + "".join(f"Epoch {at}: validation accuracy {0.5 + at / 12:.2f}%\n" for at in range(1, 6))
            + "```\n",
            "All 5 accuracies of the log",
        ),
    ],
)
def test_fractions_with_a_percent_sign(text: str, why: str) -> None:
    (finding,) = found(text)
    assert (finding.severity, why in finding.says) == ("inconsistent", True)


@pytest.mark.parametrize(
    "text",
    [
        "On CIFAR-10 the wider network makes half as many mistakes (0.92 %).\n",
        "CIFAR-10의 테스트 정확도는 91.2%로, 0.75%p 감소했다.\n",
        "Auf MNIST steigt die Genauigkeit um 0,85 % auf gute 98,2 %.\n",
        "On ImageNet, chance gives an accuracy of 0.10 %.\n",
        "The attack leaves CIFAR-10 networks an accuracy of 0.62 %.\n",
        "| net | test accuracy |\n|---|---|\n| A | 91.2 % |\n| B | 92.4 % |\n| val | 93.12 % |\n",
        "$$F1 = 2 \\times \\frac{P \\times R}{P + R}$$\n\nPrecision = 0.625, recall = 0.475\n",
        "F1 = 2 × Precision × Recall / (Precision + Recall). The precision is 0.62, the recall 0.47 and the F1 0.44.\n",
        "On CIFAR-10 the test accuracy is 91 %, and with dropout it is 0.91 % above that.\n",
        "| key | value |\n|---|---|\n| test accuracy | 0.9125 |\n| best test accuracy (%) | 92.4 |\n",
        "- Test accuracy: 91.40 %\n- Equal error rate: 3.10 %\n",
        "- Test accuracy: 91.40 %\n- Top-5 error rate: 1.60 %\n",
        "- Train accuracy: 97.40 %\n- Test error rate: 8.60 %\n",
        "- Test accuracy: 91.40 %\n- Test error rate of class cat: 18.60 %\n",
        "| set | top-1 accuracy | top-5 error |\n|---|---|---|\n| A | 71.2 | 9.8 |\n| B | 74.6 | 7.9 |\n",
    ],
)
def test_more_look_alikes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "F1 = 2 · P · R / (P + R). With precision 0.62 and recall 0.48 this gives an F1 of 0.45.\n",
        "F1 ist das harmonische Mittel. Aus Präzision = 0,62 und Recall = 0,48 ergibt sich F1 ≈ 0,4512.\n",
        "$F1 = 2 \\cdot \\frac{Precision \\cdot Recall}{Precision + Recall}$\n\n"
        "Como la precisión es 0,62 y el recall es 0,48, resulta un F1 de 0,45.\n",
    ],
)
def test_an_f1_that_a_sentence_computes_follows_the_formula(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"
    assert "by the formula" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        """# Evaluación

| Clase | Aciertos | Exhaustividad (%) |
|---|---|---|
| gato | 71 | 88,75 |
| perro | 64 | 80,00 |
| caballo | 69 | 86,25 |
| suma | 204 | 85,00 |
""",
        """# Results

| | Coarse F1 | Fine F1 |
| Network | (12 cls) | (64 cls) |
| A | 0.61 | 0.44 |
| B | 0.66 | 0.49 |
| C | 0.72 | 0.57 |
| D | 0.74 | 0.58 |
""",
        "The test accuracy is measured on 64 images of CIFAR-10, so the accuracy moves in steps of 0.78 %.\n",
    ],
)
def test_counts_remarks_and_step_sizes_are_no_rates(text: str) -> None:
    assert found(text) == []
