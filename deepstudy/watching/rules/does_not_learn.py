"""The network does not learn.

## Why it matters
After several epochs the loss is still that of a guess, the logarithm of the number of classes. Whatever is printed then
says nothing about the network.

## Example
```python
optimizer = torch.optim.SGD(model.parameters(), lr=10)  # kills the ReLUs in the first steps
```

## Not an error
Labels that are random on purpose, to measure how well a network can memorise: its loss falls slowly, but it falls.

## How to fix
Lower the learning rate. Check that images and labels belong together.

## Source
Arithmetic: the cross-entropy of a uniform guess among n classes is ln n.
"""

import math
from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence

_CLOSE = 0.03  # of ln(classes)
_ENOUGH_STEPS, _ENOUGH_IMAGES = 150, 5_000


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare the last training loss with that of a guess.

    Arguments:
        evidence: the recorded program.

    Returns:
        A risk for each network that is no better than a guess.
    """
    for number in dict.fromkeys(each.network for each in evidence.training):
        network = evidence.network(number)
        own = [each for each in evidence.training if each.network == number and each.loss_kind == "cross_entropy"]
        steps = sum(len(evidence.program.array(each, "sizes")) for each in own)
        if len(own) < 2 or network.classes < 2 or steps < _ENOUGH_STEPS:
            continue
        if sum(evidence.images(each) for each in own) < _ENOUGH_IMAGES:
            continue
        guess = math.log(network.classes)
        loss, accuracy = evidence.loss(own[-1]), evidence.accuracy(own[-1])
        if loss is None or accuracy is None or accuracy > 150 / network.classes:
            continue
        if loss > guess * (1 - _CLOSE):
            yield Finding(
                "does_not_learn",
                "risk",
                f"After {len(own)} epochs the training loss of {network.kind} is {loss:.3f}. A guess among "
                f"{network.classes} classes has {guess:.3f}.",
                own[-1].where,
                "Lower the learning rate, and check that images and labels belong together.",
            )
