"""Gradients are never set to 0, or are lost before the step.

## Why it matters
`backward` adds to the gradients that are there. Without `zero_grad`, each step also follows the gradients of all steps
before. With `zero_grad` between `backward` and `step`, the step has no gradient and changes nothing.

## Example
```python
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()  # the gradients of the last batch are still there
```

## Not an error
Gradients are added up over four batches on purpose, and set to 0 after each step.
```python
for number, (x, y) in enumerate(loader, 1):
    (criterion(model(x), y) / 4).backward()
    if number % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
```

## How to fix
Call `optimizer.zero_grad()` once for each step, before `backward`.

## Source
PyTorch documentation, `torch.optim`, "Taking an optimization step".
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the gradients of each optimizer's first steps.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each optimizer whose gradients add up over steps, are always 0, or hold those of
        another loss.
    """
    is_cut = any(event.kind == "cut_loss" for event in evidence.recording.events)  # that explains it
    for optimizer in evidence.recording.optimizers:
        looked = optimizer.looked_at
        if looked >= 3 and optimizer.carried >= looked - 1:
            yield Finding(
                "gradients",
                "bug",
                "Gradients are not set to 0 between steps. Each step also follows the gradients of all steps before.",
                optimizer.step_where,
                "Call `optimizer.zero_grad()` before `backward`.",
            )
        elif (
            not is_cut
            and looked >= 3
            and optimizer.without_gradient == looked
            and optimizer.networks
            and optimizer.steps > 2
        ):
            yield Finding(
                "gradients",
                "bug",
                f"The first {looked} steps of {optimizer.kind} found no gradient, so they changed nothing.",
                optimizer.step_where,
                "Call `backward` after `zero_grad` and before `step`, on a loss of this network.",
            )
        elif len(evidence.recording.optimizers) == 1 and optimizer.thrown_away >= optimizer.steps >= 3:
            yield Finding(
                "gradients",
                "bug",
                f"{optimizer.thrown_away:,} gradients were set to 0 before a step used them; only {optimizer.steps:,} "
                "steps were taken. Most batches teach nothing.",
                optimizer.step_where,
                "Where gradients are added up over batches, call `zero_grad` only after `step`.",
            )
        elif looked >= 3 and optimizer.left_over >= looked - 1:
            yield Finding(
                "gradients",
                "bug",
                f"The steps of this {optimizer.kind} also follow the loss that another optimizer's step was made for: "
                "its gradients are still there when the next loss is added.",
                optimizer.step_where,
                "Call `zero_grad()` of this optimizer right before its own `backward`, or cut the other loss off with "
                "`detach()`.",
            )
