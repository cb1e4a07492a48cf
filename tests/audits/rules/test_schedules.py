"""Printed learning rates against the stated schedule."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import schedules
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(schedules.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        """\
学習率 0.1、MultiStepLR(milestones=[4], gamma=0.1)、エポック数 6
[1/6] lr=0.1 訓練損失=1.95 検証損失=1.71
[2/6] lr=0.1 訓練損失=1.65 検証損失=1.51
[3/6] lr=0.01 訓練損失=1.45 検証損失=1.41
[4/6] lr=0.01 訓練損失=1.35 検証損失=1.31
[5/6] lr=0.01 訓練損失=1.25 検証損失=1.21
[6/6] lr=0.001 訓練損失=1.15 検証損失=1.11
""",
        """\
SGD, lr=0.1, scheduler = StepLR(optimizer, step_size=3, gamma=0.1), CIFAR-10
Epoch 1 | lr 0.1 | loss 1.50
Epoch 2 | lr 0.1 | loss 1.40
Epoch 3 | lr 0.1 | loss 1.30
Epoch 4 | lr 0.05 | loss 1.20
Epoch 5 | lr 0.05 | loss 1.10
""",
        """\
Die Lernrate beträgt 0,1 und wird alle 2 Epochen durch 10 geteilt.

| Epoche | Lernrate | Verlust |
|---|---|---|
| 1 | 0,1 | 1,52 |
| 2 | 0,1 | 1,42 |
| 3 | 0,02 | 1,32 |
| 4 | 0,02 | 1,22 |
""",
        """\
학습률은 0.1이고 2 에폭마다 0.5배로 감소한다.
에폭 1/4, 학습률 0.1, 손실: 1.52
에폭 2/4, 학습률 0.1, 손실: 1.42
에폭 3/4, 학습률 0.01, 손실: 1.32
에폭 4/4, 학습률 0.01, 손실: 1.22
""",
        """\
CosineAnnealingLR(optimizer, T_max=10), lr = 0.1
Epoch 0 lr: 0.100000 loss 1.5
Epoch 1 lr: 0.090000 loss 1.5
Epoch 2 lr: 0.081000 loss 1.5
Epoch 3 lr: 0.072900 loss 1.5
""",
        """\
We use Adam with a learning rate of 0.001, CIFAR-10.
Epoch 1/3 - loss: 1.2 - lr: 0.0100
Epoch 2/3 - loss: 1.1 - lr: 0.0100
Epoch 3/3 - loss: 1.0 - lr: 0.0100
""",
        """\
A taxa de aprendizagem inicial é 0,1 e é dividida por 10 a cada 3 épocas.
Época 1 - lr: 0.1 - perda: 1.5
Época 3 - lr: 0.1 - perda: 1.3
Época 5 - lr: 0.03 - perda: 1.2
Época 7 - lr: 0.009 - perda: 1.2
""",
        """\
初始学习率为0.1，每10轮乘以0.1。
第1轮 lr: 0.1 loss: 1.5
第5轮 lr: 0.1 loss: 1.4
第15轮 lr: 0.05 loss: 1.2
第25轮 lr: 0.025 loss: 1.1
""",
        """\
学習率は0.1で、10エポックごとに半分にする。
エポック 1 lr: 0.1 loss: 1.5
エポック 5 lr: 0.1 loss: 1.4
エポック 15 lr: 0.01 loss: 1.2
""",
        """\
lr=0.1, MultiStepLR(optimizer, milestones=[2, 4], gamma=0.1)
Epoch 1 lr 0.1 loss 1.5
Epoch 2 lr 0.1 loss 1.4
Epoch 3 lr 0.01 loss 1.3
Epoch 4 lr 0.01 loss 1.3
Epoch 8 lr 0.01 loss 1.1
""",
        """\
