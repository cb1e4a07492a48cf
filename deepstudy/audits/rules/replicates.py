"""Two runs of the same experiment that differ by more than a claimed effect.

Two rows can be the same experiment up to some epoch: one keeps its learning rate, the other has not changed it yet.
Then only chance makes them different. The rule reports such a pair in two cases: the report draws a
conclusion from a smaller effect, or a sample of test images does not explain the difference (95 %).

## Why it matters

The difference of the two rows shows what chance does from run to run. A smaller effect between single runs shows
nothing: another seed can reverse it.

## Example

Both runs have learning rate 0.1 until epoch 42, but at epoch 10 they are 6.01 points apart.

```text
ResNet-20 on CIFAR-10, SGD, batch size 128
lr 0.1:
* Learning rate: 0.1
* epoch 10: test accuracy 60.03 %
* epoch 50: test accuracy 80.46 %
lr 0.1 -> 0.01:
* Learning rate: 0.1 -> 0.01
* epoch 10: test accuracy 66.04 %
* epoch 42: test accuracy 80.51 %
* epoch 43: test accuracy 52.48 %
```

## Not an error

A difference of 1.09 points, which 10,000 test images explain at this accuracy (up to 1.35 points).

```text
ResNet-20 on CIFAR-10, SGD, batch size 128
lr 0.1:
* Learning rate: 0.1
* epoch 10: test accuracy 60.03 %
* epoch 50: test accuracy 80.46 %
lr 0.1 -> 0.01:
* Learning rate: 0.1 -> 0.01
* epoch 10: test accuracy 61.12 %
* epoch 42: test accuracy 80.51 %
* epoch 43: test accuracy 52.48 %
```

## How to fix

Run each experiment with several seeds, and report the mean, the spread and the number of runs.

## Source

Dietterich 1998, Neural Computation 10(7): the test for the difference of two proportions.
"""

import math
import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from deepstudy.audits.evidence import Evidence, PrintedFigure, Trial
from deepstudy.catalog import CONDITION
from deepstudy.findings import Finding

