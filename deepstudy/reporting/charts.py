"""The charts: final accuracies, and accuracy and loss per epoch, with the report's figures.

Each quantity and split has a chart, so a phone shows them one below the other. The page sets two parameters of each
specification: `hidden`, the experiments that the reader has switched off, and `at`, the epoch under the pointer, which
is the same in all charts. Layers whose name starts with `hover` are only for the pointer, not for print.
"""

import json
import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, cast

import altair as alt

from deepstudy.record import Record
from deepstudy.reporting.chart import HEIGHT, Chart, colours_of, dashes_of, specification_of
from deepstudy.reporting.final_chart import draw_final
from deepstudy.reporting.tables.runs import machines_of
from deepstudy.study import Study
from deepstudy.verdicts import by_experiment, records_that_count

_LINE_HEIGHT = 14  # pixels of a label
_MOST_LINES = 6  # that are shown at first
_SHOWN = "indexof(hidden, datum.experiment) < 0"
_UNITS: tuple[tuple[str, float], ...] = (("hours", 3600), ("minutes", 60), ("seconds", 1))


def draw_charts(study: Study, records: Sequence[Record]) -> list[Chart]:
    """Draw the learning curves of a study.

    Arguments:
        study: the study, whose reported figures are also drawn.
        records: its records.

    Returns:
        Accuracy on the scored images, the final accuracies, then the other curves: accuracy for each split, loss for
        each split, accuracy against time. If some experiments train on a split and others are scored on it, the split
        has two charts. A single epoch has no curve.
    """
    groups = by_experiment(records_that_count(records))
    splits = dict.fromkeys(
        (line.split, line.measure) for group in groups.values() for record in group for line in record.metrics
    )
    ordered = sorted(splits, key=lambda split: ("train", "validation", "test").index(split[0]))
    measures = Counter(split for split, _ in ordered)
    per_epoch = [
        _curve(study, groups, quantity, split, measure, f"-{measure}" if measures[split] > 1 else "")
        for quantity in ("accuracy", "loss")
        for split, measure in ordered
    ]
    scored = Counter(record.info.resolved.roles.score_on for group in groups.values() for record in group)
    per_second = [_against_time(groups, split) for split in scored]
    curves = [chart for chart in per_epoch + per_second if chart is not None]
    if not scored:
        return curves
    split = scored.most_common(1)[0][0]
    main = [replace(chart, place="main") for chart in curves if _is_main(chart, split)][:1]
    others = [chart for chart in curves if not (main and chart.name == main[0].name)]
    final = draw_final(study, groups, split)
    return [*main, *([final] if final else []), *others]


def _is_main(chart: Chart, split: str) -> bool:
    return chart.name.startswith(f"accuracy-{split}") and not chart.name.endswith(("-time", "-running"))


def preselected(study: Study, names: Sequence[str]) -> list[str]:
    """Choose the experiments whose lines are shown at first.

    Arguments:
        study: the study.
        names: the experiments that have runs, in their order.

    Returns:
        At most six: those that the report's claims are about, then the first others.
    """
    claimed = [name for claim in study.claims if claim.source != "ours" for name in claim.form.experiments]
    order = [name for name in dict.fromkeys([*claimed, *names]) if name in names]
    return [name for name in names if name in order[:_MOST_LINES]]


