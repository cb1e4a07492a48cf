"""Curves as a picture: where each line, tick and label stands. `charts.html` draws it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 460, 260
_LEFT, _TOP, _BOTTOM = 52, 12, 44
_LETTER = 7.1  # about the width of a letter
_LINE = 15.0  # between two labels
_FEW = 12  # points that are shown one by one
_LONGEST = 24  # letters of a label
_MOST = 1_000  # points of a curve
_WIDE = 50.0  # a ratio of values from which the scale is logarithmic


@dataclass(frozen=True)
class Curve:
    """Values over time.

    Attributes:
        label: what stands at its end; "" for nothing.
        style: its class in the style sheet.
        points: (x, y), in order. A y that is not finite breaks the line.
    """

    label: str
    style: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class DrawnCurve:
    """A curve in the coordinates of the picture.

    Attributes:
        label: what stands at its end.
        style: its class in the style sheet.
        path: the lines, as the `d` of an SVG path; "" if there are only points.
        dots: points that are shown one by one.
        label_at: where the label stands.
    """

    label: str
    style: str
    path: str
    dots: list[tuple[float, float]]
    label_at: tuple[float, float]


@dataclass(frozen=True)
class CurveChart:
    """A picture of curves.

    Attributes:
        title: what it shows.
        says: the same in words, for who cannot see it.
        x_label: what stands below the axis.
        x_ticks: (x, text).
        y_ticks: (y, text).
        curves: the curves.
        left, right, top, bottom: the edges of the field.
    """

    title: str
    says: str
    x_label: str
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    curves: list[DrawnCurve]
    left: float = _LEFT
    right: float = WIDTH
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM


@dataclass
class _Axis:
    """From values to coordinates along one side of the picture."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False
    ticks: list[float] = field(default_factory=list)

    def at(self, value: float) -> float:
        """The coordinate of a value."""
        low, high, value = (
            (math.log10(each) for each in (self.low, self.high, value))
            if self.logarithmic
            else (self.low, self.high, value)
        )
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)


def draw(
    curves: Sequence[Curve], title: str, x_label: str, unit: str = "", is_linear: bool = False
) -> CurveChart | None:
    """Lay out curves.

    Arguments:
        curves: the curves.
        title: what they show.
        x_label: what x is.
        unit: `%` for a scale that ends at 100; "" otherwise.
        is_linear: whether values of different sizes stay on a linear scale.

    Returns:
        The picture; None if no value is finite.
    """
    finite = [point for each in curves for point in each.points if math.isfinite(point[1])]
    if not finite:
        return None
    longest = max(len(_cut(each.label)) for each in curves)
    right = WIDTH - (8 + longest * _LETTER if longest else 10)
    x = _x_scale([point[0] for point in finite], right, whole=x_label == "epoch")
    y = _y_scale([point[1] for point in finite], unit, is_linear or unit == "%")
    drawn = [_draw(each, x, y) for each in curves]
    return CurveChart(
        f"{title} (logarithmic scale)" if y.logarithmic else title,
        _say(curves, title, x_label),
        x_label,
        [(x.at(each), _number(each)) for each in x.ticks],
        [(y.at(each), _number(each)) for each in y.ticks],
        _spread([each for each in drawn if each.path or each.dots]),
        right=right,
    )


def _x_scale(values: list[float], right: float, whole: bool) -> _Axis:
    low, high = min(0.0, *values) if min(values) < 1 or not whole else 1.0, max(values)
    if high == low:
        low, high = low - 1, high + 1
        return _Axis(low, high, _LEFT + 6, right - 4, ticks=[values[0]])
    ticks = [each for each in _steps(low, high, 5, whole) if low <= each <= high]
    return _Axis(low, high, _LEFT + 6, right - 4, ticks=ticks)


def _y_scale(values: list[float], unit: str, is_linear: bool) -> _Axis:
    low, high = min(values), max(values)
    start, end = HEIGHT - _BOTTOM, _TOP
    if low > 0 and high / low > _WIDE and not is_linear:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        every = math.ceil((last - first) / 5)
        return _Axis(10.0**first, 10.0**last, start, end, True, [10.0**each for each in range(first, last + 1, every)])
    if high == low:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    if 0 < low < 0.4 * high and unit != "%":
        low = 0.0
    ticks = _steps(low, high, 5)
    if unit == "%":
        ticks = [each for each in ticks if 0 <= each <= 100]
        return _Axis(min(ticks[0], low), max(ticks[-1], high), start, end, ticks=ticks)
    return _Axis(ticks[0], ticks[-1], start, end, ticks=ticks)


def _steps(low: float, high: float, count: int, whole: bool = False) -> list[float]:
    """Round values that cover a range."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.999)
    step = max(1.0, round(step)) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(each * step, 12) for each in range(first, last + 1)]


def _draw(curve: Curve, x: _Axis, y: _Axis) -> DrawnCurve:
    parts: list[list[tuple[float, float]]] = [[]]
    every = math.ceil(len(curve.points) / _MOST) or 1
    for at, value in (*curve.points[:-1:every], *curve.points[-1:]):
        if math.isfinite(value):
            parts[-1].append((x.at(at), y.at(value)))
        elif parts[-1]:
            parts.append([])
    parts = [each for each in parts if each]
    path = " ".join("M" + "L".join(f"{at:g} {value:g}" for at, value in part) for part in parts if len(part) > 1)
    dots = [point for part in parts for point in part]
    if len(dots) > _FEW or not curve.label:  # a rate has no points: it holds from step to step
        dots = [part[0] for part in parts if len(part) == 1]
    end = parts[-1][-1] if parts else (0.0, 0.0)
    return DrawnCurve(_cut(curve.label), curve.style, path, dots, (end[0] + 7, end[1] + 4))


def _spread(curves: list[DrawnCurve]) -> list[DrawnCurve]:
    """Move labels apart that would cover each other, and to one column."""
    column = max((each.label_at[0] for each in curves), default=0.0)
    order = sorted(range(len(curves)), key=lambda number: curves[number].label_at[1])
    heights = [curves[number].label_at[1] for number in order]
    for at in range(1, len(heights)):
        heights[at] = max(heights[at], heights[at - 1] + _LINE)
    over = max(0.0, heights[-1] - (HEIGHT - _BOTTOM)) if heights else 0.0
    for at in range(len(heights) - 1, -1, -1):  # back up, as far as needed
        limit = heights[at + 1] - _LINE if at + 1 < len(heights) else heights[at] - over
        heights[at] = min(heights[at], limit)
    placed = dict(zip(order, heights, strict=True))
    return [
        DrawnCurve(each.label, each.style, each.path, each.dots, (column, round(placed[number], 1)))
        for number, each in enumerate(curves)
    ]


def _say(curves: Sequence[Curve], title: str, x_label: str) -> str:
    """The chart in words: where each curve begins and ends, and its extremes."""
    says = []
    for each in curves:
        values = [value for _, value in each.points if math.isfinite(value)]
        lost = len(each.points) - len(values)
        name = f"{each.label}: " if each.label else ""
        if not values:
            says.append(f"{name}no finite value")
        elif len(values) == 1:
            says.append(f"{name}{values[0]:.4g}")
        else:
            says.append(
                f"{name}{values[0]:.4g} at first, {values[-1]:.4g} at last, "
                f"lowest {min(values):.4g}, highest {max(values):.4g}" + (f", {lost} not a number" if lost else "")
            )
    return f"{title} by {x_label}. {'; '.join(says)}."


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"


def _number(value: float) -> str:
    return f"{value:.6g}"
