"""Lines of training logs: their counters, learning rates and times, and which lines are one run."""

import pytest

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.training.training_logs import TrainingLog, read_log_line


@pytest.mark.parametrize(
    ("text", "epoch", "epochs", "step", "steps"),
    [
        ("Epoch [1/20], Step [100/500], Loss: 2.1", 1, 20, 100, 500),
        ("epoch: 9, step: 7,400, loss: 0.0", 9, None, 7400, None),
        ("Train Epoch: 3 [640/60000 (1%)]\tLoss: 1.938443", 3, None, 640, 60000),
        ("Epoch: [199][50/391]    Time 0.033 (0.041)    Loss 0.0234 (0.0311)", 199, None, 50, 391),
        ("[2,  4000] loss: 1.382", 2, None, 4000, None),
        ("469/469 [==============================] - 12s 25ms/step - loss: 0.31", None, None, 469, 469),
        ("1875/1875 ━━━━━━━━━━━━━━━━━━━━ 12s 7ms/step - accuracy: 0.57", None, None, 1875, 1875),
        ("Epoch 1: 100%|██████████| 939/939 [00:09<00:00, 93.71it/s, loss=0.081]", 1, None, 939, 939),
        ("Step: 53ms | Tot: 20s6ms | Loss: 1.560 | Acc: 45.002% (22501/50000) 391/391", None, None, 391, 391),
        ("I0101 solver.cpp:239] Iteration 500, loss = 0.38333", None, None, 500, None),
        ("에폭 [3/10], 스텝 [100/600], 손실: 0.41", 3, 10, 100, 600),
        ("第3/10轮 批次 100/600 损失 0.41", 3, 10, 100, 600),
        ("エポック 3/10 ステップ 100/600 損失 0.41", 3, 10, 100, 600),
        ("Época 3/10, paso 100, pérdida: 0.41", 3, 10, 100, None),
        ("Époque 3/10, itération 100, perte : 0.41", 3, 10, 100, None),
        ("Epoche 3 von 10, Schritt 100, Verlust 0.41", 3, 10, 100, None),
        ("test accuracy: 9871/10000", None, None, None, None),
        ("Batch size 64, 7/3 = 2.33", None, None, None, None),
    ],
)
def test_counters(text: str, epoch: int | None, epochs: int | None, step: int | None, steps: int | None) -> None:
    line = read_log_line(text, 0, "log:1")
    assert (line.epoch, line.epochs, line.step, line.steps) == (epoch, epochs, step, steps)


@pytest.mark.parametrize(
    ("text", "rate", "digit"),
    [
        ("Epoch 3 lr: 0.0100 loss 1.2", 0.01, 1e-4),
        ("- val_loss: 0.3 - lr: 1.0000e-04", 1e-4, 1e-8),
        ("Epoch 3/10 | learning_rate=0.001", 0.001, 1e-3),
        ("에폭 3, 학습률 0.05", 0.05, 0.01),
        ("Lernrate 0,01, Verlust 1,2", 0.01, 0.01),
    ],
)
def test_learning_rates(text: str, rate: float, digit: float) -> None:
    found = read_log_line(text, 0, "log:1").rate
    assert found is not None
    assert found.value == pytest.approx(rate)
    assert found.step == pytest.approx(digit)


def test_times() -> None:
    line = read_log_line("469/469 [====] - 12s 25ms/step - loss: 0.31", 0, "log:1")
    assert line.bar_seconds == 12
    assert line.step_seconds == pytest.approx((0.025, 0.001))
    assert read_log_line("Epoch 3, loss 0.2, elapsed: 1h 2m 3s", 0, "log:1").seconds == 3723
    assert read_log_line("Epoch 3, loss 0.2, 12.5 s per epoch", 0, "log:1").is_per_epoch
    one = read_log_line("2024-02-28 23:59:59 INFO Epoch 1 loss 1.2", 0, "log:1").clock
    two = read_log_line("2024-03-01 00:00:01 INFO Epoch 2 loss 1.1", 0, "log:1").clock
    assert one is not None
    assert two is not None
    assert two - one == 86402  # 2024 has a 29th of February


def logs(text: str) -> list[TrainingLog]:
    return list(read_training(of_text(text, "log.txt")).logs)


def test_a_log_ends_where_its_epochs_begin_anew() -> None:
    first, second = logs(
        "Epoch 1, loss 1.2\nEpoch 2, loss 1.1\nEpoch 1, loss 1.3\nEpoch 2, loss 1.0\nEpoch 3, loss 0.9\n"
    )
    assert (first.epochs, second.epochs) == ([1, 2], [1, 2, 3])
    assert first.is_whole


def test_a_line_with_an_epoch_alone_speaks_for_the_lines_below_it() -> None:
    (log,) = logs(
        "Epoch 1/2\n10/10 [====] - 1s 9ms/step - loss: 1.2\nEpoch 2/2\n10/10 [====] - 1s 9ms/step - loss: 1.1\n"
    )
    assert [line.epoch for line in log.lines if line.step] == [1, 2]
    assert log.length == 2


def test_lines_that_begin_with_k_of_n_count_epochs_if_they_score_held_out_images() -> None:
    lines = "".join(f"[ {at}/3] train loss {1 / at:.3f} val loss {1.2 / at:.3f}\n" for at in (1, 2, 3))
    (log,) = logs(lines)
    assert (log.epochs, log.length) == ([1, 2, 3], 3)
    (log,) = logs(lines.replace("val loss", "mean loss"))
    assert log.epochs == []


def test_right_of_all_beside_its_rate_is_no_step() -> None:
    (log,) = logs("Epoch 1 acc val 80.50 % (161/200)\nEpoch 2 acc val 0.905 (181/200)\n")
    assert [line.step for line in log.lines] == [None, None]


def test_dots_show_that_lines_are_left_out() -> None:
    (log,) = logs("Epoch 1, loss 1.2\n...\nEpoch 2, loss 1.1\n")
    assert log.has_gaps


def test_sentences_are_no_log() -> None:
    assert (
        logs("After epoch 3 of this long and winding training we saw that the loss of 0.3 did not fall any more.\n")
        == []
    )


def test_a_table_with_a_column_of_epochs_is_a_log() -> None:
    (log,) = logs("| Epoch | lr | val loss |\n|---|---|---|\n| 1 | 0.1 | 1.52 |\n| 2 | 0.01 | 1.31 |\n")
    assert log.kind == "table"
    assert [line.rate.value for line in log.lines if line.rate] == [0.1, 0.01]
