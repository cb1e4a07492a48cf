"""The rules, one for each form of a claim. Each gives the verdict that the claim would get by itself."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deepstudy.record import Record
from deepstudy.study.reported import Compare, Drops, Exceeds, Gap, Overtakes, Saturates, Value
from deepstudy.verdicts.formatting import EPOCHS, POINTS, Scale, scale_of
from deepstudy.verdicts.runs import (
    COUNTS,
    Runs,
    by_seed,
    count_of,
    curve_of,
    format_share,
    last_quarter,
    runs_for,
    same_order,
)
from deepstudy.verdicts.samples import (
    LEVEL,
    MOST_SEEDS,
    POWER,
    Sample,
    chance_above,
    fewest_runs,
    mean_of,
    quantile,
    seeds_needed,
    seeds_to_equal,
    upper_tail,
    welch,
)
from deepstudy.verdicts.verdict import RuleResult, Undecidable, Verdict, VerdictWord


def _compare(runs: Runs, form: Compare, blank: Verdict) -> RuleResult:
    if form.quantity in COUNTS:
        ours, theirs = count_of(runs, form.of, form), count_of(runs, form.with_, form)
        difference = ours - theirs
        holds = {
            "greater": difference > form.margin,
            "less": difference < -form.margin,
            "equivalent": abs(difference) <= form.margin,
        }[form.expect]
        reason = f"{form.of} has {ours:,} {form.quantity}, {form.with_} {theirs:,}; this needs no run."
        word: VerdictWord = "supported" if holds else "contradicted"
        return RuleResult(replace(blank, verdict=word, measured=difference, reason=reason, what=form.quantity))
    both = by_seed(runs, form.of, form), by_seed(runs, form.with_, form)
    scale = scale_of(form).difference()
    n = min(map(len, both))
    blank = replace(blank, runs=n, what=f"{form.of} less {form.with_}, {scale.unit}")
    if n < 2:
        apart = statistics.fmean(both[0].values()) - statistics.fmean(both[1].values()) if n else None
        return RuleResult(replace(blank, measured=apart, reason="Needs at least 2 runs of each."))
    sample, how = _difference(runs, form, *both)
    if form.expect == "equivalent":
        return _equivalence(blank, sample, form.margin, how, scale)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(blank, sample, sign * form.margin, sign, how, scale)


def _difference(
    runs: Runs, form: Compare | Overtakes, ours: Mapping[int, float], theirs: Mapping[int, float]
) -> tuple[Sample, str]:
    """The difference of two experiments' means, from a value for each seed, and how it was taken."""
    common = ours.keys() & theirs.keys()
    if len(common) == min(len(ours), len(theirs)) and same_order(runs, form):
        return mean_of([ours[seed] - theirs[seed] for seed in sorted(common)], of_each=True), "paired by seed"
    return welch(list(ours.values()), list(theirs.values())), "Welch"


def _one_sided(blank: Verdict, sample: Sample, null: float, sign: int, how: str, scale: Scale) -> RuleResult:
    """Supported where the interval lies on the claimed side of `null`, contradicted where it lies on the other."""
    low, high = sample.interval()
    sides = (low > null, high < null)[::sign]
    word: VerdictWord = "supported" if sides[0] else "contradicted" if sides[1] else "undecided"
    claimed, other = "in the claimed direction", "the other way round"
    ahead = sign * (sample.mean - null)
    return RuleResult(
        _estimated(replace(blank, verdict=word, p=sample.p(null)), sample, how, scale, bounds=(null,)),
        f": {'as claimed' if word == 'supported' else other}.",
        f": {claimed if ahead > 0 else other if ahead < 0 else 'neither way'}",
        lambda level: seeds_needed(sample, null, level),
    )


def _estimated(
    blank: Verdict, sample: Sample, how: str, scale: Scale, level: int = 95, bounds: tuple[float, ...] = ()
) -> Verdict:
    """The verdict with its estimate and its interval, in numbers and in words."""
    interval = scale.cut(sample.interval(1 - level / 100))
    reason = f"{scale.number(sample.mean)} {scale.unit}, {level} % interval {scale.interval(interval, bounds)}"
    reason += f" ({how}, n={sample.n})"
    measured = {"measured": sample.mean, "interval": interval, "level": level, "bounds": bounds, "runs": sample.n}
    return replace(blank, reason=reason, **measured)  # type: ignore[arg-type]


