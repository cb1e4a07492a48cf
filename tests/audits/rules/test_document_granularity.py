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