def _curve(
    study: Study,
    groups: dict[str, list[Record]],
    quantity: Literal["accuracy", "loss"],
    split: str,
    measure: str,
    ending: str,
) -> Chart | None:
    rows = _rows(groups, quantity, split, measure)
    names, last_epoch = list(groups), max((row["epoch"] for row in rows), default=0)
    if all(row["alone"] for row in rows):  # also where nothing is scored before the end
        return None
    title = f"{quantity.capitalize()} on {split} images" + (" (running)" if measure == "running" else "")
    axis = "accuracy (%)" if quantity == "accuracy" else "cross-entropy (nats)"
    y = alt.Y(
        "mean:Q",
        title=axis,
        scale=_scale(rows, quantity, _reported_points(study, names, quantity, split, last_epoch)),
        axis=alt.Axis(tickCount=5, format="~f" if quantity == "accuracy" else "~g"),
    )
    reach = alt.Scale(domain=[1, last_epoch], nice=False)
    x = alt.X("epoch:Q", title="epoch", axis=alt.Axis(values=_ticks(last_epoch), format="d", grid=False), scale=reach)
    colour, dash = _channels(names)
    base = alt.Chart(alt.Data(values=rows)).transform_filter(_SHOWN)
    under_pointer = base.transform_filter("datum.epoch === at")
    layers: list[alt.Chart] = [
        base.mark_area(opacity=0.18, clip=True).encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), colour),
        base.mark_line(strokeWidth=2, clip=True).encode(x, y, colour, dash),
        under_pointer.mark_point(size=70, filled=True, clip=True).encode(x, y, colour).properties(name="hover-points"),
        *_hover(rows, names, "%" if quantity == "accuracy" else "nats"),
        *_reported(study, names, quantity, split, last_epoch, colour),
        *_labels(rows, preselected(study, names), y, colour),
    ]
    if any(row["alone"] for row in rows):  # a single epoch has no line
        layers.insert(2, base.transform_filter("datum.alone").mark_point(size=50, filled=True).encode(x, y, colour))
    text = title if len(names) != 1 else f"{title}: {names[0]}"
    last = {row["experiment"]: row for row in rows}
    words = "; ".join(f"{name} {row['mean']:.4g} at epoch {row['epoch']}" for name, row in last.items())
    description = f"{title} per epoch, {axis}. {words}."
    return Chart(f"{quantity}-{split}{ending}", text, description, quantity, split, specification_of(layers))


