"""How each form of a claim is decided. Each gives the verdict that the claim would get by itself."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from deepstudy.record import Record
from deepstudy.study.reported import Compare, Drops, Exceeds, Form, Gap, Overtakes, Saturates, Value
from deepstudy.verdicts.formatting import EPOCHS, POINTS, Scale, format_share, scale_of
from deepstudy.verdicts.quantities import by_seed, count_of, curve_of, last_quarter
from deepstudy.verdicts.records import COUNTS, StudyRecords
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
from deepstudy.verdicts.verdict import UncorrectedVerdict, Undecidable, Verdict, VerdictWord

_RUNNING = "The {} accuracy was measured during training, with any dropout; accuracy after the epoch is usually higher."


def decide_form(records: StudyRecords, form: Form, draft: Verdict) -> UncorrectedVerdict:
    """Decide a claim by itself.

    Arguments:
        records: the records of the study.
        form: the form of the claim.
        draft: an undecided verdict, with what the claim says and what the report gives.

    Returns:
        The draft with verdict, numbers and reason.

    Raises:
        Undecidable: if runs are missing, or lack what the claim needs.
    """
    match form:
        case Compare():
            return _compare(records, form, draft)
        case Value():
            return _value(records, form, draft)
        case Saturates():
            return _saturates(records, form, draft)
        case Overtakes():
            return _overtakes(records, form, draft)
        case Drops():
            return _drops(records, form, draft)
        case Gap():
            return _gap(records, form, draft)
        case Exceeds():
            return _exceeds(records, form, draft)


def _compare(records: StudyRecords, form: Compare, draft: Verdict) -> UncorrectedVerdict:
    if form.quantity in COUNTS:
        ours, theirs = count_of(records, form.of, form), count_of(records, form.with_, form)
        difference = ours - theirs
        holds = {
            "greater": difference > form.margin,
            "less": difference < -form.margin,
            "equivalent": abs(difference) <= form.margin,
        }[form.expect]
        reason = f"{form.of} has {ours:,} {form.quantity}, {form.with_} {theirs:,}; this needs no run."
        word: VerdictWord = "supported" if holds else "contradicted"
        return UncorrectedVerdict(replace(draft, verdict=word, measured=difference, reason=reason, what=form.quantity))
    both = by_seed(records, form.of, form), by_seed(records, form.with_, form)
    scale = scale_of(form).difference()
    n = min(map(len, both))
    draft = replace(draft, runs=n, what=f"{form.of} less {form.with_}, {scale.unit}")
    if n < 2:
        apart = statistics.fmean(both[0].values()) - statistics.fmean(both[1].values()) if n else None
        return UncorrectedVerdict(replace(draft, measured=apart, reason="Needs at least 2 runs of each."))
    sample, how = _difference(records, form, *both)
    if form.expect == "equivalent":
        return _equivalence(draft, sample, form.margin, how, scale)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(draft, sample, sign * form.margin, sign, how, scale)


def _difference(
    records: StudyRecords, form: Compare | Overtakes, ours: Mapping[int, float], theirs: Mapping[int, float]
) -> tuple[Sample, str]:
    """The difference of two experiments' means, from a value for each seed, and how it was taken."""
    common = ours.keys() & theirs.keys()
    if len(common) == min(len(ours), len(theirs)) and records.same_order(form):
        return mean_of([ours[seed] - theirs[seed] for seed in sorted(common)], of_each=True), "paired by seed"
    return welch(list(ours.values()), list(theirs.values())), "Welch"


def _one_sided(draft: Verdict, sample: Sample, null: float, sign: int, how: str, scale: Scale) -> UncorrectedVerdict:
    """Supported where the interval lies on the claimed side of `null`, contradicted where it lies on the other."""
    low, high = sample.interval()
    sides = (low > null, high < null)[::sign]
    word: VerdictWord = "supported" if sides[0] else "contradicted" if sides[1] else "undecided"
    ahead = sign * (sample.mean - null)
    direction = "in the claimed direction" if ahead > 0 else "in the other direction" if ahead < 0 else "neither way"
    return UncorrectedVerdict(
        _estimated(replace(draft, verdict=word, p=sample.p(null)), sample, how, scale, bounds=(null,)),
        f": {'as claimed' if word == 'supported' else 'in the other direction'}.",
        f": {direction}",
        lambda level: seeds_needed(sample, null, level),
    )


