"""`backward` is called on a tensor that is not connected to the network.

## Why it matters
A tensor made from the loss's value, by `torch.tensor(loss.item(), requires_grad=True)` or `Variable(loss.data)`, has no
history. `backward` on it raises nothing and reaches no parameter, so the network does not learn.

## Example
```python
loss = torch.tensor(criterion(model(x), y).item(), requires_grad=True)
loss.backward()
```

## Not an error
The loss is copied for the log only.
```python
loss = criterion(model(x), y)
loss.backward()
history.append(torch.tensor(loss.item()))
```

## How to fix
Call `backward` on what the loss function returned.

## Source
PyTorch documentation, "Autograd mechanics": leaf tensors.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at what `backward` was called on.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where it was a tensor without a history.
    """
    for event in evidence.recording.events:
        if event.kind == "cut_loss":
            yield Finding(
                "cut_loss",
                "bug",
                "`backward` is called on a new tensor without a history. No parameter gets a gradient from it.",
                event.where,
                "Call `backward` on what the loss function returned, not on a copy of its value.",
            )
