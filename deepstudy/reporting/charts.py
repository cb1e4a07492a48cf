"""The charts: loss and accuracy per epoch, all experiments on one axis, the report's charts drawn in.

One chart a quantity and split, so that a phone shows them one below the other. Two parameters of each specification are
the page's: `hidden`, the experiments that the reader has switched off, and `at`, the epoch under the pointer, which is
the same in all charts. Layers whose name begins with `hover` are for the pointer and not for print.
"""

import copy
import json
import re
import statistics
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import altair as alt
import vl_convert

from deepstudy.files import write_atomically
from deepstudy.record import Record
from deepstudy.reporting.tables import group, machines
from deepstudy.study import Study

#: Okabe & Ito's palette, which readers with any colour vision tell apart, less its yellow; each also has its dash.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#882255", "#44AA99", "#332288")
_DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 3])
_WIDTH, _HEIGHT = 440, 260


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: the name of its file, without the ending.
        title: its title.
        alt: what it shows, in words, for readers who do not see it.
        quantity: what is on its axis.
        split: which images it is of.
        specification: the chart in the language of Vega-Lite.
    """

    name: str
    title: str
    alt: str
    quantity: Literal["accuracy", "loss"]
    split: str
    specification: dict[str, Any]


def curves(study: Study, records: Sequence[Record]) -> list[Chart]:
    """Draw the learning curves.

    Arguments:
        study: the study, whose reported figures are drawn in.
        records: the runs.

    Returns:
        Accuracy of each split, then loss of each split, then accuracy against time. A split that some experiments
        train on and others are scored on has a chart for each measure.
    """
    runs = group(records)
    splits = dict.fromkeys(
        (line.split, line.measure) for group_ in runs.values() for run in group_ for line in run.metrics
    )
    ordered = sorted(splits, key=lambda split: ("train", "validation", "test").index(split[0]))
    measures = Counter(split for split, _ in ordered)
    per_epoch = [
        _curve(study, runs, quantity, split, measure, f"-{measure}" if measures[split] > 1 else "")
        for quantity in ("accuracy", "loss")
        for split, measure in ordered
    ]
    scored = dict.fromkeys(run.info.resolved.roles.score_on for group_ in runs.values() for run in group_)
    per_second = [_against_time(runs, split) for split in scored]
    return [chart for chart in per_epoch + per_second if chart is not None]


def _curve(
    study: Study,
    runs: dict[str, list[Record]],
    quantity: Literal["accuracy", "loss"],
    split: str,
    measure: str,
    ending: str,
) -> Chart | None:
    rows = _rows(runs, quantity, split, measure)
    if not rows:
        return None
    names, last_epoch = list(runs), max(row["epoch"] for row in rows)
    title = f"{quantity.capitalize()} on {split} images" + (" (running)" if measure == "running" else "")
    axis = "accuracy (%)" if quantity == "accuracy" else "cross-entropy (nats)"
    y = alt.Y(
        "mean:Q",
        title=axis,
        scale=_scale(rows, quantity, _reported_points(study, names, quantity, split, last_epoch)),
        axis=alt.Axis(tickCount=5, format="~f" if quantity == "accuracy" else "~g"),
    )
    reach = alt.Scale(domain=[1, last_epoch] if last_epoch > 1 else [0, 2], nice=False)
    x = alt.X("epoch:Q", title="epoch", axis=alt.Axis(values=_ticks(last_epoch), format="d", grid=False), scale=reach)
    colour, dash = _channels(names)
    base = alt.Chart(alt.Data(values=rows)).transform_filter(_SHOWN)
    under_pointer = base.transform_filter("datum.epoch === at")
    layers: list[alt.Chart] = [
        base.mark_area(opacity=0.18, clip=True).encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), colour),
        base.mark_line(strokeWidth=2, clip=True).encode(x, y, colour, dash),
        under_pointer.mark_point(size=70, filled=True, clip=True).encode(x, y, colour).properties(name="hover-points"),
        *_hover(rows, names, "percent" if quantity == "accuracy" else "nats"),
        *_reported(study, names, quantity, split, last_epoch, colour),
    ]
    if any(row["alone"] for row in rows):  # one epoch makes no line
        layers.insert(2, base.transform_filter("datum.alone").mark_point(size=50, filled=True).encode(x, y, colour))
    text = title if len(names) != 1 else f"{title}: {names[0]}"
    last = {
        name: [row for row in rows if row["experiment"] == name][-1]
        for name in names
        if any(row["experiment"] == name for row in rows)
    }
    words = "; ".join(f"{name} {row['mean']:.4g} at epoch {row['epoch']}" for name, row in last.items())
    description = f"{title} per epoch, {axis}. {words}."
    return Chart(f"{quantity}-{split}{ending}", text, description, quantity, split, _specification(layers))


def _channels(names: Sequence[str]) -> tuple[alt.Color, alt.StrokeDash]:
    """An experiment's colour and dash, the same in every chart."""
    return (
        alt.Color("experiment:N", scale=alt.Scale(domain=names, range=_cycle(COLOURS, names)), legend=None),
        alt.StrokeDash("experiment:N", scale=alt.Scale(domain=names, range=_dashes(names)), legend=None),
    )


