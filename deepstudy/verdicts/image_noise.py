"""Whether a difference could come from the choice of test images alone.

Verdicts are about seeds: they say whether other runs would differ in the same way on the same images. Other images are
another question. A difference of five images in 10,000 may be certain over seeds and still say nothing about other
images.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from deepstudy.record import Record
from deepstudy.study.reported import Compare, Form
from deepstudy.verdicts.records import StudyRecords

_NORMAL = 1.96  # the quantile of a 95 % interval

Right = npt.NDArray[np.float64]  # (images,): the share of runs that classify an image correctly


def note_on_images(records: StudyRecords, form: Form, measured: float | None) -> str:
    """Say that a difference is within what the choice of images makes of it.

    The predictions for each image tell how much a difference of accuracies varies from one choice of images to the next
    (for single runs this is McNemar's test, Psychometrika 1947). Without them, the binomial distribution is a bound.

    Arguments:
        records: the records of the study.
        form: the form of the claim.
        measured: the difference in points; None if there is none.

    Returns:
        A sentence; "" if the difference is larger, or the claim is about something else.
    """
    if not isinstance(form, Compare) or form.quantity != "accuracy" or form.expect == "equivalent" or not measured:
        return ""
    both = [records.counted(name, form) for name in form.experiments]
    epochs = [records.epoch_of(name, form.epoch) for name in form.experiments]
    bound = _binomial_reach(both, epochs, form.split)
    if bound is None or abs(measured) > bound[0]:
        return ""
    reach, images = bound
    rights = [_right(group, epoch, form.split) for group, epoch in zip(both, epochs, strict=True)]
    if rights[0] is not None and rights[1] is not None and len(rights[0]) == len(rights[1]):
        images = len(rights[0])
        reach = 100 * _NORMAL * float((rights[0] - rights[1]).std()) / math.sqrt(images)
        if abs(measured) > reach:
            return ""
    count = round(abs(measured) * images / 100)
    return (
        f"This is {count:,} of {images:,} images. Another choice of images changes the difference by up to "
        f"{reach:.2f} points, so it may not hold for others."
    )


def _binomial_reach(
    both: Sequence[Sequence[Record]], epochs: Sequence[int], split: str | None
) -> tuple[float, int] | None:
    """How far the choice of images can move a difference, in points, and how many images there are."""
    variance, images = 0.0, 0
    for group, epoch in zip(both, epochs, strict=True):
        lines = [line for record in group if split and (line := record.at(epoch, split))]
        known = [(line.accuracy, line.images) for line in lines if line.accuracy is not None and line.images]
        if not known:
            return None
        share = sum(accuracy for accuracy, _ in known) / len(known) / 100
        images = min(count for _, count in known if count)
        variance += share * (1 - share) / images
    return 100 * _NORMAL * math.sqrt(variance), images


def _right(group: Sequence[Record], epoch: int, split: str | None) -> Right | None:
    """The share of an experiment's runs that classify each image correctly; None if no run tells it."""
    found = []
    for record in group:
        try:
            arrays = record.arrays("predictions.npz")
        except ValueError:  # damaged; the page says so
            continue
        if arrays is not None and _is_of(arrays, epoch, split):
            found.append(arrays["labels"] == arrays["predicted"])
    if not found or len({len(each) for each in found}) > 1:
        return None
    mean: Right = np.mean(found, axis=0, dtype=np.float64)
    return mean


def _is_of(arrays: dict[str, npt.NDArray[Any]], epoch: int, split: str | None) -> bool:
    names = {"epoch", "split", "labels", "predicted"}
    if not names <= arrays.keys() or arrays["labels"].shape != arrays["predicted"].shape:
        return False
    return bool(arrays["epoch"].shape == () and int(arrays["epoch"]) == epoch and str(arrays["split"]) == split)
