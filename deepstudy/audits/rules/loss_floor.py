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
from collections import defaultdict
from collections.abc import Iterator, Sequence

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.pairs import LossWithAccuracy
from deepstudy.datasets import DATASETS
from deepstudy.findings import Finding

#: Parts of the floor from which a loss is too low: means over batches of different sizes may lie a little below it.
_CLEARLY = 0.9
_CLEARLY_SCORED = 0.96  # of validation and test figures, which are of one state of the network
_MOST = 0.5  # of a series: where fewer lines break the law, the losses of training may be those of single batches
_EXPLAINS = re.compile(
    r"reduction|divid|geteilt|dividier|divisé|除以|割っ|나누|나눈|\bsums?\b|\bsumme|\bsuma\b|\bsoma|\bsomme|합계|合計"
    r"|总和|per batch|por lote",
    re.IGNORECASE,
)
_LOSS = re.compile(r"loss|verlust|pérdida|perda|perte|손실|损失|損失", re.IGNORECASE)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold losses against the accuracies beside them.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each split: impossible where the report names cross-entropy, else doubtful.
    """
    if evidence.is_other_loss or (evidence.is_binary_loss and _has_many_classes(evidence)):
        return
    series: dict[tuple[str, str], list[LossWithAccuracy]] = defaultdict(list)
    for pair in evidence.pairs:
        series[pair.split, pair.series].append(pair)
    sure: dict[str, list[LossWithAccuracy]] = defaultdict(list)
    unsure: dict[str, list[LossWithAccuracy]] = defaultdict(list)
    for (split, _), pairs in series.items():
        part = _CLEARLY_SCORED if split in ("validation", "test") else _CLEARLY
        low = [pair for pair in pairs if _highest(pair) < part * _floor(pair)]
        is_sure = split in ("validation", "test") or len(low) >= _MOST * len(pairs)
        (sure if is_sure else unsure)[split] += low
    for split in dict.fromkeys((*sure, *unsure)):
        if sure[split]:
            yield _finding(evidence, sure[split], is_sure=True)
        elif unsure[split]:
            yield _finding(evidence, unsure[split], is_sure=False)


def _has_many_classes(evidence: Evidence) -> bool:
    """Whether a data set with more than two classes is named, where binary cross-entropy is a mean over the classes."""
    return any(each.dataset in DATASETS for each in evidence.statements) or any(
        trial.data is not None for trial in evidence.trials.values()
    )


def _is_explained(evidence: Evidence) -> bool:
    """Whether a sentence says how the losses were added up."""
    paragraphs = (block.text for block in evidence.layout.blocks if isinstance(block, Paragraph))
    return any(_EXPLAINS.search(text) and _LOSS.search(text) for text in paragraphs)


def _floor(pair: LossWithAccuracy) -> float:
    """The lowest mean cross-entropy of the highest accuracy that rounds to the printed one."""
    return max(0.0, 1 - (pair.accuracy + pair.accuracy_step / 2) / 100) * math.log(2)


def _highest(pair: LossWithAccuracy) -> float:
    return pair.loss + pair.loss_step / 2


def _finding(evidence: Evidence, pairs: Sequence[LossWithAccuracy], is_sure: bool) -> Finding:
    first = pairs[0]
    of = f" on {first.split} images" if first.split else ""
    says = (
        f"A mean cross-entropy of {first.loss:g} does not fit an accuracy of {first.accuracy:.4g} %{of}. Each wrong "
        f"prediction costs at least ln 2, so the loss is at least {_floor(first):.4f}."
    )
    if len(pairs) > 1:
        says += f" The same holds for {len(pairs) - 1} more line{'s' * (len(pairs) > 2)}."
    if not is_sure:
        says += " Other lines keep it, so these losses may be those of single batches."
    batch = _batch_size(evidence)
    if batch and all(_floor(pair) <= pair.loss * batch < 10 for pair in pairs):
        says += (
            f" Times the batch size {batch} it is {first.loss * batch:.3g}, so the means of the batches may have been "
            "divided by the number of images."
        )
    return Finding(
        "loss_floor",
        "impossible" if evidence.names_cross_entropy and is_sure and not _is_explained(evidence) else "doubtful",
        says,
        where=first.where,
        reported=re.sub(r"\s+", " ", first.text)[:200],
        possible=f"a loss of {_floor(first):.4f} or more, or another loss than cross-entropy",
    )


def _batch_size(evidence: Evidence) -> int | None:
    sizes = {trial.stated("batch_size") for trial in evidence.trials.values()} - {None}
    return sizes.pop() if len(sizes) == 1 else None