_SHOWN = "indexof(hidden, datum.experiment) < 0"


def _specification(layers: Sequence[alt.Chart]) -> dict[str, Any]:
    parameters = alt.param(name="hidden", value=[]), alt.param(name="at", value=0)
    chart = alt.layer(*layers).add_params(*parameters).properties(width=_WIDTH, height=_HEIGHT)
    document: dict[str, Any] = chart.to_dict(validate=False)  # half of the time of a report; a test does it
    return document


def _hover(rows: list[dict[str, Any]], names: Sequence[str], unit: str) -> list[alt.Chart]:
    """A rule at the epoch under the pointer, and strips, one an epoch, that say what every experiment has there."""
    values: dict[int, dict[str, Any]] = {}
    for row in rows:
        number = f"{row['mean']:.2f}" if unit == "percent" else f"{row['mean']:.4g}"
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


def _against_time(runs: dict[str, list[Record]], split: str) -> Chart | None:
    """Accuracy on the images that a run is scored on against the time since it began, means over seeds."""
    rows: list[dict[str, Any]] = []
    for name, group_ in runs.items():
        for epoch in range(1, max(run.epochs for run in group_) + 1):
            lines = [line for run in group_ if (line := run.at(epoch, split)) and line.measure == "scored"]
            known = [(line.elapsed, line.accuracy) for line in lines if line.elapsed is not None]
            points = [(elapsed, accuracy) for elapsed, accuracy in known if accuracy is not None]
            if points:
                seconds = statistics.fmean(elapsed for elapsed, _ in points)
                mean = statistics.fmean(accuracy for _, accuracy in points)
                point = {"experiment": name, "epoch": epoch, "seconds": seconds, "mean": mean, "seeds": len(points)}
                rows.append({**point, "low": mean, "high": mean})
    trained_on = machines(run for group_ in runs.values() for run in group_)
    if len(rows) < 2 or len(trained_on) > 1:  # the chart would tell which machine is the faster one
        return None
    names = list(runs)
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
    shared = any((run.info.runs_sharing_machine or 1) > 1 for group_ in runs.values() for run in group_)
    title += " (with other runs on the machine)" if shared else ""
    last = {row["experiment"]: row for row in rows}
    words = "; ".join(f"{name} {row['mean']:.4g} % after {row['time']:.3g}" for name, row in last.items())
    description = f"{title}, in {unit}. {words}."
    return Chart(f"accuracy-{split}-time", title, description, "accuracy", split, _specification(layers))


_UNITS: tuple[tuple[str, float], ...] = (("hours", 3600), ("minutes", 60), ("seconds", 1))


def _rows(runs: dict[str, list[Record]], quantity: str, split: str, measure: str) -> list[dict[str, Any]]:
    """Mean, lowest and highest over seeds, for every epoch that any seed has finished."""
    rows = []
    for name, group_ in runs.items():
        for epoch in range(1, max(run.epochs for run in group_) + 1):
            lines = [line for run in group_ if (line := run.at(epoch, split)) and line.measure == measure]
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
    """Losses on a log axis; accuracies without the first steps up, which would press the rest together.

    The report's own `points` are inside, however far away.
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
    """The report's own charts up to the last epoch."""
    points = []
    for chart in study.reported:
        if chart.experiment not in names or chart.quantity != quantity or chart.split != split:
            continue
        if isinstance(chart.epoch, int) and chart.epoch <= last_epoch:
            low, high = chart.number
            row = {"experiment": chart.experiment, "epoch": chart.epoch, "low": low, "high": high}
            points.append({**row, "says": f"reported: {chart.value}"})
    return points


def _reported(
    study: Study, names: list[str], quantity: str, split: str, last_epoch: int, colour: alt.Color
) -> list[alt.Chart]:
    """The report's own charts up to the last epoch: diamonds (ranges as bars), rules at the epochs it names."""
    points, rules = _reported_points(study, names, quantity, split, last_epoch), []
    for chart in study.reported:
        if chart.experiment not in names or chart.quantity != "saturation_epoch" or quantity != "accuracy":
            continue
        if chart.split in (None, split) and chart.number[0] <= last_epoch:
            row = {"experiment": chart.experiment, "epoch": chart.number[0], "label": "reported saturation"}
            rules.append({**row, "says": f"reported: {chart.says or chart.value}"})
    layers = []
    tooltip = [alt.Tooltip("experiment:N"), alt.Tooltip("epoch:Q"), alt.Tooltip("says:N", title="report")]
    if points:
        base = alt.Chart(alt.Data(values=points)).transform_filter(_SHOWN)
        layers += [
            base.mark_rule(strokeWidth=3).encode(
                alt.X("epoch:Q"), alt.Y("low:Q"), alt.Y2("high:Q"), colour, tooltip=tooltip
            ),
            base.mark_point(shape="diamond", size=90, strokeWidth=2).encode(
                alt.X("epoch:Q"), alt.Y("high:Q"), colour, tooltip=tooltip
            ),
        ]
    if rules:
        base = alt.Chart(alt.Data(values=rules)).transform_filter(_SHOWN)
        layers += [
            base.mark_rule(strokeDash=[4, 4], strokeWidth=1.5).encode(alt.X("epoch:Q"), colour, tooltip=tooltip),
            base.mark_text(align="right", baseline="bottom", dx=-4, fontSize=11).encode(
                alt.X("epoch:Q"), colour, alt.Text("label:N"), y=alt.value(_HEIGHT - 4)
            ),
        ]
    return layers


