"""Labels do not belong to their images.

## Why it matters
When images and labels are shuffled, cut or mixed apart, the network is asked to learn labels of other images. It then
learns nothing, or learns slowly, and nothing in the program complains.

## Example
```python
mixed = lam * x + (1 - lam) * x[torch.randperm(len(x))]
target = lam * y + (1 - lam) * y[torch.randperm(len(y))]  # another permutation
```

## Not an error
Labels of other classes, such as odd or even, belong to their images too.
```python
order = torch.randperm(len(x))
mixed, target = lam * x + (1 - lam) * x[order], lam * y + (1 - lam) * y[order]
```

## How to fix
Draw one order, and take images and labels by it.

## Source
Zhang et al. 2018, mixup: Beyond Empirical Risk Minimization, section 2. Northcutt et al. 2021, Pervasive Label Errors.
"""

from collections.abc import Iterator

import numpy as np

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import Round

_ENOUGH = 200  # images with a known class
_FEWEST_CLASSES = 5  # labels of fewer classes may say something else than what is shown
_EXPLAINED = 0.3  # of what chance does not explain


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare labels with the known ones of published images, and the orders in which a batch was mixed.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where batches are mixed apart, and for the first loader with foreign labels.
    """
    for event in evidence.recording.events:
        if event.kind == "mixed_apart" and event.times > 1:
            yield Finding(
                "labels",
                "bug",
                "The images of a batch are mixed in one order and the labels in another, so a mixed label belongs to "
                "other images.",
                event.where,
                "Draw one permutation, and take images and labels by it.",
            )
    for round in evidence.rounds:
        share = _explained(evidence, round)
        if share is not None and share < _EXPLAINED:
            yield Finding(
                "labels",
                "bug",
                f"The labels of {evidence.describe(round)} do not belong to them: what is known of these images "
                f"explains {max(0, 100 * share):.0f} % of the labels.",
                round.where,
                "Shuffle and cut images and labels together.",
            )
            return


def _explained(evidence: ProgramEvidence, round: Round) -> float | None:
    """How far the known classes of a round's images explain its labels, 0 for as little as chance; None if unknown."""
    labels = evidence.program.array(round, "labels")
    signatures = evidence.signatures(round)
    if len(labels) < _ENOUGH or len(signatures) != len(labels):
        return None
    true = evidence.known.classes(signatures)
    given = labels[true >= 0].astype(int)
    true = true[true >= 0]
    if len(given) < max(_ENOUGH, 0.5 * len(labels)) or given.min() < 0:
        return None
    if not _FEWEST_CLASSES <= len(np.unique(given)) <= 2 * len(np.unique(true)):
        return None
    right = sum(int(np.bincount(given[true == each]).max()) for each in np.unique(true).tolist())
    chance = np.bincount(given).max() / len(given)
    return float((right / len(given) - chance) / (1 - chance))