def _equivalence(blank: Verdict, sample: Sample, margin: float, how: str, scale: Scale) -> RuleResult:
    outer, inner = sample.interval(), sample.interval(2 * LEVEL)  # two one-sided tests at 5 %: the 90 % interval
    nearest = math.copysign(margin, sample.mean)
    is_within = abs(sample.mean) < margin
    word: VerdictWord = "undecided"
    if -margin < inner[0] and inner[1] < margin:
        word = "supported"
    elif outer[0] > margin or outer[1] < -margin:
        word = "contradicted"
    p = max(sample.tail(-margin, 1), sample.tail(margin, -1)) if is_within else sample.p(nearest)
    place = f"within {margin:g} either way" if is_within else f"beyond {margin:g}"
    level = 95 if word == "contradicted" else 90
    blank = _estimated(replace(blank, verdict=word, p=p), sample, how, scale, level, (-margin, margin))

    def seeds(level: float) -> str:
        return seeds_to_equal(sample, margin, level) if is_within else seeds_needed(sample, nearest, level)

    return RuleResult(blank, f": {place}.", f": {place}, but not surely", seeds)


def _value(runs: Runs, form: Value, blank: Verdict) -> RuleResult:
    low, high = form.meant
    if form.quantity in COUNTS:
        count = count_of(runs, form.of, form)
        word: VerdictWord = "supported" if low <= count <= high else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        if high - low > 1:
            reason += f" {blank.reported} stands for {low:,.0f} to {high:,.0f}."
        return RuleResult(replace(blank, verdict=word, measured=count, reason=reason, what=form.quantity))
    values = list(by_seed(runs, form.of, form).values())
    return _predicted(blank, values, (low, high), blank.reported, scale_of(form))


def _predicted(
    blank: Verdict, values: Sequence[float], figure: tuple[float, float], printed: str, scale: Scale
) -> RuleResult:
    """A reported figure, which stands for any number in `figure`, against the prediction interval of one more run."""
    n = len(values)
    mean = statistics.fmean(values) if values else None
    blank = replace(blank, measured=mean, runs=n, what=blank.what or scale.unit)
    if n < 3 or mean is None:
        return RuleResult(replace(blank, reason="Needs at least 3 runs."))
    spread = statistics.stdev(values)

    def reach(n: int, level: float = LEVEL) -> float:
        return quantile(1 - level / 2, n - 1) * spread * math.sqrt(1 + 1 / n)

    interval = mean - reach(n), mean + reach(n)
    away = abs(min(max(mean, figure[0]), figure[1]) - mean)  # of what it can stand for, the nearest
    is_inside = interval[0] <= figure[1] and figure[0] <= interval[1]
    lies = "lies in it" if interval[0] <= figure[0] and figure[1] <= interval[1] else "overlaps it"
    interval = scale.cut(interval)
    reason = f"Runs give {scale.number(mean)} ± {scale.number(spread)} {scale.unit} (n={n}); the 95 % prediction "
    reason += f"interval of one more is {scale.interval(interval, figure)}, and {printed} "
    word: VerdictWord = "supported" if is_inside else "contradicted"
    verdict = replace(blank, verdict=word, interval=interval, bounds=figure, is_prediction=True)
    most = scale.most(sum(figure) / 2)
    if is_inside and reach(n) > most:
        more = fewest_runs(lambda n: reach(n) <= most, n)
        narrow = f"about {more} seeds would" if more else f"not even {MOST_SEEDS} seeds would"
        reason += (
            f"{lies}; but the runs differ too much to tell (more than {most:g} {scale.unit} either way): {narrow}."
        )
        return RuleResult(replace(verdict, verdict="undecided", reason=reason))
    if is_inside:
        return RuleResult(replace(verdict, reason=f"{reason}{lies}."))

    def seeds(level: float) -> str:
        least = fewest_runs(lambda n: chance_above(reach(n, level) / spread, away / spread, n) >= POWER, n)
        return f"about {least} seeds would decide it" if least else f"not even {MOST_SEEDS} seeds would decide it"

    p = 2 * upper_tail(away / (spread * math.sqrt(1 + 1 / n)), n - 1) if spread else 0.0
    return RuleResult(replace(verdict, reason=reason, p=p), "lies outside it.", "lies outside it", seeds)