def _labels(rows: list[dict[str, Any]], shown: Sequence[str], y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    """The name of each experiment at the end of its line. Names of lines that end close together are moved apart."""
    ends = {row["experiment"]: row for row in rows}
    scale = cast(dict[str, Any], y.to_dict())["scale"]
    if "domain" not in scale:
        return []
    logarithmic = scale.get("type") == "log"
    low, high = (math.log(end) if logarithmic else end for end in scale["domain"])
    gap = (high - low) * _LINE_HEIGHT / HEIGHT
    labels: list[dict[str, Any]] = []
    last = -math.inf
    for name, row in sorted(ends.items(), key=lambda each: each[1]["mean"]):
        place = math.log(row["mean"]) if logarithmic else row["mean"]
        if name in shown:
            place = last = max(place, last + gap)
        labels.append({"experiment": name, "end": row["epoch"], "place": math.exp(place) if logarithmic else place})
    base = alt.Chart(alt.Data(values=labels)).transform_filter(_SHOWN)
    text = base.mark_text(align="left", dx=6, fontSize=12).encode(
        alt.X("end:Q"), alt.Y("place:Q"), colour, alt.Text("experiment:N")
    )
    return [text.properties(name="labels")]


def _channels(names: Sequence[str]) -> tuple[alt.Color, alt.StrokeDash]:
    """An experiment's colour and dash, the same in every chart."""
    return (
        alt.Color("experiment:N", scale=alt.Scale(domain=names, range=colours_of(names)), legend=None),
        alt.StrokeDash("experiment:N", scale=alt.Scale(domain=names, range=dashes_of(names)), legend=None),
    )


def _hover(rows: list[dict[str, Any]], names: Sequence[str], unit: str) -> list[alt.Chart]:
    """A rule at the epoch under the pointer, and a strip per epoch with a tooltip for all experiments."""
    values: dict[int, dict[str, Any]] = {}
    for row in rows:
        number = f"{row['mean']:.2f} {unit}" if unit == "%" else f"{row['mean']:.4g} {unit}"
        spread = f" ({row['range']}, n={row['seeds']})" if row["seeds"] > 1 else " (n=1)"
        epoch = values.setdefault(row["epoch"], {"epoch": row["epoch"]})
        epoch[f"of{names.index(row['experiment'])}"] = number + spread
    says = ["{title: 'epoch ' + datum.epoch}"]
    for index, name in enumerate(names):
        key, text = json.dumps(name), f"datum.of{index}"
        says.append(f"indexof(hidden, {key}) < 0 && isValid({text}) ? {{{key}: {text}}} : {{}}")
    epochs = alt.Chart(alt.Data(values=list(values.values())))
    rule = epochs.transform_filter("datum.epoch === at").mark_rule(strokeWidth=1, opacity=0.6, clip=True)
    strips = (
        epochs.transform_calculate(left="datum.epoch - 0.5", right="datum.epoch + 0.5")
        .mark_rect(opacity=0, clip=True, tooltip=alt.ExprRef(expr=f"merge({', '.join(says)})"))
        .encode(alt.X("left:Q"), alt.X2("right:Q"))
    )
    return [rule.encode(alt.X("epoch:Q")).properties(name="hover-rule"), strips.properties(name="hover-strips")]


def _against_time(groups: dict[str, list[Record]], split: str) -> Chart | None:
    """Accuracy on the scored images against the time since the start, means over seeds."""
    rows: list[dict[str, Any]] = []
    for name, group in groups.items():
        for epoch in range(1, max(record.epochs for record in group) + 1):
            lines = [line for record in group if (line := record.at(epoch, split)) and line.measure == "scored"]
            known = [(line.elapsed, line.accuracy) for line in lines if line.elapsed is not None]
            points = [(elapsed, accuracy) for elapsed, accuracy in known if accuracy is not None]
            if points:
                seconds = statistics.fmean(elapsed for elapsed, _ in points)
                mean = statistics.fmean(accuracy for _, accuracy in points)
                point = {"experiment": name, "epoch": epoch, "seconds": seconds, "mean": mean, "seeds": len(points)}
                rows.append({**point, "low": mean, "high": mean})
    machines = machines_of(record for group in groups.values() for record in group)
    if len(rows) <= len(groups) or len(machines) > 1:  # single epochs; or the chart would compare machines
        return None
    names = list(groups)
    longest = max(row["seconds"] for row in rows)
    unit, size = next((each for each in _UNITS if longest >= 3 * each[1]), _UNITS[-1])
    for row in rows:
        row["time"] = row["seconds"] / size
    colour, dash = _channels(names)
    x = alt.X("time:Q", title=f"time since the start ({unit})", axis=alt.Axis(grid=False), scale=alt.Scale(zero=True))
    y = alt.Y("mean:Q", title="accuracy (%)", scale=_scale(rows, "accuracy"), axis=alt.Axis(tickCount=5, format="~f"))
    tooltip = [
        alt.Tooltip("experiment:N"),
        alt.Tooltip("epoch:Q"),
        alt.Tooltip("time:Q", title=unit, format=".1f"),
        alt.Tooltip("mean:Q", title="accuracy (%)", format=".2f"),
        alt.Tooltip("seeds:Q", title="n"),
    ]
    base = alt.Chart(alt.Data(values=rows)).transform_filter(_SHOWN)
    layers = [
        base.mark_line(strokeWidth=2, clip=True).encode(x, y, colour, dash),
        base.mark_point(size=20, filled=True, clip=True, tooltip=True).encode(x, y, colour, tooltip=tooltip),
    ]
    title = f"Accuracy on {split} images against time"
    shared = any((record.info.runs_sharing_machine or 1) > 1 for group in groups.values() for record in group)
    title += " (shared machine)" if shared else ""
    last = {row["experiment"]: row for row in rows}
    words = "; ".join(f"{name} {row['mean']:.4g} % after {row['time']:.3g} {unit}" for name, row in last.items())
    description = f"{title}. {words}."
    return Chart(f"accuracy-{split}-time", title, description, "accuracy", split, specification_of(layers))


def _rows(groups: dict[str, list[Record]], quantity: str, split: str, measure: str) -> list[dict[str, Any]]:
    """Mean, lowest and highest value over seeds, for each epoch that any seed has finished."""
    rows = []
    for name, group in groups.items():
        for epoch in range(1, max(record.epochs for record in group) + 1):
            lines = [line for record in group if (line := record.at(epoch, split)) and line.measure == measure]
            numbers = (line.accuracy if quantity == "accuracy" else line.loss for line in lines)
            values = [number for number in numbers if number is not None]
            if values:
                low, high = min(values), max(values)
                spread = "one run" if len(values) == 1 else f"{low:.4g} – {high:.4g}"
                mean = statistics.fmean(values)
                row = {"experiment": name, "epoch": epoch, "mean": mean, "low": low, "high": high}
                rows.append({**row, "seeds": len(values), "range": spread})
        own = [row for row in rows if row["experiment"] == name]
        for row in own:
            row["alone"] = len(own) == 1
    return rows


def _ticks(last_epoch: int) -> list[int]:
    """About ten whole epochs."""
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, last_epoch) if last_epoch / size <= 10)
    return list(range(step, last_epoch + 1, step))


