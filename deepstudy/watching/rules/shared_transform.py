"""Two parts of a split share one transform.

## Why it matters
The parts of `random_split` and `Subset` are views of one data set. Setting `val_set.dataset.transform` sets the
transform of the training images as well: their augmentation is lost, or validation images are augmented.

## Example
```python
train_set, val_set = random_split(data, [45_000, 5_000])
train_set.dataset.transform = augmented
val_set.dataset.transform = plain  # the training images lose their augmentation
```

## Not an error
Two data sets with the same images, each with its own transform and the same indices.
```python
train_set = Subset(CIFAR10("data", transform=augmented), train_rows)
val_set = Subset(CIFAR10("data", transform=plain), val_rows)
```

## How to fix
Make the data set twice, each with its transform, and take a `Subset` of each.

## Source
PyTorch documentation, `torch.utils.data.Subset`: a subset refers to its data set.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at transforms that were set through a part of a split.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for the assignment that changed the other part.
    """
    trained = {number for each in evidence.training for number in (d.number for d in evidence.datasets(each))}
    for event in reversed(evidence.recording.events):
        if event.kind != "transform_set":
            continue
        number, was, now, target = event.says.split(maxsplit=3)
        if int(number) not in trained or was == now:
            continue
        effect = "the augmentation of the training images is lost" if now == "0" else "all parts are augmented"
        if now == "1" and "train" in target:
            others = [each for each in evidence.scored if int(number) in {d.number for d in evidence.datasets(each)}]
            if not others:
                continue
            effect = "the other part is augmented too"
        yield Finding(
            "shared_transform",
            "bug",
            f"`{target}` belongs to both parts of the split, because they are views of one data set. So {effect}.",
            event.where,
            "Make the data set twice, each with its own transform, and take a `Subset` of each.",
        )
        return
