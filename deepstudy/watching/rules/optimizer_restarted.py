"""A new optimizer is made again and again, and its state is lost.

## Why it matters
Adam's averages and the momentum of SGD grow over hundreds of steps. A new optimizer in each epoch begins without them,
and Adam's first steps are the largest. A learning rate schedule begins anew as well.

## Example
```python
for epoch in range(10):
    optimizer = torch.optim.Adam(model.parameters())
    train(model, optimizer)
```

## Not an error
A new optimizer for each new network: folds, seeds, settings.
```python
for seed in range(5):
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
```

## How to fix
Make the optimizer once, before the loop over epochs.

## Source
Kingma and Ba 2015, Adam, section 3.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence

_OFTEN = 3


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for optimizers of one place that follow each other on one network.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place.
    """
    made = [each for each in evidence.recording.optimizers if each.steps and each.states_kept and each.networks]
    resets = [clock for event in evidence.recording.events if event.kind == "reset" for clock in event.clocks]
    for where in dict.fromkeys(each.where for each in made):
        own = [each for each in made if each.where == where]
        network = own[0].networks[0]
        same = [each for each in own if each.networks[:1] == [network]]
        between = [clock for clock in resets if same[0].first_step < clock <= same[-1].made]
        if len(same) >= _OFTEN and not between:
            rounds = [each for each in evidence.training if each.network == network]
            per_optimizer = len(rounds) / len(same)
            yield Finding(
                "optimizer_restarted",
                "bug" if per_optimizer <= 1.5 else "risk",
                f"{len(same)} optimizers were made here for the same network. Each begins without the averages "
                f"({same[0].kind}) of the one before.",
                where,
                "Make the optimizer once, before the loop over epochs; or make a new network too.",
            )