def _scale(rows: list[dict[str, Any]], quantity: str, points: Sequence[dict[str, Any]] = ()) -> alt.Scale:
    """The axis: logarithmic for losses; for accuracies without the first low epochs, which would compress the rest.

    The report's `points` are always inside.
    """
    every = [*rows, *points]
    low, high = min(row["low"] for row in every), max(row["high"] for row in every)
    if quantity == "loss":
        if low <= 0:
            return alt.Scale(zero=False)
        return alt.Scale(type="log", domain=[low * 0.9, high * 1.1], nice=False)
    means = sorted(row["low"] for row in rows)
    low = min([means[len(means) // 8] if len(means) >= 16 else means[0], *(row["low"] for row in points)])
    pad = max((high - low) * 0.08, 0.05)
    return alt.Scale(domain=[max(0.0, low - pad), min(100.0, high + pad)], nice=False, zero=False)


def _reported_points(
    study: Study, names: list[str], quantity: str, split: str, last_epoch: int
) -> list[dict[str, Any]]:
    """The report's figures up to the last epoch."""
    points = []
    for figure in study.reported:
        if figure.experiment not in names or figure.quantity != quantity or figure.split != split:
            continue
        if isinstance(figure.epoch, int) and figure.epoch <= last_epoch:
            low, high = figure.number
            row = {"experiment": figure.experiment, "epoch": figure.epoch, "low": low, "high": high}
            half = max(last_epoch / 100, 0.25)  # of the width of a band
            band = {"left": max(figure.epoch - half, 1), "right": min(figure.epoch + half, last_epoch)}
            points.append({**row, **band, "says": f"reported: {figure.value}"})
    return points


def _reported(
    study: Study, names: list[str], quantity: str, split: str, last_epoch: int, colour: alt.Color
) -> list[alt.Chart]:
    """The report's figures up to the last epoch: diamonds, bands for ranges, rules at saturation epochs."""
    points, rules = _reported_points(study, names, quantity, split, last_epoch), []
    for figure in study.reported:
        if figure.experiment not in names or figure.quantity != "saturation_epoch" or quantity != "accuracy":
            continue
        if figure.split in (None, split) and figure.number[0] <= last_epoch:
            row = {"experiment": figure.experiment, "epoch": figure.number[0], "label": "reported saturation"}
            rules.append({**row, "says": f"reported: {figure.says or figure.value}"})
    layers = []
    tooltip = [alt.Tooltip("experiment:N"), alt.Tooltip("epoch:Q"), alt.Tooltip("says:N", title="report")]
    if points:
        base = alt.Chart(alt.Data(values=points)).transform_filter(_SHOWN)
        layers += [
            base.transform_filter("datum.low < datum.high")
            .mark_rect(opacity=0.2)
            .encode(alt.X("left:Q"), alt.X2("right:Q"), alt.Y("low:Q"), alt.Y2("high:Q"), colour, tooltip=tooltip),
            base.transform_filter("datum.low < datum.high")
            .mark_text(align="center", baseline="bottom", dy=-3, fontSize=11)
            .encode(alt.X("epoch:Q"), alt.Y("high:Q"), colour, alt.Text("says:N")),
            base.transform_filter("datum.low == datum.high")
            .mark_point(shape="diamond", size=90, strokeWidth=2)
            .encode(alt.X("epoch:Q"), alt.Y("high:Q"), colour, tooltip=tooltip),
        ]
    if rules:
        base = alt.Chart(alt.Data(values=rules)).transform_filter(_SHOWN)
        layers += [
            base.mark_rule(strokeDash=[4, 4], strokeWidth=1.5).encode(alt.X("epoch:Q"), colour, tooltip=tooltip),
            base.mark_text(align="right", baseline="bottom", dx=-4, fontSize=11).encode(
                alt.X("epoch:Q"), colour, alt.Text("label:N"), y=alt.value(HEIGHT - 4)
            ),
        ]
    return layers
