"""What the runs of a study show about one quantity: the estimate that a claim needs, with its spread.

Spreads are estimated from all experiments of the study, see prior.py. Runs are paired by seed where the runs themselves
show that seeds matter, see seed_effects.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from deepstudy.study.reported import Form
from deepstudy.verdicts.prior import Prior, fit_prior
from deepstudy.verdicts.records import StudyRecords
from deepstudy.verdicts.samples import Sample, difference_of, mean_of, variance_of
from deepstudy.verdicts.seed_effects import remove_seed_effects
from deepstudy.verdicts.verdict import Undecidable

Values = Mapping[int, float]  # by seed
_PAIRS = 3  # seeds that are needed to see whether seeds matter


@dataclass(frozen=True)
class Estimates:
    """The values of a quantity.

    Attributes:
        values: by experiment and seed: of the experiments of a claim, and of all others that have them.
        same_order: the experiments that saw the images in the same order, seed by seed.
        least: the variance of rounding; no smaller one is believed.
    """

    values: Mapping[str, Values]
    same_order: frozenset[str]
    least: float = 0.0

    @cached_property
    def prior(self) -> Prior:
        """What these values say about the variance of an experiment."""
        return _fit(self.values, df_per_run=1.0)

    def mean(self, name: str) -> Sample:
        """Estimate the mean of an experiment, which has at least 2 values.

        Arguments:
            name: the experiment.

        Returns:
            The estimate.
        """
        return mean_of([*self.values[name].values()], self.prior, self.least)

    def difference(self, ours: str, theirs: str) -> tuple[Sample, str]:
        """Estimate the difference of two experiments, which have at least 2 values each.

        Arguments:
            ours: the experiment that a claim is about.
            theirs: the experiment that it is compared with.

        Returns:
            The mean of the first minus the mean of the second, and how it was estimated, for the reader.
        """
        both = {name: self.values[name] for name in (ours, theirs)}
        common = sorted(both[ours].keys() & both[theirs].keys())
        if len(common) == min(map(len, both.values())) >= _PAIRS and self.same_order >= {ours, theirs}:
            group = {
                name: {seed: values[seed] for seed in common}
                for name, values in self.values.items()
                if name in self.same_order and values.keys() >= {*common}
            }
            if adjusted := remove_seed_effects(group):
                prior = _fit(adjusted.values, adjusted.df_per_run)
                first, second = ([*adjusted.values[name].values()] for name in (ours, theirs))
                sample = difference_of(first, second, prior, self.least, adjusted.df_per_run)
                return sample, f"paired by seed{_shared(prior)}"
        first, second = ([*values.values()] for values in both.values())
        return difference_of(first, second, self.prior, self.least), f"unpaired{_shared(self.prior)}"


def estimate(records: StudyRecords, form: Form, measure: Callable[[str], Values]) -> Estimates:
    """Measure a quantity for all experiments of a study.

    Arguments:
        records: the records of the study.
        form: the form of the claim.
        measure: measures an experiment's runs, by seed.

    Returns:
        The values.

    Raises:
        Undecidable: if an experiment of the claim has no values.
    """
    values = {name: measure(name) for name in form.experiments}
    for name in records.study.names():
        if name not in values:
            try:
                values[name] = measure(name)
            except Undecidable:  # this experiment has no runs, or none that have the quantity
                continue
    return Estimates(values, frozenset(records.in_same_order(form)), records.rounding_variance(form))


def _fit(values: Mapping[str, Values], df_per_run: float) -> Prior:
    several = [[*each.values()] for each in values.values() if len(each) > 1]
    return fit_prior([(variance_of(each), df_per_run * (len(each) - 1)) for each in several])


def _shared(prior: Prior) -> str:
    return f", with the spreads of {prior.experiments} experiments" if prior.df else ""