def _cycle(values: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [values[number % len(values)] for number in range(len(names))]


def _dashes(names: Sequence[str]) -> list[list[int]]:
    """The dash of each experiment; where the colours begin again, with another dash than the first time."""
    return [_DASHES[(number + number // len(COLOURS)) % len(_DASHES)] for number in range(len(names))]


def swatches(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Say how the charts draw each experiment.

    Arguments:
        names: the experiments, in the order of the charts.

    Returns:
        The colour and the dash (as SVG has it) of each.
    """
    dashes = [" ".join(map(str, dash)) for dash in _dashes(names)]
    return dict(zip(names, zip(_cycle(COLOURS, names), dashes, strict=True), strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Charts as files


def write_charts(charts: Iterable[Chart], folder: Path, title: str, names: Sequence[str]) -> list[Path]:
    """Write each chart as SVG and PNG, with a legend and the study's title.

    Arguments:
        charts: the charts.
        folder: where the files are written; it is made if need be.
        title: the study's title.
        names: the experiments, in the order of the charts.

    Returns:
        The files.
    """
    package = find_spec("mplfonts")  # the extra `cjk`: its fonts are used, the package is not imported
    if package and package.origin:
        vl_convert.register_font_directory(str(Path(package.origin).parent / "fonts"))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for chart in charts:
        specification = for_print(chart, title, names)
        svg = _renumbered(vl_convert.vegalite_to_svg(specification))
        png = vl_convert.vegalite_to_png(specification, scale=2)
        for suffix, data in ((".svg", svg.encode()), (".png", png)):
            path = folder / f"{chart.name}{suffix}"
            write_atomically(path, data)
            paths.append(path)
    if missing := without_glyph("".join((title, *names))):
        print(
            f"deepstudy: no font on this machine has {missing}, so the PNG files show boxes there; "
            "install one, for example with: pip install 'deepstudy[cjk]'",
            file=sys.stderr,
        )
    return paths


def _renumbered(svg: str) -> str:
    """The same picture, whatever was drawn before it: vl-convert goes on counting its clipping paths."""
    named = re.compile(r'(id="clip|url\(#clip)(\d+)')
    numbers: dict[str, int] = {}
    return named.sub(lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", svg)


def for_print(chart: Chart, title: str, names: Sequence[str]) -> dict[str, Any]:
    """Complete a chart for print.

    Arguments:
        chart: the chart.
        title: the study's title.
        names: the experiments, in the order of the charts.

    Returns:
        Its specification, with the title over it and a legend beside it.
    """
    specification = copy.deepcopy(chart.specification)
    specification["title"] = {"text": textwrap.wrap(title, 70), "subtitle": chart.title}
    specification["background"] = "white"
    drawn = [layer for layer in specification["layer"] if not layer.get("name", "").startswith("hover")]
    specification["layer"] = drawn
    legend = {"title": None, "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 2, "symbolSize": 300}
    legend |= {"labelLimit": 400, "symbolLimit": 0}  # every name, and all of it
    for layer in specification["layer"]:
        for channel in ("color", "strokeDash"):
            if channel in layer["encoding"]:
                layer["encoding"][channel]["legend"] = legend if len(names) > 1 else None
    specification["params"] = [parameter for parameter in specification["params"] if parameter["name"] == "hidden"]
    font = "Noto Sans, Noto Sans CJK SC, Liberation Sans, DejaVu Sans, Arial, sans-serif"
    specification["config"] = {**specification.get("config", {}), "font": font}
    return specification


def without_glyph(text: str) -> str:
    """Find the characters that no font on this machine can draw.

    A missing character is drawn as the same empty box as a character that no font has.

    Arguments:
        text: any text.

    Returns:
        The missing characters, each once.
    """

    def drawn(character: str) -> bytes:
        escaped = {"&": "&amp;", "<": "&lt;"}.get(character, character)
        text = f'<text x="8" y="30" font-size="24" font-family="sans-serif">{escaped}</text>'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{text}</svg>'
        return bytes(vl_convert.svg_to_png(svg))

    unusual = [c for c in dict.fromkeys(re.sub(r"[\x00-\xff\s]", "", text)) if c.isprintable()]
    if not unusual:
        return ""
    box = drawn("\u0378")  # unassigned in Unicode
    return "".join(character for character in unusual if drawn(character) == box)
