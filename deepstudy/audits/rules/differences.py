"""Differences and factors in sentences that no two printed numbers have.

The rule reads amounts that compare two results, and looks through the whole report for two numbers that fit:

* "5.75 points better", against all accuracies, errors, precisions, recalls and F1;
* "40 % fewer parameters", "58 % less time", against counts, sizes and times;
* "the error is halved", "3.9 times as fast", against errors and times.

Differences may be absolute or relative, rounded or cut off. A claim is inconsistent where the report leaves no choice:
the sentence itself gives the two numbers, or two numbers of one column differ by an amount with one other digit.
Elsewhere it is doubtful, because it may speak of a run that the report does not print.

## Why it matters
A difference is what most readers remember. If it does not follow from the numbers, one of them was not updated after
the last run, or the wrong row was taken.

## Example
```text
| variant | test accuracy |
|---|---|
| baseline | 78.42 % |
| with flips and crops | 83.17 % |
| with a cosine schedule | 84.05 % |

Augmentation raises the accuracy by 5.75 percentage points, and the schedule adds another 0.88 points.
```

## Not an error
The difference is relative, or between numbers that stand in other sentences.
```text
| variant | test accuracy |
|---|---|
| baseline | 78.42 % |
| with flips and crops | 83.17 % |

Augmentation raises the accuracy by 4.75 percentage points. The error falls from 21.58 % to 16.83 %, by 22 %.
```

## How to fix
Compute the difference again from the printed numbers, or print the number that it was computed from.

## Source
Arithmetic on the printed numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, zip_longest

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.claims.claims import PrintedAmount, Sentence, amounts_of, sentences_of
from deepstudy.audits.reading.claims.factors import PrintedFactor, clause_around, factors_of, is_supposed
from deepstudy.audits.reading.claims.series import CellNumber, read_number
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.findings import Finding, Severity

_MOST_LEVELS = 60  # of a report; more make some pair fit by chance
_MOST_ROWS = 60  # of a table
_MOST_ERRORS = 14  # of a report; the same holds for them
_FEW_PAIRS = 60  # among which a pair with one other digit is hardly there by chance
_LARGEST = 60.0  # points
_FROM_TO = re.compile(
    r"(?i)\b(?:from|von|vom|del?|desde|du|d[ao])\s[\d.,]+\s?%?\s(?:up |down )?(?:to|auf|al?|hasta|à|au|para|até|ao)\s|"
    r"에서|から|从"
)
_LOSS = re.compile(r"(?i)loss|verlust|perte|p[ée]rdida|perda|损失|損失|손실")
_LOWEST_LEVEL = 20.0  # percent; what is lower may be a difference itself
_FINEST = 0.0011  # what the last digit of a fraction counts
_MEAN = re.compile(vocabulary.MEANS, re.IGNORECASE)
_CHANGE = re.compile(
    rf"(?i){vocabulary.CHANGES_BEFORE}|점|高|低|多|少|높|낮|mehr|weniger|más|menos|mais|plus|moins|above|below|behind|ahead|cost|save|add|bought|brought|bring|yield|worth|gave|gives"
)
_NO_DIFFERENCE = re.compile(
    rf"(?i){vocabulary.CITED}|\[\d{{1,3}}\]|±|\+/-|\b(?:confiden\w*|interval\w*|deviation|error bars?|margin of|"
    rf"standard|"
    r"within|threshold|tolerance|chance|noise|quantil\w*|percentile|drop-?out|step|granularity|each image|one image|"
    r"single image|eine?s? (?:einzelnes )?bild|una (?:sola )?imagen|uma (?:única )?imagem|une (?:seule )?image|"
    r"stand(?:ard)?abweichung|desviación|desvio|écart[- ]type)\b|표준 ?편차|标准差|標準偏差|신뢰|置信|誤差の範囲",
)
_AT_LEAST = re.compile(
    r"(?i)(?:more than|over|at least|at most|höchstens|como máximo|a lo sumo|no máximo|au plus|up to|less than|"
    r"under|below|within|exceed\w*|almost|nearly|about|around|roughly|"
    r"approx\w*\.?|some|~|≈|약|거의|최대|최소|约|大约|近|超过|不到|約|ほぼ|以上|unos|casi|cerca de|más de|menos de|"
    r"hasta|alrededor de|quase|mais de|até|rund|etwa|fast|knapp|über|bis zu|mehr als|weniger als|ungefähr|gut|environ|"
    r"presque|plus de|moins de|jusqu['’]à|près de)\s?$"
)
#: What a change in percent, or a factor, is of.
_QUANTITIES = {
    "parameters": r"param|weights\b|gewichte|参数|參數|파라미터|パラメータ|par[áâ]metros",
    "size": r"(?:model|file) ?size|\bMB\b|modellgröße|tamaño del modelo|taille du modèle|"
    r"模型大小|모델 크기|モデルサイズ",
    "error": r"errors?\b|error rate|mistake|misclassif|wrong (?:label|answer|prediction)|fehler|erreurs?|erros?\b|"
    r"오류율|오답|错误|誤り|誤答",
}
_OF_LOSS = re.compile(r"(?i)error bar|mean (?:squared|absolute) error|standard error|overfit|gap|generali")
_LESS = re.compile(
    r"(?i)\b(?:fewer|less|reduc\w*|remov\w*|prun\w*|cut|cuts|sav\w*|lower|smaller|drop\w*|decreas\w*|shrink\w*|more|larger|"
    r"increas\w*|grow\w*|weniger|reduzier\w*|entfern\w*|mehr|menos|reduc\w*|elimin\w*|más|mais|moins|réduit\w*|supprim\w*|"
    r"plus)\b|减少|降低|削减|增加|剪|감소|줄|제거|증가|削減|減|増"
)


@dataclass(frozen=True)
class _ComparedNumber:
    """A number that others can be compared with."""

    value: float
    step: float
    statement: Statement  # the first that gives it
    others: list[Statement] = field(default_factory=list)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Look for the two numbers that each comparison is about.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each comparison that no two numbers fit.
    """
    document = evidence.document
    if document is None:
        return
    rates = _rates(evidence)
    beside = _of_blocks(evidence)
    lists = list(_printed_lists(evidence))
    counts = {kind: _counts(evidence, kind) for kind in _QUANTITIES}
    seen: set[tuple[str, float]] = set()
    before: Sequence[PrintedAmount] = ()  # the percentages of the sentence before
    last = -1  # the block it stands in
    for sentence in sentences_of(evidence.layout):
        levels = before if sentence.block == last else ()
        is_of_error = re.search(rf"(?i){_QUANTITIES['error']}", sentence.text) is not None
        before = [each for each in amounts_of(sentence.text) if each.unit == "%"] if is_of_error else ()
        last = sentence.block
        if _NO_DIFFERENCE.search(sentence.text):
            continue
        for says, possible, severity, key in (
            *_points(sentence, rates, beside.get(sentence.block, ()), lists),
            *_percents(sentence, counts),
            *_error_factors(sentence, counts["error"], beside.get(sentence.block, ()), levels),
        ):
            if key in seen:
                continue
            seen.add(key)
            where = document.where(sentence.span.line + 1)
            yield Finding("differences", severity, says, where=where, reported=sentence.text[:200], possible=possible)


