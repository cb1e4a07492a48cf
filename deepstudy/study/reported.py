"""What the report says: printed figures, logs, shapes, and claims in a form that runs can decide."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, field_validator, model_validator

from deepstudy.catalog import Count, NotNegative, Positive, StrictModel
from deepstudy.errors import did_you_mean
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
# Only this file decides what a printed figure can mean; claims, the page and the audits call `stands_for`:
#
#   61,470            all that rounds to it at its last printed digit; for a count, only that number
#   62k, 0.06M        the same: 61,500 to 62,500, and 55,000 to 65,000
#   60~70             from 60 to 70
#   about 62,000      within 10 % of it; for an accuracy, within 2 points (`about: true` means the same)
#   93.39±0.16        what precedes the ±;   5x5x6 = 150   what follows the last =

_WORDS = {"thousand": 3, "million": 6, "billion": 9, "천": 3, "만": 4, "백만": 6, "억": 8}
_SUFFIXES = {"k": 3, "K": 3, "M": 6, "B": 9, "G": 9, **_WORDS}  # powers of ten
#: A suffix that multiplies the number before it: `62k`, `1.2 million`, `0.42 MMACs`.
SUFFIX = rf"\s*(?:k|K|M|B|G|(?i:{'|'.join(sorted(_WORDS, key=len, reverse=True))}))(?=(?:FLOP|MAC)s?\b|(?![A-Za-z]))"
_NUMBER = re.compile(
    r"(?<![\w.,])([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)(?![\d,]|[eE][-+]?\d)" + f"({SUFFIX})?"
)
_ID = r"\w[\w.-]*"  #: of a claim
_ABOUT = re.compile(r"(?i)\b(?:about|around|approx\w*|roughly|nearly|almost|circa|ca)\b|[≈≃]|약|(?:^|=)\s*[~∼]")
_WITHIN, _WITHIN_POINTS = Decimal("0.1"), Decimal(2)  # what `about` allows: a part of the figure; points of an accuracy


def says_about(text: str) -> bool:
    """Whether a figure is printed as an approximation: `about 62,000`, `~62k`, `약 62,000`.

    Arguments:
        text: the figure as printed.

    Returns:
        Whether it is an approximation.
    """
    return _ABOUT.search(text) is not None


def printed_number(text: str) -> tuple[float, float]:
    """Read the number that a printed figure states.

    `61,470` → (61470, 61470); `62k` → (62000, 62000); `78~81` → (78, 81). For `5x5x1x6 = 150`, the part after the
    last `=` is read; for `93.39±0.16`, the part before the `±`.

    Arguments:
        text: the figure as printed.

    Returns:
        The lowest and the highest number; both the same if it is not a range.

    Raises:
        ValueError: if it is not a single number or range.
    """
    numbers = [value for value, _ in _read(text)]
    return float(min(numbers)), float(max(numbers))


def stands_for(text: str, quantity: str, about: bool = False) -> tuple[float, float]:
    """Find what a printed figure can mean, by the rules above: `62k` parameters → (61500, 62500).

    Arguments:
        text: the figure as printed.
        quantity: what it is a figure of.
        about: whether the report gives it as an approximation although the figure does not say so.

    Returns:
        The lowest and the highest number.

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
    """The number of a printed figure, or the two numbers of a range, each with half a unit of its last digit."""
    result = text.rpartition("=")[2].replace("−", "-").partition("±")[0]
    result = re.sub(rf"(?<=\d)({SUFFIX})?\s*[-–]\s*(?=\d)", r"\1~", result)
    matches = _NUMBER.findall(result.replace("~", " ~ "))
    if not (len(matches) == 1 or (len(matches) == 2 and "~" in result)):
        raise ValueError(f"{text!r} is not one number; write it as printed, for example 89.20, 78~81 or 5x5x6 = 150")
    numbers = []
    for digits, suffix in matches:
        suffix = suffix or matches[-1][1]  # `1.1~1.3M`: the suffix belongs to both ends
        power = _SUFFIXES.get(suffix.strip(), _WORDS.get(suffix.strip().lower(), 0))
        value = Decimal(digits.replace(",", ""))
        _, _, exponent = value.as_tuple()
        if not abs(value) < Decimal(10) ** 300 or not isinstance(exponent, int):
            raise ValueError(f"{text!r} is too large a number; write it as printed")
        numbers.append((value.scaleb(power), Decimal("0.5").scaleb(power + exponent)))
    return numbers


class Measure(StrictModel):
    """A quantity of one run, with what it needs to be definite."""

    quantity: Quantity = Field(
        description="What is measured or counted. Accuracies are in percent, losses in nats and times in seconds; macs "
        "are multiply-adds for one image."
    )
    split: SplitName | None = Field(
        default=None, description="Split whose images are scored. Accuracies and losses need it. Default: none."
    )
    epoch: Count | Literal["last", "unknown"] | None = Field(
        default=None,
        description="Epoch after which it is measured, from 1. Accuracies and losses need it. Default: none.",
    )
    layer: str | None = Field(
        default=None, description="Name of the layer, for counts and shapes of one layer. Default: the whole network."
    )
    level: float | None = Field(
        default=None, description="Accuracy in percent that `epochs_to` waits for. Default: none."
    )


