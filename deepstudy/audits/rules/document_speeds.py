"""What the rule `time` finds in claims of speed: `three times as fast` against the times that the document prints.

A claim is compared with the two times of its own sentence or paragraph, or with the two rows of a table that it names.
If it names no such times, all times of a short document are tried; a claim that fits no two of them is doubtful only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph
from deepstudy.audits.reading.claims.factors import PrintedFactor, clause_around, factors_of, is_supposed
from deepstudy.audits.reading.claims.series import read_series
from deepstudy.audits.reading.layout import clean_in_place, iterate_sentences
from deepstudy.audits.reading.training.durations import Duration, format_seconds, read_durations
from deepstudy.findings import Finding

_LEAST, _MOST = 0.75, 1.35  # of the claimed factor: what is outside is not rounded
_MOST_TIMES = 10  # of a document in which all times are tried
#: Words of a factor of times.
_FAST = re.compile(
    r"fast|quick|slow|beschleunig|acceler|accélér|aceler|加速|가속|-fold gain|times gain|\blong\b|longer|shorter|"
    r"speed|\btime\b|latency|rápid|lent[oa]|"
    r"tiempo|tempo|rapide|vite\b|temps|schnell|langsam|lange\b|zeit|빠르|빨|느리|시간|快|慢|時間|时间|速|遅|短",
    re.IGNORECASE,
)
_OF_COUNTS = re.compile(
    r"param|weights|error|mistake|data|images|epochs?\b(?! time)|layers|wide|deep|参数|파라미터|パラメータ|par[áâ]m",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(\d{1,2}(?:[.,]\d{1,2})?)\s?(?:%|percent|prozent)\s?(?:faster|quicker|less (?:training )?time|schneller|"
    r"más rápid|mais rápid|plus rapide|더? ?빠르|더 빨)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"up to|at least|more than|over\b|bis zu|mindestens|hasta|até|jusqu|plus de|más de|mais de|최대|이상|以上|最多|"
    r"最大",
    re.I,
)
_OTHER = re.compile(
    r"converg|konverg|learning rate|accura|fewer|epochs earlier|expected|theor|could|would|paper", re.IGNORECASE
)

_THROUGHPUT = re.compile(
    r"(?:images?|frames|samples|pictures|bilder|im[áa]gen\w*|imagens)\s(?:per|a|each|pro|por|par|je)\s(?:s|second|sekunde|segundo|"
    r"seconde)\b|throughput|images?/s|\bfps\b|durchsatz|吞吐|처리량|スループット",
    re.IGNORECASE,
)
_IMAGES_PER_SECOND = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,6}(?:\.\d{1,2})?)\s?(?:(?:images?|imgs?|samples?|frames|bilder|이미지|장|张|枚)\s?"
    r"(?:/|per|pro|por|par)\s?(?:s\b|sec|초|秒)|fps\b)",
    re.IGNORECASE,
)
_MILLISECONDS = re.compile(r"(?<![a-z])ms(?![a-z])|millise|毫秒|ミリ秒|밀리초", re.IGNORECASE)

_TimesByName = list[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class _ClaimedSpeed:
    """A factor in a sentence."""

    factors: tuple[float, ...]  # what it can mean
    printed: str
    exact: PrintedFactor | None = None

    def is_bound(self, text: str) -> bool:
        """Whether the sentence gives a bound only: `up to three times`."""
        return (
            _LOOSE.search(text if self.exact is None else text[max(self.exact.start - 24, 0) : self.exact.end])
            is not None
        )

    def clause(self, text: str) -> str:
        """The clause of its sentence that it stands in."""
        return text if self.exact is None else clause_around(text, self.exact.start)


def find_speeds(evidence: Evidence) -> Iterator[Finding]:
    """Hold claims of speed against the times of a document.

    Arguments:
        evidence: what the document says.

    Returns:
        Findings of the rule `time`.
    """
    assert evidence.document is not None
    columns = _columns(evidence)
    everywhere: list[float] | None = None
    for block in evidence.layout.blocks:
        if not isinstance(block, Paragraph):
            continue
        whole = block.text[:4000]
        before = 0  # where the sentence before begins
        for start, end in iterate_sentences(whole):
            last, before = before, start
            text = clean_in_place(whole[start:end])
            claims = _claims(text)
            claims = [each for each in claims if not each.is_bound(text)]
            if not claims:
                continue
            where = evidence.document.where(block.locate(start, start + 1).line + 1)
            pair = _throughputs(evidence) if len(claims) == 1 and _THROUGHPUT.search(text) else None
            if pair is not None:
                if not _fits(claims[0], *pair):
                    yield _finding(claims[0], text, where, *pair, "images/s")
                continue
            if not _FAST.search(text):
                continue  # images per second, of which the document has not two
            pair = (_pair((text, whole[last:start], whole)) or _rows(text, columns)) if len(claims) == 1 else None
            claim = claims[0]
            if pair is not None:
                if not _fits(claim, *pair):
                    yield _finding(claim, text, where, *pair)
                continue
            claims = [each for each in claims if not _OTHER.search(each.clause(text))]
            if everywhere is None:
                everywhere = _times(evidence, columns)
            pairs = list(combinations(everywhere, 2))
            wrong = [claim for claim in claims if not any(_fits(claim, *each) for each in pairs)]
            if 2 <= len(everywhere) <= _MOST_TIMES and wrong:
                claim = wrong[0]
                one, two = min(pairs, key=lambda pair: abs(_ratio(*pair) - claim.factors[0]))
                yield Finding(
                    "time",
                    "doubtful",
                    f"No two times of the report differ by '{claim.printed}'. The closest, "
                    f"{format_seconds(max(one, two))} and {format_seconds(min(one, two))}, differ by a factor of "
                    f"{_ratio(one, two):.3g}. The claim may be about times that the report does not give.",
                    where=where,
                    reported=_short(text),
                    possible="the two times beside the claim",
                )


def _throughputs(evidence: Evidence) -> tuple[float, float] | None:
    """The two numbers of images per second of a document: of the only line that has two, else of the whole."""
    assert evidence.document is not None
    lines = [
        {float(match[1].replace(",", "")) for match in _IMAGES_PER_SECOND.finditer(line.text[:600])}
        for line in evidence.document.lines
        if line.kind != "code"
    ]
    beside = [numbers for numbers in lines if len(numbers) > 1]
    found = beside[0] if len(beside) == 1 else {number for numbers in lines for number in numbers}
    return (min(found), max(found)) if len(found) == 2 and min(found) > 0 else None


def _finding(claim: _ClaimedSpeed, text: str, where: str, one: float, two: float, unit: str = "") -> Finding:
    ratio = _ratio(one, two)
    larger, smaller = (f"{each:g} {unit}" if unit else format_seconds(each) for each in (max(one, two), min(one, two)))
    return Finding(
        "time",
        "inconsistent",
        f"{larger} are {ratio:.3g} times {smaller}. That is not '{claim.printed}'.",
        where=where,
        reported=_short(text),
        possible=f"a factor of {ratio:.3g}" + ("" if unit else f", or {100 * (1 - 1 / ratio):.0f} % less time"),
    )


def _ratio(one: float, two: float) -> float:
    return max(one, two) / min(one, two)


def _claims(text: str) -> list[_ClaimedSpeed]:
    """The factors of times that a sentence claims."""
    percent = _PERCENT.search(text)
    if percent is not None:
        share = float(percent[1].replace(",", ".")) / 100
        return [_ClaimedSpeed((1 / (1 - share), 1 + share), percent[0])]
    factors = [each for each in factors_of(text) if _is_of_times(text, each)]
    # Some say `three times faster` where others say `four times as fast`.
    return [_ClaimedSpeed((each.value, each.value + 1), _quoted(text, each), each) for each in factors]


def _is_of_times(text: str, factor: PrintedFactor) -> bool:
    clause = clause_around(text, factor.start)
    near = text[max(factor.start - 40, 0) : factor.end + 40]
    if _THROUGHPUT.search(near):
        return not is_supposed(text, factor.start)
    is_named = _FAST.search(text[factor.end : factor.end + 25]) or (_FAST.search(near) and _FAST.search(clause))
    return bool(is_named) and not _OF_COUNTS.search(near) and not is_supposed(text, factor.start)


def _quoted(text: str, factor: PrintedFactor) -> str:
    """The factor with the word behind it that says what it is of."""
    behind = re.match(r"(?:\s?[^\s.,;、。]{1,14}){0,3}", text[factor.end :])
    return (factor.printed(text) + (behind[0] if behind else "")).strip()


def _fits(claim: _ClaimedSpeed, one: float, two: float) -> bool:
    ratio = _ratio(one, two)
    if claim.exact is not None and claim.exact.value != int(claim.exact.value):
        return claim.exact.fits(one, two, slack=0.04)
    return any(_LEAST * (factor - 1) <= ratio - 1 <= _MOST * (factor - 1) + 0.05 for factor in claim.factors)


def _pair(passages: Sequence[str]) -> tuple[float, float] | None:
    """The two times of a sentence, else of the one before, else of its paragraph."""
    for passage in passages:
        times = [each for each in read_durations(passage) if each.seconds > 0]
        if len(times) == 2 and _are_alike(times) and times[0].seconds != times[1].seconds:
            return times[0].seconds, times[1].seconds
        if len(times) > 1:
            return None
    return None


def _are_alike(times: Sequence[Duration]) -> bool:
    """Whether both times are of an epoch, or both of a whole."""
    kinds = {each.kind for each in times} - {""}
    return len(kinds) <= 1


def _columns(evidence: Evidence) -> list[_TimesByName]:
    """The columns of times in tables: what the other cells of each row name, and its time."""
    columns: list[_TimesByName] = []
    for series in read_series(evidence.layout):
        if series.metric == "seconds":
            entries = [entry for entry in series.entries if entry.number.value > 0]
            scale = 0.001 if _MILLISECONDS.search(series.header) and not any(e.number.unit for e in entries) else 1.0
            columns.append([(tuple(name for _, name in entry.names), entry.number.value * scale) for entry in entries])
    return columns


def _rows(text: str, columns: Sequence[_TimesByName]) -> tuple[float, float] | None:
    """The times of the two rows of one table that a sentence names."""
    found: set[tuple[float, float]] = set()
    for column in columns:
        named = {value for names, value in column if any(_is_named(name, text) for name in names)}
        if len(named) == 2:
            found.add((min(named), max(named)))
    return found.pop() if len(found) == 1 else None


def _is_named(name: str, text: str) -> bool:
    return len(name) >= 3 and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None


def _times(evidence: Evidence, columns: Sequence[_TimesByName]) -> list[float]:
    """All times of a document: of its sentences, its tables, and the epochs of its logs."""
    assert evidence.document is not None
    logged = set()
    times: set[float] = set()
    for log in read_training(evidence).printed:
        logged |= {line.line for line in log.lines if line.names_epoch}
        seconds = [line.seconds for line in log.lines if line.names_epoch and line.seconds]
        if seconds:
            times |= {round(sum(seconds) / len(seconds), 2), round(sum(seconds), 1)}
    for at, line in enumerate(evidence.document.lines):
        if at not in logged and line.kind != "code":
            times |= {each.seconds for each in read_durations(line.text[:600]) if each.seconds > 0}
    times |= {value for column in columns for _, value in column}
    return sorted(times)


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:200]
