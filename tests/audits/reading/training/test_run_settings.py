"""Settings of training in sentences, tables and code."""

import pytest

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.training.run_settings import RunSettings


def settings(text: str) -> RunSettings:
    return read_training(of_text(text, "report.md")).settings


@pytest.mark.parametrize(
    ("text", "batches"),
    [
        ("We train with a batch size of 64 for 10 epochs.", [64]),
        ("Batch size 32, 10 epochs, lr 0.01", [32]),
        ("All networks were trained with a batch size of\n64 and the same rate.", [64]),
        ("| Batch size | 128 |", [128]),
        ("in mini-batches of 100 images", [100]),
        ("batch sizes 32, 64 and 128", [32, 64, 128]),
        ("BATCH_SIZE = 256", [256]),
        ("'MiniBatchSize',128", [128]),
        ("배치 크기는 64", [64]),
        ("批大小为128", [128]),
        ("バッチサイズは32", [32]),
        ("tamaño de lote: 64", [64]),
        ("tamanho do lote de 64", [64]),
        ("Batchgröße 64", [64]),
        ("une taille de lot de 64", [64]),
        ("Batch size: 64\nTest batch size: 1000", [64]),
        (
            "train_loader = DataLoader(train_set, batch_size=64)\ntest_loader = DataLoader(test_set, batch_size=1000)",
            [64],
        ),
        ("model.evaluate(x_test, y_test, batch_size=500)", []),
        ("model.fit(x_train, y_train, epochs=5)", [32]),
        ("model.fit(x_train, y_train, **options)", []),
        ("model.fit(train_generator, epochs=5)", []),
        ("python train.py -a resnet18 -b 48 --lr 0.1", [48]),
    ],
)
def test_batch_sizes(text: str, batches: list[int]) -> None:
    assert settings(text).batches == batches


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("We train for 20 epochs.", [20]),
        ("num_epochs = 5", [5]),
        ("Number of epochs: 30", [30]),
        ("에폭 수: 20", [20]),
        ("训练30轮", [30]),
        ("Das Training lief 15 Epochen.", [15]),
        ("Warm-up for 5 epochs; the rate falls every 10 epochs.", []),
        ("The loss stays the same after 15 epochs.", []),
        ("Three cycles of 5, 15 and 30 epochs", [30, 5, 15]),
        ("model.fit(x, y, epochs=7, batch_size=64)", [7]),
        ("エポック数 12", [12]),
        ("12 エポックの後は 0.001 とした", []),
    ],
)
def test_lengths_of_runs(text: str, lengths: list[int]) -> None:
    assert [said.value for said in settings(text).epochs] == lengths


def test_learning_rates() -> None:
    assert [said.value for said in settings("learning rates of 0.1 and 0.01").rates] == [0.1, 0.01]
    assert [said.value for said in settings("taxa de aprendizagem de 0,001").rates] == [0.001]


def test_parts_that_are_held_out() -> None:
    assert settings("model.fit(x, y, validation_split=0.2, epochs=3)").validation_split == 0.2
    assert settings("model.fit(x, validation_split=0.2)\nmodel.fit(x, validation_split=0.2)").validation_split is None
    assert settings("random_split(full, [55000, 5000])").splits == [(55000, 5000)]
