"""Figures of epochs against the steps and epochs of the log."""

from collections.abc import Sequence

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import epoch_means
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(epoch_means.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        """\
CNN on CIFAR-10, batch size 64
Epoch [3/10], Step [100/782], Loss: 0.9123
Epoch [3/10], Step [200/782], Loss: 0.8721
Epoch [3/10], Step [300/782], Loss: 0.8455
Epoch [3/10], Step [400/782], Loss: 0.8812
Epoch [3/10], Step [500/782], Loss: 0.8301
Epoch [3/10], Step [600/782], Loss: 0.8120
Epoch [3/10], Step [700/782], Loss: 0.8011
Epoch [3/10], average loss: 1.2733, val accuracy: 71.20 %
""",
        """\
Epoch 1: train loss 0.52, val accuracy 0.8912
Epoch 2: train loss 0.32, val accuracy 0.9123
Epoch 3: train loss 0.22, val accuracy 0.9201
Epoch 4: train loss 0.12, val accuracy 0.9188
Best val accuracy: 0.9288
""",
        """\
Epoch 1: train loss 0.52, val accuracy 0.8912
Epoch 2: train loss 0.32, val accuracy 0.9123
Epoch 3: train loss 0.22, val accuracy 0.9201
Epoch 4: train loss 0.12, val accuracy 0.9188
Epoch 5: train loss 0.12, val accuracy 0.9177

The best validation accuracy, 92.01 %, was reached at epoch 5.
""",
        """\
Epoche 1: Trainingsverlust 0.52, Testgenauigkeit 89.12 %
Epoche 2: Trainingsverlust 0.32, Testgenauigkeit 91.23 %
Epoche 3: Trainingsverlust 0.22, Testgenauigkeit 92.01 %

Der Trainingsverlust sank von 0.61 auf 0.22.
""",
        """\
Época 1: pérdida 0.52, exactitud de prueba 89.12 %
Época 2: pérdida 0.32, exactitud de prueba 91.23 %
Época 3: pérdida 0.22, exactitud de prueba 91.01 %

La mejor exactitud de prueba fue 91.01 %.
""",
        """\
Epoch 0/2
----------
train Loss: 0.6123 Acc: 0.6521
val Loss: 0.3312 Acc: 0.8627

Epoch 1/2
----------
train Loss: 0.5123 Acc: 0.7521
val Loss: 0.2312 Acc: 0.9150

Epoch 2/2
----------
train Loss: 0.4123 Acc: 0.8021
val Loss: 0.2512 Acc: 0.9085

Training complete in 1m 7s
Best val Acc: 0.928105
""",
        """\
Epoch: [2][0/391]	Loss 0.8312 (0.8312)	Prec@1 71.09 (71.09)
Epoch: [2][100/391]	Loss 0.7812 (0.8012)	Prec@1 71.09 (72.09)
Epoch: [2][200/391]	Loss 0.7512 (0.7912)	Prec@1 73.09 (72.59)
Epoch: [2][300/391]	Loss 0.7312 (0.7812)	Prec@1 74.09 (72.99)
Epoch: [2][390/391]	Loss 0.7112 (0.7712)	Prec@1 75.09 (73.19)
Epoch 2: train loss 0.6512, train acc 73.20
""",
        """\
에폭 2, 스텝 1/5, 손실: 0.91
에폭 2, 스텝 2/5, 손실: 0.88
에폭 2, 스텝 3/5, 손실: 0.87
에폭 2, 스텝 4/5, 손실: 0.86
에폭 2, 스텝 5/5, 손실: 0.85
에폭 2, 평균 손실: 0.43
""",
    ],
)
def test_what_the_log_does_not_have(text: str) -> None:
    (finding,) = found(text)
    assert finding.rule == "epoch_means"
    assert finding.severity in ("impossible", "inconsistent")
    assert finding.where.startswith("report.md:")
    assert finding.reported


