"""The arithmetic of precision, recall, F1 and confusion matrices, with the rounding of printed figures carried through.

A range is a pair of the least and the greatest value that a quantity can have. Two figures contradict each other if
their ranges do not meet.
"""

import math
from collections.abc import Mapping, Sequence

from deepstudy.audits.reading.classes.class_reports import ClassReport, ClassRow, RateCell

Range = tuple[float, float]

#: Test images of each class, of data sets whose test images are always the same.
TEST_IMAGES: Mapping[str, tuple[int, ...]] = {
    "mnist": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
    "fashion_mnist": (1000,) * 10,
    "cifar10": (1000,) * 10,
    "cifar100": (100,) * 100,
}


def f1_of(precision: float, recall: float) -> float:
    """The harmonic mean of precision and recall; 0 if both are 0.

    Arguments:
        precision: a fraction of 1.
        recall: a fraction of 1.

    Returns:
        F1, a fraction of 1.
    """
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def f1_range(precision: RateCell, recall: RateCell) -> Range:
    """The F1 that a printed precision and a printed recall allow for one class.

    Arguments:
        precision: the precision.
        recall: the recall.

    Returns:
        The range of F1, which grows with both.
    """
    return (
        f1_of(max(precision.low, 0), max(recall.low, 0)),
        f1_of(min(max(precision.high, 0), 1), min(max(recall.high, 0), 1)),
    )


def mean_f1_range(precision: RateCell, recall: RateCell) -> Range:
    """The F1 that means of precision and recall allow for the mean of F1, whatever the weights are.

    F1 is a concave function of precision and recall, so a mean of F1 is at most the F1 of the means. And F1 of one
    class is at least precision + recall - 1, so the same holds for the means. A mean over runs, folds or classes
    therefore lies between both, if all three are the same kind of mean.

    Arguments:
        precision: the mean of precisions.
        recall: the mean of recalls, with the same weights.

    Returns:
        The range of the mean of F1.
    """
    return max(0.0, precision.low + recall.low - 1), f1_range(precision, recall)[1]


def meets(cell: RateCell, allowed: Range) -> bool:
    """Say whether a printed rate can be a value of a range.

    Arguments:
        cell: the rate.
        allowed: the range.

    Returns:
        True if some value of the range is printed like this.
    """
    return cell.low <= allowed[1] + 1e-9 and cell.high >= allowed[0] - 1e-9


def whole_counts(cell: RateCell, images: int) -> range:
    """The numbers of images whose share of all images is printed like this.

    Arguments:
        cell: the share.
        images: all images.

    Returns:
        The numbers; empty if there is none.
    """
    least = math.ceil(cell.low * images - 1e-9)
    most = math.floor(cell.high * images + 1e-9)
    return range(max(least, 0), min(most, images) + 1)


def mean_range(cells: Sequence[RateCell], weights: Sequence[int]) -> Range:
    """The weighted mean of printed rates.

    Arguments:
        cells: the rates.
        weights: their weights, not all 0.

    Returns:
        The range of the mean.
    """
    whole = sum(weights)
    return (
        sum(weight * cell.low for cell, weight in zip(cells, weights, strict=True)) / whole,
        sum(weight * cell.high for cell, weight in zip(cells, weights, strict=True)) / whole,
    )


def correct_range(rows: Sequence[ClassRow]) -> Range | None:
    """The accuracy that the recalls of all classes allow.

    Arguments:
        rows: all classes.

    Returns:
        The range of the accuracy: with their numbers of images, the mean of the recalls; otherwise anything between
        the least and the greatest recall. None if a recall is missing or contradicts its number of images.
    """
    recalls = [row.rates["recall"] for row in rows if "recall" in row.rates]
    if len(recalls) < len(rows) or len(rows) < 2:
        return None
    supports = [row.support for row in rows if row.support is not None]
    if len(supports) < len(rows) or not sum(supports):
        return min(cell.low for cell in recalls), max(cell.high for cell in recalls)
    counts = [whole_counts(cell, support) for cell, support in zip(recalls, supports, strict=True)]
    if not all(counts):
        return None
    return sum(each[0] for each in counts) / sum(supports), sum(each[-1] for each in counts) / sum(supports)