def _of_blocks(evidence: Evidence) -> dict[int, list[PrintedAmount]]:
    """The percentages of each paragraph, also those that no word names."""
    found: dict[int, list[PrintedAmount]] = {}
    for sentence in sentences_of(evidence.layout):
        amounts = [each for each in amounts_of(sentence.text) if each.unit == "%" and 0 < each.number.value <= 100]
        found.setdefault(sentence.block, []).extend(amounts)
    return found


_Contradiction = tuple[str, str, Severity, tuple[str, float]]


def _rates(evidence: Evidence) -> list[_ComparedNumber]:
    """The rates of a report that are levels, each value once."""
    levels: dict[tuple[float, float], _ComparedNumber] = {}
    for each in evidence.statements:
        if each.metric in RATES and not each.is_change and 0 <= each.value <= 100:
            level = levels.setdefault((round(each.value, 6), each.step), _ComparedNumber(each.value, each.step, each))
            level.others.append(each)
            if each.upper is not None:
                levels.setdefault((round(each.upper, 6), each.step), _ComparedNumber(each.upper, each.step, each))
    return list(levels.values())


def _counts(evidence: Evidence, kind: str) -> list[_ComparedNumber]:
    """The parameters, sizes or errors of a report, each value once."""
    metrics = {"parameters": ("parameters",), "size": ("size_mb",), "error": ("error",)}[kind]
    levels: dict[float, _ComparedNumber] = {}
    for each in evidence.statements:
        if each.value <= 0 or each.is_change:
            continue
        if each.metric in metrics:
            levels.setdefault(round(each.value, 6), _ComparedNumber(each.value, each.step, each))
        elif kind == "error" and each.metric == "accuracy" and each.value < 100:
            levels.setdefault(round(100 - each.value, 6), _ComparedNumber(100 - each.value, each.step, each))
    return list(levels.values())