@pytest.mark.parametrize(
    "text",
    [
        """\
CNN on CIFAR-10, batch size 64
Epoch [3/10], Step [100/782], Loss: 0.9123
Epoch [3/10], Step [200/782], Loss: 0.8721
Epoch [3/10], Step [300/782], Loss: 0.8455
Epoch [3/10], Step [400/782], Loss: 0.8812
Epoch [3/10], Step [500/782], Loss: 0.8301
Epoch [3/10], Step [600/782], Loss: 0.8120
Epoch [3/10], Step [700/782], Loss: 0.8011
Epoch [3/10], average loss: 0.8733, val loss: 2.1, val accuracy: 71.20 %
""",
        """\
Epoch 1: train loss 0.52, val accuracy 0.8912
Epoch 2: train loss 0.32, val accuracy 0.9123
Epoch 3: train loss 0.22, val accuracy 0.9201
Epoch 4: train loss 0.12, val accuracy 0.9188
Best val accuracy: 0.9201 (epoch 3)
""",
        """\
Epoch 0/2
----------
train Loss: 0.6123 Acc: 0.6521
val Loss: 0.3312 Acc: 0.8627

Epoch 1/2
----------
train Loss: 0.5123 Acc: 0.7521
val Loss: 0.2312 Acc: 0.9150

Epoch 2/2
----------
train Loss: 0.4123 Acc: 0.8021
val Loss: 0.2512 Acc: 0.9085

Training complete in 1m 7s
Best val Acc: 0.915033
""",
        """\
Epoch 1: val accuracy 0.81
Epoch 2: val accuracy 0.85

Attempt 1: best val accuracy 0.85
Attempt 2: best val accuracy 0.88
""",
        """\
Epoch 1, step 1/4, loss 2.1
Epoch 1, step 2/4, loss 1.9
Epoch 1, step 3/4, loss 1.7
Epoch 1, step 4/4, loss 1.6
Epoch 1, mean loss 1.83
""",
        """\
Epoch 1: val accuracy 0.81
...
Epoch 9: val accuracy 0.85

Best val accuracy: 0.88
""",
        """\
Epoch 1: loss 0.52
Epoch 2: loss 0.31

With dropout the loss fell from 0.70 to 0.44.
""",
        """\
Epoch 1: loss 0.52
Epoch 2: loss 0.31

The loss fell from 0.52 to 0.31.
""",
        """\
Epoch 1: test accuracy 0.9012
Epoch 2: test accuracy 0.9101

The best paper reports an accuracy of 99.8 %.
""",
    ],
)
def test_what_only_looks_wrong(text: str) -> None:
    assert found(text) == []


def course(word: str = "Epoch") -> str:
    rows = [(0.8123, 0.6112), (0.8547, 0.5236), (0.8731, 0.4518)]
    return "".join(f"{word} {at}: test loss {loss} test accuracy {acc}\n" for at, (acc, loss) in enumerate(rows, 1))


