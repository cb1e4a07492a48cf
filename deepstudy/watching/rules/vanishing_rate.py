"""The learning rate falls to nothing while training goes on.

## Why it matters
A rate that is multiplied by 0.1 at each batch instead of each epoch is below any use after ten batches. The network
stays as it is for the rest of the training.

## Example
```python
for x, y in loader:
    if epoch % 4 == 0:
        optimizer.param_groups[0]["lr"] *= 0.1  # at each batch of that epoch
```

## Not an error
A cosine schedule ends near 0 with the last step.
```python
scheduler = CosineAnnealingLR(optimizer, T_max=epochs)
```

## How to fix
Change the rate once an epoch.

## Source
Arithmetic: 0.1 to the power of the number of batches.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence

_NOTHING = 1e-4  # of the largest rate so far
_LONG = 0.25  # of all steps


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the learning rate of each step.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each optimizer that takes a quarter of its steps at a rate of nearly 0.
    """
    for optimizer in evidence.recording.optimizers:
        largest, idle, fell = 0.0, 0, 0
        steps = 0
        for rate, count in optimizer.rates:
            largest = max(largest, rate)
            steps += count
            if rate < _NOTHING * largest:
                idle += count
                fell = fell or steps - count
        if steps >= 20 and idle > _LONG * steps:
            schedules = [each for each in evidence.recording.schedulers if each.optimizer == optimizer.number]
            where = next((each.step_where for each in schedules if each.step_where), optimizer.step_where)
            yield Finding(
                "vanishing_rate",
                "bug",
                f"The learning rate falls from {largest:.3g} to nearly 0 after {fell:,} of {steps:,} steps, "
                f"and is {optimizer.rates[-1][0]:.1e} in the end. Nothing is learned from then on.",
                where,
                "Change the rate once an epoch, not at each batch.",
            )
