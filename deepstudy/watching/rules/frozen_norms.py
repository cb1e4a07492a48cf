"""Batch normalisation of a frozen part goes on changing.

## Why it matters
`requires_grad = False` freezes weights, but not running statistics. In training mode a frozen batch normalisation uses
the statistics of the batch, and its stored ones drift to the new images. The frozen part is then no longer what it was.

## Example
```python
for parameter in backbone.parameters():
    parameter.requires_grad = False
model.train()  # also the batch normalisation of the backbone
```

## Not an error
The frozen part is set to eval mode after `model.train()`.
```python
model.train()
backbone.eval()
```

## How to fix
Call `backbone.eval()` after each `model.train()`.

## Source
PyTorch documentation, `torch.nn.BatchNorm2d`: running statistics are updated in training mode.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for training passes in which a frozen batch normalisation used the batch's statistics.

    Arguments:
        evidence: the recorded program.

    Returns:
        A risk for each network.
    """
    seen: set[int] = set()
    for round in evidence.training:
        network = evidence.network(round.network)
        if round.frozen_norms_moved and round.network not in seen:
            seen.add(round.network)
            count = f"{len(network.frozen_norms)} " if network.frozen_norms else ""
            yield Finding(
                "frozen_norms",
                "risk",
                f"The weights of {count}batch normalisations of {network.kind} are frozen, but "
                "they are in training mode: they use the statistics of the batch, and their stored ones drift.",
                round.where,
                "Call `eval()` on the frozen part after each `model.train()`.",
            )
