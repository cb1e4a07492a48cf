"""Means, spreads and ranges that cannot belong together.

The rule checks, with the rounding of all printed digits carried through:

* the mean, median, best, least and largest of runs that the report lists one by one;
* the number behind ± of such runs: a standard deviation, a standard error, half the range, or a confidence interval;
* a mean outside its own range or confidence interval;
* a standard deviation that is too large or too small for the range, or too large for rates near 100 %;
* a standard error against the standard deviation, and the number of runs against the runs that are listed.

## Why it matters
Mean and spread are all that a reader learns of the runs. Where they do not follow from the runs, a run was left out,
repeated or changed after they were computed.

## Example
```text
ResNet-20 on CIFAR-10, batch size 128
The test accuracies of five seeds are 91.2, 91.6, 90.9, 91.4 and 91.1 %, and their mean is 91.8 %.
```

## Not an error
Their mean is 91.24. A spread of 0.27 divides by n - 1, one of 0.24 by n, and 0.12 is the standard error.
```text
ResNet-20 on CIFAR-10, batch size 128
The test accuracies of five seeds are 91.2, 91.6, 90.9, 91.4 and 91.1 %, and their mean is 91.24 ± 0.27 %.
```

## How to fix
Let the program that prints the runs print their mean and spread as well. Say what stands behind ±.

## Source
Arithmetic: n values with a range R have a standard deviation of at most R/2 · √(n/(n - 1)) and at least R/√(2n). Brown
& Heathers 2017, The GRIM test, and Anaya 2016, The GRIMMER test, on what means and spreads are possible.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median, pstdev

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import PrintedTable
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.samples.passages import TextPassage, read_passages
from deepstudy.audits.reading.samples.sample_tables import read_sample_table, runs_listed
from deepstudy.audits.reading.samples.sample_words import LABELS, SampleLabel
from deepstudy.audits.reading.samples.samples import RunSample, SampleNumber, count_of, read_lines, read_sentence
from deepstudy.findings import Finding, Severity

_MIDDLES: tuple[SampleLabel, ...] = ("mean", "median")
_EVERY = re.compile(
    r"(?i)\b(?:every|each|all) (?:\w+ )?(?:numbers?|values?|figures?|results?|accurac(?:y|ies)|entr(?:y|ies)|"
    r"rows?|scores?|points?|cells?)\b|\b(?:jede[rs]?|alle) (?:\w+ )?(?:zahl\w*|werte?|ergebnis\w*|angaben)\b|"
    r"\b(?:cada|todos los|todas las|todos os|todas as) (?:\w+ )?(?:n[úu]mero\w*|valor\w*|resultado\w*|cifras?)\b|"
    r"\b(?:chaque|tous les|toutes les) (?:\w+ )?(?:nombres?|valeurs?|chiffres?|résultats?)\b|"
    r"(?:所有|每个|每一?项|全部)(?:的)?(?:数值?|数字|结果|数据|准确率)|"
    r"(?:すべて|全て|各)の?(?:数値?|値|結果)|(?:모든|각) ?(?:수치|숫자|값|결과)"
)
_MEAN = re.compile(LABELS["mean"], re.IGNORECASE)
_FINE = 200  # parts of the last digit
_MOST_RUNS = 1000
#: Quantiles of Student's t for intervals of 90, 95 and 99 %, by degrees of freedom; above 30 those of the normal.
_T: Mapping[int, tuple[float, float, float]] = {
    1: (6.314, 12.706, 63.657),
    2: (2.920, 4.303, 9.925),
    3: (2.353, 3.182, 5.841),
    4: (2.132, 2.776, 4.604),
    5: (2.015, 2.571, 4.032),
    6: (1.943, 2.447, 3.707),
    7: (1.895, 2.365, 3.499),
    8: (1.860, 2.306, 3.355),
    9: (1.833, 2.262, 3.250),
    11: (1.796, 2.201, 3.106),
    14: (1.761, 2.145, 2.977),
    19: (1.729, 2.093, 2.861),
    24: (1.711, 2.064, 2.797),
    29: (1.699, 2.045, 2.756),
}
_NORMAL = (1.645, 1.96, 2.576)


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold means, spreads and ranges against each other and against the runs.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each place.
    """
    if evidence.document is None:
        return
    for sample in _samples(evidence):
        finding = next(_misfits(sample), None)
        if finding is not None:
            yield finding
    yield from _numbers_of_runs(evidence)


