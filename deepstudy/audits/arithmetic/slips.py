"""Rates in sentences that are those of a table or a log but for one digit.

An error of 23.69 %, where the row that the sentence names has an accuracy of 77.31 %. Such a number stands nowhere else
in the report, in no rounding and not as its rest to 100 %.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.findings import Finding

_FEW = 6  # rates of a report that names no row: among more, another result can look like that by chance
_FEWEST_DIGITS = 4
_OF_OTHERS = re.compile(
    r"(?i)previous|earlier|another|other |without|instead|baseline|paper|\bet al\b|\[\d|version|seed|\bruns?\b|fold|"
    r"class\b|epoch|ensemble|average|mean|target|goal|chance|论文|논문|論文|이전|之前|以前|anterior|vorher|précédent"
)

_SUPPOSED = re.compile(
    r"(?i)\b(?:not|would|could|should|might|may|if|expect\w*|nicht|würde|não|podría|serait)\b|않|没|ない"
)


@dataclass(frozen=True)
class _KnownRate:
    """A rate that does not stand in a sentence."""

    value: float
    step: float
    metric: str
    split: str | None
    of: str
    source: str


def slip_findings(evidence: Evidence) -> Iterator[Finding]:
    """Find the rates of sentences that differ by a digit from what the rest of the report gives.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each such number.
    """
    statements = _without_repeats(evidence.statements)
    known = list(_printed(statements))
    everything = {round(each.value, 6) for each in statements if each.metric in RATES}
    seen: set[float] = set()
    for each in map(_as_rate, statements):
        if each.kind != "sentence" or not _is_level(each) or round(each.value, 6) in seen:
            continue
        if any(_is_near(each, other) for other in known) or _stands_elsewhere(each, statements):
            continue
        pairs = [
            (other, right) for other in known if (right := _slip(each, other)) is not None and _may_be(each, other)
        ]
        if len({round(right, 6) for _, right in pairs}) != 1:
            continue
        other, right = pairs[0]
        is_named = _is_only_test(each, other, known) or any(_names(each.text, of.of) for of, _ in pairs)
        if not is_named and (other.source == "table" or len(everything) > _FEW):
            continue
        seen.add(round(each.value, 6))
        decimals = each.decimals if each.unit != "fraction" else max(each.decimals - 2, 0)
        what = f"the row {other.of}" if other.source == "table" and other.of else f"the {other.source}"
        is_sure = is_named and each.split == other.split
        yield Finding(
            "conclusions",
            "inconsistent" if is_sure else "doubtful",
            f"The sentence gives {each.value:.{decimals}f} %. By {what} it is {right:.{decimals}f} %.",
            where=each.where,
            reported=re.sub(r"\s+", " ", each.text).strip()[:200],
            possible=f"{right:.{decimals}f} %",
        )


def _as_rate(each: Statement) -> Statement:
    """`4,016 of the 5,000 images` as an accuracy of 80.32 %."""
    if each.metric != "correct" or each.correct is None or not each.images or not 0 < each.correct < each.images:
        return each
    share = 100 * each.correct / each.images
    return replace(each, metric="accuracy", printed=f"{share:.2f}", value=share, step=0.01, unit="%", correct=None)


def _without_repeats(statements: Sequence[Statement]) -> list[Statement]:
    """Statements without the rounded rates behind a count: the 99 % of `9902/10000 (99%)`."""
    counted = {(each.span.line, each.metric) for each in statements if each.correct is not None}
    return [
        each
        for each in statements
        if each.correct is not None or each.step < 0.5 or (each.span.line, each.metric) not in counted
    ]


def _printed(statements: Sequence[Statement]) -> Iterator[_KnownRate]:
    for each in statements:
        is_level = each.metric in RATES and not (each.is_change or each.is_cited)
        if is_level and each.kind in ("table", "log", "summary"):
            yield _KnownRate(each.value, each.step, each.metric, each.split, each.of, each.kind)


def _is_level(each: Statement) -> bool:
    digits = re.sub(r"\D", "", each.printed).lstrip("0")
    return (
        each.metric in ("accuracy", "error", "f1", "top5")
        and not (each.is_change or each.is_cited or each.is_about or each.is_mean or each.spread is not None)
        and each.correct is None
        and len(digits) >= (_FEWEST_DIGITS if each.unit != "fraction" else 3)
        and 0 < each.value < 100
        and not _OF_OTHERS.search(each.text)
        and not _SUPPOSED.search(each.text[: max(each.text.find(each.printed), 0)][-30:])
    )


def _stands_elsewhere(each: Statement, statements: Sequence[Statement]) -> bool:
    return any(
        other is not each
        and other.metric in RATES
        and other.text != each.text
        and min(abs(other.value - each.value), abs(100 - other.value - each.value)) <= max(other.step, each.step) * 0.6
        for other in statements
    )


def _is_near(each: Statement, known: _KnownRate) -> bool:
    """Whether a rate is a known one, or its rest to 100 %, rounded or cut off."""
    wide = max(each.step, known.step) * 1.001 + 1e-9
    return min(abs(each.value - known.value), abs(each.value - (100 - known.value))) <= wide


def _slip(each: Statement, known: _KnownRate) -> float | None:
    """The known rate, as the sentence should print it, if one digit differs or two neighbours are exchanged."""
    value = known.value
    if {each.metric, known.metric} == {"accuracy", "error"}:
        value = 100 - known.value
    elif each.metric != known.metric:
        return None
    decimals = each.decimals if each.unit != "fraction" else max(each.decimals - 2, 0)
    if known.step > each.step * 1.001:
        return None
    one, other = f"{each.value:.{decimals}f}", f"{value:.{decimals}f}"
    if len(one) != len(other) or one == other:
        return None
    differing = [at for at in range(len(one)) if one[at] != other[at]]
    if len(differing) == 1:
        return value
    first, last = differing[0], differing[-1]
    between = one[first + 1 : last].strip(".")
    is_swapped = len(differing) == 2 and not between and one[first] == other[last] and one[last] == other[first]
    return value if is_swapped else None


def _may_be(each: Statement, known: _KnownRate) -> bool:
    """Whether both can be of the same images."""
    return known.split in (each.split, None) or each.split is None


def _is_only_test(each: Statement, other: _KnownRate, known: Sequence[_KnownRate]) -> bool:
    """Whether both are of the test images, of which the report has one other rate only."""
    tested = {round(one.value, 6) for one in known if one.split == "test" and one.metric == other.metric}
    return each.split == other.split == "test" and len(tested) == 1


def _names(text: str, row: str) -> bool:
    """Whether a sentence names a row, by its first words."""
    name = re.split(r"\s[/|]\s", row)[0].strip(" *`")
    return len(name) >= 2 and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]*\d)", text, re.IGNORECASE) is not None
