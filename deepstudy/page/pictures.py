"""What the networks get wrong, and what their first layers look for: confusion matrices, mistakes, filters."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from deepstudy.record import Record

_LARGEST_MATRIX = 20  # classes; beyond it only the commonest confusions can be read
_CELL = 36  # pixels that a filter is about as wide as


@dataclass(frozen=True)
class Confusion:
    """How often images of one class are taken for another, in percent of the class, over all runs there are.

    `rates` (classes, classes) has a row for each true class; `commonest` the worst pairs as (true, predicted, rate).
    """

    classes: Sequence[str]
    rates: NDArray[np.float64]
    commonest: Sequence[tuple[str, str, float]]
    images: int
    split: str
    seeds: int

    @property
    def is_small(self) -> bool:
        """Whether the matrix can be read."""
        return len(self.classes) <= _LARGEST_MATRIX

    def shade(self, row: int, column: int) -> int:
        """How dark a cell is, 0 to 100, beside the worst confusion of all; the correct answers are not shaded."""
        wrong = self.rates - np.diag(np.diag(self.rates))
        return 0 if row == column or not wrong.max() else round(100 * wrong[row, column] / wrong.max())


@dataclass(frozen=True)
class Mistake:
    """An image of one class that was taken for another, with the probability (percent) the network gave to that."""

    number: int
    picture: str
    true: str
    predicted: str
    probability: float
    probability_of_truth: float


@dataclass(frozen=True)
class Filters:
    """The filters of a layer in one picture."""

    layer: str
    count: int
    size: str
    picture: str
    width: int


@dataclass(frozen=True)
class Seen:
    """The pictures of one experiment; mistakes and filters are those of the run with `seed`."""

    experiment: str
    seed: int
    confusion: Confusion
    mistakes: Sequence[Mistake]
    filters: Filters | None


def seen(by_experiment: dict[str, list[Record]], most: int = 12) -> list[Seen]:
    """The pictures of every experiment whose finished runs left them, with `most` mistakes of each."""
    found = []
    for name, runs in by_experiment.items():
        left = [(run, arrays) for run in runs if (arrays := run.directory.arrays("predictions.npz")) is not None]
        left = [(run, arrays) for run, arrays in left if _agree(arrays, left[0][1])]
        if not left:
            continue
        run, arrays = left[0]
        pictures = run.directory.arrays("pictures.npz") or {}
        confusion = _confusion([each for _, each in left])
        found.append(Seen(name, run.seed, confusion, _mistakes(arrays, pictures, most), _filters(pictures)))
    return found


def _agree(one: dict[str, NDArray[Any]], other: dict[str, NDArray[Any]]) -> bool:
    """Whether two runs say something of the same images."""
    return np.array_equal(one["labels"], other["labels"]) and np.array_equal(one["classes"], other["classes"])


def _confusion(runs: Sequence[dict[str, NDArray[Any]]]) -> Confusion:
    classes = [str(name) for name in runs[0]["classes"]]
    counts = np.zeros((len(classes), len(classes)))
    for run in runs:
        np.add.at(counts, (run["labels"].astype(int), run["predicted"].astype(int)), 1)
    rates = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    wrong = rates - np.diag(np.diag(rates))
    worst = np.argsort(-wrong, axis=None, kind="stable")[: 3 if len(classes) <= _LARGEST_MATRIX else 15]
    pairs = [divmod(int(flat), len(classes)) for flat in worst]
    commonest = [(classes[t], classes[p], float(wrong[t, p])) for t, p in pairs if wrong[t, p]]
    return Confusion(classes, rates, commonest, len(runs[0]["labels"]), str(runs[0]["split"]), len(runs))


def _mistakes(arrays: dict[str, NDArray[Any]], pictures: dict[str, NDArray[Any]], most: int) -> list[Mistake]:
    classes = [str(name) for name in arrays["classes"]]
    found = []
    for number, image in zip(pictures.get("mistakes", ())[:most], pictures.get("images", ()), strict=False):
        found.append(
            Mistake(
                int(number),
                _png(image.transpose(1, 2, 0)),
                classes[int(arrays["labels"][number])],
                classes[int(arrays["predicted"][number])],
                100 * float(arrays["probability"][number]),
                100 * float(arrays["probability_of_truth"][number]),
            )
        )
    return found


def _filters(pictures: dict[str, NDArray[Any]]) -> Filters | None:
    if "filters" not in pictures:
        return None
    filters = pictures["filters"].astype(np.float64)  # (n, c, h, w)
    count, channels, h, w = filters.shape
    if channels not in (1, 3):
        filters, channels = filters.mean(1, keepdims=True), 1
    grey = 0.5 + 0.5 * filters / max(float(np.abs(filters).max()), 1e-12)
    columns = min(count, 16)
    rows = -(-count // columns)
    sheet = np.zeros((rows * (h + 1) - 1, columns * (w + 1) - 1, 4), np.uint8)  # transparent between the filters
    for index in range(count):
        top, left = (index // columns) * (h + 1), (index % columns) * (w + 1)
        sheet[top : top + h, left : left + w, :3] = np.round(255 * grey[index].transpose(1, 2, 0))
        sheet[top : top + h, left : left + w, 3] = 255
    width = sheet.shape[1] * max(1, round(_CELL / w))
    return Filters(str(pictures["filters_of"]), count, f"{h}x{w}", _png(sheet), width)


def _png(pixels: NDArray[np.uint8]) -> str:
    """An image (h, w, channels) as the address of a picture that stands in the page itself."""
    shown = pixels[:, :, 0] if pixels.shape[2] in (1, 2) else pixels[:, :, :4]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(shown)).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