def _numbers_of_runs(evidence: Evidence) -> Iterator[Finding]:
    """A sentence that says over how many runs all figures are means, against tables that list other numbers of runs."""
    assert evidence.document is not None
    listed = [
        (count, table)
        for table in evidence.layout.tables
        if (count := runs_listed(table)) is not None and count_of(table.caption) != count
    ]
    if not listed:
        return
    for passage in read_passages(evidence.document, evidence.layout):
        if passage.kind not in ("text", "caption") or not _EVERY.search(passage.text):
            continue
        for start, end in iterate_sentences(passage.text):
            sentence = passage.text[start:end]
            said = count_of(sentence)
            if said is None or said < 2 or not _EVERY.search(sentence) or not _MEAN.search(sentence):
                continue
            wrong = [(count, table) for count, table in listed if count != said]
            if len(wrong) == len(listed):
                count, table = wrong[0]
                yield Finding(
                    "spreads",
                    "inconsistent",
                    f"The text says that all figures are means of {said} runs, but the table lists {count} runs.",
                    where=passage.place(start),
                    reported=" ".join(sentence.split())[:200],
                    possible=f"{count} runs, as {evidence.document.where(table.line + 1)} lists them",
                )
                return


def _samples(evidence: Evidence) -> Iterator[RunSample]:
    assert evidence.document is not None
    passages = list(read_passages(evidence.document, evidence.layout))
    for passage in passages:
        if passage.kind in ("text", "caption", "output"):
            yield from _sentences(passage)
    yield from read_lines(passages)
    for block in evidence.layout.blocks:
        if isinstance(block, PrintedTable):
            yield from read_sample_table(block, evidence.document)


def _sentences(passage: TextPassage) -> Iterator[RunSample]:
    spans = [(0, len(passage.text))] if passage.kind == "output" else list(iterate_sentences(passage.text))
    for at, (start, end) in enumerate(spans):
        after = passage.text[slice(*spans[at + 1])] if at + 1 < len(spans) else ""
        sample = read_sentence(passage.text[start:end], passage, start, after)
        if sample is not None:
            yield sample


def _misfits(sample: RunSample) -> Iterator[Finding]:
    sample = _same_unit(sample)
    if len(sample.runs) > 1:
        yield from _of_runs(sample)
    yield from _of_range(sample)
    yield from _of_interval(sample)
    yield from _of_spread(sample)


def _same_unit(sample: RunSample) -> RunSample:
    """Bring fractions and percentages of one sample to one unit, as in `0.912, 0.915, 0.911: 91.3 %`."""
    numbers = [*sample.runs, *(number for numbers in sample.stated.values() for number in numbers)]
    levels = [number for number in numbers if number.value > 0.02]
    if not levels or not any(number.value > 1 for number in levels):
        return sample
    if all(number.value <= 1 for number in sample.runs) and sample.runs and any(n.has_percent for n in levels):
        return replace(sample, runs=tuple(_times(number, 100) for number in sample.runs))
    return sample


def _times(number: SampleNumber, factor: float) -> SampleNumber:
    return replace(number, value=number.value * factor, step=number.step * factor)


def _finding(sample: RunSample, severity: Severity, says: str, possible: str) -> Finding:
    return Finding("spreads", severity, says, where=sample.where, reported=sample.text[:200], possible=possible)


def _reaches(number: SampleNumber, value: float, slack: float) -> bool:
    """Whether a number can be printed for a value that is known up to `slack`; rounded, or cut off."""
    step = number.step
    if number.is_about:
        step = max(step, abs(value) * 0.005) * 2
    tiny = step / _FINE + 2e-6 * abs(value)  # results of float32 are summed up with some noise
    return number.value - step / 2 - slack - tiny <= value <= number.value + step + slack + tiny


