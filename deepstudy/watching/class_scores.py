"""Precision, recall and F1 of a scored round, and which of them a printed number is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.printed_numbers import PrintedNumber, numbers_of
from deepstudy.watching.recording import PrintedLine, Round

Metric = Literal["precision", "recall", "f1"]
Floats = NDArray[np.float64]

_WORDS: tuple[tuple[Metric, re.Pattern[str]], ...] = (
    ("precision", re.compile(r"\bprec(?:ision|isión|isão)?\b|\bppv\b|精确率|查准率|정밀도|適合率", re.IGNORECASE)),
    ("recall", re.compile(r"\brec(?:all)?\b|\bsensitivity\b|\btpr\b|召回率|查全率|재현율|再現率", re.IGNORECASE)),
    ("f1", re.compile(r"\bf1\b|\bf1[- _]?score|\bf-?score|\bf-?measure", re.IGNORECASE)),
)
_DIGITS = 3  # of a number that says which metric it is


@dataclass(frozen=True)
class WrongMetric:
    """Printed numbers that are another metric than they are called.

    Attributes:
        says: what they are, as a sentence.
        round: the round that they are about.
        line: the last line.
    """

    says: str
    round: Round
    line: PrintedLine


@dataclass(frozen=True)
class _PrintedMetric:
    metric: Metric
    number: PrintedNumber
    line: PrintedLine


class ClassScores:
    """Computes the metrics of a round from its predictions.

    Arguments:
        evidence: the recorded program.
        round: a scored round.
    """

    def __init__(self, evidence: ProgramEvidence, round: Round) -> None:
        self.round = round
        array = evidence.program.array
        self.labels, self.predicted = array(round, "labels").astype(int), array(round, "predicted").astype(int)
        self.sizes = array(round, "sizes").astype(int)

    @property
    def is_known(self) -> bool:
        """Whether each image has a label and a prediction, of at most 1,000 classes."""
        known = 0 < len(self.labels) == len(self.predicted) == self.sizes.sum()
        return bool(known) and min(self.labels.min(), self.predicted.min()) >= 0 and self.classes <= 1_000

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(max(self.labels.max(), self.predicted.max())) + 1

    @cached_property
    def by_class(self) -> dict[Metric, Floats]:
        """The metrics of each class; 0 where nothing is predicted, or there is nothing."""
        return _metrics(self.labels, self.predicted, self.classes)

    def means(self, metric: Metric) -> list[float]:
        """The means that are usual: over classes, over images, and for two classes the second alone.

        Arguments:
            metric: which.
        """
        values = self.by_class[metric]
        counts = np.bincount(self.labels, minlength=self.classes)
        found = [float(values[counts > 0].mean()), float(np.average(values, weights=counts))]
        found.append(float((self.labels == self.predicted).mean()))  # over all decisions, which is the accuracy
        return [*found, float(values[1])] if self.classes == 2 else [*found, float(values.mean())]

    def mean_of_batches(self, metric: Metric) -> float:
        """The mean over batches of the mean over classes.

        Arguments:
            metric: which.
        """
        ends = np.cumsum(self.sizes)
        parts = [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]
        return float(
            np.mean([_metrics(self.labels[part], self.predicted[part], self.classes)[metric].mean() for part in parts])
        )


def wrong_metrics(evidence: ProgramEvidence) -> Iterator[WrongMetric]:
    """Look for precisions that are recalls and the other way round, and for means over batches.

    Arguments:
        evidence: the recorded program.

    Returns:
        What was found, at most one for each scored round.
    """
    scored = [each for each in evidence.scored if evidence.program.array(each, "predicted").size]
    for number, round in enumerate(scored):
        until = scored[number + 1].start if number + 1 < len(scored) else np.inf
        printed = list(_printed(evidence, round.end - 1, until))
        if not printed:
            continue
        scores = ClassScores(evidence, round)
        if scores.is_known:
            yield from _wrong(scores, printed)


def _wrong(scores: ClassScores, printed: list[_PrintedMetric]) -> Iterator[WrongMetric]:
    for where in dict.fromkeys(each.line.where for each in printed):  # each statement prints one table or one mean
        own = [each for each in printed if each.line.where == where]
        if _are_exchanged(scores, own):
            yield WrongMetric(
                "What is printed as precision is the recall, and what is printed as recall is the precision.",
                scores.round,
                own[-1].line,
            )
            return
    if len(scores.sizes) < 2:
        return
    for each in printed:
        digits_enough = each.number.digits >= _DIGITS
        if not digits_enough or _fits(each.number, [*scores.means(each.metric), *scores.by_class[each.metric]]):
            continue
        if _fits(each.number, [scores.mean_of_batches(each.metric)]):
            right = scores.means(each.metric)[0]
            yield WrongMetric(
                f"The printed {each.metric} `{each.number.text}` is the mean of the batches' values. Over all images "
                f"it is {right:.4g}, because {each.metric} is no mean over images.",
                scores.round,
                each.line,
            )
            return


def _are_exchanged(scores: ClassScores, printed: list[_PrintedMetric]) -> bool:
    """Whether all that is called precision is recall and no precision, and the other way round."""
    pairs: tuple[tuple[Metric, Metric], ...] = (("precision", "recall"), ("recall", "precision"))
    named = {metric: [each for each in printed if each.metric == metric] for metric, _ in pairs}
    return all(named.values()) and all(
        _is(scores, other, named[metric]) and not _is(scores, metric, named[metric]) for metric, other in pairs
    )


def _is(scores: ClassScores, metric: Metric, printed: list[_PrintedMetric]) -> bool:
    """Whether printed numbers are a metric: one mean, or the values of all classes in order."""
    numbers = [each.number for each in printed]
    if len(numbers) == scores.classes > 1:
        return all(_fits(number, [value]) for number, value in zip(numbers, scores.by_class[metric], strict=True))
    return len(numbers) == 1 and numbers[0].digits >= _DIGITS and _fits(numbers[0], scores.means(metric)[:2])


def _fits(number: PrintedNumber, values: list[float]) -> bool:
    return any(number.is_near(value, scale) for value in values for scale in (1.0, 100.0))


def _printed(evidence: ProgramEvidence, since: float, until: float) -> Iterator[_PrintedMetric]:
    """The numbers that are called a metric, by the words before them or by a header above."""
    header: list[Metric] = []
    for line in evidence.recording.printed:
        if not since <= line.clock < until:
            continue
        numbers = numbers_of(line.text)
        words = sorted((match.start(), metric) for metric, word in _WORDS for match in word.finditer(line.text))
        if words and not numbers:
            header = [metric for _, metric in words]
        elif words:
            at = 0
            for number in numbers:
                at = line.text.index(number.text, at)
                before = [metric for start, metric in words if start < at]
                if before:
                    yield _PrintedMetric(before[-1], number, line)
                at += len(number.text)
        elif header and len(numbers) >= len(header):
            for metric, number in zip(header, numbers, strict=False):
                yield _PrintedMetric(metric, number, line)


def _metrics(labels: NDArray[np.int_], predicted: NDArray[np.int_], classes: int) -> dict[Metric, Floats]:
    matrix = np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)
    hits = np.diag(matrix).astype(float)
    predictions, images = matrix.sum(0), matrix.sum(1)
    return {
        "precision": hits / np.maximum(predictions, 1),
        "recall": hits / np.maximum(images, 1),
        "f1": 2 * hits / np.maximum(predictions + images, 1),
    }
