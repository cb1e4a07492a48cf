"""Weights of classes favour the frequent ones, or belong to other images.

## Why it matters
Weights in `cross_entropy` are there to raise rare classes, so they must fall with a class's number of images. Weights
that grow with it make the rare classes even less important. A sampler's weights must be those of the images that it
draws from: a subset has its own order.

## Example
```python
weight = counts / counts.sum()
loss = F.cross_entropy(model(x), y, weight=weight)

weights = (1 / counts)[dataset.targets]
sampler = WeightedRandomSampler(weights[: len(subset)], len(subset))  # the subset's images are others
```

## Not an error
The inverse of the counts.
```python
weight = counts.sum() / (len(counts) * counts)
```

## How to fix
Divide by the counts instead of multiplying. Take the weights of a subset by its indices.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`, on unbalanced training sets.
"""

from collections.abc import Iterator

import numpy as np

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence

_VARIED = 1.5  # the largest count over the smallest


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare the weights with the counts of the training labels.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where the weights of a loss grow with the counts, or those of a sampler do not belong to
        its images.
    """
    for event in evidence.recording.events:
        if event.kind == "sampler_weights":
            agreeing, images = map(int, event.says.split())
            yield Finding(
                "class_weights",
                "bug",
                f"The sampler's weights do not follow the classes of its images: {images - agreeing:,} of {images:,} "
                "images have another weight than most of their class.",
                event.where,
                "Compute the weights from the labels of the images that the sampler draws from, in their order.",
            )
    rounds = [each for each in evidence.training if len(evidence.program.array(each, "labels"))]
    for event in evidence.recording.events:
        if event.kind != "class_weights" or not rounds:
            continue
        weights = np.array(event.says.split(), float)
        counts = np.bincount(evidence.program.array(rounds[0], "labels").astype(int), minlength=len(weights))
        if len(counts) != len(weights) or len(weights) < 2 or not counts.all():
            continue
        if counts.max() < _VARIED * counts.min() or weights.max() < _VARIED * weights.min():
            continue
        if np.corrcoef(np.log(counts), np.log(np.maximum(weights, 1e-12)))[0, 1] > 0.9:
            yield Finding(
                "class_weights",
                "bug",
                f"The weights of the loss grow with the classes' numbers of images ({counts.min():,} to "
                f"{counts.max():,}), so rare classes count even less.",
                event.where,
                "Use the inverse of the counts.",
            )
