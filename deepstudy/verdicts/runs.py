"""What runs give: the quantities of an experiment's runs, and which of the runs count for a claim."""

import math
import shlex
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepstudy.layer_table.table import LayerTable
from deepstudy.record import Record, RecordedExperiment
from deepstudy.study import Study
from deepstudy.study.reported import Measure, Overtakes, Saturates
from deepstudy.verdicts.verdict import Undecidable

COUNTS = ("weights", "biases", "parameters", "macs", "shape")
TIMES = ("seconds_per_epoch", "elapsed")
_OF_WHOLE_RUNS = ("best_accuracy", "saturation_epoch", "epochs_to")

Layers = Mapping[str, LayerTable]  # by experiment


@dataclass(frozen=True)
class Runs:
    """The runs of a study under one budget.

    Attributes:
        study: the study.
        budget: the budget's name, None for the whole study.
        records: the runs by experiment.
        timed: the runs made for their times, by experiment.
        layers: the layer tables by experiment.
    """

    study: Study
    budget: str | None
    records: Mapping[str, Sequence[Record]]
    timed: Mapping[str, Sequence[Record]]
    layers: Layers

    def pool(self, name: str, form: Any) -> Sequence[Record]:
        """Choose the runs that a claim would look at.

        Arguments:
            name: the experiment.
            form: the form of the claim, or a quantity.

        Returns:
            The timed runs for a time, where there are some; otherwise all runs.
        """
        timed = self.timed.get(name, ()) if quantity_of(form) in TIMES else ()
        return timed or self.records.get(name, ())

    def of(self, name: str, form: Any) -> Sequence[Record]:
        """Choose the runs that a claim counts.

        Arguments:
            name: the experiment.
            form: the form of the claim, or a quantity.

        Returns:
            Those of `pool` that have finished an epoch and did not fail. For a claim about the whole training, the
            complete ones of the commonest length; of lengths that are as common, the longest.
        """
        runs = runs_that_count(self.pool(name, form))
        if not is_of_whole_runs(form):
            return runs
        complete = [run for run in runs if run.info.status == "complete"]
        lengths = Counter(run.epochs for run in complete)
        most = max(lengths, key=lambda length: (lengths[length], length), default=0)  # the longest of as many
        return [run for run in complete if run.epochs == most]

    def last(self, name: str) -> int:
        """Look up the last epoch of an experiment under this budget.

        Arguments:
            name: the experiment.

        Returns:
            The epoch.
        """
        return self.study.experiment(name, self.budget).epochs

    def recorded(self, name: str) -> RecordedExperiment:
        """Look up an experiment.

        Arguments:
            name: the experiment's name.

        Returns:
            The experiment as its runs recorded it; without a run, as the study has it.
        """
        runs = self.records.get(name) or self.timed.get(name)
        return (
            runs[0].info.resolved
            if runs
            else RecordedExperiment.from_experiment(self.study.experiment(name, self.budget))
        )


def runs_that_count(records: Iterable[Record]) -> list[Record]:
    """Choose the runs whose numbers count, in verdicts and in tables.

    Arguments:
        records: any runs.

    Returns:
        The runs that have finished an epoch and did not fail.
    """
    return [run for run in records if run.epochs and run.info.status != "failed"]


