"""How each form of a claim is decided, before the correction for several claims."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from deepstudy.study.reported import Compare, Drops, Exceeds, Form, Gap, Overtakes, Saturates, Value
from deepstudy.verdicts.estimates import Estimates, estimate
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
from deepstudy.verdicts.quantities import (
    by_seed,
    count_of,
    curve_of,
    falls_of,
    gains_of,
    gaps_of,
    last_quarter,
    recoveries_of,
)
from deepstudy.verdicts.records import COUNTS, StudyRecords
from deepstudy.verdicts.samples import (
    POWER,
    LevelAt,
    Sample,
    SeedsNeeded,
    chance_above,
    fewest_runs,
    quantile,
    upper_tail,
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
    estimates = estimate(records, form, lambda name: by_seed(records, name, form))
    both = estimates.values[form.of], estimates.values[form.with_]
    scale = scale_of(form).difference()
    n = min(map(len, both))
    draft = replace(draft, runs=n, what=f"{form.of} minus {form.with_}, {scale.unit}")
    if n < 2:
        apart = statistics.fmean(both[0].values()) - statistics.fmean(both[1].values()) if n else None
        return UncorrectedVerdict(
            replace(draft, measured=apart, reason=_NEEDS_TWO_OF_EACH, needed=SeedsNeeded(2, of_each=True))
        )
    sample, how = estimates.difference(form.of, form.with_)
    draft = replace(draft, effect=sample.effect, chance=sample.chance)
    if form.expect == "equivalent":
        return _equivalence(draft, sample, form.margin, how, scale, records.level)
    sign = 1 if form.expect == "greater" else -1
    return _one_sided(draft, sample, sign * form.margin, sign, how, scale, records.level)


def _one_sided(
    draft: Verdict, sample: Sample, null: float, sign: int, how: str, scale: Scale, level: float
) -> UncorrectedVerdict:
    """Supported if the interval is on the claimed side of `null`, contradicted if it is on the other side."""
    low, high = sample.interval(level)
    sides = (low > null, high < null)[::sign]
    word: VerdictWord = "supported" if sides[0] else "contradicted" if sides[1] else "undecided"
    ahead = sign * (sample.mean - null)
    direction = "in the claimed direction, but" if ahead > 0 else "contrary to the claim, but"
    weak = direction if ahead else f"no difference{f' from {null:g}' if null else ''}, so"
    return UncorrectedVerdict(
        _estimated(
            replace(draft, verdict=word, p=sample.p(null), claimed="above" if sign > 0 else "below"),
            sample,
            how,
            scale,
            level,
            bounds=(null,),
        ),
        ": as claimed." if word == "supported" else ": contrary to the claim.",
        f": {weak}",
        lambda level: SeedsNeeded(sample.seeds_for(null, level), sample.of_each),
    )


def _estimated(
    draft: Verdict, sample: Sample, how: str, scale: Scale, level: float, bounds: tuple[float, ...] = ()
) -> Verdict:
    """The verdict with its estimate and its interval, in numbers and in words."""
    interval = scale.cut(sample.interval(level))
    percent = round(100 * (1 - level), 1)
    reason = f"{scale.number(sample.mean)} {scale.unit}, {percent:g} % interval {scale.interval(interval, bounds)}"
    reason += f" (n={sample.n}, {how})"
    return replace(
        draft, measured=sample.mean, interval=interval, level=percent, bounds=bounds, runs=sample.n, reason=reason
    )


def _equivalence(
    draft: Verdict, sample: Sample, margin: float, how: str, scale: Scale, level: float
) -> UncorrectedVerdict:
    outer, inner = sample.interval(level), sample.interval(2 * level)  # two one-sided tests at 5 %: the 90 % interval
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
    width = level if word == "contradicted" else 2 * level
    draft = _estimated(
        replace(draft, verdict=word, p=p, claimed="within"), sample, how, scale, width, (-margin, margin)
    )

    def seeds(level: LevelAt) -> SeedsNeeded:
        return SeedsNeeded(
            sample.seeds_within(margin, level) if is_within else sample.seeds_for(nearest, level), of_each=True
        )

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
    estimates = estimate(records, form, lambda name: by_seed(records, name, form))
    return _predicted(draft, records, estimates, form.of, (low, high), draft.reported, scale_of(form))


def _predicted(
    draft: Verdict,
    records: StudyRecords,
    estimates: Estimates,
    name: str,
    figure: tuple[float, float],
    printed: str,
    scale: Scale,
) -> UncorrectedVerdict:
    """A reported figure, which covers the numbers in `figure`, against the prediction interval for one more run."""
    values = estimates.values[name].values()
    n, mean = len(values), statistics.fmean(values) if values else None
    draft = replace(draft, measured=mean, runs=n, what=draft.what or scale.unit)
    if n < 3 or mean is None:
        return UncorrectedVerdict(replace(draft, reason=_NEEDS_THREE, needed=SeedsNeeded(3, of_each=False)))
    sample = estimates.mean(name)
    spread = sample.spread

    def reach(n: int, level: float = records.level) -> float:
        return quantile(1 - level / 2, sample.df_of(n)) * spread * math.sqrt(1 + 1 / n)

    interval = mean - reach(n), mean + reach(n)
    away = abs(min(max(mean, figure[0]), figure[1]) - mean)  # from the nearest number that the figure covers
    is_inside = interval[0] <= figure[1] and figure[0] <= interval[1]
    lies = "is inside it" if interval[0] <= figure[0] and figure[1] <= interval[1] else "overlaps it"
    interval = scale.cut(interval)
    percent = round(100 * (1 - records.level), 1)
    reason = f"The runs give {scale.number(mean)} ± {scale.number(spread)} {scale.unit} (n={n}). The {percent:g} % "
    reason += f"prediction interval for one more run is {scale.interval(interval, figure)}. "
    reason += f"The reported figure ({printed}) "
    word: VerdictWord = "supported" if is_inside else "contradicted"
    verdict = replace(draft, verdict=word, interval=interval, bounds=figure, is_prediction=True, claimed="within")
    most = scale.widest_support(sum(figure) / 2)
    if is_inside and reach(n) > most:
        width = f"it reaches more than {format_amount(most, scale.difference().unit)} either way"
        reason += f"{lies}, but the interval is too wide to decide ({width}). "
        needed = SeedsNeeded(fewest_runs(lambda n: reach(n) <= most, n), of_each=False)
        return UncorrectedVerdict(replace(verdict, verdict="undecided", reason=f"{reason}{needed}", needed=needed))
    if is_inside:
        return UncorrectedVerdict(replace(verdict, reason=f"{reason}{lies}."))

    def is_far(n: int, level: float) -> bool:
        return chance_above(reach(n, level) / spread, away / spread, n, sample.df_of(n)) >= POWER

    def seeds(level: LevelAt) -> SeedsNeeded:
        return SeedsNeeded(fewest_runs(lambda n: is_far(n, level(n)), n), of_each=False)

    p = 2 * upper_tail(away / (spread * math.sqrt(1 + 1 / n)), sample.df) if spread else 0.0
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
    estimates = estimate(records, form, lambda name: by_seed(records, name, form))
    return _against(draft, records, estimates, form.of, form.level, sign, scale_of(form))


def _against(
    draft: Verdict,
    records: StudyRecords,
    estimates: Estimates,
    name: str,
    threshold: float,
    sign: int,
    scale: Scale,
) -> UncorrectedVerdict:
    """A mean over runs against a threshold."""
    values = estimates.values[name].values()
    draft = replace(draft, runs=len(values), what=draft.what or scale.unit)
    if len(values) < 2:
        return UncorrectedVerdict(
            replace(draft, measured=next(iter(values), None), reason=_NEEDS_TWO, needed=SeedsNeeded(2, of_each=False))
        )
    sample = estimates.mean(name)
    return _one_sided(draft, sample, threshold, sign, f"threshold {threshold:g}", scale, records.level)


def _gap(records: StudyRecords, form: Gap, draft: Verdict) -> UncorrectedVerdict:
    estimates = estimate(records, form, lambda name: gaps_of(records, name, form))
    epoch = records.epoch_of(form.of, form.epoch)
    lines = [record.at(epoch, split) for record in records.counted(form.of, form) for split in form.between]
    running = {line.split for line in lines if line and line.measure == "running"}
    names = [f"{'running ' if split in running else ''}{split} accuracy" for split in form.between]
    sign = 1 if form.expect == "greater" else -1
    draft = replace(draft, what=f"{' minus '.join(names)}, points")
    result = _against(draft, records, estimates, form.of, form.margin, sign, POINTS)
    return replace(result, notes=tuple(_RUNNING.format(split) for split in sorted(running)))


def _saturates(records: StudyRecords, form: Saturates, draft: Verdict) -> UncorrectedVerdict:
    estimates = estimate(records, form, lambda name: gains_of(records, name, form))
    draft = replace(draft, what=f"accuracy gained after epoch {form.by}, points")
    return _against(draft, records, estimates, form.of, form.margin, -1, POINTS)


def _overtakes(records: StudyRecords, form: Overtakes, draft: Verdict) -> UncorrectedVerdict:
    curves = [
        {record.seed: curve for record in records.require(name, form) if (curve := curve_of(record, form.split))}
        for name in (form.of, form.with_)
    ]
    n = min(len(each) for each in curves)
    when = f"after epoch {form.after}" if form.after else "in the last quarter of the epochs"
    what = f"{form.of} minus {form.with_} {when}, points"
    draft = replace(draft, runs=n, what=what, bounds=(0.0,), claimed="above")
    if n < 2:
        return UncorrectedVerdict(replace(draft, reason=_NEEDS_TWO_OF_EACH, needed=SeedsNeeded(2, of_each=True)))
    shortest = min(len(curve) for each in curves for curve in each.values())
    if form.after and shortest <= form.after:
        raise Undecidable(f"The runs end at epoch {shortest}, but the claim is about epochs after {form.after}.", n)
    first, last = (
        estimate(records, form, partial(_accuracies, records, form, part)).difference(form.of, form.with_)[0]
        for part in (_first, partial(_later, after=form.after))
    )
    below, above = first.interval(records.level), last.interval(records.level)
    scale = POINTS.difference()
    draft = replace(draft, measured=last.mean, interval=above, level=round(100 * (1 - records.level), 1))
    apart = f"The difference is {scale.number(first.mean)} points at epoch 1 and {scale.number(last.mean)} {when}"
    percent = round(100 * (1 - records.level), 1)
    apart += f" ({percent:g} % interval {scale.interval(above, (0.0,))}, n={n})"
    if below[1] < 0 < above[0]:
        crossed = _crossing(curves)
        weaker = max(first, last, key=lambda sample: sample.p(0))
        draft = replace(draft, verdict="supported", p=weaker.p(0), reason=apart)
        overtakes = f": {form.of} overtakes {form.with_} around epoch {crossed}." if crossed else ": as claimed."
        return UncorrectedVerdict(
            draft,
            overtakes,
            ": in the claimed direction, but",
            lambda level: SeedsNeeded(weaker.seeds_for(0.0, level), of_each=True),
        )
    if below[0] > 0 or above[1] < 0:
        ps = {sample.p(0): sample for sample, against in ((first, below[0] > 0), (last, above[1] < 0)) if against}
        stronger = ps[min(ps)]
        draft = replace(draft, verdict="contradicted", p=min(1.0, 2 * min(ps)), reason=apart)
        wrong = f"{form.of} does not {'start below' if stronger is first else 'end above'} {form.with_}"
        return UncorrectedVerdict(
            draft,
            f": {wrong}.",
            f": {wrong}, but this is",
            lambda level: SeedsNeeded(stronger.seeds_for(0.0, lambda n: level(n) / 2), of_each=True),
        )
    unsure = last if above[0] <= 0 else first
    draft = replace(draft, p=max(first.p(0), last.p(0)), reason=apart)
    return UncorrectedVerdict(
        draft, ".", ". This is", lambda level: SeedsNeeded(unsure.seeds_for(0.0, level), of_each=True)
    )


def _accuracies(
    records: StudyRecords, form: Overtakes, part: Callable[[Sequence[float]], Sequence[float]], name: str
) -> dict[int, float]:
    """The mean accuracy of a part of each curve of an experiment, by seed."""
    curves = {record.seed: curve_of(record, form.split) for record in records.require(name, form)}
    return {seed: statistics.fmean(part(curve)) for seed, curve in curves.items() if curve and part(curve)}


def _first(curve: Sequence[float]) -> Sequence[float]:
    return curve[:1]


def _later(curve: Sequence[float], after: int | None) -> Sequence[float]:
    return curve[after:] if after else last_quarter(curve)


def _crossing(curves: Sequence[Mapping[int, Sequence[float]]]) -> int | None:
    """The first epoch from which the mean difference stays above 0."""
    length = min(len(curve) for each in curves for curve in each.values())
    means = [[statistics.fmean(curve[epoch] for curve in each.values()) for epoch in range(length)] for each in curves]
    behind = [epoch for epoch in range(length) if means[0][epoch] <= means[1][epoch]]
    return behind[-1] + 2 if behind and behind[-1] + 1 < length else None


def _drops(records: StudyRecords, form: Drops, draft: Verdict) -> UncorrectedVerdict:
    falls = estimate(records, form, lambda name: falls_of(records, name, form))
    place = "the learning-rate switch" if form.at == "switch" else f"epoch {form.at}"
    counted, n = len(records.require(form.of, form)), len(falls.values[form.of])
    notes = (f"{format_share(counted - n, counted, form.of)} did not reach {place}.",) if counted > n else ()
    draft = replace(draft, what="drop in accuracy, points")
    fall = _predicted(draft, records, falls, form.of, (form.by, form.by), f"{form.by:g}", POINTS)
    fall = replace(fall, notes=notes)
    if form.regained_after is None or fall.verdict.verdict != "supported":
        return fall
    if len(recoveries_of(records, form.of, form)) < n:
        reason = f"{fall.verdict.reason} Not all runs recovered."
        return replace(fall, verdict=replace(fall.verdict, verdict="undecided", reason=reason))
    after = float(form.regained_after)
    regains = estimate(records, form, lambda name: recoveries_of(records, name, form))
    regain = _predicted(draft, records, regains, form.of, (after, after), f"{after:g}", EPOCHS)
    reason = f"{fall.verdict.reason} Epochs to recover: {regain.verdict.reason}"
    whole = replace(fall.verdict, verdict=regain.verdict.verdict, reason=reason, p=regain.verdict.p)
    return replace(regain, verdict=whole, notes=notes)