def _slack(sample: RunSample) -> float:
    """How far the mean of the printed runs can be from that of the exact ones: runs may be rounded or cut off."""
    return max(number.step for number in sample.runs)


def _is_of_further_runs(sample: RunSample) -> bool:
    """Whether the count leaves out the first run: `repeated with four more seeds`."""
    return (
        re.search(r"(?i)\b(?:more|further|additional|other|weitere|otr[ao]s|outr[ao]s|autres)\b|추가|另外", sample.text)
        is not None
    )


def _of_runs(sample: RunSample) -> Iterator[Finding]:
    """Hold what is said of runs against the runs themselves."""
    values = [number.value for number in sample.runs]
    slack = _slack(sample) / 2
    counts = {len(values), len(values) - _is_of_further_runs(sample)}
    if sample.count is not None and sample.count not in counts:
        if sample.is_counted and 1 < sample.count < _MOST_RUNS:
            yield _finding(
                sample,
                "inconsistent",
                f"The text speaks of {sample.count} runs, but lists {len(values)} results.",
                f"{sample.count} results, or {len(values)} runs",
            )
        return
    expected = {
        "mean": (fmean(values),),
        "median": (median(values),),
        "low": (min(values),),
        "high": (max(values),),
        "best": (max(values), min(values)),
    }
    for label, wanted in expected.items():
        number = sample.said(label)  # type: ignore[arg-type]
        if number is None or any(_reaches(number, value, slack) for value in wanted):
            continue
        if number.value > 3 * max(values) or number.value < min(values) / 3:
            continue  # another quantity, or another unit
        word = {"low": "smallest", "high": "largest"}.get(label, label)
        shown = _shown(wanted[0], number)
        other = _also(number, values, slack) if label == "mean" else ""
        yield _finding(
            sample,
            "inconsistent",
            f"The {word} of the {len(values)} listed results is {shown}, not {number.text}.{other}",
            f"{word} {shown}",
        )
        return
    yield from _spread_of_runs(sample, values)


def _also(number: SampleNumber, values: Sequence[float], slack: float) -> str:
    if _reaches(number, median(values), slack):
        return " The printed number is their median."
    for at in range(len(values)):
        rest = [*values[:at], *values[at + 1 :]]
        if len(rest) > 1 and _reaches(number, fmean(rest), slack):
            return f" It would be the mean without the result {values[at]:g}."
    return ""


def _shown(value: float, like: SampleNumber) -> str:
    decimals = min(max(0, round(-math.log10(like.step))), 6)
    return f"{value:.{decimals}f}"


def spreads_of(values: Sequence[float]) -> dict[str, float]:
    """Compute all that can stand behind a ±.

    Arguments:
        values: the results of at least two runs.

    Returns:
        Each spread by what it is called.
    """
    n, of_all = len(values), pstdev(values)
    deviation = of_all * math.sqrt(n / (n - 1))
    half = (max(values) - min(values)) / 2
    mean = fmean(values)
    spreads = {"standard deviation": deviation, "standard deviation (n)": of_all}
    for name, each in (("", deviation), (" (n)", of_all)):
        error = each / math.sqrt(n)
        spreads |= {f"standard error{name}": error, f"2 standard errors{name}": 2 * error}
        spreads |= {f"{times:g} standard deviations{name}": times * each for times in (1.96, 2, 3)}
        quantiles = [*_NORMAL, *_t_of(n - 1)]
        spreads |= {f"{quantile:g} standard errors{name}": quantile * error for quantile in quantiles}
    distances = [abs(value - mean) for value in values]
    spreads |= {"half range": half, "mean distance": fmean(distances), "median distance": median(distances)}
    spreads |= {"largest distance": max(distances), "smaller distance": min(max(values) - mean, mean - min(values))}
    middle = median(values)
    spreads["median distance from the median"] = median([abs(value - middle) for value in values])
    return spreads


def _t_of(degrees: int) -> tuple[float, ...]:
    """Quantiles of t; between the degrees of the table, those on both sides of it."""
    if degrees in _T:
        return _T[degrees]
    around = [each for each in _T if abs(each - degrees) <= 5]
    return tuple(quantile for each in around for quantile in _T[each])


