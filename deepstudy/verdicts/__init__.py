"""Verdicts: each claim of a study, decided from its runs by a rule that is the same for all. Never torch.

The rules work at the level of 5 %, with intervals of 95 % unless another is named.

compare     Greater or less, by more than `margin`. Where one experiment has all seeds of the other, and both saw the
            images in the same order, runs are paired by seed: Student's interval of the mean difference. Otherwise
            Welch's interval of the difference of means. Equivalent: two one-sided tests (Schuirmann 1987), that is, the
            90 % interval lies within the margin. It is contradicted where the whole 95 % interval lies beyond it.
value       A reported figure stands for a range of numbers (`study.reported.stands_for`: 62k for all that rounds to it,
            60~70 for all between). The runs give a prediction interval of one new run, mean ± t s sqrt(1 + 1/n). The
            claim is supported where the two meet, and contradicted where they do not. An interval that is too wide
            supports nothing: 3 points either way, 3 epochs or 10 % (the larger), 10 % of any other quantity.
saturates   The accuracy still to be gained after epoch `by`, against `margin`. It is the mean of the last quarter of
            the epochs, less the mean of three epochs around `by`, which are no part of that quarter.
overtakes   Below at the first epoch, and above over the last quarter, or after `after`. Both must hold.
drops       The fall at the epoch, and the epochs until accuracy is regained, each like `value`.
gap         The difference of two splits of one run, against `margin`.
exceeds     A quantity of one experiment, against `level`.

Which runs count: those that have finished an epoch and did not fail. Claims about the whole training take complete
runs of one length alone. These are claims about the best accuracy, saturation, epochs to a level, overtaking, and the
time in all. Claims about an epoch take every run that has reached it. A verdict says how many runs it does not count.
Where a run never reaches a level, the epochs to it decide nothing.

The p-values of a study's claims are corrected after Holm (1979). So the chance of any wrong verdict among them stays
below 5 %. A claim that only its own p-value would decide is undecided. Intervals are not corrected. A figure that lies
where it should is no test, and is not corrected either. An undecided verdict says how many seeds would decide it four
times in five, at the level that the correction leaves, if effect and spread are as the runs have them.
Means over a few seeds are treated as normal: a bootstrap over three to five seeds gives intervals that are far too
narrow. An interval ends where its quantity does: an accuracy at 0 and 100, a time at 0.

Some things are not comparable. The verdict then says so, and gives both numbers. Figures of the report are not
comparable under a budget, with `--set`, or on another copy of the data. Times are not comparable between runs that
shared the machine. Experiments are not comparable on different images, unless they differ in nothing else, so that the
images are what the claim is about.

rules.py        the rules · comparable.py  what may be compared
runs.py         which runs count, and what they give
samples.py      estimates, intervals, p-values · verdict.py  a verdict, and Holm's correction
formatting.py   numbers, intervals and claims as text
"""

from collections.abc import Sequence
from dataclasses import replace

from deepstudy.record import Record, RecordedExperiment
from deepstudy.study import Study, flatten
from deepstudy.study.reported import Claim, Measure
from deepstudy.verdicts.comparable import images_compared, not_comparable, notes_on_uncounted
from deepstudy.verdicts.formatting import format_interval, format_number, reported_in
from deepstudy.verdicts.rules import RULES
from deepstudy.verdicts.runs import (
    COUNTS,
    Layers,
    Runs,
    by_experiment,
    by_seed,
    count_in,
    runs_that_count,
    saturation_epoch,
)
from deepstudy.verdicts.verdict import RuleResult, Undecidable, Verdict, VerdictWord, holm

__all__ = [
    "COUNTS",
    "Layers",
    "Verdict",
    "VerdictWord",
    "count_in",
    "decide",
    "format_interval",
    "format_number",
    "runs_that_count",
    "saturation_epoch",
    "values_of",
]


def decide(
    study: Study,
    records: Sequence[Record],
    budget: str | None = None,
    layers: Layers | None = None,
    timed: Sequence[Record] = (),
) -> list[Verdict]:
    """Decide the claims of a study.

    Arguments:
        study: the study.
        records: its runs.
        budget: the budget's name, None for the whole study.
        layers: layer tables of experiments without a run, for claims that need none.
        timed: the runs that were made for their times.

    Returns:
        A verdict for each claim, in the order of the study.
    """
    known = {run.experiment: run.layers for run in records if run.layers and _has_its_network(study, run)}
    runs = Runs(study, budget, by_experiment(records), by_experiment(timed), {**(layers or {}), **known})
    return holm([_decide(runs, claim) for claim in study.claims])


def _has_its_network(study: Study, run: Record) -> bool:
    """Whether a run has the network of the study: --set or a budget may give it another."""
    now, then = RecordedExperiment.from_experiment(study.experiment(run.experiment)), run.info.resolved
    old, new = flatten(then.model.document), flatten(now.model.document)
    same = all(old[key] == new[key] for key in old.keys() & new.keys())  # a record may be older than an option
    return same and then.data.name == now.data.name


def values_of(
    study: Study,
    records: Sequence[Record],
    name: str,
    measure: Measure,
    budget: str | None = None,
    timed: Sequence[Record] = (),
) -> list[float]:
    """Measure a quantity.

    Arguments:
        study: the study.
        records: its runs.
        name: the experiment.
        measure: the quantity, with its split and epoch.
        budget: the budget's name, None for the whole study.
        timed: the runs that were made for their times.

    Returns:
        A value of each run that counts; none where the runs do not give it.
    """
    runs = Runs(study, budget, by_experiment(records), by_experiment(timed), {})
    try:
        return list(by_seed(runs, name, measure).values())
    except Undecidable:
        return []


def _decide(runs: Runs, claim: Claim) -> RuleResult:
    form = claim.form
    blank = Verdict(claim.id, claim.says, "undecided", reported_in(runs.study, form), None, None, 0, "")
    blank = replace(blank, source=claim.source)
    other_images, about_images = images_compared(runs, form)
    try:
        found: RuleResult = RULES[type(form)](runs, form, blank)
        obstacle = other_images or not_comparable(runs, form)
    except Undecidable as why:
        found, obstacle = RuleResult(replace(blank, runs=why.runs, reason=why.reason)), other_images
    if obstacle:
        found = RuleResult(replace(found.verdict, verdict="not comparable", reason=obstacle, p=None), notes=found.notes)
    notes = (*found.notes, *([about_images] if about_images else []), *notes_on_uncounted(runs, form))
    return replace(found, notes=notes)
