"""Accuracies that no whole number of images can give.

An accuracy over n images is k/n for a whole number k, so over 10,000 images its step is 0.01 points. The rule checks:

* an accuracy or error against the number of images of its split;
* a mean over r runs, whose step is r times finer;
* a percentage against the count printed next to it;
* the batch accuracies of a log against the batch size.

The figures of a log or a column are judged together: they may all be over whole batches, without the last one. A mean
over batches of different sizes can have any step, so a figure without a batch size is doubtful only.

## Why it matters

Such a figure cannot be the accuracy over the images that the report names. Often it was measured on other images, for
example on the training images. Sometimes it is misprinted.

## Example

```text
CNN on CIFAR-10, batch size 100
Test accuracy: 93.326 %
```

## Not an error

The same figure as a mean over five seeds, because 46,663 correct out of 5 x 10,000 is exactly 93.326 %.

```text
CNN on CIFAR-10, batch size 100
Test accuracy, mean over 5 seeds: 93.326 %
```

## How to fix

Count the correct predictions of the whole split, and print `100 * correct / images`. Say which images they are, and
whether the figure is a mean over several runs.

## Source

Brown & Heathers 2017, The GRIM test, Social Psychological and Personality Science 8(4): the same test for means of
whole numbers.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from deepstudy.audits.evidence import Evidence, PrintedFigure, PrintedLog
from deepstudy.audits.printed import Ratio, decimals
from deepstudy.audits.rules.document_granularity import find_in_document
from deepstudy.findings import AuditSeverity, Finding
from deepstudy.study.reported import Reported

IMAGES_OF = {"train": "training"}  # a split, as in "training images"


def counts(printed: str, images: int) -> range:
    """All k for which k correct images can be printed as this accuracy.

    A printed figure can be rounded, up or down at the half, or cut off after its last decimal.

    Arguments:
        printed: the accuracy in percent, with the decimals that are printed.
        images: the number of all images.

    Returns:
        The numbers of correct images; empty if none gives this accuracy.
    """
    value, unit = Fraction(printed.replace(",", "")), Fraction(1, 10 ** decimals(printed))
    least = math.ceil((value - unit / 2) * images / 100)
    most = math.ceil((value + unit) * images / 100) - 1  # below the next figure
    return range(max(least, 0), min(most, images) + 1)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find accuracies that no number of correct images can give.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each impossible accuracy, ratio and batch accuracy.
    """
    if evidence.document is not None:
        yield from find_in_document(evidence)
        return
    for figure in evidence.accuracies():
        yield from _figure(evidence, figure)
    for ratio in evidence.ratios:
        yield from _ratio(ratio)
    for log in evidence.logs:
        yield from _scores(evidence, log)
        yield from _batches(evidence, log)


def _figure(evidence: Evidence, figure: PrintedFigure) -> Iterator[Finding]:
    said, trial = figure.said, evidence.trials[figure.said.experiment]
    if said.split is None or not figure.definite or "±" in said.value or evidence.runs not in (None, 1):
        return  # a mean over runs, or an accuracy whose images are not named
    printed = bare(said.value)
    images = said.images or (trial.images(said.split) if said.split != "train" else None)
    if images is None or printed is None:
        return
    if not 0 <= float(printed) <= 100:
        return  # which the rule `rates` says
    if counts(printed, images) or _is_float(printed, images):
        return
    entry = trial.data
    fitting = [
        f"{numbers[0]:,} of the {size:,} {IMAGES_OF.get(split, split)} images"
        for split, size in (entry.splits.items() if entry else ())
        if size != images and (numbers := counts(printed, size))
    ]
    below = math.floor(float(printed) * images / 100)
    near = " or ".join(_percent(k, images) for k in (below, below + 1))
    smallest = next((n for n in range(1, 2_001) if counts(printed, n)), None)
    fits = f" The figure fits {' or '.join(fitting)}." if fitting else ""
    if not fitting and smallest is not None:
        fits = f" At least {smallest:,} images are needed for this accuracy."
    severity, doubt = _mean_of_batches(evidence, figure, printed, images)
    yield Finding(
        "granularity",
        severity,
        f"{printed} % is not a possible accuracy over {images:,} {IMAGES_OF.get(said.split, said.split)} images. One "
        f"image is {100 / images:g} points, and no whole number of images rounds to this figure.{fits}{doubt}",
        where=figure.where,
        reported=f"{printed} %",
        possible="; ".join([f"{near} % over {images:,} images", *fitting]),
    )


def _percent(part: int, whole: int) -> str:
    """A percentage with at least two decimals, and up to four if they are not zero: 93.32, 93.324."""
    text = f"{100 * part / whole:.4f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))


