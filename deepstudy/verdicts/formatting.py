"""Numbers, intervals and claims as text."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.study import Study
from deepstudy.study.reported import (
    Compare,
    Drops,
    Exceeds,
    Form,
    Gap,
    Measure,
    Overtakes,
    Quantity,
    Reported,
    Saturates,
    Value,
)

_NOUNS = {  # one and several of what a network has
    "weights": ("weight", "weights"),
    "biases": ("bias", "biases"),
    "parameters": ("parameter", "parameters"),
    "macs": ("multiply-add", "multiply-adds"),
}


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
        return Scale("points" if self.unit == "%" else self.unit, (-math.inf, math.inf), has_sign=True)

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
            The largest half-width, in the scale's unit.
        """
        return {"%": 3.0, "points": 3.0, "epochs": max(3.0, 0.1 * figure)}.get(self.unit, 0.1 * abs(figure))

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


POINTS = Scale("points", (-math.inf, math.inf))  #: for differences that are written without a sign
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
            return Scale("%", (0.0, 100.0))
        case "saturation_epoch" | "epochs_to":
            return EPOCHS
        case "seconds_per_epoch" | "elapsed":
            return Scale("s")
        case "loss":
            return Scale("nats")
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
    """Name a part of the runs of an experiment, as the subject of a sentence.

    Arguments:
        some: how many runs.
        of: how many runs the experiment has.
        name: the experiment.

    Returns:
        `1 of 4 runs of plain`, or `The only run of plain`.
    """
    return f"{some} of {of} runs of {name}" if of > 1 else f"The only run of {name}"


def format_count(count: int, quantity: str) -> str:
    """Write a count with its noun: `61,470 weights`, `1 bias`.

    Arguments:
        count: the count.
        quantity: what is counted: weights, biases, parameters or macs.

    Returns:
        The text.
    """
    return f"{count:,} {_NOUNS[quantity][count != 1]}"


def noun_of(quantity: str) -> str:
    """Name what is counted: `weights`, `multiply-adds`.

    Arguments:
        quantity: weights, biases, parameters or macs.

    Returns:
        The plural.
    """
    return _NOUNS[quantity][1]


def format_amount(number: float, unit: str) -> str:
    """Write a number as the study file has it, with its unit: `1 point`, `28 epochs`, `89 %`.

    Arguments:
        number: the number.
        unit: the unit, in the plural; "" for none.

    Returns:
        The text.
    """
    if number == 1 and unit.endswith("s") and unit != "s":
        unit = unit[:-1]
    return f"{number:,.10g} {unit}".rstrip()


def format_timing_advice(study: Study, budget: str | None) -> str:
    """Say how to measure times that can be compared.

    Arguments:
        study: the study.
        budget: the budget's name, None for the whole study.

    Returns:
        A sentence with the command.
    """
    under = f" --budget {shlex.quote(budget)}" if budget else ""
    return f"Measure comparable times with `deepstudy run {shlex.quote(study.argument)}{under} --timing`."


def format_reported(study: Study, form: Form) -> str:
    """Write what the report says about a claim's quantity.

    Arguments:
        study: the study.
        form: the form of the claim.

    Returns:
        The report's figures, such as `99.1 vs 98.9`. Without figures, what the claim expects: `higher`, `faster`,
        `overtakes`.
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
                return f"{figures[0]} vs {figures[1]}"
            return _format_expected(form)
        case Saturates():
            return f"saturated by epoch {form.by}"
        case Drops():
            after = form.regained_after
            recovers = f", recovers after {format_amount(after, 'epochs')}" if after else ""
            return f"drops {format_amount(form.by, 'points')}{recovers}"
        case Gap():
            side = "above" if form.expect == "greater" else "below"
            return f"gap {side} {format_amount(form.margin, 'points')}"
        case Exceeds():
            side = "above" if form.expect == "greater" else "below"
            return f"{side} {format_amount(form.level, _unit_of(form))}"
        case Overtakes():
            return f"overtakes after epoch {form.after}" if form.after else "overtakes"


def _format_expected(form: Compare) -> str:
    """What a comparison claims: `higher`, `faster by more than 2 s`, `equal within 1 point`."""
    margin = format_amount(form.margin, _unit_of(form, is_difference=True))
    if form.expect == "equivalent":
        return f"equal within {margin}"
    word = _comparative(form.quantity, is_greater=form.expect == "greater")
    if not form.margin:
        return word
    return f"over {margin} {word}" if form.quantity in _NOUNS else f"{word} by more than {margin}"


def _comparative(quantity: Quantity, is_greater: bool) -> str:
    match quantity:
        case "seconds_per_epoch":
            return "slower" if is_greater else "faster"
        case "elapsed":
            return "longer" if is_greater else "shorter"
        case "saturation_epoch" | "epochs_to":
            return "later" if is_greater else "earlier"
        case "accuracy" | "best_accuracy" | "loss":
            return "higher" if is_greater else "lower"
    return "more" if is_greater else "fewer"


def _unit_of(form: Measure, is_difference: bool = False) -> str:
    """The unit of a claim's number; "" for a count, whose claim names it."""
    if form.quantity in _NOUNS or form.quantity == "shape":
        return ""
    scale = scale_of(form)
    return (scale.difference() if is_difference else scale).unit


def _is_about(figure: Reported, name: str, form: Compare) -> bool:
    """Whether a reported figure gives the quantity that a claim compares, for this experiment."""
    keys = ("quantity", "split", "epoch", "layer")
    return figure.experiment == name and all(getattr(figure, key) == getattr(form, key) for key in keys)
