"""What the rule `granularity` finds in documents: rates that no whole number of images gives.

Figures of one log or one column are judged together. If they all fit the images that a loader leaves after it drops its
last batch, they are sound. A figure is impossible only where the batch size is known, and where neither a mean over
batches nor a mean over runs gives it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.image_grids import (
    USUAL_BATCHES,
    chance,
    counts_within,
    fit_all,
    is_float_noise,
    is_mean_of_batches,
    is_printed_mean_of_batches,
    joint_chance,
    other_sizes,
)
from deepstudy.audits.rate_scales import misscaled
from deepstudy.audits.reading.passages import read_passages
from deepstudy.audits.reading.quotients import PrintedQuotient, is_progress, read_quotients
from deepstudy.audits.reading.samples import count_of
from deepstudy.audits.reading.scored_images import ScoredImages, figure_of, read_scored_images
from deepstudy.audits.reading.statements import Statement
from deepstudy.datasets import DATASETS
from deepstudy.findings import AuditSeverity, Finding

_METRICS = ("accuracy", "error", "top5")
_WORDS = {"train": "training", "accuracy": "accuracy", "error": "error rate", "top5": "top-5 rate"}
_ENOUGH = 4  # figures that together show an unknown batch size
_UNLIKELY = 1e-3
_LEAST = 1.0  # percent
_MOST_FIGURES = 5_000  # of one document; a longer log repeats itself


@dataclass(frozen=True)
class _Rate:
    """A rate of the document with the images that it can be over."""

    statement: Statement
    value: Fraction
    step: Fraction
    sizes: tuple[int, ...]

    @property
    def figure(self) -> tuple[Fraction, Fraction]:
        return self.value, self.step

    def fits(self, images: int) -> bool:
        return bool(counts_within(self.value, self.step, images)) or is_float_noise(self.value, self.step, images)


def find_in_document(evidence: Evidence) -> Iterator[Finding]:
    """Find rates and counts of a document that no number of images gives.

    Arguments:
        evidence: what the document says.

    Returns:
        A finding for each log, column or sentence with such rates, and one for each such count.
    """
    assert evidence.document is not None
    for passage in read_passages(evidence.document, evidence.layout):
        if passage.kind != "code":
            yield from (found for each in read_quotients(passage) if (found := _quotient(each)) is not None)
    scored = read_scored_images(evidence.document, evidence.layout, evidence.statements)
    odd = misscaled(evidence.statements)  # `rates` speaks of these
    statements = [each for each in evidence.statements if (each.span.line, each.printed) not in odd]
    seen: set[tuple[Fraction, tuple[int, ...]]] = set()
    for group in _groups(statements, scored):
        misfits = [rate for rate in group if not any(rate.fits(size) for size in rate.sizes)]
        new = [rate for rate in misfits if (_right(rate), rate.sizes) not in seen]
        seen |= {(_right(rate), rate.sizes) for rate in new}
        if new:
            yield from _judge(new, group, scored)
    yield from _means(statements, scored)
    yield from _batches(statements, scored)


def _right(rate: _Rate) -> Fraction:
    """The accuracy, so that an error of 8.766 % is known to be the accuracy of 91.234 %."""
    return 100 - rate.value if rate.statement.metric == "error" else rate.value


def _is_level(statement: Statement) -> bool:
    """Whether a statement is a result of the report itself that is known to its last digit."""
    is_vague = statement.is_about or statement.is_change or statement.is_cited or statement.upper is not None
    # An accuracy below 1 % is a fraction or a spread that was read as one.
    least = _LEAST if statement.metric == "accuracy" else 0.0
    return (
        statement.metric in _METRICS and not is_vague and least <= statement.value <= 100 and statement.correct is None
    )


def _is_of_all(statement: Statement) -> bool:
    """Whether it is of all images of a split, and not of the images so far."""
    return statement.step_number is None or statement.step_number == statement.steps


def _groups(statements: Sequence[Statement], scored: ScoredImages) -> Iterator[list[_Rate]]:
    """The rates of each log and each column of a table; of a sentence, each by itself."""
    groups: dict[tuple[object, ...], list[_Rate]] = {}
    for index, statement in enumerate(statements[:_MOST_FIGURES]):
        if not _is_level(statement) or statement.is_mean or not _is_of_all(statement):
            continue
        figure, sizes = figure_of(statement), scored.sizes(statement)
        if figure is None or not sizes:
            continue
        key: tuple[object, ...] = (index,)
        if statement.place is not None:
            key = ("table", statement.place[0], statement.place[2])
        elif statement.kind == "log" or statement.epoch is not None:  # a log may begin in the paragraph above it
            key = ("log", statement.headings)
        groups.setdefault((*key, statement.split, sizes), []).append(_Rate(statement, *figure, sizes))
    yield from groups.values()


def _judge(misfits: Sequence[_Rate], group: Sequence[_Rate], scored: ScoredImages) -> Iterator[Finding]:
    """Say what is wrong with the misfits of a group, if no sound reading explains them."""
    figures = [rate.figure for rate in misfits]
    sizes = misfits[0].sizes
    if scored.is_of_batches or any(
        all(rate.fits(runs * size) for rate in misfits) for runs in scored.runs for size in sizes
    ):
        return  # means over batches or over runs
    usual = (*scored.all_batches, *USUAL_BATCHES)
    if all(any(is_printed_mean_of_batches(*rate.figure, size, usual) for size in sizes) for rate in misfits):
        return
    dropped = [size for batch in scored.all_batches for images in sizes for size in other_sizes(images, batch)]
    everything = [rate.figure for rate in group]
    fitting = fit_all(everything, dropped)
    if fitting is not None and joint_chance(everything, fitting) < _UNLIKELY:
        return
    if len({rate.value for rate in misfits}) >= _ENOUGH:
        without = [size for batch in USUAL_BATCHES for images in sizes for size in other_sizes(images, batch)]
        found = fit_all(everything, without)
        if found is not None and joint_chance(figures, found) * len(without) < _UNLIKELY:
            return
    severity, doubt = _severity(misfits, scored, fitting)
    yield _finding(misfits, scored, severity, doubt)


def _severity(misfits: Sequence[_Rate], scored: ScoredImages, fitting: int | None) -> tuple[AuditSeverity, str]:
    sizes = misfits[0].sizes
    if fitting is not None:
        return "doubtful", f" It fits {fitting:,} images, which remain if the last batch is dropped or filled up."
    for batch in scored.all_batches:
        for images in sizes:
            if all(is_mean_of_batches(rate.value, rate.step, images, batch) for rate in misfits):
                return "doubtful", (
                    f" It can be a mean over batches of {batch}: the last batch is smaller ({images % batch}), so each "
                    "of its images weighs more."
                )
    if scored.has_runs:
        return "doubtful", " It may be a mean over several runs."
    if scored.has_subset and not _is_said(misfits[0], scored):
        return "doubtful", " It may be over a part of these images."
    if not scored.batches:
        return "doubtful", " It may be a mean over batches of different sizes: the report gives no batch size."
    return "impossible", ""


def _is_said(rate: _Rate, scored: ScoredImages) -> bool:
    """Whether the text says the number of images, and not only the name of the data set."""
    said = scored.said.get(str(rate.statement.split), [])
    entry = DATASETS.get(rate.statement.dataset or "")
    return rate.sizes[0] in said or entry is None or rate.sizes[0] != entry.splits["test"]


def _finding(misfits: Sequence[_Rate], scored: ScoredImages, severity: AuditSeverity, doubt: str) -> Finding:
    first = misfits[0]
    statement, images = first.statement, first.sizes[0]
    printed = _printed(first)
    split = _WORDS.get(statement.split or "", statement.split or "")
    of = f"{images:,} {split} images" if split else f"{images:,} images"
    below = math.floor(first.value * images / 100)
    near = " or ".join(_percent(k, images) for k in (below, below + 1) if k <= images)
    fits = _fits_elsewhere(first)
    says = (
        f"{printed} % is not a possible {_WORDS[statement.metric]} over {of}. One image is {100 / images:g} points, "
        "and no whole number of images rounds to this figure."
    )
    if fits:
        says += f" The figure fits {' or '.join(fits)}."
    else:
        smallest = next((n for n in range(1, 2_001) if counts_within(first.value, first.step, n)), None)
        if smallest is not None:
            says += f" At least {smallest:,} images are needed for it."
    says += doubt
    if len(misfits) > 1:
        place = "table" if statement.kind == "table" else "log"
        says += f" This {place} has {len(misfits)} such figures."
    return Finding(
        "granularity",
        severity,
        says,
        where=statement.where,
        reported=f"{printed} %",
        possible="; ".join([f"{near} % over {images:,} images", *fits]),
    )


def _fits_elsewhere(rate: _Rate) -> list[str]:
    """The other splits of the data set that the figure fits, if that is no chance."""
    entry = DATASETS.get(rate.statement.dataset or "")
    fitting = []
    for split, size in entry.splits.items() if entry else ():
        numbers = counts_within(rate.value, rate.step, size)
        if size not in rate.sizes and numbers and chance(rate.step, size) < 1:
            fitting.append(f"{numbers[0]:,} of the {size:,} {_WORDS.get(split, split)} images")
    return fitting


def _printed(rate: _Rate) -> str:
    """The figure in percent, with the digits that are printed."""
    decimals = max(0, len(str(rate.step.denominator)) - 1)
    return f"{float(rate.value):.{min(decimals, 12)}f}"


def _percent(part: int, whole: int) -> str:
    """A percentage with at least two decimals, and up to four if they are not zero: 93.32, 93.324."""
    text = f"{100 * part / whole:.4f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))


def _quotient(quotient: PrintedQuotient) -> Finding | None:
    """A count whose percentage is another one; whole percentages may be rounded or cut off."""
    part, whole, percent = quotient.part, quotient.whole, Fraction(quotient.percent)
    places = len(quotient.percent.partition(".")[2])
    step = Fraction(1, 10**places)
    if part > whole:
        return None
    shares = [Fraction(100 * part, whole)]
    if quotient.may_be_rest:
        shares.append(100 - shares[0])
    if any(percent - step < share < percent + step for share in shares):
        return None
    if places == 0 and quotient.is_counter and is_progress(part, whole, float(percent)):
        return None
    exact = f"{float(shares[0]):.{max(places, 2)}f} %"
    return Finding(
        "granularity",
        "impossible",
        f"{part:,} of {whole:,} is {exact}, not {quotient.percent} %.",
        where=quotient.where,
        reported=quotient.text,
        possible=exact,
    )


def _means(statements: Sequence[Statement], scored: ScoredImages) -> Iterator[Finding]:
    """Means over several runs of k of n, which have a step of 1/(runs · n)."""
    seen = set()
    for statement in statements[:_MOST_FIGURES]:
        if not _is_level(statement) or not statement.is_mean or statement.kind == "table":
            continue
        runs, figure, sizes = count_of(statement.text), figure_of(statement), scored.sizes(statement)
        if not runs or runs < 2 or figure is None or len(sizes) != 1 or (figure, runs) in seen:
            continue
        seen.add((figure, runs))
        rate, images = _Rate(statement, *figure, sizes), sizes[0]
        if any(rate.fits(size) for size in (images, runs * images)) or _is_mean_of_rounded(rate, runs):
            continue
        batches = scored.batches
        is_sure = bool(batches) and all(images % batch == 0 for batch in batches) and not scored.is_of_batches
        split = _WORDS.get(statement.split or "", statement.split or "")
        doubt = "" if is_sure else " It may be a mean over batches of different sizes."
        yield Finding(
            "granularity",
            "inconsistent" if is_sure else "doubtful",
            f"{_printed(rate)} % is not a possible mean of {runs} accuracies over {images:,} {split} images. Its step "
            f"is {100 / (runs * images):.4g} points, and no whole number of images gives it.{doubt}",
            where=statement.where,
            reported=f"{_printed(rate)} %, a mean of {runs} runs",
            possible=" or ".join(
                f"{_percent(k, runs * images)} %" for k in _around(rate.value * runs * images / 100, runs * images)
            ),
        )


def _around(value: Fraction, most: int) -> list[int]:
    return [k for k in (math.floor(value), math.floor(value) + 1) if k <= most]


def _is_mean_of_rounded(rate: _Rate, runs: int) -> bool:
    """Whether it is the mean of results that were rounded to one or two decimals first."""
    return any(bool(counts_within(rate.value, rate.step, 100 * 10**places * runs)) for places in (0, 1, 2))


def _batches(statements: Sequence[Statement], scored: ScoredImages) -> Iterator[Finding]:
    """Batch accuracies of a log that are not k of a batch, if nearly all others are."""
    if len(scored.batches) != 1:
        return
    batch = scored.batches[0]
    logs: dict[tuple[str, ...], list[_Rate]] = {}
    for statement in statements[:_MOST_FIGURES]:
        if statement.kind != "log" or statement.metric != "accuracy" or statement.split not in (None, "train"):
            continue
        if statement.step_number is None or _is_of_all(statement) or not _is_level(statement):
            continue
        if (figure := figure_of(statement)) is not None:
            logs.setdefault(statement.headings, []).append(_Rate(statement, *figure, (batch,)))
    for rates in logs.values():
        misfits = [rate for rate in rates if not rate.fits(batch)]
        is_clear = len(rates) >= 5 and chance(min(rate.step for rate in rates), batch) < 0.2
        if not is_clear or not 0 < len(misfits) <= 0.2 * len(rates):
            continue
        first = misfits[0]
        near = [_percent(k, batch) for k in _around(first.value * batch / 100, batch)]
        more = f" This log has {len(misfits)} such accuracies." if len(misfits) > 1 else ""
        yield Finding(
            "granularity",
            "impossible",
            f"{_printed(first)} % is not a possible accuracy over a batch of {batch} images. Near it are "
            f"{' and '.join(near)} %. The other accuracies of this log fit that batch size.{more}",
            where=first.statement.where,
            reported=first.statement.text[:200],
            possible=" or ".join(near),
        )