def _spread_of_runs(sample: RunSample, values: Sequence[float]) -> Iterator[Finding]:
    spreads = spreads_of(values)
    n = len(values)
    named = {"deviation": "standard deviation", "error": "standard error"}
    printed = [(word, number) for label, word in named.items() if (number := sample.said(label))]  # type: ignore[arg-type]
    printed += [("spread", sample.margin)] if sample.margin is not None else []
    for word, number in printed:
        number = _like_runs(number, sample)
        slack = _slack(sample) / 2 * math.sqrt(n / (n - 1))
        fits = [name for name, value in spreads.items() if _fits(number, name, value, slack, n)]
        wanted = spreads.get(word, spreads["standard deviation"])
        if any(word == "spread" or name.startswith((word, f"2 {word}", f"1.96 {word}")) for name in fits):
            continue
        fits = [name for name in fits if name.startswith(("standard", "half"))]
        shown, of_all = _shown(wanted, number), _shown(spreads["standard deviation (n)"], number)
        both = (
            shown if shown == of_all or word == "standard error" else f"{shown} (dividing by n - 1) or {of_all} (by n)"
        )
        if fits:
            yield _finding(
                sample,
                "doubtful",
                f"The {word} of the {n} listed results is {both}, not {number.text}. The printed number is their "
                f"{fits[0].removesuffix(' (n)')}.",
                f"{word} {both}",
            )
            return
        says = f"The {word} of the {n} listed results is {both}, not {number.text}."
        if word == "spread":
            error = _shown(spreads["standard error"], number)
            says = (
                f"± {number.text} does not follow from the {n} listed results. Their standard deviation is {both}, "
                f"their standard error {error}. No usual interval fits either."
            )
        yield _finding(sample, "inconsistent", says, f"standard deviation {both}")
        return


def _like_runs(number: SampleNumber, sample: RunSample) -> SampleNumber:
    """A spread in per cent of runs that are fractions: `0.93, 0.94: ± 0.4 %`, and the reverse."""
    if max(run.value for run in sample.runs) <= 1 and number.has_percent:
        return _times(number, 0.01)
    return number


def _fits(number: SampleNumber, name: str, value: float, slack: float, n: int) -> bool:
    """Whether a number can be a spread of runs that are rounded; `slack` is that of the standard deviation."""
    times = name.split(" ", 1)[0]
    scale = float(times) if times.replace(".", "", 1).isdecimal() else 1.0
    if "standard error" in name:
        scale /= math.sqrt(n)
    elif "standard deviation" not in name:
        scale = 2.0
    return _reaches(number, value, slack * scale)


def _of_range(sample: RunSample) -> Iterator[Finding]:
    """Hold a mean and a standard deviation against the least and the largest result."""
    low, high = sample.said("low"), sample.said("high")
    pair = sample.stated.get("range", ())
    if low is None and high is None and len(pair) == 2:
        low, high = pair
    severity: Severity = "impossible" if sample.kind == "table" else "inconsistent"
    for label in _MIDDLES:
        number = sample.said(label)
        if number is None or number.is_about:
            continue
        if low is not None and _is_below(number, low):
            yield _outside(sample, severity, label, number, f"below the smallest result {low.text}", low, high)
            return
        if high is not None and _is_below(high, number):
            yield _outside(sample, severity, label, number, f"above the largest result {high.text}", low, high)
            return
    deviation = sample.said("deviation")
    if deviation is None or low is None or high is None or sample.runs or low.value >= high.value:
        return
    width = high.value - low.value
    widest, narrowest = width + 1.5 * (low.step + high.step), width - (low.step + high.step)
    n = sample.count
    most = widest / 2 * math.sqrt(n / (n - 1)) if n is not None and n > 1 else widest / math.sqrt(2)
    if deviation.value - deviation.step / 2 > most * 1.0001 and deviation.value < 30 * most:
        of = f" of {n} results" if n is not None and n > 1 else ""
        yield _finding(
            sample,
            severity,
            f"A standard deviation of {deviation.text} is too large for the range from {low.text} to {high.text}. The "
            f"largest possible one{of} is {_shown(most, deviation)}.",
            f"at most {_shown(most, deviation)}",
        )
    elif n is not None and 1 < n < _MOST_RUNS and narrowest > 0:
        least = narrowest / math.sqrt(2 * n)
        if deviation.value + deviation.step < least * 0.9999 and deviation.value > least / 30:
            error = " It may be a standard error." if deviation.value * math.sqrt(n) + deviation.step >= least else ""
            yield _finding(
                sample,
                "inconsistent",
                f"A standard deviation of {deviation.text} is too small for {n} results from {low.text} to "
                f"{high.text}. The smallest possible one is {_shown(least, deviation)}.{error}",
                f"at least {_shown(least, deviation)}",
            )


