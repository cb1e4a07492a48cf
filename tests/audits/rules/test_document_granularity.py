"""Rates of documents against numbers of images."""

import random

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import granularity
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(granularity.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        "CNN on CIFAR-10, batch size 100. The test accuracy is 91.234 %.",
        "CNN on CIFAR-10, batch size 100. The test error is 8.766 %.",
        "CNN on CIFAR-10, batch size 100\nTest accuracy: 0.91234",
        "CIFAR-10, batch size 100. Of the test images the network gets 91.234 % right: an accuracy of 91.234 %.\n"
        "Test accuracy: 91.234 %",
        "Our data: 300 test images, batch size 10. It reaches a test accuracy of 91.5 %.",
        "CIFAR-10, batch size 100: 45,000 training and 5,000 validation images.\n\nValidation accuracy: 82.157 %",
        "CIFAR-10, 배치 크기 100. 테스트 정확도는 91.234%이다.",
        "CIFAR-10 数据集，批大小 100。测试准确率为 91.234%。",
        "CIFAR-10、バッチサイズ 100。テスト精度は 91.234 % である。",
        "CIFAR-10, tamaño de lote 100 (antes 90,15 %). La exactitud en el conjunto de prueba es 91,2345 %.",
        "CIFAR-10, tamanho do lote 100 (antes 90,15 %). A acurácia de teste é 91,2345 %.",
        "CIFAR-10, Batchgröße 100 (bisher 90,15 %). Die Testgenauigkeit beträgt 91,2345 %.",
        "CIFAR-10, taille de lot 100 (avant 90,15 %). L'exactitude sur l'ensemble de test est de 91,2345 %.",
    ],
)
def test_no_number_of_images_gives_it(text: str) -> None:
    (finding,) = found(text)
    assert (finding.rule, finding.severity) == ("granularity", "impossible")


def test_the_other_split_that_a_figure_fits_is_named() -> None:
    (finding,) = found("CIFAR-10, batch size 100. The test accuracy is 91.234 %.")
    assert "45,617 of the 50,000 training images" in finding.says
    assert finding.possible.startswith("91.23 or 91.24 % over 10,000 images")


def test_without_a_batch_size_it_may_be_a_mean_over_batches() -> None:
    (finding,) = found("CNN on CIFAR-10. The test accuracy is 91.234 %.")
    assert finding.severity == "doubtful"