def predicted_range(rows: Sequence[ClassRow]) -> Range | None:
    """The number of predictions that recalls, precisions and numbers of images allow.

    Of a class, recall x images are right, and those are the share `precision` of all images that were predicted so.

    Arguments:
        rows: all classes.

    Returns:
        The range of the sum over all classes; None if a figure is missing.
    """
    least, most = 0.0, 0.0
    for row in rows:
        if row.support is None or not {"precision", "recall"} <= {*row.rates}:
            return None
        counts, precision = whole_counts(row.rates["recall"], row.support), row.rates["precision"]
        if not counts:
            return None
        least += counts[0] / min(max(precision.high, 1e-12), 1)
        most += counts[-1] / precision.low if precision.low > 0 else math.inf
    return least, most


def binary_rates(counts: Mapping[str, int]) -> dict[str, list[float]]:
    """The rates that true and false positives and negatives give, in all usual readings.

    Beside those of the positive class there are those of the negative class, both means of the two, and those with the
    two kinds of mistakes exchanged: not everybody prints actual classes as rows.

    Arguments:
        counts: `tp`, `fp`, `fn` and, if known, `tn`.

    Returns:
        By the name of a rate, its values; the first is the usual one.
    """
    tp, fp, fn, tn = counts["tp"], counts["fp"], counts["fn"], counts.get("tn")
    precision, recall = _share(tp, fp), _share(tp, fn)
    rates = {"precision": [precision, recall], "recall": [recall, precision], "f1": [f1_of(precision, recall)]}
    if tn is None:
        return rates
    rates["accuracy"] = [(tp + tn) / max(tp + tn + fp + fn, 1)]
    rates["specificity"] = [_share(tn, fp), _share(tn, fn), precision, recall]
    images = (tp + fn, tn + fp), (tp + fp, tn + fn)
    for name, pairs in {
        "precision": ((precision, _share(tn, fn)), (recall, _share(tn, fp))),
        "recall": ((recall, _share(tn, fp)), (precision, _share(tn, fn))),
        "f1": ((rates["f1"][0], f1_of(_share(tn, fn), _share(tn, fp))),) * 2,
    }.items():
        for (positive, negative), (of_positive, of_negative) in zip(pairs, images, strict=True):
            weighted = (of_positive * positive + of_negative * negative) / max(of_positive + of_negative, 1)
            rates[name] += [negative, (positive + negative) / 2, weighted]
    rates["f1"].append(f1_of((precision + _share(tn, fn)) / 2, (recall + _share(tn, fp)) / 2))
    micro = rates["accuracy"][0]
    for name in ("precision", "recall", "f1"):
        rates[name].append(micro)
    return rates


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 0.0


def known_differences(images: Sequence[int], dataset: str) -> list[int] | None:
    """The classes whose number of test images is not that of the data set.

    Other images, such as a part of the training images, have other numbers in nearly all classes; then nothing is said.
    Nor is it where images are only missing, as the last batch may be left out.

    Arguments:
        images: the number of images of each class, in the order of the classes.
        dataset: the data set.

    Returns:
        The indices of the classes that differ while most others are right; None if these are other images.
    """
    known = TEST_IMAGES.get(dataset)
    if known is None or len(images) != len(known):
        return None
    different = [at for at, (each, right) in enumerate(zip(images, known, strict=True)) if each != right]
    if len(different) > 0.4 * len(known):
        return None
    excess = [images[at] - known[at] for at in different]
    if excess and max(excess) < 0 and 4 <= -sum(excess) <= 6 * len(different):
        return None  # of images that are left out by chance, hardly more than six are of each class that lacks any
    return different


def supports_of(report: ClassReport) -> tuple[int, ...] | None:
    """The numbers of images of a report.

    Arguments:
        report: a report.

    Returns:
        The number of images of each class; None if one is not printed.
    """
    supports = tuple(row.support for row in report.rows if row.support is not None)
    return supports if len(supports) == len(report.rows) else None
