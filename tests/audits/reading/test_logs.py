"""Logs: what lines above a line say of it."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.statements import Statement


def statements(text: str) -> list[Statement]:
    return of_text(text, "train.log").statements


def test_an_epoch_holds_until_the_next_one() -> None:
    log = "Epoch 1/2\n100/100 - loss: 0.5 - val_loss: 0.6\nEpoch 2/2\n100/100 - loss: 0.4 - val_loss: 0.5\n"
    assert [(each.epoch, each.epochs, each.split) for each in statements(log)] == [
        (1, 2, "train"),
        (1, 2, "validation"),
        (2, 2, "train"),
        (2, 2, "validation"),
    ]


@pytest.mark.parametrize("name", ["Training:", "--- train ---", "[train]", "훈련", "训练", "## train"])
def test_a_phase_holds_until_the_next_one(name: str) -> None:
    found = statements(f"{name}\nloss: 0.51\naccuracy: 0.83\n")
    assert {each.split for each in found} <= {"train", None}
    assert [each.metric for each in found] == ["loss", "accuracy"]


def test_steps_of_an_epoch_are_of_training() -> None:
    log = "[1, 2000] loss: 2.208\n[1, 4000] loss: 1.834\nAccuracy of the network on the test images: 54 %\n"
    assert [(each.metric, each.split, each.step_number) for each in statements(log)] == [
        ("loss", "train", 2000),
        ("loss", "train", 4000),
        ("accuracy", "test", None),
    ]


@pytest.mark.parametrize(
    ("lines", "unit", "value"),
    [
        ("acc: 0.91\nacc: 0.95\nacc: 1.0\n", "fraction", 100),
        ("acc: 91.0\nacc: 95.0\nacc: 1.0\n", "percent", 1),
        ("acc: 91.0%\nacc: 0.5%\nacc: 1.0%\n", "%", 1),
    ],
)
def test_the_unit_of_an_accuracy_is_that_of_its_series(lines: str, unit: str, value: float) -> None:
    last = statements(lines)[-1]
    assert (last.unit, last.value) == (unit, pytest.approx(value))


@pytest.mark.parametrize(
    ("log", "metric", "value"),
    [
        ("Epoch 3: loss 0.25, 12.5s\n", "seconds_per_epoch", 12.5),
        ("Training complete in 1m 7s\n", "seconds", 67),
        ("Total training time: 0:52:10\n", "seconds", 3130),
        ("Epoch 1/2\n469/469 [=====] - 3s 6ms/step - loss: 0.25\n", "seconds_per_epoch", 3),
    ],
)
def test_times(log: str, metric: str, value: float) -> None:
    found = [each for each in statements(log) if each.metric.startswith("seconds")]
    assert [(each.metric, each.value) for each in found] == [(metric, pytest.approx(value))]


def test_a_name_alone_holds_for_the_number_below_it() -> None:
    found = statements("testAccuracy =\n\n    0.9712\n\ntrainLoss =\n\n    0.0851\n")
    assert [(each.metric, each.split, each.printed) for each in found] == [
        ("accuracy", "test", "0.9712"),
        ("loss", "train", "0.0851"),
    ]


def test_k_of_n_is_exact() -> None:
    (found,) = statements("Accuracy: 9871/10000\n")
    assert (found.value, found.step, found.correct, found.images) == (pytest.approx(98.71), 0, 9871, 10000)
