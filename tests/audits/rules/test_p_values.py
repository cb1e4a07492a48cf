"""p-values against the statistic and the words beside them."""

import math

import pytest
from scipy import stats

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import p_values
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(p_values.find(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        "The two networks differ, t(8) = 1.42, p = 0.019.",
        "Der Unterschied zwischen beiden Netzen ist klar (t(18) = 1,20; p = 0,012).",
        "An ANOVA over three optimizers gives F(2, 57) = 1.40, p < .05.",
        "세 모델을 비교했다 (F(2, 27) = 1.10, p = 0.004).",
        "McNemar's test on the 10,000 test images: χ² = 2.10, p = 0.02.",
        "两个模型的差异: χ²(1, N = 200) = 1.8, p = 0.01。",
        "La corrélation avec la profondeur est r(28) = 0,20, p = 0,01.",
        "z = 1.20, p = .001",
        "t = -1.2214, df = 17.776, p-value = 0.0238",
        "TtestResult(statistic=np.float64(-1.9), pvalue=np.float64(0.0127), df=np.float64(8.0))",
        "| pair | test |\n|---|---|\n| LeNet-5 and VGG | t(4) = 1.0, p = 0.01 |",
        "$t(8) = 1.42$, $p = 1.9 \\times 10^{-4}$",
    ],
)
def test_a_p_that_is_smaller_than_its_statistic_allows(text: str) -> None:
    (finding,) = found(text)
    assert (finding.rule, finding.severity) == ("p_values", "inconsistent")


def test_the_sentence_says_what_p_would_be_and_that_the_conclusion_changes() -> None:
    (finding,) = found("The gain is significant (t(8) = 1.42, p = 0.019).")
    assert finding.says.startswith("t(8) = 1.42 gives p = 0.193, one-sided 0.097, not p = 0.019.")
    assert finding.says.endswith("At the 5 % level the result is not significant.")
    assert finding.where == "report.md:1"


@pytest.mark.parametrize(
    "text",
    [
        "t(8) = 2.93, p = 0.019",
        "t(8) = 2.93, p = 0.0095, one-sided",
        "t(8) = -2.93, p = 0.0095",
        "t(8) = -2.93, p = 0.99",  # one-sided, in the other direction
        "t(8) = 2.9, p = .02",  # both rounded
        "t(8) = 2.93, p < .05, and F(2, 57) = 3.40, p = .04",
        "F(2, 57) = 3.40, p > .01",
        "χ²(1, N = 90) = 4.2, p = .04; χ2(4) = 3.36, p = .50",
        "r(48) = .32, p = .02; r(50) = 0.32, p = 0.024",
        "McNemar's test (χ² = 23.47, p < 0.001) confirms it.",
        "t = -1.2214, df = 17.776, p-value = 0.2381",
        "TtestResult(statistic=-3.2, pvalue=0.0125985, df=8)",
        "A permutation test gives t(8) = 1.42, p = 0.019.",
        "Dropout p = 0.5, z = 3, t(3) = 4 s",
        "The layer F(2, 3) = 4 has padding p = 1.",
    ],
)
def test_sound_results(text: str) -> None:
    assert found(text) == []


def test_a_p_that_is_too_large_is_doubtful_only_where_it_may_be_corrected() -> None:
    assert [each.severity for each in found("t(8) = 2.93, p = 0.19")] == ["inconsistent"]
    assert [each.severity for each in found("t(8) = 2.93, p = 0.19 after a Bonferroni correction")] == ["doubtful"]
    several = "t(8) = 2.93, p = 0.057\n\nt(8) = 3.1, p = 0.044\n\nt(8) = 0.9, p = 0.99"
    assert {each.severity for each in found(several)} == {"doubtful"}


@pytest.mark.parametrize(
    "text",
    [
        "方差分析：F(2, 27) = 1.10，p = 0.004。",
        "t検定の結果は t（8）＝1.42、p＝0.019 であった。",
        "F(2,27)=1.10, p=0.004",
        "$F_{2,27} = 1.10$, $p = .004$",
        "Beide Netze unterscheiden sich (t(8) = 1,42, zweiseitig, p = 0,019).",
        "El contraste da t(8) = 1,42 y por tanto p = 0,019.",
        "t = 1.42 (df = 8), two-sided p = 0.019",
        "두 모델의 차이는 t(8) = 1.42, 양측 p = 0.019 이다.",
        "A paired test gives t(8) = 1.42 with a p-value of 0.019.",
    ],
)
def test_words_and_signs_between_a_statistic_and_its_p(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "inconsistent"


@pytest.mark.parametrize(
    "text",
    [
        "t(8) = 1.42, but the post hoc comparison has p = 0.019.",
        "F(2, 27) = 1.10, while the second factor has p = 0.004.",
        "t(17,8) = 2,93, p = 0,009",  # Welch's degrees of freedom, with a decimal comma
    ],
)
def test_a_p_of_another_test_is_not_held_against_a_statistic(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["r(48) = 1.32, p = .02", "t(8) = 2.93, p = 1.9"])
def test_what_no_test_can_give(text: str) -> None:
    assert [each.severity for each in found(text)] == ["impossible"]


@pytest.mark.parametrize(
    "text",
    [
        "The improvement is statistically significant (p = 0.08).",
        "The difference is not statistically significant (p = 0.003).",
        "두 모델의 차이는 통계적으로 유의하다 (p = 0.21).",
        "两种方法的差异显著 (p = 0.12)。",
        "この差異は有意であった (p = 0.30)。",
        "La diferencia entre ambas redes es significativa (p = 0,15).",
        "A diferença entre as redes é significativa (p = 0,20).",
        "Der Unterschied der beiden Netze ist signifikant (p = 0,11).",
        "La différence entre les réseaux est significative (p = 0,15).",
    ],
)
def test_words_against_their_p_are_doubtful(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity == "doubtful"


@pytest.mark.parametrize(
    "text",
    [
        "The improvement is not significant (p = 0.08).",
        "The improvement is significant (p = 0.03), the other is not (p = 0.3).",
        "The difference is marginally significant (p = 0.08).",
        "With α = 0.1 we test both. The difference is significant (p = 0.08).",
        "The difference is significant at the 10 % level (p = 0.08).",
        "두 모델의 차이는 유의하지 않다 (p = 0.21).",
        "两种方法的差异不显著 (p = 0.12)。",
        "この差異は有意ではなかった (p = 0.30)。",
        "Der Unterschied ist nicht signifikant (p = 0,11).",
        "No significant difference was found after correction (adjusted p = 0.02).",
    ],
)
def test_sound_words(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("value", [0.3, 1.7, 2.93, 11.0])
def test_the_tails_are_those_of_scipys_distributions(value: float) -> None:
    assert p_values.tail("t", value, (8,)) == pytest.approx(2 * stats.t.sf(value, 8))
    assert p_values.tail("F", value, (2, 57)) == pytest.approx(stats.f.sf(value, 2, 57))
    assert p_values.tail("chi2", value, (3,)) == pytest.approx(stats.chi2.sf(value, 3))
    assert p_values.tail("z", value, ()) == pytest.approx(2 * stats.norm.sf(value))
    r = value / math.sqrt(48 + value * value)
    assert p_values.tail("r", r, (48,)) == pytest.approx(2 * stats.t.sf(value, 48))


def test_a_long_hostile_line_is_read_quickly() -> None:
    assert found("t(8) = " * 20_000 + "p" * 20_000 + "1," * 20_000) == []
