"""Which claims hold: each claim of a study, decided from its runs by a rule that is the same for all. Never torch.

The rules, at the level of 5 % (intervals are 95 %, but for that of two experiments that are equally good):

compare     greater or less by more than `margin`: the Student interval of the mean difference of pairs of runs with
            one seed, where both experiments saw the images in the same order and one of them ran with all seeds of
            the other, else Welch's of the means. Equivalent: two one-sided tests (Schuirmann 1987), which is the 90 %
            interval within the margin; contradicted where the whole 95 % interval lies beyond it.
value       what the reported figure stands for (`study.reported.stands_for`: 62k is what rounds to it, 60~70 all that
            is between) against the 95 % prediction interval of one new run, mean ± t s sqrt(1 + 1/n): supported where
            the two meet, contradicted where they do not. An interval that reaches further than 3 points either way (3
            epochs or 10 %, whichever is more; 10 % of any other quantity) supports nothing: the runs differ too much.
saturates   the accuracy still to be gained after epoch `by` (the mean of the last quarter of the epochs, less that of
            three epochs around `by`, which are no part of it) against `margin`.
overtakes   below at the first epoch, and above over the last quarter, or after `after`: both, or it is not supported.
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

rules.py        the rules · comparable.py  what may be compared
runs.py         which runs count, and what they give
samples.py      estimates, intervals, p-values · verdict.py  a verdict, and which of several stand
words.py        how numbers and claims are spoken of
"""

from collections.abc import Sequence
from dataclasses import replace

from deepstudy.record import Record, RecordedExperiment
from deepstudy.study import Study, flatten
from deepstudy.study.reported import Claim, Measure
from deepstudy.verdicts.comparable import images_compared, left_out, not_comparable
from deepstudy.verdicts.rules import RULES
from deepstudy.verdicts.runs import COUNTS, Layers, Runs, built, by_experiment, by_seed, counted, saturation_epoch
from deepstudy.verdicts.verdict import Found, Undecidable, Verdict, Word, holm
from deepstudy.verdicts.words import reported_in, spoken, spoken_interval

__all__ = [
    "COUNTS",
    "Layers",
    "Verdict",
    "Word",
    "built",
    "counted",
    "decide",
    "measured",
    "saturation_epoch",
    "spoken",
    "spoken_interval",
]


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
    known = {run.experiment: run.layers for run in records if run.layers and _has_its_network(study, run)}
    runs = Runs(study, budget, by_experiment(records), by_experiment(timed), {**(layers or {}), **known})
    return holm([_decide(runs, claim) for claim in study.claims])


def _has_its_network(study: Study, run: Record) -> bool:
    """Whether a run has the network that the study says, and not another by --set or by its budget."""
    now, then = RecordedExperiment.of(study.experiment(run.experiment)), run.info.resolved
    old, new = flatten(then.model.document), flatten(now.model.document)
    same = all(old[key] == new[key] for key in old.keys() & new.keys())  # a record may be older than an option
    return same and then.data.name == now.data.name


def measured(
    study: Study,
    records: Sequence[Record],
    name: str,
    measure: Measure,
    budget: str | None = None,
    timed: Sequence[Record] = (),
) -> list[float]:
    """A quantity of each run of an experiment that counts for it; empty where the runs do not give it."""
    runs = Runs(study, budget, by_experiment(records), by_experiment(timed), {})
    try:
        return list(by_seed(runs, name, measure).values())
    except Undecidable:
        return []


def _decide(runs: Runs, claim: Claim) -> Found:
    form = claim.form
    blank = Verdict(claim.id, claim.says, "undecided", reported_in(runs.study, form), None, None, 0, "")
    blank = replace(blank, source=claim.source)
    other_images, about_images = images_compared(runs, form)
    try:
        found: Found = RULES[type(form)](runs, form, blank)
        obstacle = other_images or not_comparable(runs, form)
    except Undecidable as why:
        found, obstacle = Found(replace(blank, runs=why.runs, reason=why.reason)), other_images
    if obstacle:
        found = Found(replace(found.verdict, verdict="not comparable", reason=obstacle, p=None), notes=found.notes)
    notes = (*found.notes, *([about_images] if about_images else []), *left_out(runs, form))
    return replace(found, notes=notes)
