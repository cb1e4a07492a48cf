"""How numbers, intervals and claims are spoken of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deepstudy.study import Study
from deepstudy.study.reported import Compare, Drops, Exceeds, Gap, Measure, Overtakes, Saturates, Value


@dataclass(frozen=True)
class Scale:
    """How numbers of a quantity are spoken of: the unit, the sign of a difference, and what they cannot be."""

    unit: str
    limits: tuple[float, float] = (0.0, math.inf)
    has_sign: bool = False

    def difference(self) -> "Scale":
        """That of a difference of two such numbers."""
        return Scale(self.unit, (-math.inf, math.inf), has_sign=True)

    def cut(self, interval: tuple[float, float]) -> tuple[float, float]:
        """An interval without what lies outside the limits."""
        low, high = (min(max(end, self.limits[0]), self.limits[1]) for end in interval)
        return low, high

    def most(self, figure: float) -> float:
        """How far a prediction interval may reach either way, to say anything of a figure."""
        return {"points": 3.0, "epochs": max(3.0, 0.1 * figure)}.get(self.unit, 0.1 * abs(figure))

    def number(self, value: float) -> str:
        """A number, with its sign where it is a difference."""
        return spoken(value, sign=self.has_sign)

    def interval(self, interval: tuple[float, float], bounds: Sequence[float] = ()) -> str:
        """An interval, told from the bounds it is held against."""
        return spoken_interval(interval, bounds, self.has_sign)


POINTS = Scale("points", (-math.inf, math.inf))  # of differences that are spoken of without a sign
EPOCHS = Scale("epochs")


def scale_of(measure: Measure) -> Scale:
    """How a quantity is spoken of."""
    match measure.quantity:
        case "accuracy" | "best_accuracy":
            return Scale("points", (0.0, 100.0))
        case "saturation_epoch" | "epochs_to":
            return EPOCHS
        case "seconds_per_epoch" | "elapsed":
            return Scale("s")
    return Scale(measure.quantity)


def spoken(value: float, places: int = 2, sign: bool = False) -> str:
    """A number for people: 68.04, +0.23, 61,470. Counts (int) stand without decimals, and long numbers without two."""
    whole = isinstance(value, int) or (abs(value) >= 1000 and places <= 2)
    return f"{value:{'+' if sign else ''}z,.{0 if whole else places}f}"


def spoken_interval(interval: tuple[float, float], bounds: Sequence[float] = (), sign: bool = False) -> str:
    """`0.71 to 1.02`: with as many decimals as it takes to tell its ends from the bounds it is held against."""

    def tells(places: int) -> bool:
        return all(
            end == bound or spoken(end, places, sign) != spoken(bound, places, sign)
            for end in interval
            for bound in bounds
        )

    places = next((places for places in range(2, 6) if tells(places)), 2)
    return " to ".join(spoken(end, places, sign) for end in interval)


def reported_in(study: Study, form: Any) -> str:
    """What the report says of a claim's quantity: its figures, or what the claim expects."""
    match form:
        case Value():
            return ("about " if form.about else "") + form.reported
        case Compare():
            figures = [
                next((each.value for each in study.reported if _is_figure(each, name, form)), None)
                for name in (form.of, form.with_)
            ]
            if all(figures):
                return f"{figures[0]} against {figures[1]}"
            return form.expect if not form.margin else f"{form.expect}, {form.margin:g}"
        case Saturates():
            return f"by epoch {form.by}"
        case Drops():
            after = form.regained_after
            return _so_much(form.by, "point") + (f", {_so_much(after, 'epoch')}" if after else "")
        case Gap():
            return f"{form.expect} than {_so_much(form.margin, 'point')}"
        case Exceeds():
            return f"{form.expect} than {form.level:g}"
    return "passes it" if isinstance(form, Overtakes) else ""


def _is_figure(figure: Any, name: str, form: Compare) -> bool:
    keys = ("quantity", "split", "epoch", "layer")
    return figure.experiment == name and all(getattr(figure, key) == getattr(form, key) for key in keys)


def _so_much(number: float, unit: str) -> str:
    """`1 point`, `28 epochs`."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