def _is_below(one: SampleNumber, other: SampleNumber) -> bool:
    """Whether a number is surely below another of the same quantity; rounding never turns their order round."""
    if one.is_about or other.is_about or not _same_size(one, other):
        return False
    if math.isclose(one.step, other.step):
        return one.value < other.value - one.step / 2
    return one.value + one.step < other.value - other.step / 2


def _same_size(one: SampleNumber, other: SampleNumber) -> bool:
    """Whether two numbers can be of the same quantity and unit."""
    small, large = sorted((abs(one.value), abs(other.value)))
    return large <= 3 * small


def _outside(
    sample: RunSample,
    severity: Severity,
    label: str,
    number: SampleNumber,
    why: str,
    low: SampleNumber | None,
    high: SampleNumber | None,
) -> Finding:
    least, most = (each.text if each is not None else "" for each in (low, high))
    possible = f"{least} to {most}" if least and most else f"at least {least}" if least else f"at most {most}"
    return _finding(sample, severity, f"A {label} of {number.text} lies {why}.", possible)


def _of_interval(sample: RunSample) -> Iterator[Finding]:
    """A confidence interval contains its mean."""
    pair, mean = sample.stated.get("interval", ()), sample.said("mean")
    if len(pair) != 2 or mean is None or not _same_size(mean, pair[0]):
        return
    low, high = pair
    if _is_below(mean, low) or _is_below(high, mean):
        yield _finding(
            sample,
            "inconsistent",
            f"The confidence interval from {low.text} to {high.text} does not contain its own mean {mean.text}.",
            f"a mean between {low.text} and {high.text}",
        )


def _of_spread(sample: RunSample) -> Iterator[Finding]:
    """A standard deviation against the standard error, and against the bound for rates near 0 or 100 %."""
    deviation, error, mean = sample.said("deviation"), sample.said("error"), sample.said("mean")
    n = sample.count
    if deviation is not None and error is not None and n is not None and 1 < n < _MOST_RUNS and not sample.runs:
        fits = any(
            error.value - error.step / 2 <= (deviation.value + deviation.step) / math.sqrt(m)
            and (deviation.value - deviation.step / 2) / math.sqrt(m) <= error.value + error.step
            for m in (n, n - 1)
        )
        if not fits:
            wanted = _shown(deviation.value / math.sqrt(n), error)
            yield _finding(
                sample,
                "inconsistent",
                f"A standard deviation of {deviation.text} over {n} runs gives a standard error of {wanted}, not "
                f"{error.text}.",
                f"standard error {wanted}",
            )
            return
    margin = deviation or sample.margin
    if mean is None or margin is None or not (mean.has_percent or margin.has_percent) or not 0 <= mean.value <= 100:
        return
    top = mean.value - mean.step / 2 if mean.value > 50 else mean.value + mean.step
    runs = len(sample.runs) or n or 2
    if runs < 2:
        return
    most = math.sqrt(max((100 - top) * top, 0.0) * runs / (runs - 1))
    if most + margin.step < margin.value <= 100:
        says = (
            f"A standard deviation of {margin.text} is too large for a mean of {mean.text} %. No result is above "
            f"100 %, so it is at most {_shown(most, margin)}."
        )
        severity: Severity = "impossible" if deviation is not None else "doubtful"
        yield _finding(sample, severity, says, f"at most {_shown(most, margin)}")
