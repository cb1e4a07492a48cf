"""From a paragraph to statements: sentence by sentence."""

import re
from collections.abc import Iterator

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.contexts import DocumentContext, is_cited
from deepstudy.audits.reading.layout import clean_in_place, iterate_sentences
from deepstudy.audits.reading.lines.phrases import is_about, read_phrase
from deepstudy.audits.reading.lines.splits import images_of
from deepstudy.audits.reading.lines.tokens import Number, Phrase, tokenize
from deepstudy.audits.reading.statements import RATES, Draft

_LONGEST_ITEM = 60  # letters of an item that names a class
_FEWEST_IMAGES = 10
_MEAN = re.compile(vocabulary.MEANS, re.IGNORECASE)
_PER_EPOCH = re.compile(
    r"(?:/|per|each|every|one|an|pro|por|par|je|chaque|cada)\s*(?:training )?(?:epoch|epoche|época|époque)|에폭\s*당"
    r"|每(?:个|個)?(?:epoch|轮)|"
    r"(?:1|一)エポック|エポックあたり",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\btim(?:e|es|ing)\b|train(?:s|ed|ing)\b|took|takes|ran|runs?\b|elapsed|finish|complet|total|within|lasted|needs?\b|hours|minutes|"
    r"시간|걸|소요|时间|時間|耗时|用时|需要|花|tiempo|tard|tempo|lev(?:a|ou)|demor|zeit|dur[aóae]|dauer|braucht|temps|durée|dure|prend",
    re.IGNORECASE,
)


def read_paragraph(paragraph: Paragraph, context: DocumentContext, topic: str) -> Iterator[tuple[Draft, int, int]]:
    """Read the numbers of a paragraph.

    Arguments:
        paragraph: the paragraph.
        context: what holds for the document.
        topic: what stands above it, such as its headings, which may say what its percentages are.

    Yields:
        A draft of a statement for each number that is understood, and where its sentence begins and ends.
    """
    text = clean_in_place(paragraph.text)
    speaks_of_rate = _names_accuracy(topic) or context.speaks_of_accuracy
    before: list[str] = []  # the sentences up to this one, the last first
    for start, end in iterate_sentences(text):
        phrase = read_phrase(text[start:end], context.has_decimal_comma)
        before.insert(0, phrase.text)
        for draft in _drafts(phrase, context, speaks_of_rate):
            draft.dataset = context.dataset_of(*before)
            yield draft, start, end
        speaks_of_rate = speaks_of_rate or _names_accuracy(phrase.text)


def _names_accuracy(text: str) -> bool:
    return any(token.kind == "metric" and token.name in ("accuracy", "error") for token in tokenize(text))


def _drafts(phrase: Phrase, context: DocumentContext, speaks_of_rate: bool) -> Iterator[Draft]:
    text = phrase.text
    cited, mean = is_cited(text), _MEAN.search(text) is not None
    for number in phrase.numbers:
        metric = number.metric
        if metric == "accuracy?":
            metric = "accuracy" if speaks_of_rate else ""
        elif metric and number.metric_at >= 0:
            token = phrase.tokens[number.metric_at]
            metric = context.metric(metric, text[token.start : token.end])
        elif not metric:
            metric = _other(phrase, number)
        if not metric:
            continue
        if number.whole is not None and metric in (*RATES, "correct"):
            yield from _whole_of(phrase, number)
        yield Draft(
            metric,
            number,
            split=number.split if metric not in ("parameters", "seconds", "seconds_per_epoch") else "",
            text=text,
            epoch=phrase.epoch[0],
            epochs=phrase.epoch[1],
            unit=_unit(number) if metric in RATES else "",
            is_cited=cited,
            is_change=number.is_change,
            is_mean=mean,
            is_about=is_about(text, number.start),
            images=images_of(phrase, number) if metric in RATES else None,
        )


def _whole_of(phrase: Phrase, number: Number) -> Iterator[Draft]:
    """The images that `9,134 of 10,000` are a part of."""
    at = phrase.numbers.index(number) + 1
    if at < len(phrase.numbers) and phrase.numbers[at].role == "whole":
        yield Draft("images", phrase.numbers[at], split=number.split, text=phrase.text)


def _other(phrase: Phrase, number: Number) -> str:
    """The metric of a number that no word beside it names: a time, a number of images, k of n."""
    text = phrase.text
    if number.role == "images":
        return "images"
    if number.role == "seconds" and number.seconds is not None:
        if number.per.startswith(("epoch", "époq", "époc")) or _PER_EPOCH.search(text, number.end, number.end + 40):
            return "seconds_per_epoch"
        if not number.per and _PER_EPOCH.search(text):
            return "seconds_per_epoch"
        return "seconds" if not number.per and _DURATION.search(text) else "other"
    return ""


def _unit(number: Number):  # type: ignore[no-untyped-def]
    if number.has_percent:
        return "%"
    if number.whole is not None:
        return ""
    return "fraction" if abs(number.value) <= 1 else "percent"


def read_counts(paragraph: Paragraph, context: DocumentContext) -> Iterator[tuple[Draft, int, int]]:
    """Read an item of a list of classes with their images: `nevus: 6,705`.

    Arguments:
        paragraph: the item.
        context: what holds for the document.

    Yields:
        The number of images, and where its sentence begins and ends.
    """
    text = clean_in_place(paragraph.text)
    phrase = read_phrase(text, context.has_decimal_comma)
    numbers = [number for number in phrase.numbers if not number.role]
    if len(text) < _LONGEST_ITEM and len(numbers) == 1 and numbers[0].step == 1 and numbers[0].value >= _FEWEST_IMAGES:
        yield Draft("images", numbers[0], text=text, dataset=context.dataset_of(text)), 0, len(text)