def _estimated(
    draft: Verdict, sample: Sample, how: str, scale: Scale, level: int = 95, bounds: tuple[float, ...] = ()
) -> Verdict:
    """The verdict with its estimate and its interval, in numbers and in words."""
    interval = scale.cut(sample.interval(1 - level / 100))
    reason = f"{scale.number(sample.mean)} {scale.unit}, {level} % interval {scale.interval(interval, bounds)}"
    reason += f" ({how}, n={sample.n})"
    return replace(
        draft, measured=sample.mean, interval=interval, level=level, bounds=bounds, runs=sample.n, reason=reason
    )


def _equivalence(draft: Verdict, sample: Sample, margin: float, how: str, scale: Scale) -> UncorrectedVerdict:
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
    draft = _estimated(replace(draft, verdict=word, p=p), sample, how, scale, level, (-margin, margin))

    def seeds(level: float) -> str:
        return seeds_to_equal(sample, margin, level) if is_within else seeds_needed(sample, nearest, level)

    return UncorrectedVerdict(draft, f": {place}.", f": {place}, but not surely", seeds)


def _value(records: StudyRecords, form: Value, draft: Verdict) -> UncorrectedVerdict:
    low, high = form.meant
    if form.quantity in COUNTS:
        count = count_of(records, form.of, form)
        word: VerdictWord = "supported" if low <= count <= high else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        if high - low > 1:
            reason += f" {draft.reported} stands for {low:,.0f} to {high:,.0f}."
        return UncorrectedVerdict(replace(draft, verdict=word, measured=count, reason=reason, what=form.quantity))
    values = list(by_seed(records, form.of, form).values())
    return _predicted(draft, values, (low, high), draft.reported, scale_of(form))


def _predicted(
    draft: Verdict, values: Sequence[float], figure: tuple[float, float], printed: str, scale: Scale
) -> UncorrectedVerdict:
    """A reported figure, which stands for any number in `figure`, against the prediction interval of one more run."""
    n = len(values)
    mean = statistics.fmean(values) if values else None
    draft = replace(draft, measured=mean, runs=n, what=draft.what or scale.unit)
    if n < 3 or mean is None:
        return UncorrectedVerdict(replace(draft, reason="Needs at least 3 runs."))
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
    verdict = replace(draft, verdict=word, interval=interval, bounds=figure, is_prediction=True)
    most = scale.widest_support(sum(figure) / 2)
    if is_inside and reach(n) > most:
        more = fewest_runs(lambda n: reach(n) <= most, n)
        narrow = f"about {more} seeds would" if more else f"not even {MOST_SEEDS} seeds would"
        reason += (
            f"{lies}; but the runs differ too much to tell (more than {most:g} {scale.unit} either way): {narrow}."
        )
        return UncorrectedVerdict(replace(verdict, verdict="undecided", reason=reason))
    if is_inside:
        return UncorrectedVerdict(replace(verdict, reason=f"{reason}{lies}."))

    def seeds(level: float) -> str:
        least = fewest_runs(lambda n: chance_above(reach(n, level) / spread, away / spread, n) >= POWER, n)
        return f"about {least} seeds would decide it" if least else f"not even {MOST_SEEDS} seeds would decide it"

    p = 2 * upper_tail(away / (spread * math.sqrt(1 + 1 / n)), n - 1) if spread else 0.0
    return UncorrectedVerdict(replace(verdict, reason=reason, p=p), "lies outside it.", "lies outside it", seeds)


