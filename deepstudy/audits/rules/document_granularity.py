"""What the rule `granularity` finds in documents: rates that no whole number of images gives.

Figures of one log or one column are judged together. If they all fit the images that a loader leaves after it drops its
last batch, they are sound. A figure is impossible only where the batch size is known, and where neither a mean over
batches nor a mean over runs gives it.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from deepstudy.audits.arithmetic.counts_and_rates import count_findings
from deepstudy.audits.arithmetic.image_grids import (
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
from deepstudy.audits.arithmetic.rate_scales import misscaled
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.samples.passages import read_passages
from deepstudy.audits.reading.samples.quotients import PrintedQuotient, is_progress, read_quotients, read_wrong_counts
from deepstudy.audits.reading.samples.samples import count_of
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.training.scored_images import ScoredImages, figure_of, read_scored_images
from deepstudy.datasets import DATASETS
from deepstudy.findings import AuditSeverity, Finding

_METRICS = ("accuracy", "error", "top5")
_WORDS = {"train": "training", "accuracy": "accuracy", "error": "error rate", "top5": "top-5 rate"}
_NEAR = 1.3
_CLEAR = 0.15  # chance of one figure
_ABOVE = 12  # lines above a count in which its accuracy stands
_POWER = 0.05
_MOST_CHANCE = 0.8  # with which a figure of so few digits fits anyway
_ENOUGH = 4  # figures that together show an unknown batch size
_UNLIKELY = 1e-3
_LEAST = 1.0  # percent
_ROUND, _MOST_ROUND = 100, 100_001  # numbers of images of which people make a split of their own
#: Programs that weight the accuracy of each batch by its images.
_EXACT = re.compile(r"(?i)\bkeras\b|tensorflow|scikit-?learn|\bsklearn\b|accuracy_score|trainNetwork|matlab")
#: Means over classes, which are no k of n.
_BALANCED = re.compile(
    r"(?i)balanced|\bmacro|mean (?:class|per-class)|per-class mean|ausgew|balanciert|équilibrée|"
    r"balancead|equilibrad|균형|平衡|均衡|バランス|宏平均|\bUAR\b|\bsd\b|\bstd\b|std\.|σ"
)
_LONGEST = 600
_OF_BATCH = re.compile(
    r"(?i)(?:batch|lote|\blot|배치|バッチ|批(?:次|量)?)[-_ /]{0,3}(?:acc|gen|정확도|精度|准确|正解|exact|prec)|"
    r"(?:accuracy|exactitude|exactitud|acur[aá]cia) (?:of|on|de|do|du|del) (?:the |each )?(?:mini-?)?(?:batch|lote|lot)"
)
_TORCH = re.compile(
    r"(?i)torch|\bjax\b|lightning|fastai|caffe|chainer|from scratch|numpy|own (?:loop|code)|train_on_batch"
)
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
    quotients = [
        found
        for passage in read_passages(evidence.document, evidence.layout)
        if passage.kind != "code"
        for each in read_quotients(passage)
        if (found := _quotient(each)) is not None
    ]
    yield from quotients
    places = {finding.where for finding in quotients}
    scored = read_scored_images(evidence.document, evidence.layout, evidence.statements)
    odd = misscaled(evidence.statements)  # `rates` speaks of these
    tables = [*evidence.layout.tables]
    units: dict[str, set[str]] = {}
    for each in evidence.statements:
        if each.kind == "sentence" and each.metric in _METRICS and not each.is_change:
            units.setdefault(each.text, set()).add(each.unit)
    # A sentence with fractions and percentages is a torn table, in which a loss may look like an accuracy.
    torn = {text for text, found in units.items() if {"%", "fraction"} <= found}
    statements = [
        each
        for each in evidence.statements
        if (each.span.line, each.printed) not in odd
        and each.where not in places
        and each.text not in torn
        and not _BALANCED.search(_words_of(each, tables))
    ]
    yield from _rates(list(_groups(statements, scored)), scored, evidence.document.text)
    yield from _means(statements, scored, evidence)
    yield from _batches(statements, scored, evidence)
    yield from _wrong_counts(statements, evidence)
    yield from (finding for finding in count_findings(evidence) if finding.where not in places)


def _wrong_counts(statements: Sequence[Statement], evidence: Evidence) -> Iterator[Finding]:
    """Counts of wrong images against the only accuracy of their section, if no accuracy of the document fits them."""
    assert evidence.document is not None
    rates = [
        each
        for each in statements
        if _is_level(each)
        and not each.is_mean
        and each.split != "train"
        and not (each.metric == "error" and each.unit != "%" and each.decimals == 0)  # a count of errors
    ]
    lines = {evidence.document.where(at + 1): at for at in range(len(evidence.document.lines))}
    for passage in read_passages(evidence.document, evidence.layout):
        if passage.kind not in ("text", "output"):
            continue
        for part, whole, start in read_wrong_counts(passage.text):
            line = lines.get(passage.place(start), -1)
            near = [
                each
                for each in rates
                if each.place is None and each.epoch is None and -_ABOVE <= each.span.line - line <= 1
            ]
            values = {round(each.value if each.metric != "error" else 100 - each.value, 6) for each in near}
            figure = figure_of(near[0]) if len(values) == 1 and near[0].metric == "accuracy" else None
            if figure is None or any(_fits_wrong(each, part, whole) for each in rates):
                continue
            counts = counts_within(*figure, whole)
            if len(counts) != 1 or any(each.headings != near[0].headings for each in near):
                continue
            wrong = whole - counts[0]
            yield Finding(
                "granularity",
                "inconsistent",
                f"{part:,} wrong ones of {whole:,} are an accuracy of {_percent(whole - part, whole)} %, not "
                f"{near[0].printed}. That accuracy leaves {wrong:,} wrong ones.",
                where=passage.place(start),
                reported=passage.text[start : start + 80],
                possible=f"{wrong:,} wrong ones, or an accuracy of {_percent(whole - part, whole)} %",
            )


def _fits_wrong(rate: Statement, part: int, whole: int) -> bool:
    figure = figure_of(rate)
    if figure is None or rate.metric == "top5":
        return False
    right = part if rate.metric == "error" else whole - part
    return right in counts_within(*figure, whole)


def _words_of(statement: Statement, tables: Sequence[PrintedTable]) -> str:
    """What names a rate: its line, or the header of its column and the name of its row."""
    if statement.place is None:
        return statement.text[:_LONGEST]
    table, _, column = statement.place
    columns = tables[table].columns if table < len(tables) else ()
    return f"{columns[column] if column < len(columns) else ''} {statement.of}"


def _rates(groups: Sequence[list[_Rate]], scored: ScoredImages, text: str) -> Iterator[Finding]:
    """Judge the rates of all logs, columns and sentences; those that another number of images explains, together."""
    explained: dict[tuple[int, ...], int | None] = {}
    seen: set[tuple[Fraction, tuple[int, ...]]] = set()
    doubts: list[Finding] = []
    for group in groups:
        misfits = [rate for rate in group if not any(rate.fits(size) for size in rate.sizes)]
        new = [rate for rate in misfits if (_right(rate), rate.sizes) not in seen]
        seen |= {(_right(rate), rate.sizes) for rate in new}
        if not new:
            continue
        sizes = new[0].sizes
        if sizes not in explained:
            everything = [rate for each in groups for rate in each if rate.sizes == sizes]
            explained[sizes] = _other_number(everything, scored)
            if explained[sizes] is not None and (finding := _of_others(everything, explained[sizes], scored)):
                yield finding
        if explained[sizes] is not None:
            continue
        for finding in _judge(new, group, scored, _EXACT.search(text) is not None and not _TORCH.search(text)):
            if finding.severity == "doubtful":
                doubts.append(finding)
            else:
                yield finding
    if doubts:
        more = f" {len(doubts) - 1} more logs, tables or sentences have such figures." if len(doubts) > 1 else ""
        yield replace(doubts[0], says=doubts[0].says + more)


def _other_number(rates: Sequence[_Rate], scored: ScoredImages) -> int | None:
    """Another number of images that gives all rates over these, which chance would not do; the said ones first.

    0 if it is another said number, but so different that the text was probably misread.
    """
    figures = {rate.figure for rate in rates}
    sizes = rates[0].sizes
    said = sorted({size for each in scored.said.values() for size in each} - {*sizes})
    if len(figures) < _ENOUGH or not any(size > 1 for size in sizes):
        return None
    for sizes_to_try in (said, range(_ROUND, _MOST_ROUND, _ROUND)):
        for size in sizes_to_try:
            if size in sizes or not all(counts_within(value, step, size) for value, step in figures):
                continue
            if sizes_to_try is not said and max(chance(step, size) for _, step in figures) > _CLEAR:
                return None
            is_near = sizes_to_try is not said or 1 / _NEAR <= size / sizes[0] <= _NEAR
            if joint_chance([*figures], size) * max(len(sizes_to_try), 1) < _UNLIKELY:
                return size if is_near else 0
            return None  # a larger one fits even more easily
    return None


def _of_others(rates: Sequence[_Rate], images: int | None, scored: ScoredImages) -> Finding | None:
    """Say that all rates are of the images of another split; of a number that nobody states, nothing is known."""
    splits = [split for split, sizes in scored.said.items() if images in sizes and split != rates[0].statement.split]
    wrong = [rate for rate in rates if not any(rate.fits(size) for size in rate.sizes)]
    if images is None or not splits or len({rate.value for rate in wrong}) < _ENOUGH:
        return None
    first, split = wrong[0], _WORDS.get(splits[0], splits[0])
    own = _WORDS.get(first.statement.split or "", first.statement.split or "")
    return Finding(
        "granularity",
        "inconsistent",
        f"{_printed(first)} % is not a possible {_WORDS[first.statement.metric]} over {first.sizes[0]:,} {own} images. "
        f"All {len({rate.value for rate in rates})} such figures fit {images:,} images, as many as the {split} images.",
        where=first.statement.where,
        reported=", ".join(f"{_printed(rate)} %" for rate in wrong[:4]),
        possible=f"figures over {images:,} images",
    )


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


def _judge(misfits: Sequence[_Rate], group: Sequence[_Rate], scored: ScoredImages, is_exact: bool) -> Iterator[Finding]:
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
    severity, doubt = _severity(misfits, scored, None if is_exact else fitting, is_exact)
    yield _finding(misfits, scored, severity, doubt)


def _fits_other_batches(misfits: Sequence[_Rate], scored: ScoredImages) -> bool:
    """Whether figures with many digits are surely means over batches that the report does not name."""
    batches = {*USUAL_BATCHES, *(2 * batch for batch in scored.all_batches)}
    images = {*misfits[0].sizes, *(size for entry in DATASETS.values() for size in entry.splits.values())}
    many = [rate for rate in misfits if any(is_printed_mean_of_batches(*rate.figure, size, batches) for size in images)]
    return bool(many) and all(
        rate in many or any(is_mean_of_batches(*rate.figure, size, batch) for size in rate.sizes for batch in batches)
        for rate in misfits
    )


def _severity(
    misfits: Sequence[_Rate], scored: ScoredImages, fitting: int | None, is_exact: bool
) -> tuple[AuditSeverity, str]:
    sizes = misfits[0].sizes
    if fitting is not None:
        return "doubtful", f" It fits {fitting:,} images, which remain if the last batch is dropped or filled up."
    for batch in () if is_exact else scored.all_batches:
        for images in sizes:
            if all(is_mean_of_batches(rate.value, rate.step, images, batch) for rate in misfits):
                return "doubtful", (
                    f" It can be a mean over batches of {batch}: the last batch is smaller ({images % batch}), so each "
                    "of its images weighs more."
                )
    if not is_exact and _fits_other_batches(misfits, scored):
        return "doubtful", " It can be a mean over batches of another size."
    if scored.has_runs:
        return "doubtful", " It may be a mean over several runs."
    if scored.has_subset and not _is_said(misfits[0], scored):
        return "doubtful", " It may be over a part of these images."
    is_known = _is_sure_of_images(misfits[0].statement)
    if not scored.batches and not (is_exact and is_known):
        return "doubtful", " It may be a mean over batches of different sizes: the report gives no batch size."
    return "impossible", ""


def _is_sure_of_images(statement: Statement) -> bool:
    """Whether the number of images is sure: that of a known data set, or what the line itself prints."""
    return statement.dataset in DATASETS or statement.images is not None


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


def _means(statements: Sequence[Statement], scored: ScoredImages, evidence: Evidence) -> Iterator[Finding]:
    """Means over several runs of k of n, which have a step of 1/(runs · n)."""
    tables = [*evidence.layout.tables]
    rates: list[tuple[_Rate, int]] = []
    for statement in statements[:_MOST_FIGURES]:
        if not _is_level(statement) or not statement.is_mean:
            continue
        runs, figure, sizes = _runs_of(statement, scored, tables), figure_of(statement), scored.sizes(statement)
        if runs and runs > 1 and figure is not None and len(sizes) == 1:
            rates.append((_Rate(statement, *figure, sizes), runs))
    wrong = [
        (rate, runs)
        for rate, runs in rates
        if not any(rate.fits(size) for size in (rate.sizes[0], runs * rate.sizes[0]))
    ]
    if not wrong:
        return
    right = {each.figure for each, count in rates if (each, count) not in wrong and each.sizes == wrong[0][0].sizes}
    power = joint_chance([*right], wrong[0][1] * wrong[0][0].sizes[0]) if right else 1.0
    by_others = power < _POWER and len(wrong) <= len(right)
    if not by_others:
        wrong = [(rate, runs) for rate, runs in wrong if not _is_mean_of_rounded(rate, runs)]
    if not wrong:
        return
    rate, runs = wrong[0]
    statement, images, batches = rate.statement, rate.sizes[0], scored.batches
    is_divided = bool(batches) and all(images % batch == 0 for batch in batches) and not scored.is_of_batches
    if statement.kind == "table" and not by_others and chance(rate.step, runs * images) > _MOST_CHANCE:
        return
    is_sure = by_others or (is_divided and statement.kind != "table")
    split = _WORDS.get(statement.split or "", statement.split or "")
    doubt = "" if is_sure else " It may be a mean over batches of different sizes."
    more = f" {len(wrong) - 1} more means are like it." if len(wrong) > 1 else ""
    yield Finding(
        "granularity",
        "inconsistent" if is_sure else "doubtful",
        f"{_printed(rate)} % is not a possible mean of {runs} accuracies over {images:,} {split} images. Its step "
        f"is {100 / (runs * images):.4g} points, and no whole number of images gives it.{doubt}{more}",
        where=statement.where,
        reported=f"{_printed(rate)} %, a mean of {runs} runs",
        possible=" or ".join(
            f"{_percent(k, runs * images)} %" for k in _around(rate.value * runs * images / 100, runs * images)
        ),
    )


def _runs_of(statement: Statement, scored: ScoredImages, tables: Sequence[PrintedTable]) -> int | None:
    """Over how many runs a mean is: what its sentence or caption says, or of a table the only number of the text."""
    if statement.place is None:
        return count_of(statement.text)
    caption = tables[statement.place[0]].caption if statement.place[0] < len(tables) else ""
    return count_of(caption) or (scored.runs[0] if len(scored.runs) == 1 else None)


def _around(value: Fraction, most: int) -> list[int]:
    return [k for k in (math.floor(value), math.floor(value) + 1) if k <= most]


def _is_mean_of_rounded(rate: _Rate, runs: int) -> bool:
    """Whether it is the mean of results that were rounded to one or two decimals first."""
    return any(bool(counts_within(rate.value, rate.step, 100 * 10**places * runs)) for places in (0, 1, 2))


def _batches(statements: Sequence[Statement], scored: ScoredImages, evidence: Evidence) -> Iterator[Finding]:
    """Batch accuracies of a log that are not k of a batch, if nearly all others are."""
    if len(scored.batches) != 1:
        return
    batch, tables = scored.batches[0], [*evidence.layout.tables]
    logs: dict[tuple[object, ...], list[_Rate]] = {}
    for statement in statements[:_MOST_FIGURES]:
        if statement.metric != "accuracy" or statement.split not in (None, "train") or not _is_level(statement):
            continue
        key = _log_of_batches(statement, tables)
        if key is not None and (figure := figure_of(statement)) is not None:
            logs.setdefault(key, []).append(_Rate(statement, *figure, (batch,)))
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


def _log_of_batches(statement: Statement, tables: Sequence[PrintedTable]) -> tuple[object, ...] | None:
    """The log or the column of a table that an accuracy of one batch stands in."""
    if statement.place is not None:
        table, _, column = statement.place
        header = tables[table].columns[column] if table < len(tables) and column < len(tables[table].columns) else ""
        return ("table", table, column) if _OF_BATCH.search(header) else None
    if _OF_BATCH.search(statement.text) and statement.epoch is None and statement.step_number is None:
        return ("lines", statement.headings)
    is_step = statement.kind == "log" and statement.step_number is not None and not _is_of_all(statement)
    return ("log", statement.headings) if is_step else None