def _exceeds(runs: Runs, form: Exceeds, blank: Verdict) -> RuleResult:
    sign = 1 if form.expect == "greater" else -1
    if form.quantity in COUNTS:
        count = count_of(runs, form.of, form)
        word: VerdictWord = "supported" if sign * (count - form.level) > 0 else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        return RuleResult(replace(blank, verdict=word, measured=count, what=form.quantity, reason=reason))
    return _against(blank, list(by_seed(runs, form.of, form).values()), form.level, sign, scale_of(form))


def _against(blank: Verdict, values: Sequence[float], level: float, sign: int, scale: Scale) -> RuleResult:
    """A mean over runs against a level."""
    n = len(values)
    blank = replace(blank, runs=n, what=blank.what or scale.unit)
    if n < 2:
        mean = statistics.fmean(values) if values else None
        return RuleResult(replace(blank, measured=mean, reason="Needs at least 2 runs."))
    return _one_sided(blank, mean_of(values), level, sign, f"against {level:g}", scale)


def _gap(runs: Runs, form: Gap, blank: Verdict) -> RuleResult:
    values, running = [], set()
    for run in runs_for(runs, form.of, form):
        epoch = runs.last(form.of) if form.epoch == "last" else form.epoch
        lines = [run.at(epoch, split) for split in form.between]
        ours, theirs = (line.accuracy if line else None for line in lines)
        if ours is not None and theirs is not None:
            values.append(ours - theirs)
            running |= {line.split for line in lines if line and line.measure == "running"}
    if not values:
        raise Undecidable(f"No run of {form.of} has both splits at that epoch.")
    names = [f"{'running ' if split in running else ''}accuracy on {split}" for split in form.between]
    sign = 1 if form.expect == "greater" else -1
    what = f"{' less '.join(names)}, points"
    found = _against(replace(blank, what=what), values, form.margin, sign, POINTS)
    return replace(found, notes=tuple(_RUNNING.format(split) for split in sorted(running)))


_RUNNING = "The {} accuracy is that of the running epoch, dropout and all; scored after it, it is usually higher."


def _saturates(runs: Runs, form: Saturates, blank: Verdict) -> RuleResult:
    curves = [curve for run in runs_for(runs, form.of, form) if (curve := curve_of(run, form.split))]
    last = min(map(len, curves), default=0)
    if not curves:
        raise Undecidable(f"The runs of {form.of} have no accuracy on {form.split} images.")
    if last <= form.by + 1:  # the epochs around `by` take in the next one
        raise Undecidable(
            f"The runs end at epoch {last}; whether accuracy still rises after {form.by} is seen only beyond it.",
            len(curves),
        )
    what = f"points still to be gained after epoch {form.by}"
    values = [_still_to_gain(curve, form.by) for curve in curves]
    return _against(replace(blank, what=what), values, form.margin, -1, POINTS)


def _still_to_gain(curve: Sequence[float], by: int) -> float:
    """The level of the last quarter of a curve, less that of three epochs around `by`, which are no part of it."""
    around = curve[max(by - 2, 0) : by + 1]
    later = last_quarter(curve)[-(len(curve) - by - 1) :]
    return statistics.fmean(later) - statistics.fmean(around)


