"""The values that runs may be quoted with: those of epochs, and means and medians over seeds."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from deepstudy.audits.measured.values import MeasuredRun

QUANTITIES = ("accuracy", "loss")
_ADJECTIVES = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Candidate:
    """A value that a report may quote.

    Attributes:
        quantity: `accuracy`, in percent, or `loss`.
        split: which images it is of.
        epoch: the epoch, from 1; None of a mean over the best epochs.
        value: the value.
        step: how far it is rounded.
        run: the run, or the first of the seeds.
        over: over how many seeds it is a mean or median; 1 of a single run.
        is_last: whether it is of the run's last epoch.
        is_best: whether it is the best of the run's epochs, or of the epoch that is the best on validation images.
    """

    quantity: str
    split: str
    epoch: int | None
    value: float
    step: float
    run: MeasuredRun
    over: int = 1
    is_last: bool = False
    is_best: bool = False

    def says(self, with_name: bool = True) -> str:
        """Say what it is: `the test accuracy of epoch 5 of lenet5 (seed 0)`.

        Arguments:
            with_name: whether to name the run.

        Returns:
            The words.
        """
        name = self.run.name if self.over == 1 else f"{self.run.experiment}, averaged over {self.over} seeds"
        epoch = "" if self.epoch is None else f" of epoch {self.epoch}"
        return f"the {quantity_of(self.split, self.quantity)}{epoch}" + (f" of {name}" if with_name else "")


def quantity_of(split: str | None, metric: str) -> str:
    """Name a quantity.

    Arguments:
        split: the split; None or `unknown` if it is not known.
        metric: `accuracy`, `error` or `loss`.

    Returns:
        `training accuracy`, or only `accuracy`.
    """
    return f"{_ADJECTIVES.get(split or '', '')} {metric}".strip()


def candidates_of(runs: Sequence[MeasuredRun]) -> list[Candidate]:
    """List the values that runs may be quoted with.

    Arguments:
        runs: the runs.

    Returns:
        Those of single runs first.
    """
    found = [each for run in runs for each in _of_run(run)]
    by_group = sorted(runs, key=lambda run: (run.group, -1 if run.seed is None else run.seed))
    for _, members in groupby(by_group, key=lambda run: run.group):
        group = list(members)
        for count in range(2, len(group) + 1):
            found += _of_seeds(group[:count])
    return found


def _of_run(run: MeasuredRun) -> Iterator[Candidate]:
    by_validation = {_best_epoch(run.series(quantity, "validation"), quantity) for quantity in QUANTITIES}
    series = {(quantity, split): run.series(quantity, split) for quantity in QUANTITIES for split in sorted(run.splits)}
    bests = {key: _best_epoch(values, key[0]) for key, values in series.items()}
    for each in run.values:
        values = series[each.quantity, each.split]
        best = values.get(bests[each.quantity, each.split] or 0)
        yield Candidate(
            each.quantity,
            each.split,
            each.epoch,
            each.value,
            run.steps.get(each.quantity, 0.0),
            run,
            is_last=each.epoch == max(values),
            is_best=each.value == best or each.epoch in by_validation,
        )


def _best_epoch(values: dict[int, float], quantity: str) -> int | None:
    choose = max if quantity == "accuracy" else min
    return choose(values, key=lambda epoch: values[epoch]) if values else None


def _of_seeds(runs: Sequence[MeasuredRun]) -> Iterator[Candidate]:
    """Means and medians over seeds: of each epoch that all have, of their last epochs and of their best ones."""
    for quantity in QUANTITIES:
        choose = max if quantity == "accuracy" else min
        for split in sorted(runs[0].splits):
            series = [run.series(quantity, split) for run in runs]
            if not all(series):
                continue
            step = max(run.steps.get(quantity, 0.0) for run in runs)
            epochs = sorted(set.intersection(*(set(values) for values in series)))
            rows: list[tuple[int | None, list[float], bool, bool]] = [
                (epoch, [values[epoch] for values in series], epoch == epochs[-1], False) for epoch in epochs
            ]
            rows.append((None, [values[max(values)] for values in series], True, False))
            rows.append((None, [choose(values.values()) for values in series], False, True))
            best = (
                choose(statistics.fmean(values) for epoch, values, _, _ in rows if epoch is not None)
                if epochs
                else None
            )
            for epoch, values, is_last, is_best in rows:
                for value in {statistics.fmean(values), statistics.median(values)}:
                    yield Candidate(
                        quantity, split, epoch, value, step, runs[0], len(runs), is_last, is_best or value == best
                    )
