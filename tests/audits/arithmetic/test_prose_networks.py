"""Networks in sentences against the counts beside them."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import parameters
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    """What the rule for parameters finds in a text."""
    return list(parameters.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("On MNIST the network has two 3x3 convolutions with 20 and 40 filters, each followed by 2x2 max pooling, and "
         "an output layer with 10 units. It has {} parameters.", "17,450", "17,540"),
        ("Das Netz für MNIST besteht aus zwei Faltungen mit 20 und 40 Filtern (3×3), jeweils mit 2×2-Pooling, und "
         "einer Ausgabeschicht mit 10 Neuronen. Insgesamt sind es {} Parameter.", "17.450", "17.540"),
        ("Para MNIST usamos dos convoluciones de 3x3 con 20 y 40 filtros, cada una con pooling de 2x2, y una salida "
         "de 10 neuronas. La red tiene {} parámetros.", "17.450", "17.540"),
        ("A rede para MNIST tem duas convoluções 3x3 com 20 e 40 filtros, cada uma com pooling 2x2, uma camada densa "
         "de 64 neurônios e a saída de 10. São {} parâmetros.", "72.154", "72.514"),
        ("Pour MNIST, le réseau a deux convolutions 3×3 de 20 et 40 filtres, chacune suivie d'un pooling 2×2, et une "
         "sortie de 10 neurones. Il compte {} paramètres.", "17 450", "17 540"),
        ("MNIST 모델은 20와 40개의 필터를 가진 3x3 합성곱 두 층과 2x2 풀링, 출력 10개로 이루어진다. "
         "파라미터는 {}개이다.", "17,450", "17,540"),
        ("在 MNIST 上，网络由两个 3×3 卷积层（20 和 40 个滤波器，各接 2×2 池化）和 10 个输出组成，"
         "参数量为 {}。", "17,450", "17,540"),
        ("MNIST では、20と40のフィルタを持つ3×3の畳み込み2層と2×2プーリング、出力10からなり、"
         "パラメータは {} である。", "17,450", "17,540"),
    ],
)  # fmt: skip
def test_a_count_with_its_digits_in_another_order(text: str, right: str, wrong: str) -> None:
    assert found(text.format(right)) == []
    (finding,) = found(text.format(wrong))
    assert finding.severity == "inconsistent"
    assert f"= {right.replace('.', ',').replace(' ', ',')} parameters" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        "On MNIST it has two 3x3 convolutions with 20 and 40 filters and 2x2 pooling. It has 88,900 parameters.",
        "On MNIST it has two residual blocks of 3x3 convolutions with 20 and 40 filters and pooling. It has 17,540 "
        "parameters.",
        "It has two 3x3 convolutions with 20 and 40 filters and 2x2 pooling. It has 17,540 parameters.",
        "On MNIST it has two 3x3 convolutions with 20 and 40 filters and 2x2 pooling. It has 15,740 parameters.",
        "On MNIST it has two 3x3 convolutions with 20 and 40 filters, 2x2 pooling and 1000-50-10. It has 17,540 "
        "parameters.",
    ],
)
def test_what_is_left_open(text: str) -> None:
    assert found(text) == []