class Reported(Measure):
    """A number that the report prints, with what it measures or counts. `value` and `elapsed` stay as printed."""

    experiment: str = Field(description="Name of the experiment.")
    value: Annotated[str, WithJsonSchema({"type": ["string", "number"]})] = Field(
        description="The number as printed, such as `98.10`, `61,470`, `62k` or `78~81`. Accuracies are in percent."
    )
    images: Count | None = Field(
        default=None, description="Number of images that the report says it scored. Default: not given."
    )
    elapsed: Annotated[str | None, WithJsonSchema({"type": ["string", "number", "null"]})] = Field(
        default=None, description="Time since the start of training as printed, in seconds. Default: not given."
    )
    words: str | None = Field(
        default=None,
        description="The time in words, as printed beside `elapsed`, such as `about 9 mins`. Default: not given.",
    )
    about: bool = Field(
        default=False, description="Whether the report gives the number as an approximation. Default: false."
    )
    says: str | None = Field(default=None, description="What the report says about the number. Default: nothing.")
    quote: str | None = Field(default=None, description="The report's own words around the number. Default: not given.")
    source: Literal["report", "code", "paper"] = Field(
        default="report", description="Who gives the number: the report, its code or a paper. Default: report."
    )

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
        """Whether `about` or the printed text says that it is an approximation."""
        return self.about or says_about(self.value)

    @property
    def meant(self) -> tuple[float, float]:
        """The lowest and the highest number that it can mean."""
        return stands_for(self.value, self.quantity, self.about)


class ReportedLog(StrictModel):
    """Log lines of one experiment, pasted as printed."""

    experiment: str = Field(description="Name of the experiment.")
    text: str = Field(description="The log lines, pasted as printed.")
    pattern: str | None = Field(
        default=None,
        description="Regular expression for one line, with some of the named groups epoch, epochs, step, steps, loss "
        "and accuracy. Default: common log formats are recognised.",
    )
    source: Literal["report", "code"] = Field(
        default="report", description="Who prints the log: the report or its code. Default: report."
    )

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        known = {"epoch", "epochs", "step", "steps", "loss", "accuracy"}
        try:
            groups = re.compile(pattern or "").groupindex
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
        for group in groups.keys() - known:
            raise ValueError(f"no group is called {group}{did_you_mean(group, known)}")
        return pattern


class ReportedShapes(StrictModel):
    """Sizes along the network, pasted as printed."""

    experiment: str = Field(description="Name of the experiment.")
    batch: Count | None = Field(
        default=None, description="Number of images in the batch, if the sizes include it. Default: they do not."
    )
    text: str = Field(description="The sizes, pasted as printed.")
    source: Literal["report", "code"] = Field(
        default="report", description="Who prints the sizes: the report or its code. Default: report."
    )


