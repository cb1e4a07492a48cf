"""Verdicts that stay valid although somebody looked after every seed.

Who looks after each seed and stops as soon as a claim is decided has many chances of a wrong verdict. So each look
spends a part of the level (Lan and DeMets 1983): a look at n seeds spends 1 / (n (n - 1)) of it: a half at 2 seeds, a
sixth at 3, a twelfth at 4. These parts add up to 1 for any number of looks. So the chance that any look gives a wrong
verdict stays below the level, whenever one stops, and no largest number of seeds must be chosen beforehand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from deepstudy.study.reported import Form
from deepstudy.verdicts.records import COUNTS, StudyRecords
from deepstudy.verdicts.samples import LEVEL
from deepstudy.verdicts.verdict import UncorrectedVerdict, Undecidable

_FIRST = 2  # seeds at the first look


def spent(n: int) -> float:
    """Compute the part of the level that a look spends.

    Arguments:
        n: the number of seeds at this look, at least 2.

    Returns:
        The part.
    """
    return 1 / (n * (n - 1))


def decide_at_looks(
    records: StudyRecords, form: Form, decide: Callable[[StudyRecords], UncorrectedVerdict]
) -> UncorrectedVerdict:
    """Decide a claim, with all looks at its runs taken into account.

    Arguments:
        records: the records of the study.
        form: the form of the claim.
        decide: decides the claim from records, before the correction for several claims.

    Returns:
        The verdict of the look that is most certain, or of the last look if none is certain. Runs that were not
        collected until the claims were decided were looked at once.

    Raises:
        Undecidable: as `decide`.
    """
    counted = [records.counted(name, form) for name in form.experiments]
    is_looked_at = records.until_decided or any(record.info.until_decided for each in counted for record in each)
    if form.quantity in COUNTS or not is_looked_at:
        return decide(records)
    seeds = min(map(len, counted))
    if seeds < _FIRST:
        return decide(records)
    *earlier, last = _looks(records, form, decide, seeds)
    certain = [look for look in (*earlier, last) if look.verdict.p is not None and look.verdict.p <= LEVEL]
    return min(certain, key=lambda look: look.verdict.p or 0.0, default=last)


def _looks(
    records: StudyRecords, form: Form, decide: Callable[[StudyRecords], UncorrectedVerdict], seeds: int
) -> Iterator[UncorrectedVerdict]:
    for n in range(_FIRST, seeds + 1):
        try:
            look = decide(records.of_first_seeds(form.experiments, n, LEVEL * spent(n)))
        except Undecidable:
            if n == seeds:
                raise
            continue
        p = look.verdict.p
        verdict = replace(look.verdict, p=None if p is None else min(1.0, p / spent(n)))
        notes = (*look.notes, f"Decided after {n} of {seeds} seeds.") if n < seeds else look.notes
        yield replace(look, verdict=verdict, notes=notes, spent=spent)