def _exceeds(records: StudyRecords, form: Exceeds, draft: Verdict) -> UncorrectedVerdict:
    sign = 1 if form.expect == "greater" else -1
    if form.quantity in COUNTS:
        count = count_of(records, form.of, form)
        word: VerdictWord = "supported" if sign * (count - form.level) > 0 else "contradicted"
        reason = f"The network has {count:,} {form.quantity}; this needs no run."
        return UncorrectedVerdict(replace(draft, verdict=word, measured=count, what=form.quantity, reason=reason))
    return _against(draft, list(by_seed(records, form.of, form).values()), form.level, sign, scale_of(form))


def _against(draft: Verdict, values: Sequence[float], level: float, sign: int, scale: Scale) -> UncorrectedVerdict:
    """A mean over runs against a level."""
    n = len(values)
    draft = replace(draft, runs=n, what=draft.what or scale.unit)
    if n < 2:
        mean = statistics.fmean(values) if values else None
        return UncorrectedVerdict(replace(draft, measured=mean, reason="Needs at least 2 runs."))
    return _one_sided(draft, mean_of(values), level, sign, f"against {level:g}", scale)


def _gap(records: StudyRecords, form: Gap, draft: Verdict) -> UncorrectedVerdict:
    values, running = [], set[str]()
    for record in records.require(form.of, form):
        epoch = records.last_epoch(form.of) if form.epoch == "last" else form.epoch
        lines = [record.at(epoch, split) for split in form.between]
        ours, theirs = (line.accuracy if line else None for line in lines)
        if ours is not None and theirs is not None:
            values.append(ours - theirs)
            running |= {line.split for line in lines if line and line.measure == "running"}
    if not values:
        raise Undecidable(f"No run of {form.of} has both splits at that epoch.")
    names = [f"{'running ' if split in running else ''}accuracy on {split}" for split in form.between]
    sign = 1 if form.expect == "greater" else -1
    what = f"{' less '.join(names)}, points"
    result = _against(replace(draft, what=what), values, form.margin, sign, POINTS)
    return replace(result, notes=tuple(_RUNNING.format(split) for split in sorted(running)))


def _saturates(records: StudyRecords, form: Saturates, draft: Verdict) -> UncorrectedVerdict:
    curves = [curve for record in records.require(form.of, form) if (curve := curve_of(record, form.split))]
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
    return _against(replace(draft, what=what), values, form.margin, -1, POINTS)


def _still_to_gain(curve: Sequence[float], by: int) -> float:
    """The level of the last quarter of a curve, less that of three epochs around `by`, which are no part of it."""
    around = curve[max(by - 2, 0) : by + 1]
    later = last_quarter(curve)[-(len(curve) - by - 1) :]
    return statistics.fmean(later) - statistics.fmean(around)


