"""What a report says of several runs: their results one by one, their mean, spread and range.

A sample is read from a sentence (`the five runs reach 91.2, 91.5, …; the mean is 91.3 ± 0.2`), from printed lines
(`Fold 1: 0.91`, …, `Average: 0.92`) and from tables (`sample_tables.py`). Where a text can mean two things, nothing is
read.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deepstudy.audits.reading.lines.phrases import read_phrase
from deepstudy.audits.reading.samples.passages import TextPassage
from deepstudy.audits.reading.samples.sample_words import (
    LABELS,
    NO_RUNS,
    NUMBER_WORDS,
    RUN_COUNT,
    RUN_INDEX,
    RUNS,
    SampleLabel,
)

_LONGEST = 4000  # letters of a sentence or a line
_LONGEST_LIST = 200
_NEAR = 70  # letters between a word and its number
_POINT = r"(?<![\w.])[-−]?(?:\d{1,6}(?:\.\d{1,18})?|\.\d{1,18})(?:e-\d{1,2})?(?![\w]|\.\d)"
_COMMA = r"(?<![\w.,])[-−]?\d{1,6}(?:,\d{1,18})?(?![\w]|,\d)"
_PERCENT = re.compile(r"\s?(?:\\?%|％|percent\b|Prozent\b|por ?ciento\b|por ?cento\b|pour ?cent\b)", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?:\s?\([^()\d]{2,25}\))?[\s,;/|、，&]{0,4}(?:(?:and|und|et|y|e|or|및|와|과|和|と)(?![a-z]))?[\s()|]{0,24}",
    re.IGNORECASE,
)
_PLUS_MINUS = re.compile(r"\s*\(?\s?(?:±|\+\s?/?\s?[-−]|\\pm)\s?")
_LABEL = re.compile("|".join(f"(?P<{name}>{words})" for name, words in LABELS.items()), re.IGNORECASE)
_RUNS = re.compile(rf"(?<![a-z])(?:{RUNS})(?![a-z])", re.IGNORECASE)
_NO_RUNS = re.compile(rf"(?<![a-z])(?:{NO_RUNS})(?![a-z])", re.IGNORECASE)
_DEGREES = re.compile(r"\(?(?<![a-z])[nN]\s?[-−–]\s?1\)?")  # of `standard deviation (n-1)`
_NOT_OF_RUNS = re.compile(
    r"\d{1,3}(?:[.,]\d)?\s?(?:\\?%|％)[- ](?=(?:two-sided )?(?:confidence|CI|KI|IC|Konfidenz|interval|intervall))|"
    r"(?:epochs?|ep|step|iteration|top|lr|learning rate|batch size|image size|layer|"
    r"figure|fig\.?|table|section)"
    r"[-\s:=#]{0,3}\d{1,6}(?:[.,]\d{1,6})?(?!\s?%)|"
    r"\d{1,6}[- ]?(?:epochs?|images|samples|layers?|classes|"
    r"에폭|轮|エポック|épocas|epochen|époques|h\b|s\b|min\b|ms\b|MB\b)|"
    r"(?:α|alpha|p)\s?[=<>]\s?\d?[.,]\d{1,6}",
    re.IGNORECASE,
)
#: Words after which a number is of something else.
_CONTRAST = re.compile(
    r"\b(?:without|while|whereas|versus|vs|compared|instead|ohne|während|gegenüber|sin|mientras|sem|enquanto|sans|tandis)\b|"
    r"반면|비해|而|相比|一方",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_N = re.compile(r"(?<![\w.])[nN]\s?=\s?(\d{1,3})(?![\d.,]*\d)(?!\s?(?:\w+ )?(?:images|samples|examples))")
_CLAUSE_END = re.compile(r"[;；。]|\.\s|\.$")


_PART = re.compile(
    r"\d|\b(?:first|last|best|top|worst|some|example|e\.g|only|erste\w*|letzte\w*|primer\w*|últim\w*|premi\w*|derni\w*)\b|"
    r"前|最初|처음",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SampleNumber:
    """A printed number of a sample.

    Attributes:
        text: as it is printed.
        value: its value.
        step: what its last digit counts.
        start: where it begins in its text.
        end: where it ends, with its percent sign.
        has_percent: whether a percent sign follows.
        is_about: whether it is said to be approximate.
    """

    text: str
    value: float
    step: float
    start: int = 0
    end: int = 0
    has_percent: bool = False
    is_about: bool = False


@dataclass(frozen=True)
class RunSample:
    """What one place says of several runs.

    Attributes:
        where: its place.
        text: what it says.
        kind: what it was read from.
        runs: the result of each run; empty if they are not printed.
        count: the number of runs that is said.
        stated: what is said of them, by its kind; two numbers of an interval or a range.
        margin: the number behind a ± that may be any spread.
        is_mean: whether `margin` stands behind the mean.
        name: what they are results of; "" if nothing says it.
        is_counted: whether `count` stands right before the list of runs.
    """

    where: str
    text: str
    kind: str
    runs: tuple[SampleNumber, ...] = ()
    count: int | None = None
    stated: Mapping[SampleLabel, tuple[SampleNumber, ...]] = field(default_factory=dict)
    margin: SampleNumber | None = None
    name: str = ""
    is_counted: bool = False

    def said(self, label: SampleLabel) -> SampleNumber | None:
        """The number that is said of the runs.

        Arguments:
            label: what it says.

        Returns:
            The number; None if nothing says it.
        """
        numbers = self.stated.get(label, ())
        return numbers[0] if len(numbers) == 1 else None

    @property
    def is_useful(self) -> bool:
        """Whether it says two things that can contradict each other."""
        return bool(self.stated or self.margin) and len(self.stated) + bool(self.margin) + bool(self.runs) > 1


def read_number(text: str, has_decimal_comma: bool, start: int = 0, end: int = 0) -> SampleNumber:
    """Make a number of its digits.

    Arguments:
        text: the digits.
        has_decimal_comma: whether a comma is a decimal comma.
        start: where it begins.
        end: where it ends.

    Returns:
        The number.
    """
    plain = text.replace("−", "-").lower()
    plain = plain.replace(",", ".") if has_decimal_comma else plain
    mantissa, _, exponent = plain.partition("e")
    step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return SampleNumber(text, float(plain), step, start, end)


def uses_comma(text: str) -> bool:
    """Say whether a text writes decimals with a comma.

    Arguments:
        text: a sentence or a line.

    Returns:
        True if numbers like `91,2` occur, and none like `91.2`.
    """
    return re.search(r"\d\.\d", text) is None and re.search(r"\d,\d{1,6}(?!\d)", text) is not None


def numbers_of(text: str) -> list[SampleNumber]:
    """Find the numbers of a text that can be results.

    Arguments:
        text: a sentence or a line.

    Returns:
        Its numbers in order, without those of runs, epochs, sizes and levels of confidence.
    """
    has_comma = uses_comma(text)
    text = _mask(text)
    found = []
    for match in re.finditer(_COMMA if has_comma else _POINT, text):
        percent = _PERCENT.match(text, match.end())
        number = read_number(match[0], has_comma, match.start(), percent.end() if percent else match.end())
        is_about = re.search(
            r"(?:≈|~|∼|about|around|approx\w{0,9}\.?|roughly|约|約|약|rund|etwa|environ|cerca de)\s?$",
            text[max(match.start() - 16, 0) : match.start()],
        )
        found.append(replace(number, has_percent=percent is not None, is_about=is_about is not None))
    return found


def _mask(text: str) -> str:
    for pattern in (_DEGREES, RUN_COUNT, RUN_INDEX, _N, _NOT_OF_RUNS):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def count_of(text: str, is_summary: bool = False) -> int | None:
    """Find how many runs a text speaks of.

    Arguments:
        text: a sentence.
        is_summary: whether it sums up a sample, so that `n = 10` is the number of runs.

    Returns:
        The number; None if it names none or several.
    """
    counts = {int(match[1]) for match in _N.finditer(text)} if is_summary else set()
    for match in RUN_COUNT.finditer(text):
        word = match["count"].lower()
        counts.add(int(word) if word.isdecimal() else NUMBER_WORDS[word])
    return counts.pop() if len(counts) == 1 else None


@dataclass
class _Parts:
    """What the words of a text say of its numbers."""

    stated: dict[SampleLabel, tuple[SampleNumber, ...]]
    margin: SampleNumber | None = None
    margins: int = 0
    is_clear: bool = True


def _read_parts(text: str, numbers: Sequence[SampleNumber]) -> _Parts:
    """Give each word for a mean, a spread or a range its number."""
    parts = _Parts({})
    masked = _mask(text)
    taken: set[int] = set()
    labels = list(_LABEL.finditer(masked))
    for index, (one, two) in enumerate(itertools.pairwise(numbers)):
        if _PLUS_MINUS.fullmatch(masked[one.end : two.start]):
            parts.margins += 1
            parts.margin = two
            taken.add(index + 1)
            near = [label.lastgroup for label in labels if label.end() <= one.start]
            is_spread = bool(near) and near[-1] in ("deviation", "error", "interval", "best", "high", "low")
            if not (is_spread and "mean" not in near and "median" not in near):
                taken.add(index)
                _state(parts, "mean", one)
    for index, number in enumerate(numbers):  # `(±11.78% range)`
        if index not in taken and re.search(
            r"(?:±|\+/?[-−]|\\pm)\s?$", masked[max(number.start - 6, 0) : number.start]
        ):
            taken.add(index)
    free = [number for index, number in enumerate(numbers) if index not in taken]
    at = 0
    while at < len(labels):
        run = _list_of_labels(masked, labels, at)
        end = run[-1].end()
        after = [number for number in free if number.start >= end]
        following = labels[at + len(run)] if at + len(run) < len(labels) else None
        limit = following.start() if following is not None else len(masked)
        row = [number for number in after if number.start < limit]
        name: SampleLabel = run[0].lastgroup  # type: ignore[assignment]
        if len(run) > 1 and len(row) == len(run) and _is_near(masked, end, row[0]):
            for label, number in zip(run, row, strict=True):
                _state(parts, label.lastgroup, number)  # type: ignore[arg-type]
                free.remove(number)
        elif len(run) == 1 and name in ("interval", "range"):
            pair = row[:2] if len(row) >= 2 and _is_pair(masked, row[0], row[1]) else []
            if pair and _is_near(masked, end, pair[0]):
                _state(parts, name, *pair)
                free = [number for number in free if number not in pair]
        elif len(run) == 1 and row and _is_near(masked, end, row[0]):
            _state(parts, name, row[0])
            free.remove(row[0])
        elif len(run) == 1:
            before = [number for number in free if 0 <= run[0].start() - number.end < 12]
            gap = masked[before[-1].end : run[0].start()] if before else ""
            if before and re.fullmatch(r"\s*\(?(?:on|im|in|en|em|de|as)?(?:\s(?:an?|the))?\s*", gap):
                _state(parts, name, before[-1])
                free.remove(before[-1])
        at += len(run)
    return parts


def _list_of_labels(text: str, labels: Sequence[re.Match[str]], at: int) -> list[re.Match[str]]:
    """`mean, minimum and maximum`: labels that stand together."""
    run = [labels[at]]
    for label in labels[at + 1 :]:
        gap = text[run[-1].end() : label.start()]
        if not re.fullmatch(
            r"\s?(?:,|/|&|and|und|et|y|e|및|和|と|、|,\s?and|±)?\s?(?:the |der |die |das |la |le |el |o |a )?",
            gap,
            re.I,
        ):
            break
        run.append(label)
    return run


def _is_near(text: str, end: int, number: SampleNumber) -> bool:
    gap = " ".join(text[end : number.start].split())
    return len(gap) <= _NEAR and not _CLAUSE_END.search(gap) and not re.search(r"\d", gap)


def _is_pair(text: str, one: SampleNumber, two: SampleNumber) -> bool:
    gap = text[one.end : two.start]
    pattern = r"\s?[\])]?\s?(?:to|and|bis|und|a|à|até|hasta|y|e|et|,|;|–|-|−|~|〜|至|到|から|에서|부터)\s?[\[(]?\s?"
    return one.value < two.value and re.fullmatch(pattern, gap) is not None


def _state(parts: _Parts, label: SampleLabel, *numbers: SampleNumber) -> None:
    if label in parts.stated:
        parts.is_clear = False
    parts.stated[label] = numbers


def _lists(text: str, numbers: Sequence[SampleNumber]) -> list[list[SampleNumber]]:
    """The lists of at least three numbers that look alike."""
    lists: list[list[SampleNumber]] = []
    for number in numbers:
        last = lists[-1][-1] if lists else None
        gap = text[last.end : number.start] if last is not None else ""
        if (last is not None and _BETWEEN.fullmatch(gap) and gap.strip() != "") or (
            last is not None and gap.isspace() and len(gap) < 4
        ):
            lists[-1].append(number)
        else:
            lists.append([number])
    return [each for each in lists if 3 <= len(each) <= _LONGEST_LIST and _are_alike(each)]


def _are_alike(numbers: Sequence[SampleNumber]) -> bool:
    values = [number.value for number in numbers]
    has_digits = all(number.step < 1 for number in numbers) or any(number.has_percent for number in numbers)
    return has_digits and min(values) > 0 and max(values) <= 3 * min(values) and max(values) <= 100


def read_sentence(text: str, passage: TextPassage, start: int, after: str = "") -> RunSample | None:
    """Read what a sentence says of several runs.

    Arguments:
        text: the sentence.
        passage: the text that it stands in.
        start: where it begins there.
        after: the next sentence, which may tell the mean of what this one lists.

    Returns:
        The sample; None if the sentence says too little, or may mean several things.
    """
    if len(text) > _LONGEST or (not _LABEL.search(text) and not _LABEL.search(after) and "±" not in text):
        return None
    after = after if len(after) <= _LONGEST else ""
    masked = _mask(text)
    numbers = numbers_of(text)
    lists = _lists(masked, numbers)
    runs: tuple[SampleNumber, ...] = ()
    if len(lists) == 1 and (_speaks_of_runs(text, lists[0]) or _is_printed_list(text, lists[0])):
        runs = tuple(lists[0])
        labels = list(_LABEL.finditer(masked[: runs[0].start]))
        if not _is_printed_list(text, lists[0]) and _is_of_means(masked, labels, runs):
            if len(_list_of_labels(masked, labels, max(len(labels) - len(runs), 0))) != len(runs):
                return None
            runs = ()  # `mean, minimum and maximum are 91.2, 90.1 and 92.3`
        if runs and re.search(r"(?:\.\.\.|…|etc)", text[runs[-1].end :][:8]):
            return None
    elif lists:
        return None
    rest = text
    if runs:
        rest = text[: runs[0].start] + " " * (runs[-1].end - runs[0].start) + text[runs[-1].end :]
    parts = _read_parts(rest, [number for number in numbers if number not in runs])
    if runs and after and not parts.stated and parts.margin is None:
        more = numbers_of(after)
        if not _lists(_mask(after), more) and re.match(
            r"\W*(?:the |their |this |these |so |thus )?\w{0,12}\W?\w{0,12}\W?", after
        ):
            parts = _read_parts(after, more)
            text = f"{text} {after}"
    if not parts.is_clear or parts.margins > 1:
        return None
    is_prose = not runs and passage.kind in ("text", "caption")
    if is_prose and (_CONTRAST.search(text) or not (_RUNS.search(text) or _is_dense(rest, parts))):
        return None
    sample = RunSample(
        passage.place(start),
        " ".join(text.split()),
        passage.kind,
        runs,
        count_of(text, is_summary=True),
        parts.stated,
        parts.margin,
        is_counted=bool(runs) and _is_counted(text, runs),
    )
    return sample if sample.is_useful else None


def _is_dense(text: str, parts: _Parts) -> bool:
    """Whether words and numbers alone make a summary: `Mean=98.2% | Std=0.1% | Min=98.0% | Max=98.4%`."""
    names = {"mean", "deviation", "low", "high", "median"} & set(parts.stated)
    return len(names) > 2 and len(_WORD.findall(_LABEL.sub(" ", _mask(text)))) <= 4


def _speaks_of_runs(text: str, runs: Sequence[SampleNumber]) -> bool:
    """Whether the words right before or after a list say that it is of runs."""
    before, after = text[max(runs[0].start - 110, 0) : runs[0].start], text[runs[-1].end : runs[-1].end + 60]
    if _NO_RUNS.search(before) or _NO_RUNS.search(after):
        return False
    return _RUNS.search(before) is not None or _RUNS.search(after) is not None


def _is_of_means(masked: str, labels: Sequence[re.Match[str]], runs: Sequence[SampleNumber]) -> bool:
    """Whether a list is of means, one for each network, and not of runs: `the means over five runs are 91.2, …`."""
    gap = masked[labels[-1].end() : runs[0].start] if labels else "0"
    if re.search(r"\d", gap):
        return False
    return re.fullmatch(rf"\sof\s(?:the |our |these )?\s*(?:\w+ )?(?:{RUNS})?[\s(:,]*", gap, re.IGNORECASE) is None


def _is_counted(text: str, runs: Sequence[SampleNumber]) -> bool:
    """Whether the number of runs stands right before their list, and nothing says that it is a part of them."""
    before = text[: runs[0].start]
    counts = list(RUN_COUNT.finditer(before))
    gap = before[counts[-1].end() :] if counts else ""
    return bool(counts) and len(gap) <= 60 and _PART.search(gap) is None


def _is_printed_list(text: str, runs: Sequence[SampleNumber]) -> bool:
    """Whether a program printed a list: `scores: [0.91 0.92 0.93]`."""
    return text[: runs[0].start].rstrip().endswith("[") and text[runs[-1].end :].lstrip().startswith("]")


_RUN_LINE = re.compile(
    rf"[\W_]*(?:(?:results?|scores?|test|final|best)\s(?:of|for)?\s?)?(?P<word>{RUNS})\s?(?:no\.?|nr\.?|number)?[\s#:=_-]{{0,3}}(?P<index>\d{{1,5}})(?!\.?\d)(?:\s?/\s?\d{{1,3}})?",
    re.IGNORECASE,
)
_FURTHEST = 8  # lines after the last run in which its mean is looked for


@dataclass
class _Listed:
    """The lines `Run 1: …`, `Run 2: …` that stand together."""

    word: str
    numbers: dict[tuple[str, str], list[SampleNumber]]
    lines: int = 0
    last_index: int = 0
    last_at: int = 0
    where: str = ""
    text: str = ""


def read_lines(passages: Sequence[TextPassage]) -> Iterator[RunSample]:
    """Read runs that are printed on a line each, and the lines that sum them up.

    Arguments:
        passages: the texts of a document, in their order.

    Yields:
        A sample for each metric.
    """
    listed: _Listed | None = None
    for at, passage in enumerate(passages):
        line = passage.text if passage.kind in ("output", "text") and len(passage.text) <= 300 else ""
        match = _RUN_LINE.match(line)
        numbers = _metrics_of(line, match.end()) if match else {}
        if match and numbers:
            index, word = int(match["index"]), match["word"].lower()
            goes_on = (
                listed is not None
                and listed.word == word
                and at - listed.last_at <= 3
                and set(numbers) == set(listed.numbers)
                and (index == listed.last_index + 1 or (word.startswith("seed") and index > listed.last_index))
            )
            if listed is not None and not goes_on:
                yield from _summed_up(listed, passages)
            if not goes_on:
                listed = _Listed(word, {key: [] for key in numbers}, where=passage.where)
            assert listed is not None
            for key, number in numbers.items():
                listed.numbers[key].append(number)
            listed.lines, listed.last_index, listed.last_at = listed.lines + 1, index, at
            listed.text = f"{listed.text} {line.strip()}".strip()
    if listed is not None:
        yield from _summed_up(listed, passages)


def _metrics_of(line: str, start: int) -> dict[tuple[str, str], SampleNumber]:
    """The results of a line by their metric and split; of a line with one number, also if nothing names it."""
    rest = " " * start + line[start:]
    numbers = [number for number in numbers_of(rest) if number.step < 1 or number.has_percent]
    if not numbers:
        return {}
    named = {number.start: number for number in read_phrase(rest, uses_comma(rest), is_printed=True).numbers}
    found: dict[tuple[str, str], SampleNumber] = {}
    for number in numbers:
        read = named.get(number.start)
        key = (read.metric, read.split) if read is not None and read.metric not in ("", "accuracy?") else ("", "")
        if key in found or (key == ("", "") and len(numbers) > 1):
            return {} if key in found else {each: value for each, value in found.items() if each[0]}
        found[key] = number
    return found


def _summed_up(listed: _Listed, passages: Sequence[TextPassage]) -> Iterator[RunSample]:
    """Look below the lines of runs for their mean and spread."""
    if listed.lines < 3 and not (listed.lines == 2 and listed.word.startswith(("run", "seed"))):
        return
    gathered: dict[tuple[str, str], _Parts] = {key: _Parts({}) for key in listed.numbers}
    texts: dict[tuple[str, str], str] = {}
    places: dict[tuple[str, str], str] = {}
    count, speaks_of_mean = None, False
    for passage in passages[listed.last_at + 1 : listed.last_at + 1 + _FURTHEST]:
        line = passage.text
        if passage.kind == "row" or len(line) > 300 or (_RUN_LINE.match(line) and _metrics_of(line, 0)):
            break
        numbers = numbers_of(line)
        count = count or count_of(line)
        label = _LABEL.search(_mask(line))
        if not numbers:
            speaks_of_mean = speaks_of_mean or (label is not None and label.lastgroup == "mean")
            if not line.strip(" -=*_#>+~"):
                continue
            if label is None and _RUNS.search(line) is None:
                break
            continue
        parts = _read_parts(line, numbers)
        if not parts.stated and parts.margin is None and speaks_of_mean:
            first = [number for number in numbers if number.step < 1 or number.has_percent]
            parts.stated = {"mean": (first[0],)} if len(first) == 1 else {}
        if not parts.stated and parts.margin is None:
            break
        named = {number.start: number for number in read_phrase(line, uses_comma(line), is_printed=True).numbers}
        first_number = next(iter(parts.stated.values()))[0] if parts.stated else numbers[0]
        read = named.get(first_number.start)
        key = (read.metric, read.split) if read is not None and read.metric not in ("", "accuracy?") else ("", "")
        fitting = [each for each in gathered if _is_same(each, key)]
        if len(fitting) != 1 or not parts.is_clear or parts.margins > 1:
            continue
        _gather(gathered[fitting[0]], parts)
        texts[fitting[0]] = f"{texts.get(fitting[0], '')} {line.strip()}".strip()
        places.setdefault(fitting[0], passage.where)
    for key, parts in gathered.items():
        if parts.is_clear and (parts.stated or parts.margin):
            text = f"{listed.text} … {texts[key]}"
            runs = tuple(listed.numbers[key])
            yield RunSample(places[key], text, "output", runs, count, parts.stated, parts.margin, key[0])


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def _gather(into: _Parts, parts: _Parts) -> None:
    for label, numbers in parts.stated.items():
        _state(into, label, *numbers)
    if parts.margin is not None:
        into.is_clear = into.is_clear and into.margin is None
        into.margin = parts.margin
