"""The quantities of runs: read from a record, and for an experiment by seed."""

import math
import statistics
from collections.abc import Sequence

from deepstudy.layer_table.table import LayerTable
from deepstudy.record import Record
from deepstudy.study.reported import Drops, Gap, Measure, Saturates
from deepstudy.verdicts.formatting import format_share
from deepstudy.verdicts.records import TIMES, StudyRecords
from deepstudy.verdicts.verdict import Undecidable


def by_seed(records: StudyRecords, name: str, measure: Measure) -> dict[int, float]:
    """Measure a quantity of each run that counts for it.

    Arguments:
        records: the records of the study.
        name: the experiment.
        measure: the quantity.

    Returns:
        The values by seed, for the runs that have one.

    Raises:
        Undecidable: if no run has a value, or a run never reaches the level of the quantity.
    """
    counted = records.require(name, measure)
    if measure.quantity in TIMES:
        times = {record.seed: _time(records, record, measure) for record in counted}
        return {seed: seconds for seed, seconds in times.items() if seconds is not None}
    measured = {record.seed: _measure(records, record, measure) for record in counted}
    values = {seed: value for seed, value in measured.items() if value is not None}
    if not values:
        raise Undecidable(_missing(records, name, measure, max(record.epochs for record in counted)))
    never = sum(math.isinf(value) for value in values.values())
    if never:
        reaches = f"never reach{'es' if never == 1 else ''} {measure.level:g} % on {measure.split} images"
        raise Undecidable(f"{format_share(never, len(values), name)} {reaches}.", len(values))
    return values


def _missing(records: StudyRecords, name: str, measure: Measure, last: int) -> str:
    """Why no run of an experiment has a quantity, though its runs have finished epochs up to `last`."""
    if measure.quantity not in ("accuracy", "loss"):
        return f"The runs of {name} have no {measure.split} accuracy."
    epoch = measure.epoch if isinstance(measure.epoch, int) else records.last_epoch(name)
    wanted = f"{measure.split} {measure.quantity} at epoch {epoch}"
    if last < epoch:
        return f"The runs of {name} end at epoch {last}, but the claim needs the {wanted}."
    return f"The runs of {name} have no {wanted}."


def _measure(records: StudyRecords, record: Record, measure: Measure) -> float | None:
    """Measure a quantity of one run. None if the run does not have it, infinity if it never reaches the level."""
    split = measure.split or record.info.resolved.roles.score_on
    if measure.quantity in ("accuracy", "loss"):
        line = record.at(records.epoch_of(record.experiment, measure.epoch), split)
        return (line.accuracy if measure.quantity == "accuracy" else line.loss) if line else None
    curve = curve_of(record, split)
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


def _time(records: StudyRecords, record: Record, measure: Measure) -> float | None:
    """Measure a time of one run. The time of a timed run is extrapolated from its few epochs."""
    if measure.quantity == "seconds_per_epoch":
        return record.seconds_per_epoch()
    wanted = epoch_of_time(records, record, measure)
    epoch = min(wanted, record.epochs) if record.info.timing else wanted
    elapsed = [line.elapsed for line in record.metrics if line.epoch == epoch and line.elapsed is not None]
    return max(elapsed) * wanted / epoch if elapsed else None


def epoch_of_time(records: StudyRecords, record: Record, measure: Measure) -> int:
    """Find the epoch whose elapsed time a quantity needs.

    Arguments:
        records: the records of the study.
        record: the record of the run.
        measure: the quantity.

    Returns:
        The epoch that the quantity names. By default, the last epoch of the run; for a timed run, of the experiment.
    """
    if isinstance(measure.epoch, int):
        return measure.epoch
    return records.last_epoch(record.experiment) if record.info.timing else record.epochs


def curve_of(record: Record, split: str) -> list[float]:
    """Read the accuracies of a split.

    Arguments:
        record: the record of a run.
        split: the split.

    Returns:
        The accuracies in percent, epoch by epoch.

    Raises:
        Undecidable: if the run has no accuracy for some epochs.
    """
    lines = [line for line in record.metrics if line.split == split]
    points = [(line.epoch, line.accuracy) for line in lines if line.accuracy is not None]
    if [epoch for epoch, _ in points] != list(range(1, len(points) + 1)):
        file = record.external_file
        lacks = f"{file} has" if file else f"The runs of {record.experiment} have"
        raise Undecidable(f"{lacks} no {split} accuracy for some epochs, but the claim needs it for every epoch.")
    return [accuracy for _, accuracy in points]


def gaps_of(records: StudyRecords, name: str, form: Gap) -> dict[int, float]:
    """Measure how much more accurate each run of an experiment is on one split than on another.

    Arguments:
        records: the records of the study.
        name: the experiment.
        form: the form of a claim about it.

    Returns:
        The differences in points, by seed.

    Raises:
        Undecidable: if no run has both accuracies.
    """
    epoch = records.epoch_of(name, form.epoch)
    values = {}
    for record in records.require(name, form):
        ours, theirs = (line.accuracy if (line := record.at(epoch, split)) else None for split in form.between)
        if ours is not None and theirs is not None:
            values[record.seed] = ours - theirs
    if not values:
        raise Undecidable(f"No run of {name} has both {' and '.join(form.between)} accuracy at epoch {epoch}.")
    return values


