"""Sentences that compare networks by their parameters."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import parameters
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    """What the rule for parameters finds in a text."""
    return list(parameters.find(of_text(text, "report.md")))


TWO = "The small network has 40,500 parameters and the large network has 162,300 parameters. "
ZWEI = "Das kleine Netz hat 40.500 Parameter, das große Netz hat 162.300 Parameter. Der Anteil war 0,5. "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWO + "So the large one needs twice as many parameters.", "twice as many parameters"),
        (TWO + "The large one has more than six times as many parameters.", "six times as many"),
        (TWO + "The small network has about half the parameters of the other one.", "half the parameters"),
        (TWO + "In weights, the small network is about 2 times smaller.", "2 times smaller"),
        (ZWEI + "Das große hat also doppelt so viele Parameter.", "doppelt so viele Parameter"),
        (ZWEI + "Das große hat rund achtmal so viele Parameter.", "achtmal so viele Parameter"),
        ("Le petit réseau a 40 500 paramètres, le grand réseau 162 300 paramètres. Le grand a deux fois plus de "
         "paramètres.", "deux fois plus de paramètres"),
        ("La red chica tiene 40.500 parámetros y la grande 162.300 parámetros. La grande tiene el doble de parámetros.",
         "el doble de parámetros"),
        ("A rede menor tem 40.500 parâmetros e a maior 162.300 parâmetros. A maior tem o dobro de parâmetros.",
         "o dobro de parâmetros"),
        ("작은 모델의 파라미터는 40,500개이고 큰 모델의 파라미터는 162,300개로, 두 배이다.", "두 배"),
        ("小模型的参数量为 40,500，大模型的参数量为 162,300，后者是前者的两倍。", "两倍"),
        ("小さいモデルのパラメータは 40,500、大きいモデルのパラメータは 162,300 で、2倍である。", "2倍"),
        (TWO + "With exactly the same number of parameters, the deep one is better.", "the same number of parameters"),
        (ZWEI + "Beide haben gleich viele Parameter.", "gleich viele Parameter"),
        ("小模型的参数量为 40,500，大模型的参数量为 162,300。两个模型的参数量相同。", "参数量相同"),
        (
            "小模型的参数量为 40,500，大模型的参数量为 162,300。"
            "两者（SE 与 GC）的参数量完全相同，不是大小的问题。",
            "参数量完全相同",
        ),
    ],
)  # fmt: skip
def test_comparisons_that_no_two_counts_fit(text: str, said: str) -> None:
    findings = [finding for finding in found(text) if said in finding.says]
    assert len(findings) == 1


@pytest.mark.parametrize(
    "text",
    [
        TWO + "So the large one needs four times as many parameters.",
        TWO + "The large one has almost five times the parameters, and took twice as much time.",
        TWO + "The large one has three times more parameters.",
        TWO + "It makes half as many mistakes with its parameters.",
        TWO + "With twice as many parameters, would it be better?",
        TWO + "A network with the same number of parameters would be better.",
        TWO + "In the paper, VGG has three times as many parameters as AlexNet.",
        TWO + "It is 12 times smaller in parameters than ResNet-50.",
        TWO + "A third network of 40,480 parameters has about the same number of parameters.",
        ZWEI + "Das große hat rund viermal so viele Parameter.",
        "The first layer has 30,000 parameters, the second 10,500. In all these are 40,500 parameters. The other "
        "network has 81,300 parameters. This is twice as many parameters.",
        "The network has 40,500 parameters, of which 20,000 are in one layer. The other has 162,300 parameters, four "
        "times as many parameters.",
        "小模型的参数量为 40,500，大模型的参数量为 81,300，后者是前者的两倍。",
        "小模型的参数量为 40,500，大模型的参数量为 162,300，但速度快两倍。",
        "小模型的参数量为 40,500，大模型的参数量为 162,300，二者并非参数量相同。",
    ],
)
def test_comparisons_with_a_sound_reading(text: str) -> None:
    assert found(text) == []


ADDED = """\
    broad   784 - 600 - 20
            784*600 + 600 = 471,000
            600*20 + 20   =  12,020
            together        483,020

    deep    784 - 300 - 300 - 300 - 20
            784*300 + 300 = 235,500
            300*300 + 300 =  90,300   (twice)
            300*20 + 20   =   6,020
            together        422,120
