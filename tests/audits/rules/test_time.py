"""Times of documents against each other."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import time
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(time.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        """\
CNN on CIFAR-10
We trained for 50 epochs. Each epoch took 42 s, and the whole training took 20 minutes.
""",
        """\
CNN, MNIST
Epoch 1/3
469/469 [==============================] - 12s 25ms/step - loss: 0.31 - accuracy: 0.90
Epoch 2/3
469/469 [==============================] - 5s 25ms/step - loss: 0.21 - accuracy: 0.93
Epoch 3/3
469/469 [==============================] - 5s 25ms/step - loss: 0.11 - accuracy: 0.95
""",
        """\
MNIST
Epoch 1, loss 0.5, acc 81.00 %, time 30.1 s
Epoch 2, loss 0.4, acc 85.00 %, time 30.4 s
Epoch 3, loss 0.3, acc 87.00 %, time 30.2 s

Training complete in 0m 45s
""",
        """\
2024-03-01 10:00:00 INFO Epoch 1 loss 1.2
2024-03-01 10:05:00 INFO Epoch 2 loss 1.1
2024-03-01 07:10:00 INFO Epoch 3 loss 1.0
""",
        """\
2024-03-01 10:00:00 INFO Epoch 1 loss 1.2 time 300 s
2024-03-01 10:01:00 INFO Epoch 2 loss 1.1 time 300 s
2024-03-01 10:02:00 INFO Epoch 3 loss 1.0 time 300 s
""",
        """\
Das Training auf MNIST lief 20 Epochen. Eine Epoche dauerte 90 s, insgesamt dauerte das Training 12 Minuten.
""",
        """\
학습은 30 에폭 동안 진행했고 에폭당 20초가 걸려 총 3분이 걸렸다. CIFAR-10
""",
        """\
训练30轮，每轮20秒，总共用时3分钟。CIFAR-10
""",
        """\
On CIFAR-10 we reach 12,000 images/s, 25 s per epoch.
""",
        """\
L'entraînement de 10 époques a duré 5 minutes au total, soit 95 s par époque.
""",
        """\
El entrenamiento duró 25 épocas; cada época tardó 60 s y en total tardó 10 minutos.
""",
        """\
O treino teve 40 épocas; cada época levou 30 s e no total levou 8 minutos.
""",
        """\
学習は20エポックで、1エポックあたり60秒、全体で5分かかった。
""",
    ],
)
def test_times_that_cannot_be(text: str) -> None:
    (finding,) = found(text)
    assert finding.rule == "time"
    assert finding.severity in ("impossible", "inconsistent")
    assert finding.where.startswith("report.md:")
    assert finding.reported


@pytest.mark.parametrize(
    "text",
    [
        """\
CNN on CIFAR-10
We trained for 50 epochs. Each epoch took 42 s, and the whole training took 37 minutes.
""",
        """\
MNIST
Epoch 1, loss 0.5, acc 81.00 %, time 30.1 s
Epoch 2, loss 0.4, acc 85.00 %, time 30.4 s
Epoch 3, loss 0.3, acc 87.00 %, time 30.2 s

Training complete in 1m 35s
""",
        """\
On CIFAR-10 we reach 2,000 images/s, 25 s per epoch.
""",
        """\
Epoch 1 took 12 s, accuracy 81.0 %
Epoch 2 took 30 s, accuracy 82.0 %
Epoch 3 took 11 s, accuracy 83.0 %
""",
        """\
23:59:30 Epoch 1 loss 1.2
00:01:30 Epoch 2 loss 1.1
""",
        """\
Training 20 epochs took 600 s in all, 45 s per epoch on the CPU and 29 s per epoch on the GPU. CIFAR-10
""",
        """\
Epoch 1/2
469/469 [====] - 14s 25ms/step - loss: 0.3 - accuracy: 0.90
Epoch 2/2
469/469 [====] - 12s 25ms/step - loss: 0.2 - accuracy: 0.93
""",
        """\
MNIST
| Epoch | Loss | Time (s) |
|---|---|---|
| 1 | 0.52 | 12.1 |
| 2 | 0.31 | 30.2 |
| 3 | 0.22 | 11.9 |
""",
        """\
2024-03-31 02:59:00 INFO Epoch 1 loss 1.2
2024-03-31 03:05:00 INFO Epoch 2 loss 1.1
""",
        """\