# Points --------------------------------------------------------------------------------------------------------------


def _printed_lists(evidence: Evidence) -> Iterator[list[CellNumber]]:
    """The numbers of each row and column of the tables and of each sentence, understood or not."""
    for table in evidence.layout.tables:
        rows = [[read_number(cell.text) for cell in row.cells] for row in table.rows[:_MOST_ROWS]]
        for cells in (*rows, *zip_longest(*rows)):
            yield [number for number in cells if number is not None]
    for sentence in sentences_of(evidence.layout):
        yield [each.number for each in amounts_of(sentence.text)]


def _is_of_unread(said: float, step: float, lists: Sequence[Sequence[CellNumber]]) -> bool:
    """Whether two numbers of a list differ by an amount in points, also if nobody knows what they are."""
    return any(
        abs(abs(one.value - other.value) * scale - said) <= step * 1.001
        for numbers in lists
        for one, other in combinations(numbers, 2)
        for scale in ((100.0,) if max(one.value, other.value) <= 1 else (1.0,))
        if min(one.value, other.value) * scale > _LOWEST_LEVEL
    )


def _points(
    sentence: Sentence,
    rates: Sequence[_ComparedNumber],
    beside: Sequence[PrintedAmount],
    lists: Sequence[Sequence[CellNumber]],
) -> Iterator[_Contradiction]:
    """Differences in percentage points."""
    text = sentence.text
    if _MEAN.search(text):
        return
    amounts = amounts_of(text)
    for amount in amounts:
        said, step = abs(amount.number.value), amount.number.step
        before = text[max(amount.start - 24, 0) : amount.start]
        if amount.unit != "points" or not 0 < said <= _LARGEST or is_supposed(text, amount.start):
            continue
        if _AT_LEAST.search(before) or step >= 1:
            continue
        own = [
            each
            for each in amounts
            if each is not amount
            and (
                each.unit == "%"
                or (_is_fraction(each) and not _LOSS.search(text[max(each.start - 30, 0) : each.start]))
            )
        ]
        levels = [each.number.value * (100 if _is_fraction(each) else 1) for each in own]
        if any(abs(said - level) < 1e-9 for level in levels):
            continue
        is_between = len(own) == 2 and all(_LOWEST_LEVEL < level <= 100 for level in levels)
        if not is_between and (
            not _CHANGE.search(text)
            or not 2 <= len(rates) <= _MOST_LEVELS
            or _is_found(said, step, [*rates, *_as_levels(beside, rates)])
            or _is_of_unread(said, step, lists)
        ):
            continue
        near = None if is_between else _with_another_digit(amount, rates)
        if is_between:
            points = abs(levels[0] - levels[1])
            readings = (
                points,
                *(100 * points / whole for whole in (*levels, *(100 - level for level in levels)) if whole),
            )
            slack = step + sum(each.number.step * (100 if _is_fraction(each) else 1) for each in own)
            if any(abs(reading - said) <= slack for reading in readings):
                continue
            says = f"{own[0].number.digits} and {own[1].number.digits} differ by {points:.4g} points, not {said:g}."
            is_sure = _FROM_TO.search(text) is not None or not _is_found(said, step, rates)
            yield says, f"{points:.4g} points", "inconsistent" if is_sure else "doubtful", ("points", said)
        elif near is not None:
            one, other, right = near
            says = (
                f"No two rates of the report differ by {said:g} points. {one.statement.printed} and "
                f"{other.statement.printed} differ by {right}."
            )
            yield says, f"{right} points", "inconsistent", ("points", said)
        else:
            says = f"No two rates of the report differ by {said:g} points."
            yield says, "a difference of two printed rates", "doubtful", ("points", said)


