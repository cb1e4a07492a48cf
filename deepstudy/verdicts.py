"""Which claims hold: each claim of a study, decided from its runs by a rule that is the same for all. Never torch.

The rules, at the level of 5 % (intervals are 95 %):

compare     greater or less by more than `margin`: the Student interval of the difference of means, over pairs where
            both experiments ran with the same seeds on the same order of images, else Welch's. Equivalent: two
            one-sided tests (Schuirmann 1987), contradicted where the whole interval lies outside the margin.
value       the reported figure against the prediction interval of one new run: mean ± t s sqrt(1 + 1/n).
saturates   the accuracy still to be gained after epoch `by` (the mean of the last quarter of the epochs, less that of
            three epochs around `by`) against `margin`.
overtakes   below at the first epoch, and above over the last quarter: both, or it is not supported.
drops       the fall at the epoch, and the epochs until it is made up for, each like `value`.
gap         the difference of two splits of one run against `margin`.
exceeds     a quantity of one experiment against `level`.

Of several claims of a study, the p-values are corrected after Holm (1979), so that the chance of any wrong verdict
among them stays below 5 %; a claim that only its own p-value would decide is undecided. Intervals are not corrected.
Means over a handful of seeds are treated as normal: a bootstrap over three to five seeds would give intervals that are
far too narrow.

What is not comparable is said to be so, and both numbers are given: figures of the report under a budget, with `--set`,
or on another copy of the data; times of runs that had no machine to themselves.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scipy.special import stdtr, stdtrit

from deepstudy.record import Record
from deepstudy.study import Study
from deepstudy.study.reported import (
    Claim,
    Compare,
    Drops,
    Exceeds,
    Gap,
    Measure,
    Overtakes,
    Saturates,
    Value,
    printed_number,
)

LEVEL = 0.05
_COUNTS = ("weights", "biases", "parameters", "macs", "shape")
_TIMES = ("seconds_per_epoch", "elapsed")
_MOST_SEEDS = 1000

Word = Literal["supported", "contradicted", "undecided", "not comparable"]
Layers = Mapping[str, Mapping[str, Any]]  # of each experiment, what layers.json says


@dataclass(frozen=True)
class Verdict:
    """What runs say of a claim. `measured` and `interval` are in the quantity's unit; `p` is before correction."""

    claim: str
    says: str
    verdict: Word
    reported: str
    measured: float | None
    interval: tuple[float, float] | None
    runs: int
    reason: str
    what: str = ""  # what `measured` is: a difference, say, and its unit
    p: float | None = None
    source: str = "report"

    def as_json(self, study: str, budget: str | None) -> dict[str, Any]:
        """A row of verdicts.json."""
        return {
            "study": study,
            "budget": budget,
            "claim": self.claim,
            "says": self.says,
            "verdict": self.verdict,
            "reported": self.reported,
            "measured": self.measured,
            "interval": list(self.interval) if self.interval else None,
            "runs": self.runs,
            "reason": self.reason,
            "what": self.what,
        }


class _Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided", or "not comparable"
    def __init__(self, reason: str, runs: int = 0, verdict: Word = "undecided") -> None:
        super().__init__(reason)
        self.reason, self.runs, self.verdict = reason, runs, verdict


@dataclass(frozen=True)
class _Runs:
    """The finished runs of a study under one budget, with its layer tables and the runs that were made for timing."""

    study: Study
    budget: str | None
    records: Mapping[str, Sequence[Record]]
    timed: Mapping[str, Sequence[Record]]
    layers: Layers

    def of(self, name: str) -> Sequence[Record]:
        return self.records.get(name, ())

    def last(self, name: str) -> int:
        """The last epoch that an experiment has under this budget."""
        return self.study.experiment(name, self.budget).epochs


def decide(
    study: Study,
    records: Sequence[Record],
    budget: str | None = None,
    layers: Layers | None = None,
    timed: Sequence[Record] = (),
) -> list[Verdict]:
    """A verdict for each claim of a study, in its order.

    `layers` are the layer tables of experiments that have no run yet, for claims that need none; `timed` are runs that
    were made for their times alone.
    """
    known = {run.experiment: run.layers for run in records if run.layers}
    runs = _Runs(study, budget, _complete(records), _complete(timed), {**(layers or {}), **known})
    return _holm([_decide(runs, claim) for claim in study.claims])


