"""From one line or sentence to the numbers in it, each with the words that say what it is.

A number belongs to the metric right before it (`accuracy: 0.98`, `accuracy of 98 %`) or right after it (`98 %
accuracy`); further numbers of a list belong to the same metric. Numbers of epochs, steps, settings, times, sizes and
dates are recognised first, so that they are taken for no result.

roles.py      numbers that are no results
meanings.py   the metric of each other number
splits.py     which images it is of
"""

import re
from collections.abc import Sequence

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.meanings import find_metrics
from deepstudy.audits.reading.lines.numbers import parse_number, percent_sign, suffix
from deepstudy.audits.reading.lines.roles import find_roles
from deepstudy.audits.reading.lines.splits import find_splits
from deepstudy.audits.reading.lines.tokens import LONGEST, Number, Phrase, Token, tokenize

_SPACED_CELL = re.compile(r"\d{1,3}(?: \d{3})+")
_COUNTED_NOUN = re.compile(rf"\s?(?:{vocabulary.IMAGE_WORDS}|par[aâá]m)", re.IGNORECASE)
_COMMA = re.compile(r"\d{1,3},\d{1,4}")
_SPACED = re.compile(r"(?<![\d.,])(?<!\d )\d{1,3}(?: \d{3})+(?![\d.,]*\d)(?= *(?:[^\W\d_(]|$))")  # `10 000 images`
_THOUSANDS = re.compile(r"(?<![\d.,])(?<!\d )[1-9]\d{0,2}(?: 000)+(?![\d.,]*\d| \d)")  # in any language
_ABOUT = re.compile(vocabulary.ABOUT, re.IGNORECASE)


def read_phrase(text: str, has_decimal_comma: bool = False, is_printed: bool = False) -> Phrase:
    """Read a line or a sentence.

    Arguments:
        text: the line.
        has_decimal_comma: whether the document writes decimals with a comma.
        is_printed: whether a program printed it. Then there are no sentences, and numbers stand beside their names.

    Returns:
        Its numbers, with what is known about each.
    """
    text = text[:LONGEST]
    if _SPACED_CELL.fullmatch(text):
        text = text.replace(" ", "\u00a0")
    if has_decimal_comma:
        text = _SPACED.sub(lambda number: number[0].replace(" ", "\u00a0"), text)
    if not is_printed:
        text = _THOUSANDS.sub(lambda number: number[0].replace(" ", "\u00a0"), text)
    tokens = tokenize(text)
    phrase = Phrase(text, tokens, _numbers(text, tokens, has_decimal_comma, is_printed))
    phrase.splits = tuple(dict.fromkeys(token.name for token in tokens if token.kind == "split"))
    if phrase.numbers:
        find_roles(phrase)
        find_metrics(phrase, is_printed)
        find_splits(phrase, is_printed)
    return phrase


def _numbers(text: str, tokens: Sequence[Token], has_decimal_comma: bool, is_printed: bool) -> list[Number]:
    numbers = []
    for token in tokens:
        if token.kind != "number":
            continue
        printed = text[token.start : token.end]
        is_decimal = is_printed and not _COUNTED_NOUN.match(text, token.end)
        parsed = parse_number(printed, has_decimal_comma, is_decimal)
        times, end = suffix(text, token.end)
        if parsed is None and _COMMA.fullmatch(printed) and percent_sign(text, end) > token.end:
            parsed = parse_number(printed, has_decimal_comma=True)  # `4,91 million` and `4,9 %` can be no two numbers
        if parsed is None:
            continue
        after = percent_sign(text, end)
        is_signed = (
            after > end or re.search(r"(?<![\d%])[%％]\s?$", text[max(token.start - 3, 0) : token.start]) is not None
        )
        numbers.append(Number(token, parsed.value * times, parsed.step * times, after, has_percent=is_signed))
    return numbers


def is_about(text: str, start: int) -> bool:
    """Say whether the words before a number call it approximate.

    Arguments:
        text: the line.
        start: where the number begins.

    Returns:
        True for `about 98 %`, `약 98%`.
    """
    return _ABOUT.search(text[max(start - 30, 0) : start]) is not None
