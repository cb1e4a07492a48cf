"""Estimates from runs: intervals, p-values, and how many runs would decide a claim."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import nctdtr, stdtr, stdtrit

LEVEL = 0.05
POWER = 0.8  # the chance that the number of seeds in a verdict would decide the claim
MOST_SEEDS = 1000


@dataclass(frozen=True)
class Sample:
    """An estimate from runs.

    Attributes:
        mean: the estimate.
        error: its standard error.
        df: its degrees of freedom.
        n: the number of runs; for two experiments, the smaller number.
        of_each: whether it is the difference of two experiments.
    """

    mean: float
    error: float
    df: float
    n: int
    of_each: bool

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Compute Student's interval.

        Arguments:
            level: the probability that the interval does not contain the true value.

        Returns:
            Its ends.
        """
        reach = quantile(1 - level / 2, self.df) * self.error
        return self.mean - reach, self.mean + reach

    def p(self, null: float) -> float:
        """Compute a two-sided p-value.

        Arguments:
            null: the mean under the hypothesis.

        Returns:
            The p-value.
        """
        if self.error == 0:
            return 0.0 if self.mean != null else 1.0
        return 2 * upper_tail(abs(self.mean - null) / self.error, self.df)

    def tail(self, null: float, sign: int) -> float:
        """Compute a one-sided p-value.

        Arguments:
            null: the mean under the hypothesis.
            sign: 1 for a mean above it, -1 for a mean below it.

        Returns:
            The p-value.
        """
        if self.error == 0:
            return 0.0 if sign * (self.mean - null) > 0 else 1.0
        return upper_tail(sign * (self.mean - null) / self.error, self.df)

    def seeds_for(self, null: float, level: float) -> int | None:
        """Compute how many runs would decide a claim with a power of 80 %, if the estimates are right.

        Arguments:
            null: the mean under the hypothesis to reject.
            level: the level of the test.

        Returns:
            The number of runs; None if `MOST_SEEDS` are not enough.
        """
        error_of_one = self.error * math.sqrt(self.n)
        effect = abs(self.mean - null)

        def decides(n: int) -> bool:
            df = self.df * n / self.n
            return effect * math.sqrt(n) > error_of_one * (quantile(1 - level / 2, df) + quantile(POWER, df))

        return fewest_runs(decides, self.n)

    def seeds_within(self, margin: float, level: float) -> int | None:
        """Compute how many runs would show equivalence with a power of 80 %, if the estimates are right.

        Arguments:
            margin: the largest allowed distance of the mean from 0.
            level: the level of each of the two tests.

        Returns:
            The number of runs; None if `MOST_SEEDS` are not enough.
        """
        error_of_one = self.error * math.sqrt(self.n)

        def decides(n: int) -> bool:
            df, error = self.df * n / self.n, error_of_one / math.sqrt(n)
            critical = quantile(1 - level, df)  # of each of two one-sided tests
            fails = (upper_tail((margin + side * self.mean) / error - critical, df) for side in (1, -1))
            return sum(fails) < 1 - POWER

        return fewest_runs(decides, self.n)


def seeds_needed(sample: Sample, null: float, level: float) -> str:
    """Say how many seeds would decide a claim.

    Arguments:
        sample: the estimate.
        null: the mean under the hypothesis to reject.
        level: the level of the test.

    Returns:
        A sentence.
    """
    if sample.error == 0 and sample.mean == null:
        return "All runs give the same value, so more such runs would not decide this."
    return format_seeds(sample.seeds_for(null, level), sample.of_each)


def seeds_to_equal(sample: Sample, margin: float, level: float) -> str:
    """Say how many seeds would show that two means differ by less than a margin.

    Arguments:
        sample: the estimate of their difference.
        margin: the largest difference that is allowed.
        level: the level of each of the two tests.

    Returns:
        A sentence.
    """
    return format_seeds(sample.seeds_within(margin, level), of_each=True)


def format_seeds(fewest: int | None, of_each: bool) -> str:
    """Write how many seeds would decide a claim.

    Arguments:
        fewest: the number of seeds; None if `MOST_SEEDS` are not enough.
        of_each: whether each of two experiments needs as many.

    Returns:
        A sentence.
    """
    per = " per experiment" if of_each else ""
    if fewest is None:
        return f"Even {MOST_SEEDS:,} seeds{per} would probably not decide this."
    return f"About {fewest:,} seeds{per} would probably decide this."


def fewest_runs(enough: Callable[[int], bool], above: int) -> int | None:
    """Find the fewest runs that are enough.

    Arguments:
        enough: tells whether a number of runs is enough. It must stay true for more runs.
        above: a number of runs that is not enough.

    Returns:
        The number of runs; None if `MOST_SEEDS` are not enough.
    """
    if not enough(MOST_SEEDS):
        return None
    low, high = above, MOST_SEEDS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def quantile(p: float, df: float) -> float:
    """Compute a quantile of Student's distribution.

    Arguments:
        p: the probability below it.
        df: the degrees of freedom.

    Returns:
        The quantile.
    """
    return float(stdtrit(df, p))


def upper_tail(t: float, df: float) -> float:
    """Compute the chance that a Student variable exceeds a value.

    Arguments:
        t: the value.
        df: the degrees of freedom.

    Returns:
        The chance.
    """
    return float(stdtr(df, -t))


def chance_above(reach: float, effect: float, n: int) -> float:
    """Compute the chance that the mean of runs exceeds a value.

    The runs do not show their true spread, so this is a chance of the noncentral t distribution.

    Arguments:
        reach: the value, in standard deviations as the runs show them.
        effect: the true mean, in true standard deviations.
        n: the number of runs.

    Returns:
        The chance.
    """
    return 1 - float(nctdtr(n - 1, effect * math.sqrt(n), reach * math.sqrt(n)))


def mean_of(values: Sequence[float], of_each: bool = False) -> Sample:
    """Estimate a mean.

    Arguments:
        values: a value for each run, or the differences of paired runs.
        of_each: whether they are differences between two experiments.

    Returns:
        The estimate.
    """
    n = len(values)
    mean = statistics.mean(values)  # exact, so that equal runs of two experiments differ by exactly 0
    return Sample(mean, statistics.stdev(values) / math.sqrt(n), n - 1, n, of_each)


def welch(ours: Sequence[float], theirs: Sequence[float]) -> Sample:
    """Estimate the difference of two means, with unequal variances (Welch 1947).

    Arguments:
        ours: the values of one experiment.
        theirs: the values of the other.

    Returns:
        The estimate of the first mean minus the second.
    """
    parts = [mean_of(ours), mean_of(theirs)]
    variances = [part.error**2 for part in parts]
    error = math.sqrt(sum(variances))
    below = sum(variance**2 / part.df for variance, part in zip(variances, parts, strict=True))
    df = sum(variances) ** 2 / below if below else sum(part.df for part in parts)
    return Sample(parts[0].mean - parts[1].mean, error, df, min(part.n for part in parts), True)
