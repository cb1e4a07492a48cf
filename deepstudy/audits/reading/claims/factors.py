"""Factors in sentences: `three times`, `a quarter of`, `halb so viele`, `約4分の1`, `缩短到三分之一`.

A factor is read without what it is of. Every factor is the ratio of the larger to the smaller number, so `a quarter`
and `four times` are both 4.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from deepstudy.audits.reading import vocabulary

_N = r"(?P<n>\d{1,4}(?:[.,]\d{1,3})?)"
_DIGITS = rf"(?<![a-zA-Z\d_.,/×*-]){_N}"
_WORDS = {**vocabulary.NUMBERS_IN_WORDS, 2: f"{vocabulary.NUMBERS_IN_WORDS[2]}|二"}  # `二倍`
_WORD = rf"(?<![a-zà-ÿ])(?P<w>{'|'.join(_WORDS.values())})"
_ONE = r"(?:a|an|one|ein(?:em|es|en)?|un[ae]?|uma?|le|la|el|o)"
_OF = r"\b(?=\s(?:of|the|as|its|their|fewer|less)\b|[.,;:)]|$)"  # `a third of`, but not `a third network`
_PARTS: dict[float, str] = {
    2: r"\bhalf\b|\bhalv(?:es?|ed|ing)\b|\bhalb(?:so|iert|e[nrs]?)?\b|hälfte|\bmitad\b|\bmetade\b|\bmoitié\b|절반|"
    r"一半|半分|半減|减半",
    3: rf"\b{_ONE}[ -]third{_OF}|\bdrittel\b|\bun tercio\b|tercera parte|\bum terço\b|terça parte|\b(?:un|le) tiers\b|"
    rf"三分之一",
    4: rf"\b{_ONE}[ -](?:quarter|fourth){_OF}|\bviertel\b|cuarta parte|\bun cuarto\b|\bum quarto\b|quarta parte|"
    r"\b(?:un|le) quart\b|四分之一",
    5: rf"\b{_ONE}[ -]fifth{_OF}|\bfünftel\b|quinta parte|\bun quinto\b|\bum quinto\b|\bun cinquième\b|五分之一",
    6: rf"\b{_ONE}[ -]sixth{_OF}|\bsechstel\b|sexta parte|\bun sexto\b|\bum sexto\b|\bun sixième\b|六分之一",
    8: rf"\b{_ONE}[ -]eighth{_OF}|\bachtel\b|octava parte|oitava parte|\bun huitième\b|八分之一",
    10: rf"\b{_ONE}[ -]tenth{_OF}|\bzehntel\b|décima parte|\bun décimo\b|\bum décimo\b|\bun dixième\b|十分之一",
    1.5: r"\btwo[ -]thirds\b|zwei ?drittel|dos tercios|dois terços|deux tiers|三分之二|3分の2|3분의 2",
    1.333: r"\bthree[ -](?:quarters|fourths)\b|drei ?viertel|tres cuartos|três quartos|trois quarts|四分之三|4分の3|"
    r"4분의 3",
}
_TIMES = (
    r"(?:[ -]?(?:times|fold)\b(?!\s(?:each|with|in|per|over|on|by|for|and|or)\b|\W{0,2}$)|"
    r"[ -]?(?:x|×)(?![\w\s]{0,2}\d)|[ -]?(?:mal|fach\w*)\b|\s(?:veces|vezes|fois)\b|\s?배|\s?倍)"
)
_PATTERNS = tuple(
    (pattern, re.compile(pattern, re.IGNORECASE))
    for pattern in (
        rf"{_DIGITS}{_TIMES}",
        rf"{_WORD}{_TIMES}",
        rf"(?:factor|faktor|facteur|fator)\s(?:of |de |von |d['’]environ )?(?:about |around |etwa |rund |almost |"
        rf"nearly )?"
        rf"{_N}(?![\d%])",
        rf"{_DIGITS}\s?(?:分の|분의 ?)(?:1|一|일)(?!\d)",
        r"(?<![\d.,/])1\s?/\s?(?P<n>[2-9]|1\d|20)(?![\d/.])",
        rf"(?:divi[sd]\w*|multipl\w*|geteilt)\s(?:\w+\s){{0,1}}?(?:by|par|por|durch)\s(?:(?:more than|plus de|más de|"
        rf"mais de|mehr als|about|etwa|environ|cerca de)\s)?(?:{_N}|(?P<w>{'|'.join(_WORDS.values())}))(?![\w%])",
    )
)
_TWICE = re.compile(
    r"\btwice\b|\bdoubl(?:es?|ed|ing)\b|\bdoppelt\w*|\bverdoppel\w*|\b(?:el|o) d(?:oble|obro)\b|\bduplic\w+|"
    r"\b(?:le|du|au) double\b|\bdouble\b|翻倍|翻了一倍",
    re.IGNORECASE,
)
_THRICE = re.compile(
    r"\bthrice\b|\btripl(?:es?|ed|ing|o|icó|icou)\b|\bverdreifach\w*|\b(?:el|o|le) triplo?e?\b", re.IGNORECASE
)
_MORE_THAN = re.compile(
    r"(?:more than|over|at least|well over|mehr als|über|mindestens|plus d[eu]|au moins|más de|al menos|mais de|"
    r"mais do que|pelo menos|超过|超過|至少|최소)\s*(?:the\s|le\s|la\s|el\s|o\s|a\s)?$",
    re.IGNORECASE,
)
_LESS_THAN = re.compile(
    r"(?:less than|fewer than|under|below|at most|not even|weniger als|höchstens|unter|moins d[eu]|menos de|"
    r"menos d[eo] que|不到|不足|未満|미만)"
    r"\s*(?:the\s|le\s|la\s|el\s|o\s|a\s)?$",
    re.IGNORECASE,
)
_ALMOST = re.compile(
    r"(?:almost|nearly|not quite|fast|beinahe|knapp|presque|casi|quase|거의|几乎|近|将近|接近|ほぼ)"
    r"\s*(?:the\s|le\s|la\s|el\s|o\s|a\s)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(vocabulary.ABOUT, re.IGNORECASE)
_MORE_AFTER = re.compile(r"\s?(?:이상|以上|余|多|넘)")
_ADDS = re.compile(
    r"\s?(?:more|larger|bigger|faster|slower|longer|higher|mehr|größer|schneller|langsamer|más|mais|plus|더)",
    re.IGNORECASE,
)
_LARGEST = 1000.0


@dataclass(frozen=True)
class PrintedFactor:
    """A factor of a sentence.

    Attributes:
        value: the ratio of the larger to the smaller number, at least 1.
        low: the smallest ratio that it can mean.
        high: the largest one.
        start: its first letter in the sentence.
        end: the letter after its last.
    """

    value: float
    low: float
    high: float
    start: int
    end: int

    def fits(self, one: float, other: float, slack: float = 0.0) -> bool:
        """Say whether two numbers have this ratio.

        Arguments:
            one: a positive number.
            other: another one.
            slack: by how much their ratio may be off because they are rounded, as a part of it.

        Returns:
            Whether the larger is so many times the smaller.
        """
        ratio = max(one, other) / min(one, other)
        return self.low * (1 - slack) <= ratio <= self.high * (1 + slack)

    def printed(self, text: str) -> str:
        """Quote the factor.

        Arguments:
            text: its sentence.

        Returns:
            Its words.
        """
        return text[self.start : self.end].strip()


_SUPPOSED = re.compile(
    r"\?|？|\b(?:not|never|would|could|should|might|may|if|whether|suppos\w+|assum\w+|expect\w*|nicht|würde\w*|könnte\w*|"
    r"sollte\w*|wenn|serait|pourrait|podría\w*|sería|não|poderia\w*|seria)\b|n['’]t\b|않|아니|不是|并非|没有|만약|如果|(?<!過ぎ)(?<!すぎ)ない",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:；：,，、。()（）]")


def clause_around(text: str, at: int) -> str:
    """Find the clause of a sentence around a place.

    Arguments:
        text: the sentence.
        at: the place.

    Returns:
        The part between the two signs of punctuation around it.
    """
    ends = [
        match.start()
        for match in _CLAUSE.finditer(text)
        if not text[match.start() - 1 : match.end() + 1][::2].isdigit()
    ]
    start = max((end + 1 for end in ends if end < at), default=0)
    return text[start : min((end for end in ends if end >= at), default=len(text))]


def is_supposed(text: str, at: int) -> bool:
    """Say whether what stands at a place of a sentence is denied, asked or supposed.

    Arguments:
        text: the sentence.
        at: the place.

    Returns:
        Whether the clause around it has a word that says so.
    """
    return text.rstrip().endswith(("?", "？")) or _SUPPOSED.search(clause_around(text, at)) is not None


@lru_cache(maxsize=2048)
def factors_of(text: str) -> tuple[PrintedFactor, ...]:
    """Read the factors of a sentence.

    Arguments:
        text: a sentence or a part of one.

    Returns:
        Its factors, in order, without overlaps.
    """
    found: list[PrintedFactor] = []
    for value, start, end, step, is_part in sorted(_read(text), key=lambda each: (each[1], -each[2])):
        if 1.05 <= value <= _LARGEST and not any(each.start < end and start < each.end for each in found):
            found.append(PrintedFactor(value, *_range(text, value, start, end, step, is_part), start, end))
    return tuple(found)


def _read(text: str) -> Iterator[tuple[float, int, int, float, bool]]:
    """Factors with their places, what their last digit counts (0 of words), and whether they are parts, as a third."""
    for printed_pattern, pattern in _PATTERNS:
        is_part = "分の" in printed_pattern or "1\\s?/" in printed_pattern
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if printed := groups.get("n"):
                plain = printed.replace(",", ".")
                yield float(plain), match.start(), match.end(), 10.0 ** -len(plain.partition(".")[2]), is_part
            elif word := groups.get("w"):
                times = next(number for number, words in _WORDS.items() if word.lower() in words.split("|"))
                yield float(times), match.start(), match.end(), 0.0, False
    for value, words in _PARTS.items():
        for match in re.finditer(words, text, re.IGNORECASE):
            yield value, match.start(), match.end(), 0.0, True
    for value, pattern in ((2.0, _TWICE), (3.0, _THRICE)):
        for match in pattern.finditer(text):
            yield value, match.start(), match.end(), 0.0, False


def _range(text: str, value: float, start: int, end: int, step: float, is_part: bool) -> tuple[float, float]:
    """The ratios that a factor can mean, by the words around it."""
    before = text[max(start - 30, 0) : start]
    if re.search(r"(?:more than|plus de|más de|mais de|mehr als)\s", text[start:end], re.IGNORECASE):
        return value * 0.97, value * 1.7
    if step and step < 1:
        low, high = value - step, value + step  # some people cut digits off
    else:
        low, high = value / 1.2, value * 1.2
    if _MORE_THAN.search(before) or _MORE_AFTER.match(text, end):  # `more than half` is less than a factor of two
        low, high = (value / 1.7, value * 1.03) if is_part else (value * 0.97, value * 1.7)
    elif _LESS_THAN.search(before):  # `less than half` is more than a factor of two
        low, high = (value * 0.97, value * 1.7) if is_part else (value / 1.7, value * 1.03)
    elif _ALMOST.search(before):
        low, high = value / 1.25, value * 1.25
    elif _ABOUT.search(before):
        low, high = min(low, value / 1.3), max(high, value * 1.3)
    if _ADDS.match(text, end) and value >= 1.5:
        high = max(high, value + 1 + step if step and step < 1 else (value + 1) * 1.1)  # three times more can be four
    return max(low, 1.0), high