def gains_of(records: StudyRecords, name: str, form: Saturates) -> dict[int, float]:
    """Measure how much accuracy each run of an experiment gains after an epoch.

    Arguments:
        records: the records of the study.
        name: the experiment.
        form: the form of a claim about it.

    Returns:
        The gains in points, by seed: the mean of the last quarter of the curve minus the mean of three epochs around
        the epoch of the claim, without their overlap.

    Raises:
        Undecidable: if the runs are too short.
    """
    curves = {record.seed: curve for record in records.require(name, form) if (curve := curve_of(record, form.split))}
    last = min(map(len, curves.values()), default=0)
    if not curves:
        raise Undecidable(f"The runs of {name} have no {form.split} accuracy.")
    if last <= form.by + 1:  # the epochs around `by` include the next one
        needed = f"The claim is about epochs after {form.by}, so it needs at least {form.by + 2} epochs."
        raise Undecidable(f"The runs end at epoch {last}. {needed}", len(curves))
    return {
        seed: statistics.fmean(last_quarter(curve)[-(len(curve) - form.by - 1) :])
        - statistics.fmean(curve[max(form.by - 2, 0) : form.by + 1])
        for seed, curve in curves.items()
    }


def falls_of(records: StudyRecords, name: str, form: Drops) -> dict[int, float]:
    """Measure how much accuracy each run of an experiment loses at an epoch.

    Arguments:
        records: the records of the study.
        name: the experiment.
        form: the form of a claim about it.

    Returns:
        The losses in points, by seed, of the runs that reached the epoch.

    Raises:
        Undecidable: if no run reached it.
    """
    found = {record.seed: fall for record in records.require(name, form) if (fall := _fall(record, form))}
    if not found:
        place = "the learning-rate switch" if form.at == "switch" else f"epoch {form.at}"
        raise Undecidable(f"No run of {name} reached {place}.")
    return {seed: before - curve[at - 1] for seed, (curve, at, before) in found.items()}


def recoveries_of(records: StudyRecords, name: str, form: Drops) -> dict[int, float]:
    """Count the epochs until each run of an experiment is as accurate as before its fall.

    Arguments:
        records: the records of the study.
        name: the experiment.
        form: the form of a claim about it.

    Returns:
        The epochs by seed, of the runs that recovered.

    Raises:
        Undecidable: as `falls_of`, and if runs are missing.
    """
    regained = {}
    for record in records.require(name, form):
        if (fall := _fall(record, form)) is None:
            continue
        curve, at, before = fall
        again = next((epoch for epoch in range(at, len(curve)) if curve[epoch] >= before), None)
        if again is not None:
            regained[record.seed] = float(again + 1 - at)
    return regained


def _fall(record: Record, form: Drops) -> tuple[list[float], int, float] | None:
    """The curve of a run, the epoch of its fall, and the accuracy before it; None if it did not reach the epoch."""
    at = _switch(record) if form.at == "switch" else form.at
    curve = curve_of(record, form.split)
    return (curve, at, curve[at - 2]) if at is not None and 1 < at <= len(curve) else None


def _switch(record: Record) -> int | None:
    """The first epoch with the schedule's second learning rate; in an external run, with any other rate."""
    rates = {line.epoch: line.lr for line in record.metrics}
    known = {epoch: rate for epoch, rate in rates.items() if rate is not None}
    if len(known) < len(rates):
        raise Undecidable(f"{record.external_file} does not give the learning rate (lr) of every epoch.")
    first, then = known.get(1), record.info.resolved.schedule.options.get("then")
    if then is None or record.external_file:
        return next((epoch for epoch, rate in sorted(known.items()) if rate != first), None)
    return next((epoch for epoch, rate in sorted(known.items()) if math.isclose(rate, then)), None)


def saturation_epoch(curve: Sequence[float]) -> int:
    """Find the epoch from which accuracy stays at its final level.

    The final level is the mean of the last quarter of the epochs. An epoch is below it if its accuracy is lower by
    more than twice the standard deviation of that quarter, and by at least 0.05 points.

    Arguments:
        curve: the accuracies in percent, epoch by epoch.

    Returns:
        The epoch, from 1.
    """
    end = last_quarter(curve)
    level = statistics.fmean(end)
    wander = max(2 * statistics.pstdev(end), 0.05)
    before_end = curve[: len(curve) - len(end)]
    return max((epoch + 1 for epoch, accuracy in enumerate(before_end, 1) if accuracy < level - wander), default=1)


def last_quarter(curve: Sequence[float]) -> Sequence[float]:
    """Take the last quarter of a curve.

    Arguments:
        curve: the accuracies, epoch by epoch.

    Returns:
        Its end, at least one epoch.
    """
    return curve[-max(len(curve) // 4, 1) :]


def count_of(records: StudyRecords, name: str, measure: Measure) -> int:
    """Count the weights, biases, parameters or multiply-adds of an experiment's network.

    Arguments:
        records: the records of the study, with its layer tables.
        name: the experiment.
        measure: the quantity.

    Returns:
        The count.

    Raises:
        Undecidable: if there is no layer table, or the network has no such layer.
    """
    table = records.layers.get(name)
    if table is None:
        raise Undecidable(f"The network of {name} has not been counted yet. One run is enough to count it.")
    if measure.quantity == "shape":
        raise Undecidable("A claim about a shape cannot be decided. `deepstudy audit` checks printed shapes.")
    count = count_in(table, measure)
    if count is None:
        raise Undecidable(f"The network of {name} has no layer called {measure.layer}.")
    return count


def count_in(table: LayerTable, measure: Measure) -> int | None:
    """Count weights, biases, parameters or multiply-adds.

    Arguments:
        table: the layer table of a network.
        measure: the quantity, for one layer or for the whole network.

    Returns:
        The count; None if the network has no such layer.
    """
    if measure.layer is None:
        return int(getattr(table, measure.quantity))
    rows = [row for row in table.layers if row.name == measure.layer or row.name.startswith(f"{measure.layer}.")]
    keys = ("weights", "biases") if measure.quantity == "parameters" else (measure.quantity,)
    return sum(getattr(row, key) for row in rows for key in keys) if rows else None