ExponentialLR(optimizer, gamma=0.9), lr = 0.01
Epoch 1 lr 0.0100 loss 1.5
Epoch 2 lr 0.0080 loss 1.4
Epoch 3 lr 0.0064 loss 1.3
""",
    ],
)
def test_rates_off_the_schedule(text: str) -> None:
    (finding,) = found(text)
    assert finding.rule == "schedules"
    assert finding.severity in ("impossible", "inconsistent")
    assert finding.where.startswith("report.md:")
    assert finding.reported


@pytest.mark.parametrize(
    "text",
    [
        """\
SGD, lr=0.1, scheduler = StepLR(optimizer, step_size=3, gamma=0.1), CIFAR-10
Epoch 1 | lr 0.1 | loss 1.50
Epoch 2 | lr 0.1 | loss 1.40
Epoch 3 | lr 0.01 | loss 1.30
Epoch 4 | lr 0.01 | loss 1.20
Epoch 5 | lr 0.01 | loss 1.10
Epoch 6 | lr 0.001 | loss 1.10
""",
        """\
학습률은 0.1이고 2 에폭마다 0.5배로 감소한다.
에폭 1/4, 학습률 0.1, 손실: 1.52
에폭 2/4, 학습률 0.1, 손실: 1.42
에폭 3/4, 학습률 0.05, 손실: 1.32
에폭 4/4, 학습률 0.05, 손실: 1.22
""",
        """\
CosineAnnealingLR(optimizer, T_max=10), lr = 0.1
Epoch 0 lr: 0.100000 loss 1.5
Epoch 1 lr: 0.097553 loss 1.5
Epoch 2 lr: 0.090451 loss 1.5
Epoch 3 lr: 0.079389 loss 1.5
""",
        """\
Le taux d'apprentissage est 0,01. Il est divisé par 10 toutes les 5 époques. ReduceLROnPlateau
Epoch 1 lr: 0.01 loss 1.5
Epoch 2 lr: 0.02 loss 1.5
""",
        """\
ResNet-20. Linear warm-up for 5 epochs to 0.1; the learning rate is divided by 10 at epochs 20 and 25.
Epoch 1 lr 0.02 loss 1.5
Epoch 5 lr 0.1 loss 1.5
Epoch 15 lr 0.1 loss 1.5
Epoch 21 lr 0.01 loss 1.5
Epoch 26 lr 0.001 loss 1.5
""",
        """\
lr=0.1, MultiStepLR(optimizer, milestones=[32000, 48000], gamma=0.1)
Epoch 1 lr 0.1 loss 1.5
Epoch 90 lr 0.01 loss 0.5
Epoch 140 lr 0.001 loss 0.4
""",
        """\
ExponentialLR(optimizer, gamma=0.5), lr = 0.01
Epoch 1 lr 0.01 loss 1.5
Epoch 2 lr 0.005 loss 1.4
Epoch 3 lr 0.0025 loss 1.3
Epoch 4 lr 0.0013 loss 1.3
""",
        """\
Adam, learning rate 0.001, weight decay = 5e-4
Epoch 1 lr 0.001 loss 1.5
Epoch 2 lr 0.001 loss 1.4
Epoch 3 lr 0.001 loss 1.3
""",
        """\
We compare learning rates of 0.1 and 0.01.
Epoch 1 lr 0.01 loss 1.5
Epoch 2 lr 0.01 loss 1.4
Epoch 3 lr 0.01 loss 1.3
""",
        """\
OneCycleLR with a learning rate of 0.1
Epoch 1 lr 0.004 loss 1.5
Epoch 2 lr 0.02 loss 1.4
Epoch 3 lr 0.1 loss 1.3
""",
    ],
)
def test_rates_that_follow(text: str) -> None:
    assert found(text) == []


def test_a_schedule_may_be_printed_an_epoch_early_or_late() -> None:
    head = "lr=0.1, scheduler = StepLR(optimizer, step_size=4, gamma=0.5)\n"
    for shift in (-2, -1, 0, 1):
        lines = [
            f"Epoch {epoch} lr {0.1 * 0.5 ** (max(epoch + shift, 0) // 4):g} loss 1.{epoch}" for epoch in range(1, 10)
        ]
        assert found(head + "\n".join(lines)) == []
