"""p-values that do not follow from their statistic.

The rule checks:

* p against the t, F, χ², r or z beside it, with their degrees of freedom; one-sided and two-sided;
* |r| of at most 1, and p of at most 1;
* "significant" beside a p of 0.05 or more, and "not significant" beside a smaller one.

Rounding is carried through: each printed number may be anything that is printed like that. A p that is too large may be
corrected for several tests, so it is doubtful where the report prints several tests or speaks of a correction.

## Why it matters
The conclusion stands on p. Where p does not follow from its statistic, one of them is not of these runs, and the
conclusion may be the opposite.

## Example
```text
ResNet-20 on CIFAR-10, five seeds each. Mean test accuracy is 91.3 % with and 90.9 % without augmentation.
A t-test shows a significant difference, t(8) = 1.42, p = 0.019.
```

## Not an error
The same p of a larger t, or of a one-sided test.
```text
ResNet-20 on CIFAR-10, five seeds each. Mean test accuracy is 91.3 % with and 90.9 % without augmentation.
A t-test shows a significant difference, t(8) = 2.93, p = 0.019. One-sided, t(8) = 2.93, p = 0.0095.
```

## How to fix
Compute both with the same call, such as `scipy.stats.ttest_ind`, and print what it returns. Say whether the test is
one-sided, and whether p is corrected.

## Source
Nuijten, Hartgerink, van Assen, Epskamp & Wicherts 2016, The prevalence of statistical reporting errors in psychology,
Behavior Research Methods 48(4), and their program statcheck. The distributions are scipy's.
"""

import math
import re
from collections.abc import Iterator

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.samples.passages import TextPassage, read_passages
from deepstudy.audits.reading.samples.significance import (
    SignificanceClaim,
    SignificanceResult,
    Statistic,
    names_correction,
    names_other_level,
    read_claim,
    read_significance,
)
from deepstudy.findings import Finding

