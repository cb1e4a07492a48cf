"""Over how many images a rate of a document can be: what its line says, what the text says of its split, or all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from deepstudy.audits.reading.blocks import DocumentLayout
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.samples.sample_words import RUN_COUNT
from deepstudy.audits.reading.samples.samples import count_of
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.training.image_counts import read_image_counts
from deepstudy.audits.reading.training.run_settings import read_run_settings
from deepstudy.datasets import DATASETS

_BATCHES = re.compile(
    r"(?:batch|\bbs\b|배치|批(?:量|次|处理)?大?小?|バッチ|\blotes?\b|\blots?\b|stapel)[^\d\n]{0,25}(\d{1,5})(?![\d.])|"
    r"(?<![\d.])(\d{1,5})[ -](?:images? )?(?:per|each|in a) batch",
    re.IGNORECASE,
)
_OF_BATCHES = re.compile(
    r"(?:averag\w+|mean|mittel\w*|promedi\w*|m[ée]dia|moyenn\w*|평균|平均)[^.\n]{0,40}(?:batch|배치|批|バッチ|lote|"
    r"lots)|"
    r"batch[- ](?:wise )?(?:mean|average)|smooth(?:ed|ing) (?:with|curve|acc)|moving average|drop_last\s?=\s?True",
    re.IGNORECASE,
)
_SUBSET = re.compile(
    r"\bsubset|\bsub-?sampl|small(?:er)? (?:part|portion)|reduced (?:data|test)|only \d|\d\s?% of (?:the )?(?:data|"
    r"test|images)|"
    r"train_test_split|random_split|test_size|teilmenge|부분집합|일부|子集|一部|subconjunto|sous-ensemble",
    re.IGNORECASE,
)
_IMAGES = re.compile(
    r"(?<![\d.,/x×*])(?<![x×*]\s)(?P<n>\d{1,3}(?:[,\u00a0\u202f]\d{3}){1,2}|\d{2,7})(?![\d%]|[.,]\d|\s?[x×*])\s?"
    r"(?P<what>(?:\w{1,12}[- ]){0,3}?(?:images?|samples?|examples?|pictures?|imágenes|imagens|bilder[n]?|muestras|"
    r"amostras|échantillons)|(?:장|개)의? ?\w{0,6}|[张幅枚個个]の?\w{0,6})",
    re.IGNORECASE,
)
#: Words before a number of images that a rate is over: `on 333 images`, `(12,000 images)`.
_ON = re.compile(
    r"(?:\b(?:on|over|of|all|first|the|from|these|our|auf|über|von|den|ersten|sobre|en|las|los|em|nos|as|os|sur|"
    r"les)\s|[(（]\s?)$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?<![\d.,/-])\d{1,3}(?:[,. \u00a0\u2009\u202f]\d{3}|\d{0,4})"
    r"(?:\s(?!of\b|out\b|von\b|de\b|sur\b)[^\W\d_]{2,14})?\s(?:out of|of|von|de|sur)\s"
    r"(?:the\s|all\s|our\s|den\s|insgesamt\s|las\s|los\s|as\s|os\s|les\s){0,2}"
    r"(?P<whole>\d{1,3}(?:[,. \u00a0\u2009\u202f]\d{3})|\d{2,7})(?![\d%]|[., \u00a0\u2009\u202f]\d)",
    re.IGNORECASE,
)
_SCORED = re.compile(r"test|valid|\beval|prueba|prova|테스트|검증|测试|測試|验证|テスト|検証", re.IGNORECASE)
_FEWEST = 20
_FEWEST_SAID = 100
_SEVERAL = re.compile(r"±|\bseeds\b|\bstd\b|표준편차|标准差|標準偏差", re.IGNORECASE)
_MOST_RUNS = 100


@dataclass
class ScoredImages:
    """What a document says of the images that its rates are over.

    Attributes:
        said: the numbers of images that the text gives to each split.
        batches: the batch sizes of training that it states.
        all_batches: all numbers that may be a batch size.
        runs: the numbers of runs that it names.
        has_runs: whether it speaks of several runs.
        is_of_batches: whether it says that rates are means over batches, or smoothed.
        has_subset: whether images may have been left out.
        validation_split: the part of the training images that code holds out.
    """

    said: dict[str, list[int]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    all_batches: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    has_runs: bool = False
    is_of_batches: bool = False
    has_subset: bool = False
    validation_split: float | None = None

    def sizes(self, statement: Statement) -> tuple[int, ...]:
        """Find how many images a rate can be over.

        Arguments:
            statement: an accuracy or an error.

        Returns:
            The numbers, the likeliest first; empty if nothing is known.
        """
        own = self._of_line(statement)
        if own:
            return own
        if statement.images is not None and statement.images >= _FEWEST:
            return (statement.images,)
        split = statement.split
        if split not in ("test", "validation"):
            return ()
        entry = DATASETS.get(statement.dataset or "")
        least = max(_FEWEST_SAID, entry.splits["test"] // 50 if entry is not None else 0)  # fewer are shown or plotted
        sizes = [size for size in self.said.get(split, ()) if size >= least]
        if entry is not None and split == "test":
            sizes.append(entry.splits["test"])
        if entry is not None and split == "validation" and self.validation_split:
            sizes.append(int(entry.splits["train"] * self.validation_split))
            sizes.append(entry.splits["train"] - int(entry.splits["train"] * (1 - self.validation_split)))
        return tuple(dict.fromkeys(size for size in sizes if size > 1))

    def _of_line(self, statement: Statement) -> tuple[int, ...]:
        """The images that the line or sentence itself names; of a table, nothing."""
        if statement.kind == "table":
            return ()
        text = statement.text[:1000]
        wholes = {int(re.sub(r"\D", "", match["whole"])) for match in _PART.finditer(text)}
        if wholes:  # `658 of 722 images`
            return tuple(wholes) if len(wholes) == 1 and min(wholes) >= _FEWEST else ()
        found: dict[int, None] = {}
        for match in _IMAGES.finditer(text):
            words, images = match["what"].lower(), int(re.sub(r"\D", "", match["n"]))
            is_scored = _SCORED.search(words) or _ON.search(text[max(match.start() - 12, 0) : match.start()])
            if images < _FEWEST or not is_scored or "pixel" in words:
                continue
            if statement.split == "test" and re.search(r"train|훈련|학습|训练|学習|valid", words):
                continue
            if statement.split == "validation" and re.search(r"train|test|훈련|학습|训练|学習", words):
                continue
            found[images] = None
        return tuple(found) if len(found) == 1 else ()


def read_scored_images(
    document: ReportDocument, layout: DocumentLayout, statements: Sequence[Statement]
) -> ScoredImages:
    """Find what a document says of the images that its rates are over.

    Arguments:
        document: the document.
        layout: its blocks.
        statements: its numbers.

    Returns:
        What it says.
    """
    text = document.text
    settings = read_run_settings(document)
    scored = ScoredImages(batches=settings.batches, validation_split=settings.validation_split)
    for counts in read_image_counts(document, layout):
        for each in counts.counts:
            if each.split in ("test", "validation"):
                scored.said.setdefault(each.split, []).append(each.images)
    for sizes in settings.splits:
        for size in sizes[1:]:
            scored.said.setdefault("validation", []).append(size)
            scored.said.setdefault("test", []).append(size)
    for statement in statements:
        if statement.metric == "images" and statement.split in ("test", "validation"):
            scored.said.setdefault(statement.split, []).append(int(statement.value))
    found = {int(number) for match in _BATCHES.finditer(text) for number in match.groups() if number}
    scored.all_batches = sorted({*found, *settings.batches} - {0, 1})
    runs = {count for match in RUN_COUNT.finditer(text) if (count := count_of(match[0])) is not None}
    scored.runs = sorted(count for count in runs if 1 < count <= _MOST_RUNS)
    scored.has_runs = bool(scored.runs) or _SEVERAL.search(text) is not None
    scored.is_of_batches = _OF_BATCHES.search(text) is not None
    scored.has_subset = _SUBSET.search(text) is not None
    return scored


def figure_of(statement: Statement) -> tuple[Fraction, Fraction] | None:
    """Read the exact percentage that a rate prints.

    Arguments:
        statement: a rate.

    Returns:
        The percentage and what its last digit counts; None if it is not printed as plain digits.
    """
    match = re.match(r"\s*(\d{1,3})(?:[.,](\d{1,18}))?(?![\d.,]|[eE])", statement.printed)
    if match is None:
        return None
    decimals = match[2] or ""
    value, step = Fraction(int(match[1] + decimals), 10 ** len(decimals)), Fraction(1, 10 ** len(decimals))
    if statement.unit == "fraction":
        value, step = 100 * value, 100 * step
    return (value, step) if abs(float(value) - statement.value) < 1e-6 else None
