"""A chart, and what all charts share: colours, dashes, sizes, the page's parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

#: The palette of Okabe & Ito without its yellow, for readers with any colour vision. Each colour also has its dash.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#882255", "#44AA99", "#332288")
_DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 3])
WIDTH, HEIGHT = 440, 260  # pixels


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: the name of its file, without the ending.
        title: its title.
        alt: a description for readers who do not see it.
        quantity: the quantity on its axis.
        split: the images that were scored.
        specification: the chart as a Vega-Lite specification.
        place: whether it is the main chart, that of the final accuracies, or one of the others.
    """

    name: str
    title: str
    alt: str
    quantity: Literal["accuracy", "loss"]
    split: str
    specification: dict[str, Any]
    place: Literal["main", "final", "more"] = "more"


def swatches(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Say how the charts draw each experiment.

    Arguments:
        names: the experiments, in the order of the charts.

    Returns:
        The colour and the SVG dash of each.
    """
    dashes = [" ".join(map(str, dash)) for dash in dashes_of(names)]
    return dict(zip(names, zip(colours_of(names), dashes, strict=True), strict=True))


def specification_of(layers: Sequence[alt.Chart], height: int = HEIGHT) -> dict[str, Any]:
    """Make the specification of a chart, with the parameters that the page sets.

    Arguments:
        layers: its layers.
        height: its height in pixels.

    Returns:
        The Vega-Lite document.
    """
    parameters = alt.param(name="hidden", value=[]), alt.param(name="at", value=0)
    chart = alt.layer(*layers).add_params(*parameters).properties(width=WIDTH, height=height)
    document: dict[str, Any] = chart.to_dict(validate=False)  # half of the time of a report; a test does it
    return document


def colours_of(names: Sequence[str]) -> list[str]:
    """Give each experiment its colour, the same in every chart.

    Arguments:
        names: the experiments, in the order of the charts.

    Returns:
        The colour of each.
    """
    return [COLOURS[number % len(COLOURS)] for number in range(len(names))]


def dashes_of(names: Sequence[str]) -> list[list[int]]:
    """Give each experiment its dash. When the colours repeat, they have a different dash than before.

    Arguments:
        names: the experiments, in the order of the charts.

    Returns:
        The dash of each.
    """
    return [_DASHES[(number + number // len(COLOURS)) % len(_DASHES)] for number in range(len(names))]