def _as_levels(amounts: Sequence[PrintedAmount], rates: Sequence[_ComparedNumber]) -> list[_ComparedNumber]:
    return [_ComparedNumber(each.number.value, each.number.step, rates[0].statement) for each in amounts]


def _is_fraction(amount: PrintedAmount) -> bool:
    """Whether a number without a unit looks like a rate: `0.7031`."""
    return amount.unit == "" and 0 < amount.number.value < 1 and amount.number.step <= _FINEST


def _is_found(said: float, step: float, rates: Sequence[_ComparedNumber]) -> bool:
    """Whether two rates differ by an amount, in points or in percent, or whether it is a rate itself."""
    for one, other in combinations(rates, 2):
        low, high = sorted((one.value, other.value))
        wide = (one.step + other.step) / 2
        points = high - low
        if abs(points - said) <= max(step, wide) * 1.001 + 1e-9:  # a whole step: some people cut digits off
            return True
        for whole in (low, high, 100 - low, 100 - high):
            if points > 0 and whole > 0 and abs(100 * points / whole - said) <= step + 100 * wide / whole:
                return True
    return any(abs(each.value - said) < 1e-9 for each in rates)


def _with_another_digit(
    amount: PrintedAmount, rates: Sequence[_ComparedNumber]
) -> tuple[_ComparedNumber, _ComparedNumber, str] | None:
    """The only two rates of one column or sentence that differ by an amount with one other digit."""
    decimals = len(amount.number.digits.replace(",", ".").partition(".")[2])
    said = f"{abs(amount.number.value):.{decimals}f}"
    pairs = [pair for pair in combinations(rates, 2) if _are_together(*pair)]
    if len(pairs) > _FEW_PAIRS:
        return None
    found = []
    for one, other in pairs:
        right = f"{abs(one.value - other.value):.{decimals}f}"
        if max(one.step, other.step) <= amount.number.step * 1.001 and _is_slip(said, right):
            found.append((one, other, right))
    exchanged = [each for each in found if sorted(each[2]) == sorted(said)]  # 0.12 for 0.21: hardly by chance
    found = exchanged or found
    return found[0] if len(found) == 1 else None


def _are_together(one: _ComparedNumber, other: _ComparedNumber) -> bool:
    """Whether two rates stand in one column, row or sentence."""
    return any(
        _is_beside(first, second)
        for first in (one.statement, *one.others)
        for second in (other.statement, *other.others)
    )


def _is_beside(first: Statement, second: Statement) -> bool:
    if first.metric != second.metric:
        return False
    if first.place is not None and second.place is not None:
        return first.place[0] == second.place[0] and (
            first.place[2] == second.place[2] or first.place[1] == second.place[1]
        )
    return first.text == second.text


def _is_slip(one: str, other: str) -> bool:
    """Whether two numbers of the same length differ in one digit, or have two neighbours exchanged."""
    if len(one) != len(other) or len(one) < 4 or one == other:
        return False
    differing = [at for at in range(len(one)) if one[at] != other[at]]
    if len(differing) == 1:
        return True
    first, last = differing[0], differing[-1]
    return len(differing) == 2 and one[first] == other[last] and one[last] == other[first]


# Percent and factors -------------------------------------------------------------------------------------------------


