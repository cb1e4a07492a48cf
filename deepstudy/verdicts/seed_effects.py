"""Whether runs with the same seed have something in common, and what remains without it.

Runs with the same seed may see the images in the same order, and may start from the same weights. That can make them
alike, and then a comparison seed by seed is more precise. It often does not.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_LEVEL = 0.01
_MOST = 5000  # permutations

Scores = npt.NDArray[np.float64]  # (experiments, seeds)


@dataclass(frozen=True)
class Adjusted:
    """Values without what the runs of one seed have in common.

    Attributes:
        values: the values by experiment and seed. The mean of each experiment is as before.
        df_per_run: the degrees of freedom that each run but the first still gives.
    """

    values: Mapping[str, Mapping[int, float]]
    df_per_run: float


def remove_seed_effects(values: Mapping[str, Mapping[int, float]]) -> Adjusted | None:
    """Remove what the runs of one seed have in common, if they have something in common.

    Arguments:
        values: a value by experiment and seed. Each experiment has the same seeds, at least 3.

    Returns:
        The adjusted values; None if a permutation test at 1 % does not show that seeds matter.
    """
    names, seeds = [*values], [*next(iter(values.values()))]
    table = np.array([[values[name][seed] for seed in seeds] for name in names])  # (experiments, seeds)
    centred = table - table.mean(1, keepdims=True)
    spread = np.sqrt((centred**2).mean(1, keepdims=True))
    if len(names) < 2 or not (spread > 0).all() or not _seeds_matter(centred / spread):
        return None
    common = centred.mean(0)
    # The common part is estimated from the same values; the factor gives each experiment its variance back.
    rest = (centred - common) * np.sqrt(len(names) / (len(names) - 1)) + table.mean(1, keepdims=True)
    adjusted = {name: dict(zip(seeds, map(float, row), strict=True)) for name, row in zip(names, rest, strict=True)}
    return Adjusted(adjusted, (len(names) - 1) / len(names))


def _seeds_matter(scores: Scores) -> bool:
    """Whether the means over experiments differ more from seed to seed than after shuffling the seeds."""
    first, *others = scores
    if math.factorial(len(first)) ** len(others) <= _MOST:
        orders = itertools.product(*(itertools.permutations(row) for row in others))
        shuffled = np.array([[first, *order] for order in orders])  # all, the one that was seen too
        extra = 0
    else:
        generator = np.random.default_rng(0)
        shuffled = generator.permuted(np.broadcast_to(scores, (_MOST, *scores.shape)), axis=2)
        extra = 1  # the one that was seen
    seen = (scores.mean(0) ** 2).sum()
    reached = ((shuffled.mean(1) ** 2).sum(1) >= seen * (1 - 1e-9)).sum()
    return bool((reached + extra) / (len(shuffled) + extra) <= _LEVEL)
