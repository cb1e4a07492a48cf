"""What the report says: printed figures, logs, shapes, and claims in a form that runs can decide."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from deepstudy.catalog import Count, NotNegative, Positive, StrictModel
from deepstudy.study.experiment import SplitName

Quantity = Literal[
    "accuracy",
    "loss",
    "best_accuracy",
    "saturation_epoch",
    "epochs_to",
    "seconds_per_epoch",
    "elapsed",
    "weights",
    "biases",
    "parameters",
    "macs",
    "shape",
]


# How printed figures are read --------------------------------------------------------------------------------------
#
# What a figure stands for is decided here alone; claims, the page and the audits ask `stands_for`:
#
#   61,470            all that rounds to it at its last printed digit; of a count that is itself
#   62k, 0.06M        likewise, so 61,500 to 62,500, and 55,000 to 65,000
#   60~70             from 60 to 70
#   about 62,000      within 10 % of it; of an accuracy, within 2 points (`about: true` means the same)
#   93.39±0.16        what precedes the ±;   5x5x6 = 150   what follows the last =

_WORDS = {"thousand": 3, "million": 6, "billion": 9, "천": 3, "만": 4, "백만": 6, "억": 8}
_SUFFIXES = {"k": 3, "K": 3, "M": 6, "B": 9, "G": 9, **_WORDS}  # powers of ten
#: A suffix that multiplies the number before it: `62k`, `1.2 million`, `0.42 MMACs`.
SUFFIX = rf"\s*(?:k|K|M|B|G|(?i:{'|'.join(sorted(_WORDS, key=len, reverse=True))}))(?=(?:FLOP|MAC)s?\b|(?![A-Za-z]))"
_NUMBER = re.compile(
    r"(?<![\w.,])([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)(?![\d,]|[eE][-+]?\d)" + f"({SUFFIX})?"
)
_ABOUT = re.compile(r"(?i)\b(?:about|around|approx\w*|roughly|nearly|almost|circa|ca)\b|[≈≃]|약|(?:^|=)\s*[~∼]")
_WITHIN, _WITHIN_POINTS = Decimal("0.1"), Decimal(2)  # what `about` allows: a part of the figure; points of an accuracy


def says_about(text: str) -> bool:
    """Whether a figure is printed as an approximation: `about 62,000`, `~62k`, `약 62,000`.

    Arguments:
        text: the figure as printed.

    Returns:
        Whether it is.
    """
    return _ABOUT.search(text) is not None


def printed_number(text: str) -> tuple[float, float]:
    """Read the number that a printed figure states.

    `61,470` → (61470, 61470); `62k` → (62000, 62000); `78~81` → (78, 81). Of `5x5x1x6 = 150`, what follows the last
    `=` is read; of `93.39±0.16`, what precedes the `±`.

    Arguments:
        text: the figure as printed.

    Returns:
        The lowest and the highest number; both the same if it is not a range.

    Raises:
        ValueError: if it does not state a single number or range.
    """
    numbers = [value for value, _ in _read(text)]
    return float(min(numbers)), float(max(numbers))


def stands_for(text: str, quantity: str, about: bool = False) -> tuple[float, float]:
    """Find what a printed figure can stand for, by the rules above: `62k` parameters → (61500, 62500).

    Arguments:
        text: the figure as printed.
        quantity: what it is a figure of.
        about: whether the report means it as an approximation, though the figure does not say so.

    Returns:
        The least and the greatest number.

    Raises:
        ValueError: as `printed_number`.
    """
    ends = _read(text)
    low, high = min(value for value, _ in ends), max(value for value, _ in ends)
    rounded = ends[0][1] if len(ends) == 1 else Decimal(0)
    reach = [rounded, rounded]
    if about or says_about(text):
        is_accuracy = quantity in ("accuracy", "best_accuracy")
        reach = [max(rounded, _WITHIN_POINTS if is_accuracy else _WITHIN * abs(end)) for end in (low, high)]
    return float(low - reach[0]), float(high + reach[1])


def _read(text: str) -> list[tuple[Decimal, Decimal]]:
    """The one number of a printed figure, or the two of a range, each with half a unit of its last digit."""
    result = text.rpartition("=")[2].replace("−", "-").partition("±")[0]
    result = re.sub(rf"(?<=\d)({SUFFIX})?\s*[-–]\s*(?=\d)", r"\1~", result)
    matches = _NUMBER.findall(result.replace("~", " ~ "))
    if not (len(matches) == 1 or (len(matches) == 2 and "~" in result)):
        raise ValueError(f"{text!r} does not state one number; write it as printed, like 89.20, 78~81 or 5x5x6 = 150")
    numbers = []
    for digits, suffix in matches:
        suffix = suffix or matches[-1][1]  # `1.1~1.3M`: of both ends
        power = _SUFFIXES.get(suffix.strip(), _WORDS.get(suffix.strip().lower(), 0))
        value = Decimal(digits.replace(",", ""))
        _, _, exponent = value.as_tuple()
        if not abs(value) < Decimal(10) ** 300 or not isinstance(exponent, int):
            raise ValueError(f"{text!r} does not state one number that anything can be")
        numbers.append((value.scaleb(power), Decimal("0.5").scaleb(power + exponent)))
    return numbers


class Measure(StrictModel):
    """A quantity of one run, with what it needs to be definite."""

    quantity: Quantity
    split: SplitName | None = None
    epoch: Count | Literal["last", "unknown"] | None = None
    layer: str | None = None
    level: float | None = None


class Reported(Measure):
    """A number the report printed, with what it claims to be. `value` and `elapsed` keep their printed text."""

    experiment: str
    value: Annotated[str, WithJsonSchema({"type": ["string", "number"]})]
    images: Count | None = None
    elapsed: Annotated[str | None, WithJsonSchema({"type": ["string", "number", "null"]})] = None
    words: str | None = None
    about: bool = False
    says: str | None = None
    quote: str | None = None
    source: Literal["report", "code", "paper"] = "report"

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        if self.quantity != "shape":
            printed_number(self.value)
        if self.elapsed is not None:
            printed_number(self.elapsed)
        return self

    @property
    def number(self) -> tuple[float, float]:
        """The figure as (lowest, highest); both the same where it is not a range."""
        return printed_number(self.value)

    @property
    def is_about(self) -> bool:
        """Whether it is given as an approximation, by `about` or in its own words."""
        return self.about or says_about(self.value)

    @property
    def meant(self) -> tuple[float, float]:
        """The least and the greatest number that it can stand for."""
        return stands_for(self.value, self.quantity, self.about)


class ReportedLog(StrictModel):
    """Log lines of one experiment, pasted as printed."""

    experiment: str
    text: str
    pattern: Annotated[
        str | None, Field(description="a regular expression with the groups epoch, epochs, step, steps, loss, accuracy")
    ] = None
    source: Literal["report", "code"] = "report"

    @model_validator(mode="after")
    def _compiles(self) -> Self:
        known = {"epoch", "epochs", "step", "steps", "loss", "accuracy"}
        try:
            groups = re.compile(self.pattern or "").groupindex
        except re.error as error:
            raise ValueError(f"pattern: is not a regular expression: {error}") from None
        if not groups.keys() <= known:
            raise ValueError(f"pattern: knows the groups {', '.join(sorted(known))}, like (?P<loss>[0-9.]+)")
        return self


class ReportedShapes(StrictModel):
    """Sizes along the network, pasted as printed; `batch` where they are those of a batch."""

    experiment: str
    batch: Count | None = None
    text: str
    source: Literal["report", "code"] = "report"


class _OfOne(StrictModel):
    """A form about one experiment."""

    of: str

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments that it is about."""
        return (self.of,)


