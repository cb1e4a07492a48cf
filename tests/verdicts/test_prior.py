"""The prior of variances: against figures worked out by hand, and at its limits."""

import math

import pytest
from scipy import special

from deepstudy.verdicts.prior import NOTHING_KNOWN, fit_prior


def test_two_experiments_say_nothing_about_a_third() -> None:
    assert fit_prior([(1.0, 2.0), (2.0, 2.0)]) == NOTHING_KNOWN
    assert NOTHING_KNOWN.moderate(0.3, 2.0) == 0.3


def test_equal_runs_do_not_count() -> None:
    assert fit_prior([(0.0, 2.0), (1.0, 2.0), (2.0, 2.0)]) == NOTHING_KNOWN


def test_experiments_with_one_spread_lend_all_that_they_know() -> None:
    prior = fit_prior([(1.0, 4.0)] * 5)  # no scatter at all
    assert (prior.df, prior.pooled, prior.experiments) == (20.0, 20.0, 5)
    by_hand = math.exp(-special.digamma(2) + math.log(2) + special.digamma(10) - math.log(10))
    assert prior.variance == pytest.approx(by_hand)
    assert prior.moderate(0.5, 4.0) == pytest.approx((20 * prior.variance + 4 * 0.5) / 24)


def test_experiments_with_different_spreads_lend_nothing() -> None:
    assert fit_prior([(0.001, 2.0), (0.1, 2.0), (10.0, 2.0), (1000.0, 2.0)]) == NOTHING_KNOWN


def test_a_larger_spread_stays_as_it_is() -> None:
    prior = fit_prior([(1.0, 4.0)] * 5)
    assert prior.moderate(50.0, 4.0) == 50.0


def test_degrees_of_freedom_fit_the_scatter() -> None:
    variances = [(value, 4.0) for value in (0.3, 0.6, 1.0, 1.8, 3.0)]
    prior = fit_prior(variances)
    logs = [math.log(value) for value, _ in variances]
    mean = sum(logs) / 5
    scatter = sum((each - mean) ** 2 for each in logs) / 4
    assert special.polygamma(1, prior.df / 2) == pytest.approx(
        scatter * (1 + math.sqrt(2 / 4)) - special.polygamma(1, 2)
    )
