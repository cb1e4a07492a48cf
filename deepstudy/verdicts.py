"""Which claims hold: each claim of a study, decided from its runs by a rule that is the same for all. Never torch.

The rules, at the level of 5 % (intervals are 95 %, but for that of two experiments that are equally good):

compare     greater or less by more than `margin`: the Student interval of the difference of means, over pairs where
            both experiments ran with the same seeds on the same order of images, else Welch's. Equivalent: two
            one-sided tests (Schuirmann 1987), which is the 90 % interval within the margin; contradicted where the
            whole 95 % interval lies beyond it.
value       what the reported figure stands for (`study.reported.stands_for`: 62k is what rounds to it, 60~70 all that
            is between) against the 95 % prediction interval of one new run, mean ± t s sqrt(1 + 1/n): supported where
            the two meet, contradicted where they do not. An interval that reaches further than 3 points either way (3
            epochs or 10 %, whichever is more; 10 % of any other quantity) supports nothing: the runs differ too much.
saturates   the accuracy still to be gained after epoch `by` (the mean of the last quarter of the epochs, less that of
            three epochs around `by`) against `margin`.
overtakes   below at the first epoch, and above over the last quarter: both, or it is not supported.
drops       the fall at the epoch, and the epochs until it is made up for, each like `value`.
gap         the difference of two splits of one run against `margin`.
exceeds     a quantity of one experiment against `level`.

Which runs count (`counted`): those that have finished an epoch and did not fail. Claims about the whole training (the
best accuracy, saturation, epochs to a level, overtaking, the time in all) take complete runs alone, all of one length;
claims about an epoch take every run that has come to it. How many were left out is said. Where a run never reaches a
level, the epochs to it decide nothing.

Of several claims of a study, the p-values are corrected after Holm (1979), so that the chance of any wrong verdict
among them stays below 5 %; a claim that only its own p-value would decide is undecided. Intervals are not corrected,
and neither is a figure that lies where it should, which is no test. What is undecided says how many seeds would decide
it four times in five at the level that the correction leaves, if effect and spread are as the runs have them.
Means over a handful of seeds are treated as normal: a bootstrap over three to five seeds would give intervals that are
far too narrow. What a quantity cannot be (an accuracy above 100, a time below 0) is cut off its interval.

What is not comparable is said to be so, and both numbers are given: figures of the report under a budget, with `--set`,
or on another copy of the data; times of runs that had no machine to themselves; experiments on different images (of
another data set, or with other roles of the splits), unless they differ in nothing else, so that the images are what
the claim is about.
"""

import math
import shlex
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
)

LEVEL = 0.05
POWER = 0.8  # with which the seeds that are named would decide
COUNTS = ("weights", "biases", "parameters", "macs", "shape")
_TIMES = ("seconds_per_epoch", "elapsed")
_OF_WHOLE_RUNS = ("best_accuracy", "saturation_epoch", "epochs_to")
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
    measured: float | None  # an int where it is a count
    interval: tuple[float, float] | None
    runs: int
    reason: str
    what: str = ""  # what `measured` is: a difference, say, and its unit
    p: float | None = None
    source: str = "report"
    level: int = 95  # of the interval, in percent
    bounds: tuple[float, ...] = ()  # what the interval is held against

    def as_json(self, study: str, budget: str | None) -> dict[str, Any]:
        """A row of verdicts.json."""
        return {
            "study": study,
            "budget": budget,
            "claim": self.claim,
            "says": self.says,
            "source": self.source,
            "verdict": self.verdict,
            "reported": self.reported,
            "measured": self.measured,
            "interval": list(self.interval) if self.interval else None,
            "level": self.level if self.interval else None,
            "runs": self.runs,
            "reason": self.reason,
            "what": self.what,
        }


@dataclass(frozen=True)
class _Found:
    """What a rule found: the verdict that a claim would get by itself.

    Where that has a p-value, `_holm` decides whether it stands, and finishes its reason with `stands` or with `leans`
    and what `seeds` says of the level that would have to be reached. `notes` come last.
    """

    verdict: Verdict
    stands: str = "."
    leans: str = ""
    seeds: Callable[[float], str] = field(default=lambda level: "")
    notes: tuple[str, ...] = ()


