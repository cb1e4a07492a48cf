"""The optimizer does not hold the parameters of the network that is trained.

## Why it matters
An optimizer keeps the parameters that it was given. If the network, or its last layer, is replaced afterwards, the
optimizer goes on with the old ones. The loss still moves where other layers are trained, so nobody notices.

## Example
```python
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.fc = nn.Linear(128, 10)  # the optimizer still holds the old layer
```

## Not an error
A frozen backbone: only the new layer is meant to be trained, and its parameters are in the optimizer.
```python
for parameter in model.parameters():
    parameter.requires_grad = False
model.fc = nn.Linear(128, 10)
optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.1)
```

## How to fix
Make the optimizer after the last change of the network.

## Source
PyTorch documentation, `torch.optim`, "Constructing it".
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import OptimizerSeen

_FIX = "Make the optimizer after the network has its final form, from `model.parameters()`."


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare the parameters of optimizers with those that got gradients.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for an optimizer of another network, or of a replaced layer.
    """
    trained = {each.network for each in evidence.training}
    for optimizer in evidence.recording.optimizers:
        if not optimizer.steps:
            continue
        without = optimizer.looked_at and optimizer.without_gradient == optimizer.looked_at
        if without and trained and not trained & {*optimizer.networks}:
            yield Finding(
                "optimizer_parameters",
                "bug",
                f"The {optimizer.kind} of this line holds no parameter of the network that is trained. Its "
                f"{optimizer.steps:,} steps change nothing.",
                optimizer.where,
                _FIX,
            )
        elif optimizer.left_out and optimizer.foreign:
            yield Finding("optimizer_parameters", "bug", _replaced(optimizer), optimizer.where, _FIX)


def _replaced(optimizer: OptimizerSeen) -> str:
    names = ", ".join(f"`{name}`" for name in optimizer.left_out[:4])
    return (
        f"{names} got gradients, but no optimizer changes them. The {optimizer.kind} of this line holds "
        f"{optimizer.foreign:,} numbers that belong to no network that ran: of a layer that was replaced."
    )
