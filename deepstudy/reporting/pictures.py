"""Confusion matrices, mistakes, and filters of first layers, as pictures."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from deepstudy.record import Record

_T = TypeVar("_T")
_LARGEST_MATRIX = 20  # classes; for more, only the most frequent confusions are shown
_CELL = 36  # approximate width of a filter in pixels
_HIGHEST = 1.02  # a network that returns probabilities itself may be slightly above 1


@dataclass(frozen=True)
class Confusion:
    """How often images of one class are predicted as another, over all runs of an experiment.

    Attributes:
        classes: the class names in order of their numbers.
        rates: percent of each true class, (true classes, predicted classes).
        commonest: the most frequent confusions as (true, predicted, percent).
        images: the number of predicted images.
        split: the split of these images.
        seeds: the number of runs.
    """

    classes: Sequence[str]
    rates: NDArray[np.float64]
    commonest: Sequence[tuple[str, str, float]]
    images: int
    split: str
    seeds: int

    @property
    def is_small(self) -> bool:
        """Whether the matrix is small enough to show."""
        return len(self.classes) <= _LARGEST_MATRIX

    def shade(self, row: int, column: int) -> int:
        """Shade a cell of the matrix.

        Arguments:
            row: the true class.
            column: the predicted class.

        Returns:
            0 to 100: 100 for the most frequent confusion, 0 for correct predictions.
        """
        wrong = self.rates - np.diag(np.diag(self.rates))
        return 0 if row == column or not wrong.max() else round(100 * wrong[row, column] / wrong.max())


@dataclass(frozen=True)
class Mistake:
    """An image of one class that was predicted as another.

    Attributes:
        number: its number in the split.
        picture: the image as a data URL.
        true: its class.
        predicted: the class that the network predicted.
        probability: the probability of the predicted class, in percent.
        probability_of_truth: the probability of the true class, in percent.
    """

    number: int
    picture: str
    true: str
    predicted: str
    probability: float
    probability_of_truth: float


@dataclass(frozen=True)
class Filters:
    """Filters of a layer in one picture.

    Attributes:
        layer: the layer's name.
        count: the number of filters in the picture.
        total: the number of filters of the layer.
        size: height x width of a filter.
        picture: the filters as a data URL.
        width: the displayed width of the picture, in pixels.
    """

    layer: str
    count: int
    total: int
    size: str
    picture: str
    width: int

    @property
    def which(self) -> str:
        """`all 6 filters`, or `96 of the 120 filters`."""
        if self.total == 1:
            return "the only filter"
        return f"all {self.count} filters" if self.count == self.total else f"{self.count} of the {self.total} filters"


@dataclass(frozen=True)
class ExperimentPictures:
    """The pictures of one experiment.

    Attributes:
        experiment: the experiment's name.
        epoch: the epoch after which they were made.
        seed: the seed of the run whose mistakes and filters are shown.
        confusion: the confusions of all runs.
        mistakes: the most confident mistakes.
        filters: the filters of the first layer; None if it has no visible filters.
    """

    experiment: str
    epoch: int
    seed: int
    confusion: Confusion
    mistakes: Sequence[Mistake]
    filters: Filters | None


def read_pictures(by_experiment: dict[str, list[Record]], most: int = 12) -> tuple[list[ExperimentPictures], list[str]]:
    """Read the pictures that finished runs recorded.

    Arguments:
        by_experiment: the records of each experiment.
        most: the largest number of mistakes to show for an experiment.

    Returns:
        The pictures of each experiment that has any. And a sentence for each file that is not shown, because it is
        damaged or has other images or another epoch than the newest file.
    """
    all_pictures, notices = [], list[str]()

    def read_or_note(record: Record, name: str, read: Callable[[Record], _T]) -> _T | None:
        try:
            return read(record)
        except ValueError as error:
            notices.append(
                f"{name} of {record.experiment} seed {record.seed} cannot be read ({error}), so it is not shown."
            )
            return None

    for name, records in by_experiment.items():
        scored = [
            (record, predictions)
            for record in records
            if (predictions := read_or_note(record, "predictions.npz", _Predictions.of)) is not None
        ]
        if not scored:
            continue
        first, newest = max(scored, key=lambda each: each[1].epoch)
        for record, predictions in scored:
            if not predictions.agrees(newest):
                what = f"predictions.npz of {name} seed {record.seed} has other images or another epoch"
                notices.append(f"{what} than seed {first.seed}, so it is not shown.")
        confusion = _confusion([predictions for _, predictions in scored if predictions.agrees(newest)])
        pictures = read_or_note(first, "pictures.npz", partial(_Pictures.of, predictions=newest))
        mistakes = _mistakes(newest, pictures, most) if pictures else []
        filters = _filters(first, pictures) if pictures else None
        all_pictures.append(ExperimentPictures(name, newest.epoch, first.seed, confusion, mistakes, filters))
    return all_pictures, notices


def _part(arrays: dict[str, NDArray[Any]], name: str, kinds: str, *shape: int | None) -> NDArray[Any]:
    """The array with this name. Raises ValueError if it does not have one of these numpy kinds and this shape."""
    if name not in arrays:
        raise ValueError(f"{name}: missing")
    array = arrays[name]
    if not isinstance(array, np.ndarray) or array.dtype.kind not in kinds or array.ndim != len(shape):
        raise ValueError(f"{name}: wrong type")
    if any(size != wanted for size, wanted in zip(array.shape, shape, strict=True) if wanted is not None):
        raise ValueError(f"{name}: wrong length")
    return array


def _within(name: str, array: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    """The array. Raises ValueError if a number in it is not between `low` and `high`."""
    if not ((array >= low) & (array <= high)).all():
        raise ValueError(f"{name}: out of range")
    return array


@dataclass(frozen=True)
class _Predictions:
    """The content of predictions.npz for n images; see `training.artifacts`."""

    epoch: int
    split: str
    classes: list[str]
    labels: NDArray[np.int64]  # (n,)
    predicted: NDArray[np.int64]  # (n,)
    probability: NDArray[np.floating]  # (n,)
    probability_of_truth: NDArray[np.floating]  # (n,)

    @classmethod
    def of(cls, record: Record) -> "_Predictions | None":
        """The predictions of a run; None if it has none. Raises ValueError, with what is wrong."""
        arrays = record.arrays("predictions.npz")
        if arrays is None:
            return None
        epoch = int(_within("epoch", _part(arrays, "epoch", "ui"), 1, np.inf))
        split = str(_part(arrays, "split", "U"))
        classes = _part(arrays, "classes", "U", None).tolist()
        n = len(_part(arrays, "labels", "ui", None))
        if split not in ("train", "validation", "test"):
            raise ValueError("split: not train, validation or test")
        if not n:
            raise ValueError("labels: empty")

        def classed(name: str) -> NDArray[np.int64]:
            return _within(name, _part(arrays, name, "ui", n), 0, len(classes) - 1).astype(np.int64)

        def probability(name: str) -> NDArray[np.floating]:
            return _within(name, _part(arrays, name, "f", n), 0, _HIGHEST)

        labels, predicted = classed("labels"), classed("predicted")
        return cls(
            epoch, split, classes, labels, predicted, probability("probability"), probability("probability_of_truth")
        )

    def agrees(self, other: "_Predictions") -> bool:
        """Whether both have the same images and the same epoch."""
        same = (self.epoch, self.split, self.classes) == (other.epoch, other.split, other.classes)
        return same and np.array_equal(self.labels, other.labels)


@dataclass(frozen=True)
class _Pictures:
    """The content of pictures.npz: k mistakes by number, and n filters of a layer if they are visible."""

    mistakes: list[int]
    images: NDArray[np.uint8]  # (k, c, h, w)
    layer: str
    filters: NDArray[np.float64] | None  # (n, c, h, w)

    @classmethod
    def of(cls, record: Record, predictions: _Predictions) -> "_Pictures | None":
        """The pictures of a run; None if it has none. Raises ValueError, with what is wrong."""
        arrays = record.arrays("pictures.npz")
        if arrays is None:
            return None
        mistakes = _within("mistakes", _part(arrays, "mistakes", "ui", None), 0, len(predictions.labels) - 1)
        images = _part(arrays, "images", "u", len(mistakes), None, None, None)
        if (predictions.labels[mistakes] == predictions.predicted[mistakes]).any():
            raise ValueError("mistakes: not those of predictions.npz")
        if images.dtype != np.uint8 or 0 in images.shape[1:]:
            raise ValueError("images: wrong type")
        if "filters" not in arrays:
            return cls(mistakes.tolist(), images, "", None)
        filters = _part(arrays, "filters", "f", None, None, None, None).astype(np.float64)
        if not filters.size or not np.isfinite(filters).all():
            raise ValueError("filters: empty or not finite")
        return cls(mistakes.tolist(), images, str(_part(arrays, "filters_of", "U")), filters)


def _confusion(predictions: Sequence[_Predictions]) -> Confusion:
    """The confusions of several runs on the same images."""
    first, classes = predictions[0], predictions[0].classes
    counts = np.zeros((len(classes), len(classes)))
    for each in predictions:
        np.add.at(counts, (each.labels, each.predicted), 1)
    rates = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    wrong = rates - np.diag(np.diag(rates))
    worst = np.argsort(-wrong, axis=None, kind="stable")[: 3 if len(classes) <= _LARGEST_MATRIX else 15]
    pairs = [divmod(int(flat), len(classes)) for flat in worst]
    commonest = [(classes[t], classes[p], float(wrong[t, p])) for t, p in pairs if wrong[t, p]]
    return Confusion(classes, rates, commonest, len(first.labels), first.split, len(predictions))


def _mistakes(predictions: _Predictions, pictures: _Pictures, most: int) -> list[Mistake]:
    return [
        Mistake(
            number,
            _png(image.transpose(1, 2, 0)),
            predictions.classes[predictions.labels[number]],
            predictions.classes[predictions.predicted[number]],
            100 * float(predictions.probability[number]),
            100 * float(predictions.probability_of_truth[number]),
        )
        for number, image in zip(pictures.mistakes[:most], pictures.images, strict=False)
    ]


def _filters(record: Record, pictures: _Pictures) -> Filters | None:
    filters = pictures.filters
    if filters is None:
        return None
    count, channels, h, w = filters.shape
    if channels not in (1, 3):
        filters = filters.mean(1, keepdims=True)
    grey = 0.5 + 0.5 * filters / max(float(np.abs(filters).max()), 1e-12)
    columns = min(count, 16)
    rows = -(-count // columns)
    sheet = np.zeros((rows * (h + 1) - 1, columns * (w + 1) - 1, 4), np.uint8)  # transparent between the filters
    for index in range(count):
        top, left = (index // columns) * (h + 1), (index % columns) * (w + 1)
        sheet[top : top + h, left : left + w, :3] = np.round(255 * grey[index].transpose(1, 2, 0))
        sheet[top : top + h, left : left + w, 3] = 255
    width = sheet.shape[1] * max(1, round(_CELL / w))
    layers = record.layers.layers if record.layers else []
    total = max([count, *(layer.output[0] for layer in layers if layer.name == pictures.layer and layer.output)])
    return Filters(pictures.layer, count, total, f"{h}x{w}", _png(sheet), width)


def _png(pixels: NDArray[np.uint8]) -> str:
    """An image (h, w, channels) as a data URL."""
    drawn = pixels[:, :, 0] if pixels.shape[2] < 3 else pixels[:, :, :4]  # only the first channels can be drawn
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(drawn)).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
