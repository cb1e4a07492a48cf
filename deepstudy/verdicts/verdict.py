"""A verdict, and which of several stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from deepstudy.verdicts.samples import LEVEL

Word = Literal["supported", "contradicted", "undecided", "not comparable"]


@dataclass(frozen=True)
class Verdict:
    """What runs say of a claim. `measured` and `interval` are in the quantity's unit; `p` is before correction."""

    claim: str
    says: str
    verdict: Word
    reported: str
    measured: float | None  # an int where it is a count
    interval: tuple[float, float] | None
    runs: int
    reason: str
    what: str = ""  # what `measured` is: a difference, say, and its unit
    p: float | None = None
    source: str = "report"
    level: int = 95  # of the interval, in percent
    bounds: tuple[float, ...] = ()  # what the interval is held against
    is_prediction: bool = False  # whether the interval is one for one more run, and not for the mean of all

    def as_json(self, study: str, budget: str | None) -> dict[str, Any]:
        """A row of verdicts.json."""
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
class Found:
    """What a rule found: the verdict that a claim would get by itself.

    Where that has a p-value, `holm` decides whether it stands, and finishes its reason with `stands` or with `leans`
    and what `seeds` says of the level that would have to be reached. `notes` come last.
    """

    verdict: Verdict
    stands: str = "."
    leans: str = ""
    seeds: Callable[[float], str] = field(default=lambda level: "")
    notes: tuple[str, ...] = ()


class Undecidable(Exception):  # noqa: N818  # no error: the answer is "undecided"
    """Runs are missing, or lack what a claim needs of them."""

    def __init__(self, reason: str, runs: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.runs = reason, runs


def holm(found: Sequence[Found]) -> list[Verdict]:
    """The verdicts that survive Holm's correction for the claims that were tested, and the others undecided."""
    tested = sorted((each.verdict.p, place) for place, each in enumerate(found) if each.verdict.p is not None)
    standing = 0
    while standing < len(tested) and tested[standing][0] * (len(tested) - standing) <= LEVEL:
        standing += 1
    stand = {place for _, place in tested[:standing]}
    level = LEVEL / max(len(tested) - standing, 1)  # that the next claim would have to reach
    return [_finished(each, place in stand, len(tested), level) for place, each in enumerate(found)]


def _finished(found: Found, stands: bool, among: int, level: float) -> Verdict:
    """The verdict with its reason to the end."""
    verdict = found.verdict
    if verdict.p is None:
        return replace(verdict, reason=" ".join([verdict.reason, *found.notes]))
    if stands and verdict.verdict != "undecided":
        return replace(verdict, reason=" ".join([verdict.reason + found.stands, *found.notes]))
    is_weak = among > 1 and verdict.verdict != "undecided"
    weak = f" alone, too weak among {among} claims that are tested (Holm)" if is_weak else ""
    reason = f"{verdict.reason}{found.leans}; p = {verdict.p:.2g}{weak}: {found.seeds(level)}."
    return replace(verdict, verdict="undecided", reason=" ".join([reason, *found.notes]))
