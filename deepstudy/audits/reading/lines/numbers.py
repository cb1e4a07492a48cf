"""Printed numbers: their values, what their last digit counts, and the marks around them."""

import re
from dataclasses import dataclass
from typing import Literal

#: What a number is, if it is no result.
Role = Literal[
    "", "epoch", "epochs", "step", "steps", "setting", "size", "date", "clock", "seconds", "images", "spread", "whole"
]

_PERCENT = re.compile(
    r"\s{0,2}(?:\\?%|％|percent\b|per cent\b|퍼센트|프로\b|prozent\b|por ?ciento\b|por cento\b|pour ?cent\b)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s?(k|K|M|B|G|[Mm]io\b|[Mm]illion(?:s|en|es)?\b|mill(?:ones|ón)\b|milh(?:ões|ão)\b|천|만|백만|万|萬|百万|亿)(?![A-Za-z])"
)
_POWERS = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "천": 1e3, "만": 1e4, "百万": 1e6, "백만": 1e6}
_POWERS |= {"万": 1e4, "萬": 1e4, "亿": 1e8}

_EUROPEAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){1,5},\d{1,18}")  # `1.234,5`


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A printed number as a value.

    Attributes:
        value: its value.
        step: what its last printed digit counts.
    """

    value: float
    step: float


def parse_number(text: str, has_decimal_comma: bool = False, is_printed: bool = False) -> ParsedNumber | None:
    """Read a printed number.

    Arguments:
        text: digits with commas, points or spaces, without a unit: `61,470`, `98.45`, `0,9845`, `1e-3`.
        has_decimal_comma: whether the document writes decimals with a comma.
        is_printed: whether a program printed it, whose single point is always one of decimals.

    Returns:
        Its value; None if it can be two numbers, as `3,5` in English.
    """
    plain = text.replace("−", "-").replace("\u00a0", "").replace("\u2009", "").replace("\u202f", "")
    plain = plain.replace("'", "").replace("’", "").replace("_", "")
    mantissa, _, exponent = plain.lower().partition("e")
    if "," in mantissa:
        groups = mantissa.lstrip("+-").split(",")
        is_thousands = all(len(group.partition(".")[0]) == 3 for group in groups[1:]) and groups[0] != "0"
        if _EUROPEAN.fullmatch(mantissa):
            mantissa = mantissa.replace(".", "").replace(",", ".")
        elif is_thousands and (len(groups) > 2 or "." in mantissa or not has_decimal_comma):
            mantissa = mantissa.replace(",", "")
        elif len(groups) == 2 and "." not in mantissa and (has_decimal_comma or groups[0] == "0"):
            mantissa = mantissa.replace(",", ".")
        else:
            return None
    groups = mantissa.lstrip("+-").split(".") if "," not in plain else [""]
    has_thousands = all(len(group) == 3 for group in groups[1:]) and groups[0] not in ("", "0") and len(groups[0]) <= 3
    if has_thousands and (len(groups) > 2 or (len(groups) == 2 and has_decimal_comma and not is_printed)):
        mantissa = mantissa.replace(".", "")
    if len(mantissa) > 40 or len(exponent) > 3:
        return None
    try:
        value = float(f"{mantissa}e{exponent or 0}")
    except ValueError:
        return None
    step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return ParsedNumber(value, step)


def percent_sign(text: str, end: int) -> int:
    """Find a percent sign, or the word, right after a number.

    Arguments:
        text: the line.
        end: where the number ends.

    Returns:
        Where the sign ends; `end` itself if there is none.
    """
    match = _PERCENT.match(text, end)
    return match.end() if match else end


def suffix(text: str, end: int) -> tuple[float, int]:
    """Find a suffix that multiplies a number: `62k`, `1.2 million`.

    Arguments:
        text: the line.
        end: where the number ends.

    Returns:
        By what it multiplies, and where the suffix ends; 1 and `end` itself if there is none.
    """
    match = _SUFFIX.match(text, end)
    if match is None:
        return 1.0, end
    return _POWERS.get(match[1], 1e6), match.end()


_COMMA_DECIMAL = re.compile(
    r"(?<![\d.,(\[])(?:0,\d{2,6}|\d{1,3},\d{1,2}(?=\s*(?:%|Prozent|por|pour|puntos|pontos|points)))(?![\d,]|\.\d)"
    r"|^\d{1,3},\d{1,2}$",
    re.MULTILINE,
)
_POINT_DECIMAL = re.compile(
    r"(?<![\d.,(\[])(?:0\.\d{2,6}|\d{1,3}\.\d{1,2}(?=\s*(?:%|percent)))(?![\d,]|\.\d)|^\d{1,3}\.\d{1,2}$", re.MULTILINE
)


def has_decimal_comma(text: str) -> bool:
    """Say whether a document writes decimals with a comma.

    Arguments:
        text: its sentences and tables, without logs and code.

    Returns:
        True if more fractions and percentages have a comma than a point.
    """
    commas = len(_COMMA_DECIMAL.findall(text))
    return commas > 0 and commas >= len(_POINT_DECIMAL.findall(text)) / 2