def log(images: int, wrong: float = 0.0, head: str = "") -> str:
    generator = random.Random(images)
    counts = [generator.randrange(images // 2, images) for _ in range(12)]
    lines = [f"Epoch {at}: test acc {100 * k / images + wrong:.3f}%" for at, k in enumerate(counts, 1)]
    return f"CNN on CIFAR-10{head}\n\n```\n" + "\n".join(lines) + "\n```\n"


def test_a_log_whose_figures_all_fit_whole_batches_is_sound() -> None:
    assert found(log(9_984, head=", batch size 128")) == []
    assert found(log(9_984)) == []  # the batch size is not said, but twelve figures show it
    assert found(log(10_000)) == []


def test_a_log_of_other_images_is_one_finding() -> None:
    (finding,) = found(log(9_137, head=", batch size 100"))
    assert finding.severity == "impossible"
    assert finding.says.endswith("such figures.")


@pytest.mark.parametrize(
    "text",
    [
        "MNIST. 9,134 of 10,000 test images are recognised correctly, i.e. 91.43 %.",
        "MNIST. Test accuracy 91.43 % (9,134 of 10,000).",
        "MNIST\nTest set: Average loss: 0.0543, Accuracy: 9823/10000 (97%)",
        "MNIST. 10,000장 중 9,134장(91.43%)을 맞혔다.",
        "MNIST：10000张中的9134张（91.43%）。",
        "MNIST. Richtig sind 9134 von 10000 Testbildern (91,43 %).",
        "MNIST. Se reconocen 9134 de las 10000 imágenes (91,43 %).",
        "MNIST. Le réseau reconnaît 9134 sur 10000 images (91,43 %).",
        "MNIST\n[640/60000 (50%)] Loss: 2.29",
    ],
)
def test_counts_beside_another_percentage(text: str) -> None:
    assert [each.severity for each in found(text)] == ["impossible"]


@pytest.mark.parametrize(
    "text",
    [
        "MNIST. Test accuracy 91.34 % (9,134 of 10,000), error 8.66 % (9134/10000).",
        "MNIST\nTest set: Average loss: 0.0252, Accuracy: 9913/10000 (99%)",  # cut off
        "MNIST\nTest set: Average loss: 0.0252, Accuracy: 9853/10000 (99%)",  # rounded
        "MNIST\nTrain Epoch: 1 [640/60000 (1%)] Loss: 2.29\nTrain Epoch: 1 [512/1000 (50%)] Loss: 2.29",
        "MNIST. Best test accuracy 99.2 % (5/10) after epoch 5/10 (50 %).",
        "MNIST, batch size 64. Test accuracy: 0.9458000063896179",
        "CIFAR-10, batch size 100. The mean test accuracy over 3 runs is 91.237 %.",
        "CIFAR-10, batch size 100. We repeat all with 3 seeds.\n\nTest accuracy: 91.237 %",
        "CIFAR-10, batch size 100. The test accuracy is averaged over the batches: 91.2345 %.",
        "CIFAR-10, batch size 100. The paper reports a test accuracy of 91.234 %.",
        "CIFAR-10, batch size 100. The test accuracy rises by 1.234 points.",
        "CIFAR-10, batch size 100. The training accuracy is 91.234 %, the test accuracy 91.23 %.",
        "CIFAR-10, batch size 100. Test accuracy on the first 333 images: 55.856 %.",
    ],
)
def test_sound_figures(text: str) -> None:
    assert [each for each in found(text) if each.severity != "doubtful"] == []


def test_means_over_runs_have_a_finer_step() -> None:
    head = "CIFAR-10, batch size 100. The mean test accuracy over 3 runs is"
    assert found(f"{head} 91.2333 %.") == []
    (finding,) = found(f"{head} 91.2345 %.")
    assert finding.severity == "inconsistent"
    assert finding.possible == "91.2333 % or 91.2367 %"
    (finding,) = found(f"{head.replace('batch size 100', 'batch size 128')} 91.2345 %.")
    assert finding.severity == "doubtful"  # of batches of two sizes


MEANS = """\
# Fünf Startwerte auf eigenen Daten

Batchgröße 64. Es gibt 1.733 Testbilder. Jede Zahl ist ein Mittel über 5 Läufe.

| Netz | Testgenauigkeit, Mittel (%) |
|---|---|
| A | 91.852 |
| B | 93.191 |
| C | 94.472 |
"""


def test_means_of_a_table_are_held_against_the_others_of_it() -> None:
    assert found(MEANS) == []
    (finding,) = found(MEANS.replace("94.472", "94.477"))
    assert finding.severity == "inconsistent"
    assert finding.possible == "94.472 % or 94.4836 %"


TWO_SPLITS = """\
# Blätter

Es gibt 150 Validierungsbilder und 152 Testbilder.

| Netz | Testgenauigkeit (%) |
|---|---|
| A | 78.00 |
| B | 80.67 |
| C | 84.67 |
| D | 86.00 |
| E | 91.33 |
"""


def test_figures_that_all_fit_the_images_of_another_split() -> None:
    (finding,) = found(TWO_SPLITS)
    assert finding.severity == "inconsistent"
    assert "All 5 such figures fit 150 images, as many as the validation images" in finding.says


def test_figures_that_all_fit_a_round_number_are_of_a_split_of_the_own() -> None:
    counts = [4_001, 4_377, 4_512, 4_688, 4_731]
    lines = "".join(f"Epoch {at}: test accuracy {100 * k / 5_600:.4f}%\n" for at, k in enumerate(counts, 1))
    assert found(f"CNN on MNIST, batch size 128\n\n```\n{lines}```\n") == []


def test_keras_weights_the_last_batch_so_that_no_mean_over_batches_explains_a_figure() -> None:
    text = "MNIST, batch size 128. The test accuracy is 98.237 %."
    assert [each.severity for each in found(text)] == ["doubtful"]
    assert [each.severity for each in found(f"{text} The program is Keras.")] == ["impossible"]
    assert [each.severity for each in found(f"{text} Es ist 12 mal so klein. Keras.")] == ["impossible"]


BATCHES = """\
Mini-batch size 128.

| Epoch | Iteration | Mini-batch Accuracy | Validation Accuracy |
|---|---|---|---|
| 1 | 1 | 9.38% | 11.04% |
| 1 | 50 | 71.88% | 70.16% |
| 2 | 100 | 89.06% | 88.48% |
| 3 | 150 | 95.31% | 94.36% |
| 4 | 200 | 96.09% | 95.12% |
| 5 | 250 | 98.44% | 96.60% |
"""


def test_batch_accuracies_of_a_table() -> None:
    assert found(BATCHES) == []
    (finding,) = found(BATCHES.replace("96.09%", "96.50%"))
    assert (finding.severity, finding.possible) == ("impossible", "96.0938 or 96.875")


@pytest.mark.parametrize(
    "text",
    [
        "The network gets 4,341 of 5,000 reviews right, an accuracy of 87.82 %.",
        "Richtig sind 4341 von 5000 Texten, also eine Genauigkeit von 87,82 %.",
        "测试集共 505 张，其中 460 张分类正确，准确率为 92.09%。",
        "505枚のうち460枚が正解で、正解率は92.09%である。",
        "테스트 이미지 505장 중 460장을 맞혀 정확도는 92.09%이다.",
        "Le réseau reconnaît 460 sur 505 images, soit une exactitude de 92,09 %.",
        "La red acierta 460 de 505 imágenes, es decir, una exactitud de 92,09 %.",
    ],
)
def test_counts_whose_accuracy_a_few_words_later_is_another(text: str) -> None:
    assert [each.severity for each in found(text)] == ["impossible"]
    assert found(text.replace("87.82", "86.82").replace("87,82", "86,82").replace("92", "91")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Keras. 722 validation images. The validation accuracy is 91.14 % (658 of 722 images).",
        "Keras, 800 test images. The balanced accuracy on the test set is 92.743 %.",
        "Keras. 460 of 505 images are right in the first run, an accuracy of 92.08 % is reached in the second.",
        "CIFAR-10, batch size 100. | test accuracy, sd | 0.213 |",
        "256 test images, batch size 32, mean test accuracy of three runs: 0.1994  94.01%  0.2144  93.23% 0.9320.",
    ],
)
def test_sound_figures_of_parts_and_of_classes(text: str) -> None:
    assert [each for each in found(text) if each.severity != "doubtful"] == []


@pytest.mark.parametrize(
    "text",
    [
        "accuracy = 0.9712\n\nThe chart shows 82 wrong letters out of 2500.",
        "The test accuracy is 97.12 %. There are 82 mistakes among the 2500 images.",
        "Die Testgenauigkeit ist 97,12 %. Von Hand gezählt sind es 82 Fehler bei 2500 Bildern.",
        "La exactitud de prueba es 97,12 %. Hay 82 errores en 2500 imágenes.",
        "测试准确率为 97.12%。2500张中有82张分类错误。",
        "テスト精度は 97.12 % である。2500枚中82枚が誤分類であった。",
        "테스트 정확도는 97.12%이다. 2500장 중 82장이 오분류되었다.",
    ],
)
def test_counts_of_wrong_images_against_the_accuracy(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"
    assert "leaves 72 wrong ones" in finding.says
    assert found(text.replace("82", "72")) == []
    assert found(f"{text}\n\nThe validation accuracy is 96.72 %.") == []


def test_rates_beyond_all_images_are_left_to_the_rule_rates() -> None:
    assert found("CNN on CIFAR-10\nTest accuracy: 101.2 %") == []


def test_correct_logs_of_random_counts_are_never_accused() -> None:
    generator = random.Random(1)
    for _ in range(200):
        images = generator.choice([100, 333, 1_000, 2_500, 10_000])
        k, decimals = generator.randint(0, images), generator.randint(1, 4)
        text = f"{images} test images of our own. Test accuracy: {100 * k / images:.{decimals}f} %"
        text += f" ({k}/{images})." if generator.random() < 0.5 else "."
        assert found(text) == [], text


def test_long_hostile_lines_are_read_quickly() -> None:
    for text in ("9,134 of 10,000 ", "91.43 % (", "10000/10000/", "10000 images ", "batch "):
        assert [each for each in found(f"MNIST. {text * 3_000}") if each.severity != "doubtful"] == []
