"""Numbers of images: how many a sentence gives to training, validation and testing, and how many there are in all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, PrintedTable
from deepstudy.audits.reading.contexts import DocumentContext
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.lines.phrases import read_phrase
from deepstudy.audits.reading.statements import SplitOf
from deepstudy.audits.reading.vocabulary import IMAGE_WORDS

_N = r"(?<![\d.,/\[=])(?P<n>\d{1,3}(?:[,.\u00a0\u202f ]\d{3}){1,3}(?![\d,.]\d)|\d{1,8}(?![\d]|[.,]\d))"
_IMAGES = (
    r"(?:images?|samples?|examples?|pictures?|instances|imágenes|muestras|ejemplos|imagens|amostras|exemplos|"
    r"bilder[n]?|beispiele?n?|exemples|échantillons|photos?|photographs?|fotos?|fotograf[ií]as|photographies|aufnahmen|"
    r"radiograf[ií]as|radiographies|radiographs|scans)"
)
_ADJECTIVES = (
    r"(?:(?:handwritten|labell?ed|colou?r|gr[ae]y-?scale|RGB|original|clean|remaining|random|different) ){0,2}"
)
_TOTAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:of|from|out of|all|among|have|has|contains?|consists? of|total of|into|split|divid\w+|use) (?:the |all "
        rf"|a total of |our )?{_N} {_ADJECTIVES}{_IMAGES}",
        rf"{_N} {_ADJECTIVES}{_IMAGES} (?:in (?:total|all)|altogether|overall|insgesamt|en total|no total|au total|"
        rf"en tout)\b",
        rf"(?:in total|total(?: of)?|altogether|insgesamt|en total|no total|au total|en tout|总共|共有?|合計|"
        rf"총|전체|모두|합쳐|합하면|全部で|一共|计)[ "
        rf":]{{0,2}}{_N}(?!\s?(?:步|次|轮|个?批|个?参数|steps|iterations|updates|스텝|회|ステップ|回|pasos|passos|schritte|"
        rf"param))",
        rf"(?:of|von|de) (?:the |den |las |as |les )?{_N}(?= (?:{_IMAGES})|[.,;)]|$)",
    )
)
#: All images as the subject of a sentence: `The 5,000 images were divided into ...`.
_SUBJECT = re.compile(
    rf"(?:^|[.:;(]\s?)(?:(?:the|all|these|our|die|alle|las|los|as|os|les|ces|toutes les|todas las) )?(?:total of )?"
    rf"{_N} {_ADJECTIVES}{_IMAGES}(?=\s?(?P<colon>:)|\s?\)|"
    r"(?: (?:of|from|in|d[aeo]s?|del|von|aus|der|des|du) (?:[^\W\d_]{2,12} ){1,4}?| )(?:are|were|is|was|wurden|werden|"
    rf"sind|se|fueron|foram|são|ont|sont)\b)",
    re.IGNORECASE,
)
_ANY_SPLIT = re.compile(r"train|valid|test|held|entren|prueba|treino|teste|entra[îi]n|apprent|validier", re.IGNORECASE)
#: `60.000 Bilder`: three digits behind the dot are thousands.
_DOTTED = re.compile(rf"(?<![\d.,])[1-9]\d{{0,2}}\.\d{{3}}(?![\d.]) ?(?:\w+ ){{0,2}}?(?:{IMAGE_WORDS})", re.IGNORECASE)
_PER_CLASS = re.compile(
    rf"{_N} {_ADJECTIVES}(?:(?P<split>train(?:ing)?|test(?:ing)?|validation) )?{_IMAGES}(?: (?:for|in|of))?(?: "
    rf"each)? ?(?:per|each|in each|for each|for every|a) ?"
    r"(?:class|digit|category|label)|"
    rf"{_N.replace('<n>', '<n3>')} (?:(?P<split3>train(?:ing)?|test(?:ing)?|validation) )?{_IMAGES} "
    rf"(?:each|cada una?|chacune?|jeweils|por (?:clase|classe|categor[ií]a)|par (?:classe|catégorie)|pro klasse|"
    rf"je klasse|cada\b)|\bje(?:weils)? {_N.replace('<n>', '<n4>')} {_IMAGES}|"
    r"(?:클래스당|클래스별|각각|每类|每個类别|每个类别|各クラス)\s?(?P<n2>\d{1,3}(?:,\d{3}){1,2}|\d{1,7})",
    re.IGNORECASE,
)
_KOREAN = "두 세 네 다섯 여섯 일곱 여덟 아홉 열".split()
_HAN = "二三四五六七八九十"
_CLASSES = re.compile(
    r"(?<![\w.,-])(\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred) (?:\w+ )?(?:classes|"
    r"categories|digits|labels|clases|klassen|categor[ií]as|catégories|kategorien)\b|"
    r"(\d{1,4})\s?(?:개의?\s?(?:클래스|범주)|(?:가지|종류|품종)|个?类|种|クラス|種類)|"
    rf"({'|'.join(_KOREAN)})\s?(?:가지|종류|클래스|품종)|([二两三四五六七八九十])(?:个?类|种)",
    re.IGNORECASE,
)
_LONGEST_ITEM, _LONGEST_ABOVE = 160, 400  # letters
_FEWEST_IN_ALL = 100  # images
_WORDS = "two three four five six seven eight nine ten".split()
_SHARES = re.compile(
    r"(?<![\d.,:/-])(\d{2}(?:\.\d)?)\s?%?\s?(?:/|-|:|–)\s?(\d{1,2}(?:\.\d)?)\s?%?(?:\s?(?:/|-|:|"
    r"–)\s?(\d{1,2}(?:\.\d)?)\s?%?)?(?![\d.:/])"
)
_SPLIT_WORDS = re.compile(
    r"split|divid|partition|ratio|aufgeteilt|aufteil|분할|비율|划分|比例|分割|divid|repart|répart|proporç",
    re.IGNORECASE,
)
_IS_DIVIDED = re.compile(
    r"\b(?:were|was|are|is|wurden|werden|sind|fueron|foram|ont été|sont|se)\s(?:\w+\s){0,2}?"
    r"(?:split|divi\w+|aufgeteilt|repart\w+|répart\w+|separ\w+)",
    re.IGNORECASE,
)
_SPLITS: Mapping[str, SplitOf] = {
    "train": "train",
    "entren": "train",
    "trein": "train",
    "entra": "train",
    "appr": "train",
    "훈련": "train",
    "학습": "train",
    "训练": "train",
    "訓練": "train",
    "学習": "train",
    "val": "validation",
    "dev": "validation",
    "hold": "validation",
    "held": "validation",
    "검증": "validation",
    "验证": "validation",
    "驗證": "validation",
    "検証": "validation",
}


#: What makes a line worth reading; most lines of a log are not.
_SPEAKS_OF_IMAGES = re.compile(
    rf"{_IMAGES}|\btotal\b|\bsplit|classes|categor|training|\btrain|\btest|valid|held|insgesamt|entren|prueba|trein|"
    rf"teste|entra[îi]n|bilder|[가-힣\u4e00-\u9fff\u3040-\u30ff]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SaidImages:
    """A number of images in a sentence.

    Attributes:
        images: how many.
        split: which; "all" for a total.
        start: where its number begins in the sentence.
        is_sum: whether it is said to be of all of them: `70,000 in total`.
    """

    images: int
    split: SplitOf | Literal["all"]
    start: int
    is_sum: bool = False


@dataclass(frozen=True)
class ImageCounts:
    """What a sentence says of numbers of images.

    Attributes:
        text: the sentence.
        where: its place.
        line: the number of its line in the document, from 0.
        counts: the numbers, in order.
        per_class: the images of each class; None if it says nothing of them.
        per_class_split: of which split these are; "all" if it does not say it.
        classes: the number of classes; None if it does not say it.
        shares: the parts of a split in percent; () if it does not say them.
        headings: the headings above it, the outermost first.
    """

    text: str
    where: str
    line: int
    counts: tuple[SaidImages, ...]
    per_class: int | None = None
    per_class_split: SplitOf | Literal["all"] = "all"
    classes: int | None = None
    shares: tuple[float, ...] = ()
    headings: tuple[str, ...] = ()

    def of(self, split: str) -> list[int]:
        """Choose the numbers of a split.

        Arguments:
            split: which.

        Returns:
            The numbers, in order.
        """
        return [each.images for each in self.counts if each.split == split]


def read_image_counts(document: ReportDocument, layout: DocumentLayout) -> Iterator[ImageCounts]:
    """Find the sentences that give numbers of images. A list whose items give one each is read as one sentence.

    Arguments:
        document: the document.
        layout: its blocks.

    Yields:
        Them, in their order.
    """
    comma = DocumentContext(document, layout).has_decimal_comma
    before: Paragraph | None = None
    items: list[Paragraph] = []
    for block, headings in zip([*layout.blocks, None], [*layout.headings, ()], strict=True):
        if isinstance(block, Paragraph) and block.is_item and len(block.text) <= _LONGEST_ITEM:
            items.append(block)
        else:
            if len(items) > 1:
                yield from _of_list(before, items, document, headings, comma)
            items = []
            before = block if isinstance(block, Paragraph) else None
        if isinstance(block, Paragraph):
            above: int | None = None  # the images of which the sentence before gives the number
            for start, end in iterate_sentences(block.text):
                line = block.locate(start, start + 1).line
                where, text = document.where(line + 1), block.text[start:end][:1000]
                if (counts := _counts(text, where, line, headings, comma)) is not None:
                    yield _with_total(counts, above)
                above = _only_images(text, comma) or above
        elif block is not None and not isinstance(block, PrintedTable):
            lines = getattr(block, "lines", (block.line,) if hasattr(block, "line") else ())
            for line in lines:
                text, where = document.lines[line].text, document.where(line + 1)
                if len(text) < 400 and (counts := _counts(text, where, line, headings, comma)) is not None:
                    yield counts


def _only_images(text: str, comma: bool) -> int | None:
    """The only number of images of a sentence that names no split beside it."""
    if not any(letter.isdigit() for letter in text):
        return None
    phrase = read_phrase(text, comma or _DOTTED.search(text) is not None)
    images = {int(number.value) for number in phrase.numbers if number.role == "images" and not number.split}
    return images.pop() if len(images) == 1 and max(images) >= _FEWEST_IN_ALL else None


def _with_total(counts: ImageCounts, above: int | None) -> ImageCounts:
    """`There are 6,400 pictures. We took 4,480 for training, ...`: the total of the sentence before."""
    splits = {each.split for each in counts.counts}
    if above is None or "all" in splits or len(splits) < 2 or len(splits) < len(counts.counts):
        return counts
    return replace(counts, counts=(SaidImages(above, "all", 0), *counts.counts))


def _of_list(
    before: Paragraph | None,
    items: Sequence[Paragraph],
    document: ReportDocument,
    headings: tuple[str, ...],
    comma: bool,
) -> Iterator[ImageCounts]:
    """The sizes of splits in a list, with the number of all images in the sentences above it."""
    above = "" if before is None else before.text[-_LONGEST_ABOVE:]
    parts = [_counts(item.text, "", item.line, headings, comma) for item in items]
    single = [each for each in parts if each is not None and len(each.counts) == 1 and each.counts[0].split != "all"]
    if len(single) < 2 or len({each.counts[0].split for each in single}) < len(single):
        return
    line = single[0].line
    totals = {
        int(number.value)
        for number in read_phrase(above, comma or _DOTTED.search(above) is not None).numbers
        if number.role == "images" and number.value >= _FEWEST_IN_ALL
    }
    if len(totals) != 1:
        return
    text = "; ".join([above, *(each.text for each in single)])
    whole = SaidImages(totals.pop(), "all", 0, is_sum=True)
    counts = (whole, *(each.counts[0] for each in single))
    yield ImageCounts(text, document.where(line + 1), line, counts, headings=headings)


def _counts(text: str, where: str, line: int, headings: tuple[str, ...], has_decimal_comma: bool) -> ImageCounts | None:
    if not any(letter.isdigit() for letter in text) or not _SPEAKS_OF_IMAGES.search(text):
        return None
    per_class = _PER_CLASS.search(text)
    counts: dict[int, SaidImages] = {}
    phrase = read_phrase(text, has_decimal_comma or _DOTTED.search(text) is not None)
    for number in phrase.numbers:
        is_of_class = per_class and per_class.start() <= number.start < per_class.end()
        if number.role == "images" and number.split and number.value >= 1 and not is_of_class:
            split: SplitOf = number.split  # type: ignore[assignment]
            counts[number.start] = SaidImages(int(number.value), split, number.start)
    for at, pattern in enumerate(_TOTAL):
        for match in pattern.finditer(text):
            whole = _whole(match["n"])
            is_of_class = per_class and per_class.start() <= match.start("n") < per_class.end()
            if whole >= 100 and not is_of_class:
                counts.setdefault(match.start("n"), SaidImages(whole, "all", match.start("n"), at in (1, 2)))
    for match in _SUBJECT.finditer(text):
        whole, clause = _whole(match["n"]), re.match(r"[^\d]{0,60}", text[match.end() :])
        is_of_split = clause is not None and _ANY_SPLIT.search(clause[0])
        if whole >= 100 and not is_of_split and match.start("n") not in counts:
            is_sum = match["colon"] is not None
            counts[match.start("n")] = SaidImages(whole, "all", match.start("n"), is_sum)
    shares: tuple[float, ...] = ()
    if _SPLIT_WORDS.search(text) and (match_ := _SHARES.search(text)):
        parts = tuple(float(part) for part in match_.groups() if part)
        shares = parts if abs(sum(parts) - 100) < 0.01 else ()
    if not counts and per_class is None:
        return None
    each = None
    if per_class is not None:
        each = _whole(next(per_class[name] for name in ("n", "n2", "n3", "n4") if per_class[name]))
    of_class = (per_class["split"] or per_class["split3"]) if per_class is not None else None
    found = _with_whole(tuple(counts[at] for at in sorted(counts)), text)
    return ImageCounts(
        text.strip(),
        where,
        line,
        found,
        each,
        _split(of_class) if of_class else "all",
        _classes(text),
        shares,
        headings,
    )


def _with_whole(counts: tuple[SaidImages, ...], text: str) -> tuple[SaidImages, ...]:
    """`The 50,000 training images are divided into 45,000 for training and 5,000`: the first number is all of them."""
    train = [each for each in counts if each.split == "train"]
    rest = [each.images for each in counts if each.split == "validation"]
    if len(train) != 2 or len(rest) != 1:
        return counts
    larger, smaller = sorted(train, key=lambda each: -each.images)
    is_whole = larger is counts[0] and _IS_DIVIDED.search(text[larger.start : counts[1].start]) is not None
    if larger.images - smaller.images != rest[0] and not is_whole:
        return counts
    return tuple(replace(each, split="all") if each is larger else each for each in counts)


def _classes(text: str) -> int | None:
    match = _CLASSES.search(text)
    if match is None:
        return None
    if match[3]:
        return _KOREAN.index(match[3]) + 2
    if match[4]:
        return 2 if match[4] == "两" else _HAN.index(match[4]) + 2
    word = (match[1] or match[2]).lower()
    if word.isdecimal():
        return int(word)
    return {"twenty": 20, "hundred": 100}.get(word) or _WORDS.index(word) + 2


def _split(word: str) -> SplitOf:
    lower = word.lower()
    return next((split for head, split in _SPLITS.items() if lower.startswith(head)), "test")


def _whole(printed: str) -> int:
    digits = re.sub(r"[,.\u00a0\u202f ]", "", printed)
    return int(digits) if len(digits) <= 9 else 0
