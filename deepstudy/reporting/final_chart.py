"""The chart of the final accuracies: a row for each experiment, the most accurate first."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from deepstudy.record import Record
from deepstudy.reporting.chart import Chart, colours_of, specification_of
from deepstudy.study import Study
from deepstudy.verdicts import Estimates

_ROW = 24  # pixels


def draw_final(study: Study, groups: dict[str, list[Record]], split: str) -> Chart | None:
    """Draw the final accuracies: a row for each experiment, with its runs, their mean and its interval.

    Arguments:
        study: the study.
        groups: its records by experiment.
        split: the images that were scored.

    Returns:
        The chart, the highest mean first; None without two experiments that have final accuracies.
    """
    values: dict[str, dict[int, float]] = {}
    for name, group in groups.items():
        lines = {record.seed: record.at(record.epochs, split) for record in group}
        found = {seed: line.accuracy for seed, line in lines.items() if line and line.measure == "scored"}
        known = {seed: accuracy for seed, accuracy in found.items() if accuracy is not None}
        if known:
            values[name] = known
    if len(values) < 2:
        return None
    estimates = Estimates(values, frozenset())
    rows: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for name, known in values.items():
        mean = statistics.fmean(known.values())
        interval = estimates.mean(name).interval() if len(known) > 1 else (mean, mean)
        low, high = (min(max(end, 0.0), 100.0) for end in interval)
        says = f"{mean:.2f} %" + (f" ({low:.2f} to {high:.2f})" if len(known) > 1 else "") + f", n={len(known)}"
        epochs = max(record.epochs for record in groups[name])
        rows.append({"experiment": name, "mean": mean, "low": low, "high": high, "says": says, "epochs": epochs})
        runs += [{"experiment": name, "accuracy": accuracy} for accuracy in known.values()]
    rows.sort(key=lambda row: float(row["mean"]), reverse=True)
    names = [row["experiment"] for row in rows]
    colour = alt.Color("experiment:N", scale=alt.Scale(domain=list(groups), range=colours_of(list(groups))))
    colour = colour.legend(None)
    y = alt.Y("experiment:N", sort=names, title=None, axis=alt.Axis(labelLimit=220, grid=True, ticks=False))
    scale = alt.Scale(zero=False, nice=True)
    x = alt.X(
        "mean:Q", title="accuracy (%), mean with its 95 % interval", scale=scale, axis=alt.Axis(grid=False, tickCount=6)
    )
    tooltip = [alt.Tooltip("experiment:N"), alt.Tooltip("says:N", title="accuracy"), alt.Tooltip("epochs:Q")]
    base = alt.Chart(alt.Data(values=rows))
    layers = [
        base.mark_rule(strokeWidth=2).encode(alt.X("low:Q", scale=scale), alt.X2("high:Q"), y, colour),
        alt.Chart(alt.Data(values=runs))
        .mark_tick(thickness=1.5, size=9, opacity=0.6)
        .encode(alt.X("accuracy:Q"), y, colour),
        base.mark_point(size=70, filled=True, opacity=1).encode(x, y, colour, tooltip=tooltip),
    ]
    if points := _reported_ends(study, names, split, {row["experiment"]: row["epochs"] for row in rows}):
        reported = alt.Chart(alt.Data(values=points))
        layers.append(
            reported.mark_point(shape="diamond", size=90, strokeWidth=2).encode(
                alt.X("accuracy:Q"),
                y,
                colour,
                tooltip=[alt.Tooltip("experiment:N"), alt.Tooltip("says:N", title="report")],
            )
        )
    title = f"Final accuracy on {split} images"
    description = f"{title}. " + "; ".join(f"{row['experiment']} {row['says']}" for row in rows) + "."
    specification = specification_of(layers, height=_ROW * len(rows))
    return Chart("final-accuracy", title, description, "accuracy", split, specification, "final")


def _reported_ends(study: Study, names: Sequence[str], split: str, epochs: Mapping[str, int]) -> list[dict[str, Any]]:
    """The report's figures for the last epoch of experiments."""
    return [
        {"experiment": figure.experiment, "accuracy": end, "says": figure.value}
        for figure in study.reported
        if figure.experiment in names and figure.quantity == "accuracy" and figure.split == split
        if figure.epoch in ("last", epochs[figure.experiment])
        for end in dict.fromkeys(figure.number)
    ]
