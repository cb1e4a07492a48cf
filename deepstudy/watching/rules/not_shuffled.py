"""Training images come in the same order in each epoch.

## Why it matters
Stochastic gradient descent assumes random batches. Where classes follow one another, each batch shows one class only,
and the network forgets the others. In a random order that is the same each time, the same images always meet.

## Example
```python
train_loader = DataLoader(train_set, batch_size=64)  # shuffle is False by default
```

## Not an error
Test images may be in any order.
```python
test_loader = DataLoader(test_set, batch_size=64)
```

## How to fix
`shuffle=True` for the training loader.

## Source
Bottou 2012, Stochastic Gradient Descent Tricks, section 4.1.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import Round

_PURE = 0.5  # of the classes that a random batch would show


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare the order of images in the first two walks through each training loader.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug where batches hold few classes, a risk where the order never changes.
    """
    seen: set[tuple[int, int]] = set()
    for round in evidence.training:
        if (round.network, round.loader) in seen or len(evidence.program.array(round, "sizes")) < 3:
            continue
        seen.add((round.network, round.loader))
        own = [each for each in evidence.training if (each.network, each.loader) == (round.network, round.loader)]
        loader = evidence.loader(round)
        where = loader.where if loader is not None else round.where
        remedy = "Write `shuffle=True` for the training loader."
        if _few_classes(evidence, round):
            yield Finding(
                "not_shuffled",
                "bug",
                "The training images are sorted by class: most batches show only a few classes.",
                where,
                remedy,
            )
        elif loader is not None and _same_order(evidence, own):
            says = "The training images come in the same order in each epoch."
            if loader.shuffled:
                says = (
                    "The training images come in the same random order in each epoch: the seed is set again each time."
                )
                remedy = "Set the seed once, before the loop over epochs."
            yield Finding("not_shuffled", "risk", says, where, remedy)


def _same_order(evidence: ProgramEvidence, rounds: list[Round]) -> bool:
    if len(rounds) < 2:
        return False
    first, second = (evidence.program.array(each, "rows") for each in rounds[:2])
    if not len(first) or len(first) != len(second) or not (first == second).all():
        return False
    signatures = [evidence.signatures(each) for each in rounds[:2]]
    if len(signatures[0]) != len(signatures[1]) or not len(signatures[0]):
        return True
    # A data set of the program's own may shuffle itself: then the same rows are other images.
    apart = np.abs(signatures[0] - signatures[1]).max(1) > 1e-3
    varied = any(each.random_transforms for each in evidence.datasets(rounds[0]))
    return varied or bool(apart.mean() < 0.5)


def _few_classes(evidence: ProgramEvidence, round: Round) -> bool:
    """Whether batches show far fewer classes than random ones would."""
    labels, sizes = evidence.program.array(round, "labels"), evidence.program.array(round, "sizes").astype(int)
    if len(labels) != sizes.sum() or len(sizes) < 4:
        return False
    counts = np.unique(labels, return_counts=True)[1] / len(labels)
    if len(counts) < 3:
        return False
    expected = sum(float((1 - (1 - counts) ** size).sum()) for size in sizes)
    return sum(_classes(part) for part in np.split(labels, np.cumsum(sizes)[:-1])) < _PURE * expected


def _classes(labels: NDArray[np.int32]) -> int:
    return len(np.unique(labels))
