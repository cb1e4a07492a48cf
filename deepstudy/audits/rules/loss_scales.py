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

import re
from collections.abc import Iterator
from itertools import groupby

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.pairs import LossWithAccuracy
from deepstudy.findings import Finding

_SAME = 3.0  # points between accuracies that count as the same
_RATIO = 4.0  # between losses that cannot have one scale
_LARGE = 0.5  # of the larger loss; tiny losses may differ by any factor
_FEWEST = 2  # lines; one alone may be misprinted


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
    if len(apart) < _FEWEST:
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


def _are_apart(lower: LossWithAccuracy, higher: LossWithAccuracy) -> bool:
    same = abs(lower.accuracy - higher.accuracy) <= _SAME
    return same and lower.loss > 0 and higher.loss > _LARGE and higher.loss >= _RATIO * lower.loss


def _name(pair: LossWithAccuracy) -> str:
    return {"train": "training", "": "first"}.get(pair.split, pair.split)
