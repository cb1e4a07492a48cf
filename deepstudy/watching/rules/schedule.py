"""The learning rate schedule is not stepped as it is meant.

## Why it matters
A schedule counts its own steps. If `step()` is never called, the rate stays. A one-cycle schedule made for all batches,
but stepped once an epoch, never leaves its warm-up. A schedule made for epochs, but stepped at each batch, is over
after the first batches. `ReduceLROnPlateau` in mode `min` takes a rising accuracy for a plateau.

## Example
```python
scheduler = OneCycleLR(optimizer, max_lr=0.1, total_steps=epochs * len(loader))
for epoch in range(epochs):
    train(model, loader)
    scheduler.step()  # once an epoch
```

## Not an error
A schedule that is made for batches and stepped at each batch.
```python
scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))
```

## How to fix
Step a schedule as often as its settings count: each epoch, or each batch.

## Source
PyTorch documentation, `torch.optim`, "How to adjust learning rate".
"""

from collections.abc import Iterator

import numpy as np

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import OptimizerSeen, SchedulerSeen

_SHORT = 0.5  # of its length that a schedule must reach
_COLD = 0.5  # of the learning rate: a warm-up that ends below was cut off
_FAR = 0.25  # steps of a schedule an optimizer step: more than that is each batch


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare each schedule's steps with its length and with the optimizer's steps.

    Arguments:
        evidence: the recorded program.

    Returns:
        At most one finding for each place.
    """
    seen: set[str] = set()
    for schedule in evidence.recording.schedulers:
        optimizers = evidence.recording.optimizers
        optimizer = optimizers[schedule.optimizer] if schedule.optimizer >= 0 else None
        if optimizer is None or not optimizer.steps or schedule.where in seen:
            continue
        finding = _judge(evidence, schedule, optimizer)
        if finding is not None:
            seen.add(schedule.where)
            yield finding


def _judge(evidence: ProgramEvidence, schedule: SchedulerSeen, optimizer: OptimizerSeen) -> Finding | None:
    epochs = _epochs(evidence, optimizer)
    if not schedule.steps:
        others = [each for each in evidence.recording.schedulers if each.optimizer == optimizer.number and each.steps]
        if epochs < 2 or others:  # one part of a SequentialLR or ChainedScheduler, or a quick look
            return None
        says = f"The {schedule.kind} of this line is never stepped, so the learning rate stays at {_rate(optimizer)}."
        return _finding(
            schedule, "bug", says, "Call its `step()` once an epoch (or once a batch, if it counts batches)."
        )
    return (
        _wrong_metric(evidence, schedule)
        or _wrong_pace(schedule, optimizer, epochs)
        or _never_warm(schedule, optimizer, epochs)
        or _no_effect(schedule, optimizer, epochs)
    )


def _epochs(evidence: ProgramEvidence, optimizer: OptimizerSeen) -> int:
    rounds = [each for each in evidence.training if each.network in optimizer.networks]
    walks = {
        (each.loader, each.walk) for each in rounds if optimizer.first_step - 1 <= each.start <= optimizer.last_step
    }
    return len(walks)


def _wrong_pace(schedule: SchedulerSeen, optimizer: OptimizerSeen, epochs: int) -> Finding | None:
    steps = len(schedule.steps)
    per_batch = steps > _FAR * optimizer.steps and steps > 2 * max(1, epochs)
    total = schedule.settings.get("total_steps") or 0
    if total > 3 * max(steps, 1) and not per_batch and epochs >= 2 and total >= _SHORT * optimizer.steps:
        says = (
            f"This {schedule.kind} is made for {total:,.0f} steps, but is stepped only {steps:,} times: once an epoch. "
            f"The learning rate never leaves its first part ({_range(optimizer)})."
        )
        return _finding(schedule, "bug", says, "Call its `step()` after each batch.", schedule.step_where)
    length = schedule.settings.get("T_max") or 0
    if per_batch and schedule.kind == "CosineAnnealingLR" and 0 < length <= steps / 3:
        says = (
            f"This CosineAnnealingLR has T_max={length:.0f}, but is stepped at each batch: {steps:,} times. The "
            "learning rate goes up and down within an epoch."
        )
        return _finding(
            schedule, "bug", says, "Step it once an epoch, or set `T_max` to epochs times batches.", schedule.step_where
        )
    return None


def _never_warm(schedule: SchedulerSeen, optimizer: OptimizerSeen, epochs: int) -> Finding | None:
    """A warm-up that is counted in steps, and stepped once an epoch."""
    base = optimizer.settings.get("lr", 0.0)
    rates = [rate for rate, _ in optimizer.rates]
    per_epoch = 2 <= len(schedule.steps) <= epochs + 1 and optimizer.steps > 3 * len(schedule.steps)
    if schedule.kind not in ("LambdaLR", "SequentialLR", "LinearLR") or not per_epoch or not rates:
        return None
    if max(rates) > _COLD * base or rates != sorted(rates):
        return None
    says = (
        f"This {schedule.kind} is stepped once an epoch, and the learning rate only rises to {max(rates):.3g}, "
        f"{100 * max(rates) / base:.2g} % of {base:.3g}. It never leaves the warm-up, which is counted in steps."
    )
    return _finding(schedule, "bug", says, "Call its `step()` after each batch.", schedule.step_where)


def _no_effect(schedule: SchedulerSeen, optimizer: OptimizerSeen, epochs: int) -> Finding | None:
    """A schedule that is stepped, and yet never changes the rate."""
    first = schedule.settings.get("step_size") or (min(schedule.milestones) if schedule.milestones else 0)
    if first and epochs >= 3 and len(schedule.steps) <= first and len({rate for rate, _ in optimizer.rates}) == 1:
        says = (
            f"This {schedule.kind} first changes the learning rate after {first:.0f} steps, but takes only "
            f"{len(schedule.steps)}. So the rate stays at {_rate(optimizer)}."
        )
        return _finding(schedule, "risk", says, "Set its steps for the number of epochs that you train.")
    return None


def _wrong_metric(evidence: ProgramEvidence, schedule: SchedulerSeen) -> Finding | None:
    """`ReduceLROnPlateau` that waits for a falling accuracy, or a rising loss."""
    if len(schedule.metrics) < 2:
        return None
    hits = {"accuracy": 0, "loss": 0}
    for clock, value in schedule.metrics:
        before = [each for each in evidence.scored if each.end <= clock + 1][-3:]
        accuracies = [each for each in map(evidence.accuracy, before) if each is not None]
        losses = [each for each in map(evidence.loss, before) if each is not None]
        hits["accuracy"] += any(np.isclose(value, [each, each / 100], rtol=1e-4).any() for each in accuracies)
        hits["loss"] += any(np.isclose(value, each, rtol=1e-3) for each in losses)
    wrong = "accuracy" if schedule.mode == "min" else "loss"
    other = "loss" if wrong == "accuracy" else "accuracy"
    if hits[wrong] < len(schedule.metrics) or hits[other]:
        return None
    says = (
        f"ReduceLROnPlateau gets the {wrong} in mode `{schedule.mode}`, so a better {wrong} counts as no improvement, "
        "and the learning rate falls while the network improves."
    )
    mode = "max" if schedule.mode == "min" else "min"
    return _finding(schedule, "bug", says, f'Write `mode="{mode}"`.')


def _rate(optimizer: OptimizerSeen) -> str:
    return f"{optimizer.rates[-1][0]:.4g}" if optimizer.rates else "its first value"


def _range(optimizer: OptimizerSeen) -> str:
    rates = [rate for rate, _ in optimizer.rates]
    return f"{min(rates):.3g} to {max(rates):.3g}" if rates else "no step"


def _finding(schedule: SchedulerSeen, severity: str, says: str, remedy: str, where: str = "") -> Finding:
    return Finding("schedule", "bug" if severity == "bug" else "risk", says, where or schedule.where, remedy)
