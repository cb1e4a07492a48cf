"""A verdict, and Holm's correction for several verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from deepstudy.verdicts.samples import LEVEL, LevelAt, SeedsNeeded

VerdictWord = Literal["supported", "contradicted", "undecided", "not comparable"]


@dataclass(frozen=True)
class Verdict:
    """What the runs say about a claim.

    Attributes:
        claim: the claim's id.
        says: the claim in words.
        verdict: the verdict.
        reported: what the report says about the quantity.
        measured: the result of the runs, in the quantity's unit; an int for a count.
        interval: the interval of `measured`, in the same unit.
        runs: how many runs of each experiment count.
        reason: the reason for the verdict, in sentences.
        what: what `measured` is, with its unit: `regularised minus lenet5, points`.
        p: the p-value before correction; None if nothing was tested.
        source: who makes the claim: `report`, `code` or `ours`.
        level: the level of the interval, in percent.
        bounds: the numbers that the interval is compared with.
        is_prediction: whether the interval is for one more run; otherwise it is for the mean.
        effect: of a comparison: the difference divided by the standard deviation of one run (Cohen's d).
        chance: of a comparison: the probability that a run of the first experiment is above a run of the second.
        claimed: where the estimate lies if the claim is true: above the bound, below it, or within the bounds; "" if
            nothing is estimated.
        needed: how many seeds would probably decide an undecided claim; None if that is not known.
    """

    claim: str
    says: str
    verdict: VerdictWord
    reported: str
    measured: float | None
    interval: tuple[float, float] | None
    runs: int
    reason: str
    what: str = ""
    p: float | None = None
    source: str = "report"
    level: float = 95
    bounds: tuple[float, ...] = ()
    is_prediction: bool = False
    effect: float | None = None
    chance: float | None = None
    claimed: Literal["above", "below", "within", ""] = ""
    needed: SeedsNeeded | None = None

    def as_json(self, study: str, budget: str | None) -> dict[str, Any]:
        """Make a row of the JSON file of verdicts.

        Arguments:
            study: the study's name.
            budget: the budget's name, None for the whole study.

        Returns:
            The row.
        """
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
            "p": self.p,
            "effect": self.effect,
            "chance": self.chance,
            "runs": self.runs,
            "reason": self.reason,
            "what": self.what,
        }


@dataclass(frozen=True)
class UncorrectedVerdict:
    """The verdict of a claim before the correction for several claims.

    If it has a p-value, `correct` decides whether it is significant, and completes its reason.

    Attributes:
        verdict: the verdict, with the start of its reason.
        ending: the end of the reason if the result is significant.
        weak_ending: what the reason says before "not significant", if it is not.
        seeds_at: computes how many seeds would decide the claim at a level.
        notes: sentences that follow the reason.
        spent: the part of the level that is spent on a look at a number of runs.
        parameter: the difference or mean that is tested; claims about the same one are one test.
    """

    verdict: Verdict
    ending: str = "."
    weak_ending: str = ""
    seeds_at: Callable[[LevelAt], SeedsNeeded] | None = None
    spent: LevelAt = lambda n: 1.0  # runs that are looked at once
    notes: tuple[str, ...] = ()
    parameter: tuple[object, ...] = ()


class Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided"
    """Runs are missing, or do not have what a claim needs.

    Attributes:
        reason: what is missing, in a sentence.
        runs: how many runs there are.
    """

    def __init__(self, reason: str, runs: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.runs = reason, runs


def correct(results: Sequence[UncorrectedVerdict]) -> list[Verdict]:
    """Correct the verdicts of a study for the number of tests (Holm 1979).

    The claims of the report are one family, our own another: each has a level of 5 %. Claims about the same difference,
    such as two margins, are decided by the same interval, so they are one test.

    Arguments:
        results: the verdict of each claim before the correction.

    Returns:
        The verdicts. A tested claim is undecided if its result is not significant after the correction.
    """
    verdicts = dict[int, Verdict]()
    for is_own in (False, True):
        family = {place: each for place, each in enumerate(results) if (each.verdict.source == "ours") == is_own}
        tests = {place: each for place, each in family.items() if each.verdict.p is not None}
        significant, level = _step_down(tests)
        count = len({each.parameter or place for place, each in tests.items()})
        for place, each in family.items():
            verdicts[place] = _correct(each, place in significant, count, level)
    return [verdicts[place] for place in range(len(results))]


def _step_down(tests: Mapping[int, UncorrectedVerdict]) -> tuple[set[int], float]:
    """The tests that are significant, and the level that the next one would have to reach.

    The level is 5 % divided by the number of parameters that still have a test which is not significant.
    """
    significant = set[int]()
    while True:
        left = {place: each for place, each in tests.items() if place not in significant}
        level = LEVEL / max(len({each.parameter or place for place, each in left.items()}), 1)
        found = {place for place, each in left.items() if each.verdict.p is not None and each.verdict.p <= level}
        if not found:
            return significant, level
        significant |= found


def _correct(result: UncorrectedVerdict, is_significant: bool, tests: int, level: float) -> Verdict:
    """The verdict after the correction for this number of tests, with its complete reason."""
    verdict = result.verdict
    if verdict.p is None:
        return replace(verdict, reason=" ".join([verdict.reason, *result.notes]))
    if is_significant and verdict.verdict != "undecided":
        return replace(verdict, reason=" ".join([verdict.reason + result.ending, *result.notes]))
    is_by_itself = tests > 1 and verdict.verdict != "undecided"  # then the correction is why it is undecided
    after = f" after Holm's correction for {tests} tests" if is_by_itself else ""
    reason = f"{verdict.reason}{result.weak_ending} not significant{after} (p = {verdict.p:.2g})."
    needed = result.seeds_at(lambda n: level * result.spent(n)) if result.seeds_at else None
    parts = (reason, str(needed or ""), *result.notes)
    return replace(verdict, verdict="undecided", reason=" ".join(filter(None, parts)), needed=needed)
