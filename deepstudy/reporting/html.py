"""The page: `page.html` around a `study.html` for each study, with the style sheet and the chart library inside."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup, escape

from deepstudy.files import cached
from deepstudy.layer_table.table import LayerTable
from deepstudy.reporting.chapter import Chapter
from deepstudy.reporting.chart import Chart, swatches
from deepstudy.reporting.charts import preselected
from deepstudy.reporting.forest import forest
from deepstudy.reporting.formatting import MARKS, format_effect, format_tally, format_value, format_verdict_interval
from deepstudy.reporting.pictures import read_pictures
from deepstudy.reporting.tables.runs import describe_environments
from deepstudy.reporting.tables.study import tabulate_layers
from deepstudy.study import flatten
from deepstudy.table import Table
from deepstudy.verdicts import Layers, Verdict, format_number

_MAIN_HEIGHT, _LABELS = 360, 150  # pixels: of the main chart, beside it for the names of its lines


def render(chapters: Sequence[Chapter]) -> str:
    """Make the page.

    Arguments:
        chapters: the studies.

    Returns:
        One HTML document that needs no other files.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deepstudy", "reporting"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    charts = [chart for chapter in chapters for chart in chapter.charts]
    environment.filters["code"] = _code
    environment.filters["identity"] = id
    return environment.get_template("page.html").render(
        title=chapters[0].title if len(chapters) == 1 else "; ".join(chapter.title for chapter in chapters),
        views=[_view(chapter) for chapter in chapters],
        marks=MARKS,
        number=format_number,
        interval=format_verdict_interval,
        effect=format_effect,
        specifications=_json([_for_page(chart) for chart in charts]),
        chart_numbers={id(chart): number for number, chart in enumerate(charts)},
        style=_file("style.css"),
        script=_file("page.js"),
        vega=_vega() if charts else "",
    )


def _view(chapter: Chapter) -> dict[str, Any]:
    """What `study.html` shows for a study."""
    by_name = chapter.by_experiment
    pictures, unreadable = read_pictures(by_name, most=12 if len(by_name) <= 12 else 6)
    return {
        "chapter": chapter,
        "study": chapter.study,
        "title": chapter.title,
        "says": {name: recorded.says for name, recorded in chapter.recorded.items()},
        "swatches": swatches(list(by_name)),
        "splits": list(dict.fromkeys(chart.split for chart in chapter.charts)),
        "tally": format_tally(chapter.verdicts),
        "forest": forest(chapter.verdicts),
        "rows": _rows(chapter.verdicts),
        "without": _without_runs(chapter.verdicts),
        "shown": preselected(chapter.study, list(by_name)),
        "findings": [finding for finding in chapter.findings if finding.severity != "missing"],
        "omissions": [finding for finding in chapter.findings if finding.severity == "missing"],
        "tables": chapter.tables,
        "held_out": {record.info.data.splits.get("validation", 0) for record in chapter.records},
        "chosen": _chosen(chapter),
        "pictures": pictures,
        "unreadable": unreadable,
        "layers": _same_layers(chapter.layers),
        "recipes": {
            name: "\n".join(
                f"{key}: {format_value(value)}"
                for key, value in flatten(recorded.document).items()
                if value is not None
            )
            for name, recorded in chapter.recorded.items()
        },
        "environments": describe_environments([*chapter.records, *chapter.timed]),
    }


def _rows(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts of the table: decided ones first, without those that have no runs."""
    shown = [each for each in verdicts if each not in _without_runs(verdicts)]
    return sorted(shown, key=lambda each: list(MARKS).index(each.verdict))


def _without_runs(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The undecided claims that no run reaches."""
    return [each for each in verdicts if each.verdict == "undecided" and each.measured is None]


def _chosen(chapter: Chapter) -> list[str]:
    """The experiments whose schedule depends on the images that they are scored on."""
    return [
        name
        for name, recorded in chapter.recorded.items()
        if str(recorded.schedule.options.get("until", "")).strip().startswith(recorded.roles.score_on)
    ]


def _for_page(chart: Chart) -> dict[str, Any]:
    """The specification with the width of its container. The page itself has title and legend."""
    padding = {"right": _LABELS} if chart.place == "main" else {}
    size = {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}
    height = {"height": _MAIN_HEIGHT} if chart.place == "main" else {}
    return {**chart.specification, **size, **height, "padding": {"left": 5, "top": 5, "bottom": 5, **padding}}


def _json(document: Any) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _code(text: str) -> Markup:
    """Text with code elements instead of backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _file(name: str) -> str:
    return resources.files("deepstudy.reporting").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script. It is cached, because bundling takes half the time of a page."""

    def bundle() -> bytes:
        script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub knows no defaults
        return script.replace("</script", "<\\/script").encode()

    return cached("vega", version("vl-convert-python").encode(), bundle).decode()


def _same_layers(layers: Layers) -> list[tuple[list[str], Table]]:
    """Layer tables, each once for all experiments that share it."""
    groups: list[tuple[list[str], LayerTable]] = []
    for name, table in layers.items():
        names_with_same = next((names for names, known in groups if known.layers == table.layers), None)
        if names_with_same is None:
            groups.append(([name], table))
        else:
            names_with_same.append(name)
    return [(names, tabulate_layers(table)) for names, table in groups]
