"""The charts: loss and accuracy per epoch, all experiments on one axis, the report's figures drawn in.

One chart a quantity and split, so that a phone shows them one below the other. The parameter `hidden` of each
specification is the page's: the experiments that the reader has switched off.
"""

import copy
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import altair as alt
import vl_convert

from deepstudy.page.tables import group
from deepstudy.record import Record, write_atomically
from deepstudy.study import Study

#: Okabe & Ito's palette, which readers with any colour vision tell apart, less its yellow; each also has its dash.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#882255", "#44AA99", "#332288")
_DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 3])
_WIDTH, _HEIGHT = 440, 260


@dataclass(frozen=True)
class Figure:
    """A chart with the name of its file, and in words what it shows, for those who do not see it."""

    name: str
    title: str
    alt: str
    specification: dict[str, Any]


def curves(study: Study, records: Sequence[Record]) -> list[Figure]:
    """The learning curves: accuracy of each split, then loss of each split.

    A split that some experiments train on and others are scored on has a chart for each measure.
    """
    runs = group(records)
    splits = dict.fromkeys(
        (line["split"], line["measure"]) for group_ in runs.values() for run in group_ for line in run.metrics
    )
    ordered = sorted(splits, key=lambda split: ("train", "validation", "test").index(split[0]))
    measures = Counter(split for split, _ in ordered)
    return [
        figure
        for quantity in ("accuracy", "loss")
        for split, measure in ordered
        if (figure := _curve(study, runs, quantity, split, measure, f"-{measure}" if measures[split] > 1 else ""))
    ]


def _curve(
    study: Study,
    runs: dict[str, list[Record]],
    quantity: Literal["accuracy", "loss"],
    split: str,
    measure: str,
    ending: str,
) -> Figure | None:
    rows = _rows(runs, quantity, split, measure)
    if not rows:
        return None
    names = list(runs)
    title = f"{quantity.capitalize()} on {split} images" + (" (running)" if measure == "running" else "")
    axis = "accuracy (%)" if quantity == "accuracy" else "cross-entropy (nats)"
    y = alt.Y(
        "mean:Q",
        title=axis,
        scale=_scale(rows, quantity),
        axis=alt.Axis(tickCount=5, format="~f" if quantity == "accuracy" else "~g"),
    )
    last_epoch = max(row["epoch"] for row in rows)
    reach = alt.Scale(domain=[1, last_epoch] if last_epoch > 1 else [0, 2], nice=False)
    x = alt.X("epoch:Q", title="epoch", axis=alt.Axis(values=_ticks(last_epoch), format="d", grid=False), scale=reach)
    colour = alt.Color("experiment:N", scale=alt.Scale(domain=names, range=_cycle(COLOURS, names)), legend=None)
    dash = alt.StrokeDash("experiment:N", scale=alt.Scale(domain=names, range=_cycle(_DASHES, names)), legend=None)
    tooltip = [
        alt.Tooltip("experiment:N"),
        alt.Tooltip("epoch:Q"),
        alt.Tooltip("mean:Q", title=axis, format=".2f" if quantity == "accuracy" else ".4f"),
        alt.Tooltip("range:N", title="lowest – highest"),
        alt.Tooltip("seeds:Q"),
    ]
    nearest = alt.selection_point(
        name="near", nearest=True, on="pointerover", clear="pointerout", fields=["epoch", "experiment"], empty=False
    )
    base = alt.Chart(alt.Data(values=rows)).transform_filter("indexof(hidden, datum.experiment) < 0")
    layers: list[alt.Chart] = [
        base.mark_area(opacity=0.18, clip=True).encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), colour),
        base.mark_line(strokeWidth=2, clip=True).encode(x, y, colour, dash),
        base.mark_point(size=70, filled=True, clip=True)
        .encode(x, y, colour, tooltip=tooltip, opacity=alt.condition(nearest, alt.value(1), alt.value(0)))
        .add_params(nearest),
        *_reported(study, names, quantity, split, last_epoch, colour),
    ]
    if any(row["alone"] for row in rows):  # one epoch makes no line
        layers.insert(2, base.transform_filter("datum.alone").mark_point(size=50, filled=True).encode(x, y, colour))
    text = title if len(names) != 1 else f"{title}: {names[0]}"
    chart = alt.layer(*layers).add_params(alt.param(name="hidden", value=[])).properties(width=_WIDTH, height=_HEIGHT)
    last = {
        name: [row for row in rows if row["experiment"] == name][-1]
        for name in names
        if any(row["experiment"] == name for row in rows)
    }
    words = "; ".join(f"{name} {row['mean']:.4g} at epoch {row['epoch']}" for name, row in last.items())
    return Figure(f"{quantity}-{split}{ending}", text, f"{title} per epoch, {axis}. {words}.", chart.to_dict())


def _rows(runs: dict[str, list[Record]], quantity: str, split: str, measure: str) -> list[dict[str, Any]]:
    """Mean, lowest and highest over seeds, for every epoch that any seed has finished."""
    rows = []
    for name, group_ in runs.items():
        for epoch in range(1, max(run.epochs for run in group_) + 1):
            lines = [line for run in group_ if (line := run.at(epoch, split)) and line["measure"] == measure]
            values = [line[quantity] for line in lines if line[quantity] is not None]
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