def by_experiment(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Group runs.

    Arguments:
        records: any runs.

    Returns:
        The runs by experiment.
    """
    found: dict[str, list[Record]] = {}
    for run in records:
        found.setdefault(run.experiment, []).append(run)
    return found


def quantity_of(form: Any) -> str:
    """Look up what a claim is about.

    Arguments:
        form: the form of a claim.

    Returns:
        The quantity; accuracy, where the form names none.
    """
    return str(getattr(form, "quantity", "accuracy"))


def experiments_of(form: Any) -> list[str]:
    """Look up the experiments of a claim.

    Arguments:
        form: the form of a claim.

    Returns:
        The one or two experiments.
    """
    return [form.of, *([form.with_] if hasattr(form, "with_") else [])]


def is_of_whole_runs(form: Any) -> bool:
    """Tell whether a claim or a quantity depends on the whole training.

    Arguments:
        form: the form of a claim, or a quantity.

    Returns:
        Whether only complete runs can decide it.
    """
    if isinstance(form, Saturates | Overtakes):
        return True
    in_all = quantity_of(form) == "elapsed" and not isinstance(form.epoch, int)
    return in_all or quantity_of(form) in _OF_WHOLE_RUNS


def runs_for(runs: Runs, name: str, form: Any) -> Sequence[Record]:
    """Choose the runs that a claim or a quantity counts.

    Arguments:
        runs: the runs of the study.
        name: the experiment.
        form: the form of the claim, or the quantity.

    Returns:
        The runs, one at least.

    Raises:
        Undecidable: if there is none.
    """
    used, pool = runs.of(name, form), runs.pool(name, form)
    if used:
        return used
    if not pool:
        advice = f"; {how_to_time(runs)}" if quantity_of(form) in TIMES else ""
        raise Undecidable(f"No run of {name}{advice}.")
    if all(run.info.status == "failed" for run in pool):
        raise Undecidable(
            f"The one run of {name} failed." if len(pool) == 1 else f"All {len(pool)} runs of {name} failed."
        )
    if not runs_that_count(pool):
        raise Undecidable(f"No run of {name} has finished an epoch.")
    last = max(run.epochs for run in runs_that_count(pool))
    raise Undecidable(
        f"The runs of {name} end at epoch {last}; none is complete, and this is about the whole training."
    )


def by_seed(runs: Runs, name: str, measure: Measure) -> dict[int, float]:
    """Measure a quantity of each run that counts for it.

    Arguments:
        runs: the runs of the study.
        name: the experiment.
        measure: the quantity.

    Returns:
        The values by seed, of the runs that have one.

    Raises:
        Undecidable: if no run has a value, or some run never reaches the level that is asked for.
    """
    used = runs_for(runs, name, measure)
    if measure.quantity in TIMES:
        return {run.seed: value for run in used if (value := _time(runs, run, measure)) is not None}
    found = {run.seed: value for run in used if (value := _of_run(runs, run, measure)) is not None}
    if not found:
        last = max(run.epochs for run in used)
        wanted = f"the {measure.quantity} of epoch {measure.epoch}" if measure.epoch else "any accuracy"
        raise Undecidable(f"The runs of {name} end at epoch {last} without {wanted} on {measure.split} images.")
    never = sum(math.isinf(value) for value in found.values())
    if never:
        reaches = f"never reach{'es' if never == 1 else ''} {measure.level:g} % on {measure.split} images"
        raise Undecidable(f"{format_share(never, len(found), name)} {reaches}.", len(found))
    return found


def _of_run(runs: Runs, run: Record, measure: Measure) -> float | None:
    """A quantity of one run: None where it does not have it, infinite where it never comes to it."""
    split = measure.split or run.info.resolved.roles.score_on
    if measure.quantity in ("accuracy", "loss"):
        epoch = runs.last(run.experiment) if measure.epoch in ("last", None) else measure.epoch
        line = run.at(epoch, split) if isinstance(epoch, int) else None
        return (line.accuracy if measure.quantity == "accuracy" else line.loss) if line else None
    curve = curve_of(run, split)
    if not curve:
        return None
    if measure.quantity == "best_accuracy":
        return max(curve)
    if measure.quantity == "saturation_epoch":
        return float(saturation_epoch(curve))
    if measure.quantity == "epochs_to" and measure.level is not None:
        reached = (epoch for epoch, accuracy in enumerate(curve, 1) if accuracy >= measure.level)
        return float(next(reached, math.inf))
    return None


def saturation_epoch(curve: Sequence[float]) -> int:
    """Find the epoch from which accuracy stays at its final level.

    The level is the mean of the last quarter of the epochs. An epoch lies below it where it is lower by more than twice
    the standard deviation of that quarter, and by 0.05 points at least.

    Arguments:
        curve: the accuracies in percent, epoch by epoch.

    Returns:
        The epoch, from 1.
    """
    end = last_quarter(curve)
    level = statistics.fmean(end)
    wander = max(2 * statistics.pstdev(end), 0.05)
    below = [
        epoch for epoch, accuracy in enumerate(curve, 1) if accuracy < level - wander and epoch <= len(curve) - len(end)
    ]
    return below[-1] + 1 if below else 1


def _time(runs: Runs, run: Record, measure: Measure) -> float | None:
    if measure.quantity == "seconds_per_epoch":
        return run.seconds_per_epoch()
    wanted = epoch_of_time(runs, run, measure)
    epoch = min(wanted, run.epochs) if run.info.timing else wanted
    elapsed = [float(line.elapsed) for line in run.metrics if line.epoch == epoch and line.elapsed is not None]
    return max(elapsed) * wanted / epoch if elapsed else None


def epoch_of_time(runs: Runs, run: Record, measure: Measure) -> int:
    """Find the epoch whose elapsed time a quantity asks for.

    Arguments:
        runs: the runs of the study.
        run: the run.
        measure: the quantity.

    Returns:
        The epoch that the quantity names. Without one, the run's last, and for a timed run the experiment's last.
    """
    if isinstance(measure.epoch, int):
        return measure.epoch
    return runs.last(run.experiment) if run.info.timing else run.epochs


def curve_of(run: Record, split: str) -> list[float]:
    """Read the accuracies of a split.

    Arguments:
        run: the run.
        split: the split.

    Returns:
        The accuracies in percent, epoch by epoch.

    Raises:
        Undecidable: if the run leaves out epochs.
    """
    points = [(line.epoch, line.accuracy) for line in run.metrics if line.split == split and line.accuracy is not None]
    if [epoch for epoch, _ in points] != list(range(1, len(points) + 1)):
        who = f"{run.external_file} leaves" if run.external_file else f"The runs of {run.experiment} leave"
        raise Undecidable(f"{who} out epochs on {split} images, and this needs every one.")
    return [accuracy for _, accuracy in points]


def count_of(runs: Runs, name: str, measure: Measure) -> int:
    """Count something of an experiment's network.

    Arguments:
        runs: the runs of the study.
        name: the experiment.
        measure: the quantity.

    Returns:
        The count.

    Raises:
        Undecidable: if the layer table is not known, or the network has no such layer.
    """
    table = runs.layers.get(name)
    if table is None:
        raise Undecidable(f"The layer table of {name} is not known yet; it needs one run.")
    if measure.quantity == "shape":
        raise Undecidable("A shape is no number; `audit` holds quoted sizes against the network.")
    count = count_in(table, measure)
    if count is None:
        raise Undecidable(f"The network of {name} has no layer called {measure.layer}.")
    return count


def count_in(table: LayerTable, measure: Measure) -> int | None:
    """Count weights, biases, parameters or multiply-adds.

    Arguments:
        table: the layer table of a network.
        measure: the quantity, of a layer or of all.

    Returns:
        The count; None if the network has no such layer.
    """
    if measure.layer is None:
        return int(getattr(table, measure.quantity))
    rows = [row for row in table.layers if row.name == measure.layer or row.name.startswith(f"{measure.layer}.")]
    keys = ("weights", "biases") if measure.quantity == "parameters" else (measure.quantity,)
    return sum(getattr(row, key) for row in rows for key in keys) if rows else None


def same_order(runs: Runs, form: Any) -> bool:
    """Tell whether both experiments of a claim see the same images in the same order, seed by seed.

    Arguments:
        runs: the runs of the study.
        form: the form of the claim.

    Returns:
        Whether runs can be paired by seed. It is not known of somebody's own loop.
    """
    used = [runs.of(name, form) for name in experiments_of(form)]
    if any(run.external_file for each in used for run in each):
        return False  # what a seed was to somebody's own loop is not known
    ours, theirs = (each[0].info.resolved for each in used)
    return (ours.batch_size, ours.data, ours.roles) == (theirs.batch_size, theirs.data, theirs.roles)


def last_quarter(curve: Sequence[float]) -> Sequence[float]:
    """Take the last quarter of a curve.

    Arguments:
        curve: the accuracies, epoch by epoch.

    Returns:
        Its end, one epoch at least.
    """
    return curve[-max(len(curve) // 4, 1) :]


def format_share(some: int, of: int, name: str) -> str:
    """Say how many runs.

    Arguments:
        some: how many.
        of: of how many.
        name: the experiment.

    Returns:
        `1 of 4 runs of plain`.
    """
    return f"{some} of {of} runs of {name}" if of > 1 else f"The one run of {name}"


def how_to_time(runs: Runs) -> str:
    """Say how to measure times that can be compared.

    Arguments:
        runs: the runs of the study.

    Returns:
        The end of a sentence, with the command.
    """
    budget = f" --budget {shlex.quote(runs.budget)}" if runs.budget else ""
    return f"measure them with `deepstudy run {shlex.quote(runs.study.argument)}{budget} --timing`"
