"""Statements: the numbers of a report, each with what it claims to be.

A statement is made by the readers of sentences, tables and logs; rules hold it against arithmetic. Rates (accuracy,
error, precision, ...) are in percent here, however they were printed; losses in nats, times in seconds, counts as they
are.
"""

from dataclasses import dataclass, field
from typing import Literal

from deepstudy.audits.reading.blocks import Span
from deepstudy.audits.reading.lines.tokens import Number

Metric = Literal[
    "accuracy",
    "error",
    "top5",
    "loss",
    "precision",
    "recall",
    "f1",
    "auc",
    "parameters",
    "size_mb",
    "seconds",
    "seconds_per_epoch",
    "images",
    "correct",
    "learning_rate",
    "other",
]
#: Metrics that are a part of a whole, in percent.
RATES: frozenset[str] = frozenset(("accuracy", "error", "top5", "precision", "recall", "f1", "auc"))
SplitOf = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Statement:
    """A number that a document states, with all that is known about it.

    Attributes:
        metric: what it is a number of.
        printed: the number as it is printed, without its unit: `98.45`, `0,9845`, `62k`.
        value: its value: percent, nats, seconds, or a count.
        step: what its last printed digit counts, in the same unit; 0 if the value is exact, as of k/n.
        where: its place as a person finds it: `report.md:12`.
        text: the sentence, row or line that it stands in.
        span: where the number stands in the document.
        kind: what it was read from.
        unit: how a rate is printed: with a percent sign, as a number up to 100 without one, or as a fraction.
        split: which images it is of.
        epoch: after which epoch, from 1 (or from 0, as it is printed).
        epochs: how many epochs the run has, if that is printed beside it.
        step_number: after which step of the epoch, in a log.
        steps: how many steps the epoch has, in a log.
        correct: the correct images, if they are printed beside it.
        images: the images it is over, if they are printed beside it.
        spread: the number behind its ±, in the unit of `value`.
        upper: the other end of a printed range, in the unit of `value`.
        is_about: whether it is said to be approximate.
        is_mean: whether it is said to be a mean over runs, folds or classes.
        is_change: whether it is a difference or a factor and not a level (`2 % better`).
        is_cited: whether the number is said to be of somebody else's paper.
        of: what it is of: the words of its table row, or its sentence's subject; "" if nothing says it.
        headings: the headings above it, the outermost first.
        dataset: the data set of its surroundings, as `datasets.DATASETS` names it, or "other" for one not known here.
        place: of a table: the number of the table in the document, of the row and of the column, from 0.
    """

    metric: Metric
    printed: str
    value: float
    step: float
    where: str
    text: str
    span: Span
    kind: Literal["sentence", "table", "log", "summary"]
    unit: Literal["%", "percent", "fraction", ""] = ""
    split: SplitOf | None = None
    epoch: int | None = None
    epochs: int | None = None
    step_number: int | None = None
    steps: int | None = None
    correct: int | None = None
    images: int | None = None
    spread: float | None = None
    upper: float | None = None
    is_about: bool = False
    is_mean: bool = False
    is_change: bool = False
    is_cited: bool = False
    of: str = ""
    headings: tuple[str, ...] = ()
    dataset: str | None = None
    place: tuple[int, int, int] | None = field(default=None)

    @property
    def decimals(self) -> int:
        """The decimals that are printed: 2 of `98.45`."""
        return len(self.printed.replace(",", ".").partition(".")[2].rstrip("kKMB "))


@dataclass
class Draft:
    """A statement while it is being read.

    Attributes:
        metric: what it is a number of.
        number: the number as it is printed.
        cell: of a table, where its cell stands; None elsewhere.
        split: which images it is of; "" if nothing says it.
        text: the sentence, row or line that it stands in.
        of: what it is of.
        epoch: after which epoch.
        epochs: how many epochs the run has.
        step: after which step, and how many there are.
        dataset: the data set.
        unit: how a rate is printed.
        place: of a table, its place.
        is_cited: whether it is somebody else's.
        is_change: whether it is a difference.
        is_mean: whether it is a mean.
        is_about: whether it is approximate.
        printed: of a table, the number as it is printed in the cell.
        images: how many images its sentence says that it is over.
        caption: of a table, its caption.
        is_of_step: of a log, whether it is of one of the steps of an epoch.
    """

    metric: str
    number: Number
    cell: Span | None = None
    split: str = ""
    text: str = ""
    of: str = ""
    epoch: int | None = None
    epochs: int | None = None
    step: tuple[int | None, int | None] = (None, None)
    dataset: str | None = None
    unit: Literal["%", "percent", "fraction", ""] = ""
    place: tuple[int, int, int] | None = None
    is_cited: bool = False
    is_change: bool = False
    is_mean: bool = False
    is_about: bool = False
    printed: str = ""
    images: int | None = None
    caption: str = ""
    is_of_step: bool = False
