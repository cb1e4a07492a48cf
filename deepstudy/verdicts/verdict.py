"""A verdict, and Holm's correction for several verdicts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from deepstudy.verdicts.samples import LEVEL

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
    level: int = 95
    bounds: tuple[float, ...] = ()
    is_prediction: bool = False

    def as_json(self, study: str, budget: str | None) -> dict[str, Any]:
        """Make a row of verdicts.json.

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
            "runs": self.runs,
            "reason": self.reason,
            "what": self.what,
        }


@dataclass(frozen=True)
class UncorrectedVerdict:
    """The verdict of a claim before the correction for several claims.

    If it has a p-value, `holm` decides whether it is significant, and completes its reason.

    Attributes:
        verdict: the verdict, with the start of its reason.
        ending: the end of the reason if the result is significant.
        weak_ending: what the reason says before "not significant", if it is not.
        seeds_at: writes the sentence that says how many seeds would decide the claim at a level.
        notes: sentences that follow the reason.
    """

    verdict: Verdict
    ending: str = "."
    weak_ending: str = ""
    seeds_at: Callable[[float], str] = field(default=lambda level: "")
    notes: tuple[str, ...] = ()


class Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided"
    """Runs are missing, or do not have what a claim needs.

    Attributes:
        reason: what is missing, in a sentence.
        runs: how many runs there are.
    """

    def __init__(self, reason: str, runs: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.runs = reason, runs


def holm(results: Sequence[UncorrectedVerdict]) -> list[Verdict]:
    """Correct the verdicts of a study for the number of tested claims (Holm 1979).

    Arguments:
        results: the verdict of each claim before the correction.

    Returns:
        The verdicts. A tested claim is undecided if its result is not significant after the correction.
    """
    tested = sorted((each.verdict.p, place) for place, each in enumerate(results) if each.verdict.p is not None)
    significant = 0
    while significant < len(tested) and tested[significant][0] * (len(tested) - significant) <= LEVEL:
        significant += 1
    places = {place for _, place in tested[:significant]}
    next_level = LEVEL / max(len(tested) - significant, 1)  # what the next claim would have to reach
    return [_correct(each, place in places, len(tested), next_level) for place, each in enumerate(results)]


def _correct(result: UncorrectedVerdict, is_significant: bool, claims: int, level: float) -> Verdict:
    """The verdict after the correction for this number of tested claims, with its complete reason."""
    verdict = result.verdict
    if verdict.p is None:
        return replace(verdict, reason=" ".join([verdict.reason, *result.notes]))
    if is_significant and verdict.verdict != "undecided":
        return replace(verdict, reason=" ".join([verdict.reason + result.ending, *result.notes]))
    is_by_itself = claims > 1 and verdict.verdict != "undecided"  # then the correction is why it is undecided
    after = f" after Holm's correction for {claims} claims" if is_by_itself else ""
    reason = f"{verdict.reason}{result.weak_ending} not significant{after} (p = {verdict.p:.2g})."
    return replace(verdict, verdict="undecided", reason=" ".join([reason, result.seeds_at(level), *result.notes]))