class _OfTwo(StrictModel):
    """A form that compares two experiments."""

    of: str
    with_: Annotated[str, Field(alias="with")]

    @property
    def experiments(self) -> tuple[str, str]:
        """The experiments that it is about."""
        return (self.of, self.with_)


class _OfAccuracy(StrictModel):
    """A form that is always about accuracy."""

    @property
    def quantity(self) -> Quantity:
        """The quantity that it is about."""
        return "accuracy"


class _Definite(Measure):
    @model_validator(mode="after")
    def _definite(self) -> Self:
        needs = {"accuracy": ("split", "epoch"), "loss": ("split", "epoch"), "best_accuracy": ("split",)}
        needs |= {"saturation_epoch": ("split",), "epochs_to": ("split", "level")}
        for key in needs.get(self.quantity, ()):
            if getattr(self, key) in (None, "unknown"):
                raise ValueError(f"{self.quantity} needs `{key}`")
        return self


class Compare(_OfTwo, _Definite):
    """A quantity of experiment `of` beside that of `with`, beyond `margin`."""

    expect: Literal["greater", "less", "equivalent"]
    margin: NotNegative = 0.0

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.expect == "equivalent" and self.margin == 0:
            raise ValueError("equivalent needs a `margin` above 0")
        return self


class Value(_OfOne, _Definite):
    """A reported figure beside what runs give."""

    reported: str
    about: bool = False

    @model_validator(mode="after")
    def _number(self) -> Self:
        printed_number(self.reported)
        return self

    @property
    def meant(self) -> tuple[float, float]:
        """The least and the greatest number that the figure can stand for."""
        return stands_for(self.reported, self.quantity, self.about)


