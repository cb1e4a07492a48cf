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
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.training.durations import Duration, format_seconds, read_durations
from deepstudy.findings import Finding

_LEAST, _MOST = 0.75, 1.35  # of the claimed factor: what is outside is not rounded
_MOST_TIMES = 10  # of a document in which all times are tried
_WORDS = {
    2: "two|zwei|dos|duas|dois|deux|두|两|二",
    3: "three|drei|tres|três|trois|세|三",
    4: "four|vier|cuatro|quatro|quatre|네|四",
    5: "five|fünf|cinco|cinq|다섯|五",
    6: "six|sechs|seis|여섯|六",
    7: "seven|sieben|siete|sete|sept|일곱|七",
    8: "eight|acht|ocho|oito|huit|여덟|八",
    9: "nine|neun|nueve|nove|neuf|아홉|九",
    10: "ten|zehn|diez|dez|dix|열|十",
}
_NUMBER = rf"(?<![\d.,])(\d{{1,4}}(?:[.,]\d{{1,2}})?|{'|'.join(_WORDS.values())})"
_FAST = (
    r"(?:fast|quick|slow|long\b|longer|speed|rápid|lent|rapide|vite|schnell|langsam|lange|빠르|빨|느리|快|慢|速|遅|短)"
)
#: Claims that name a factor: one pattern for each way to say it.
_FACTORS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NUMBER}\s?(?:x|×|[- ]?times|[- ]?fold)\s?(?:as\s|the\s)?{_FAST}",
        rf"speed-?up (?:factor )?(?:of|by|is|:) (?:about |around |nearly |almost |a factor of )?{_NUMBER}(?!\s?%)",
        rf"{_FAST}\w{{0,4}} by (?:a|the) factor (?:of )?{_NUMBER}",
        rf"{_NUMBER}[- ]?mal (?:so )?{_FAST}",
        rf"um (?:den|einen) faktor {_NUMBER} {_FAST}",
        rf"{_NUMBER} (?:veces|vezes|fois) (?:más|mais|plus|moins) {_FAST}",
        rf"{_NUMBER}\s?배\s?(?:정도\s?|가량\s?|더\s?|이상\s?)?{_FAST}",
        rf"{_FAST}(?:了|出)?(?:约|近|大约|将近)?\s?{_NUMBER}\s?倍",
        rf"(?:加速比|速度)\s?(?:为|是|提高了?|提升了?)\s?(?:约|近)?\s?{_NUMBER}\s?倍",
        rf"{_NUMBER}\s?倍(?:の)?{_FAST}",
    )
)
_TWICE = re.compile(
    r"\btwice (?:as )?(?:as )?(?:fast|slow|long|quick)|half (?:of )?(?:the|as) (?:training |total )?(?:time|long)|"
    r"(?:doppelt|halb) so (?:schnell|lange|langsam)|"
    r"(?:el doble|o dobro) (?:de|da) (?:rápid|lent|tiempo|tempo|velocidad)|(?:la mitad|metade) (?:del|de|"
    r"do) (?:tiempo|tempo)|"
    r"deux fois (?:plus|moins) (?:rapide|lent|vite)|la moitié du temps|절반의? ?시간|一半的?时间|半分の時間",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(\d{1,2}(?:[.,]\d{1,2})?)\s?(?:%|percent|prozent)\s?(?:faster|quicker|less (?:training )?time|schneller|"
    r"más rápid|mais rápid|"
    r"plus rapide|더? ?빠르|더 빨)",
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

_TimesByName = list[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class _ClaimedSpeed:
    """A factor in a sentence."""

    factors: tuple[float, ...]  # what it can mean
    printed: str


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
        for start, end in iterate_sentences(whole):
            text = whole[start:end]
            claim = _claim(text)
            if claim is None or _LOOSE.search(text):
                continue
            where = evidence.document.where(block.locate(start, start + 1).line + 1)
            pair = _pair(text, whole) or _rows(text, columns)
            if pair is not None:
                if not _fits(claim, *pair):
                    yield _finding(claim, text, where, *pair)
                continue
            if _OTHER.search(text):
                continue
            if everywhere is None:
                everywhere = _times(evidence, columns)
            pairs = list(combinations(everywhere, 2))
            if 2 <= len(everywhere) <= _MOST_TIMES and not any(_fits(claim, *each) for each in pairs):
                yield Finding(
                    "time",
                    "doubtful",
                    f"No two times of the report differ by '{claim.printed}'. The claim may be about times that it "
                    f"does "
                    "not give.",
                    where=where,
                    reported=_short(text),
                    possible="the two times beside the claim",
                )


def _finding(claim: _ClaimedSpeed, text: str, where: str, one: float, two: float) -> Finding:
    ratio = max(one, two) / min(one, two)
    return Finding(
        "time",
        "inconsistent",
        f"{format_seconds(max(one, two))} are {ratio:.3g} times {format_seconds(min(one, two))}. That is not "
        f"'{claim.printed}'.",
        where=where,
        reported=_short(text),
        possible=f"a factor of {ratio:.3g}, or {100 * (1 - 1 / ratio):.0f} % less time",
    )


def _claim(text: str) -> _ClaimedSpeed | None:
    """The only claim of a sentence."""
    found = [match for pattern in _FACTORS if (match := pattern.search(text))]
    twice, percent = _TWICE.search(text), _PERCENT.search(text)
    if len({match.start(1) for match in found}) + (twice is not None and not found) + (percent is not None) != 1:
        return None
    if percent is not None:
        share = float(percent[1].replace(",", ".")) / 100
        return _ClaimedSpeed((1 / (1 - share), 1 + share), percent[0])
    if not found:
        assert twice is not None
        return _ClaimedSpeed((2.0,), twice[0])
    value = _value(found[0][1])
    # Some say `three times faster` where others say `four times as fast`.
    return _ClaimedSpeed((value, value + 1), found[0][0]) if value >= 1.1 else None


def _value(printed: str) -> float:
    word = next((number for number, words in _WORDS.items() if printed.lower() in words.split("|")), None)
    return float(word) if word is not None else float(printed.replace(",", "."))


def _fits(claim: _ClaimedSpeed, one: float, two: float) -> bool:
    ratio = max(one, two) / min(one, two)
    return any(_LEAST * (factor - 1) <= ratio - 1 <= _MOST * (factor - 1) + 0.05 for factor in claim.factors)


def _pair(text: str, whole: str) -> tuple[float, float] | None:
    """The two times of the sentence, or of its paragraph."""
    for passage in (text, whole):
        times = [each for each in read_durations(passage) if each.seconds > 0]
        if len(times) == 2 and _are_alike(times) and times[0].seconds != times[1].seconds:
            return times[0].seconds, times[1].seconds
        if times:
            return None
    return None


def _are_alike(times: Sequence[Duration]) -> bool:
    """Whether both times are of an epoch, or both of a whole."""
    kinds = {each.kind for each in times} - {""}
    return len(kinds) <= 1


def _columns(evidence: Evidence) -> list[_TimesByName]:
    """The columns of times in tables: what the other cells of each row name, and its time."""
    columns: dict[tuple[int, int], _TimesByName] = {}
    tables = list(evidence.layout.tables)
    for each in evidence.statements:
        if each.place is None or not each.metric.startswith("seconds") or each.value <= 0:
            continue
        table, row, column = each.place
        cells = tables[table].rows[row].cells
        names = tuple(name for cell in cells if re.search(r"[^\W\d_]{2}", name := cell.text.strip(" *_`")))
        columns.setdefault((table, column), []).append((names, each.value))
    return list(columns.values())


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
