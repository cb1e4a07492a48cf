"""Printed numbers."""

import pytest

from deepstudy.audits.reading.lines.numbers import (
    has_decimal_comma,
    parse_number,
    percent_sign,
    suffix,
)


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("98.45", 98.45, 0.01),
        ("0.9845", 0.9845, 1e-4),
        (".5", 0.5, 0.1),
        ("98", 98, 1),
        ("-0.3", -0.3, 0.1),
        ("−0.3", -0.3, 0.1),
        ("61,706", 61706, 1),
        ("1,199,882", 1199882, 1),
        ("1,234.5", 1234.5, 0.1),
        ("61\u00a0706", 61706, 1),  # a space that does not break
        ("61'706", 61706, 1),
        ("1e-3", 1e-3, 1e-3),
        ("4.8103e+00", 4.8103, 1e-4),
        ("2.5E-04", 2.5e-4, 1e-5),
        ("0,9845", 0.9845, 1e-4),  # nothing else can begin with `0,`
        ("1.234.567", 1234567, 1),
    ],
)
def test_a_number_and_what_its_last_digit_counts(text: str, value: float, step: float) -> None:
    parsed = parse_number(text)
    assert parsed is not None
    assert (parsed.value, parsed.step) == pytest.approx((value, step))


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("98,45", 98.45, 0.01),
        ("61.706", 61706, 1),
        ("1.234,5", 1234.5, 0.1),
        ("0,25", 0.25, 0.01),
        ("3,125", 3.125, 0.001),
        ("98.45", 98.45, 0.01),
        ("0.123", 0.123, 0.001),
    ],
)
def test_numbers_of_a_document_with_decimal_commas(text: str, value: float, step: float) -> None:
    parsed = parse_number(text, has_decimal_comma=True)
    assert parsed is not None
    assert (parsed.value, parsed.step) == pytest.approx((value, step))


def test_a_program_prints_points_only_for_decimals() -> None:
    printed = parse_number("1.293", has_decimal_comma=True, is_printed=True)
    assert printed is not None
    assert printed.value == pytest.approx(1.293)


@pytest.mark.parametrize("text", ["3,5", "1,23,456", "12,34", "1e9999", "9" * 41, "1,2.3,4"])
def test_what_can_be_two_numbers_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["98 %", "98%", "98\\%", "98 percent", "98 per cent", "98％", "98 Prozent", "98 por ciento", "98 퍼센트"]
)
def test_percent_signs(text: str) -> None:
    assert percent_sign(text, 2) == len(text)


@pytest.mark.parametrize("text", ["98 percentage points", "98 of", "98", "98.%"])
def test_what_is_no_percent_sign(text: str) -> None:
    assert percent_sign(text, 2) == 2


@pytest.mark.parametrize(
    ("text", "times"),
    [("62k", 1e3), ("62 M", 1e6), ("62 million", 1e6), ("62 Mio", 1e6), ("62万", 1e4), ("62만", 1e4), ("62亿", 1e8)],
)
def test_suffixes(text: str, times: float) -> None:
    assert suffix(text, 2) == (times, len(text))


@pytest.mark.parametrize("text", ["62 MB", "62 kernels", "62 Models", "62"])
def test_what_is_no_suffix(text: str) -> None:
    assert suffix(text, 2) == (1.0, 2)


@pytest.mark.parametrize(
    ("text", "has_comma"),
    [
        ("La exactitud es 98,45 % y la pérdida 0,0432.", True),
        ("Der Verlust sinkt auf 0,25.", True),
        ("mejora 2,3 puntos porcentuales", True),
        ("The accuracy is 98.45 % on 10,000 images.", False),
        ("Betas are (0,9) or 0.999, the loss is 0.25 and 0.31.", False),
        ("61,706 parameters", False),
        ("no numbers", False),
    ],
)
def test_documents_with_decimal_commas(text: str, has_comma: bool) -> None:
    assert has_decimal_comma(text) is has_comma
