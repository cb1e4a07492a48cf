"""The numbers of a printed line that may be results, and what the words before them say that they are."""

import re
from dataclasses import dataclass
from typing import Literal

Quantity = Literal["loss", "accuracy"]

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]*\d)")
_LOSS = re.compile(
    r"loss|cost|cross.?entropy|\b(?:mse|mae|bce|nll|elbo)\b|损失|손실|perda|pérdida|verlust|perte|損失", re.IGNORECASE
)
_ACCURACY = re.compile(
    r"acc|correct|score|precision|准确|精度|정확|acur|precis|genauigkeit|exactitude|précision|正解|%", re.IGNORECASE
)
_ERROR = re.compile(r"\berr(?:or|\b)", re.IGNORECASE)


@dataclass(frozen=True)
class PrintedNumber:
    """A number of a printed line.

    Attributes:
        text: as it was printed.
        value: its value.
        half: half a unit of its last digit.
        digits: how many significant digits it has.
        quantity: what the words before it say; "" if they say nothing.
    """

    text: str
    value: float
    half: float
    digits: int
    quantity: Quantity | Literal[""]

    def is_near(self, value: float, scale: float = 1.0) -> bool:
        """Say whether a computed value would be printed as this number.

        Arguments:
            value: the value.
            scale: a factor of it: 100 for percent.

        Returns:
            True if it rounds to the printed digits.
        """
        return abs(value * scale - self.value) <= self.half * 1.02 + 3e-6 * abs(self.value)


def numbers_of(text: str) -> list[PrintedNumber]:
    """Read the numbers of a line that may be results.

    Arguments:
        text: the line.

    Returns:
        Those with a decimal point or an exponent, in order.
    """
    found, before = [], 0
    for match in _NUMBER.finditer(text):
        digits = match[0].lstrip("+-")
        mantissa, _, exponent = digits.lower().partition("e")
        if "." in digits or exponent:
            decimals = len(mantissa.partition(".")[2])
            half = 0.5 * 10.0 ** (int(exponent or 0) - decimals)
            words = text[before : match.start()] + text[match.end() : match.end() + 2].replace(" ", "")
            significant = len(mantissa.replace(".", "").lstrip("0"))
            found.append(PrintedNumber(match[0], float(match[0]), half, significant, _quantity(words)))
        before = match.end()
    return found


def _quantity(words: str) -> Quantity | Literal[""]:
    """What the words before a number say that it is; the last of them counts."""
    losses, accuracies = list(_LOSS.finditer(words)), list(_ACCURACY.finditer(words))
    if _ERROR.search(words) and not losses:
        return ""
    last = [matches[-1].end() if matches else -1 for matches in (losses, accuracies)]
    if max(last) < 0:
        return ""
    return "loss" if last[0] > last[1] else "accuracy"