class Saturates(_OfOne, _OfAccuracy):
    """Accuracy is within `margin` points of its final level from epoch `by` on."""

    split: SplitName
    by: Count
    margin: Positive


class Overtakes(_OfTwo):
    """`of` starts below `with` and is above it after some epoch (`after`, where the report names one)."""

    quantity: Literal["accuracy"] = "accuracy"
    split: SplitName
    after: Count | None = None


class Drops(_OfOne, _OfAccuracy):
    """Accuracy falls by `by` points at an epoch or at the switch, and is regained `regained_after` epochs on."""

    split: SplitName
    at: Count | Literal["switch"]
    by: Positive
    regained_after: Count | None = None


class Gap(_OfOne, _OfAccuracy):
    """The accuracy on the first split of `between` less that on the second, against `margin` points."""

    between: tuple[SplitName, SplitName]
    epoch: Count | Literal["last"] = "last"
    expect: Literal["greater", "less"]
    margin: NotNegative


class Exceeds(_OfOne, _Definite):
    """A quantity of one experiment against a level."""

    level: float
    expect: Literal["greater", "less"] = "greater"


Form = Compare | Value | Saturates | Overtakes | Drops | Gap | Exceeds
FORMS = ("compare", "value", "saturates", "overtakes", "drops", "gap", "exceeds")


class Claim(StrictModel):
    """A sentence of the report in a form that runs can decide: exactly one of the forms."""

    id: Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
    says: str
    source: Literal["report", "code", "ours"] = "report"
    tried: Annotated[bool, Field(description="false where the report proposes it and has not done it")] = True
    chose: Annotated[bool, Field(description="true where the report chose something by it, such as its epochs")] = False
    compare: Compare | None = None
    value: Value | None = None
    saturates: Saturates | None = None
    overtakes: Overtakes | None = None
    drops: Drops | None = None
    gap: Gap | None = None
    exceeds: Exceeds | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(getattr(self, form) is not None for form in FORMS) != 1:
            raise ValueError(f"a claim has exactly one of {', '.join(FORMS)}")
        return self

    @property
    def form(self) -> Form:
        """What decides it."""
        form = next(value for name in FORMS if (value := getattr(self, name)) is not None)
        assert isinstance(form, Form)
        return form