class _OfOne(StrictModel):
    """A form about one experiment."""

    of: str = Field(description="Name of the experiment.")

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments that it is about."""
        return (self.of,)


class _OfTwo(StrictModel):
    """A form that compares two experiments."""

    of: str = Field(description="Name of the experiment that the claim is about.")
    with_: Annotated[str, Field(alias="with")] = Field(description="Name of the experiment that it is compared with.")

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
                raise ValueError(f"{self.quantity} needs the key `{key}`; add it")
        return self


class Compare(_OfTwo, _Definite):
    """Compares a quantity of two experiments."""

    expect: Literal["greater", "less", "equivalent"] = Field(
        description="Whether the claim says that `of` is higher than `with` (`greater`), lower (`less`), or within "
        "`margin` (`equivalent`)."
    )
    margin: NotNegative = Field(
        default=0.0,
        description="With `greater` and `less`, the difference must be larger than this. With `equivalent`, it must "
        "lie within it. In the unit of the quantity (points for accuracies). Default: 0.0.",
    )

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.expect == "equivalent" and self.margin == 0:
            raise ValueError("equivalent needs a `margin` above 0; add one")
        return self


class Value(_OfOne, _Definite):
    """Compares a figure of the report with the runs."""

    reported: str = Field(description="The figure as printed, such as `89.20`. Accuracies are in percent.")
    about: bool = Field(
        default=False, description="Whether the report gives the figure as an approximation. Default: false."
    )

    @model_validator(mode="after")
    def _number(self) -> Self:
        printed_number(self.reported)
        return self

    @property
    def meant(self) -> tuple[float, float]:
        """The lowest and the highest number that the figure can mean."""
        return stands_for(self.reported, self.quantity, self.about)


class Saturates(_OfOne, _OfAccuracy):
    """Accuracy no longer rises after an epoch."""

    split: SplitName = Field(description="Split whose accuracy is meant.")
    by: Count = Field(description="Epoch after which accuracy no longer rises.")
    margin: Positive = Field(description="Rise in points that is still allowed after it.")


class Overtakes(_OfTwo):
    """The accuracy of `of` starts below that of `with` and ends above it."""

    quantity: Literal["accuracy"] = Field(default="accuracy", description="What is compared. Default: accuracy.")
    split: SplitName = Field(description="Split whose accuracy is compared.")
    after: Count | None = Field(
        default=None,
        description="Epoch after which `of` is ahead, if the report names one. Default: the last quarter of the "
        "epochs counts.",
    )


class Drops(_OfOne, _OfAccuracy):
    """Accuracy falls at an epoch, and may recover."""

    split: SplitName = Field(description="Split whose accuracy is meant.")
    at: Count | Literal["switch"] = Field(
        description="Epoch at which accuracy falls, or `switch` for the switch of the learning rate."
    )
    by: Positive = Field(description="Points by which accuracy falls.")
    regained_after: Count | None = Field(
        default=None, description="Epochs until accuracy is back, if the report gives them. Default: not given."
    )


class Gap(_OfOne, _OfAccuracy):
    """The difference of the accuracies on two splits."""

    between: tuple[SplitName, SplitName] = Field(
        description="The two splits. The difference is the first accuracy minus the second.",
        examples=["[train, validation]"],
    )
    epoch: Count | Literal["last"] = Field(
        default="last", description="Epoch after which accuracies are compared, from 1. Default: last."
    )
    expect: Literal["greater", "less"] = Field(
        description="Whether the claim says that the difference is above `margin` (`greater`) or below (`less`)."
    )
    margin: NotNegative = Field(description="Level in points that the difference is compared with.")


class Exceeds(_OfOne, _Definite):
    """Compares a quantity of one experiment with a fixed level."""

    level: float = Field(description="Level that the quantity is compared with, in its unit (percent for accuracies).")
    expect: Literal["greater", "less"] = Field(
        default="greater",
        description="Whether the claim says that the quantity is above the level (`greater`) or below (`less`). "
        "Default: greater.",
    )


Form = Compare | Value | Saturates | Overtakes | Drops | Gap | Exceeds
FORMS = ("compare", "value", "saturates", "overtakes", "drops", "gap", "exceeds")


def _check_id(text: str) -> str:
    if not re.fullmatch(_ID, text):
        raise ValueError(f"{text!r} is not an id; use letters, digits and - . _, and begin with a letter or digit")
    return text


class Claim(StrictModel):
    """A sentence of the report in a form that runs can decide. It has exactly one of the forms."""

    id: Annotated[str, AfterValidator(_check_id)] = Field(
        description="Short name of the claim, unique in the file: letters, digits and `-`, `.`, `_`.",
        json_schema_extra={"pattern": f"^{_ID}$"},
    )
    says: str = Field(description="The claim in words.")
    source: Literal["report", "code", "ours"] = Field(
        default="report",
        description="Who makes the claim: the report, its code, or the authors of the study (`ours`). Default: report.",
    )
    tried: bool = Field(
        default=True, description="False if the report only proposes it and has not tried it. Default: true."
    )
    chose: bool = Field(
        default=False,
        description="True if the report made a choice because of it, such as its number of epochs. Default: false.",
    )
    compare: Compare | None = Field(
        default=None,
        description="Form: a quantity of two experiments is compared. Default: another form.",
        examples=["{quantity: accuracy, split: test, epoch: last, of: a, with: b, expect: greater}"],
    )
    value: Value | None = Field(
        default=None,
        description="Form: a figure of the report is compared with the runs. Default: another form.",
        examples=['{quantity: accuracy, split: test, epoch: 10, of: a, reported: "98.10"}'],
    )
    saturates: Saturates | None = Field(
        default=None,
        description="Form: accuracy no longer rises after an epoch. Default: another form.",
        examples=["{of: a, split: test, by: 15, margin: 0.5}"],
    )
    overtakes: Overtakes | None = Field(
        default=None,
        description="Form: one experiment starts behind another and ends ahead. Default: another form.",
        examples=["{of: a, with: b, split: test}"],
    )
    drops: Drops | None = Field(
        default=None,
        description="Form: accuracy falls at an epoch, and may recover. Default: another form.",
        examples=["{of: a, split: test, at: switch, by: 28}"],
    )
    gap: Gap | None = Field(
        default=None,
        description="Form: the accuracies on two splits are compared. Default: another form.",
        examples=["{of: a, between: [train, test], expect: less, margin: 1}"],
    )
    exceeds: Exceeds | None = Field(
        default=None,
        description="Form: a quantity is compared with a fixed level. Default: another form.",
        examples=["{quantity: accuracy, split: test, epoch: last, of: a, level: 90}"],
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        there = [form for form in FORMS if getattr(self, form) is not None]
        if len(there) != 1:
            problem = f"has {' and '.join(there)}; keep one" if there else f"has no form; add one of {', '.join(FORMS)}"
            raise ValueError(problem)
        return self

    @property
    def form(self) -> Form:
        """What decides it."""
        form = next(value for name in FORMS if (value := getattr(self, name)) is not None)
        assert isinstance(form, Form)
        return form
