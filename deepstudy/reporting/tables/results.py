"""The table of results: each experiment's accuracy over seeds."""

import statistics
from collections.abc import Sequence

from deepstudy.record import Record
from deepstudy.reporting.formatting import format_mean, format_unusual_roles
from deepstudy.reporting.tables.runs import machines_of
from deepstudy.study import Study
from deepstudy.study.reported import Gap, Measure
from deepstudy.table import Table
from deepstudy.verdicts import by_experiment, records_that_count


def tabulate_results(study: Study, records: Sequence[Record], timed: Sequence[Record] = ()) -> Table:
    """Make the table of each experiment's accuracy on its scored images, over seeds.

    Arguments:
        study: the study.
        records: its records.
        timed: the records of timed runs. They give the times, if there are any.

    Returns:
        A row for each experiment. The columns are the epochs of the report's accuracies and claims, the last epoch of
        each experiment, and the last epoch that all runs of an experiment have finished. The caption says which images
        were scored, and whether the times are comparable.
    """
    groups, timed_groups = by_experiment(records_that_count(records)), by_experiment(records_that_count(timed))
    epochs = _epochs(study, groups)
    data = {name: _data(group) for name, group in groups.items()}
    one_data_set = len(set(data.values())) < 2
    rows = []
    for name, group in groups.items():
        cells = [name + _start(group[0]) + format_unusual_roles(group[0])]
        cells += [] if one_data_set else [data[name]]
        cells += [_accuracy(group, epoch) for epoch in epochs]
        cells += [str(len(group)), _pace(timed_groups.get(name, []) if timed else group), _parameters(group)]
        rows.append(cells)
    caption = ""
    if rows:
        caption = f"{study.name}: accuracy (%) on {_scored_images(records)}"
        caption += f" of {next(iter(data.values()))}" if one_data_set else ""
        note = _note_on_times(records, timed)
        caption += f". {note}" if note else ""
    columns = ["experiment", *([] if one_data_set else ["data"]), *(f"epoch {epoch}" for epoch in epochs)]
    columns += ["seeds", "s/epoch", "parameters"]
    return Table(columns, rows, frozenset(range(1 if one_data_set else 2, len(columns))), caption)


def named_epochs(study: Study) -> list[int]:
    """Collect the epochs for which the report gives an accuracy or a loss, or a claim is about one.

    Arguments:
        study: the study.

    Returns:
        The epochs in order, without the first epoch.
    """
    measures = [each for each in (*study.reported, *_forms(study)) if each.quantity in ("accuracy", "loss")]
    return sorted({each.epoch for each in measures if isinstance(each.epoch, int) and each.epoch > 1})


def _forms(study: Study) -> list[Measure | Gap]:
    """The forms of claims that may name an epoch."""
    return [claim.form for claim in study.claims if isinstance(claim.form, Measure | Gap)]


def _epochs(study: Study, groups: dict[str, list[Record]]) -> list[int]:
    """The epochs that have a column; see `tabulate_results`."""
    finished = {name: min(record.epochs for record in group) for name, group in groups.items()}
    last = max(finished.values(), default=0)
    ends = {finished[name] for name, group in groups.items() if finished[name] == group[0].info.resolved.epochs}
    return sorted({epoch for epoch in named_epochs(study) if epoch < last} | ends | ({last} if last else set()))


def _accuracy(group: Sequence[Record], epoch: int) -> str:
    """`98.93 ± 0.08`, with the number of runs if not all have reached the epoch."""
    split = group[0].info.resolved.roles.score_on
    lines = [line for record in group if (line := record.at(epoch, split))]
    values = [line.accuracy for line in lines if line.accuracy is not None]
    return format_mean(values) + (f" (n={len(values)})" if 0 < len(values) < len(group) else "")


def _pace(group: Sequence[Record]) -> str:
    seconds = [time for record in group if (time := record.seconds_per_epoch()) is not None]
    return f"{statistics.median(seconds):.1f}" if seconds else "–"


def _parameters(group: Sequence[Record]) -> str:
    counts = [record.info.model.parameters for record in group]
    return next((f"{count:,}" for count in counts if count is not None), "–")


def _data(group: Sequence[Record]) -> str:
    """The data set of an experiment's runs, and its copy if it is not the published one."""
    data = group[0].info.data
    return data.name + (f" ({data.provenance})" if data.published is False else "")


def _start(record: Record) -> str:
    """` (starts from vgg, epoch 8)`, for a run that starts from the weights of another."""
    start = record.info.resolved.starts_after
    return f" (starts from {start[0]}, epoch {start[1]})" if start else ""


def _scored_images(records: Sequence[Record]) -> str:
    """`the 10,000 test images`."""
    splits: dict[str, int | None] = {}
    for record in records:
        split = record.info.resolved.roles.score_on
        splits[split] = splits.get(split) or record.info.data.splits.get(split)
    return " and ".join(
        f"the {count:,} {split} images" if count else f"the {split} images" for split, count in splits.items()
    )


def _note_on_times(records: Sequence[Record], timed: Sequence[Record]) -> str:
    """What limits the times of the table; "" if nothing does."""
    machines = len(machines_of(timed or records))
    several = f"{machines} machines" if machines > 1 else ""
    if timed:
        return "Times are from timed runs" + (f" on {several}, so they are not compared" if several else "")
    if any((record.info.runs_sharing_machine or 1) > 1 for record in records):
        return f"The runs shared {several or 'the machine'}, so their times are not compared"
    return f"The runs used {several}, so their times are not compared" if several else ""
