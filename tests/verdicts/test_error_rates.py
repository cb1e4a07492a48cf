"""How often verdicts are wrong, on simulated runs of whole studies: 10,000 studies for each case.

All experiments of a simulated study have the same mean, so each decided comparison is wrong. One wrong verdict makes a
wrong family. Skewed runs with unequal spreads are left out: there every t-test gives up to 10 % (Welch's too).
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from deepstudy.verdicts.estimates import Estimates
from deepstudy.verdicts.looks import spent
from deepstudy.verdicts.samples import LEVEL, mean_of, quantile
from deepstudy.verdicts.verdict import UncorrectedVerdict, Verdict, correct

STUDIES = 10_000
BOUND = LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / STUDIES)  # three standard errors of the simulation

Runs = npt.NDArray[np.float64]  # (experiments, seeds)
Draw = Callable[[np.random.Generator, tuple[int, int]], Runs]


def normal(generator: np.random.Generator, size: tuple[int, int]) -> Runs:
    return generator.standard_normal(size)


def heavy_tails(generator: np.random.Generator, size: tuple[int, int]) -> Runs:
    return generator.standard_t(4, size)


def ties(generator: np.random.Generator, size: tuple[int, int]) -> Runs:
    """Accuracies on few images: one more or less is 0.8 of the spread."""
    return 0.8 * np.round(generator.standard_normal(size) / 0.8)


def shared_seeds(generator: np.random.Generator, size: tuple[int, int]) -> Runs:
    """Runs with the same seed are alike."""
    return generator.standard_normal(size) + generator.standard_normal((1, size[1]))


def studies(draw: Draw, experiments: int, seeds: int, scatter: float, count: int = STUDIES) -> Iterator[Runs]:
    """Runs of studies. The logarithm of an experiment's spread has the standard deviation `scatter`."""
    generator = np.random.default_rng(17)
    for _ in range(count):
        spreads = np.exp(scatter * generator.standard_normal((experiments, 1)))
        yield spreads * draw(generator, (experiments, seeds))


def p_values(runs: Runs, *, is_ordered: bool = False, least: float = 0.0) -> list[float]:
    """The p-values of the comparisons with the first experiment."""
    values = {str(name): dict(enumerate(map(float, row))) for name, row in enumerate(runs)}
    estimates = Estimates(values, frozenset(values if is_ordered else ()), least)
    return [estimates.difference("0", str(name))[0].p(0.0) for name in range(1, len(runs))]


@functools.cache
def _drafts() -> Callable[[float, int], UncorrectedVerdict]:
    def draft(p: float, place: int) -> UncorrectedVerdict:
        word: Any = "supported" if p <= LEVEL else "undecided"
        verdict = Verdict(str(place), "", word, "", 0.0, None, 2, "", p=p)
        return UncorrectedVerdict(verdict, parameter=(place,))

    return draft


def decided(ps: Sequence[float]) -> bool:
    drafts = [_drafts()(p, place) for place, p in enumerate(ps)]
    return any(verdict.verdict != "undecided" for verdict in correct(drafts))


CASES = [  # how runs scatter, experiments, seeds, scatter of the spreads
    *(
        (normal, experiments, seeds, scatter)
        for experiments, seeds in ((3, 2), (6, 3), (10, 5))
        for scatter in (0.0, 0.8)
    ),
    *((draw, experiments, 2, 0.4) for draw in (heavy_tails, ties) for experiments in (3, 10)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("draw", "experiments", "seeds", "scatter"), CASES)
def test_a_study_without_effects_is_rarely_given_one(draw: Draw, experiments: int, seeds: int, scatter: float) -> None:
    least = 0.8**2 / 12 if draw is ties else 0.0
    wrong = [decided(p_values(runs, least=least)) for runs in studies(draw, experiments, seeds, scatter)]
    assert np.mean(wrong) <= BOUND


@pytest.mark.slow
@pytest.mark.parametrize("draw", [normal, shared_seeds])
def test_pairing_where_seeds_matter_keeps_the_level(draw: Draw) -> None:
    wrong = [decided(p_values(runs, is_ordered=True)) for runs in studies(draw, 4, 4, 0.0, 4000)]
    assert np.mean(wrong) <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / 4000)


@pytest.mark.slow
@pytest.mark.parametrize(("experiments", "scatter"), [(3, 0.8), (6, 0.4)])
def test_looking_after_every_seed_keeps_the_level(experiments: int, scatter: float) -> None:
    wrong = []
    for runs in studies(normal, experiments, 7, scatter):
        best = [1.0] * (experiments - 1)
        for seeds in range(2, runs.shape[1] + 1):
            best = [min(old, p / spent(seeds)) for old, p in zip(best, p_values(runs[:, :seeds]), strict=True)]
        wrong.append(decided([min(1.0, p) for p in best]))
    assert np.mean(wrong) <= BOUND


@pytest.mark.slow
@pytest.mark.parametrize("scatter", [0.0, 0.8])
@pytest.mark.parametrize(("experiments", "seeds"), [(2, 3), (4, 3), (10, 3)])
def test_one_more_run_falls_into_its_interval(experiments: int, seeds: int, scatter: float) -> None:
    outside = []
    for runs in studies(normal, experiments, seeds + 1, scatter):
        values = {str(name): dict(enumerate(map(float, row[:seeds]))) for name, row in enumerate(runs)}
        sample = mean_of([*values["0"].values()], Estimates(values, frozenset()).prior)
        reach = quantile(1 - LEVEL / 2, sample.df) * sample.spread * math.sqrt(1 + 1 / seeds)
        outside.append(abs(runs[0, -1] - sample.mean) > reach)
    assert np.mean(outside) <= BOUND


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "least"), [(2, 0.2), (3, 0.5)])
def test_borrowed_spreads_find_more(seeds: int, least: float) -> None:
    """An effect of 2.5 spreads. Pairs of 2 seeds find 16 % of them, and pairs of 3 seeds 40 %."""
    found = []
    for runs in studies(normal, 6, seeds, 0.4, 2000):
        runs[0] += 2.5
        found += [p <= LEVEL for p in p_values(runs)]
    assert np.mean(found) >= least


def test_the_parts_of_the_level_add_up_to_one() -> None:
    assert sum(spent(n) for n in range(2, 10_000)) == pytest.approx(1.0, abs=1e-3)
