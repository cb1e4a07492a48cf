"""Numbers of images: how many a sentence gives to training, validation and testing, and how many there are in all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph, PrintedTable
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.statements import SplitOf

_N = r"(?<![\d.,/\[=])(?P<n>\d{1,3}(?:[,.\u00a0\u202f ]\d{3}){1,3}(?![\d,.]\d)|\d{1,8}(?![\d]|[.,]\d))"
_IMAGES = (
    r"(?:images?|samples?|examples?|pictures?|instances|imágenes|muestras|ejemplos|imagens|amostras|exemplos|"
    r"bilder[n]?|"
    r"beispiele?n?|exemples|échantillons)"
)
_SPLIT = r"(?P<split>train(?:ing)?|valid(?:ation)?|val|dev(?:elopment)?|test(?:ing)?|hold-?out|held-?out)"
_LATIN = (
    r"(?P<split>entrenamiento|prueba|validaci[óo]n|test|treino|treinamento|teste|valida[çc][ãa]o|entra[îi]nement|"
    r"apprentissage|validation)"
)
_ASIAN = r"(?P<split>훈련|학습|검증|테스트|시험|训练|訓練|验证|驗證|测试|測試|学習|検証|テスト)"
_ADJECTIVES = (
    r"(?:(?:handwritten|labell?ed|colou?r|gr[ae]y-?scale|RGB|original|clean|remaining|random|different) ){0,2}"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_N} {_ADJECTIVES}{_SPLIT}(?:[- ]?(?:set|data))?[ -]{_IMAGES}",
        rf"{_N} {_ADJECTIVES}{_IMAGES} (?:are |were |is )?(?:used |kept |reserved |set aside |left )?(?:for|in|of|as|"
        rf"to) (?:the |our )?{_SPLIT}\b",
        rf"{_N} {_SPLIT}(?:,| and| &|;|\)|\.(?: |$)|$| ?/| \()",
        rf"{_N} (?:for|as) (?:the )?{_SPLIT}\b",
        rf"{_SPLIT}(?:[ -]?(?:set|data|images|samples))?(?:: | = | \(|, with |, of | of | has | contains | size: "
        rf"){_N}(?: {_IMAGES})?(?! ?(?:%|epoch|batch|x ))",
        rf"{_N} (?:{_IMAGES} )?(?:(?:de|d['’]|para|pour|em|zum|für|zur|als) ?(?:das |la |le |el |o |l['’])?){_LATIN}",
        rf"{_N} (?P<split>training|trainings|test|validierung|validierungs)(?:bilder|beispiele|daten)[n]?",
        rf"{_N} (?P<split>training|trainings|test|validierung|validierungs)-(?=,| und| oder)",
        rf"{_N} (?:bilder[n]? )?(?:für das |zum |für die |zur |für )(?P<split>training|testen?|validierung)",
        rf"{_ASIAN}(?:용|用)?\s?(?:데이터|이미지|영상|샘플|图像|图片|样本|集|画像|データ|数据|셋|세트|集有|"
        rf"セット)?\s?(?:는|은|이|가|为|有|は|が|:|：|"
        rf"\()?\s?{_N}\s?(?:장|개|张|個|个|幅|枚)",
        rf"{_N}\s?(?:장의?|개의?|张|幅|枚の?)\s?{_ASIAN}(?:용|用)?\s?(?:이미지|데이터|图像|图片|样本|画像|データ)?",
    )
)
#: The word for the images, and then how many they are, as in a table whose rules are lost.
_LABELLED = re.compile(
    rf"(?:{_SPLIT}|{_LATIN.replace('split', 'split2')})(?:[ -]?(?:set|data|{_IMAGES}|size)){{0,2}}\s?[:=|]?\s?{_N}",
    re.IGNORECASE,
)
_TOTAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:of|from|out of|all|among|have|has|contains?|consists? of|total of|into|split|divid\w+|use) (?:the |all "
        rf"|a total of |our )?{_N} {_ADJECTIVES}{_IMAGES}",
        rf"{_N} {_ADJECTIVES}{_IMAGES} (?:in (?:total|all)|altogether|overall|insgesamt|en total|no total|au total|"
        rf"en tout)\b",
        rf"(?:in total|total(?: of)?|altogether|insgesamt|en total|no total|au total|en tout|总共|共有?|合計|"
        rf"총|전체|全部で|计)[ "
        rf":]{{0,2}}{_N}",
        rf"(?:of|von|de) (?:the |den |las |as |les )?{_N}(?= (?:{_IMAGES})|[.,;)]|$)",
    )
)
#: All images as the subject of a sentence: `The 5,000 images were divided into ...`.
_SUBJECT = re.compile(
    rf"(?:^|[.:;(]\s?)(?:(?:the|all|these|our|die|alle|las|los|as|os|les|ces|toutes les|todas las) )?(?:total of )?"
    rf"{_N} {_ADJECTIVES}{_IMAGES}(?=\s?(?P<colon>:)|\s?\)| (?:are|were|is|was|wurden|werden|sind|se|fueron|foram|"
    rf"são|ont|sont)\b)",
    re.IGNORECASE,
)
_ANY_SPLIT = re.compile(r"train|valid|test|held|entren|prueba|treino|teste|entra[îi]n|apprent|validier", re.IGNORECASE)
_PER_CLASS = re.compile(
    rf"{_N} {_ADJECTIVES}(?:(?P<split>train(?:ing)?|test(?:ing)?|validation) )?{_IMAGES}(?: (?:for|in|of))?(?: "
    rf"each)? ?(?:per|each|in each|for each|for every|a) ?"
    r"(?:class|digit|category|label)|"
    rf"{_N.replace('<n>', '<n3>')} (?:(?P<split3>train(?:ing)?|test(?:ing)?|validation) )?{_IMAGES} "
    rf"(?:each|cada una?|chacune?|jeweils|por (?:clase|classe|categor[ií]a)|par (?:classe|catégorie)|pro klasse|"
    rf"je klasse|cada\b)|"
    rf"\bje(?:weils)? {_N.replace('<n>', '<n4>')} {_IMAGES}|"
    r"(?:클래스당|클래스별|每类|每個类别|每个类别|各クラス)\s?(?P<n2>\d{1,3}(?:,\d{3}){0,2}|\d{1,7})",
    re.IGNORECASE,
)
_CLASSES = re.compile(
    r"(?<![\w.,-])(\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred) (?:\w+ )?(?:classes|"
    r"categories|digits|labels|clases|klassen|categor[ií]as|catégories|kategorien)\b|"
    r"(\d{1,4})\s?(?:개의?\s?(?:클래스|범주)|个?类|クラス)",
    re.IGNORECASE,
)
_WORDS = "two three four five six seven eight nine ten".split()
_SHARES = re.compile(
    r"(?<![\d.,:/-])(\d{2}(?:\.\d)?)\s?%?\s?(?:/|-|:|–)\s?(\d{1,2}(?:\.\d)?)\s?%?(?:\s?(?:/|-|:|"
    r"–)\s?(\d{1,2}(?:\.\d)?)\s?%?)?(?![\d.:/])"
)
_SPLIT_WORDS = re.compile(
    r"split|divid|partition|ratio|aufgeteilt|aufteil|분할|비율|划分|比例|分割|divid|repart|répart|proporç",
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
    rf"teste|"
    r"entra[îi]n|bilder|[가-힣\u4e00-\u9fff\u3040-\u30ff]",
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
    """Find the sentences that give numbers of images.

    Arguments:
        document: the document.
        layout: its blocks.

    Yields:
        Them, in their order.
    """
    for block, headings in zip(layout.blocks, layout.headings, strict=True):
        if isinstance(block, Paragraph):
            for start, end in iterate_sentences(block.text):
                line = block.locate(start, start + 1).line
                if (
                    counts := _counts(block.text[start:end][:1000], document.where(line + 1), line, headings)
                ) is not None:
                    yield counts
        elif not isinstance(block, PrintedTable):
            lines = getattr(block, "lines", (block.line,) if hasattr(block, "line") else ())
            for line in lines:
                text = document.lines[line].text
                if len(text) < 400 and (counts := _counts(text, document.where(line + 1), line, headings)) is not None:
                    yield counts


def _counts(text: str, where: str, line: int, headings: tuple[str, ...]) -> ImageCounts | None:
    if not any(letter.isdigit() for letter in text) or not _SPEAKS_OF_IMAGES.search(text):
        return None
    per_class = _PER_CLASS.search(text)
    counts: dict[int, SaidImages] = {}
    labels = [*_LABELLED.finditer(text)]
    if len(labels) > 1 and not re.search(_N, text[: labels[0].start()]):  # `Training images 900 Test images 100`
        for match in labels:
            if number := _whole(match["n"]):
                split = _split(match["split"] or match["split2"])
                counts[match.start("n")] = SaidImages(number, split, match.start("n"))
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            number = _whole(match["n"])
            is_of_class = per_class and per_class.start() <= match.start("n") < per_class.end()
            if number and not is_of_class:
                counts.setdefault(match.start("n"), SaidImages(number, _split(match["split"]), match.start("n")))
    for at, pattern in enumerate(_TOTAL):
        for match in pattern.finditer(text):
            number = _whole(match["n"])
            is_of_class = per_class and per_class.start() <= match.start("n") < per_class.end()
            if number and number >= 100 and not is_of_class:
                counts.setdefault(match.start("n"), SaidImages(number, "all", match.start("n"), at in (1, 2)))
    for match in _SUBJECT.finditer(text):
        number, clause = _whole(match["n"]), re.match(r"[^\d]{0,60}", text[match.end() :])
        is_of_split = clause is not None and _ANY_SPLIT.search(clause[0])
        if number >= 100 and not is_of_split and match.start("n") not in counts:
            is_sum = match["colon"] is not None
            counts[match.start("n")] = SaidImages(number, "all", match.start("n"), is_sum)
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
    found = tuple(counts[at] for at in sorted(counts))
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


def _classes(text: str) -> int | None:
    match = _CLASSES.search(text)
    if match is None:
        return None
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
