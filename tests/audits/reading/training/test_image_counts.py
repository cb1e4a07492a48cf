"""Numbers of images in sentences of eight languages."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.reading.training.image_counts import ImageCounts, read_image_counts


def sentences(text: str) -> list[ImageCounts]:
    evidence = of_text(text, "report.md")
    assert evidence.document is not None
    return list(read_image_counts(evidence.document, evidence.layout))


@pytest.mark.parametrize(
    "text",
    [
        "MNIST holds 60,000 training and 10,000 test images.",
        "Die Daten haben 60.000 Trainingsbilder und 10.000 Testbilder.",
        "훈련 이미지 60,000장, 테스트 이미지 10,000장",
        "训练集60000张，测试集10000张。",
        "学習データ60,000枚、テストデータ10,000枚",
        "Usamos 60.000 imágenes de entrenamiento y 10.000 de prueba.",
        "Usamos 60.000 imagens de treino e 10.000 de teste.",
        "Les données comptent 60 000 images d'entraînement et 10 000 images de test.",
        "Train: 60000, Test: 10000",
        "We use 60,000 images for training and 10,000 for testing.",
    ],
)
def test_sizes_of_splits(text: str) -> None:
    (sentence,) = sentences(text)
    assert (sentence.of("train"), sentence.of("test")) == ([60_000], [10_000])


def test_totals_classes_and_shares() -> None:
    (sentence,) = sentences("CIFAR-10 consists of 60,000 colour images in 10 classes, with 6,000 images per class.")
    assert (sentence.of("all"), sentence.per_class, sentence.classes) == ([60_000], 6_000, 10)
    (sentence,) = sentences("The 70,000 images were split 80/10/10 into 56,000 for training and 14,000 for testing.")
    assert sentence.shares == (80, 10, 10)


def test_numbers_of_something_else_are_none() -> None:
    assert sentences("We train for 20 epochs with a batch size of 64.") == []