Each epoch takes about 40 seconds, which is approximately an hour for 100 epochs.
""",
    ],
)
def test_times_that_vary(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Une époque du grand réseau dure 8,1 s, soit 2,7 min en tout ; le petit met 2 s, 40 s en tout. 20 époques.\n",
        "每轮用时:甲 8 秒,乙 14 秒,丙 30 秒。丙的 20 轮共 10 分钟。\n",
        "Epoch: 1 | train loss: 1.1 | took 1 s in total\nEpoch: 2 | train loss: 1.0 | took 1 s in total\n"
        "Epoch: 3 | train loss: 0.9 | took 3 s in total\nEpoch: 4 | train loss: 0.8 | took 4 s in total\n",
        "Epoch 1/9\n12/12 ━━━━━━━━━━━━ 0s 150ms/step - loss: 1.1\n12/12 ━━━━━━━━━━━━ 3s 210ms/step - loss: 1.1\n",
        "Epoch [1/2] Train Loss: 1.2 | Time: 18.1s\nEpoch [2/2] Train Loss: 1.0 | Time: 18.2s\nNext network\n"
        "Epoch [1/2] Train Loss: 1.3 | Time: 19.1s\nEpoch [2/2] Train Loss: 1.1 | Time: 19.2s\n",
    ],
)
def test_times_of_several_networks(text: str) -> None:
    assert found(text) == []


def epochs_of(seconds: float, word: str = "Epoch") -> str:
    return "".join(f"{word} {epoch}/6 loss {2 / epoch:.3f} time {seconds} s\n" for epoch in range(1, 7))


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (epochs_of(50) + "\nThe training took 3 minutes.\n", "inconsistent"),
        (epochs_of(50, "Época") + "\nO treino levou 2 min 30 s.\n", "inconsistent"),
        ("Start: 09:10:00\n" + epochs_of(50) + "End: 09:13:10\n", "inconsistent"),
        ("Début : 23:58:00\n" + epochs_of(50, "Époque") + "Fin : 00:01:10\n", "inconsistent"),
        (epochs_of(50, "Époque") + "durée totale des 6 époques : 9 min 20 s\n", "inconsistent"),
        (epochs_of(50) + "sum of all epochs: 280 s\n", "inconsistent"),
        (epochs_of(50) + "training finished, total time 0:09:10\n", "doubtful"),
        (epochs_of(50, "轮次") + "训练完成，总用时 10分10秒\n", "doubtful"),
        (epochs_of(50, "Epoche") + "\nDas Training dauerte insgesamt 8 Minuten.\n", "doubtful"),
    ],
)
def test_the_times_of_a_log_are_added_up(text: str, severity: str) -> None:
    assert [finding.severity for finding in found(text)] == [severity]


@pytest.mark.parametrize(
    "text",
    [
        epochs_of(50) + "\nThe training took 5 minutes.\n",
        epochs_of(50) + "\nThe whole training took 5 min 20 s, loading included.\n",
        epochs_of(50) + "\nThe test took 3 s. Training the baseline took 2 minutes on another machine.\n",
        epochs_of(50) + "\nThe first epoch took longer: training it took 1 minute.\n",
        "Start: 09:10:00\n" + epochs_of(50) + "End: 09:15:40\n",
        epochs_of(50) + "sum of all epochs: 300 s\n",
        epochs_of(50) + "Training complete in 5m 31s\n",
        epochs_of(5) + "Total time 0:01:10\n",
        epochs_of(50) + "\nEl entrenamiento tardó 5 minutos para terminar.\n",
    ],
)
def test_a_total_may_hold_a_little_more_than_the_epochs(text: str) -> None:
    assert found(text) == []


TABLE = "| Device | Time per epoch (s) |\n|---|---|\n| CPU | 240 |\n| RTX 2060 | 30 |\n| A100 | 12 |\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "An epoch takes 48 s on the GPU instead of 96 s, so it is five times as fast.\n",
        "One epoch takes 20 s without and 50 s with augmentation. This is 4x slower.\n",
        "Eine Epoche dauert 30 s statt 60 s. Das ist viermal so schnell.\n",
        "Cada época tarda 40 s en lugar de 60 s, es decir, tres veces más rápido.\n",
        "Cada época leva 25 s em vez de 150 s, ou seja, duas vezes mais rápido.\n",
        "Une époque dure 18 s au lieu de 50 s : c'est cinq fois plus rapide.\n",
        "한 에폭에 90초 대신 45초가 걸려 5배 빠르다.\n",
        "每轮从 80 秒降到 40 秒,快了五倍。\n",
        "1エポックは60秒から30秒になり、4倍速い。\n",
        TABLE + "Training on the RTX 2060 is three times faster than on the CPU.\n",
        "It takes 30 s with and 33 s without caching, which is 40 % faster.\n",
    ],
)
def test_claims_of_speed(text: str) -> None:
    assert [finding.severity for finding in found(text)] == ["inconsistent"]


@pytest.mark.parametrize(
    "text",
    [
        "An epoch takes 48 s on the GPU instead of 96 s, so it is twice as fast.\n",
        "One epoch takes 20 s without and 50 s with augmentation. This is 2.5x slower.\n",
        "Une époque dure 18 s au lieu de 50 s : c'est presque trois fois plus rapide.\n",
        "一轮从 80 秒降到 40 秒,快了一倍。\n",
        TABLE + "Training on the RTX 2060 is eight times faster than on the CPU.\n",
        TABLE + "The A100 is 20x faster than the CPU.\n",
        "It takes 30 s with and 45 s without caching, which is 33 % less time.\n",
        "It takes 30 s with and 45 s without caching, which is 50 % faster.\n",
        "Adam converges five times as fast as SGD.\n",
        "An epoch takes 48 s. The test takes up to 3 times longer than the 9 s of validation.\n",
    ],
)
def test_claims_of_speed_that_fit(text: str) -> None:
    assert found(text) == []


def test_a_claim_of_speed_that_names_no_times_is_doubtful() -> None:
    text = (
        "An epoch takes 20 s on the old card.\n\nOn the new card it takes 12 s.\n\nSo the new one is 6 times as fast.\n"
    )
    assert [finding.severity for finding in found(text)] == ["doubtful"]


def test_the_time_of_a_step_against_the_time_stamps() -> None:
    def log(pace: float) -> str:
        return "".join(
            f"2021-03-04 10:{minute:02}:00.12: step {200 * minute}, loss = {2 / (minute + 1):.2f} ({pace} sec/batch)\n"
            for minute in range(6)
        )

    assert found(log(0.29)) == []
    (finding,) = found(log(59.1))
    assert finding.severity == "inconsistent"
    assert "300 ms" in finding.possible


def test_rows_of_a_table_are_multiplied() -> None:
    head = "# CNNs on MNIST\n\n| Model | Epochs | Time per epoch (s) | Total time (min) |\n|---|---|---|---|\n"
    (finding,) = found(head + "| A | 20 | 30.1 | 10.2 |\n| B | 20 | 60.2 | 10.1 |\n")
    assert finding.where == "report.md:6"
    assert found(head + "| A | 20 | 30.1 | 10.2 |\n| B | 20 | 60.2 | 20.3 |\n") == []


def test_a_clock_that_goes_back_by_less_than_an_hour_is_doubtful() -> None:
    text = "2024-10-27 02:50:00 INFO Epoch 1 loss 1.2\n2024-10-27 02:05:00 INFO Epoch 2 loss 1.1\n"
    assert [finding.severity for finding in found(text)] == ["doubtful"]


def test_a_total_several_times_its_epochs_is_doubtful() -> None:
    text = "We trained on MNIST for 20 epochs. Each epoch took 30 s, and the whole training took 2 hours."
    assert [finding.severity for finding in found(text)] == ["doubtful"]


def test_lines_that_are_wrong_in_the_same_way_are_one_finding() -> None:
    lines = [f"Epoch {epoch}/4\n469/469 [====] - 3s 25ms/step - loss: 0.3 - accuracy: 0.9" for epoch in range(1, 5)]
    (finding,) = found("MNIST\n" + "\n".join(lines))
    assert "3 more lines" in finding.says


def test_a_table_of_settings_is_multiplied() -> None:
    table = (
        "| Setting | Value |\n|---|---|\n| Epochs | 25 |\n| Time per epoch | 38 s |\n| Total training time | {} min |\n"
    )
    assert [finding.severity for finding in found(table.format("9.5"))] == ["inconsistent"]
    assert found(table.format("16.1")) == []
