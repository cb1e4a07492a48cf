"""Training goes on from a checkpoint without the optimizer's state.

## Why it matters
Momentum and Adam's averages are a part of where training stands, and so is the place in the schedule. With only the
weights loaded, the first steps after a resume are of another size and direction, and a schedule begins anew.

## Example
```python
checkpoint = torch.load("last.pt")
model.load_state_dict(checkpoint["model"])
start = checkpoint["epoch"]  # the optimizer is new
```

## Not an error
A new training on other data begins with the weights of an old one, and with an optimizer of its own.
```python
model.load_state_dict(torch.load("pretrained.pt"))
```

## How to fix
Save and load `optimizer.state_dict()` and `scheduler.state_dict()` too.

## Source
PyTorch documentation, "Saving and Loading a General Checkpoint".
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for training after a checkpoint was loaded, by an optimizer that has a state and did not load one.

    Arguments:
        evidence: the recorded program.

    Returns:
        A risk for the first such checkpoint.
    """
    events = evidence.recording.events
    for event in events:
        if event.kind != "checkpoint" or not event.clocks:
            continue
        clock = event.clocks[0]
        restored = [one for each in events if each.kind == "optimizer_loaded" for one in each.clocks if one >= clock]
        optimizers = [
            each
            for each in evidence.recording.optimizers
            if each.states_kept and each.first_step >= clock and event.network in each.networks
        ]
        if restored or not optimizers or not (event.says or _goes_on(evidence, clock)):
            continue
        yield Finding(
            "resumed_without_state",
            "risk",
            f"Training goes on from a checkpoint that is loaded here, but {optimizers[0].kind} begins without its "
            "state, as if no step had been taken.",
            event.where,
            "Save and load `optimizer.state_dict()`, and that of the schedule.",
        )
        return


def _goes_on(evidence: ProgramEvidence, clock: int) -> bool:
    """Whether the same images are trained on before and after a clock, so that it is the same training."""
    before = {each.loader for each in evidence.training if each.start <= clock}
    datasets = {number for loader in before if loader >= 0 for number in evidence.recording.loaders[loader].datasets}
    after = [each for each in evidence.training if each.start > clock and each.loader >= 0]
    contents = {evidence.recording.datasets[number].content for number in datasets} - {""}
    own = {each.content for round in after for each in evidence.datasets(round)}
    return bool(contents & own)
