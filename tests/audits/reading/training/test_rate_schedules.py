"""Schedules of learning rates, in words and in code."""

import pytest

from deepstudy.audits.reading.document import ReportDocument, TextLine
from deepstudy.audits.reading.training.rate_schedules import SaidSchedules, read_schedules


def schedules(text: str) -> SaidSchedules:
    return read_schedules(ReportDocument("report.md", tuple(TextLine(line, "1") for line in text.splitlines())))


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("StepLR(optimizer, step_size=2, gamma=0.1)", (1, 1, 0.1, 0.1, 0.01)),
        ("StepLR(optimizer, 2)", (1, 1, 0.1, 0.1, 0.01)),
        ("MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)", (1, 0.5, 0.5, 0.25, 0.25)),
        ("ExponentialLR(optimizer, gamma=0.5)", (1, 0.5, 0.25, 0.125, 0.0625)),
        ("CosineAnnealingLR(optimizer, T_max=4)", (1, 0.8535534, 0.5, 0.1464466, 0)),
        ("The learning rate is divided by 10 at epochs 1 and 3.", (1, 0.1, 0.1, 0.01, 0.01)),
        ("The learning rate decays by a factor of 10 every 2 epochs.", (1, 1, 0.1, 0.1, 0.01)),
        ("The learning rate is halved every 2 epochs.", (1, 1, 0.5, 0.5, 0.25)),
        ("The lr is multiplied by 0.2 after epoch 3.", (1, 1, 1, 0.2, 0.2)),
        ("The learning rate is\ndivided by 10 at epochs 1 and 3.", (1, 0.1, 0.1, 0.01, 0.01)),
        ("Die Lernrate wird alle 2 Epochen durch 10 geteilt.", (1, 1, 0.1, 0.1, 0.01)),
        ("La tasa de aprendizaje se divide entre 10 cada 2 épocas.", (1, 1, 0.1, 0.1, 0.01)),
        ("A taxa de aprendizagem é dividida por 10 a cada 2 épocas.", (1, 1, 0.1, 0.1, 0.01)),
        ("Le taux d'apprentissage est divisé par 10 toutes les 2 époques.", (1, 1, 0.1, 0.1, 0.01)),
        ("학습률은 2 에폭마다 0.5배로 감소한다.", (1, 1, 0.5, 0.5, 0.25)),
        ("学习率每2轮乘以0.5。", (1, 1, 0.5, 0.5, 0.25)),
        ("学習率は2エポックごとに半分にする。", (1, 1, 0.5, 0.5, 0.25)),
    ],
)
def test_what_a_schedule_gives(text: str, factors: tuple[float, ...]) -> None:
    (schedule,) = schedules(text).schedules
    assert [schedule.factor(over) for over in range(5)] == pytest.approx(factors)


@pytest.mark.parametrize(
    "text", ["OneCycleLR", "ReduceLROnPlateau(patience=3)", "a cosine schedule", "lr decay is used"]
)
def test_a_schedule_that_is_not_understood_is_said_so(text: str) -> None:
    said = schedules(text)
    assert said.schedules == ()
    assert said.is_other


def test_weight_decay_is_no_schedule() -> None:
    assert not schedules("Adam, learning rate 0.001, weight decay 5e-4").is_other


def test_warm_up_is_seen() -> None:
    assert schedules("Linear warm-up for 5 epochs").has_warm_up
