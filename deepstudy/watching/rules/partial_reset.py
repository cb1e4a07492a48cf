"""Only a part of a network is reset before it is trained again.

## Why it matters
Where several settings or folds are compared, each training must begin at random weights. `reset_parameters` that is
called for some kinds of layers only leaves the others trained, so later trials begin with an advantage.

## Example
```python
def reset(layer):
    if isinstance(layer, nn.Linear):  # convolutions and batch normalisations keep what they have learned
        layer.reset_parameters()


for rate in rates:
    model.apply(reset)
    train(model, rate)
```

## Not an error
All layers are reset, or the network is made anew.
```python
for rate in rates:
    model = Net()
    train(model, rate)
```

## How to fix
Make a new network for each trial.

## Source
PyTorch documentation, `torch.nn.Module.apply`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for trainings that begin after a part of the network was reset.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where that happened to more than half of the network; a risk for less.
    """
    for event in evidence.recording.events:
        if event.kind != "partial_reset":
            continue
        left, of, names = event.says.split(" ", 2)
        before = [each for each in evidence.training if each.network == event.network and each.start < event.clock]
        if not before or int(of) - int(left) < 2:
            continue  # a new head on a trained network is meant
        yield Finding(
            "partial_reset",
            "bug",
            f"{left} of {of} layers keep what they have learned ({names}), while the others are reset before the next "
            "training. So later trainings begin with an advantage.",
            event.where,
            "Make a new network for each training.",
        )
