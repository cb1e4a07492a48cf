"""Two losses of one line that differ several times at the same accuracy.

The rule compares lines that print loss and accuracy of two splits, such as training and test images.

## Why it matters
At nearly the same accuracy, the mean losses of two splits are of the same size. If one is several times the other, one
of them is not a mean over its images: often a sum was divided by the number of batches of the other split. Curves of
the two losses then say nothing about overfitting.

## Example
```text
A CNN on CIFAR-10, batch size 10
epoch 1: train loss 6.9233, train accuracy 60.956 %, test loss 1.1224, test accuracy 59.84 %
epoch 2: train loss 5.1392, train accuracy 69.514 %, test loss 0.9289, test accuracy 67.09 %
```

## Not an error
A network that has overfitted has a much higher loss on test images, and a lower accuracy there too.
```text
A CNN on CIFAR-10, batch size 10
epoch 40: train loss 0.0312, train accuracy 99.120 %, test loss 2.1224, test accuracy 71.84 %
epoch 41: train loss 0.0297, train accuracy 99.214 %, test loss 2.1689, test accuracy 71.09 %
```

## How to fix
Divide each sum by its own number of batches or images, and print both losses again.

## Source
Observation: 509 log lines of 16 public documents print loss and accuracy of two splits. In 268 of them the accuracies
lie within three points. In none of these is a loss above 0.5 three times the other one.
"""

import math
import re
from collections.abc import Iterator
from itertools import groupby

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.pairs import LossWithAccuracy
from deepstudy.findings import Finding

_SAME = 3.0  # points between accuracies that count as the same
_RATIO = 4.0  # between losses that cannot have one scale
_NEARLY_SAME = 1.5  # points, for losses of different places
_FAR = 10.0  # times, for them
_MOST_PAIRS = 200
_LARGE = 0.5  # of the larger loss; tiny losses may differ by any factor
_FEWEST = 2  # lines; one alone may be misprinted

#: Words that call a loss a sum: then its size is explained.
_IS_SUM = re.compile(
    r"\b(?:sum(?:med|s)?|total|cumulated|cumulative|accumulated)\W{1,3}(?:of (?:the |all )?|up )?"
    r"(?:\w{1,12}\W){0,2}loss|"
    r"loss(?:es)?\W{1,3}(?:\w{1,12}\W){0,2}(?:sum(?:med|s)?|total)\b|loss\w{0,3}[^.|]{0,40}\b(?:not divided|undivided)|"
    r"(?:损失|損失)(?:值)?(?:之和|总和|總和|总计|求和|累加|累计|の?合計|の?総和|の和)|(?:总|累计|累加)损失|"
    r"(?:손실|loss)(?:값)?의? ?(?:총?합|합계|누적)|(?:누적|총) ?손실|"
    r"summe der (?:\w{1,15} )?verlust|(?:summierte\w*|aufsummierte\w*|gesamt)-? ?(?:\w{1,15}-? ?)?verlust|verlustsumme|"
    r"(?:suma|soma|somme) d(?:e l|a|e|o)?e?s? ?(?:as )?(?:pérdida|perda|perte)|"
    r"(?:pérdida|perda|perte) (?:\w{1,15} )?(?:total|totale|acumulada|cumulée|sumada|somada)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"(?:#|//|%)\s?(.*)$")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Compare the losses of two splits of one line.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding, inconsistent.
    """
    apart: list[tuple[LossWithAccuracy, LossWithAccuracy]] = []
    for _, group in groupby(evidence.pairs, lambda pair: pair.where):
        pairs = sorted(group, key=lambda pair: pair.loss)
        if len(pairs) == 2 and pairs[0].split != pairs[1].split and _are_apart(*pairs):
            apart.append((pairs[0], pairs[1]))
    if len(apart) < _FEWEST and (pair := _far_apart(evidence)) is not None:
        yield from pair if not _names_a_sum(evidence) else ()
        return
    if len(apart) < _FEWEST or _names_a_sum(evidence):
        return
    lower, higher = apart[0]
    factor = higher.loss / lower.loss
    yield Finding(
        "loss_scales",
        "inconsistent",
        f"The {_name(higher)} loss {higher.loss:g} is {factor:.1f} times the {_name(lower)} loss {lower.loss:g}, at "
        f"nearly the same accuracy ({higher.accuracy:.4g} and {lower.accuracy:.4g} %). One of them is not a mean over "
        f"its images. {len(apart) - 1} more line{'s are' if len(apart) > 2 else ' is'} alike.",
        where=higher.where,
        reported=re.sub(r"\s+", " ", higher.text)[:200],
        possible="losses of the same size, each divided by its own number of batches or images",
    )


def _far_apart(evidence: Evidence) -> list[Finding] | None:
    """Two scored losses anywhere in the report, of which one is many times the other at the same accuracy."""
    scored = [
        pair
        for pair in evidence.pairs
        if pair.split in ("validation", "test") and not pair.is_of_step and pair.loss >= _floor(pair)
    ]  # `loss_floor` speaks of the others
    if not 2 <= len(scored) <= _MOST_PAIRS:
        return None
    higher = max(scored, key=lambda pair: pair.loss)
    alike = [pair for pair in scored if pair is not higher and abs(pair.accuracy - higher.accuracy) <= _NEARLY_SAME]
    if not alike or higher.loss <= _LARGE or higher.loss < _FAR * max(pair.loss for pair in alike):
        return None
    lower = alike[0]
    says = (
        f"The {_name(higher)} loss {higher.loss:g} is {higher.loss / lower.loss:.0f} times the {_name(lower)} loss "
        f"{lower.loss:g}, at nearly the same accuracy ({higher.accuracy:.4g} and {lower.accuracy:.4g} %). One of them "
        "is no mean over its images; it may be a sum over batches."
    )
    reported = re.sub(r"\s+", " ", higher.text)[:200]
    possible = "losses of the same size, each divided by its own number of batches or images"
    return [Finding("loss_scales", "inconsistent", says, where=higher.where, reported=reported, possible=possible)]


def _floor(pair: LossWithAccuracy) -> float:
    return (1 - min(pair.accuracy, 100) / 100) * math.log(2) / 2


def _names_a_sum(evidence: Evidence) -> bool:
    """Whether a heading, a sentence or a comment of code calls a loss a sum; names of variables say nothing."""
    for line in evidence.document.lines if evidence.document is not None else ():
        text = line.text[:1000]
        if line.kind == "code":
            comment = _COMMENT.search(text)
            text = comment[1] if comment else ""
        if _IS_SUM.search(text):
            return True
    return False


def _are_apart(lower: LossWithAccuracy, higher: LossWithAccuracy) -> bool:
    same = abs(lower.accuracy - higher.accuracy) <= _SAME
    return same and lower.loss > 0 and higher.loss > _LARGE and higher.loss >= _RATIO * lower.loss


def _name(pair: LossWithAccuracy) -> str:
    return {"train": "training", "": "first"}.get(pair.split, pair.split)
