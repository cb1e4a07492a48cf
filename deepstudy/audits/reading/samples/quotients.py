"""Counts beside their percentage: `9,134 of 10,000 (91.34 %)`, `91.34% (9134/10000)`, `10,000장 중 9,134장(91.34%)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deepstudy.audits.reading.samples.passages import TextPassage

_N = r"\d{1,3}(?:[,.\u00a0\u202f]\d{3}){1,2}(?!\d)|\d{1,8}"
_OF = (
    r"(?:\s?/\s?|\s(?:out\s)?of\s(?:the\s|all\s|our\s|these\s){0,2}|\s?von\s(?:den\s|insgesamt\s)?|\s?de\s(?:las\s|"
    r"los\s|as\s|os\s|un total de\s)?|\s?sur\s(?:les\s)?)"
)
_THINGS = (
    r"(?:\s(?:(?:test|validation|training|held-out|unseen|all)[- ])?(?:images?|samples?|examples?|pictures?|digits|"
    r"imágenes|imagens|muestras|amostras|échantillons)|\s?(?:Test|Validierungs|Trainings)?[Bb]ilder[n]?|"
    r"\s?[张枚張장개])?"
)
_SAID = (
    r"(?:\s(?:are|were|is|correct(?:ly)?|right|classified|recogni[sz]ed|predictions?|richtig|korrekt|correctas?|"
    r"corretas?|correctes?)){0,3}"
)
_NOUN = r"(?:\s(?!and\b|und\b|et\b|but\b)[^\W\d_]{3,14})?"
#: `, an accuracy of`, between a count and its percentage.
_ACCURACY = (
    r"(?:,?\s(?:(?:for|giving|which gives|with|or|i\.\s?e\.,?|and so|that is,?|corresponding to|resulting in|"
    r"d\.\s?h\.|also|was einer|das ist|es decir,?|lo que da|con|ou seja,?|o que dá|com|soit|c['’]est-à-dire|avec)\s)?"
    r"(?:an?\s|the\s|eine[nr]?\s|una?\s|uma\s|une\s|l['’])?(?:test |validation |overall |final )?"
    r"(?:accuracy|(?:test|gesamt)?genauigkeit|exactitud|precisión|acur[aá]cia|exactitude|précision)"
    r"(?:\s(?:de test|de prueba|de teste))?\s?(?:of|von|de|d['’]|is|is now|=|:|entspricht)?\s)"
)
_ACCURACY_CJK = (
    r"(?:[,，、]?\s?(?:即|也就是|つまり|즉|으로)?\s?(?:总体|测试|平均|테스트|テスト)?\s?(?:准确率|準確率|正确率|精度|正解率|"
    r"정확도|정답률)\s?(?:为|是|達|达到?|は|가|는|은)?\s?[:：=]?\s?)"
)
_IS = (
    r"\s?(?:\(\s?(?:i\.?e\.?,?\s|=\s?|about\s|≈\s?|acc(?:uracy)?[:=]?\s?)?|=\s?|→\s?|->\s?|[:：]\s?|（|"
    r",\s(?:i\.\s?e\.,?|that is,?|which is|or|so|d\.\s?h\.|also|es decir,?|ou seja,?|soit|c['’]est-à-dire)\s)"
)
_P = r"(\d{1,3}(?:[.,]\d{1,8})?)\s?(?:\\?%|％|per ?cent|percent|Prozent)"
_PATTERNS = tuple(
    re.compile(rf"(?<![\d.,/:\w-]){pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?P<k>{_N}){_OF}(?P<n>{_N}){_THINGS}{_SAID}{_IS}(?P<p>{_P})",
        rf"(?P<k>{_N}){_OF}(?P<n>{_N}){_THINGS}{_NOUN}{_SAID}{_NOUN}{_ACCURACY}(?P<p>{_P})",
        rf"(?P<n>{_N})\s?(?:장|개|张|張|枚|个|個)(?:\s?\w{{1,8}})?\s?[,，、]?\s?(?:其中|中|のうち|중|가운데)(?:에서)?\s?(?P<k>{_N})"
        rf"\s?(?:장|개|张|張|枚|个|個)?[을를이가はがを]?\s?(?:被|정확히|正しく)?\s?(?:(?:分类|识别|预测|분류)?\w{{0,4}}?"
        rf"(?:正确|正解\w{{0,3}}|맞\w{{1,3}}|분류\w{{0,3}}|認識\w{{0,2}}))?{_ACCURACY_CJK}(?P<p>{_P})",
        rf"(?P<p>{_P})\s?(?:[(（]\s?(?:=\s?|i\.?e\.?,?\s)?|=\s?|,\s(?:i\.\s?e\.,?|that is,?|or|d\.\s?h\.|soit|"
        rf"ou seja,?|es decir,?)\s)"
        rf"(?P<k>{_N}){_OF}(?P<n>{_N})",
        rf"(?P<n>{_N})\s?(?:장|개|张|張|枚)?\s?(?:의 \w{{1,8}} )?(?:중(?:에서|의)?|中的?|のうち)\s?(?P<k>{_N})\s?"
        rf"(?:장|개|张|張|枚)?[을를が]?\s?"
        rf"(?:정답|맞|正解|正确)?\s?[(（,，]\s?(?:약\s)?(?P<p>{_P})",
    )
)
_COUNTER = re.compile(
    r"(?:epochs?|step|batch|iter\w*|fold|run|seed|page|figure|table|section|task|에폭|轮|エポック|época|époque)\W{0,4}$",
    re.I,
)
#: Behind a percentage: it is a part of the data, `6,959 of the 7,000 images (25 % of the test file)`.
_OF_THE_DATA = re.compile(
    r"\s?(?:of|von|de[rsl]?|d[oa]s?|du|des) (?:the |all |our |den |las |los |as |os |les )?(?:\w+ )?(?:test|train|"
    r"valid|data|file|images|daten|bilder|datos|dados|données)",
    re.IGNORECASE,
)
_IN_FORMULA = re.compile(r"[*x×·+/=−-]\s?\(?\s?$")  # of `25/100 x 25/100 = 6.25 %`, the second is a factor
_COMPLEMENT = re.compile(
    r"error|\berr\b|wrong|incorrect|mis-?class|misrecogn|fail|fehler|falsch|incorrect|erróne|errad|erreur|faux|오류|"
    r"오분류|틀린|错误|錯誤|誤",
    re.IGNORECASE,
)
_SMALL = 20
_LARGEST_BATCH = 8192


@dataclass(frozen=True)
class PrintedQuotient:
    """A count with its percentage.

    Attributes:
        where: its place.
        text: as it is printed.
        part: the count.
        whole: what it is a part of.
        percent: the digits of the percentage.
        is_counter: whether it stands in the brackets of a progress counter, which counts batches.
        may_be_rest: whether the percentage may be of the rest, as the error beside the correct images.
    """

    where: str
    text: str
    part: int
    whole: int
    percent: str
    is_counter: bool
    may_be_rest: bool


def read_quotients(passage: TextPassage) -> Iterator[PrintedQuotient]:
    """Find counts beside their percentage.

    Arguments:
        passage: a text.

    Yields:
        Each count of at least `_SMALL` things whose percentage stands right beside it.
    """
    text = passage.text
    if "%" not in text and "％" not in text and "ercent" not in text and "rozent" not in text:
        return
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            part, whole = (int(re.sub(r"\D", "", match[name])) for name in ("k", "n"))
            before = text[max(match.start() - 30, 0) : match.start()]
            if _OF_THE_DATA.match(text, match.end()):
                continue
            if whole < _SMALL or _COUNTER.search(before) or _IN_FORMULA.search(before):
                continue
            taken.append(match.span())
            closing = ")" if "(" in match[0] and text[match.end() : match.end() + 1] == ")" else ""
            digits = re.match(r"[\d.,]+", match["p"])
            assert digits is not None
            yield PrintedQuotient(
                passage.place(match.start()),
                match[0].strip() + closing,
                part,
                whole,
                digits[0].replace(",", "."),
                before.rstrip().endswith(("[", "[ ")) or text[match.end() :].lstrip().startswith((")]", "]")),
                _COMPLEMENT.search(text) is not None,
            )


_WRONG = (
    r"(?:wrong(?:ly)?(?: \w{1,12})?|incorrect(?:ly)?(?: \w{1,12})?|mis-?(?:classified|recogni[sz]ed|labelled)"
    r"(?: \w{1,12})?|mistakes|errors|misclassifications|failures|falsch(?:e[nr]?)?(?: \w{1,14})?|"
    r"Fehler[n]?|Fehlklassifikationen|errores|erros|erreurs|"
    r"(?:imágenes |imagens |images )?(?:mal \w{4,13}|incorrect[ao]s?|errad[ao]s|erróne[ao]s|fausses))"
)
_WRONG_COUNTS = tuple(
    re.compile(rf"(?<![\d.,/:\w-]){pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?P<k>{_N})\s{_WRONG}\s(?:out\s)?(?:of|in|among|von|unter|bei|de|en|em|entre|sur|parmi)\s"
        rf"(?:the\s|all\s|our\s|den\s|las\s|los\s|as\s|os\s|les\s){{0,2}}(?P<n>{_N})(?!\s?%)",
        rf"(?P<k>{_N}){_OF}(?P<n>{_N}){_THINGS}\s?(?:are|were|is|sind|wurden|werden|son|fueron|são|foram|sont|"
        r"ont été)?\s?(?:wrong|wrongly|incorrect|incorrectly|mis-?classified|falsch|incorrect[ao]s|errad[ao]s|mal)\b",
        rf"(?P<n>{_N})\s?[张张枚장個个개]\w{{0,6}}?\s?(?:中(?:有)?|のうち|중(?:에서)?)\s?(?P<k>{_N})\s?[张枚장個个개]?[이가를을がはを]?\s?"
        r"(?:被)?(?:分类错误|识别错误|错误|错分|误分|誤(?:分類|認識|り)|不正解|오분류|오답|틀)",
    )
)


def read_wrong_counts(text: str) -> Iterator[tuple[int, int, int]]:
    """Find how many of all images are said to be wrong: `39 wrong digits out of 2500`.

    Arguments:
        text: a text.

    Yields:
        The wrong ones, all of them, and where it begins.
    """
    for pattern in _WRONG_COUNTS:
        for match in pattern.finditer(text):
            part, whole = (int(re.sub(r"\D", "", match[name])) for name in ("k", "n"))
            if whole >= _SMALL and 0 < part < whole:
                yield part, whole, match.start()


def is_progress(part: int, whole: int, percent: float) -> bool:
    """Say whether a percentage counts batches: `[ 512/1000 (50%)]` is batch 8 of 16.

    Many programs print the number of the batch times the images of this batch, of which the last has fewer:
    `[44928/60000 (100%)]` is batch 468, of 96 images.

    Arguments:
        part: the images so far.
        whole: all images.
        percent: the printed percentage, without decimals.

    Returns:
        True if some batch size gives it.
    """
    for batch in range(1, min(whole, _LARGEST_BATCH) + 1):
        batches = -(-whole // batch)
        last = whole - (batches - 1) * batch
        done = [part // batch] if part % batch == 0 else []
        done += [batches - 1] if part == (batches - 1) * last else []
        if any(int(100 * each / batches) <= percent <= int(100 * each / batches) + 1 for each in done):
            return True
    return False
