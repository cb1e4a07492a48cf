"""Charts as files: SVG and PNG, with a legend and the study's title."""

import copy
import re
import textwrap
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import vl_convert

from deepstudy.files import write_atomically
from deepstudy.reporting.chart import Chart


def write_charts(charts: Iterable[Chart], folder: Path, title: str, names: Sequence[str]) -> list[Path]:
    """Write each chart as SVG and PNG, with a legend and the study's title.

    Arguments:
        charts: the charts.
        folder: where the files are written. It is created if it does not exist.
        title: the study's title.
        names: the experiments, in the order of the charts.

    Returns:
        The paths of the files.
    """
    _register_fonts()
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
    return paths


def font_notice(text: str) -> str:
    """Say which characters the chart files cannot show on this machine.

    Arguments:
        text: the titles and names in the charts.

    Returns:
        A sentence with what to do; "" if no character is missing.
    """
    _register_fonts()
    missing = without_glyph(text)
    if not missing:
        return ""
    advice = "install one, for example with: pip install 'deepstudy[cjk]'"
    return f"no font on this machine has {missing}, so the PNG files show boxes there; {advice}"


def _register_fonts() -> None:
    package = find_spec("mplfonts")  # the extra `cjk`: its fonts are used, the package is not imported
    if package and package.origin:
        vl_convert.register_font_directory(str(Path(package.origin).parent / "fonts"))


def _renumbered(svg: str) -> str:
    """The picture with its clipping paths numbered from 0. vl-convert numbers them across pictures."""
    reference = re.compile(r'(id="clip|url\(#clip)(\d+)')
    numbers: dict[str, int] = {}
    return reference.sub(lambda match: f"{match[1]}{numbers.setdefault(match[2], len(numbers))}", svg)


def for_print(chart: Chart, title: str, names: Sequence[str]) -> dict[str, Any]:
    """Prepare a chart for print.

    Arguments:
        chart: the chart.
        title: the study's title.
        names: the experiments, in the order of the charts.

    Returns:
        Its specification, with the title above and a legend beside it.
    """
    specification = copy.deepcopy(chart.specification)
    specification["title"] = {"text": textwrap.wrap(title, 70), "subtitle": chart.title}
    specification["background"] = "white"
    layers = [layer for layer in specification["layer"] if not layer.get("name", "").startswith("hover")]
    specification["layer"] = layers
    legend = {"title": None, "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 2, "symbolSize": 300}
    legend |= {"labelLimit": 400, "symbolLimit": 0}  # every name, not cut short
    for layer in layers:
        for channel in ("color", "strokeDash"):
            if channel in layer["encoding"]:
                layer["encoding"][channel]["legend"] = legend if len(names) > 1 else None
    specification["params"] = [parameter for parameter in specification["params"] if parameter["name"] == "hidden"]
    font = "Noto Sans, Noto Sans CJK SC, Liberation Sans, DejaVu Sans, Arial, sans-serif"
    specification["config"] = {**specification.get("config", {}), "font": font}
    return specification


def without_glyph(text: str) -> str:
    """Find the characters that no font on this machine can draw.

    A missing character is drawn as an empty box, like a character that is not in Unicode.

    Arguments:
        text: any text.

    Returns:
        The missing characters, without repetition.
    """

    def draw(character: str) -> bytes:
        escaped = {"&": "&amp;", "<": "&lt;"}.get(character, character)
        text = f'<text x="8" y="30" font-size="24" font-family="sans-serif">{escaped}</text>'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{text}</svg>'
        return bytes(vl_convert.svg_to_png(svg))

    unusual = [c for c in dict.fromkeys(re.sub(r"[\x00-\xff\s]", "", text)) if c.isprintable()]
    if not unusual:
        return ""
    box = draw("\u0378")  # unassigned in Unicode
    return "".join(character for character in unusual if draw(character) == box)
