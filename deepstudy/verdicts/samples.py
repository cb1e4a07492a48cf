"""Estimates from runs: intervals, p-values, and how many runs would decide a claim."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import nctdtr, stdtr, stdtrit

from deepstudy.verdicts.prior import NOTHING_KNOWN, Prior

LEVEL = 0.05
POWER = 0.8  # the chance that the number of seeds in a verdict would decide the claim
MOST_SEEDS = 1000
LevelAt = Callable[[int], float]  # the level of a test with a number of runs


@dataclass(frozen=True)
class Sample:
    """An estimate from runs.

    Attributes:
        mean: the estimate.
        error: its standard error.
        df: its degrees of freedom.
        n: the number of runs; for two experiments, the smaller number.
        of_each: whether it is the difference of two experiments.
        borrowed: the part of `df` that other experiments give. More runs of these experiments do not add to it.
        spread: the standard deviation of one run; for two experiments, the root mean square of both.
    """

    mean: float
    error: float
    df: float
    n: int
    of_each: bool
    borrowed: float = 0.0
    spread: float = 0.0

    @property
    def effect(self) -> float | None:
        """The estimate in spreads of one run (Cohen's d); None if all runs are equal."""
        return self.mean / self.spread if self.spread else None

    @property
    def chance(self) -> float | None:
        """The probability that a run of one experiment is above a run of the other, if spreads are normal."""
        return None if self.effect is None else 0.5 * math.erfc(-self.effect / 2)

    def df_of(self, n: int) -> float:
        """Compute the degrees of freedom with another number of runs.

        Arguments:
            n: the number of runs.

        Returns:
            The degrees of freedom.
        """
        return self.borrowed + (self.df - self.borrowed) * (n - 1) / (self.n - 1)

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

    def seeds_for(self, null: float, level: LevelAt) -> int | None:
        """Compute how many runs would decide a claim with a power of 80 %, if the estimates are right.

        Arguments:
            null: the mean under the hypothesis to reject.
            level: the level of the test with a number of runs.

        Returns:
            The number of runs; None if `MOST_SEEDS` are not enough.
        """
        error_of_one = self.error * math.sqrt(self.n)
        effect = abs(self.mean - null)

        def decides(n: int) -> bool:
            df = self.df_of(n)
            return effect * math.sqrt(n) > error_of_one * (quantile(1 - level(n) / 2, df) + quantile(POWER, df))

        return fewest_runs(decides, self.n)

    def seeds_within(self, margin: float, level: LevelAt) -> int | None:
        """Compute how many runs would show equivalence with a power of 80 %, if the estimates are right.

        Arguments:
            margin: the largest allowed distance of the mean from 0.
            level: the level of each of the two tests with a number of runs.

        Returns:
            The number of runs; None if `MOST_SEEDS` are not enough.
        """
        error_of_one = self.error * math.sqrt(self.n)

        def decides(n: int) -> bool:
            df, error = self.df_of(n), error_of_one / math.sqrt(n)
            critical = quantile(1 - level(n), df)  # of each of two one-sided tests
            fails = (upper_tail((margin + side * self.mean) / error - critical, df) for side in (1, -1))
            return sum(fails) < 1 - POWER

        return fewest_runs(decides, self.n)


@dataclass(frozen=True)
class SeedsNeeded:
    """How many seeds would decide a claim.

    Attributes:
        fewest: the number of seeds; None if `MOST_SEEDS` are not enough.
        of_each: whether each of two experiments needs as many.
    """

    fewest: int | None
    of_each: bool

    def __str__(self) -> str:
        per = " per experiment" if self.of_each else ""
        if self.fewest is None:
            return f"Even {MOST_SEEDS:,} seeds{per} would probably not decide this."
        return f"About {self.fewest:,} seeds{per} would probably decide this."


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


def chance_above(reach: float, effect: float, n: int, df: float) -> float:
    """Compute the chance that the mean of runs exceeds a value.

    The runs do not show their true spread, so this is a chance of the noncentral t distribution.

    Arguments:
        reach: the value, in standard deviations as the runs show them.
        effect: the true mean, in true standard deviations.
        n: the number of runs.
        df: the degrees of freedom of the standard deviation.

    Returns:
        The chance.
    """
    return 1 - float(nctdtr(df, effect * math.sqrt(n), reach * math.sqrt(n)))


def variance_of(values: Sequence[float]) -> float:
    """Compute the variance of runs.

    Arguments:
        values: a value for each run, at least 2.

    Returns:
        The variance, without bias.
    """
    if min(values) == max(values):
        return 0.0  # exactly, so that equal runs are known
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def mean_of(values: Sequence[float], prior: Prior = NOTHING_KNOWN, least: float = 0.0) -> Sample:
    """Estimate a mean.

    Arguments:
        values: a value for each run.
        prior: what other experiments say about its variance.
        least: the smallest variance that is believed; values are rounded, so equal ones are not exactly equal.

    Returns:
        The estimate.
    """
    n = len(values)
    mean = statistics.mean(values)  # exact, so that equal runs of two experiments differ by exactly 0
    variance = max(prior.moderate(variance_of(values), n - 1), least)
    df = max(min(prior.df + n - 1, prior.pooled), n - 1)
    return Sample(mean, math.sqrt(variance / n), df, n, False, df - (n - 1), math.sqrt(variance))


def difference_of(
    ours: Sequence[float],
    theirs: Sequence[float],
    prior: Prior = NOTHING_KNOWN,
    least: float = 0.0,
    df_per_run: float = 1.0,
) -> Sample:
    """Estimate the difference of two means, with unequal variances (Welch 1947).

    Arguments:
        ours: the values of one experiment.
        theirs: the values of the other.
        prior: what other experiments say about their variances.
        least: the smallest variance that is believed.
        df_per_run: the degrees of freedom that each run but the first of an experiment gives.

    Returns:
        The estimate of the first mean minus the second.
    """
    own = [(variance_of(values), df_per_run * (len(values) - 1), len(values)) for values in (ours, theirs)]
    parts = [(max(prior.moderate(variance, df), least), df, n) for variance, df, n in own]
    alone = _welch_df([(variance, df, n) for variance, df, n in parts])
    df = max(min(_welch_df([(variance, prior.df + df, n) for variance, df, n in parts]), prior.pooled), alone)
    error = math.sqrt(sum(variance / n for variance, _, n in parts))
    spread = math.sqrt(statistics.fmean(variance for variance, _, _ in parts))
    mean = statistics.mean(ours) - statistics.mean(theirs)
    return Sample(mean, error, df, min(n for _, _, n in parts), True, df - alone, spread)


def _welch_df(parts: Sequence[tuple[float, float, int]]) -> float:
    """The degrees of freedom of a sum of variances, each with its own and with its number of runs."""
    squares = [(variance / n, df) for variance, df, n in parts]
    below = sum(error**2 / df for error, df in squares)
    return sum(error for error, _ in squares) ** 2 / below if below else sum(df for _, df in squares)