"""


def test_counts_that_stand_below_equations() -> None:
    assert found(ADDED) == []
    (finding,) = found(ADDED + "\nWith exactly the same number of parameters, the deep one wins.\n")
    assert (finding.severity, "483,020 parameters are 1.14 times 422,120" in finding.says) == ("inconsistent", True)
    (finding,) = found(ADDED.replace("together        422,120", "together        322,120"))
    assert "322,120" in finding.says


MLPS = """\
| network | parameters |
|---|---|
| MLP 784-100-10 | 79,510 |
| MLP 784-200-50-10 | 167,560 |
"""


def test_a_row_that_names_a_perceptron_by_its_widths() -> None:
    assert found(MLPS) == []
    assert found(MLPS.replace("79,510", "79,400")) == []  # without biases
    assert found(MLPS.replace("167,560", "168k")) == []
    assert found(MLPS.replace("| MLP 784-200-50-10", "| CNN 784-200-50-10").replace("167,560", "167,650")) == []
    (finding,) = found(MLPS.replace("167,560", "167,650"))
    assert "157,000 + 10,050 + 510 = 167,560 parameters, not 167,650" in finding.says


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Das Netz hat die Schichten 784-400-30-10. Zusammen sind das 326.430 Parameter.", "inconsistent"),
        ("The perceptron is 784 → 400 → 30 → 10. Together these are 326,430 parameters.", "inconsistent"),
        ("다층 퍼셉트론은 784 → 400 → 30 → 10 이다.\n총 326,430 개의 파라미터를 가진다.", "inconsistent"),
        ("感知机的结构为 784-400-30-10，共有 326,430 个参数。", "inconsistent"),
    ],
)
def test_a_total_against_the_widths_of_a_perceptron(text: str, severity: str) -> None:
    (finding,) = found(text)
    assert (finding.severity, "314,000 + 12,030 + 310 = 326,340" in finding.says) == (severity, True)
    assert found(text.replace("326.430", "326.340").replace("326,430", "326,340")) == []


@pytest.mark.parametrize(
    "text",
    [
        "The head of the convolutional network is 784-400-30-10. In all it has 901,000 parameters.",
        "Call 784-400-300 for help. The network has 5,000 parameters.",
        "# A\n784-400-30-10\n\n# B\nIt has 901,000 parameters: another network.",
    ],
)
def test_widths_with_a_sound_reading(text: str) -> None:
    assert not [finding for finding in found(text) if finding.severity != "doubtful"]


@pytest.mark.parametrize(
    "text",
    [
        "The first layer has 200,100 weights, the second 31,820 and the last layer 1,290, which gives 233,210 in all.",
        "Die erste Schicht hat 200.100 Parameter, die zweite 31.820 und die letzte 1.290, zusammen 233.210.",
        "La primera capa tiene 200.100 parámetros, la segunda 31.820 y la última 1.290: en total son 233.210.",
        "La première couche a 200 100 paramètres, la deuxième 31 820 et la dernière 1 290, au total 233 210.",
        "第一层有 200,100 个参数，第二层 31,820，最后一层 1,290，一共 233,210。",
        "첫 번째 층의 파라미터는 200,100개, 두 번째는 31,820개, 마지막은 1,290개로 모두 233,210개이다.",
    ],
)
def test_a_sum_in_a_sentence(text: str) -> None:
    assert found(text) == []
    for right, wrong in (("233,210", "232,310"), ("233.210", "232.310"), ("233 210", "232 310")):
        if right in text:
            (finding,) = found(text.replace(right, wrong))
            assert "200,100 + 31,820 + 1,290 = 233,210, but the text says 232,310" in finding.says