def _scale(rows: list[dict[str, Any]], quantity: str) -> alt.Scale:
    """Losses on a log axis; accuracies without the first steps up, which would press the rest together."""
    if quantity == "loss":
        positive = all(row["low"] > 0 for row in rows)
        if not positive:
            return alt.Scale(zero=False)
        low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
        return alt.Scale(type="log", domain=[low * 0.9, high * 1.1], nice=False)
    means = sorted(row["low"] for row in rows)
    low = means[len(means) // 8] if len(means) >= 16 else means[0]
    high = max(row["high"] for row in rows)
    pad = max((high - low) * 0.08, 0.05)
    return alt.Scale(domain=[max(0.0, low - pad), min(100.0, high + pad)], nice=False, zero=False)


def _reported(
    study: Study, names: list[str], quantity: str, split: str, last_epoch: int, colour: alt.Color
) -> list[alt.Chart]:
    """The report's own figures up to the last epoch: diamonds (ranges as bars), rules at the epochs it names."""
    points, rules = [], []
    for figure in study.reported:
        if figure.experiment not in names:
            continue
        if figure.quantity == quantity and figure.split == split and isinstance(figure.epoch, int):
            if figure.epoch > last_epoch:
                continue
            low, high = figure.number
            row = {"experiment": figure.experiment, "epoch": figure.epoch, "low": low, "high": high}
            points.append({**row, "says": f"reported: {figure.value}"})
        elif figure.quantity == "saturation_epoch" and quantity == "accuracy" and figure.number[0] <= last_epoch:
            row = {"experiment": figure.experiment, "epoch": figure.number[0], "label": "reported saturation"}
            rules.append({**row, "says": f"reported: {figure.says or figure.value}"})
    layers = []
    tooltip = [alt.Tooltip("experiment:N"), alt.Tooltip("epoch:Q"), alt.Tooltip("says:N", title="report")]
    if points:
        base = alt.Chart(alt.Data(values=points)).transform_filter("indexof(hidden, datum.experiment) < 0")
        layers += [
            base.mark_rule(strokeWidth=3, clip=True).encode(
                alt.X("epoch:Q"), alt.Y("low:Q"), alt.Y2("high:Q"), colour, tooltip=tooltip
            ),
            base.mark_point(shape="diamond", size=90, strokeWidth=2, clip=True).encode(
                alt.X("epoch:Q"), alt.Y("high:Q"), colour, tooltip=tooltip
            ),
        ]
    if rules:
        base = alt.Chart(alt.Data(values=rules)).transform_filter("indexof(hidden, datum.experiment) < 0")
        layers += [
            base.mark_rule(strokeDash=[4, 4], strokeWidth=1.5).encode(alt.X("epoch:Q"), colour, tooltip=tooltip),
            base.mark_text(align="right", baseline="bottom", dx=-4, fontSize=11).encode(
                alt.X("epoch:Q"), colour, alt.Text("label:N"), y=alt.value(_HEIGHT - 4)
            ),
        ]
    return layers


def _cycle(values: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [values[number % len(values)] for number in range(len(names))]


def colours(names: Sequence[str]) -> dict[str, str]:
    """The colour of each experiment, as the charts have it."""
    return dict(zip(names, _cycle(COLOURS, names), strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Charts as files


def write_figures(figures: Iterable[Figure], folder: Path, title: str, names: Sequence[str]) -> tuple[list[Path], str]:
    """Each chart as SVG and PNG with a legend and the study's title; the files, and the characters no font here has."""
    package = find_spec("mplfonts")  # the extra `cjk`: its fonts are used, the package is not imported
    if package and package.origin:
        vl_convert.register_font_directory(str(Path(package.origin).parent / "fonts"))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for figure in figures:
        specification = for_print(figure, title, names)
        svg = vl_convert.vegalite_to_svg(specification)
        png = vl_convert.vegalite_to_png(specification, scale=2)
        for suffix, data in ((".svg", svg.encode()), (".png", png)):
            path = folder / f"{figure.name}{suffix}"
            write_atomically(path, data)
            paths.append(path)
    return paths, without_glyph("".join((title, *names)))


def for_print(figure: Figure, title: str, names: Sequence[str]) -> dict[str, Any]:
    """The chart's specification with its title over it and a legend beside it."""
    specification = copy.deepcopy(figure.specification)
    specification["title"] = {"text": title, "subtitle": figure.title}
    specification["background"] = "white"
    specification["layer"] = [
        layer for layer in specification["layer"] if "opacity" not in layer["encoding"]
    ]  # the hover's
    legend = {"title": None, "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 2, "symbolSize": 300}
    for layer in specification["layer"]:
        for channel in ("color", "strokeDash"):
            if channel in layer["encoding"]:
                layer["encoding"][channel]["legend"] = legend if len(names) > 1 else None
    specification["params"] = [parameter for parameter in specification["params"] if parameter["name"] == "hidden"]
    font = "Noto Sans, Noto Sans CJK SC, Liberation Sans, DejaVu Sans, Arial, sans-serif"
    specification["config"] = {**specification.get("config", {}), "font": font}
    return specification


def without_glyph(text: str) -> str:
    """Those characters of `text` that no font on this machine can draw.

    One that is missing is drawn as the same empty box as a character that no font has.
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