def _overtakes(records: StudyRecords, form: Overtakes, draft: Verdict) -> UncorrectedVerdict:
    curves = [
        {record.seed: curve for record in records.require(name, form) if (curve := curve_of(record, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    when = f"epochs after {form.after}" if form.after else "last quarter of the epochs"
    what = f"{form.of} less {form.with_} over the {when}, points"
    draft = replace(draft, runs=n, what=what, bounds=(0.0,))
    if n < 2:
        return UncorrectedVerdict(replace(draft, reason="Needs at least 2 runs of each."))
    shortest = min(len(curve) for each in curves for curve in each.values())
    if form.after and shortest <= form.after:
        raise Undecidable(f"The runs end at epoch {shortest}, and this is about the epochs after {form.after}.", n)
    first, _ = _difference(records, form, *({seed: curve[0] for seed, curve in each.items()} for each in curves))
    last, _ = _difference(
        records,
        form,
        *({seed: statistics.fmean(_later(curve, form.after)) for seed, curve in each.items()} for each in curves),
    )
    below, above = first.interval(), last.interval()
    scale = POINTS.difference()
    draft = replace(draft, measured=last.mean, interval=above)
    apart = f"At epoch 1 it is {scale.number(first.mean)} points apart, at the end {scale.number(last.mean)}"
    apart += f" (95 % interval {scale.interval(above, (0.0,))}, n={n})"
    if below[1] < 0 < above[0]:
        crossed = _crossing(curves)
        weaker = max(first, last, key=lambda sample: sample.p(0))
        draft = replace(draft, verdict="supported", p=weaker.p(0), reason=apart)
        passes = f"; it passes around epoch {crossed}." if crossed else ": as claimed."
        return UncorrectedVerdict(
            draft, passes, ": in the claimed direction", lambda level: seeds_needed(weaker, 0.0, level)
        )
    if below[0] > 0 or above[1] < 0:
        ps = {sample.p(0): sample for sample, against in ((first, below[0] > 0), (last, above[1] < 0)) if against}
        stronger = ps[min(ps)]
        draft = replace(draft, verdict="contradicted", p=min(1.0, 2 * min(ps)), reason=apart)
        wrong = "it does not start behind" if stronger is first else "it does not end ahead"
        return UncorrectedVerdict(
            draft, f": {wrong}.", f": {wrong}", lambda level: seeds_needed(stronger, 0.0, level / 2)
        )
    unsure = last if above[0] <= 0 else first
    draft = replace(draft, p=max(first.p(0), last.p(0)), reason=apart)
    return UncorrectedVerdict(draft, "", "", lambda level: seeds_needed(unsure, 0.0, level))


def _later(curve: Sequence[float], after: int | None) -> Sequence[float]:
    return curve[after:] if after else last_quarter(curve)


def _crossing(curves: Sequence[Mapping[int, Sequence[float]]]) -> int | None:
    """The first epoch from which the mean difference stays above 0."""
    length = min(len(curve) for each in curves for curve in each.values())
    means = [[statistics.fmean(curve[epoch] for curve in each.values()) for epoch in range(length)] for each in curves]
    behind = [epoch for epoch in range(length) if means[0][epoch] <= means[1][epoch]]
    return behind[-1] + 2 if behind and behind[-1] + 1 < length else None


def _drops(records: StudyRecords, form: Drops, draft: Verdict) -> UncorrectedVerdict:
    falls, regains, counted = [], [], records.require(form.of, form)
    for record in counted:
        at = _switch(record) if form.at == "switch" else form.at
        curve = curve_of(record, form.split)
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
    never = len(counted) - len(falls)
    notes = (f"{format_share(never, len(counted), form.of)} did not come to {place}.",) if never else ()
    fall = _predicted(replace(draft, what="points lost at once"), falls, (form.by, form.by), f"{form.by:g}", POINTS)
    fall = replace(fall, notes=notes)
    if form.regained_after is None or fall.verdict.verdict != "supported":
        return fall
    if len(regains) < len(falls):
        reason = f"{fall.verdict.reason} Not all runs made up for it."
        return replace(fall, verdict=replace(fall.verdict, verdict="undecided", reason=reason))
    after = float(form.regained_after)
    regain = _predicted(draft, regains, (after, after), f"{after:g}", EPOCHS)
    reason = f"{fall.verdict.reason} To make up for it: {regain.verdict.reason}"
    whole = replace(fall.verdict, verdict=regain.verdict.verdict, reason=reason, p=regain.verdict.p)
    return replace(regain, verdict=whole, notes=notes)


def _switch(record: Record) -> int | None:
    """The first epoch at the schedule's other learning rate; in a loop of somebody's own, at any other."""
    rates = {line.epoch: line.lr for line in record.metrics}
    known = {epoch: rate for epoch, rate in rates.items() if rate is not None}
    if len(known) < len(rates):
        raise Undecidable(f"{record.external_file} does not give the learning rate (lr) of every epoch.")
    first, then = known.get(1), record.info.resolved.schedule.options.get("then")
    if then is None or record.external_file:
        return next((epoch for epoch, rate in sorted(known.items()) if rate != first), None)
    return next((epoch for epoch, rate in sorted(known.items()) if math.isclose(rate, then)), None)