_LEVEL = 0.05
_FEW_TESTS = 2
_NAMES = {"chi2": "χ²"}
#: Words of tests whose p does not come from the distribution of the statistic.
_OTHER_TEST = re.compile(
    r"permutation|bootstrap|bayes|wilcoxon|mann.?whitney|monte.?carlo|randomi[sz]ation test|tukey|dunnett|exact test|"
    r"fisher|spearman|kendall",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[;；]|,\s(?:but|while|whereas|aber|während|pero|mas|mais|tandis)\b|지만|，")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold each printed p against its statistic and against the words beside it.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each p that does not fit.
    """
    if evidence.document is None:
        return
    is_usual = not names_other_level(evidence.document.text)
    passages = [
        passage
        for passage in read_passages(evidence.document, evidence.layout)
        if passage.kind != "code" and re.search(r"[pP]", passage.text)
    ]
    results = {passage: list(read_significance(passage)) for passage in passages}
    # Those who correct several tests have several of them, and mostly say so.
    is_plain = sum(map(len, results.values())) <= _FEW_TESTS and not names_correction(evidence.document.text)
    for passage in passages:
        wrong = [finding for result in results[passage] if (finding := _of_result(result, passage, is_plain))]
        yield from wrong
        if not wrong and is_usual:
            yield from _claims(passage)


def bounds(result: SignificanceResult) -> tuple[float, float]:
    """Find the p-values that a printed statistic can have.

    Arguments:
        result: the statistic with its degrees of freedom.

    Returns:
        The smallest, one-sided, and the largest, two-sided, over all values that are printed like this statistic.
    """
    statistic = result.statistic
    low = max(abs(statistic.value) - statistic.step / 2, 0.0)
    high = abs(statistic.value) + statistic.step  # it may be cut off
    degrees = [result.degrees]
    if result.kind == "r":  # often the number of pairs is printed, not the degrees of freedom
        degrees += [(result.degrees[0] - 2,)] if result.degrees[0] > 3 else []
    elif result.kind == "t" and result.degrees[0] > 2:
        degrees += [(result.degrees[0] - 1,)]
    upper = max(tail(result.kind, low, each) for each in degrees)
    lower = min(tail(result.kind, high, each) for each in degrees)
    is_two_sided = result.kind in ("t", "r", "z") or result.degrees[0] == 1
    return (lower / 2 if is_two_sided else lower), upper


def tail(kind: Statistic, value: float, degrees: tuple[float, ...]) -> float:
    """Find the p-value of a statistic.

    Arguments:
        kind: which statistic.
        value: its absolute value.
        degrees: its degrees of freedom.

    Returns:
        p: of t, r and z two-sided, of F and χ² the upper tail.
    """
    from scipy import special  # takes a third of a second, and few reports have a p

    if kind == "z":
        return float(2 * special.ndtr(-value))
    if kind == "chi2":
        return float(special.chdtrc(degrees[0], value))
    if kind == "F":
        return float(special.fdtrc(degrees[0], degrees[1], value))
    if kind == "r":
        if value >= 1:
            return 0.0
        value = value * math.sqrt(degrees[0] / (1 - value * value))
    return float(2 * special.stdtr(degrees[0], -value))


def _of_result(result: SignificanceResult, passage: TextPassage, is_plain: bool) -> Finding | None:
    if _OTHER_TEST.search(passage.text):
        return None
    name = _NAMES.get(result.kind, result.kind)
    if result.kind == "r" and abs(result.statistic.value) > 1:
        return Finding(
            "p_values",
            "impossible",
            f"A correlation of {result.statistic.text} is not possible. It lies between -1 and 1.",
            where=result.where,
            reported=result.text,
            possible="-1 to 1",
        )
    if not 0 <= result.p.value <= 1:
        return Finding(
            "p_values",
            "impossible",
            f"p = {result.p.text} is not possible. A probability lies between 0 and 1.",
            where=result.where,
            reported=result.text,
            possible="0 to 1",
        )
    lowest, highest = bounds(result)
    least, most = _printed_range(result)
    if most < lowest:
        severity, why = "inconsistent", "No test gives a smaller p for this statistic."
    elif least > highest and not (result.statistic.value < 0 and result.kind in ("t", "z", "r")):
        # One-sided in the other direction, p is larger than 1/2.
        if result.kind in ("t", "z", "r") and least > 0.5 and _overlaps(least, most, 1 - highest / 2, 1 - lowest):
            return None
        severity, why = "doubtful", "It is too large, unless it was corrected for several tests."
        if is_plain:
            severity, why = "inconsistent", "No one-sided or two-sided test gives so large a p for this statistic."
    else:
        return None
    exact = tail(result.kind, abs(result.statistic.value), result.degrees)
    sides = f", one-sided {_p(exact / 2)}" if result.kind in ("t", "z", "r") else ""
    degrees = f"({', '.join(f'{each:g}' for each in result.degrees)})" if result.degrees else ""
    says = f"{name}{degrees} = {result.statistic.text} gives p = {_p(exact)}{sides}, not p {result.relation} "
    says += f"{result.p.text}. {why}"
    if most <= _LEVEL < lowest:
        says += " At the 5 % level the result is not significant."
    return Finding(
        "p_values",
        severity,  # type: ignore[arg-type]
        says,
        where=result.where,
        reported=result.text,
        possible=f"p = {_p(exact)}{sides}",
    )


def _printed_range(result: SignificanceResult) -> tuple[float, float]:
    """All p that are printed like this: rounded or cut off, or on one side of a limit."""
    p = result.p
    if result.relation == "<":
        return 0.0, p.value
    if result.relation == ">":
        return p.value, 1.0
    return max(p.value - p.step / 2, 0.0), p.value + p.step


def _overlaps(low: float, high: float, least: float, most: float) -> bool:
    return low <= most and least <= high


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0095 else f"{value:.2g}"


def _claims(passage: TextPassage) -> Iterator[Finding]:
    for start, end in iterate_sentences(passage.text):
        at = start
        for clause in _CLAUSES.split(passage.text[start:end]):
            claim = read_claim(clause, passage.place(at))
            at += len(clause) + 1
            if claim is not None and (says := _contradiction(claim)):
                yield Finding(
                    "p_values",
                    "doubtful",
                    says,
                    where=claim.where,
                    reported=claim.text[:200],
                    possible="p below 0.05 for a significant difference, or the level that was chosen",
                )


def _contradiction(claim: SignificanceClaim) -> str | None:
    p = claim.p
    if not 0 <= p.value <= 1:
        return None
    if claim.is_significant and claim.relation != "<" and p.value - p.step / 2 >= _LEVEL:
        return f"The text calls a difference significant, but p {claim.relation} {p.text} is above the usual 0.05."
    if not claim.is_significant and claim.relation != ">" and p.value + p.step <= _LEVEL and p.value <= 0.03:
        return f"The text calls a difference not significant, but p {claim.relation} {p.text} is below the usual 0.05."
    return None
