"""How each form of a claim is decided, before the correction for several claims."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from deepstudy.record import Record
from deepstudy.study.reported import Compare, Drops, Exceeds, Form, Gap, Overtakes, Saturates, Value
from deepstudy.verdicts.formatting import (
    EPOCHS,
    POINTS,
    Scale,
    format_amount,
    format_count,
    format_share,
    noun_of,
    scale_of,
)
from deepstudy.verdicts.quantities import by_seed, count_of, curve_of, last_quarter
from deepstudy.verdicts.records import COUNTS, StudyRecords
from deepstudy.verdicts.samples import (
    LEVEL,
    POWER,
    Sample,
    chance_above,
    fewest_runs,
    format_seeds,
    mean_of,
    quantile,
    seeds_needed,
    seeds_to_equal,
    upper_tail,
    welch,
)
from deepstudy.verdicts.verdict import UncorrectedVerdict, Undecidable, Verdict, VerdictWord

_RUNNING = "The {} accuracy was measured during the epoch, with dropout if any. It is usually higher after the epoch."
_NO_RUN = "Counting needs no run."
_NEEDS_TWO = "The claim needs at least 2 runs."
_NEEDS_TWO_OF_EACH = "The claim needs at least 2 runs per experiment."
_NEEDS_THREE = "The claim needs at least 3 runs."


def decide_form(records: StudyRecords, form: Form, draft: Verdict) -> UncorrectedVerdict:
    """Decide a claim, before the correction for several claims.

    Arguments:
        records: the records of the study.
        form: the form of the claim.
        draft: an undecided verdict, with the claim in words and what the report says.

    Returns:
        The draft with verdict, numbers and reason.

    Raises:
        Undecidable: if runs are missing, or do not have what the claim needs.
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
        within = f" in {form.layer}" if form.layer else ""
        what = f"{form.of} minus {form.with_}, {noun_of(form.quantity)}{within}"
        reason = f"{form.of} has {format_count(ours, form.quantity)}{within}, and {form.with_} has {theirs:,}."
        word: VerdictWord = "supported" if holds else "contradicted"
        verdict = replace(draft, verdict=word, measured=difference, reason=f"{reason} {_NO_RUN}", what=what)
        return UncorrectedVerdict(verdict)
    both = by_seed(records, form.of, form), by_seed(records, form.with_, form)
    scale = scale_of(form).difference()
    n = min(map(len, both))
    draft = replace(draft, runs=n, what=f"{form.of} minus {form.with_}, {scale.unit}")
    if n < 2:
        apart = statistics.fmean(both[0].values()) - statistics.fmean(both[1].values()) if n else None
        return UncorrectedVerdict(replace(draft, measured=apart, reason=_NEEDS_TWO_OF_EACH))
    sample, how = _difference(records, form, *both)
    if form.expect == "equivalent":
        return _equivalence(draft, sample, form.margin, how, scale)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(draft, sample, sign * form.margin, sign, how, scale)


def _difference(
    records: StudyRecords, form: Compare | Overtakes, ours: Mapping[int, float], theirs: Mapping[int, float]
) -> tuple[Sample, str]:
    """The difference of two experiments' means, from a value for each seed, and the name of the test."""
    common = ours.keys() & theirs.keys()
    if len(common) == min(len(ours), len(theirs)) and records.same_order(form):
        return mean_of([ours[seed] - theirs[seed] for seed in sorted(common)], of_each=True), "paired by seed"
    return welch(list(ours.values()), list(theirs.values())), "Welch"


