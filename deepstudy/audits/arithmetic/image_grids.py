"""Which percentages whole numbers of images can give, and what else a percentage may be."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

#: Batch sizes that programs use where a report names none.
USUAL_BATCHES = (16, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000, 1024)
_MOST_IMAGES = 10**8
_NOISE = Fraction(2, 10**5)  # of single precision, in points
_MANY_DIGITS = Fraction(1, 10**5)


def counts_within(value: Fraction, step: Fraction, images: int) -> range:
    """Find all k for which k of `images` can be printed as a percentage.

    Arguments:
        value: the printed percentage.
        step: what its last digit counts.
        images: the number of images.

    Returns:
        All k. A printed figure can be rounded, up or down at the half, or cut off after its last decimal.
    """
    least = math.ceil((value - step / 2) * images / 100)
    most = math.ceil((value + step) * images / 100) - 1  # below the next figure
    return range(max(least, 0), min(most, images) + 1)


def chance(step: Fraction, images: int) -> float:
    """Find how easily a figure fits a number of images by chance.

    Arguments:
        step: what the last digit of a printed percentage counts.
        images: the number of images.

    Returns:
        The part of all figures with these digits that some count gives, at most 1.
    """
    return min(1.0, float(images * step * Fraction(3, 2) / 100))


def is_float_noise(value: Fraction, step: Fraction, images: int) -> bool:
    """Say whether a figure with many digits is k of n in single precision, such as 71.21999859809875.

    Arguments:
        value: the printed percentage.
        step: what its last digit counts.
        images: the number of images.

    Returns:
        True if a count lies as near as single precision allows.
    """
    if step > _MANY_DIGITS:
        return False
    nearest = Fraction(round(value * images / 100) * 100, images)
    return abs(nearest - value) < _NOISE


def is_mean_of_batches(value: Fraction, step: Fraction, images: int, batch: int) -> bool:
    """Say whether a figure can be the mean of batch accuracies, of which the last batch is smaller.

    Arguments:
        value: the printed percentage.
        step: what its last digit counts.
        images: the number of images.
        batch: the batch size.

    Returns:
        True if whole batches with k right and a last one with j right give this figure.
    """
    whole, last = divmod(images, batch)
    if not last or not whole:
        return False
    half = (max(step, 2 * _NOISE) if step <= _MANY_DIGITS else step) * (whole + 1) / 100
    for j in range(last + 1):
        rest = value * (whole + 1) / 100 - Fraction(j, last)
        k = round(rest * batch)
        if 0 <= k <= whole * batch and abs(rest - Fraction(k, batch)) <= half / 2:
            return True
    return False


def is_printed_mean_of_batches(value: Fraction, step: Fraction, images: int, batches: Iterable[int]) -> bool:
    """Say whether a figure with many digits is surely the mean of batch accuracies.

    Arguments:
        value: the printed percentage.
        step: what its last digit counts.
        images: the number of images.
        batches: the batch sizes that are possible.

    Returns:
        True if it has so many digits that no other figure would fit one of these batch sizes by chance.
    """
    return step <= _MANY_DIGITS and any(is_mean_of_batches(value, step, images, batch) for batch in batches)


def other_sizes(images: int, batch: int) -> tuple[int, ...]:
    """Find what a loader makes of a number of images: without the last batch, or with the last batch filled up.

    Arguments:
        images: the number of images.
        batch: the batch size.

    Returns:
        The numbers that differ from `images`.
    """
    if not 1 < batch <= images:
        return ()
    below = images // batch * batch
    return tuple(size for size in (below, below + batch) if size != images and below != images)


def fit_all(figures: Sequence[tuple[Fraction, Fraction]], sizes: Iterable[int]) -> int | None:
    """Find a number of images that gives all figures, and would hardly do so by chance.

    Arguments:
        figures: printed percentages, each with what its last digit counts.
        sizes: numbers of images that are possible.

    Returns:
        The number; None if none fits.
    """
    for size in sizes:
        if size > _MOST_IMAGES or not all(counts_within(value, step, size) for value, step in figures):
            continue
        return size
    return None


def joint_chance(figures: Sequence[tuple[Fraction, Fraction]], images: int) -> float:
    """Find how easily several figures all fit a number of images by chance.

    Arguments:
        figures: printed percentages, each with what its last digit counts.
        images: the number of images.

    Returns:
        The product of the chances of different figures.
    """
    return math.prod(chance(step, images) for value, step in set(figures))