class _Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided"
    def __init__(self, reason: str, runs: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.runs = reason, runs


@dataclass(frozen=True)
class _Runs:
    """The runs of a study under one budget, with its layer tables and the runs that were made for timing."""

    study: Study
    budget: str | None
    records: Mapping[str, Sequence[Record]]
    timed: Mapping[str, Sequence[Record]]
    layers: Layers

    def pool(self, name: str, form: Any) -> Sequence[Record]:
        """All runs of an experiment that a claim or a quantity would look at."""
        timed = self.timed.get(name, ()) if _quantity(form) in _TIMES else ()
        return timed or self.records.get(name, ())

    def of(self, name: str, form: Any) -> Sequence[Record]:
        """Those of them that it counts."""
        runs = counted(self.pool(name, form))
        if not _is_of_whole_runs(form):
            return runs
        complete = [run for run in runs if run.info["status"] == "complete"]
        longest = max((run.epochs for run in complete), default=0)
        return [run for run in complete if run.epochs == longest]

    def last(self, name: str) -> int:
        """The last epoch that an experiment has under this budget."""
        return self.study.experiment(name, self.budget).epochs

    def resolved(self, name: str) -> Mapping[str, Any]:
        """What an experiment is: as its runs have it, else as the study has it."""
        runs = self.records.get(name) or self.timed.get(name)
        return runs[0].info["resolved"] if runs else self.study.experiment(name, self.budget).model_dump(mode="json")


def counted(records: Iterable[Record]) -> list[Record]:
    """The runs whose numbers count, in verdicts and in tables: those that have finished an epoch and did not fail."""
    return [run for run in records if run.epochs and run.info["status"] != "failed"]


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
    runs = _Runs(study, budget, _by_experiment(records), _by_experiment(timed), {**(layers or {}), **known})
    return _holm([_decide(runs, claim) for claim in study.claims])


def measured(
    study: Study,
    records: Sequence[Record],
    name: str,
    measure: Measure,
    budget: str | None = None,
    timed: Sequence[Record] = (),
) -> list[float]:
    """A quantity of each run of an experiment that counts for it; empty where the runs do not give it."""
    runs = _Runs(study, budget, _by_experiment(records), _by_experiment(timed), {})
    try:
        return list(_by_seed(runs, name, measure).values())
    except _Undecidable:
        return []


def _by_experiment(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for run in records:
        found.setdefault(run.experiment, []).append(run)
    return found


def _decide(runs: _Runs, claim: Claim) -> _Found:
    form = claim.form
    blank = Verdict(claim.id, claim.says, "undecided", _reported(runs.study, form), None, None, 0, "")
    blank = replace(blank, source=claim.source)
    other_images, about_images = _images(runs, form)
    try:
        found: _Found = _RULES[type(form)](runs, form, blank)
        obstacle = other_images or _not_comparable(runs, form)
    except _Undecidable as why:
        found, obstacle = _Found(replace(blank, runs=why.runs, reason=why.reason)), other_images
    if obstacle:
        found = _Found(replace(found.verdict, verdict="not comparable", reason=obstacle, p=None), notes=found.notes)
    notes = (*found.notes, *([about_images] if about_images else []), *_left_out(runs, form))
    return replace(found, notes=notes)


# Rules ---------------------------------------------------------------------------------------------------------------


def _compare(runs: _Runs, form: Compare, blank: Verdict) -> _Found:
    if form.quantity in COUNTS:
        ours, theirs = _count(runs, form.of, form), _count(runs, form.with_, form)
        difference = ours - theirs
        holds = {
            "greater": difference > form.margin,
            "less": difference < -form.margin,
            "equivalent": abs(difference) <= form.margin,
        }[form.expect]
        reason = f"{form.of} has {ours:,} {form.quantity}, {form.with_} {theirs:,}; this needs no run."
        word: Word = "supported" if holds else "contradicted"
        return _Found(replace(blank, verdict=word, measured=difference, reason=reason, what=form.quantity))
    both = _by_seed(runs, form.of, form), _by_seed(runs, form.with_, form)
    scale = _scale(form).difference()
    n = min(map(len, both))
    blank = replace(blank, runs=n, what=f"{form.of} less {form.with_}, {scale.unit}")
    if n < 2:
        apart = statistics.fmean(both[0].values()) - statistics.fmean(both[1].values()) if n else None
        return _Found(replace(blank, measured=apart, reason="Needs at least 2 runs of each."))
    sample, how = _difference(runs, form, *both)
    if form.expect == "equivalent":
        return _equivalence(blank, sample, form.margin, how, scale)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(blank, sample, sign * form.margin, sign, how, scale)


def _difference(
    runs: _Runs, form: Compare | Overtakes, ours: Mapping[int, float], theirs: Mapping[int, float]
) -> tuple["_Sample", str]:
    """The difference of two experiments' means, from a value for each seed, and how it was taken."""
    if ours.keys() == theirs.keys() and _same_order(runs, form):
        return _mean([ours[seed] - theirs[seed] for seed in ours], of_each=True), "paired by seed"
    return _welch(list(ours.values()), list(theirs.values())), "Welch"


def _one_sided(blank: Verdict, sample: "_Sample", null: float, sign: int, how: str, scale: "_Scale") -> _Found:
    """Supported where the interval lies on the claimed side of `null`, contradicted where it lies on the other."""
    low, high = sample.interval()
    beyond = (low > null, high < null)[::sign]
    word: Word = "supported" if beyond[0] else "contradicted" if beyond[1] else "undecided"
    claimed, other = "in the claimed direction", "the other way round"
    ahead = sign * (sample.mean - null)
    return _Found(
        _estimated(replace(blank, verdict=word, p=sample.p(null)), sample, how, scale, bounds=(null,)),
        f": {'as claimed' if word == 'supported' else other}.",
        f": {claimed if ahead > 0 else other if ahead < 0 else 'neither way'}",
        lambda level: _seeds(sample, null, level),
    )


def _estimated(
    blank: Verdict, sample: "_Sample", how: str, scale: "_Scale", level: int = 95, bounds: tuple[float, ...] = ()
) -> Verdict:
    """The verdict with its estimate and its interval, in numbers and in words."""
    interval = scale.cut(sample.interval(1 - level / 100))
    reason = f"{scale.number(sample.mean)} {scale.unit}, {level} % interval {scale.interval(interval, bounds)}"
    reason += f" ({how}, n={sample.n})"
    measured = {"measured": sample.mean, "interval": interval, "level": level, "bounds": bounds, "runs": sample.n}
    return replace(blank, reason=reason, **measured)  # type: ignore[arg-type]


def _equivalence(blank: Verdict, sample: "_Sample", margin: float, how: str, scale: "_Scale") -> _Found:
    outer, inner = sample.interval(), sample.interval(2 * LEVEL)  # two one-sided tests at 5 %: the 90 % interval
    nearest = math.copysign(margin, sample.mean)
    is_within = abs(sample.mean) < margin
    word: Word = "undecided"
    if -margin < inner[0] and inner[1] < margin:
        word = "supported"
    elif outer[0] > margin or outer[1] < -margin:
        word = "contradicted"
    p = max(sample.tail(-margin, 1), sample.tail(margin, -1)) if is_within else sample.p(nearest)
    place = f"within {margin:g} either way" if is_within else f"beyond {margin:g}"
    level = 95 if word == "contradicted" else 90
    blank = _estimated(replace(blank, verdict=word, p=p), sample, how, scale, level, (-margin, margin))
    sides = 2 if is_within else 1
    return _Found(
        blank, f": {place}.", f": {place}, but not surely", lambda level: _seeds(sample, nearest, sides * level)
    )


def _value(runs: _Runs, form: Value, blank: Verdict) -> _Found:
    low, high = form.meant
    if form.quantity in COUNTS:
        count = _count(runs, form.of, form)
        word: Word = "supported" if low <= count <= high else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        if high - low > 1:
            reason += f" {blank.reported} stands for {low:,.0f} to {high:,.0f}."
        return _Found(replace(blank, verdict=word, measured=count, reason=reason, what=form.quantity))
    values = list(_by_seed(runs, form.of, form).values())
    return _predicted(blank, values, (low, high), blank.reported, _scale(form))


def _predicted(
    blank: Verdict, values: Sequence[float], figure: tuple[float, float], printed: str, scale: "_Scale"
) -> _Found:
    """A reported figure, which can stand for all that lies in `figure`, against the prediction interval of a run."""
    n = len(values)
    mean = statistics.fmean(values) if values else None
    blank = replace(blank, measured=mean, runs=n, what=blank.what or scale.unit)
    if n < 3 or mean is None:
        return _Found(replace(blank, reason="Needs at least 3 runs."))
    spread = statistics.stdev(values)

    def reach(n: int, level: float = LEVEL) -> float:
        return _quantile(1 - level / 2, n - 1) * spread * math.sqrt(1 + 1 / n)

    interval = mean - reach(n), mean + reach(n)
    away = abs(min(max(mean, figure[0]), figure[1]) - mean)  # of what it can stand for, the nearest
    is_inside = interval[0] <= figure[1] and figure[0] <= interval[1]
    lies = "lies in it" if interval[0] <= figure[0] and figure[1] <= interval[1] else "overlaps it"
    interval = scale.cut(interval)
    reason = f"Runs give {scale.number(mean)} ± {scale.number(spread)} {scale.unit} (n={n}); the 95 % prediction "
    reason += f"interval of one more is {scale.interval(interval, figure)}, and {printed} "
    word: Word = "supported" if is_inside else "contradicted"
    verdict = replace(blank, verdict=word, interval=interval, bounds=figure)
    most = scale.most(sum(figure) / 2)
    if is_inside and reach(n) > most:
        more = _fewest(lambda n: reach(n) <= most, n)
        narrow = f"about {more} seeds would" if more else f"not even {_MOST_SEEDS} seeds would"
        reason += (
            f"{lies}; but the runs differ too much to tell (more than {most:g} {scale.unit} either way): {narrow}."
        )
        return _Found(replace(verdict, verdict="undecided", reason=reason))
    if is_inside:
        return _Found(replace(verdict, reason=f"{reason}{lies}."))

    def seeds(level: float) -> str:
        fewest = _fewest(lambda n: away > reach(n, level), n)
        return f"about {fewest} seeds would decide it" if fewest else f"not even {_MOST_SEEDS} seeds would decide it"

    p = 2 * _beyond(away / (spread * math.sqrt(1 + 1 / n)), n - 1) if spread else 0.0
    return _Found(replace(verdict, reason=reason, p=p), "lies outside it.", "lies outside it", seeds)


def _exceeds(runs: _Runs, form: Exceeds, blank: Verdict) -> _Found:
    sign = 1 if form.expect == "greater" else -1
    if form.quantity in COUNTS:
        count = _count(runs, form.of, form)
        word: Word = "supported" if sign * (count - form.level) > 0 else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        return _Found(replace(blank, verdict=word, measured=count, what=form.quantity, reason=reason))
    return _against(blank, list(_by_seed(runs, form.of, form).values()), form.level, sign, _scale(form))


def _against(blank: Verdict, values: Sequence[float], level: float, sign: int, scale: "_Scale") -> _Found:
    """A mean over runs against a level."""
    n = len(values)
    blank = replace(blank, runs=n, what=blank.what or scale.unit)
    if n < 2:
        mean = statistics.fmean(values) if values else None
        return _Found(replace(blank, measured=mean, reason="Needs at least 2 runs."))
    return _one_sided(blank, _mean(values), level, sign, f"against {level:g}", scale)


def _gap(runs: _Runs, form: Gap, blank: Verdict) -> _Found:
    values, running = [], set()
    for run in _used(runs, form.of, form):
        epoch = runs.last(form.of) if form.epoch == "last" else form.epoch
        lines = [run.at(epoch, split) for split in form.between]
        ours, theirs = (line["accuracy"] if line else None for line in lines)
        if ours is not None and theirs is not None:
            values.append(ours - theirs)
            running |= {line["split"] for line in lines if line and line["measure"] == "running"}
    if not values:
        raise _Undecidable(f"No run of {form.of} has both splits at that epoch.")
    names = [f"{'running ' if split in running else ''}accuracy on {split}" for split in form.between]
    sign = 1 if form.expect == "greater" else -1
    what = f"{' less '.join(names)}, points"
    found = _against(replace(blank, what=what), values, form.margin, sign, _POINTS)
    return replace(found, notes=tuple(_RUNNING.format(split) for split in sorted(running)))


_RUNNING = "The {} accuracy is that of the running epoch, dropout and all, which is lower than a scored one would be."


def _saturates(runs: _Runs, form: Saturates, blank: Verdict) -> _Found:
    curves = [curve for run in _used(runs, form.of, form) if (curve := _curve(run, form.split))]
    last = min(map(len, curves), default=0)
    if not curves:
        raise _Undecidable(f"The runs of {form.of} have no accuracy on {form.split} images.")
    if last <= form.by:
        raise _Undecidable(
            f"The runs end at epoch {last}; whether accuracy still rises after {form.by} is seen only beyond it.",
            len(curves),
        )
    what = f"points still to be gained after epoch {form.by}"
    values = [_still_to_gain(curve, form.by) for curve in curves]
    return _against(replace(blank, what=what), values, form.margin, -1, _POINTS)


def _still_to_gain(curve: Sequence[float], by: int) -> float:
    """The level of the last quarter of a curve, less that of three epochs around `by`."""
    around = curve[max(by - 2, 0) : by + 1]
    return statistics.fmean(_last_quarter(curve)) - statistics.fmean(around)


def _last_quarter(curve: Sequence[float]) -> Sequence[float]:
    return curve[-max(len(curve) // 4, 1) :]


def _overtakes(runs: _Runs, form: Overtakes, blank: Verdict) -> _Found:
    curves = [
        {run.seed: curve for run in _used(runs, name, form) if (curve := _curve(run, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    what = f"{form.of} less {form.with_} over the last quarter of the epochs, points"
    blank = replace(blank, runs=n, what=what, bounds=(0.0,))
    if n < 2:
        return _Found(replace(blank, reason="Needs at least 2 runs of each."))
    first, _ = _difference(runs, form, *({seed: curve[0] for seed, curve in each.items()} for each in curves))
    last, _ = _difference(
        runs,
        form,
        *({seed: statistics.fmean(_later(curve, form.after)) for seed, curve in each.items()} for each in curves),
    )
    below, above = first.interval(), last.interval()
    scale = _POINTS.difference()
    blank = replace(blank, measured=last.mean, interval=above)
    apart = f"At epoch 1 it is {scale.number(first.mean)} points apart, at the end {scale.number(last.mean)}"
    apart += f" (95 % interval {scale.interval(above, (0.0,))}, n={n})"
    if below[1] < 0 < above[0]:
        crossed = _crossing(curves)
        weaker = max(first, last, key=lambda sample: sample.p(0))
        blank = replace(blank, verdict="supported", p=weaker.p(0), reason=apart)
        passes = f"; it passes around epoch {crossed}." if crossed else ": as claimed."
        return _Found(blank, passes, ": in the claimed direction", lambda level: _seeds(weaker, 0.0, level))
    if below[0] > 0 or above[1] < 0:
        ps = {sample.p(0): sample for sample, against in ((first, below[0] > 0), (last, above[1] < 0)) if against}
        stronger = ps[min(ps)]
        blank = replace(blank, verdict="contradicted", p=min(1.0, 2 * min(ps)), reason=apart)
        wrong = "it does not start behind" if stronger is first else "it does not end ahead"
        return _Found(blank, f": {wrong}.", f": {wrong}", lambda level: _seeds(stronger, 0.0, level / 2))
    unsure = last if above[0] <= 0 else first
    blank = replace(blank, p=max(first.p(0), last.p(0)), reason=apart)
    return _Found(blank, "", "", lambda level: _seeds(unsure, 0.0, level))


def _later(curve: Sequence[float], after: int | None) -> Sequence[float]:
    return curve[after:] if after is not None and len(curve) > after else _last_quarter(curve)


def _crossing(curves: Sequence[Mapping[int, Sequence[float]]]) -> int | None:
    """The first epoch from which the mean difference stays above 0."""
    length = min(len(curve) for each in curves for curve in each.values())
    means = [[statistics.fmean(curve[epoch] for curve in each.values()) for epoch in range(length)] for each in curves]
    behind = [epoch for epoch in range(length) if means[0][epoch] <= means[1][epoch]]
    return behind[-1] + 2 if behind and behind[-1] + 1 < length else None


def _drops(runs: _Runs, form: Drops, blank: Verdict) -> _Found:
    falls, regains, used = [], [], _used(runs, form.of, form)
    for run in used:
        at = _switch(run) if form.at == "switch" else form.at
        curve = _curve(run, form.split)
        if at is None or not 1 < at <= len(curve):
            continue
        before = curve[at - 2]
        falls.append(before - curve[at - 1])
        regained = next((epoch for epoch in range(at, len(curve)) if curve[epoch] >= before), None)
        if regained is not None:
            regains.append(float(regained + 1 - at))
    place = "the switch" if form.at == "switch" else f"epoch {form.at}"
    if not falls:
        raise _Undecidable(f"No run of {form.of} came to {place}.")
    never = len(used) - len(falls)
    notes = (f"{_so_many(never, len(used), form.of)} did not come to {place}.",) if never else ()
    fall = _predicted(replace(blank, what="points lost at once"), falls, (form.by, form.by), f"{form.by:g}", _POINTS)
    fall = replace(fall, notes=notes)
    if form.regained_after is None or fall.verdict.verdict != "supported":
        return fall
    if len(regains) < len(falls):
        reason = f"{fall.verdict.reason} Not all runs made up for it."
        return replace(fall, verdict=replace(fall.verdict, verdict="undecided", reason=reason))
    after = float(form.regained_after)
    regain = _predicted(blank, regains, (after, after), f"{after:g}", _EPOCHS)
    reason = f"{fall.verdict.reason} To make up for it: {regain.verdict.reason}"
    whole = replace(fall.verdict, verdict=regain.verdict.verdict, reason=reason, p=regain.verdict.p)
    return replace(regain, verdict=whole, notes=notes)


def _switch(run: Record) -> int | None:
    """The first epoch at another learning rate."""
    rates = {line["epoch"]: line["lr"] for line in run.metrics}
    if None in rates.values():
        raise _Undecidable(f"{run.own_loop} does not give the learning rate (lr) of every epoch.")
    first = rates.get(1)
    return next((epoch for epoch, rate in sorted(rates.items()) if rate != first), None)


_RULES: Mapping[type, Callable[[_Runs, Any, Verdict], _Found]] = {
    Compare: _compare,
    Value: _value,
    Saturates: _saturates,
    Overtakes: _overtakes,
    Drops: _drops,
    Gap: _gap,
    Exceeds: _exceeds,
}


# Samples -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sample:
    """An estimate with its standard error and degrees of freedom, from n runs (of each of two, or of one)."""

    mean: float
    error: float
    df: float
    n: int
    of_each: bool

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        reach = _quantile(1 - level / 2, self.df) * self.error
        return self.mean - reach, self.mean + reach

    def p(self, null: float) -> float:
        """The two-sided p-value of the mean being `null`."""
        if self.error == 0:
            return 0.0 if self.mean != null else 1.0
        return 2 * _beyond(abs(self.mean - null) / self.error, self.df)

    def tail(self, null: float, sign: int) -> float:
        """The one-sided p-value of the mean lying above (1) or below (-1) `null`."""
        if self.error == 0:
            return 0.0 if sign * (self.mean - null) > 0 else 1.0
        return _beyond(sign * (self.mean - null) / self.error, self.df)

    def seeds_for(self, null: float, level: float) -> int | None:
        """How many runs of each would decide against `null` four times in five, if the estimates are right."""
        one = self.error * math.sqrt(self.n)  # the error of a single run
        effect = abs(self.mean - null)

        def decides(n: int) -> bool:
            df = self.df * n / self.n
            return effect * math.sqrt(n) > one * (_quantile(1 - level / 2, df) + _quantile(POWER, df))

        return _fewest(decides, self.n)


def _seeds(sample: _Sample, null: float, level: float) -> str:
    """How many seeds would decide it at a level, in words."""
    if sample.error == 0 and sample.mean == null:
        return "all runs give the same, and more like them would show nothing else"
    fewest = sample.seeds_for(null, level)
    if fewest is None:
        return f"not even {_MOST_SEEDS} seeds would decide it, if the difference is as small as it looks"
    of_each = " of each" if sample.of_each else ""
    return f"about {fewest} seeds{of_each} would decide it, if the difference is as large as it looks"


def _fewest(enough: Callable[[int], bool], above: int) -> int | None:
    """The fewest runs above `above` that are enough, None where there are none; more must never be less enough."""
    if not enough(_MOST_SEEDS):
        return None
    low, high = above, _MOST_SEEDS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _quantile(p: float, df: float) -> float:
    """Of Student's distribution."""
    return float(stdtrit(df, p))


def _beyond(t: float, df: float) -> float:
    """The chance of a Student variable above t."""
    return float(stdtr(df, -t))


def _mean(values: Sequence[float], of_each: bool = False) -> _Sample:
    n = len(values)
    return _Sample(statistics.fmean(values), statistics.stdev(values) / math.sqrt(n), n - 1, n, of_each)


def _welch(ours: Sequence[float], theirs: Sequence[float]) -> _Sample:
    parts = [_mean(ours), _mean(theirs)]
    variances = [part.error**2 for part in parts]
    error = math.sqrt(sum(variances))
    below = sum(variance**2 / part.df for variance, part in zip(variances, parts, strict=True))
    df = sum(variances) ** 2 / below if below else sum(part.df for part in parts)
    return _Sample(parts[0].mean - parts[1].mean, error, df, min(part.n for part in parts), True)


# Quantities ----------------------------------------------------------------------------------------------------------


def _quantity(form: Any) -> str:
    return str(getattr(form, "quantity", "accuracy"))


def _names(form: Any) -> list[str]:
    """The experiments of a claim."""
    return [form.of, *([form.with_] if hasattr(form, "with_") else [])]


def _is_of_whole_runs(form: Any) -> bool:
    """Whether a claim or a quantity depends on the whole training."""
    if isinstance(form, Saturates | Overtakes):
        return True
    in_all = _quantity(form) == "elapsed" and not isinstance(form.epoch, int)
    return in_all or _quantity(form) in _OF_WHOLE_RUNS


def _used(runs: _Runs, name: str, form: Any) -> Sequence[Record]:
    """The runs of an experiment that a claim or a quantity counts; if there are none, it cannot be decided."""
    used, pool = runs.of(name, form), runs.pool(name, form)
    if used:
        return used
    if not pool:
        advice = f"; {_timing(runs)}" if _quantity(form) in _TIMES else ""
        raise _Undecidable(f"No run of {name}{advice}.")
    if all(run.info["status"] == "failed" for run in pool):
        raise _Undecidable(f"No run of {name} but {'one that failed' if len(pool) == 1 else 'such as failed'}.")
    if not counted(pool):
        raise _Undecidable(f"No run of {name} has finished an epoch.")
    last = max(run.epochs for run in counted(pool))
    raise _Undecidable(
        f"The runs of {name} end at epoch {last}; none is complete, and this is about the whole training."
    )


def _by_seed(runs: _Runs, name: str, measure: Measure) -> dict[int, float]:
    """A quantity of each run of an experiment that it counts, by seed; only of runs that have it."""
    used = _used(runs, name, measure)
    if measure.quantity in _TIMES:
        return {run.seed: value for run in used if (value := _time(runs, run, measure)) is not None}
    found = {run.seed: value for run in used if (value := _of_run(runs, run, measure)) is not None}
    if not found:
        last = max(run.epochs for run in used)
        wanted = f"the {measure.quantity} of epoch {measure.epoch}" if measure.epoch else "any accuracy"
        raise _Undecidable(f"The runs of {name} end at epoch {last} without {wanted} on {measure.split} images.")
    never = sum(math.isinf(value) for value in found.values())
    if never:
        reaches = f"never reach{'es' if never == 1 else ''} {measure.level:g} % on {measure.split} images"
        raise _Undecidable(f"{_so_many(never, len(found), name)} {reaches}.", len(found))
    return found


def _of_run(runs: _Runs, run: Record, measure: Measure) -> float | None:
    """A quantity of one run: None where it does not have it, infinite where it never comes to it."""
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
    if measure.quantity == "epochs_to" and measure.level is not None:
        reached = (epoch for epoch, accuracy in enumerate(curve, 1) if accuracy >= measure.level)
        return float(next(reached, math.inf))
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


def _time(runs: _Runs, run: Record, measure: Measure) -> float | None:
    if measure.quantity == "seconds_per_epoch":
        return run.seconds_per_epoch()
    wanted = _epoch_of_time(runs, run, measure)
    epoch = min(wanted, run.epochs) if run.info.get("timing") else wanted
    elapsed = [float(line["elapsed"]) for line in run.metrics if line["epoch"] == epoch and line["elapsed"] is not None]
    return max(elapsed) * wanted / epoch if elapsed else None


def _epoch_of_time(runs: _Runs, run: Record, measure: Measure) -> int:
    """The epoch whose elapsed time is asked for; without one, a run's last, of one made for timing the experiment's."""
    if isinstance(measure.epoch, int):
        return measure.epoch
    return runs.last(run.experiment) if run.info.get("timing") else run.epochs


def _curve(run: Record, split: str) -> list[float]:
    """The accuracies of a split, epoch by epoch."""
    lines = [line for line in run.metrics if line["split"] == split and line["accuracy"] is not None]
    if run.own_loop and [line["epoch"] for line in lines] != list(range(1, len(lines) + 1)):
        raise _Undecidable(f"{run.own_loop} leaves out epochs on {split} images, and this needs every one.")
    return [line["accuracy"] for line in lines]


def _count(runs: _Runs, name: str, measure: Measure) -> int:
    table = runs.layers.get(name)
    if table is None:
        raise _Undecidable(f"The layer table of {name} is not known yet; it needs one run.")
    if measure.quantity == "shape":
        raise _Undecidable("A shape is no number; `audit` holds quoted sizes against the network.")
    count = built(table, measure)
    if count is None:
        raise _Undecidable(f"The network of {name} has no layer called {measure.layer}.")
    return count


def built(table: Mapping[str, Any], measure: Measure) -> int | None:
    """How many weights, biases, parameters or macs a layer table has, in all or in a layer; None without the layer."""
    if measure.layer is None:
        return int(table[measure.quantity])
    rows = [
        row for row in table["layers"] if row["name"] == measure.layer or row["name"].startswith(f"{measure.layer}.")
    ]
    keys = ("weights", "biases") if measure.quantity == "parameters" else (measure.quantity,)
    return sum(int(row[key]) for row in rows for key in keys) if rows else None


def _same_order(runs: _Runs, form: Any) -> bool:
    """Whether both experiments see the same images in the same order when they have the same seed."""
    used = [runs.of(name, form) for name in _names(form)]
    if any(run.own_loop for each in used for run in each):
        return False  # what a seed was to somebody's own loop is not known
    resolved = [each[0].info["resolved"] for each in used]
    return all(resolved[0][key] == resolved[1][key] for key in ("batch_size", "data", "roles"))


# What is left out ----------------------------------------------------------------------------------------------------


def _left_out(runs: _Runs, form: Any) -> Iterator[str]:
    """How many runs a claim does not count, or counts otherwise than as they are, and why."""
    if _quantity(form) in COUNTS:
        return
    for name in _names(form):
        pool = runs.pool(name, form)
        failed = [run for run in pool if run.info["status"] == "failed"]
        rest = [run for run in pool if run.info["status"] != "failed"]
        if rest and failed:
            yield f"{_so_many(len(failed), len(pool), name)} failed and {_is(failed)} not counted."
        if _is_of_whole_runs(form):
            used = {run.seed for run in runs.of(name, form)}
            short = [run for run in rest if run.seed not in used]
            why = f"{_is(short)} not complete and not counted: this is about the whole training."
        else:
            epoch = _epoch(runs, name, form)
            short = [run for run in rest if run.epochs < epoch and not run.info.get("timing")]
            why = f"{'has' if len(short) == 1 else 'have'} not come to epoch {epoch}."
        if 0 < len(short) < len(rest):
            yield f"{_so_many(len(short), len(pool), name)} {why}"
        timed = [run for run in rest if run.info.get("timing")]
        if _quantity(form) == "elapsed" and any(_epoch_of_time(runs, run, form) > run.epochs for run in timed):
            yield f"The time of {name} is that of its timed epochs, at the same pace for all."


def _epoch(runs: _Runs, name: str, form: Any) -> int:
    """The epoch that a claim is about, 1 where it is about none."""
    epoch = getattr(form, "epoch", getattr(form, "at", 1))
    return runs.last(name) if epoch == "last" else epoch if isinstance(epoch, int) else 1


def _is(some: Sequence[Record]) -> str:
    return "is" if len(some) == 1 else "are"


def _so_many(some: int, of: int, name: str) -> str:
    """`1 of 4 runs of plain`."""
    return f"{some} of {of} runs of {name}" if of > 1 else f"The one run of {name}"


# What may be compared ------------------------------------------------------------------------------------------------


def _not_comparable(runs: _Runs, form: Any) -> str:
    """Why the runs cannot decide a claim, '' if they can."""
    if _quantity(form) in COUNTS:
        return ""
    used = [run for name in _names(form) for run in runs.of(name, form)]
    if _quantity(form) in _TIMES:
        return _times_not_comparable(runs, used)
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
    if isinstance(form, Compare | Overtakes):
        data = {(run.info["data"].get("name"), run.info["data"].get("fingerprint")) for run in used}
        names = [name for name, fingerprint in data if fingerprint is not None]
        if twice := next((name for name in names if names.count(name) > 1), None):
            return f"The runs are of different copies of {twice}, so that they were not scored on the same images."
    if isinstance(form, Saturates) and (runs.budget and _has_other_epochs(runs, form.of)):
        return f"A number of epochs, and the budget {runs.budget} changes what an epoch is."
    return ""


def _images(runs: _Runs, form: Any) -> tuple[str, str]:
    """Why two experiments on different images cannot be compared; or else what of them differs and is compared."""
    if not hasattr(form, "with_") or _quantity(form) in COUNTS:
        return "", ""
    both = [runs.resolved(name) for name in _names(form)]
    keys = ("name", "test_images") if getattr(form, "split", None) == "test" else ("name",)
    data = [{key: one["data"].get(key) for key in keys} for one in both]
    roles = [one["roles"] for one in both]
    if data[0] == data[1] and roles[0] == roles[1]:
        return "", ""
    parts = []
    for name, one, where in zip(_names(form), both, roles, strict=True):
        of = f" of {one['data']['name']}" if data[0] != data[1] else ""
        of += f" ({size:,} of them)" if of and (size := one["data"].get("test_images")) else ""
        parts.append(f"{name} is trained on {where['train_on']} and scored on {where['score_on']} images{of}")
    differs = "; ".join(parts)
    follow = {"data", "roles", "normalize", "says", "log"}  # the images, what follows from them, and mere words
    others = [key for key in both[0] if key not in follow and both[0][key] != both[1].get(key)]
    if others:
        return f"Different images: {differs}. They differ in {' and '.join(others[:3])} as well.", ""
    return "", f"The images are what is compared: {differs}."


def _has_other_epochs(runs: _Runs, name: str) -> bool:
    full, small = runs.study.experiment(name), runs.study.experiment(name, runs.budget)
    return (full.data, full.batch_size) != (small.data, small.batch_size)


def _times_not_comparable(runs: _Runs, used: Sequence[Record]) -> str:
    command = _timing(runs)
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


def _timing(runs: _Runs) -> str:
    """How times are measured that can be compared."""
    budget = f" --budget {runs.budget}" if runs.budget else ""
    return f"measure them with `deepstudy run {shlex.quote(runs.study.argument)}{budget} --timing`"


# Several claims ------------------------------------------------------------------------------------------------------


def _holm(found: Sequence[_Found]) -> list[Verdict]:
    """The verdicts that survive Holm's correction for the claims that were tested, and the others undecided."""
    tested = sorted((each.verdict.p, place) for place, each in enumerate(found) if each.verdict.p is not None)
    standing = 0
    while standing < len(tested) and tested[standing][0] * (len(tested) - standing) <= LEVEL:
        standing += 1
    stand = {place for _, place in tested[:standing]}
    level = LEVEL / max(len(tested) - standing, 1)  # that the next claim would have to reach
    return [_finished(each, place in stand, len(tested), level) for place, each in enumerate(found)]


def _finished(found: _Found, stands: bool, among: int, level: float) -> Verdict:
    """The verdict with its reason to the end."""
    verdict = found.verdict
    if verdict.p is None:
        return replace(verdict, reason=" ".join([verdict.reason, *found.notes]))
    if stands and verdict.verdict != "undecided":
        return replace(verdict, reason=" ".join([verdict.reason + found.stands, *found.notes]))
    weak = f" alone, too weak among {among} claims (Holm)" if among > 1 and verdict.verdict != "undecided" else ""
    reason = f"{verdict.reason}{found.leans}; p = {verdict.p:.2g}{weak}: {found.seeds(level)}."
    return replace(verdict, verdict="undecided", reason=" ".join([reason, *found.notes]))


# Words ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    """How numbers of a quantity are spoken of: the unit, the sign of a difference, and what they cannot be."""

    unit: str
    limits: tuple[float, float] = (0.0, math.inf)
    has_sign: bool = False

    def difference(self) -> "_Scale":
        """That of a difference of two such numbers."""
        return _Scale(self.unit, (-math.inf, math.inf), has_sign=True)

    def cut(self, interval: tuple[float, float]) -> tuple[float, float]:
        """An interval without what lies outside the limits."""
        low, high = (min(max(end, self.limits[0]), self.limits[1]) for end in interval)
        return low, high

    def most(self, figure: float) -> float:
        """How far a prediction interval may reach either way, to say anything of a figure."""
        return {"points": 3.0, "epochs": max(3.0, 0.1 * figure)}.get(self.unit, 0.1 * abs(figure))

    def number(self, value: float) -> str:
        return spoken(value, sign=self.has_sign)

    def interval(self, interval: tuple[float, float], bounds: Sequence[float] = ()) -> str:
        return spoken_interval(interval, bounds, self.has_sign)


_POINTS = _Scale("points", (-math.inf, math.inf))  # of differences that are spoken of without a sign
_EPOCHS = _Scale("epochs")


def _scale(measure: Measure) -> _Scale:
    match measure.quantity:
        case "accuracy" | "best_accuracy":
            return _Scale("points", (0.0, 100.0))
        case "saturation_epoch" | "epochs_to":
            return _EPOCHS
        case "seconds_per_epoch" | "elapsed":
            return _Scale("s")
    return _Scale(measure.quantity)


def spoken(value: float, places: int = 2, sign: bool = False) -> str:
    """A number for people: 68.04, +0.23, 61,470. Counts (int) stand without decimals, and long numbers without two."""
    whole = isinstance(value, int) or (abs(value) >= 1000 and places <= 2)
    return f"{value:{'+' if sign else ''}z,.{0 if whole else places}f}"


def spoken_interval(interval: tuple[float, float], bounds: Sequence[float] = (), sign: bool = False) -> str:
    """`0.71 to 1.02`: with as many decimals as it takes to tell its ends from the bounds it is held against."""

    def tells(places: int) -> bool:
        return all(
            end == bound or spoken(end, places, sign) != spoken(bound, places, sign)
            for end in interval
            for bound in bounds
        )

    places = next((places for places in range(2, 6) if tells(places)), 2)
    return " to ".join(spoken(end, places, sign) for end in interval)


def _reported(study: Study, form: Any) -> str:
    """What the report says of a claim's quantity: its figures, or what the claim expects."""
    match form:
        case Value():
            return ("about " if form.about else "") + form.reported
        case Compare():
            figures = [
                next((each.value for each in study.reported if _is_figure(each, name, form)), None)
                for name in (form.of, form.with_)
            ]
            if all(figures):
                return f"{figures[0]} against {figures[1]}"
            return form.expect if not form.margin else f"{form.expect}, {form.margin:g}"
        case Saturates():
            return f"by epoch {form.by}"
        case Drops():
            after = form.regained_after
            return _so_much(form.by, "point") + (f", {_so_much(after, 'epoch')}" if after else "")
        case Gap():
            return f"{form.expect} than {_so_much(form.margin, 'point')}"
        case Exceeds():
            return f"{form.expect} than {form.level:g}"
    return "passes it" if isinstance(form, Overtakes) else ""


def _is_figure(figure: Any, name: str, form: Compare) -> bool:
    keys = ("quantity", "split", "epoch", "layer")
    return figure.experiment == name and all(getattr(figure, key) == getattr(form, key) for key in keys)


def _so_much(number: float, unit: str) -> str:
    """`1 point`, `28 epochs`."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