def _one_sided(draft: Verdict, sample: Sample, null: float, sign: int, how: str, scale: Scale) -> UncorrectedVerdict:
    """Supported if the interval is on the claimed side of `null`, contradicted if it is on the other side."""
    low, high = sample.interval()
    sides = (low > null, high < null)[::sign]
    word: VerdictWord = "supported" if sides[0] else "contradicted" if sides[1] else "undecided"
    ahead = sign * (sample.mean - null)
    direction = "in the claimed direction, but" if ahead > 0 else "contrary to the claim, but"
    weak = direction if ahead else f"no difference{f' from {null:g}' if null else ''}, so"
    return UncorrectedVerdict(
        _estimated(replace(draft, verdict=word, p=sample.p(null)), sample, how, scale, bounds=(null,)),
        ": as claimed." if word == "supported" else ": contrary to the claim.",
        f": {weak}",
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
    place = f"{'within' if is_within else 'beyond'} {format_amount(margin, scale.unit)}"
    tested = f"equivalence {place}" if is_within else f"a difference {place}"
    level = 95 if word == "contradicted" else 90
    draft = _estimated(replace(draft, verdict=word, p=p), sample, how, scale, level, (-margin, margin))

    def seeds(level: float) -> str:
        return seeds_to_equal(sample, margin, level) if is_within else seeds_needed(sample, nearest, level)

    return UncorrectedVerdict(draft, f": the difference is {place}.", f": {tested} is", seeds)


def _value(records: StudyRecords, form: Value, draft: Verdict) -> UncorrectedVerdict:
    low, high = form.meant
    if form.quantity in COUNTS:
        count = count_of(records, form.of, form)
        word: VerdictWord = "supported" if low <= count <= high else "contradicted"
        reason = _format_counted(form, count)
        if high - low > 1:
            reason += f" The reported figure ({draft.reported}) covers {low:,.0f} to {high:,.0f}."
        verdict = replace(draft, verdict=word, measured=count, reason=reason, what=noun_of(form.quantity))
        return UncorrectedVerdict(verdict)
    values = list(by_seed(records, form.of, form).values())
    return _predicted(draft, values, (low, high), draft.reported, scale_of(form))


def _predicted(
    draft: Verdict, values: Sequence[float], figure: tuple[float, float], printed: str, scale: Scale
) -> UncorrectedVerdict:
    """A reported figure, which covers the numbers in `figure`, against the prediction interval for one more run."""
    n = len(values)
    mean = statistics.fmean(values) if values else None
    draft = replace(draft, measured=mean, runs=n, what=draft.what or scale.unit)
    if n < 3 or mean is None:
        return UncorrectedVerdict(replace(draft, reason=_NEEDS_THREE))
    spread = statistics.stdev(values)

    def reach(n: int, level: float = LEVEL) -> float:
        return quantile(1 - level / 2, n - 1) * spread * math.sqrt(1 + 1 / n)

    interval = mean - reach(n), mean + reach(n)
    away = abs(min(max(mean, figure[0]), figure[1]) - mean)  # from the nearest number that the figure covers
    is_inside = interval[0] <= figure[1] and figure[0] <= interval[1]
    lies = "is inside it" if interval[0] <= figure[0] and figure[1] <= interval[1] else "overlaps it"
    interval = scale.cut(interval)
    reason = f"The runs give {scale.number(mean)} ± {scale.number(spread)} {scale.unit} (n={n}). The 95 % prediction "
    reason += f"interval for one more run is {scale.interval(interval, figure)}. The reported figure ({printed}) "
    word: VerdictWord = "supported" if is_inside else "contradicted"
    verdict = replace(draft, verdict=word, interval=interval, bounds=figure, is_prediction=True)
    most = scale.widest_support(sum(figure) / 2)
    if is_inside and reach(n) > most:
        width = f"it reaches more than {format_amount(most, scale.difference().unit)} either way"
        reason += f"{lies}, but the interval is too wide to decide ({width}). "
        reason += format_seeds(fewest_runs(lambda n: reach(n) <= most, n), of_each=False)
        return UncorrectedVerdict(replace(verdict, verdict="undecided", reason=reason))
    if is_inside:
        return UncorrectedVerdict(replace(verdict, reason=f"{reason}{lies}."))

    def seeds(level: float) -> str:
        least = fewest_runs(lambda n: chance_above(reach(n, level) / spread, away / spread, n) >= POWER, n)
        return format_seeds(least, of_each=False)

    p = 2 * upper_tail(away / (spread * math.sqrt(1 + 1 / n)), n - 1) if spread else 0.0
    return UncorrectedVerdict(replace(verdict, reason=reason, p=p), "is outside it.", "is outside it, but", seeds)


def _format_counted(form: Value | Exceeds, count: int) -> str:
    within = f" in {form.layer}" if form.layer else ""
    return f"The network has {format_count(count, form.quantity)}{within}. {_NO_RUN}"


def _exceeds(records: StudyRecords, form: Exceeds, draft: Verdict) -> UncorrectedVerdict:
    sign = 1 if form.expect == "greater" else -1
    if form.quantity in COUNTS:
        count = count_of(records, form.of, form)
        word: VerdictWord = "supported" if sign * (count - form.level) > 0 else "contradicted"
        what, reason = noun_of(form.quantity), _format_counted(form, count)
        return UncorrectedVerdict(replace(draft, verdict=word, measured=count, what=what, reason=reason))
    return _against(draft, list(by_seed(records, form.of, form).values()), form.level, sign, scale_of(form))


def _against(draft: Verdict, values: Sequence[float], level: float, sign: int, scale: Scale) -> UncorrectedVerdict:
    """A mean over runs against a threshold."""
    n = len(values)
    draft = replace(draft, runs=n, what=draft.what or scale.unit)
    if n < 2:
        mean = statistics.fmean(values) if values else None
        return UncorrectedVerdict(replace(draft, measured=mean, reason=_NEEDS_TWO))
    return _one_sided(draft, mean_of(values), level, sign, f"threshold {level:g}", scale)


def _gap(records: StudyRecords, form: Gap, draft: Verdict) -> UncorrectedVerdict:
    values, running = [], set[str]()
    epoch = records.last_epoch(form.of) if form.epoch == "last" else form.epoch
    for record in records.require(form.of, form):
        lines = [record.at(epoch, split) for split in form.between]
        ours, theirs = (line.accuracy if line else None for line in lines)
        if ours is not None and theirs is not None:
            values.append(ours - theirs)
            running |= {line.split for line in lines if line and line.measure == "running"}
    if not values:
        raise Undecidable(f"No run of {form.of} has both {' and '.join(form.between)} accuracy at epoch {epoch}.")
    names = [f"{'running ' if split in running else ''}{split} accuracy" for split in form.between]
    sign = 1 if form.expect == "greater" else -1
    what = f"{' minus '.join(names)}, points"
    result = _against(replace(draft, what=what), values, form.margin, sign, POINTS)
    return replace(result, notes=tuple(_RUNNING.format(split) for split in sorted(running)))


def _saturates(records: StudyRecords, form: Saturates, draft: Verdict) -> UncorrectedVerdict:
    curves = [curve for record in records.require(form.of, form) if (curve := curve_of(record, form.split))]
    last = min(map(len, curves), default=0)
    if not curves:
        raise Undecidable(f"The runs of {form.of} have no {form.split} accuracy.")
    if last <= form.by + 1:  # the epochs around `by` include the next one
        needed = f"The claim is about epochs after {form.by}, so it needs at least {form.by + 2} epochs."
        raise Undecidable(f"The runs end at epoch {last}. {needed}", len(curves))
    what = f"accuracy gained after epoch {form.by}, points"
    values = [_still_to_gain(curve, form.by) for curve in curves]
    return _against(replace(draft, what=what), values, form.margin, -1, POINTS)


def _still_to_gain(curve: Sequence[float], by: int) -> float:
    """The mean of the last quarter of a curve minus the mean of three epochs around `by`, without their overlap."""
    around = curve[max(by - 2, 0) : by + 1]
    later = last_quarter(curve)[-(len(curve) - by - 1) :]
    return statistics.fmean(later) - statistics.fmean(around)


def _overtakes(records: StudyRecords, form: Overtakes, draft: Verdict) -> UncorrectedVerdict:
    curves = [
        {record.seed: curve for record in records.require(name, form) if (curve := curve_of(record, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    when = f"after epoch {form.after}" if form.after else "in the last quarter of the epochs"
    what = f"{form.of} minus {form.with_} {when}, points"
    draft = replace(draft, runs=n, what=what, bounds=(0.0,))
    if n < 2:
        return UncorrectedVerdict(replace(draft, reason=_NEEDS_TWO_OF_EACH))
    shortest = min(len(curve) for each in curves for curve in each.values())
    if form.after and shortest <= form.after:
        raise Undecidable(f"The runs end at epoch {shortest}, but the claim is about epochs after {form.after}.", n)
    first, _ = _difference(records, form, *({seed: curve[0] for seed, curve in each.items()} for each in curves))
    last, _ = _difference(
        records,
        form,
        *({seed: statistics.fmean(_later(curve, form.after)) for seed, curve in each.items()} for each in curves),
    )
    below, above = first.interval(), last.interval()
    scale = POINTS.difference()
    draft = replace(draft, measured=last.mean, interval=above)
    apart = f"The difference is {scale.number(first.mean)} points at epoch 1 and {scale.number(last.mean)} {when}"
    apart += f" (95 % interval {scale.interval(above, (0.0,))}, n={n})"
    if below[1] < 0 < above[0]:
        crossed = _crossing(curves)
        weaker = max(first, last, key=lambda sample: sample.p(0))
        draft = replace(draft, verdict="supported", p=weaker.p(0), reason=apart)
        overtakes = f": {form.of} overtakes {form.with_} around epoch {crossed}." if crossed else ": as claimed."
        return UncorrectedVerdict(
            draft, overtakes, ": in the claimed direction, but", lambda level: seeds_needed(weaker, 0.0, level)
        )
    if below[0] > 0 or above[1] < 0:
        ps = {sample.p(0): sample for sample, against in ((first, below[0] > 0), (last, above[1] < 0)) if against}
        stronger = ps[min(ps)]
        draft = replace(draft, verdict="contradicted", p=min(1.0, 2 * min(ps)), reason=apart)
        wrong = f"{form.of} does not {'start below' if stronger is first else 'end above'} {form.with_}"
        return UncorrectedVerdict(
            draft, f": {wrong}.", f": {wrong}, but this is", lambda level: seeds_needed(stronger, 0.0, level / 2)
        )
    unsure = last if above[0] <= 0 else first
    draft = replace(draft, p=max(first.p(0), last.p(0)), reason=apart)
    return UncorrectedVerdict(draft, ".", ". This is", lambda level: seeds_needed(unsure, 0.0, level))


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
    place = "the learning-rate switch" if form.at == "switch" else f"epoch {form.at}"
    if not falls:
        raise Undecidable(f"No run of {form.of} reached {place}.")
    never = len(counted) - len(falls)
    notes = (f"{format_share(never, len(counted), form.of)} did not reach {place}.",) if never else ()
    draft = replace(draft, what="drop in accuracy, points")
    fall = _predicted(draft, falls, (form.by, form.by), f"{form.by:g}", POINTS)
    fall = replace(fall, notes=notes)
    if form.regained_after is None or fall.verdict.verdict != "supported":
        return fall
    if len(regains) < len(falls):
        reason = f"{fall.verdict.reason} Not all runs recovered."
        return replace(fall, verdict=replace(fall.verdict, verdict="undecided", reason=reason))
    after = float(form.regained_after)
    regain = _predicted(draft, regains, (after, after), f"{after:g}", EPOCHS)
    reason = f"{fall.verdict.reason} Epochs to recover: {regain.verdict.reason}"
    whole = replace(fall.verdict, verdict=regain.verdict.verdict, reason=reason, p=regain.verdict.p)
    return replace(regain, verdict=whole, notes=notes)


def _switch(record: Record) -> int | None:
    """The first epoch with the schedule's second learning rate; in an external run, with any other rate."""
    rates = {line.epoch: line.lr for line in record.metrics}
    known = {epoch: rate for epoch, rate in rates.items() if rate is not None}
    if len(known) < len(rates):
        raise Undecidable(f"{record.external_file} does not give the learning rate (lr) of every epoch.")
    first, then = known.get(1), record.info.resolved.schedule.options.get("then")
    if then is None or record.external_file:
        return next((epoch for epoch, rate in sorted(known.items()) if rate != first), None)
    return next((epoch for epoch, rate in sorted(known.items()) if math.isclose(rate, then)), None)
