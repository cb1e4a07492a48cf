"""Factors in the words of eight languages."""

import pytest

from deepstudy.audits.reading.claims.factors import clause_around, factors_of, is_supposed


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It is three times as fast.", [3]),
        ("The second net needs 2.4 times more memory.", [2.4]),
        ("A 5.2-fold gain.", [5.2]),
        ("A quarter of the weights is enough.", [4]),
        ("The error has been halved.", [2]),
        ("Two thirds of the images.", [1.5]),
        ("Das Netz ist viermal so groß, aber nur halb so schnell.", [4, 2]),
        ("Mit einem Drittel der Parameter.", [3]),
        ("Le réseau est deux fois plus lent.", [2]),
        ("Con la mitad de los parámetros.", [2]),
        ("Um quarto dos parâmetros basta.", [4]),
        ("모델 크기가 4배로 커졌다.", [4]),
        ("训练时间是原来的三分之一。", [3]),
        ("パラメータは約4分の1になった。", [4]),
        ("Only 1/8 of the weights remain.", [8]),
        ("We repeated it three times with other seeds.", []),
        ("A third network was added.", []),
        ("An image of 3 x 224 x 224.", []),
    ],
)
def test_factors(text: str, values: list[float]) -> None:
    assert [each.value for each in factors_of(text)] == values


@pytest.mark.parametrize(
    ("text", "one", "other", "fits"),
    [
        ("twice as many", 162_300, 81_000, True),
        ("twice as many", 162_300, 40_500, False),
        ("2.4 times as fast", 18.6, 7.7, True),
        ("2.4 times as fast", 18.6, 9.3, False),
        ("three times faster", 40, 10, True),  # some people mean four times as fast
        ("more than half of it", 10, 6, True),
        ("less than half of it", 10, 6, False),
        ("almost three times as many", 28, 10, True),
    ],
)
def test_what_a_factor_can_mean(text: str, one: float, other: float, fits: bool) -> None:
    (factor,) = factors_of(text)
    assert factor.fits(one, other, slack=0.03) is fits


def test_what_is_only_supposed() -> None:
    text = "It would be twice as fast, but it takes half as long."
    twice, half = factors_of(text)
    assert is_supposed(text, twice.start)
    assert not is_supposed(text, half.start)
    assert clause_around(text, half.start).strip() == "but it takes half as long."
    assert half.printed(text) == "half"