def thirds(means: Sequence[float]) -> str:
    lines = []
    for epoch, mean in enumerate(means):
        for part in (1, 2, 3):
            loss = 2 / (epoch + 1) * (1 - 0.04 * part)
            lines.append(f"epoch {epoch} step {100 * part}/300 loss {loss:.4f}")
        lines.append(f"epoch {epoch} mean train loss {mean:.4f}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        course() + "\nThe final test accuracy is 88.31 % with a loss of 0.4518.\n",
        course() + "\nEnde: Testgenauigkeit 87,31 % bei einem Verlust von 0,4158.\n",
        course("Época") + "\nLa exactitud de prueba llega al 88.47 % con una pérdida de 0.5236.\n",
        course() + "\nThe test accuracy of the network is 87.13 %.\n",
        course() + "\nDie Genauigkeit hat sich von 80,23 % (Epoche 1) auf 87,31 % (Epoche 3) verbessert.\n",
        "| Epoch | steps 1-40 | 41-80 | 81-120 | whole epoch |\n|---|---|---|---|---|\n"
        "| 1 | 2.11 | 1.92 | 1.80 | 1.94 |\n| 2 | 1.52 | 1.44 | 1.40 | 1.65 |\n",
        thirds([2 * 0.92, 0.92, 2 / 3 * 0.92, 0.5 * 1.1, 2 / 5 * 0.92, 2 / 6 * 0.92]),
    ],
)
def test_one_number_of_the_log_is_another_in_the_text(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"


@pytest.mark.parametrize(
    "text",
    [
        course() + "\nThe final test accuracy is 87.31 % with a loss of 0.4518.\n",
        course() + "\nThe best network has a test accuracy of 88.9 % and a loss of 0.39.\n",
        course() + "\nDie Genauigkeit hat sich von 81,23 % (Epoche 1) auf 87,31 % (Epoche 3) verbessert.\n",
        "Epoch: 01 | Epoch Time: 0m 8s\n\tVal. Loss: 0.060 | Val. Acc: 97.58%\n"
        "Epoch: 02 | Epoch Time: 0m 8s\n\tVal. Loss: 0.050 | Val. Acc: 97.85%\n",
        course() + "\nOn other images the accuracy is 86.92 % (loss 0.4732).\n",
        "| Epoch | steps 1-40 | 41-80 | 81-120 | whole epoch |\n|---|---|---|---|---|\n"
        "| 1 | 2.11 | 1.92 | 1.80 | 1.94 |\n| 2 | 1.52 | 1.44 | 1.40 | 1.45 |\n",
        "| Class | 0-9 | 10-19 | all |\n|---|---|---|---|\n| cats | 2.11 | 1.92 | 4.03 |\n",
        thirds([2 * 0.92, 0.92, 2 / 3 * 0.92, 0.5 * 0.93, 2 / 5 * 0.92, 2 / 6 * 0.92]),
        thirds([2 * 0.92, 1.1, 0.5, 0.55, 2 / 5 * 0.92, 2 / 6 * 0.7]),
    ],
)
def test_numbers_that_agree_with_the_log(text: str) -> None:
    assert found(text) == []


def peaks(word: str = "Epoch") -> str:
    rows = [(0.902, 0.651), (0.721, 0.7402), (0.698, 0.7611), (0.733, 0.7523), (0.790, 0.7498)]
    return "".join(f"{word} {at}: val loss {loss} val acc {acc}\n" for at, (loss, acc) in enumerate(rows, 1)) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        peaks() + "Best val acc: 0.7690 (epoch 3)\n",
        peaks() + "The validation loss is lowest at epoch 5 (0.698).\n",
        peaks("Epoche") + "Der Validierungsverlust ist in Epoche 5 am kleinsten (0,698).\n",
        peaks("Época") + "El mínimo de la pérdida de validación (0,64) está en la época 3.\n",
        peaks("에폭") + "검증 정확도는 에폭 5에서 76.11%로 가장 높았다.\n",
        peaks() + "验证准确率在第5轮达到最高的76.11%。\n",
        peaks("エポック") + "検証正解率はエポック1で最高の76.11%になった。\n",
        peaks() + "After the last epoch the validation accuracy is 0.7523.\n",
        peaks("Epoche") + "Nach der letzten Epoche beträgt die Validierungsgenauigkeit 76,11 %.\n",
    ],
)
def test_the_best_and_the_last_epoch(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"


@pytest.mark.parametrize(
    "text",
    [
        peaks() + "Best val acc: 0.7611 (epoch 3)\n",
        peaks() + "The validation loss is lowest at epoch 3 (0.698).\n",
        peaks("Epoche") + "Der Validierungsverlust ist in Epoche 3 am kleinsten (0,698).\n",
        peaks("에폭") + "검증 정확도는 에폭 3에서 76.11%로 가장 높았다.\n",
        peaks("エポック") + "検証正解率はエポック3で最高の76.11%になった。\n",
        peaks() + "After the last epoch the validation accuracy is 0.7498.\n",
        peaks() + "After the last epoch of the second run the validation accuracy is 0.7716, the best of all runs.\n",
        peaks() + "Computed again over all images, the validation accuracy of the last epoch is 0.7513.\n",
        peaks().replace("Epoch 2", "...\nEpoch 2") + "best: epoch 7, val loss 0.688, val acc 0.7611\n",
        "...\n" + peaks().replace("Epoch 2", "...\nEpoch 9") + "In the last epoch the validation accuracy is 0.7716.\n",
    ],
)
def test_the_best_and_the_last_epoch_as_the_log_has_them(text: str) -> None:
    assert found(text) == []


def steps(mean: str) -> str:
    lines = [f"Epoch 4, step {step}/500, loss {0.9 - step / 5000:.4f}" for step in range(50, 501, 50)]
    return "\n".join([*lines, mean])


def test_a_loss_that_may_be_measured_again_is_doubtful_only() -> None:
    (finding,) = found(steps("Epoch 4, train loss 0.4100"))
    assert finding.severity == "doubtful"
    (finding,) = found(steps("Epoch 4, average train loss 0.4100"))
    assert finding.severity == "inconsistent"


def test_a_sample_of_steps_leaves_room_around_them() -> None:
    assert found(steps("Epoch 4, average train loss 0.7500")) == []
    assert found(steps("Epoch 4, average train loss 0.9500")) == []
    assert found(steps("Epoch 4, average train loss 1.2500")) != []


def test_three_steps_of_many_say_nothing() -> None:
    lines = [f"Epoch 4, step {step}/500, loss {0.9 - step / 5000:.4f}" for step in (100, 300, 500)]
    assert found("\n".join([*lines, "Epoch 4, average train loss 1.9000"])) == []


def test_one_finding_for_one_log() -> None:
    epochs = []
    for epoch in (2, 3, 4):
        epochs += [f"Epoch {epoch}, step {step}/5, loss 0.5{step}" for step in range(1, 6)]
        epochs.append(f"Epoch {epoch}, average loss 1.7")
    (finding,) = found("\n".join(epochs))
    assert "3 such epochs" in finding.says
