"""Two tensors of different shapes are compared, each value with all others.

## Why it matters
A tensor of shape (N, 1) and one of shape (N,) broadcast to (N, N). A mean squared error then compares each prediction
with all targets, and the network learns their mean. A count of hits then counts pairs.

## Example
```python
prediction = model(x)  # (N, 1)
loss = F.mse_loss(prediction, target)  # target: (N,)
```

## Not an error
Both have the same shape.
```python
loss = F.mse_loss(model(x).squeeze(1), target)
```

## How to fix
Bring both to one shape, with `squeeze(1)` or `target.unsqueeze(1)`.

## Source
PyTorch documentation, "Broadcasting semantics".
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the shapes of what was compared.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where shapes broadcast.
    """
    for event in evidence.recording.events:
        if event.kind == "broadcast":
            function, _, shapes = event.says.partition(" ")
            what = "The comparison" if function == "==" else "The difference" if function == "-" else f"`{function}`"
            yield Finding(
                "broadcast",
                "bug",
                f"{what} gets the shapes {shapes.replace(') (', ') and (')}. They broadcast, so each value is compared "
                "with all others.",
                event.where,
                "Bring both to the same shape, for example with `squeeze(1)`.",
            )
