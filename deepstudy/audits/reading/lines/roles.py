"""Numbers of a line that are no results: epochs, steps, settings, times, sizes, dates, numbers of images."""

import re
from itertools import pairwise

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.split_sizes import name_split_sizes
from deepstudy.audits.reading.lines.tokens import Number, Phrase, Token

_UNITS_OF_TIME = {
    r"s|secs?|seconds?|초|秒|segundos?|sekunden?|secondes?|сек": 1.0,
    r"ms|milliseconds?|msec|밀리초|毫秒|ミリ秒": 1e-3,
    r"[µμu]s": 1e-6,
    r"m|mins?|mi|minutes?|분|分钟|分鐘|分|minutos?|minuten?": 60.0,
    r"h|hrs?|hours?|시간|小时|小時|時間|horas?|stunden?|std\.?|heures?": 3600.0,
    r"days?|d|일|天|日|d[ií]as?|tage?n?|jours?": 86400.0,
}
_TIME = re.compile(
    r"\s?-?(?:" + "|".join(f"(?P<t{at}>{words})" for at, words in enumerate(_UNITS_OF_TIME)) + r")(?![a-zA-Zà-ÿ])"
    r"(?P<per>\s*(?:/|per|pro|por|par)\s*(?P<what>epoch|epoche|step|it|iter|iteration|batch|sample|image|img|época|époque)?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![\d:.])\d{1,3}:\d{2}(?::\d{2})?(?:\.\d+)?(?![\d:])")
