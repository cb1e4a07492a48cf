"""The best weights are kept by reference, so restoring them changes nothing.

## Why it matters
`state_dict()` returns the network's own tensors. They change with the next step, so `best = model.state_dict()` is
always the newest state. Loading it does nothing: the last epoch is scored and not the best, or a fold goes on with the
weights of the one before.

## Example
```python
if accuracy > best_accuracy:
    best = model.state_dict()
...
model.load_state_dict(best)
```

## Not an error
A deep copy, or a file.
```python
best = copy.deepcopy(model.state_dict())
```

## How to fix
`copy.deepcopy(model.state_dict())`.

## Source
PyTorch documentation, "Saving and Loading Models": `model.state_dict()` returns a reference.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for states that a network loads and that are its own tensors.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where that happened after training.
    """
    for event in evidence.recording.events:
        trained = [each for each in evidence.training if each.network == event.network]
        late = [clock for clock in event.clocks if trained and clock >= trained[0].end - 1]
        if event.kind == "same_storage" and late:
            yield Finding(
                "best_by_reference",
                "bug",
                "`load_state_dict` gets the network's own tensors, so it changes nothing. `state_dict()` returned "
                "references, which went on changing with training.",
                event.where,
                "Keep a copy: `copy.deepcopy(model.state_dict())`.",
            )
