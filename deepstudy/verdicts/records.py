"""The records that decide claims, and which of them count for a claim."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from deepstudy.layer_table.table import LayerTable
from deepstudy.record import Record, RecordedExperiment
from deepstudy.study import Study
from deepstudy.study.reported import Form, Measure, Overtakes, Saturates
from deepstudy.verdicts.formatting import format_timing_advice
from deepstudy.verdicts.samples import LEVEL
from deepstudy.verdicts.verdict import Undecidable

COUNTS = ("weights", "biases", "parameters", "macs", "shape")
TIMES = ("seconds_per_epoch", "elapsed")
_OF_WHOLE_RUNS = ("best_accuracy", "saturation_epoch", "epochs_to")

Layers = Mapping[str, LayerTable]  # by experiment


@dataclass(frozen=True)
class StudyRecords:
    """The records of a study under one budget.

    Attributes:
        study: the study.
        budget: the budget's name, None for the whole study.
        untimed: the records of ordinary runs, by experiment.
        timed: the records of timed runs, by experiment.
        layers: the layer tables by experiment.
        level: the level of a test.
        until_decided: whether somebody looks after every seed, also if no run says so yet.
    """

    study: Study
    budget: str | None
    untimed: Mapping[str, Sequence[Record]]
    timed: Mapping[str, Sequence[Record]]
    layers: Layers
    level: float = LEVEL
    until_decided: bool = False

    @classmethod
    def from_records(
        cls,
        study: Study,
        budget: str | None,
        records: Sequence[Record],
        timed: Sequence[Record] = (),
        layers: Layers | None = None,
    ) -> "StudyRecords":
        """Group the records of a study.

        Arguments:
            study: the study.
            budget: the budget's name, None for the whole study.
            records: the records of ordinary runs.
            timed: the records of timed runs.
            layers: the layer tables by experiment.

        Returns:
            The records, grouped by experiment.
        """
        return cls(study, budget, by_experiment(records), by_experiment(timed), layers or {})

    def pool(self, name: str, form: Form | Measure) -> Sequence[Record]:
        """Choose the records that a claim looks at.

        Arguments:
            name: the experiment.
            form: the form of the claim, or a quantity.

        Returns:
            The timed runs, if the claim is about a time and there are any; otherwise all ordinary runs.
        """
        timed = self.timed.get(name, ()) if form.quantity in TIMES else ()
        return timed or self.untimed.get(name, ())

    def counted(self, name: str, form: Form | Measure) -> Sequence[Record]:
        """Choose the records that a claim counts.

        Arguments:
            name: the experiment.
            form: the form of the claim, or a quantity.

        Returns:
            The records in `pool` that have finished an epoch and did not fail. For a claim about the whole training,
            only complete runs with the most common number of epochs; of equally common numbers, the largest.
        """
        records = records_that_count(self.pool(name, form))
        if not is_of_whole_runs(form):
            return records
        complete = [record for record in records if record.info.status == "complete"]
        lengths = Counter(record.epochs for record in complete)
        commonest = max(lengths, key=lambda length: (lengths[length], length), default=0)
        return [record for record in complete if record.epochs == commonest]

    def require(self, name: str, form: Form | Measure) -> Sequence[Record]:
        """Choose the records that a claim counts, and give the reason if there are none.

        Arguments:
            name: the experiment.
            form: the form of the claim, or a quantity.

        Returns:
            The records of `counted`, at least one.

        Raises:
            Undecidable: if there is none.
        """
        counted, pool = self.counted(name, form), self.pool(name, form)
        if counted:
            return counted
        if not pool:
            advice = f" {format_timing_advice(self.study, self.budget)}" if form.quantity in TIMES else ""
            raise Undecidable(f"There are no runs of {name}.{advice}")
        if all(record.info.status == "failed" for record in pool):
            raise Undecidable(
                f"The only run of {name} failed." if len(pool) == 1 else f"All {len(pool)} runs of {name} failed."
            )
        if not records_that_count(pool):
            raise Undecidable(f"No run of {name} has finished an epoch.")
        last = max(record.epochs for record in records_that_count(pool))
        ends = f"they end at epoch {last} at the latest"
        raise Undecidable(f"No run of {name} is complete: {ends}. The claim is about the whole training.")

    def last_epoch(self, name: str) -> int:
        """Look up the last epoch of an experiment under this budget.

        Arguments:
            name: the experiment.

        Returns:
            The epoch.
        """
        return self.study.experiment(name, self.budget).epochs

    def epoch_of(self, name: str, epoch: int | str | None) -> int:
        """Find the epoch of a claim in the runs under this budget.

        Arguments:
            name: the experiment.
            epoch: the epoch that the claim names.

        Returns:
            The epoch; the last epoch of the budget if the claim names none, or one that the budget does not reach.
        """
        last = self.last_epoch(name)
        if not isinstance(epoch, int):
            return last
        return min(epoch, last) if self.budget else epoch

    def recorded(self, name: str) -> RecordedExperiment:
        """Look up an experiment.

        Arguments:
            name: the experiment's name.

        Returns:
            The experiment as its runs recorded it; without runs, as the study defines it.
        """
        return recorded_experiment(self.study, self.budget, name, self.untimed.get(name) or self.timed.get(name, ()))

    def in_same_order(self, form: Form) -> list[str]:
        """Find the experiments whose runs saw the images in the same order as those of a claim, seed by seed.

        Arguments:
            form: the form of the claim; its first experiment has records.

        Returns:
            Their names. External runs are not among them, because the meaning of their seeds is unknown.
        """
        orders = {}
        for name in self.study.names():
            counted = self.counted(name, form)
            if counted and not any(record.external_file for record in counted):
                resolved = counted[0].info.resolved
                orders[name] = resolved.batch_size, resolved.data, resolved.roles
        first = orders.get(form.experiments[0])
        return [name for name, order in orders.items() if order == first]

    def rounding_variance(self, form: Form) -> float:
        """Compute how much an accuracy varies because it counts whole images.

        Arguments:
            form: the form of a claim.

        Returns:
            The variance of rounding to whole images; 0 for other quantities, or where the number of images is unknown.
        """
        if form.quantity not in ("accuracy", "best_accuracy"):
            return 0.0
        split = getattr(form, "split", None)
        counts = (
            line.images
            for name in form.experiments
            for record in self.untimed.get(name, ())
            for line in record.metrics
            if line.images and split in (None, line.split)
        )
        images = next(counts, None)
        return (100 / images) ** 2 / 12 if images else 0.0

    def of_first_seeds(self, names: Iterable[str], n: int, level: float) -> "StudyRecords":
        """Take the first runs of experiments, as they were when somebody looked at them.

        Arguments:
            names: the experiments.
            n: how many runs of each.
            level: the level of a test at this look.

        Returns:
            These records, and all records of other experiments.
        """
        first = {name: sorted(self.untimed.get(name, ()), key=lambda record: record.seed)[:n] for name in names}
        return replace(self, untimed={**self.untimed, **first}, level=level)


def by_experiment(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group records.

    Arguments:
        records: any records.

    Returns:
        The records by experiment.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.experiment, []).append(record)
    return groups


def records_that_count(records: Iterable[Record]) -> list[Record]:
    """Choose the records that count in verdicts and tables.

    Arguments:
        records: any records.

    Returns:
        The records of runs that have finished an epoch and did not fail.
    """
    return [record for record in records if record.epochs and record.info.status != "failed"]


def recorded_experiment(study: Study, budget: str | None, name: str, records: Sequence[Record]) -> RecordedExperiment:
    """Look up an experiment as its runs recorded it.

    Arguments:
        study: the study.
        budget: the budget's name, None for the whole study.
        name: the experiment's name.
        records: the records of its runs.

    Returns:
        The experiment as in the first record; without records, as the study defines it under the budget.
    """
    return records[0].info.resolved if records else RecordedExperiment.from_experiment(study.experiment(name, budget))


def is_of_whole_runs(form: Form | Measure) -> bool:
    """Tell whether a claim or a quantity depends on the whole training.

    Arguments:
        form: the form of a claim, or a quantity.

    Returns:
        Whether only complete runs can decide it.
    """
    if isinstance(form, Saturates | Overtakes):
        return True
    if isinstance(form, Measure) and form.quantity == "elapsed":
        return not isinstance(form.epoch, int)
    return form.quantity in _OF_WHOLE_RUNS