_NO_DIFFERENCE = {"epochs", "says"}


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find repeated runs that differ by more than a claimed effect, or by more than the test images explain.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each pair of experiments.
    """
    for one, other in combinations(evidence.trials.values(), 2):
        last = _same_until(evidence, one, other)
        if not last:
            continue
        pairs = [
            (figure, twin)
            for figure in evidence.accuracies(one.name)
            if isinstance(figure.said.epoch, int)
            and figure.said.epoch <= last
            and figure.definite
            and (twin := evidence.accuracy_at(other.name, figure.said.split, figure.said.epoch))
            and twin.definite
        ]
        if pairs:
            yield from _pair(evidence, *max(pairs, key=lambda pair: abs(pair[0].number - pair[1].number)))


def _pair(evidence: Evidence, figure: PrintedFigure, twin: PrintedFigure) -> Iterator[Finding]:
    difference, one, other = abs(figure.number - twin.number), figure.said, twin.said
    images = evidence.trials[one.experiment].images(str(one.split))
    by_images = 1.96 * standard_error(figure.number, twin.number, images) if images else 0.0
    smaller = _smaller_effects(evidence, difference)
    if difference <= by_images and not smaller:
        return
    seconds = ""
    if figure.seconds and twin.seconds and figure.seconds != twin.seconds:
        apart = abs(figure.seconds - twin.seconds) / min(figure.seconds, twin.seconds)
        seconds = f" Their times differ by {100 * apart:.0f} % as well ({one.elapsed} and {other.elapsed} s)."
    effects = f" The report draws conclusions from smaller effects: {'; '.join(smaller)}." if smaller else ""
    yield Finding(
        "replicates",
        "doubtful",
        f"{one.experiment} and {other.experiment} are the same experiment up to epoch {one.epoch}, but reach "
        f"{one.value} and {other.value} % there. So chance alone made a difference of {difference:.2f} points."
        f"{seconds} An effect between single runs must be larger than that.{effects}",
        where=twin.where,
        reported=f"{one.value} % and {other.value} % at epoch {one.epoch}",
        possible=f"several runs of each, and effects of more than about {difference:.1f} points",
    )


def _smaller_effects(evidence: Evidence, difference: float) -> list[str]:
    effects = []
    for _, claim in evidence.claims:
        compare = claim.compare
        if compare is None or compare.quantity != "accuracy" or not isinstance(compare.epoch, int):
            continue
        of, with_ = (evidence.accuracy_at(name, compare.split, compare.epoch) for name in (compare.of, compare.with_))
        if of and with_ and abs(of.number - with_.number) < difference:
            effects.append(f"{claim.id} ({of.said.value} against {with_.said.value})")
    return effects


def standard_error(percent: float, other: float, images: int) -> float:
    """The standard error of the difference of two accuracies (binomial, unpaired).

    Arguments:
        percent: one accuracy, in percent.
        other: the other accuracy, in percent.
        images: the number of images that each is over.

    Returns:
        The standard error, in percentage points.
    """
    return math.sqrt(sum(p * (100 - p) for p in (percent, other)) / images)


def _same_until(evidence: Evidence, one: Trial, other: Trial) -> float:
    """The last epoch up to which two experiments are surely the same, or 0."""
    if evidence.study is None:
        return _same_by_name(evidence, one, other)
    parts = []
    for trial in (one, other):
        parts.append(
            {
                key: fact.value
                for key, fact in trial.facts.items()
                if key not in _NO_DIFFERENCE and not key.startswith(("schedule.", "log"))
            }
        )
    if parts[0] != parts[1]:
        return 0
    schedules = [
        {key: fact.value for key, fact in trial.facts.items() if key.startswith("schedule.")} for trial in (one, other)
    ]
    shared = min(trial.facts["epochs"].value for trial in (one, other))
    if schedules[0] == schedules[1]:
        extends = schedules[0]["schedule.name"] in ("constant", "step", "multistep", "switch")
        return float(shared) if extends or one.facts["epochs"] == other.facts["epochs"] else 0
    if schedules[0].get("schedule.warmup") != schedules[1].get("schedule.warmup"):
        return 0
    return min(
        _constant_until(evidence, trial, schedule) for trial, schedule in zip((one, other), schedules, strict=True)
    )


def _constant_until(evidence: Evidence, trial: Trial, schedule: dict[str, object]) -> float:
    """The last epoch that surely uses the first learning rate."""
    match schedule["schedule.name"]:
        case "constant":
            return math.inf
        case "step":
            return float(str(schedule["schedule.every"]))
        case "multistep":
            at = schedule["schedule.at"]
            return float(min(at)) if isinstance(at, list) and at else math.inf
        case "switch":
            condition = re.fullmatch(CONDITION, str(schedule["schedule.until"]))
            if condition is None or condition.group(2) != "accuracy" or condition.group(3) != ">":
                return 0
            last = 0
            for figure in sorted(
                evidence.accuracies(trial.name, condition.group(1)), key=lambda f: str(f.said.epoch).zfill(9)
            ):
                if not isinstance(figure.said.epoch, int) or figure.number > float(condition.group(4)):
                    break
                last = figure.said.epoch
            return float(last)
    return 0


_RATE_WORDS = re.compile(
    r"[-+\d.eE]+|learning\s*rate|\blr\b|⇒|=>|->|→|\bto\b|\bthen\b|\bswitch\w*|[^\w]", re.IGNORECASE
)


def _same_by_name(evidence: Evidence, one: Trial, other: Trial) -> float:
    """The same for raw text: a learning rate, and that rate followed by another, if the headings name only rates."""
    short, long = sorted((one, other), key=lambda trial: "schedule.rates" in trial.facts)
    if "schedule.rates" in short.facts or "schedule.rates" not in long.facts:
        return 0
    facts = [
        {key: fact.value for key, fact in trial.facts.items() if key != "schedule.rates"} for trial in (one, other)
    ]
    if facts[0] != facts[1] or _RATE_WORDS.sub("", one.name) != _RATE_WORDS.sub("", other.name):
        return 0
    # The text does not say when the rate changes: at the latest where the accuracy first falls, or at the second row.
    rows = [figure for figure in evidence.accuracies(long.name) if isinstance(figure.said.epoch, int)]
    rows.sort(key=lambda figure: int(str(figure.said.epoch)))
    falls = [b for a, b in pairwise(rows) if b.number < a.number]
    if not falls:
        return 0
    return float(min(int(str(rows[0].said.epoch)), int(str(falls[0].said.epoch)) - 1))
