"""A verdict, and which of several verdicts stand after Holm's correction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from deepstudy.verdicts.samples import LEVEL

VerdictWord = Literal["supported", "contradicted", "undecided", "not comparable"]


@dataclass(frozen=True)
class Verdict:
    """What runs say about a claim.

    Attributes:
        claim: the claim's id.
        says: the claim in words.
        verdict: the verdict.
        reported: what the report says of the quantity.
        measured: what the runs give, in the quantity's unit; an int where it is a count.
        interval: the interval of `measured`, in the same unit.
        runs: how many runs of each experiment count.
        reason: why this is the verdict, in sentences.
        what: what `measured` is, with its unit: a difference, for example.
        p: the p-value before correction, None where nothing was tested.
        source: whose claim it is: `report`, `code` or `ours`.
        level: the level of the interval, in percent.
        bounds: what the interval is compared with.
        is_prediction: whether the interval is for one more run, and not for the mean of all.
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
    """The verdict that a claim would get by itself.

    Where it has a p-value, `holm` decides whether it stands, and completes its reason.

    Attributes:
        verdict: the verdict, with the beginning of its reason.
        ending: the end of the reason if the verdict stands.
        weak_ending: the end of the reason if it does not.
        seeds_at: says how many seeds would decide it at a level.
        notes: sentences that follow the reason.
    """

    verdict: Verdict
    ending: str = "."
    weak_ending: str = ""
    seeds_at: Callable[[float], str] = field(default=lambda level: "")
    notes: tuple[str, ...] = ()


class Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided"
    """Runs are missing, or lack what a claim needs.

    Attributes:
        reason: which runs, in a sentence.
        runs: how many runs there are.
    """

    def __init__(self, reason: str, runs: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.runs = reason, runs


def holm(results: Sequence[UncorrectedVerdict]) -> list[Verdict]:
    """Correct the verdicts of a study for the number of claims that were tested (Holm 1979).

    Arguments:
        results: the verdict of each claim by itself.

    Returns:
        The verdicts. A tested one that does not survive the correction is undecided.
    """
    tested = sorted((each.verdict.p, place) for place, each in enumerate(results) if each.verdict.p is not None)
    significant = 0
    while significant < len(tested) and tested[significant][0] * (len(tested) - significant) <= LEVEL:
        significant += 1
    places = {place for _, place in tested[:significant]}
    next_level = LEVEL / max(len(tested) - significant, 1)  # what the next claim would have to reach
    return [_correct(each, place in places, len(tested), next_level) for place, each in enumerate(results)]


def _correct(result: UncorrectedVerdict, is_significant: bool, claims: int, level: float) -> Verdict:
    """The verdict after the correction for so many tested claims, with its reason to the end."""
    verdict = result.verdict
    if verdict.p is None:
        return replace(verdict, reason=" ".join([verdict.reason, *result.notes]))
    if is_significant and verdict.verdict != "undecided":
        return replace(verdict, reason=" ".join([verdict.reason + result.ending, *result.notes]))
    p = f"p = {verdict.p:.2g}"
    if claims > 1 and verdict.verdict != "undecided":
        p += f", not significant after correction for {claims} claims (Holm)"
    reason = f"{verdict.reason}{result.weak_ending}; {p}: {result.seeds_at(level)}."
    return replace(verdict, verdict="undecided", reason=" ".join([reason, *result.notes]))
