"""Losses and accuracies that one line prints for the same images."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deepstudy.audits.reading.document import ReportDocument

_SPLITS = {
    "train": r"train(?:ing)?",
    "validation": r"val(?:id(?:ation)?)?|dev",
    "test": r"test(?:ing)?|eval(?:uation)?",
}
_METRIC = re.compile(
    rf"(?:(?<![a-z])(?P<split>{'|'.join(_SPLITS.values())})(?![a-z])[\s_-]*(?:set\b|data\b)?[\s_-]*)?"
    r"(?<![a-z])(?P<metric>loss|acc(?:uracy)?)(?![a-z])"
    r"\s*(?:\([^()\d]{1,20}\))?\s*[:=]?\s*(?:is|was|of)?\s*"
    r"(?:(?P<right>\d+)\s*/\s*(?P<all>\d+)|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?))\s*(?P<percent>%)?",
    re.IGNORECASE,
)
_NOT_TOP_1 = re.compile(r"top[\s@_-]*[2-9]|@\s*[2-9]", re.IGNORECASE)
_LONGEST = 1000  # characters; longer lines are not a log's


@dataclass(frozen=True)
class LossWithAccuracy:
    """A mean loss and an accuracy over the same images.

    Attributes:
        where: the place of the line.
        text: the line.
        split: which images; "" if the line does not say it.
        loss: the loss as it is printed, in nats.
        loss_step: what the last printed digit of the loss counts.
        accuracy: the accuracy, in percent.
        accuracy_step: what its last printed digit counts, in percent.
    """

    where: str
    text: str
    split: str
    loss: float
    loss_step: float
    accuracy: float
    accuracy_step: float


@dataclass(frozen=True)
class _PrintedMetric:
    value: float
    step: float
    has_unit: bool


def read_pairs(document: ReportDocument) -> list[LossWithAccuracy]:
    """Find losses beside accuracies.

    A pair is read where a line prints one loss and one accuracy with the same split in their names, or both without.

    Arguments:
        document: the report.

    Returns:
        The pairs, in their order.
    """
    pairs = []
    for index, line in enumerate(document.lines, 1):
        if len(line.text) >= _LONGEST:
            continue
        for split, loss, accuracy in _pairs_of(line.text):
            # Up to 1 without a percent sign it is read as a fraction, which can only make the pair more plausible.
            scale = 1 if accuracy.has_unit or accuracy.value > 1 else 100
            value, step = accuracy.value * scale, accuracy.step * scale
            if value <= 100:
                where, text = document.where(index), line.text.strip()
                pairs.append(LossWithAccuracy(where, text, split, loss.value, loss.step, value, step))
    return pairs


def _pairs_of(line: str) -> Iterator[tuple[str, _PrintedMetric, _PrintedMetric]]:
    metrics: dict[tuple[str, str], list[_PrintedMetric]] = {}
    for match in _METRIC.finditer(line):
        if _NOT_TOP_1.search(line[max(match.start() - 8, 0) : match.end()]):
            continue
        kind = "loss" if match["metric"].lower() == "loss" else "accuracy"
        if (printed := _printed(match, kind)) is not None:
            metrics.setdefault((_split(match["split"]), kind), []).append(printed)
    for split in ("", *_SPLITS):
        losses, accuracies = metrics.get((split, "loss"), []), metrics.get((split, "accuracy"), [])
        if len(losses) == len(accuracies) == 1:
            yield split, losses[0], accuracies[0]


def _printed(match: re.Match[str], kind: str) -> _PrintedMetric | None:
    if match["right"] is not None:
        right, count = int(match["right"]), int(match["all"])
        if kind == "loss" or not count > 0 or right > count:
            return None
        return _PrintedMetric(100 * right / count, 0.0, has_unit=True)
    number = match["number"].lower()
    mantissa, _, exponent = number.partition("e")
    step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return _PrintedMetric(float(number), step, has_unit=match["percent"] is not None)


def _split(word: str | None) -> str:
    if word is None:
        return ""
    return next(split for split, pattern in _SPLITS.items() if re.fullmatch(pattern, word, re.IGNORECASE))
