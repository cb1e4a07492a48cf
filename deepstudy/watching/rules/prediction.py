"""The predicted class is taken over the wrong dimension.

## Why it matters
The output of a classifier is (images, classes), so the predicted class is the largest value over dimension 1. Over
dimension 0, or without a dimension, it is the number of an image.

## Example
```python
predicted = model(x).argmax(0)
```

## Not an error
A single image without a batch: its output has one dimension.
```python
predicted = model(x[None])[0].argmax()
```

## How to fix
`output.argmax(1)`, or `argmax(-1)`.

## Source
PyTorch documentation, `torch.argmax`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the dimension of each argmax of a network's output.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place with another dimension than 1.
    """
    compared = {each.network for each in evidence.scored + evidence.training if each.loss_kind}
    for event in evidence.recording.events:
        if event.kind == "argmax_dim" and event.times >= 2 and event.network in compared:
            function, dimension = event.says.split()[:2]
            over = (
                "all values of the batch" if dimension == "all" else f"dimension {dimension}, the images of the batch"
            )
            yield Finding(
                "prediction",
                "bug",
                f"`{function}` is taken over {over}. That gives no class.",
                event.where,
                f"Write `{function}(1)`, over the classes.",
            )