def _overtakes(runs: Runs, form: Overtakes, blank: Verdict) -> RuleResult:
    curves = [
        {run.seed: curve for run in runs_for(runs, name, form) if (curve := curve_of(run, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    when = f"epochs after {form.after}" if form.after else "last quarter of the epochs"
    what = f"{form.of} less {form.with_} over the {when}, points"
    blank = replace(blank, runs=n, what=what, bounds=(0.0,))
    if n < 2:
        return RuleResult(replace(blank, reason="Needs at least 2 runs of each."))
    shortest = min(len(curve) for each in curves for curve in each.values())
    if form.after and shortest <= form.after:
        raise Undecidable(f"The runs end at epoch {shortest}, and this is about the epochs after {form.after}.", n)
    first, _ = _difference(runs, form, *({seed: curve[0] for seed, curve in each.items()} for each in curves))
    last, _ = _difference(
        runs,
        form,
        *({seed: statistics.fmean(_later(curve, form.after)) for seed, curve in each.items()} for each in curves),
    )
    below, above = first.interval(), last.interval()
    scale = POINTS.difference()
    blank = replace(blank, measured=last.mean, interval=above)
    apart = f"At epoch 1 it is {scale.number(first.mean)} points apart, at the end {scale.number(last.mean)}"
    apart += f" (95 % interval {scale.interval(above, (0.0,))}, n={n})"
    if below[1] < 0 < above[0]:
        crossed = _crossing(curves)
        weaker = max(first, last, key=lambda sample: sample.p(0))
        blank = replace(blank, verdict="supported", p=weaker.p(0), reason=apart)
        passes = f"; it passes around epoch {crossed}." if crossed else ": as claimed."
        return RuleResult(blank, passes, ": in the claimed direction", lambda level: seeds_needed(weaker, 0.0, level))
    if below[0] > 0 or above[1] < 0:
        ps = {sample.p(0): sample for sample, against in ((first, below[0] > 0), (last, above[1] < 0)) if against}
        stronger = ps[min(ps)]
        blank = replace(blank, verdict="contradicted", p=min(1.0, 2 * min(ps)), reason=apart)
        wrong = "it does not start behind" if stronger is first else "it does not end ahead"
        return RuleResult(blank, f": {wrong}.", f": {wrong}", lambda level: seeds_needed(stronger, 0.0, level / 2))
    unsure = last if above[0] <= 0 else first
    blank = replace(blank, p=max(first.p(0), last.p(0)), reason=apart)
    return RuleResult(blank, "", "", lambda level: seeds_needed(unsure, 0.0, level))


def _later(curve: Sequence[float], after: int | None) -> Sequence[float]:
    return curve[after:] if after else last_quarter(curve)


def _crossing(curves: Sequence[Mapping[int, Sequence[float]]]) -> int | None:
    """The first epoch from which the mean difference stays above 0."""
    length = min(len(curve) for each in curves for curve in each.values())
    means = [[statistics.fmean(curve[epoch] for curve in each.values()) for epoch in range(length)] for each in curves]
    behind = [epoch for epoch in range(length) if means[0][epoch] <= means[1][epoch]]
    return behind[-1] + 2 if behind and behind[-1] + 1 < length else None


def _drops(runs: Runs, form: Drops, blank: Verdict) -> RuleResult:
    falls, regains, used = [], [], runs_for(runs, form.of, form)
    for run in used:
        at = _switch(run) if form.at == "switch" else form.at
        curve = curve_of(run, form.split)
        if at is None or not 1 < at <= len(curve):
            continue
        before = curve[at - 2]
        falls.append(before - curve[at - 1])
        regained = next((epoch for epoch in range(at, len(curve)) if curve[epoch] >= before), None)
        if regained is not None:
            regains.append(float(regained + 1 - at))
    place = "the switch" if form.at == "switch" else f"epoch {form.at}"
    if not falls:
        raise Undecidable(f"No run of {form.of} came to {place}.")
    never = len(used) - len(falls)
    notes = (f"{format_share(never, len(used), form.of)} did not come to {place}.",) if never else ()
    fall = _predicted(replace(blank, what="points lost at once"), falls, (form.by, form.by), f"{form.by:g}", POINTS)
    fall = replace(fall, notes=notes)
    if form.regained_after is None or fall.verdict.verdict != "supported":
        return fall
    if len(regains) < len(falls):
        reason = f"{fall.verdict.reason} Not all runs made up for it."
        return replace(fall, verdict=replace(fall.verdict, verdict="undecided", reason=reason))
    after = float(form.regained_after)
    regain = _predicted(blank, regains, (after, after), f"{after:g}", EPOCHS)
    reason = f"{fall.verdict.reason} To make up for it: {regain.verdict.reason}"
    whole = replace(fall.verdict, verdict=regain.verdict.verdict, reason=reason, p=regain.verdict.p)
    return replace(regain, verdict=whole, notes=notes)


def _switch(run: Record) -> int | None:
    """The first epoch at the schedule's other learning rate; in a loop of somebody's own, at any other."""
    rates = {line.epoch: line.lr for line in run.metrics}
    known = {epoch: rate for epoch, rate in rates.items() if rate is not None}
    if len(known) < len(rates):
        raise Undecidable(f"{run.external_file} does not give the learning rate (lr) of every epoch.")
    first, then = known.get(1), run.info.resolved.schedule.options.get("then")
    if then is None or run.external_file:
        return next((epoch for epoch, rate in sorted(known.items()) if rate != first), None)
    return next((epoch for epoch, rate in sorted(known.items()) if math.isclose(rate, then)), None)


RULES: Mapping[type, Callable[[Runs, Any, Verdict], RuleResult]] = {
    Compare: _compare,
    Value: _value,
    Saturates: _saturates,
    Overtakes: _overtakes,
    Drops: _drops,
    Gap: _gap,
    Exceeds: _exceeds,
}
