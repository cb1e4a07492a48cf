"""Which images each number is of."""

import pytest

from deepstudy.audits.reading.lines.phrases import read_phrase
from deepstudy.audits.reading.lines.splits import images_of


def splits(line: str, is_printed: bool = False) -> list[str]:
    return [each.split for each in read_phrase(line, is_printed=is_printed).numbers if each.metric]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Train and test accuracy are 99 % and 98 %.", ["train", "test"]),
        ("The accuracy is 99 % on the training set and 98 % on the test set.", ["train", "test"]),
        ("The accuracy on the training set is 99 % and on the test set 98 %.", ["train", "test"]),
        ("After training, the accuracy on the test set is 98 %.", ["test"]),
        ("After training for long, test accuracy is 98 % and loss is 0.1.", ["test", ""]),
        ("It reaches an accuracy of 98 %.", [""]),
        ("Validierungsgenauigkeit 97 %, Testgenauigkeit 98 %", ["validation", "test"]),
        ("Genauigkeit von 99 % auf den Trainingsdaten und 98 % auf den Testdaten", ["train", "test"]),
        ("exactitude de 99 % sur les données d'entraînement et de 98 % sur les données de test", ["train", "test"]),
        ("训练集准确率99%，测试集98%", ["train", "test"]),
        ("訓練データの精度は99%、テストデータでは98%", ["train", "test"]),
        ("훈련 정확도는 99%, 테스트 정확도는 98%", ["train", "test"]),
    ],
)
def test_splits_of_sentences(line: str, expected: list[str]) -> None:
    assert splits(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("train_loss 0.3 val_loss 0.4", ["train", "validation"]),
        ("train 0.6924 acc 0.5511 val 0.6861 acc 0.6389", ["train", "train", "validation", "validation"]),
        ("train loss 0.01 acc 46 % test loss 1.17 acc 51 %", ["train", "train", "test", "test"]),
        ("loss 0.3, acc 0.91, val_loss 0.4, val_acc 0.88", ["", "", "validation", "validation"]),
        ("Train Loss: 2.47 Acc: 4.86", ["train", "train"]),
        ("eval/accuracy 0.91", ["test"]),
        ("acc: 98.2% (train), 97.1% (test)", ["train", "test"]),
    ],
)
def test_splits_of_prints(line: str, expected: list[str]) -> None:
    assert splits(line, is_printed=True) == expected


@pytest.mark.parametrize(
    ("line", "images"),
    [
        ("The accuracy on 300 test images is 91.5 %.", 300),
        ("The network reaches 91.5 % accuracy on the 300 test images.", 300),
        ("With 5,000 training images, the test accuracy is 91.5 %.", None),
        ("The test accuracy is 91.5 % with 30 test images per class.", None),
        ("The test accuracy is 91.5 %.", None),
    ],
)
def test_the_images_that_a_rate_is_over(line: str, images: int | None) -> None:
    phrase = read_phrase(line)
    (rate,) = (each for each in phrase.numbers if each.metric == "accuracy")
    assert images_of(phrase, rate) == images