_DATE = re.compile(r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|20[12]\d[-_]\d{2})(?!\d)")
_IMAGES = re.compile(rf"\s?(?:[a-zA-Zà-ÿ/-]+\s+){{0,3}}?(?:{vocabulary.IMAGE_WORDS})", re.IGNORECASE)
_IMAGES_BEFORE = re.compile(
    rf"(?:{vocabulary.IMAGE_WORDS})\s?(?:gesamt|insgesamt|total|in total|in all|en total|au total|totales"
    rf"|totais)?\s?(?:[:=.]+\s?|\()$",
    re.IGNORECASE,
)
_ARRAY = re.compile(  # the shape of an array of images
    r"\(\s*(\d{3,7}),\s?\d{1,4}(?:,\s?\d{1,4}){1,2}\)|\(\s*(\d{4,7}),\s?\d{1,3}\)|Size\(\[(\d{3,7}),"
    r"|%\s?\((\d{3,7})\)"
)
_HOURS_BEFORE = re.compile(r"\d\s?(?:h|std\.?|hours?)\s?$", re.IGNORECASE)
_SHORT_UNIT = re.compile(r"\s?(?:h|min)\s?", re.IGNORECASE)
_TIME_GAP = re.compile(r"\s?[^\W\d_]{1,10}\s?,?\s?(?:and |und |et |y |e )?")
_CALLED = r"[\s:：=#\[({'\"*_`№-]"
_RATIO = re.compile(
    r"\s*(?:/|中|(?:[^\W\d_]{2,12}\s)?(?:\bout of(?: the| all)?|\bof(?: the| all)?|\bvon(?: den| allen)?|\bder\b"
    r"|\bsur(?: les)?"
    r"|\bde(?: las| los)?|\bdas\b|\bdos\b|\bdes\b)(?: [a-z]{3,10})?)\s*",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\s*(?:\\?%|％)?\s*\(?\s*(?:±|\+/-|\+-|\\pm|＋－)\s*")
_RANGE = re.compile(r"\s?(?:\\?%|％)?\s?(?:~|〜|∼|～|–|-)\s?")
_BYTES = re.compile(r"\s?[kKMGT]i?B\b")
_PER_COUNTER = re.compile(r"\d\s?(?:[nmµμu]?s|min|sec|h)/$")  # `612ms/epoch`
_AFTER_COUNT = re.compile(
    r"\s?(?:epochs?|에폭|에포크|이폭|轮|輪|エポック|周期)\s?(?:(?:이?후|뒤|만에|后|後)|的?训练后)"
)
_TQDM = re.compile(r"\s*\[\d{1,3}:\d\d(?::\d\d)?<")
_SIZE = re.compile(r"\s*[x×X*]\s*")
_NEXT_TO = re.compile(r"\s*(?:th|st|nd|rd|e|er|ème|ª|º|번째|번|-|\.|个|個|回)?\s*", re.IGNORECASE)
_SETTING_GAP = re.compile(
    rf"(?:{_CALLED}|of|is|was|to|by|set|rate|with|at|from|as|为|は|는|은|를|de|von|a|p)*", re.IGNORECASE
)
_SETTING_LIST = re.compile(r"(?! {2})[\s,/]*(?:and|or|to|then|->|→|-|~)?[\s,(\[]*")
_BEFORE_SETTING = re.compile(
    r"[\s-]*(?:hidden |output |conv\w* |dense |fully[- ]connected |个|個|개의? ?)?", re.IGNORECASE
)
_BESIDE = re.compile(rf"{_CALLED}{{0,5}}")
_HAS_OWN = re.compile(r"[\s_-]*size|\s*\d{1,9}(?![.,\d])|\s*[:=]")
_EPOCH_AND_STEP = re.compile(r"\s*\[\s*(\d{1,6})\s*,\s*(\d{1,8})\s*\]")
_AFTER_EPOCHS = re.compile(
    r"(?:\bafter|\bat|\bin|\bby|経過|后|nach|après|tras|após|第|en la|na|bei)\s*(?:only |just |the |about "
    r"|training for )?$",
    re.IGNORECASE,
)
_IN_NAME = re.compile(r"[a-zA-Z]\((\d{1,5})\)(?=\s*[:=]?\s*[\d.])")
_BAR = re.compile(r"\s?\|[#█▉▊▋▌▍▎▏ ]*")
_BAR_AFTER = re.compile(r"\s*(?:\[|\||━|-\s|\))")
_RIGHT_AFTER = re.compile(r"\s?\w{0,3}?\s?(?:分类正确|正确|正解|が正|정답|맞|答对|correct|right|richtig)")
_RIGHT_BEFORE = re.compile(r"acc\w*|correct|정확|准确|正解|答对|正确", re.IGNORECASE)
_UNIT_SETTINGS = re.compile(
    r"(?:classes|layers?|filters?|neurons?|units?|nodes?|channels?|kernels?|heads?|workers|seeds?)$", re.IGNORECASE
)


def find_roles(phrase: Phrase) -> None:
    """Recognise the numbers of a line that are no results, and those that belong together.

    Arguments:
        phrase: the line; its numbers get their `role`, `whole`, `spread`, `upper` and `seconds`, and it gets the epoch
            and the step that it names.
    """
    _join(phrase)
    _recognise(phrase)


def _join(phrase: Phrase) -> None:
    """Numbers that belong together: k/n, 93.4 ± 0.2, 97-98 %, 3x3, dates, clock times."""
    text, numbers = phrase.text, phrase.numbers
    marked = [(match.span(), "clock") for match in _CLOCK.finditer(text)]
    marked += [(match.span(), "date") for match in _DATE.finditer(text)]
    for number in numbers:
        for (start, end), role in marked:
            if start <= number.start < end:
                number.role = role  # type: ignore[assignment]
    for one, two in pairwise(numbers):
        gap = text[one.token.end : two.start]
        if one.role or len(gap) > 24:
            continue
        if _SIZE.fullmatch(gap):
            one.role = two.role = "size"
        elif _SPREAD.fullmatch(gap):
            one.spread, two.role = two.value, "spread"
            one.has_percent |= two.has_percent
        elif _RATIO.fullmatch(gap) and is_count(one) and is_count(two) and one.value <= two.value and two.value > 1:
            one.whole, two.role = int(two.value), "whole"
            one.end = two.end
        elif (
            _RANGE.fullmatch(gap)
            and (two.has_percent or one.has_percent)
            and one.value < two.value
            and one.step == two.step
        ):
            one.upper, two.role, one.has_percent = two.value, "spread", True


def is_count(number: Number) -> bool:
    """Say whether a number is a whole one.

    Arguments:
        number: a number of a line.

    Returns:
        True if it is printed without decimals, exponent and percent sign.
    """
    return number.step == 1 and 0 <= number.value < 1e9 and not number.has_percent


def _recognise(phrase: Phrase) -> None:
    for match in _IN_NAME.finditer(phrase.text):
        for inside in phrase.numbers:
            if inside.start == match.start(1):
                inside.role = "setting"  # of `nll(50)`, the number of steps that it is a mean of
    text, tokens = phrase.text, phrase.tokens
    by_token = {number.token: number for number in phrase.numbers}
    _open_bracket(phrase)
    units: set[Token] = set()  # settings whose number stands before them: `5 seeds: 93.3 %`
    for index, token in enumerate(tokens):
        number = by_token.get(token)
        if number is None or number.role:
            continue
        before = tokens[index - 1] if index else None
        follower = index + (2 if number.whole is not None else 1)
        after = tokens[follower] if follower < len(tokens) else None
        gap_before = text[before.end : token.start] if before is not None else ""
        gap_after = text[number.end : after.start] if after is not None else ""
        previous = by_token.get(before) if before is not None else None
        if (
            before is not None
            and before.kind in ("epoch", "step")
            and _BESIDE.fullmatch(gap_before)
            and before not in units
            and not _PER_COUNTER.search(text[max(before.start - 8, 0) : before.start])
            and not (before.kind == "step" and _is_duration(text, number))
        ):
            _take_total(phrase, number)
            _name_counter(phrase, before.kind, number)
        elif _name_time(text, number):
            continue
        elif _BYTES.match(text, number.token.end):
            number.role = "size"
        elif after is not None and after.kind in ("epoch", "step") and _is_counted(text, number, gap_after, after):
            _name_counter(phrase, after.kind, number, is_before=True)
            units.add(after)
        elif (
            before is not None
            and before.kind == "setting"
            and before not in units
            and _SETTING_GAP.fullmatch(gap_before)
        ) or (
            previous is not None
            and previous.role == "setting"
            and not number.has_percent
            and _SETTING_LIST.fullmatch(gap_before)
        ):
            number.role = "setting"
        elif (
            after is not None
            and after.kind == "setting"
            and number.whole is None
            and _BEFORE_SETTING.fullmatch(gap_after)
        ):
            is_named = _HAS_OWN.match(text, after.end) is not None  # `acc: 25.78% lr: 0.1`
            if _UNIT_SETTINGS.match(text[after.start : after.end]) or (number.has_percent and not is_named):
                number.role = "setting"
                units.add(after)
        elif number.whole is None and is_count(number) and _IMAGES.match(text, number.end):
            is_right = _RIGHT_AFTER.match(text, number.end) or _RIGHT_BEFORE.search(
                text[max(number.start - 4, 0) : number.start]
            )
            number.role = "" if is_right else "images"
            number.metric = "correct" if is_right else ""
    _name_bars(phrase)
    _name_split_sizes(phrase)
    _add_times(phrase)


def _name_split_sizes(phrase: Phrase) -> None:
    """`45,000 train / 5,000 val`, `训练 180000`, and the shapes of arrays of images."""
    text = phrase.text
    arrays = {match.start(match.lastindex or 0) for match in _ARRAY.finditer(text)}
    for number in phrase.numbers:
        if number.start in arrays and number.role in ("", "images"):
            number.role = "images"
        if number.role or number.whole is not None or not is_count(number) or number.value < 100:
            continue
        if _IMAGES_BEFORE.search(text[max(number.start - 60, 0) : number.start]):
            number.role = "images"
    name_split_sizes(phrase)


def _add_times(phrase: Phrase) -> None:
    """`1 h 12 min` is one time, and `0:52:10` too."""
    for one, two in reversed(list(pairwise(phrase.numbers))):
        if one.seconds is None or two.seconds is None or two.role != "seconds" or one.per or two.per:
            continue
        is_next_unit = two.seconds < one.seconds and two.seconds >= 1
        if is_next_unit and _TIME_GAP.fullmatch(phrase.text[one.token.end : two.start]):
            one.seconds, one.reach = one.seconds + two.seconds, max(two.reach, two.end)
            two.role, two.seconds = "spread", None
    for one, two in pairwise(phrase.numbers):
        # `6 min 05` and `1 h 47`: two digits behind a unit are of the next smaller one.
        gap = phrase.text[one.token.end : two.start]
        is_rest = not two.role and is_count(two) and two.token.end - two.start == 2 and two.value < 60
        if one.seconds is not None and not one.per and is_rest and _SHORT_UNIT.fullmatch(gap):
            one.seconds += two.value * (60 if gap.strip().lower().startswith("h") else 1)
            one.reach, two.role = two.token.end, "spread"
    for match in _CLOCK.finditer(phrase.text):
        inside = [number for number in phrase.numbers if match.start() <= number.start < match.end()]
        parts = [float(part) for part in match.group().split(":")]
        if inside and inside[0].role == "clock":
            inside[0].seconds = sum(part * 60**power for power, part in enumerate(reversed(parts)))
            inside[0].reach = match.end()
            for number in inside[1:]:
                number.role = "spread"


def _open_bracket(phrase: Phrase) -> None:
    """`[1, 2000] loss: 2.208`: the epoch and the step."""
    if match := _EPOCH_AND_STEP.match(phrase.text):
        inside = [number for number in phrase.numbers if match.start() < number.start < match.end()]
        if len(inside) == 2:
            inside[0].role, inside[1].role = "epoch", "step"
            phrase.epoch, phrase.step = (int(inside[0].value), None), (int(inside[1].value), None)


def _name_time(text: str, number: Number) -> bool:
    """Whether a number is a time: `12 s`, `3ms/step`, `2 h`."""
    match = _TIME.match(text, number.end)
    if match is None or number.step > 1 or number.has_percent:
        return False
    unit = next(at for at in range(len(_UNITS_OF_TIME)) if match[f"t{at}"])
    word = match[f"t{unit}"].lower()
    is_part = re.match(r"\s*\d", text[match.end() :]) or _HOURS_BEFORE.search(
        text[max(number.start - 8, 0) : number.start]
    )
    if word in ("m", "d", "天", "日", "일") and not is_part:
        return False  # `3m` can be three million
    number.role, number.seconds = "seconds", number.value * list(_UNITS_OF_TIME.values())[unit]
    number.per = (match["what"] or "").lower()
    return True


def _is_duration(text: str, number: Number) -> bool:
    """Whether a unit of time is written right behind a number: `Step: 41ms`."""
    return re.match(r"(?:ms|s|min|h)\b", text[number.token.end : number.token.end + 4]) is not None


def _is_counted(text: str, number: Number, gap: str, counter: Token) -> bool:
    """Whether a number counts epochs or steps: `10 epochs`, but not the 10 of `0.98 10 epoch 11`."""
    return is_count(number) and _NEXT_TO.fullmatch(gap) is not None and not _HAS_OWN.match(text, counter.end)


def _take_total(phrase: Phrase, number: Number) -> None:
    """The total behind a counter that is larger than it: `Step [800/782]`."""
    following = [each for each in phrase.numbers if each.start >= number.token.end]
    if (
        number.whole is None
        and following
        and re.fullmatch(r"\s?/\s?", phrase.text[number.token.end : following[0].start])
        and is_count(following[0])
    ):
        number.whole, following[0].role = int(following[0].value), "whole"


def _name_counter(phrase: Phrase, kind: str, number: Number, is_before: bool = False) -> None:
    """`Epoch 3/10`, `Step [100/600]`; and `10 epochs`, `epoch 10 of 20`, `'epoch': 2.0`."""
    is_whole = number.step == 0.1 and number.value == int(number.value)
    if not (is_count(number) or (kind == "epoch" and is_whole and not is_before and not number.has_percent)):
        return
    value, whole = int(number.value), number.whole
    if kind == "step":
        number.role = "step"
        if not is_before:
            phrase.step = (value, whole)
        return
    number.role = "epoch"
    said_after = _AFTER_EPOCHS.search(phrase.text[max(number.start - 40, 0) : number.start])
    is_of_this_line = (
        not is_before
        or said_after
        or _AFTER_COUNT.match(phrase.text, number.end)
        or "번째" in phrase.text
        or re.match(r"(?:th|st|nd|rd)\b", phrase.text[number.end :])
    )
    if is_of_this_line and phrase.epoch[0] is None:
        phrase.epoch = (value, whole)
    if is_before and phrase.length is None:
        phrase.length = value


def _name_bars(phrase: Phrase) -> None:
    """Progress bars: `469/469 [======]`, `[ 640/60000 (1%)]`, `(157/391)`."""
    text = phrase.text
    for number in phrase.numbers:
        if number.has_percent and _BAR.match(text, number.end):
            number.role = "step"  # `100%|####|` of a progress bar
    splits = [token for token in phrase.tokens if token.kind == "split"]
    for index, number in enumerate(phrase.numbers):
        is_counter = number.whole is not None and "/" in text[number.token.end : number.end]
        if number.role or not is_counter or number.has_percent:
            continue
        leads = not text[: number.start].strip() and _BAR_AFTER.match(text, number.end)
        # A bar of tqdm without an epoch before it may count epochs.
        leads = leads or (phrase.epoch[0] is not None and _TQDM.match(text, number.end))
        before = text[max(number.start - 25, 0) : number.start]
        is_in_brackets = re.search(r"[\[(]\s*$", before) and re.match(
            r"\s*(?:[\]),|]|\()", text[number.end : number.end + 3]
        )
        if not (leads or is_in_brackets) or _RIGHT_BEFORE.search(before):
            continue
        scores = [token for token in splits if token.name != "train"]
        has_scores = bool(scores) and all(token.start > number.start for token in splits)
        if has_scores and phrase.epoch[0] is None and not leads:
            number.role, phrase.epoch = "epoch", (int(number.value), number.whole)
            continue  # a counter beside validation figures counts epochs
        number.role = "step"
        if phrase.step[0] is None and (int(number.value), number.whole) != phrase.epoch:
            phrase.step = (int(number.value), number.whole)
        follower = phrase.numbers[index + 2] if index + 2 < len(phrase.numbers) else None
        if follower is not None and follower.has_percent and re.fullmatch(r"\s*\(", text[number.end : follower.start]):
            follower.role = "step"
