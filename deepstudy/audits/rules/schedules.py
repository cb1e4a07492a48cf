"""Learning rates that do not follow from the stated schedule.

The rule holds the learning rates that a log or a table prints against the schedule that the report states:

* steps: `StepLR`, `MultiStepLR`, "divided by 10 at epochs 30 and 60", "halved every 10 epochs";
* exponential and cosine schedules whose numbers are all given;
* one learning rate and no schedule, where the log prints another constant rate.

A program may print the rate before or after the scheduler takes its step, and may count epochs from 0 or 1. So the
schedule may be shifted by two epochs at most. The first epochs are left out where the report speaks of warm-up.
Schedules that depend on the loss, or count steps instead of epochs, are not checked.

## Why it matters
The learning rate decides how training goes. If the log shows other rates than the text, nobody can repeat the run, and
the schedule of the text was not the one that gave the results.

## Example
```text
ResNet-20 on CIFAR-10. The learning rate is 0.1 and is divided by 10 at epochs 3 and 5.
Epoch 1, lr 0.1, loss 1.52
Epoch 2, lr 0.1, loss 1.21
Epoch 3, lr 0.05, loss 1.01
Epoch 4, lr 0.05, loss 0.88
Epoch 5, lr 0.025, loss 0.79
```

## Not an error
```text
ResNet-20 on CIFAR-10. The learning rate is 0.1 and is divided by 10 at epochs 3 and 5.
Epoch 1, lr 0.1, loss 1.52
Epoch 2, lr 0.1, loss 1.21
Epoch 3, lr 0.1, loss 1.01
Epoch 4, lr 0.01, loss 0.88
Epoch 5, lr 0.01, loss 0.79
Epoch 6, lr 0.001, loss 0.75
```

## How to fix
Print the rate from the optimizer, and copy the schedule into the report from the program that made the log.

## Source
The formulas of the schedules: https://pytorch.org/docs/stable/optim.html.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.training.rate_schedules import RateSchedule, SaidSchedules, read_schedules
from deepstudy.audits.reading.training.training_logs import LoggedLine, LoggedRate, TrainingLog
from deepstudy.findings import Finding

_SHIFTS = (-1, 0, -2, 1)  # epochs over, beside the printed one: counted from 0 or 1, printed before or after the step
_OF_ROUNDING = 0.01  # rates are printed cut off or rounded; a schedule changes them by more
_WARM_UP = 12  # first epochs that are left out where the length of a warm-up is not read
_SCALED = re.compile(
    r"linear scaling|scaled? (?:the )?(?:learning|lr)|world_size|num_gpus|layer-?wise|param_groups|discriminative", re.I
)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold printed learning rates against the stated schedule.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each log.
    """
    training = read_training(evidence)
    if evidence.document is None or not any(line.rate for log in training.logs for line in log.lines):
        return
    said = read_schedules(evidence.document)
    if said.is_other or _SCALED.search(evidence.document.text):
        return
    rates = list(dict.fromkeys(each.value for each in training.settings.rates))
    for log in training.logs:
        printed = _printed(log)
        if len(printed) < 2:
            continue
        if said.schedules:
            yield from _against(log, printed, said, rates, is_only=len(training.logs) == 1)
        elif len(training.logs) == 1 and len(rates) == 1 and not said.has_warm_up:
            yield from _constant(printed, rates[0])


def _printed(log: TrainingLog) -> dict[int, LoggedLine]:
    """The line of each epoch that prints a rate; nothing if the rate changes within an epoch."""
    printed: dict[int, LoggedLine] = {}
    for line in log.lines:
        if line.epoch is None or line.rate is None or not line.rate.value:
            continue
        before = printed.setdefault(line.epoch, line)
        if before.rate is not None and before.rate.value != line.rate.value:
            return {}
    return printed