def _percents(sentence: Sentence, counts: dict[str, list[_ComparedNumber]]) -> Iterator[_Contradiction]:
    """`40 % fewer parameters` against the counts of the report."""
    text = sentence.text
    for amount in amounts_of(text):
        said, step = abs(amount.number.value), amount.number.step
        if amount.unit != "%" or not 3 <= said <= 1000 or is_supposed(text, amount.start):
            continue
        near = text[max(amount.start - 40, 0) : amount.end + 45]
        kinds = [kind for kind in ("parameters", "size") if re.search(rf"(?i){_QUANTITIES[kind]}", near)]
        if (
            len(kinds) != 1
            or not _LESS.search(near)
            or re.search(r"(?i)layer|schicht|capa|camada|couche|层|層|층", near)
        ):
            continue
        levels = counts[kinds[0]]
        if not 2 <= len(levels) <= 12:
            continue
        wide = 6.0 if _AT_LEAST.search(text[max(amount.start - 24, 0) : amount.start]) else 1.5 * max(step, 1.0)
        is_part = re.search(
            r"(?i)\bonly|remain|keep|kept|left|nur|solo|sólo|só\b|apenas|seulement|仅|只|のみ|だけ|만", near
        )
        values = []
        for one, other in combinations(levels, 2):
            less, more = sorted((one.value, other.value))
            values += [100 * (1 - less / more), 100 * (more / less - 1), *([100 * less / more] if is_part else [])]
        if any(abs(value - said) <= wide for value in values):
            continue
        what = "parameters" if kinds[0] == "parameters" else "sizes"
        complement = [pair for pair in combinations(levels, 2) if abs(_share(*pair) - said) <= max(step, 0.6)]
        if complement:
            nearest = min(complement, key=lambda pair: abs(_share(*pair) - said))
            one, other = sorted(nearest, key=lambda each: each.value)
            right = 100 * (1 - one.value / other.value)
            says = f"{_shown(one)} is {said:g} % of {_shown(other)}. So {right:.3g} % less, not {said:g} %."
            yield says, f"{right:.3g} %", "inconsistent", ("percent", said)
            continue
        says = f"No two {what} of the report differ by {said:g} %."
        if len(levels) == 2:
            less, more = sorted(each.value for each in levels)
            right = 100 * (1 - less / more)
            says = f"{_shown(levels[0])} and {_shown(levels[1])} differ by {right:.3g} %, not {said:g} %."
        yield (
            says,
            "a difference of two printed numbers",
            "inconsistent" if len(levels) == 2 else "doubtful",
            (
                "percent",
                said,
            ),
        )


def _share(one: _ComparedNumber, other: _ComparedNumber) -> float:
    """The smaller number in percent of the larger one."""
    return 100 * min(one.value, other.value) / max(one.value, other.value)


def _error_factors(
    sentence: Sentence,
    errors: Sequence[_ComparedNumber],
    beside: Sequence[PrintedAmount],
    before: Sequence[PrintedAmount],
) -> Iterator[_Contradiction]:
    """`The error is halved` against the two errors of the sentence before, else against those of the report."""
    text = sentence.text
    if not re.search(rf"(?i){_QUANTITIES['error']}", text) or _OF_LOSS.search(text):
        return
    factors = [each for each in factors_of(text) if _is_of_error(text, each)]
    if len(factors) != 1 or is_supposed(text, factors[0].start):
        return
    factor = factors[0]
    pair = [each.number.value for each in before] if len(before) == 2 else [each.value for each in errors]
    if not 2 <= len(pair) <= _MOST_ERRORS:
        return
    known = {*pair, *(each.value for each in errors), *(each.number.value for each in beside)}
    if any(factor.fits(one, other, slack=0.02) for one, other in combinations(known, 2) if min(one, other) > 0):
        return
    is_sure = len(pair) == 2 and min(pair) > 0
    says, possible = "No two error rates of the report have this factor.", "the factor of two printed rates"
    if is_sure:
        less, more = sorted(pair)
        possible = f"a factor of {more / less:.3g}"
        says = f"Errors of {more:.4g} % and {less:.4g} % differ by {possible}."
    yield says, possible, "inconsistent" if is_sure else "doubtful", ("factor", factor.value)


def _is_of_error(text: str, factor: PrintedFactor) -> bool:
    """Whether a factor is one of errors: their word stands in its clause, and no word of times or counts."""
    clause = clause_around(text, factor.start)
    is_other = re.search(
        r"(?i)param|time\b|fast|slow|layer|image|epoch|batch|size|mal so (?:lange|schnell)|zeit|tiempo|tempo|temps|"
        r"confus|remaining|\brest|classes|similar",
        clause,
    )
    return re.search(rf"(?i){_QUANTITIES['error']}", clause) is not None and not is_other


def _shown(level: _ComparedNumber) -> str:
    return f"{level.value:,.0f}" if level.value >= 1000 else f"{level.value:g}"
