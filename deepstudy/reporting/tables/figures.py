"""The tables of reported figures, beside measured figures and counts."""

import statistics
from collections.abc import Sequence

from deepstudy.record import Record
from deepstudy.reporting.formatting import format_mean, format_quantity
from deepstudy.study import Study
from deepstudy.study.reported import Reported, says_about
from deepstudy.table import Table
from deepstudy.verdicts import COUNTS, Layers, by_experiment, count_in, records_that_count, values_of

_OF_NO_SPLIT = ("seconds_per_epoch", "elapsed")
_OF_ANY_SPLIT = ("best_accuracy", "saturation_epoch", "epochs_to")  # on the scored images if the report names none
_UNITS = {"loss": "nats", "saturation_epoch": "epochs", "epochs_to": "epochs", "seconds_per_epoch": "s", "elapsed": "s"}


def tabulate_figures(
    study: Study, records: Sequence[Record], budget: str | None, timed: Sequence[Record] = ()
) -> Table:
    """Make the table of the report's figures beside the measured ones. Counts have another table.

    Arguments:
        study: the study.
        records: its records.
        budget: the budget's name, None for the whole study.
        timed: the records of timed runs. They give the times of an experiment, if it has any.

    Returns:
        A row for each figure.
    """
    groups, rows = by_experiment(records_that_count(records)), []
    for figure in study.reported:
        if figure.quantity in COUNTS:
            continue
        group = groups.get(figure.experiment, [])
        experiment = study.experiment(figure.experiment, budget)
        roles, split = experiment.roles, figure.split
        if split == roles.train_on != "train":  # the report uses another name for the images that it scored
            split = roles.score_on
            figure = figure.model_copy(update={"split": split})
        if split is None and figure.quantity in _OF_ANY_SPLIT and group:
            split = group[0].info.resolved.roles.score_on
        is_definite = split is not None or figure.quantity in _OF_NO_SPLIT
        values = values_of(study, records, figure.experiment, figure, budget, timed) if is_definite else []
        epoch = experiment.epochs if figure.epoch == "last" else figure.epoch
        lines = [record.at(epoch, split) for record in group if isinstance(epoch, int) and split]
        times = [line.elapsed for line in lines if line and line.elapsed is not None]
        source = "" if figure.source == "report" else f" ({figure.source})"
        rows.append(
            [
                figure.experiment,
                _describe(figure, split),
                str(figure.epoch or "–"),
                _printed(figure) + source,
                format_mean(values),
                _UNITS.get(figure.quantity, "%"),
                str(len(values)) if values else "–",
                figure.elapsed or "–",
                f"{statistics.median(times):,.0f}" if times and figure.elapsed else "–",
            ]
        )
    columns = ["experiment", "figure", "epoch", "reported", "measured", "unit", "n"]
    columns += ["reported time (s)", "measured time (s)"]
    return Table(columns, rows, frozenset({2, 3, 4, 6, 7, 8}))


def _describe(figure: Reported, split: str | None) -> str:
    """`accuracy on test (10,000 images)`, `epochs to 80 % on test`, `seconds per epoch`."""
    what = format_quantity(figure.quantity)
    if figure.quantity == "epochs_to" and figure.level is not None:
        what += f" {figure.level:g} %"
    if figure.quantity not in _OF_NO_SPLIT:
        what += f" on {split}" if split else " on unnamed images"
    details = ", ".join(filter(None, (f"{figure.images:,} images" if figure.images else "", figure.says)))
    return f"{what} ({details})" if details else what


def _printed(figure: Reported) -> str:
    """The figure as the report printed it, with `about` if the report means it as an approximation."""
    return ("about " if figure.about and not says_about(figure.value) else "") + figure.value


def tabulate_counts(study: Study, layer_tables: Layers) -> Table:
    """Make the table of the report's parameter counts beside the counts of the built networks.

    Arguments:
        study: the study.
        layer_tables: the layer tables by experiment.

    Returns:
        A row for each reported count of an experiment with a layer table.
    """
    rows = []
    for figure in study.reported:
        table = layer_tables.get(figure.experiment)
        if figure.quantity not in COUNTS or figure.quantity == "shape" or table is None:
            continue
        count, (low, high) = count_in(table, figure), figure.meant
        match = "" if count is None else "same" if low <= count <= high else "differs"
        noun = format_quantity(figure.quantity)
        what = f"{noun} in {figure.layer}" if figure.layer else f"total {noun}"
        what += f" ({figure.says})" if figure.says else ""
        rows.append([figure.experiment, what, _printed(figure), "–" if count is None else f"{count:,}", match])
    return Table(["experiment", "figure", "reported", "counted", "match"], rows, frozenset({2, 3}))