def _against(
    log: TrainingLog,
    printed: Mapping[int, LoggedLine],
    said: SaidSchedules,
    rates: Sequence[float],
    is_only: bool,
) -> Iterator[Finding]:
    epochs = [epoch for epoch in printed if not said.has_warm_up or epoch > _WARM_UP]
    if len(epochs) < 2 or max(epochs) - min(epochs) < 1:
        return
    # Milestones far beyond the run are counted in steps.
    length = max(log.length or 0, max(epochs))
    schedules = [each for each in said.schedules if each.last <= 5 * length or length < 3]
    if len(schedules) < len(said.schedules):
        return
    values = {line.rate.value for line in printed.values() if line.rate is not None}
    if len(values) == 1 and not is_only:
        return  # a run without the schedule
    if any(
        all(_fits(printed[epoch], schedule, base, epoch + shift) for epoch in epochs)
        for schedule in schedules
        for shift in _SHIFTS
        for base in _bases(printed[epochs[0]], schedule, rates, epochs[0] + shift)
    ):
        return
    yield _finding(printed, epochs, schedules[0], rates)


def _bases(line: LoggedLine, schedule: RateSchedule, rates: Sequence[float], over: int) -> list[float]:
    """The rates that the schedule may begin with: those of the text, else the one that gives the first printed rate."""
    factor = schedule.factor(over)
    if schedule.lowest or not factor or line.rate is None:
        return [*rates]
    if any(_is_printed_as(line.rate, rate) for rate in rates):
        return [*rates]  # the log begins with a rate of the text
    return [*rates, line.rate.value / factor]


def _finding(
    printed: Mapping[int, LoggedLine], epochs: Sequence[int], schedule: RateSchedule, rates: Sequence[float]
) -> Finding:
    shift = -min(1, epochs[0])
    base = rates[0] if rates else _bases(printed[epochs[0]], schedule, (), epochs[0] + shift)[-1]
    wrong = [epoch for epoch in epochs if not _fits(printed[epoch], schedule, base, epoch + shift)]
    epoch = wrong[0] if wrong else epochs[-1]
    line, expected = printed[epoch], _rate_at(schedule, base, epoch + shift)
    assert line.rate is not None
    more = len(wrong) - 1
    also = f" {more} more epoch{'s do' if more > 1 else ' does'} not fit." if more > 0 else ""
    return Finding(
        "schedules",
        "inconsistent",
        f"The learning rate is {line.rate.printed} in epoch {epoch}. The stated schedule is {schedule.says}. From "
        f"{base:g} it gives {expected:.4g}. A shift by an epoch or two does not help.{also}",
        where=line.where,
        reported=re.sub(r"\s+", " ", line.text)[:200],
        possible=f"{expected:.4g}, or another schedule in the text",
    )


def _rate_at(schedule: RateSchedule, base: float, over: int) -> float:
    return schedule.lowest + (base - schedule.lowest) * schedule.factor(over)


def _fits(line: LoggedLine, schedule: RateSchedule, base: float, over: int) -> bool:
    assert line.rate is not None
    return _is_printed_as(line.rate, _rate_at(schedule, base, over))


def _is_printed_as(rate: LoggedRate, expected: float) -> bool:
    """Whether a rate can be printed so, rounded or cut off."""
    lost = expected - rate.value
    return -0.501 * rate.step <= lost < 0.999 * rate.step or abs(lost) <= _OF_ROUNDING * expected


def _constant(printed: Mapping[int, LoggedLine], rate: float) -> Iterator[Finding]:
    """One rate in the text, another one all along the log."""
    values = {line.rate.value for line in printed.values() if line.rate is not None}
    first = next(iter(printed.values()))
    if len(values) != 1 or first.rate is None or len(printed) < 3:
        return
    if _is_printed_as(first.rate, rate):
        return
    yield Finding(
        "schedules",
        "inconsistent",
        f"The report trains with a learning rate of {rate:g}, but all epochs of the log have {first.rate.printed}.",
        where=first.where,
        reported=re.sub(r"\s+", " ", first.text)[:200],
        possible=f"{rate:g}",
    )
