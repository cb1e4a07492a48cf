"""The numbers of a document as figures of a study file."""

import math
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from deepstudy.audits.arithmetic.image_grids import counts_within, is_float_noise
from deepstudy.audits.evidence import Evidence, PrintedFigure
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.audits.reading.training.scored_images import ScoredImages, figure_of, read_scored_images
from deepstudy.datasets import DATASETS
from deepstudy.study.reported import Reported

#: What of a statement a study file can hold: its metric and the quantity.
QUANTITIES = {
    "accuracy": "accuracy",
    "loss": "loss",
    "parameters": "parameters",
    "seconds_per_epoch": "seconds_per_epoch",
}
_SUFFIXES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
#: What follows a percentage that is a part of another figure: `120.5 % of the baseline's`.
_OF_ANOTHER = re.compile(
    r"\s?(?:\\?%|％|percent)?\s?(?:(?:of|relative|compared|as|des|der|del?|do|da|du)\b|의|的|の)", re.IGNORECASE
)
_ABOUT = ("~", "≈", "∼", "～", "약", "约", "約")  # before a number in the cell of a table


class FigureReader:
    """Makes figures of the statements of a document.

    Attributes:
        is_of_other_data: whether all its results are of a data set that is not built in.
    """

    def __init__(self, evidence: Evidence) -> None:
        """Read what the document says of images.

        Arguments:
            evidence: what the document says.
        """
        self._scored = ScoredImages()
        if evidence.document is not None:
            self._scored = read_scored_images(evidence.document, evidence.layout, evidence.statements)
        self._by_place: dict[str, list[Statement]] = {}
        results = [each for each in evidence.statements if each.metric in ("accuracy", "loss")]
        for statement in results:
            self._by_place.setdefault(statement.where, []).append(statement)
        self.is_of_other_data = bool(results) and all(each.dataset == "other" for each in results)

    def statement_of(self, figure: PrintedFigure) -> Statement | None:
        """Find the statement that a figure was made from.

        Arguments:
            figure: a figure of the document.

        Returns:
            The statement; None if there is none.
        """
        of_line = self._by_place.get(figure.where, ())
        return next(
            (
                each
                for each in of_line
                if each.split == figure.said.split and abs(each.value - figure.said.number[0]) <= each.step + 1e-6
            ),
            None,
        )

    def why_not(self, statement: Statement) -> str:
        """Say why a study file cannot hold a statement as a result of its experiments.

        Arguments:
            statement: a statement.

        Returns:
            The reason; "" if it can.
        """
        if statement.dataset == "other" and not self.is_of_other_data:
            return "of a data set that is not built in"
        if statement.metric == "accuracy" and statement.value > 100:
            after = statement.text[statement.text.find(statement.printed) + len(statement.printed) :]
            return "a part of another figure" if _OF_ANOTHER.match(after) else ""
        return ""

    def complete(self, figure: Reported, statement: Statement) -> Reported:
        """Add that a figure is approximate, and how many images an accuracy is over if they are not all of its split.

        What the text says elsewhere of a split holds only where the accuracy fits it: it may be a mean over batches.

        Arguments:
            figure: the figure.
            statement: what it was made from.

        Returns:
            The figure.
        """
        before = statement.text.partition(statement.printed)[0]
        if before.rstrip(" *_").endswith(_ABOUT):
            figure = figure.model_copy(update={"about": True})
        if figure.images is not None or figure.quantity != "accuracy":
            return figure
        sizes, printed = self._scored.sizes(statement), figure_of(statement)
        entry = DATASETS.get(statement.dataset or "")
        if not sizes or printed is None or (entry is not None and entry.splits.get(statement.split or "") == sizes[0]):
            return figure
        own = sizes[0] if any(digits in statement.text for digits in (str(sizes[0]), f"{sizes[0]:,}")) else None
        fitting = next((size for size in sizes if _fits(printed, size)), own)
        return figure if fitting is None else figure.model_copy(update={"images": fitting})

    def new_figures(self, known: Sequence[Reported], statements: Sequence[Statement]) -> Iterator[Reported]:
        """Make figures of statements, without those that are there already.

        Arguments:
            known: the figures that are there.
            statements: the statements.

        Yields:
            The new figures.
        """
        for statement in statements:
            figure = _figure(statement)
            if figure is not None and not any(are_same(figure, other) for other in known):
                yield self.complete(figure, statement)


def are_same(one: Reported, other: Reported) -> bool:
    """Say whether two figures can be one that is printed twice.

    Arguments:
        one: a figure.
        other: another one.

    Returns:
        Whether quantity, split, layer and number are the same.
    """
    same_split = one.split == other.split or None in (one.split, other.split)
    of_same = one.quantity == other.quantity and one.layer == other.layer
    return of_same and same_split and abs(one.number[0] - other.number[0]) < 1e-9


def without_paces(figures: Sequence[Reported]) -> list[Reported]:
    """Take elapsed times off figures where they do not rise as the epochs do: then they are those of single epochs.

    Arguments:
        figures: the figures of one experiment.

    Returns:
        The same figures.
    """
    timed = sorted(
        (each.epoch, float(each.elapsed.replace(",", "")))
        for each in figures
        if each.elapsed is not None and isinstance(each.epoch, int)
    )
    if len(timed) < 2 or timed[-1][1] >= 0.5 * timed[0][1] * timed[-1][0] / timed[0][0]:
        return list(figures)
    return [each.model_copy(update={"elapsed": None, "words": None}) for each in figures]


def _fits(printed: tuple[Fraction, Fraction], images: int) -> bool:
    return bool(counts_within(*printed, images)) or is_float_noise(*printed, images)


def _figure(statement: Statement) -> Reported | None:
    """A statement as a figure of a study file; None if that cannot hold it."""
    value = _printed(statement.value, statement)
    if statement.upper is not None:
        value += f"~{_printed(statement.upper, statement)}"
    elif statement.spread is not None:
        value += f"±{_printed(statement.spread, statement)}"
    known: dict[str, Any] = {"split": statement.split} if statement.metric in ("accuracy", "loss") else {}
    if known:
        known["epoch"] = "unknown" if statement.epoch is None else statement.epoch
    if statement.images is not None:
        known["images"] = statement.images
    try:
        return Reported(
            experiment="",
            quantity=QUANTITIES[statement.metric],  # type: ignore[arg-type]  # pydantic checks it
            value=value,
            about=statement.is_about,
            quote=" ".join(statement.text.split())[:300],
            **known,
        )
    except ValidationError:
        return None  # such as epoch 0, which a study file does not have


def _printed(value: float, statement: Statement) -> str:
    """A number of a statement as a study file writes it: rates in percent, a point before the decimals."""
    if statement.metric == "parameters":
        scale, suffix = next((each for each in _SUFFIXES if 1 < statement.step <= each[0] <= value), (1, ""))
        return f"{value / scale:,.{max(0, round(math.log10(scale / max(statement.step, 1))))}f}{suffix}"
    if statement.metric in RATES and statement.step == 0:
        return f"{value:.10g}"
    decimals = max(0, -math.floor(math.log10(statement.step) + 1e-9)) if statement.step else 0
    return f"{value:.{decimals}f}"
