"""Losses that are too low for their accuracy.

The rule looks at each line that prints a mean loss and an accuracy of the same images.

## Why it matters
A wrong prediction gives the right class at most half of the probability, so it costs at least ln 2 = 0.693. The mean
cross-entropy is therefore at least (1 - accuracy) x ln 2. A lower loss was not averaged over these images: often sums
were divided by the wrong number, or loss and accuracy belong to different images.

## Example
```text
A CNN on CIFAR-10, cross-entropy, batch size 64
epoch 1: test loss 0.0161, test accuracy 63.75 %
epoch 2: test loss 0.0143, test accuracy 70.14 %
```

## Not an error
A loss may be low where nearly all predictions are right: 0.0161 is above (1 - 0.9875) x ln 2 = 0.0087.
```text
A CNN on MNIST, cross-entropy, batch size 64
epoch 1: test loss 0.0161, test accuracy 98.75 %
```

## How to fix
Sum the loss of each image (`reduction="sum"`) and divide by the number of images; or average the means of batches
over the number of batches. If it is another loss, such as the mean squared error, say so.

## Source
Arithmetic: where the largest of several probabilities is not the right one, the right one is at most 1/2.
"""

import math
import re
from collections.abc import Iterator, Sequence

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.pairs import LossWithAccuracy
from deepstudy.findings import Finding

_CLEARLY = 0.9  # of the floor: means over batches of different sizes may lie a little below it


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold losses against the accuracies beside them.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each split: impossible where the report names cross-entropy, else doubtful.
    """
    if evidence.is_other_loss:
        return
    by_split: dict[str, list[LossWithAccuracy]] = {}
    for pair in evidence.pairs:
        if _highest(pair) < _CLEARLY * _floor(pair):
            by_split.setdefault(pair.split, []).append(pair)
    for pairs in by_split.values():
        yield _finding(evidence, pairs)


def _floor(pair: LossWithAccuracy) -> float:
    """The lowest mean cross-entropy of the highest accuracy that rounds to the printed one."""
    return max(0.0, 1 - (pair.accuracy + pair.accuracy_step / 2) / 100) * math.log(2)


def _highest(pair: LossWithAccuracy) -> float:
    return pair.loss + pair.loss_step / 2


def _finding(evidence: Evidence, pairs: Sequence[LossWithAccuracy]) -> Finding:
    first = pairs[0]
    of = f" on {first.split} images" if first.split else ""
    says = (
        f"A mean cross-entropy of {first.loss:g} does not fit an accuracy of {first.accuracy:.4g} %{of}. Each wrong "
        f"prediction costs at least ln 2, so the loss is at least {_floor(first):.4f}."
    )
    if len(pairs) > 1:
        says += f" The same holds for {len(pairs) - 1} more line{'s' * (len(pairs) > 2)}."
    batch = _batch_size(evidence)
    if batch and all(_floor(pair) <= pair.loss * batch < 10 for pair in pairs):
        says += (
            f" Times the batch size {batch} it is {first.loss * batch:.3g}, so the means of the batches may have been "
            "divided by the number of images."
        )
    return Finding(
        "loss_floor",
        "impossible" if evidence.names_cross_entropy else "doubtful",
        says,
        where=first.where,
        reported=re.sub(r"\s+", " ", first.text)[:200],
        possible=f"a loss of {_floor(first):.4f} or more, or another loss than cross-entropy",
    )


def _batch_size(evidence: Evidence) -> int | None:
    sizes = {trial.stated("batch_size") for trial in evidence.trials.values()} - {None}
    return sizes.pop() if len(sizes) == 1 else None
