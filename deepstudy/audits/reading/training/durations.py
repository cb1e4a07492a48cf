"""Times in sentences: seconds, minutes and hours in eight languages, and whether they are of an epoch or of a whole."""

import re
from dataclasses import dataclass

from deepstudy.audits.reading import vocabulary

_UNITS = (
    (r"h|hrs?|hours?|시간|小时|小時|時間|horas?|stunden?|std|heures?", 3600.0),
    (r"m|mins?|minutes?|분|分钟|分鐘|分|minutos?|minuten?", 60.0),
    (r"s|secs?|seconds?|초|秒|segundos?|sekunden?|secondes?", 1.0),
    (r"ms|msecs?|milliseconds?|millisekunden?|밀리초|毫秒|ミリ秒|milisegundos?|milissegundos?|millisecondes?", 0.001),
)
_ANY_UNIT = "|".join(f"({words})" for words, _ in _UNITS)
_PART = re.compile(
    rf"(?<![\d.,:])(\d{{1,7}}(?:[.,]\d{{1,3}})?)\s?(?:{_ANY_UNIT})(?![a-zA-Zà-ÿ²])",
    re.IGNORECASE,
)
#: Numbers in words: `five minutes`, `zehn Sekunden`, `eine halbe Stunde`.
_IN_WORDS: dict[float, str] = {
    0.5: r"half an?|eine halbe|media|meia|une demi-?|半",
    1: "one|eine?r?|una|uma|une",
    1.5: r"one and a half|anderthalb|eineinhalb|hora y media",
    **vocabulary.NUMBERS_IN_WORDS,
    11: "eleven|elf|once|onze|十一",
    12: "twelve|zwölf|doce|doze|douze|十二",
    15: "fifteen|fünfzehn|quince|quinze|十五",
    20: "twenty|zwanzig|veinte|vinte|vingt|二十",
    30: "thirty|dreißig|treinta|trinta|trente|三十",
    40: "forty|vierzig|cuarenta|quarenta|quarante|四十",
}
_WORDED = re.compile(
    rf"(?<![a-zà-ÿ\d])(?:{'|'.join(f'(?P<w{at}>{words})' for at, words in enumerate(_IN_WORDS.values()))})\s?-?\s?"
    rf"(?P<unit>{'|'.join(words[1:].lstrip('|') for words, _ in _UNITS)})(?![a-zA-Zà-ÿ²])",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(r"\s?(?:半|반(?!복)|and a half\b|y media\b|e meia?o?\b|et demie?\b)", re.IGNORECASE)
_HOURS = re.compile(r"(?<![\d:.,T-])(\d{1,3}):([0-5]\d):([0-5]\d)(?![\d:])")  # `0:52:10`
_TIMES = re.compile(r"(?<![^\s\d])\s?[x×*·]\s?$|^\s?[x×*·]\s?\d")
_SHORTEST = 0.001  # half a last digit of seconds; what is finer is in milliseconds
_OF_DAY = re.compile(
    r"(?:^\W{0,4}|\d[-/.]\d{1,4}[ T]|\b(?:at|um|from|until|to|start\w*|began|end\w*|finish\w*|fim|fin|in[íi]cio|"
    r"inicio|a las|às|à|von|bis|시작|종료|开始|结束|開始|終了)\b\W{0,4})$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?(?:,|and|und|y|e|et)?\s?")
#: The word for an epoch.
EPOCH = r"(?:epochs?|epochen?|[ée]pocas?|[ée]poques?|에폭|에포크|轮|エポック)"
_PER_EPOCH_AFTER = re.compile(
    rf"\s?(?:/|per|each|an|pro|je|por|par|a) ?(?:training )?{EPOCH}(?![a-z])|\s?(?:for )?(?:each|every) {EPOCH}",
    re.IGNORECASE,
)
_PER_EPOCH_BEFORE = re.compile(
    rf"(?:each|every|one|per|a single|an|the|jede|eine|die|pro|je|cada|por|una|uma|la|a|chaque|une|"
    rf"par) {EPOCH}[^.;\d]{{0,45}}$|(?:(?:에폭|에포크|epochs?) ?(?:당|마다)|(?:한|1) ?{EPOCH}(?:에|마다|당)?|"
    rf"[每一]轮|[每一]个?{EPOCH}|[1一]エポック(?:あたり)?|"
    rf"エポックごとに?)[^.;。\d]{{0,12}}$",
    re.IGNORECASE,
)
_TOTAL_AFTER = re.compile(
    r"\s?(?:in (?:all|total)|altogether|overall|total|insgesamt|en total|no total|au total|en tout)\b", re.IGNORECASE
)
_TOTAL_BEFORE = re.compile(
    r"(?:\btotal\w*|\blev(?:ou|o)\b|durée|duraci[óo]n|duração|用时|耗时|耗時|in all|altogether|overall|whole|entire|"
    r"complete|took|takes?|training time|insgesamt|gesamt\w*|"
    r"dauert\w*|en total|tard[óo]|levou|a duré|a pris|au total|총|전체|걸|总共|共|一共|总|合計|全体|"
    r"全部で)[^.;。\d]{0,40}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Duration:
    """A time in a sentence.

    Attributes:
        seconds: how long it is.
        half_digit: half of what its last digit counts, in seconds.
        start: where it begins in the sentence.
        end: where it ends.
        kind: "epoch", "total", "other" of something else, as all milliseconds, "factor" of a
            product that is written out, or "" where nothing says it.
    """

    seconds: float
    half_digit: float
    start: int
    end: int
    kind: str


def read_durations(text: str) -> list[Duration]:
    """Find the times in a sentence; `2 h 5 min` is one.

    Arguments:
        text: the sentence.

    Returns:
        The times, in their order.
    """
    found: list[Duration] = []
    for match in _HOURS.finditer(text):
        if not _OF_DAY.search(text[: match.start()]):
            seconds = 3600.0 * int(match[1]) + 60 * int(match[2]) + int(match[3])
            found.append(Duration(seconds, 0.5, match.start(), match.end(), ""))
    for match in _PART.finditer(text):
        at = next(index for index in range(len(_UNITS)) if match[index + 2])
        unit = _UNITS[at][1]
        if match[at + 2] in ("m", "M") and not re.match(r"\s?\d", text[match.end() :]):
            continue  # `3m` can be three million
        is_thousands = re.fullmatch(r"\d{1,3},\d{3}", match[1]) is not None
        printed = match[1].replace(",", "" if is_thousands else ".")
        half = 0.5 * unit * 10.0 ** -len(printed.partition(".")[2])
        seconds = float(printed) * unit
        if found and _BETWEEN.fullmatch(text[found[-1].end : match.start()]) and found[-1].half_digit > half * 1.5:
            before = found.pop()
            found.append(Duration(before.seconds + seconds, half, before.start, match.end(), ""))
        else:
            found.append(Duration(seconds, half, match.start(), match.end(), ""))
    for match in _WORDED.finditer(text):
        if match.start() and any(each.start < match.end() and match.start() < each.end for each in found):
            continue
        value = next(number for at, number in enumerate(_IN_WORDS) if match[f"w{at}"])
        unit = next(size for words, size in _UNITS if re.fullmatch(words, match["unit"], re.IGNORECASE))
        found.append(Duration(value * unit, 0.5 * unit, match.start(), match.end(), ""))
    found = [_with_half(text, each) for each in found]
    found.sort(key=lambda each: each.start)
    return [Duration(each.seconds, each.half_digit, each.start, each.end, _kind(text, each)) for each in found]


def _with_half(text: str, duration: Duration) -> Duration:
    """`11 分半`, `2 hours and a half`: half of the unit more."""
    after = _AND_A_HALF.match(text, duration.end)
    if after is None:
        return duration
    unit = next((size for _, size in _UNITS if duration.half_digit == 0.5 * size), None)
    if unit is None:
        return duration
    return Duration(duration.seconds + unit / 2, unit / 4, duration.start, after.end(), "")


def _kind(text: str, duration: Duration) -> str:
    before, after = text[max(duration.start - 60, 0) : duration.start], text[duration.end :]
    if _TIMES.search(before) or _TIMES.match(after):  # `20 x 47 s`
        return "factor"
    if duration.half_digit < _SHORTEST:
        return "other"
    if _PER_EPOCH_AFTER.match(after):
        return "epoch"
    if _TOTAL_AFTER.match(after):
        return "total"
    if _PER_EPOCH_BEFORE.search(before):
        return "epoch"
    if re.match(r"\s?(?:/|(?:per|each|pro|por|par)\b)\s?\w", after, re.IGNORECASE):
        return "other"
    return "total" if _TOTAL_BEFORE.search(before) else ""


def format_seconds(seconds: float) -> str:
    """Say a time in words.

    Arguments:
        seconds: how long it is.

    Returns:
        `25 ms`, `48 s` or `2,220 s (37 min)`.
    """
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    if seconds < 600:
        return f"{seconds:.3g} s"
    amount, unit = (seconds / 60, "min") if seconds < 7200 else (seconds / 3600, "h")
    return f"{seconds:,.0f} s ({amount:.3g} {unit})"
