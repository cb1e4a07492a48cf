"""Numbers, intervals and claims as text."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.study import Study
from deepstudy.study.reported import Compare, Drops, Exceeds, Form, Gap, Measure, Overtakes, Reported, Saturates, Value


@dataclass(frozen=True)
class Scale:
    """How the numbers of a quantity are written.

    Attributes:
        unit: the unit.
        limits: the lowest and the highest number that the quantity can be.
        has_sign: whether a number gets its sign, as differences do.
    """

    unit: str
    limits: tuple[float, float] = (0.0, math.inf)
    has_sign: bool = False

    def difference(self) -> "Scale":
        """The scale of a difference of two such numbers."""
        return Scale(self.unit, (-math.inf, math.inf), has_sign=True)

    def cut(self, interval: tuple[float, float]) -> tuple[float, float]:
        """Cut an interval at the limits.

        Arguments:
            interval: its ends.

        Returns:
            Its ends within the limits.
        """
        low, high = (min(max(end, self.limits[0]), self.limits[1]) for end in interval)
        return low, high

    def widest_support(self, figure: float) -> float:
        """Look up how wide a prediction interval may be that supports a figure.

        Arguments:
            figure: the figure.

        Returns:
            How far it may reach either way, in the scale's unit.
        """
        return {"points": 3.0, "epochs": max(3.0, 0.1 * figure)}.get(self.unit, 0.1 * abs(figure))

    def number(self, value: float) -> str:
        """Write a number.

        Arguments:
            value: the number.

        Returns:
            The text, with a sign where the scale has one.
        """
        return format_number(value, sign=self.has_sign)

    def interval(self, interval: tuple[float, float], bounds: Sequence[float] = ()) -> str:
        """Write an interval.

        Arguments:
            interval: its ends.
            bounds: what it is compared with; see `format_interval`.

        Returns:
            The text.
        """
        return format_interval(interval, bounds, self.has_sign)


POINTS = Scale("points", (-math.inf, math.inf))  #: of differences that are written without a sign
EPOCHS = Scale("epochs")


def scale_of(measure: Measure) -> Scale:
    """Look up how a quantity is written.

    Arguments:
        measure: the quantity.

    Returns:
        Its scale.
    """
    match measure.quantity:
        case "accuracy" | "best_accuracy":
            return Scale("points", (0.0, 100.0))
        case "saturation_epoch" | "epochs_to":
            return EPOCHS
        case "seconds_per_epoch" | "elapsed":
            return Scale("s")
    return Scale(measure.quantity)


def format_number(value: float, places: int = 2, sign: bool = False) -> str:
    """Write a number for people: 68.04, +0.23, 61,470.

    Arguments:
        value: the number; a count is an int, and has no decimals.
        places: decimals; numbers from 1,000 have none, unless more than two are asked for.
        sign: whether a plus is written.

    Returns:
        The text.
    """
    whole = isinstance(value, int) or (abs(value) >= 1000 and places <= 2)
    return f"{value:{'+' if sign else ''}z,.{0 if whole else places}f}"


def format_interval(interval: tuple[float, float], bounds: Sequence[float] = (), sign: bool = False) -> str:
    """Write an interval: `0.71 to 1.02`.

    Arguments:
        interval: its ends.
        bounds: what it is compared with; there are as many decimals as it takes to tell the ends from them.
        sign: whether a plus is written.

    Returns:
        The text.
    """

    def tells(places: int) -> bool:
        return all(
            end == bound or format_number(end, places, sign) != format_number(bound, places, sign)
            for end in interval
            for bound in bounds
        )

    places = next((places for places in range(2, 6) if tells(places)), 2)
    return " to ".join(format_number(end, places, sign) for end in interval)


def format_share(some: int, of: int, name: str) -> str:
    """Say how many runs of an experiment something is true of.

    Arguments:
        some: how many.
        of: of how many.
        name: the experiment.

    Returns:
        `1 of 4 runs of plain`; of a single run `The one run of plain`.
    """
    return f"{some} of {of} runs of {name}" if of > 1 else f"The one run of {name}"


def format_timing_advice(study: Study, budget: str | None) -> str:
    """Say how to measure times that can be compared.

    Arguments:
        study: the study.
        budget: the budget's name, None for the whole study.

    Returns:
        The end of a sentence, with the command.
    """
    under = f" --budget {shlex.quote(budget)}" if budget else ""
    return f"measure them with `deepstudy run {shlex.quote(study.argument)}{under} --timing`"


def format_reported(study: Study, form: Form) -> str:
    """Write what the report says of a claim's quantity.

    Arguments:
        study: the study.
        form: the form of the claim.

    Returns:
        The report's figures, or what the claim expects.
    """
    match form:
        case Value():
            return ("about " if form.about else "") + form.reported
        case Compare():
            figures = [
                next((figure.value for figure in study.reported if _is_about(figure, name, form)), None)
                for name in form.experiments
            ]
            if all(figures):
                return f"{figures[0]} against {figures[1]}"
            return form.expect if not form.margin else f"{form.expect}, {form.margin:g}"
        case Saturates():
            return f"by epoch {form.by}"
        case Drops():
            after = form.regained_after
            return _format_amount(form.by, "point") + (f", {_format_amount(after, 'epoch')}" if after else "")
        case Gap():
            return f"{form.expect} than {_format_amount(form.margin, 'point')}"
        case Exceeds():
            return f"{form.expect} than {form.level:g}"
        case Overtakes():
            return "passes it"


def _is_about(figure: Reported, name: str, form: Compare) -> bool:
    """Whether a reported figure is the quantity that a claim compares, of one of its experiments."""
    keys = ("quantity", "split", "epoch", "layer")
    return figure.experiment == name and all(getattr(figure, key) == getattr(form, key) for key in keys)


def _format_amount(number: float, unit: str) -> str:
    """`1 point`, `28 epochs`."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
