"""Sentences that give a count and a rate of the same images: `9896 right, 104 wrong, an error of 1.40 %`.

The count may stand anywhere in the sentence, on either side of the rate. Nothing is said where the sentence speaks of
single classes or of several results.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph, Verbatim
from deepstudy.audits.reading.claims.claims import amounts_of
from deepstudy.audits.reading.claims.factors import is_supposed
from deepstudy.audits.reading.layout import clean_in_place, iterate_sentences
from deepstudy.findings import Finding

_RIGHT = (
    r"correct\w*|right|hits|richtig\w*|korrekt\w*|treffer|acert\w*|acierta\w*|aciertos?|acertos?|"
    r"bien class\w+|bonnes? réponses?|"
    r"réussi\w*|正确|正確|答对|正解|命中|맞\w{0,3}|정답"
)
_WRONG = (
    r"wrong\w*|incorrect\w*|mistakes?|errors|mis-?class\w*|mis-?recogni\w*|mis-?read\w*|mis-?judged|falsch\w*|fehler|errores|erros|erra\b|erreurs|"
    r"fausses?|mal class\w+|errad[ao]s|equivoca\w*|incorrect[ao]s|fallan|错误|答错|错分|誤答|誤分類|不正解|"
    r"틀\w{0,3}|오답|오분류"
)
_N = r"(?<![\d.,/×x*+-])(\d{1,3}(?:[,.\u00a0\u202f\u2009]\d{3}){1,2}|\d{1,7})(?![\d%％]|[.,]\d|\s?[%％×x*])"
_THING = (
    r"(?:\s?(?:test |validation |training )?(?:images?|pictures?|samples?|digits|bilder[n]?|imágenes|imagens|"
    r"fotos|张(?:图片|图像|测试图片)?|枚|장|개)(?:을|를|이|が|を|"
    r"は)?)?"
)
_COUNTS = {
    kind: (
        re.compile(rf"{_N}{_THING}\s?(?:\w{{2,12}}\s){{0,1}}?(?:{words})(?![a-z])", re.IGNORECASE),
        re.compile(
            rf"(?:{words})(?:\s?(?:예측|分类|识别|classified|classées))?\s?(?:[:：=]|of|de|(?:\w{{4,14}}\s)?(?:en|in|em|bei)\s|들?이|가|は|が|了)?\s?{_N}",
            re.IGNORECASE,
        ),
    )
    for kind, words in (("right", _RIGHT), ("wrong", _WRONG))
}
_WHOLE = re.compile(
    rf"(?:out of|\bof|\bin|/|von|aus|sur|de las?|de los|d[oa]s|en|em|auf|中|のうち|중)\s?(?:the |all |den |les |"
    rf"our )?{_N}|{_N}\s?(?:test |validation |training )?(?:images|pictures|samples|testbilder[n]?|bilder[n]?|"
    rf"imágenes|imagens|张|枚|장)",
    re.IGNORECASE,
)
#: `9304 of 10000 right`
_PART_OF = {
    kind: re.compile(
        rf"{_N}\s?(?:of|/|out of|von|de|sur|aus|d[oa]s)\s(?:the |all )?{_N}{_THING}\s?(?:(?:are|were|is|sind|wurden|"
        rf"son|são|sont)\s)?(?:\w{{2,12}}\s)?(?:{words})",
        re.I,
    )
    for kind, words in (("right", _RIGHT), ("wrong", _WRONG))
}
_OF_CLASSES = re.compile(
    r"(?i)\bclass(?:es)?\b(?! accuracy)|categor|\bklasse|\bclase|digit \d|as an?\b|for (?:a|the) \w+ only|类别|类|"
    r"クラス|클래스|per class|\beach\b|confus|taken for|top-?[2-9]|half|third|quarter|\bof (?:these|those|them|"
    r"which)\b|其中|그중|davon|precision|recall|\bF1\b|精确率|召回|\b(?:first|second|third|other|last|"
    r"previous) (?:run|seed|fold|model|net)|respectively"
)
_NEAR = 15.0  # points; what is farther off is a rate of something else


#: A sentence that says the same as the one before.
_IN_OTHER_WORDS = re.compile(
    r"\W{0,3}(?:(?:in other words|that is|so|thus|hence|this means|put differently|anders gesagt|"
    r"das heißt|also|das sind|"
    r"dicho de otro modo|en otras palabras|es decir|o sea|ou seja|por outras palavras|dito de outro modo|autrement dit|"
    r"c'est-à-dire)\b|즉|다시 말해|也就是说|换句话说|即|つまり|すなわち|言い換えれば)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Count:
    """How many images are right, or wrong."""

    kind: str
    value: int


def count_findings(evidence: Evidence) -> Iterator[Finding]:
    """Hold the rate of a sentence against its count.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each sentence whose only rate is not that of its counts.
    """
    assert evidence.document is not None
    sizes = {int(each.value) for each in evidence.statements if each.metric == "images" and each.split == "test"}
    for line, text in _passages(evidence):
        if ("%" not in text and "％" not in text) or len(text) > 400 or _OF_CLASSES.search(text):
            continue
        amounts = [each for each in amounts_of(text) if each.unit == "%"]
        counts = _counts(text)
        wholes = {int(re.sub(r"\D", "", match[1] or match[2])) for match in _WHOLE.finditer(text)}
        wholes -= {each.value for each in counts}
        wholes = {whole for whole in wholes if all(whole > each.value for each in counts)}
        if not wholes and len(sizes) == 1 and not re.search(r"(?<![\d.,])\d{3,}", _without(text, counts)):
            wholes = set(sizes)
        if len(amounts) == 2 and abs(sum(each.number.value for each in amounts) - 100) < 0.02:
            amounts = amounts[:1]  # the accuracy and its error
        if len(amounts) != 1 or len(wholes) != 1 or not counts or len({each.kind for each in counts}) != len(counts):
            continue
        amount, whole = amounts[0], wholes.pop()
        if is_supposed(text, amount.start) or whole < 20 or any(each.value > whole for each in counts):
            continue
        if len(counts) == 2 and sum(each.value for each in counts) != whole:
            continue
        right = counts[0].value if counts[0].kind == "right" else whole - counts[0].value
        share = 100 * right / whole
        said, step = amount.number.value, amount.number.step
        if any(abs(said - each) <= step * 1.001 for each in (share, 100 - share)):
            continue
        is_far = step >= 1 or min(abs(said - share), abs(said - (100 - share))) > _NEAR
        if is_far and abs(said - share / 100) > step:
            continue
        nearest = share if abs(said - share) <= abs(said - (100 - share)) else 100 - share
        decimals = len(amount.number.digits.replace(",", ".").partition(".")[2])
        count = counts[0]
        if (count.kind == "right") != (nearest == share):
            count = _Count("wrong" if count.kind == "right" else "right", whole - count.value)
        of_all = f"{count.value:,} {count.kind} of {whole:,} images"
        says = f"{of_all} are {nearest:.{decimals}f} %, not {amount.number.digits} %."
        if abs(said - share / 100) <= step:
            percent = f"{share:.{max(decimals - 2, 0)}f} %"
            says = f"{right:,} of {whole:,} images are {percent}. {amount.number.digits} is a fraction."
            nearest = share
        yield Finding(
            "granularity",
            "inconsistent",
            says,
            where=evidence.document.where(line + 1),
            reported=re.sub(r"\s+", " ", text).strip()[:200],
            possible=f"{nearest:.{max(decimals, 1)}f} %",
        )


def _without(text: str, counts: Sequence[_Count]) -> str:
    """A text without its counts, however they are printed."""
    for count in counts:
        text = re.sub(r"[,.\u00a0\u202f\u2009]?".join(str(count.value)), " ", text)
    return text


def _counts(text: str) -> list[_Count]:
    """The counts of right and of wrong images, each kind at most once."""
    found: list[_Count] = []
    for kind, patterns in _COUNTS.items():
        if (part := _PART_OF[kind].search(text)) is not None:
            found.append(_Count(kind, int(re.sub(r"\D", "", part[1]))))
            continue
        values = {int(re.sub(r"\D", "", match[1])) for pattern in patterns for match in pattern.finditer(text)}
        values = {value for value in values if value}
        if len(values) > 1:
            return []
        found += [_Count(kind, value) for value in values]
    return found


def _passages(evidence: Evidence) -> Iterator[tuple[int, str]]:
    """Sentences and printed lines, with the numbers of their lines from 0."""
    assert evidence.document is not None
    for block in evidence.layout.blocks:
        if isinstance(block, Paragraph):
            before = 0  # where the sentence before begins
            for start, end in iterate_sentences(block.text):
                text = clean_in_place(block.text[start:end])
                yield block.locate(start, start + 1).line, text
                if _IN_OTHER_WORDS.match(text):
                    yield block.locate(start, start + 1).line, clean_in_place(block.text[before:end])
                before = start
        elif isinstance(block, Verbatim) and block.kind != "code":
            yield from _lines(evidence, block.lines)


def _lines(evidence: Evidence, lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    assert evidence.document is not None
    for line in lines:
        yield line, evidence.document.lines[line].text