def _mean_of_batches(evidence: Evidence, figure: PrintedFigure, printed: str, images: int) -> tuple[AuditSeverity, str]:
    """The severity and an explanation: the figure may be a mean over batches, of which the last is smaller."""
    trial = evidence.trials[figure.said.experiment]
    batch = trial.stated("test_batch_size") or trial.stated("batch_size")
    if not batch:
        return "inconsistent", " It may be a mean over batches of different sizes: the report gives no batch size."
    if images % batch == 0:
        return "impossible", ""
    whole, last = divmod(images, batch)
    # The mean of `whole` accuracies k/batch and one accuracy j/last has finer steps than k/images.
    for j in range(last + 1):
        steps = whole * batch
        value = Fraction(printed) * (whole + 1) / 100 - Fraction(j, last)
        half = Fraction(1, 2 * 10 ** decimals(printed)) * (whole + 1) / 100
        k = round(value * batch)
        if 0 <= k <= steps and abs(value - Fraction(k, batch)) <= half:
            return "doubtful", (
                f" It can be a mean over batches of {batch}: the last batch is smaller ({last}), so each of its images "
                "weighs more."
            )
    return "impossible", ""


def _batches(evidence: Evidence, log: PrintedLog) -> Iterator[Finding]:
    """Batch accuracies of a log that are not k/batch, if nearly all others are."""
    batch = evidence.trials[log.experiment].stated("batch_size")
    printed = [
        (line, each)
        for line in log.lines
        for each in line.accuracies
        if each.of is None and each.split in (None, "train") and line.step is not None and line.step != line.steps
    ]
    if not batch or len(printed) < 5:
        return
    misfits = [(line, each) for line, each in printed if not counts(each.text, batch)]
    by_chance = (batch + 1) / (100 * 10 ** min(each.decimals for _, each in printed) + 1)
    if by_chance > 0.2 or not 0 < len(misfits) <= 0.2 * len(printed):
        return
    for line, each in misfits:
        below = math.floor(each.value * batch / 100)
        near = " or ".join(f"{100 * k / batch:.{each.decimals}f}" for k in (below, below + 1))
        yield Finding(
            "granularity",
            "impossible",
            f"{each.text} % is not a possible accuracy over a batch of {batch} images: {below} correct give "
            f"{100 * below / batch:.{each.decimals}f} %, and {below + 1} give "
            f"{100 * (below + 1) / batch:.{each.decimals}f} %. The other accuracies of this log fit that batch size.",
            where=line.where,
            reported=line.text,
            possible=near,
        )


def _is_float(printed: str, images: int) -> bool:
    """Whether a figure with many decimals is k/n in single precision, such as 71.21999859809875."""
    value = float(printed)
    return decimals(printed) >= 5 and abs(100 * round(value * images / 100) / images - value) < 2e-5


def _ratio(ratio: Ratio) -> Iterator[Finding]:
    """A count with its percentage, rounded or cut off. More than 100 % is left to the rule `rates`."""
    exact, places = 100 * ratio.part / ratio.whole, decimals(ratio.percent)
    # Progress bars count batches instead of images, and the last batch is smaller.
    allowed = 1.0 if places == 0 else 10**-places + 1e-9
    if ratio.part > ratio.whole or abs(exact - float(ratio.percent)) < allowed:
        return
    possible = f"{exact:.{max(places, 2)}f} %"
    yield Finding(
        "granularity",
        "impossible",
        f"{ratio.part:,} of {ratio.whole:,} is {possible}, not {ratio.percent} %.",
        where=ratio.where,
        reported=ratio.text,
        possible=possible,
    )


def _scores(evidence: Evidence, log: PrintedLog) -> Iterator[Finding]:
    """Impossible test accuracies inside a log: one finding about the first, with the number of all."""
    misfits = []
    for line in log.lines:
        for each in line.accuracies:
            percent = each.text if each.value == float(each.text.partition("/")[0] or "nan") else None
            if percent is None or (each.split or line.phase) != "test" or each.of is not None or decimals(percent) < 3:
                continue
            said = Reported(
                experiment=log.experiment, quantity="accuracy", split="test", value=percent, quote=line.text
            )
            misfits += list(_figure(evidence, PrintedFigure(line.where, said)))
    if misfits:
        more = f" This log has {len(misfits)} such accuracies." if len(misfits) > 1 else ""
        yield replace(misfits[0], says=misfits[0].says + more)


def bare(text: str) -> str | None:
    """A printed percentage without its sign.

    Arguments:
        text: the percentage, as it is printed.

    Returns:
        Its digits; None if it is more than a number, like `93.4±0.2`.
    """
    printed = text.replace(",", "").strip().rstrip("%").strip()
    try:
        float(printed)
    except ValueError:
        return None
    return printed