def _complete(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for run in records:
        if run.epochs and run.info["status"] != "failed":
            found.setdefault(run.experiment, []).append(run)
    return found


def _decide(runs: _Runs, claim: Claim) -> Verdict:
    form = claim.form
    rule = _RULES[type(form)]
    reported = form.reported if isinstance(form, Value) else _reported(runs.study, form)
    blank = Verdict(claim.id, claim.says, "undecided", reported, None, None, 0, "", source=claim.source)
    try:
        found: Verdict = rule(runs, form, blank)
    except _Undecidable as why:
        return replace(blank, verdict=why.verdict, runs=why.runs, reason=why.reason)
    obstacle = _not_comparable(runs, form)
    if obstacle:
        return replace(found, verdict="not comparable", reason=obstacle, p=None)
    return found


# Rules ---------------------------------------------------------------------------------------------------------------


def _compare(runs: _Runs, form: Compare, blank: Verdict) -> Verdict:
    if form.quantity in _COUNTS:
        ours, theirs = _count(runs, form.of, form), _count(runs, form.with_, form)
        difference = ours - theirs
        holds = {
            "greater": difference > form.margin,
            "less": difference < -form.margin,
            "equivalent": abs(difference) <= form.margin,
        }[form.expect]
        reason = f"{form.of} has {ours:,.0f} {form.quantity}, {form.with_} {theirs:,.0f}; this needs no run."
        what = f"difference in {form.quantity}"
        word: Word = "supported" if holds else "contradicted"
        return replace(blank, verdict=word, measured=difference, reason=reason, what=what)
    ours_by_seed, theirs_by_seed = _by_seed(runs, form.of, form), _by_seed(runs, form.with_, form)
    unit = _unit(form)
    what = f"{form.of} less {form.with_}, {unit}"
    n = min(len(ours_by_seed), len(theirs_by_seed))
    if n < 2:
        means = [statistics.fmean(values.values()) for values in (ours_by_seed, theirs_by_seed) if values]
        apart = means[0] - means[1] if len(means) == 2 else None
        return replace(blank, measured=apart, runs=n, reason="Needs at least 2 runs of each.", what=what)
    paired = ours_by_seed.keys() == theirs_by_seed.keys() and _same_order(runs, form.of, form.with_)
    sample = _paired(ours_by_seed, theirs_by_seed) if paired else _welch(ours_by_seed, theirs_by_seed)
    how = "paired by seed" if paired else "Welch"
    if form.expect == "equivalent":
        return _equivalence(replace(blank, runs=n, what=what), sample, form.margin, how, unit)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(replace(blank, runs=n, what=what), sample, sign * form.margin, sign, how, unit)


@dataclass(frozen=True)
class _Sample:
    """An estimate with its standard error and degrees of freedom, from n runs (of each)."""

    mean: float
    error: float
    df: float
    n: int

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        reach = _quantile(1 - level / 2, self.df) * self.error
        return self.mean - reach, self.mean + reach

    def p(self, null: float) -> float:
        """The two-sided p-value of the mean being `null`."""
        if self.error == 0:
            return 0.0 if self.mean != null else 1.0
        return 2 * _beyond(abs(self.mean - null) / self.error, self.df)

    def seeds_for(self, null: float) -> int | None:
        """How many runs of each would decide against `null` four times in five, if the estimates are right."""
        effect = abs(self.mean - null)
        if effect == 0:
            return None
        one = self.error * math.sqrt(self.n)  # the error of a single run

        def decides(n: int) -> bool:
            df = self.df * n / self.n
            return effect * math.sqrt(n) / one > _quantile(1 - LEVEL / 2, df) + _quantile(0.8, df)

        if one == 0 or not decides(_MOST_SEEDS):
            return None
        low, high = self.n, _MOST_SEEDS  # more seeds never decide less
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if decides(middle) else (middle, high)
        return high


def _quantile(p: float, df: float) -> float:
    """Of Student's distribution."""
    return float(stdtrit(df, p))


def _beyond(t: float, df: float) -> float:
    """The chance of a Student variable above t."""
    return float(stdtr(df, -t))


def _mean(values: Sequence[float]) -> _Sample:
    n = len(values)
    return _Sample(statistics.fmean(values), statistics.stdev(values) / math.sqrt(n), n - 1, n)


def _paired(ours: Mapping[int, float], theirs: Mapping[int, float]) -> _Sample:
    return _mean([ours[seed] - theirs[seed] for seed in ours])


def _welch(ours: Mapping[int, float], theirs: Mapping[int, float]) -> _Sample:
    parts = [_mean(list(values.values())) for values in (ours, theirs)]
    variances = [part.error**2 for part in parts]
    error = math.sqrt(sum(variances))
    below = sum(variance**2 / part.df for variance, part in zip(variances, parts, strict=True))
    df = sum(variances) ** 2 / below if below else sum(part.df for part in parts)
    return _Sample(parts[0].mean - parts[1].mean, error, df, min(part.n for part in parts))


def _one_sided(blank: Verdict, sample: _Sample, null: float, sign: int, how: str, unit: str) -> Verdict:
    """Supported where the interval lies on the claimed side of `null`, contradicted where it lies on the other."""
    low, high = sample.interval()
    beyond = (low > null, high < null)[:: 1 if sign > 0 else -1]
    word: Word = "supported" if beyond[0] else "contradicted" if beyond[1] else "undecided"
    reason = f"{_signed(sample.mean)} {unit}, interval {_signed(low)} to {_signed(high)} ({how}, n={sample.n})"
    reason += {"supported": ": as claimed.", "contradicted": ": the other way round.", "undecided": "."}[word]
    if word == "undecided":
        reason += _more(sample, null)
    return replace(
        blank, verdict=word, measured=sample.mean, interval=(low, high), reason=reason, p=sample.p(null), runs=sample.n
    )


def _more(sample: _Sample, null: float) -> str:
    seeds = sample.seeds_for(null)
    if seeds is None:
        return f" Not even {_MOST_SEEDS} seeds would decide it, if the difference is as small as it looks."
    return f" About {seeds} seeds of each would decide it, if the difference is as large as it looks."


def _equivalence(blank: Verdict, sample: _Sample, margin: float, how: str, unit: str) -> Verdict:
    low, high = sample.interval()
    inner = sample.interval(2 * LEVEL)
    reason = f"{_signed(sample.mean)} {unit}, interval {_signed(low)} to {_signed(high)} ({how}, n={sample.n})"
    # Two one-sided tests at 5 % are the 90 % interval within the margins.
    one_sided = max(_tail(sample, -margin, 1), _tail(sample, margin, -1))
    word: Word
    if -margin < inner[0] and inner[1] < margin:
        word, p, reason = "supported", one_sided, f"{reason}: within {margin:g} either way."
    elif low > margin or high < -margin:
        word, p = "contradicted", min(sample.p(margin), sample.p(-margin))
        reason += f": beyond {margin:g}."
    else:
        word, p = "undecided", one_sided
        reason += f": neither within {margin:g} nor beyond it." + _more(sample, math.copysign(margin, sample.mean))
    return replace(blank, verdict=word, measured=sample.mean, interval=(low, high), reason=reason, p=p, runs=sample.n)


def _tail(sample: _Sample, null: float, sign: int) -> float:
    if sample.error == 0:
        return 0.0 if sign * (sample.mean - null) > 0 else 1.0
    return _beyond(sign * (sample.mean - null) / sample.error, sample.df)


def _value(runs: _Runs, form: Value, blank: Verdict) -> Verdict:
    figure = sum(printed_number(form.reported)) / 2
    if form.quantity in _COUNTS:
        count = _count(runs, form.of, form)
        word: Word = "supported" if count == figure else "contradicted"
        reason = f"The network has {count:,.0f} {form.quantity}; this needs no run."
        return replace(blank, verdict=word, measured=count, reason=reason, what=form.quantity)
    values = list(_by_seed(runs, form.of, form).values())
    return _predicted(replace(blank, what=_unit(form)), values, figure, _unit(form))


def _predicted(blank: Verdict, values: Sequence[float], figure: float, unit: str) -> Verdict:
    """A single reported figure against the prediction interval of one more run."""
    n = len(values)
    mean = statistics.fmean(values) if values else None
    if n < 3 or mean is None:
        return replace(blank, measured=mean, runs=n, reason="Needs at least 3 runs.")
    spread = statistics.stdev(values)
    error = spread * math.sqrt(1 + 1 / n)
    reach = _quantile(1 - LEVEL / 2, n - 1) * error
    low, high = mean - reach, mean + reach
    p = 2 * _beyond(abs(figure - mean) / error, n - 1) if error else float(figure == mean)
    inside = low <= figure <= high
    reason = (
        f"Runs give {_plain(mean)} ± {_plain(spread)} {unit} (n={n}); one more would lie between {_plain(low)} and "
    )
    reason += f"{_plain(high)}, and {_plain(figure)} {'does' if inside else 'does not'}."
    word: Word = "supported" if inside else "contradicted"
    return replace(
        blank, verdict=word, measured=mean, interval=(low, high), runs=n, reason=reason, p=None if inside else p
    )


def _exceeds(runs: _Runs, form: Exceeds, blank: Verdict) -> Verdict:
    sign = 1 if form.expect == "greater" else -1
    if form.quantity in _COUNTS:
        count = _count(runs, form.of, form)
        word: Word = "supported" if sign * (count - form.level) > 0 else "contradicted"
        return replace(blank, verdict=word, measured=count, what=form.quantity, reason="This needs no run.")
    values = list(_by_seed(runs, form.of, form).values())
    return _against(replace(blank, what=_unit(form)), values, form.level, sign, _unit(form))


def _against(blank: Verdict, values: Sequence[float], level: float, sign: int, unit: str) -> Verdict:
    """A mean over runs against a level."""
    n = len(values)
    if n < 2:
        mean = statistics.fmean(values) if values else None
        return replace(blank, measured=mean, runs=n, reason="Needs at least 2 runs.")
    found = _one_sided(blank, _mean(values), level, sign, f"against {level:g}", unit)
    return replace(found, reason=found.reason.replace("+", "", 3))


def _gap(runs: _Runs, form: Gap, blank: Verdict) -> Verdict:
    what = f"accuracy on {form.between[0]} less that on {form.between[1]}, points"
    values = []
    for run in runs.of(form.of):
        epoch = runs.last(form.of) if form.epoch == "last" else form.epoch
        lines = [run.at(epoch, split) for split in form.between]
        ours, theirs = (line["accuracy"] if line else None for line in lines)
        if ours is not None and theirs is not None:
            values.append(ours - theirs)
    if not values:
        raise _Undecidable(f"No run of {form.of} has both splits at that epoch.")
    sign = 1 if form.expect == "greater" else -1
    return _against(replace(blank, what=what), values, form.margin, sign, "points")


def _saturates(runs: _Runs, form: Saturates, blank: Verdict) -> Verdict:
    what = f"points still to be gained after epoch {form.by}"
    curves = [curve for run in runs.of(form.of) if (curve := _curve(run, form.split))]
    last = min(map(len, curves), default=0)
    if last <= form.by:
        raise _Undecidable(
            f"The runs end at epoch {last}; whether accuracy still rises after {form.by} is seen only beyond it.",
            len(curves),
        )
    values = [_still_to_gain(curve, form.by) for curve in curves]
    return _against(replace(blank, what=what), values, form.margin, -1, "points")


def _still_to_gain(curve: Sequence[float], by: int) -> float:
    """The level of the last quarter of a curve, less that of three epochs around `by`."""
    around = curve[max(by - 2, 0) : by + 1]
    return statistics.fmean(_last_quarter(curve)) - statistics.fmean(around)


def _last_quarter(curve: Sequence[float]) -> Sequence[float]:
    return curve[-max(len(curve) // 4, 1) :]


def _overtakes(runs: _Runs, form: Overtakes, blank: Verdict) -> Verdict:
    curves = [
        {run.seed: curve for run in runs.of(name) if (curve := _curve(run, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    what = f"{form.of} less {form.with_} over the last quarter of the epochs, points"
    if n < 2:
        return replace(blank, runs=n, what=what, reason="Needs at least 2 runs of each.")
    paired = curves[0].keys() == curves[1].keys() and _same_order(runs, form.of, form.with_)
    join: Callable[[Mapping[int, float], Mapping[int, float]], _Sample] = _paired if paired else _welch
    first = join(*({seed: curve[0] for seed, curve in each.items()} for each in curves))
    last = join(
        *({seed: statistics.fmean(_later(curve, form.after)) for seed, curve in each.items()} for each in curves)
    )
    below, above = first.interval(), last.interval()
    if below[1] < 0 < above[0]:
        word: Word = "supported"
        crossed = _crossing(curves)
        reason = f"Behind by {_plain(-first.mean)} points at epoch 1, ahead by {_plain(last.mean)} at the end"
        reason += f" (n={n}); it passes around epoch {crossed}." if crossed else f" (n={n})."
        p = max(first.p(0), last.p(0))
    elif below[0] > 0 or above[1] < 0:
        word = "contradicted"
        reason = f"At epoch 1 it is {_signed(first.mean)} points apart, at the end {_signed(last.mean)} (n={n})."
        p = min(1.0, 2 * min(first.p(0) if below[0] > 0 else 1, last.p(0) if above[1] < 0 else 1))
    else:
        word, p = "undecided", max(first.p(0), last.p(0))
        unsure = last if above[0] <= 0 else first
        reason = f"At epoch 1 it is {_signed(first.mean)} points apart, at the end {_signed(last.mean)} (n={n})."
        reason += _more(unsure, 0.0)
    return replace(blank, verdict=word, measured=last.mean, interval=above, runs=n, reason=reason, what=what, p=p)


def _later(curve: Sequence[float], after: int | None) -> Sequence[float]:
    return curve[after:] if after is not None and len(curve) > after else _last_quarter(curve)


def _crossing(curves: Sequence[Mapping[int, Sequence[float]]]) -> int | None:
    """The first epoch from which the mean difference stays above 0."""
    length = min(len(curve) for each in curves for curve in each.values())
    means = [[statistics.fmean(curve[epoch] for curve in each.values()) for epoch in range(length)] for each in curves]
    behind = [epoch for epoch in range(length) if means[0][epoch] <= means[1][epoch]]
    return behind[-1] + 2 if behind and behind[-1] + 1 < length else None


def _drops(runs: _Runs, form: Drops, blank: Verdict) -> Verdict:
    falls, regains = [], []
    for run in runs.of(form.of):
        at = _switch(run) if form.at == "switch" else form.at
        curve = _curve(run, form.split)
        if at is None or not 1 < at <= len(curve):
            continue
        before = curve[at - 2]
        falls.append(before - curve[at - 1])
        regained = next((epoch for epoch in range(at, len(curve)) if curve[epoch] >= before), None)
        if regained is not None:
            regains.append(float(regained + 1 - at))
    if not falls:
        raise _Undecidable(
            f"No run of {form.of} came to the {'switch' if form.at == 'switch' else f'epoch {form.at}'}."
        )
    fall = _predicted(replace(blank, what="points lost at once"), falls, form.by, "points")
    if form.regained_after is None or fall.verdict != "supported":
        return fall
    regain = _predicted(blank, regains, form.regained_after, "epochs")
    if len(regains) < len(falls):
        return replace(fall, verdict="undecided", reason=f"{fall.reason} Not all runs made up for it.")
    return replace(fall, verdict=regain.verdict, reason=f"{fall.reason} To make up for it: {regain.reason}", p=regain.p)


def _switch(run: Record) -> int | None:
    """The first epoch at another learning rate."""
    rates = {line["epoch"]: line["lr"] for line in run.metrics}
    if None in rates.values():
        raise _Undecidable(f"{run.own_loop} does not give the learning rate (lr) of every epoch.")
    first = rates.get(1)
    return next((epoch for epoch, rate in sorted(rates.items()) if rate != first), None)


_RULES: Mapping[type, Callable[[_Runs, Any, Verdict], Verdict]] = {
    Compare: _compare,
    Value: _value,
    Saturates: _saturates,
    Overtakes: _overtakes,
    Drops: _drops,
    Gap: _gap,
    Exceeds: _exceeds,
}


# Quantities ----------------------------------------------------------------------------------------------------------


def _by_seed(runs: _Runs, name: str, measure: Measure) -> dict[int, float]:
    """A quantity of each run of an experiment, by seed; only of runs that have it."""
    if measure.quantity in _TIMES:
        timed = runs.timed.get(name, ())
        return {run.seed: value for run in timed or runs.of(name) if (value := _time(run, measure)) is not None}
    found = {run.seed: value for run in runs.of(name) if (value := _of_run(runs, run, measure)) is not None}
    if not found and runs.of(name):
        last = max(run.epochs for run in runs.of(name))
        wanted = f"a level of {measure.level}" if measure.quantity == "epochs_to" else "any accuracy"
        wanted = f"the {measure.quantity} of epoch {measure.epoch}" if measure.epoch else wanted
        raise _Undecidable(f"The runs of {name} end at epoch {last} without {wanted} on {measure.split} images.")
    return found


def _of_run(runs: _Runs, run: Record, measure: Measure) -> float | None:
    split = measure.split or run.info["resolved"]["roles"]["score_on"]
    if measure.quantity in ("accuracy", "loss"):
        epoch = runs.last(run.experiment) if measure.epoch in ("last", None) else measure.epoch
        line = run.at(epoch, split) if isinstance(epoch, int) else None
        return line[measure.quantity] if line else None
    curve = _curve(run, split)
    if not curve:
        return None
    if measure.quantity == "best_accuracy":
        return max(curve)
    if measure.quantity == "saturation_epoch":
        return float(saturation_epoch(curve))
    if measure.quantity == "epochs_to":
        reached = next((epoch for epoch, accuracy in enumerate(curve, 1) if accuracy >= (measure.level or 0)), None)
        return None if reached is None else float(reached)
    return None


def saturation_epoch(curve: Sequence[float]) -> int:
    """The first epoch from which accuracy is no longer told from its final level.

    The level is the mean of the last quarter of the epochs; a curve is told from it as long as it lies below by more
    than twice what those epochs wander about it (and 0.05 points at least).
    """
    end = _last_quarter(curve)
    level = statistics.fmean(end)
    wander = max(2 * statistics.pstdev(end), 0.05)
    below = [
        epoch for epoch, accuracy in enumerate(curve, 1) if accuracy < level - wander and epoch <= len(curve) - len(end)
    ]
    return below[-1] + 1 if below else 1


def _time(run: Record, measure: Measure) -> float | None:
    if measure.quantity == "seconds_per_epoch":
        return run.seconds_per_epoch()
    epoch = measure.epoch if isinstance(measure.epoch, int) else run.epochs
    elapsed = [float(line["elapsed"]) for line in run.metrics if line["epoch"] == epoch and line["elapsed"] is not None]
    return max(elapsed) if elapsed else None


def _curve(run: Record, split: str) -> list[float]:
    """The accuracies of a split, epoch by epoch."""
    lines = [line for line in run.metrics if line["split"] == split and line["accuracy"] is not None]
    if run.own_loop and [line["epoch"] for line in lines] != list(range(1, len(lines) + 1)):
        raise _Undecidable(f"{run.own_loop} leaves out epochs on {split} images, and this needs every one.")
    return [line["accuracy"] for line in lines]


def _count(runs: _Runs, name: str, measure: Measure) -> float:
    table = runs.layers.get(name)
    if table is None:
        raise _Undecidable(f"The layer table of {name} is not known yet; it needs one run.")
    if measure.quantity == "shape":
        raise _Undecidable("A shape is no number; `audit` holds quoted sizes against the network.")
    if measure.layer is None:
        return float(table[measure.quantity])
    rows = [
        row for row in table["layers"] if row["name"] == measure.layer or row["name"].startswith(f"{measure.layer}.")
    ]
    if not rows:
        raise _Undecidable(f"The network of {name} has no layer called {measure.layer}.")
    keys = ("weights", "biases") if measure.quantity == "parameters" else (measure.quantity,)
    return float(sum(row[key] for row in rows for key in keys))


def _unit(measure: Measure) -> str:
    match measure.quantity:
        case "accuracy" | "best_accuracy":
            return "points"
        case "saturation_epoch" | "epochs_to":
            return "epochs"
        case "seconds_per_epoch" | "elapsed":
            return "s"
    return measure.quantity


def _same_order(runs: _Runs, one: str, other: str) -> bool:
    """Whether both experiments see the same images in the same order when they have the same seed."""
    if any(run.own_loop for name in (one, other) for run in runs.of(name)):
        return False  # what a seed was to somebody's own loop is not known
    keys = ("batch_size", "data", "roles")
    resolved = [runs.of(name)[0].info["resolved"] for name in (one, other) if runs.of(name)]
    return len(resolved) == 2 and all(resolved[0][key] == resolved[1][key] for key in keys)


def _reported(study: Study, form: Any) -> str:
    """What the report says of a claim's quantity: its figures, or what the claim expects."""
    if isinstance(form, Compare):
        epoch = getattr(form, "epoch", None)
        figures = [
            next((each.value for each in study.reported if _is_figure(each, name, form, epoch)), None)
            for name in (form.of, form.with_)
        ]
        if all(figures):
            return f"{figures[0]} against {figures[1]}"
        return form.expect if not form.margin else f"{form.expect}, {form.margin:g}"
    if isinstance(form, Saturates):
        return f"by epoch {form.by}"
    if isinstance(form, Drops):
        return f"{form.by:g} points" + (f", {form.regained_after} epochs" if form.regained_after else "")
    if isinstance(form, Gap):
        return f"{form.expect} than {form.margin:g} points"
    if isinstance(form, Exceeds):
        return f"{form.expect} than {form.level:g}"
    return "passes it" if isinstance(form, Overtakes) else ""


def _is_figure(figure: Any, name: str, form: Compare, epoch: Any) -> bool:
    return bool(
        figure.experiment == name
        and figure.quantity == form.quantity
        and figure.split == form.split
        and figure.epoch == epoch
        and figure.layer == form.layer
    )


# What may be compared ------------------------------------------------------------------------------------------------


def _not_comparable(runs: _Runs, form: Any) -> str:
    """Why the runs cannot decide a claim, '' if they can."""
    quantity = getattr(form, "quantity", "accuracy")
    if quantity in _COUNTS:
        return ""
    names = [form.of, *([form.with_] if hasattr(form, "with_") else [])]
    if quantity in _TIMES:
        return _times_not_comparable([run for name in names for run in (runs.timed.get(name) or runs.of(name))])
    used = [run for name in names for run in runs.of(name)]
    overrides = sorted({pair for run in used for pair in run.info["overrides"]})
    if isinstance(form, Value | Exceeds | Drops):
        if runs.budget:
            return f"A figure of the report, and these runs are under the budget {runs.budget}."
        if overrides:
            return f"A figure of the report, and these runs had --set {' '.join(overrides)}."
        copies = sorted(
            {run.info["data"].get("copy", "another copy") for run in used if not run.info["data"]["published"]}
        )
        if copies:
            return f"A figure of the report, and the data here is {copies[0]}."
    if isinstance(form, Saturates) and (runs.budget and _has_other_epochs(runs, form.of)):
        return f"A number of epochs, and the budget {runs.budget} changes what an epoch is."
    return ""


def _has_other_epochs(runs: _Runs, name: str) -> bool:
    full, small = runs.study.experiment(name), runs.study.experiment(name, runs.budget)
    return (full.data, full.batch_size) != (small.data, small.batch_size)


def _times_not_comparable(used: Sequence[Record]) -> str:
    if not used:
        return ""
    command = "measure them with `deepstudy run --timing`"
    if own := next((run.own_loop for run in used if run.own_loop), None):
        return f"{own} is a file of somebody's own loop, whose machine is not known; {command}."
    if any((run.info.get("runs_sharing_machine") or 0) != 1 for run in used):
        return f"Other runs shared the machine; {command}."
    keys = ("cpu", "gpu", "device", "threads", "precision")
    if len({tuple(run.info["machine"].get(key) for key in keys) for run in used}) > 1:
        return f"The runs are of different machines, threads or precisions; {command}."
    if not all(run.info.get("timing") for run in used):
        return f"The runs were not interleaved; {command}."
    return ""


# Several claims ------------------------------------------------------------------------------------------------------


def _holm(verdicts: list[Verdict]) -> list[Verdict]:
    """Takes back verdicts that do not survive Holm's correction for the claims that were tested."""
    tested = sorted((v for v in verdicts if v.p is not None), key=lambda v: v.p or 0.0)
    result = {v.claim: v for v in verdicts}
    stopped = False
    for rank, verdict in enumerate(tested):
        assert verdict.p is not None
        stopped = stopped or verdict.p * (len(tested) - rank) > LEVEL
        if stopped and verdict.verdict in ("supported", "contradicted"):
            corrected = (
                f" By itself it would be {verdict.verdict} (p = {verdict.p:.2g}), but not as one of {len(tested)} "
            )
            result[verdict.claim] = replace(
                verdict, verdict="undecided", reason=verdict.reason + corrected + "claims (Holm's correction)."
            )
    return [result[verdict.claim] for verdict in verdicts]


def _signed(number: float) -> str:
    return f"{number:+.{_places(number)}f}"


def _plain(number: float) -> str:
    return f"{number:.{_places(number)}f}"


def _places(number: float) -> int:
    return 2 if abs(number) < 1000 else 0
