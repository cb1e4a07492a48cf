"""An estimate from runs, how sure it is, and how many runs would make it sure."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import nctdtr, stdtr, stdtrit

LEVEL = 0.05
POWER = 0.8  # with which the seeds that are named would decide
MOST_SEEDS = 1000


@dataclass(frozen=True)
class Sample:
    """An estimate with its standard error and degrees of freedom, from n runs (of each of two, or of one)."""

    mean: float
    error: float
    df: float
    n: int
    of_each: bool

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Student's interval that misses the truth with probability `level`."""
        reach = quantile(1 - level / 2, self.df) * self.error
        return self.mean - reach, self.mean + reach

    def p(self, null: float) -> float:
        """The two-sided p-value of the mean being `null`."""
        if self.error == 0:
            return 0.0 if self.mean != null else 1.0
        return 2 * beyond(abs(self.mean - null) / self.error, self.df)

    def tail(self, null: float, sign: int) -> float:
        """The one-sided p-value of the mean lying above (1) or below (-1) `null`."""
        if self.error == 0:
            return 0.0 if sign * (self.mean - null) > 0 else 1.0
        return beyond(sign * (self.mean - null) / self.error, self.df)

    def seeds_for(self, null: float, level: float) -> int | None:
        """How many runs of each would decide against `null` four times in five, if the estimates are right."""
        one = self.error * math.sqrt(self.n)  # the error of a single run
        effect = abs(self.mean - null)

        def decides(n: int) -> bool:
            df = self.df * n / self.n
            return effect * math.sqrt(n) > one * (quantile(1 - level / 2, df) + quantile(POWER, df))

        return fewest(decides, self.n)

    def seeds_within(self, margin: float, level: float) -> int | None:
        """How many runs of each would show the mean to lie within `margin` of 0, four times in five, if it does."""
        one = self.error * math.sqrt(self.n)

        def decides(n: int) -> bool:
            df, error = self.df * n / self.n, one / math.sqrt(n)
            to_pass = quantile(1 - level, df)  # each of two one-sided tests
            fails = (beyond((margin + side * self.mean) / error - to_pass, df) for side in (1, -1))
            return sum(fails) < 1 - POWER

        return fewest(decides, self.n)


def seeds_needed(sample: Sample, null: float, level: float) -> str:
    """How many seeds would decide it at a level, in words."""
    if sample.error == 0 and sample.mean == null:
        return "all runs give the same, and more like them would show nothing else"
    fewest = sample.seeds_for(null, level)
    if fewest is None:
        return f"not even {MOST_SEEDS} seeds would decide it, if the difference is as small as it looks"
    of_each = " of each" if sample.of_each else ""
    return f"about {fewest} seeds{of_each} would decide it, if the difference is as large as it looks"


def seeds_to_equal(sample: Sample, margin: float, level: float) -> str:
    """How many seeds would show two means to lie within a margin, in words."""
    fewest = sample.seeds_within(margin, level)
    if fewest is None:
        return f"not even {MOST_SEEDS} seeds would decide it, if the difference is as close to the margin as it looks"
    return f"about {fewest} seeds of each would decide it, if the difference is as small as it looks"


def fewest(enough: Callable[[int], bool], above: int) -> int | None:
    """The fewest runs above `above` that are enough, None where there are none; more must never be less enough."""
    if not enough(MOST_SEEDS):
        return None
    low, high = above, MOST_SEEDS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def quantile(p: float, df: float) -> float:
    """Of Student's distribution."""
    return float(stdtrit(df, p))


def beyond(t: float, df: float) -> float:
    """The chance of a Student variable above t."""
    return float(stdtr(df, -t))


def chance(reach: float, effect: float, n: int) -> float:
    """The chance that the mean of n runs, truly at `effect`, comes out above `reach`; both as parts of their spread.

    The spread that the runs show is not the true one, so that this is of the noncentral t distribution.
    """
    return 1 - float(nctdtr(n - 1, effect * math.sqrt(n), reach * math.sqrt(n)))


def mean_of(values: Sequence[float], of_each: bool = False) -> Sample:
    """The mean of runs, or with `of_each` of the differences of two experiments' runs."""
    n = len(values)
    mean = statistics.mean(values)  # exact, so that equal runs of two experiments differ by nothing
    return Sample(mean, statistics.stdev(values) / math.sqrt(n), n - 1, n, of_each)


def welch(ours: Sequence[float], theirs: Sequence[float]) -> Sample:
    """The difference of two means whose runs need not spread alike (Welch 1947)."""
    parts = [mean_of(ours), mean_of(theirs)]
    variances = [part.error**2 for part in parts]
    error = math.sqrt(sum(variances))
    below = sum(variance**2 / part.df for variance, part in zip(variances, parts, strict=True))
    df = sum(variances) ** 2 / below if below else sum(part.df for part in parts)
    return Sample(parts[0].mean - parts[1].mean, error, df, min(part.n for part in parts), True)
