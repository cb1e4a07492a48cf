"""Seeds that matter, and seeds that do not."""

import numpy as np
import pytest

from deepstudy.verdicts.seed_effects import remove_seed_effects

SEEDS = range(5)


def draw(generator: np.random.Generator, common: float, experiments: int = 4) -> dict[str, dict[int, float]]:
    """Values of experiments; `common` is the spread of what the runs of a seed share, beside their own of 1."""
    shared = common * generator.normal(size=len(SEEDS))
    rows = 90 + shared + generator.normal(size=(experiments, len(SEEDS)))
    return {f"e{place}": dict(zip(SEEDS, map(float, row), strict=True)) for place, row in enumerate(rows)}


def test_what_seeds_share_is_removed_and_means_stay() -> None:
    values = draw(np.random.default_rng(1), common=5.0)
    adjusted = remove_seed_effects(values)
    assert adjusted is not None
    assert adjusted.df_per_run == 0.75
    for name, by_seed in values.items():
        assert np.mean([*adjusted.values[name].values()]) == pytest.approx(np.mean([*by_seed.values()]))
        assert np.std([*adjusted.values[name].values()]) < 0.5 * np.std([*by_seed.values()])


def test_two_experiments_keep_the_variance_of_their_differences() -> None:
    values = draw(np.random.default_rng(2), common=9.0, experiments=2)
    adjusted = remove_seed_effects(values)
    assert adjusted is not None
    differences = [values["e0"][seed] - values["e1"][seed] for seed in SEEDS]
    of_each = [np.var([*each.values()], ddof=1) for each in adjusted.values.values()]
    assert sum(of_each) == pytest.approx(np.var(differences, ddof=1))


def test_without_an_effect_runs_are_hardly_ever_paired() -> None:
    generator = np.random.default_rng(3)
    paired = [remove_seed_effects(draw(generator, common=0.0)) is not None for _ in range(300)]
    assert sum(paired) <= 9  # 1 % of 300, and three standard errors more


def test_runs_that_are_all_equal_are_not_paired() -> None:
    assert remove_seed_effects({"a": {0: 1.0, 1: 1.0, 2: 1.0}, "b": {0: 1.0, 1: 2.0, 2: 3.0}}) is None
