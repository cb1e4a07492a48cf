"""Training logs: the lines of one run in order, with their counters, results, learning rates and times.

Statements know the results of a line. A log also knows which lines belong together, so that rules can follow a run from
epoch to epoch. A log ends where its epochs begin anew, where another number of epochs is printed, at a heading, and at
code. The rows of a table with a column of epochs are a log as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from deepstudy.audits.reading.blocks import DocumentLayout, Heading, PrintedTable, Verbatim
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.statements import SplitOf, Statement

_LONGEST = 1000  # letters of a line; what is longer is no line of a log
_INT = r"(\d{1,3}(?:,\d{3}){1,3}(?!\d|,\d)|\d{1,9})(?!\d|\.\d)"
_OF = r"(?:\s{0,3}(?:/|of|von|de|sur|out of)\s{0,3}(\d{1,9})(?!\d|\.\d))?"
_EPOCH_WORD = r"epochs?|ep|epoche|[ée]poca|[ée]poque|에폭|에포크|이폭|轮次?|輪|周期|エポック"
_CALLED = r"[\s_:：#=№]{0,6}[\[(]?\s{0,3}"
_EPOCH = re.compile(
    rf"(?<![a-zà-ÿ每_])(?:{_EPOCH_WORD})(?:\s?(?:nr|no|num|number)\.?)?{_CALLED}{_INT}{_OF}(?!\s?(?:s|sec|min|h)\b)"
    rf"|第\s?(\d{{1,6}})(?:\s?/\s?(\d{{1,6}}))?\s?(?:轮|輪|个?\s?epoch|エポック)"
    rf"|^\W{{0,6}}(\d{{1,6}})(?:\s?/\s?(\d{{1,6}}))?\s?(?:번째 ?)?(?:epochs?|에폭|에포크|エポック)\s?[:：|,\-]",
    re.IGNORECASE,
)
_PAIR = re.compile(r"^\W{0,3}\[\s?(\d{1,6})\s?,\s{0,6}(\d{1,8})\s?\]\s{0,3}(?:train\w*\s)?(?:loss|acc)", re.IGNORECASE)
_STEP = re.compile(
    r"(?<![a-zà-ÿ])(?:(?:mini-?)?batch(?:es|[ _]?idx)?|global_step|steps?|iter(?:ation)?s?|itr|스텝|배치|步|批次|"
    rf"迭代(?:次数)?|ステップ|バッチ|pasos?|passos?|schritte?|iteraci[óo]n|itera[çc][ãa]o|it[ée]ration)"
    rf"{_CALLED}{_INT}{_OF}(?!\s?(?:ms|s|us|sec)\b|\s?[-–]\s?\d)",
    re.IGNORECASE,
)
_COUNTER = r"(\d{1,9})\s?/\s?(\d{1,9})"
_BRACKETS = re.compile(rf"[\[(]\s{{0,6}}{_COUNTER}\s?(?:,?\s?\(?\s?\d{{1,3}}(?:\.\d{{1,4}})?\s?%\s?\)?)?\s?[\])]")
_BAR = re.compile(rf"(?:^\s{{0,8}}|\|\s?){_COUNTER}\s{{0,3}}(?:[\[━█|]|={{2}}|-\s)|\s{_COUNTER}\s*$")
_COUNT_OF_A_CLASS = re.compile(
    rf"\s{{0,20}}(?!(?:step|batch|iter|epoch))[^\W\d]{{3,20}}\s{{1,12}}{_COUNTER}\s*", re.IGNORECASE
)
_SPEAKS_OF_STEPS = re.compile(r"(?i)step|batch|iter|epoch|loss|[ée]poca|[ée]poque|에폭|轮|エポック")
_BRACKET_FIRST = re.compile(r"\[\s{0,4}(\d{1,4})\s?/\s{0,4}(\d{1,4})\s?\]")
_FEWEST_COUNTED = 3
_RESULT_BEFORE = re.compile(
    r"(?:acc\w*|correct\w*|정확도|准确率|正解率)\W{0,12}(?:\d[\d.]*\s?%?)?\W{0,3}$", re.IGNORECASE
)
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3})[.,](\d{1,6})(?![\d.])(\s?%)?")
_PHASE = re.compile(
    r"(?:^|[\])|:]\s?|\b(?:INFO|DEBUG)\W{1,3})[\s*#>=-]{0,6}(train|val|valid|test|eval)(?:ing|idation|id|uation)?\b",
    re.IGNORECASE,
)
_PHASES: Mapping[str, SplitOf] = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "test": "test",
    "eval": "test",
}
_RATE = re.compile(
    r"(?<![a-z])(?:learning[\s_-]?rate|lr(?:[/_]\w{1,12})?|lrate|lernrate|학습률|学习率|学習率|tasa de aprendizaje|"
    r"taxa de aprendizagem|taux d.apprentissage)\s{0,4}(?:is|=|:|：|->|→)?\s{0,4}\[?\s?"
    r"(\d{1,3}(?:[.,]\d{1,20})?(?:e[-+]?\d{1,3})?|\.\d{1,20})(?![\d.])",
    re.IGNORECASE,
)
_SECONDS = r"s(?:ec(?:onds?|s)?\.?)?|초|秒|segundos?|sekunden|secondes?"
_DURATION = re.compile(
    r"(?<![\d.:a-z])(?:(\d{1,4})\s?(?:h|hrs?|hours?|시간|小时|時間|horas?|stunden|heures?)[,\s]{0,2})?"
    r"(?:(\d{1,6})\s?(?:m|mins?|minutes?|분|分钟?|minutos?|minuten)[,\s]{0,2}(?:and\s)?)?"
    rf"(\d{{1,9}}(?:\.\d{{1,9}})?)\s?(?:{_SECONDS})(?![a-zà-ÿ])(?!\s?/\s?(?:step|it|batch|sample|img|image))",
    re.IGNORECASE,
)
_STEP_TIME = re.compile(r"(?<![\d.])(\d{1,6}(?:\.\d{1,3})?)\s?(s|secs?|ms|us|µs)/(?:step|batch|it|iter)\b")
_ELAPSED = re.compile(
    r"elapsed|\btook\b|total|cumul|since start|so far|누적|경과|累计|经过|経過|transcurrid|decorrid|"
    r"vergangen|verstrichen|écoulé",
    re.IGNORECASE,
)
_PER_EPOCH = re.compile(
    r"per epoch|each epoch|/ ?epoch|epoch[ _]time|pro epoche|por [ée]poca|par [ée]poque|에폭당|每轮|毎エポック",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)(20\d\d)[-/.](\d\d)[-/.](\d\d)[ T_](\d\d):(\d\d):(\d\d)")
_CLOCK = re.compile(r"^\W{0,3}(?:\d\d-\d\d )?(\d\d):(\d\d):(\d\d)(?![\d:])")
_UNIT_OF_STEP = {"s": 1.0, "sec": 1.0, "secs": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_TIME_OF_FULL_BAR = re.compile(r"(?:-|━|\])\s{0,4}(\d{1,7})s\s{1,3}\d{1,6}(?:ms|s|us|µs)/step")
#: `after epoch 3` is no counter, and `epochs: 30` is a setting.
_IN_A_SENTENCE = re.compile(
    r"\b(?:after|at|by|in|until|from|since|nach|bei|ab|tras|en la|après|à l.|após|na)"
    r"\W{1,3}(?:the\s)?(?:epoch|[ée]poca|[ée]poque)",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\bepochs\b", re.IGNORECASE)
#: `Best val acc: 0.91 (epoch 4)` is about the log.
_BEST_FIRST = re.compile(
    r"\W{0,4}(?:best|highest|lowest|beste[rs]?\b|höchste|mejor|melhor|meilleur|최고|최적|最佳|最好|最良|最高|mayor|"
    r"maior)",
    re.IGNORECASE,
)
#: What logging puts before a message: `2024-03-01 10:00:00 - train - INFO - `.
_LEVEL = re.compile(r"^.{0,120}?\b(?:INFO|DEBUG|WARNING)\b[\W_]{0,5}")
#: A bar of bytes: of a download, of unpacking, or of copying files.
_BYTES = re.compile(r"\d\s?[kKMGT]i?B\b|\d\s?[kKMG](?:/|\s)|\b(?:bytes|octets)\b|[kKMG]i?B/s|\bB/s")
_DOWNLOAD = re.compile(
    r"download|fetch|extract|unpack|unzip|下载|下載|다운로드|ダウンロード|解压|descarg|baixa|télécharg|\blad(?:e|en|ung)\b|lädt",
    re.I,
)
_BLOCK_OF_BYTES = 4096
_FEWEST_BYTES = 1_000_000
_LINES_OF_BARS = 50  # that a download prints, at most
_EXCERPT = re.compile(r"\W{0,4}(?:\.{3,}|…|⋮|\[\.\.\.\]|snip|\(\.\.\.\))\W{0,4}", re.IGNORECASE)


@dataclass(frozen=True)
class LoggedRate:
    """A learning rate that a log prints.

    Attributes:
        value: the rate.
        step: what its last printed digit counts.
        printed: its digits.
    """

    value: float
    step: float
    printed: str


@dataclass(frozen=True)
class LoggedLine:
    """A line of a training log.

    Attributes:
        line: the number of its line in the document, from 0.
        where: its place as a person finds it.
        text: what it says.
        epoch: the epoch that it, or a line above it, names.
        epochs: how many epochs are printed beside it.
        names_epoch: whether the line names the epoch itself.
        step: the step of the epoch, the iteration, or the images so far.
        steps: how many of them are printed beside it.
        results: the statements of the line.
        phase: the images that the whole line is about.
        rate: the learning rate.
        seconds: the time of the line.
        is_elapsed: whether this time is said to be since the start.
        is_per_epoch: whether this time is said to be of one epoch.
        step_seconds: the time of one step, and what its last digit counts.
        bar_seconds: the time beside the time of a step, in a full progress bar.
        clock: the time of day of a time stamp, in seconds; with a date, the seconds since 1 January 2000.
        has_date: whether the time stamp has a date.
    """

    line: int
    where: str
    text: str
    epoch: int | None = None
    epochs: int | None = None
    names_epoch: bool = False
    step: int | None = None
    steps: int | None = None
    results: tuple[Statement, ...] = ()
    phase: SplitOf | None = None
    rate: LoggedRate | None = None
    seconds: float | None = None
    is_elapsed: bool = False
    is_per_epoch: bool = False
    step_seconds: tuple[float, float] | None = None
    bar_seconds: float | None = None
    clock: float | None = None
    has_date: bool = False

    def values(self, metric: str, *splits: str | None) -> list[Statement]:
        """Choose results of the line.

        Arguments:
            metric: what they are of.
            splits: the images that they are of; None is a result whose images nothing names.

        Returns:
            The results, in order.
        """
        return [
            result
            for result in self.results
            if result.metric == metric and (result.split or self.phase) in splits and not result.is_change
        ]


@dataclass(frozen=True)
class TrainingLog:
    """The lines of one run.

    Attributes:
        lines: its lines, in order.
        kind: whether they are printed lines or the rows of a table.
        headings: the headings above it, the outermost first.
        has_gaps: whether a line of dots shows that lines were left out.
    """

    lines: tuple[LoggedLine, ...]
    kind: Literal["printed", "table"] = "printed"
    headings: tuple[str, ...] = ()
    has_gaps: bool = False

    @cached_property
    def epochs(self) -> list[int]:
        """The epochs that it names, in order, each once."""
        return list(dict.fromkeys(line.epoch for line in self.lines if line.epoch is not None and line.names_epoch))

    @cached_property
    def lines_of(self) -> dict[int | None, list[LoggedLine]]:
        """The lines of each epoch, in order."""
        lines: dict[int | None, list[LoggedLine]] = {}
        for line in self.lines:
            lines.setdefault(line.epoch, []).append(line)
        return lines

    @cached_property
    def is_whole(self) -> bool:
        """Whether it shows every epoch from the first to its last."""
        epochs = self.epochs
        return bool(epochs) and epochs[0] in (0, 1) and epochs == list(range(epochs[0], epochs[-1] + 1))

    @property
    def length(self) -> int | None:
        """The number of epochs of the run, if its lines print one and the same."""
        lengths = {line.epochs for line in self.lines if line.epochs is not None}
        return lengths.pop() if len(lengths) == 1 else None


def read_training_logs(
    document: ReportDocument, layout: DocumentLayout, statements: Sequence[Statement]
) -> list[TrainingLog]:
    """Find the training logs of a document.

    Arguments:
        document: the document.
        layout: its blocks.
        statements: its numbers.

    Returns:
        Its logs in their order, the tables after the printed ones.
    """
    by_line: dict[int, list[Statement]] = {}
    for statement in statements:
        by_line.setdefault(statement.span.line, []).append(statement)
    return [*_LogSplitter(document, layout, by_line).read(), *_tables(document, layout, by_line)]


class _LogSplitter:
    """Goes through the lines of a document and ends a log where another one begins."""

    def __init__(
        self, document: ReportDocument, layout: DocumentLayout, by_line: Mapping[int, Sequence[Statement]]
    ) -> None:
        self.document, self.by_line = document, by_line
        self.headings: dict[int, tuple[str, ...]] = {}
        self.ignored: set[int] = set()
        self.printed: set[int] = set()  # lines of blocks that programs print
        for block, above in zip(layout.blocks, layout.headings, strict=True):
            if isinstance(block, Heading):
                self.headings[block.line] = (*above, block.text)
            elif isinstance(block, PrintedTable) and not _EPOCH.search(document.lines[block.line].text):
                self.ignored |= {block.line, *(row.line for row in block.rows)}
            elif isinstance(block, Verbatim):
                lines = self.ignored if block.kind == "code" else self.printed
                lines.update(block.lines)
        self.logs: list[TrainingLog] = []
        self.lines: list[LoggedLine] = []
        self.above: tuple[str, ...] = ()
        self.has_gaps = False
        self.epoch: tuple[int | None, int | None] = (None, None)
        self.results: set[tuple[str, str | None]] = set()  # of the epoch that is being read

    def read(self) -> list[TrainingLog]:
        for at, line in enumerate(self.document.lines):
            if at in self.headings and not _EPOCH.search(line.text):
                self._end()
                self.above = self.headings[at]
            elif at in self.ignored or line.kind == "code":
                self._end()
            elif _EXCERPT.fullmatch(line.text) and self.lines:
                self.has_gaps = True
            elif len(line.text) <= _LONGEST and any(letter.isdigit() for letter in line.text):
                self._line(at, line.text)
        self._end()
        return self.logs

    def _end(self) -> None:
        counted = _epochs_in_brackets(self.lines)
        if counted:
            self.logs.append(TrainingLog(counted, "printed", self.above, self.has_gaps))
            taken = {line.line for line in counted}
            self.lines = [line for line in self.lines if line.line not in taken]
        if any(line.epoch is not None or line.step is not None for line in self.lines):
            self.logs.append(TrainingLog(tuple(self.lines), "printed", self.above, self.has_gaps))
        self.lines, self.has_gaps, self.epoch = [], False, (None, None)
        self.results = set()

    def _line(self, at: int, text: str) -> None:
        line = read_log_line(text, at, self.document.where(at + 1), self.by_line.get(at, ()))
        says_more = bool(line.results) or line.rate is not None or line.seconds is not None
        if self._is_of_bytes(line, at):
            return
        if line.epoch is not None and self._is_counter(line, text, says_more):
            begins_anew = self.epoch[0] is not None and line.epoch < self.epoch[0]
            is_other = None not in (line.epochs, self.epoch[1]) and line.epochs != self.epoch[1]
            results = {(each.metric, each.split) for each in line.results} if line.step is None else set()
            is_twice = line.epoch == self.epoch[0] and bool(results & self.results)
            if begins_anew or is_other or is_twice:
                self._end()
            self.results = results | (self.results if line.epoch == self.epoch[0] else set())
            self.epoch = (line.epoch, line.epochs or self.epoch[1])
        elif line.epoch is not None:
            return  # a sentence
        elif not self._goes_on(line, at):
            return
        else:
            line = replace(line, epoch=self.epoch[0], epochs=self.epoch[1])
        if says_more or line.step is not None or line.names_epoch:
            self.lines.append(line)

    def _is_of_bytes(self, line: LoggedLine, at: int) -> bool:
        """Whether a line is a bar of a download: it counts bytes, and gives no results."""
        if line.names_epoch or line.steps is None or line.rate is not None:
            return False
        if any(each.metric in ("loss", "accuracy", "error") for each in line.results):
            return False
        above = self.document.lines[max(at - _LINES_OF_BARS, 0) : at]
        before = next((each.text for each in reversed(above) if not _BAR.search(each.text) and each.text.strip()), "")
        if _DOWNLOAD.search(before) or _DOWNLOAD.search(line.text) or _BYTES.search(line.text):
            return True
        return line.steps >= _FEWEST_BYTES and (line.step or 0) % _BLOCK_OF_BYTES in (0, line.steps % _BLOCK_OF_BYTES)

    def _goes_on(self, line: LoggedLine, at: int) -> bool:
        """Whether a line without an epoch is part of the log."""
        if line.step is not None:  # `batch 64` may stand in a sentence about images
            return any(each.metric != "images" for each in line.results) or bool(self.lines)
        return bool(line.results and self.lines) and at in self.printed

    def _is_counter(self, line: LoggedLine, text: str, says_more: bool) -> bool:
        """Whether a line counts an epoch as programs do; sentences about an epoch have more words."""
        text = _LEVEL.sub("", text, count=1)
        words = len(re.findall(r"[^\W\d_]{2,}", text))
        if (words > 8 and text.rstrip().endswith((".", "。"))) or _IN_A_SENTENCE.search(text):
            return False
        if _BEST_FIRST.match(text) or text.rstrip().endswith(("다.", "요.", "。")):
            return False
        is_alone = words <= 3 and len(text) < 60 and not _LENGTH.search(text)
        return is_alone or ((says_more or line.step is not None) and words <= 25 and _starts(text))


def _epochs_in_brackets(lines: Sequence[LoggedLine]) -> tuple[LoggedLine, ...]:
    """Lines that begin with `[ 3/20]` and rise by one count epochs, if they have validation results as well."""
    matches = [(line, _BRACKET_FIRST.match(line.text)) for line in lines if not line.names_epoch]
    counters = [(line, int(match[1]), int(match[2])) for line, match in matches if match is not None]
    counted, epochs = [line for line, _, _ in counters], [epoch for _, epoch, _ in counters]
    totals = {total for _, _, total in counters}
    if len(counted) < _FEWEST_COUNTED or len(totals) != 1 or epochs[0] not in (0, 1):
        return ()
    if epochs != list(range(epochs[0], epochs[0] + len(epochs))) or epochs[-1] > max(totals):
        return ()
    held_out = [line for line in counted if any(each.split in ("validation", "test") for each in line.results)]
    if 2 * len(held_out) < len(counted):
        return ()
    return tuple(
        replace(
            line,
            epoch=epoch,
            epochs=total,
            names_epoch=True,
            step=None if line.step == epoch else line.step,
            steps=None if line.step == epoch else line.steps,
        )
        for line, epoch, total in counters
    )


def _starts(text: str) -> bool:
    """Whether an epoch stands at the beginning, behind time stamps and names of log levels at most."""
    match = _EPOCH.search(text) or _PAIR.search(text)
    if match is None:
        return False
    before = re.findall(r"[^\W\d_]{2,}", text[: match.start()])
    return len(before) <= 4 and not re.search(r"[.;!?]\s", text[: match.start()])


def read_log_line(text: str, line: int, where: str, results: Sequence[Statement] = ()) -> LoggedLine:
    """Read one line.

    Arguments:
        text: the line.
        line: its number in the document, from 0.
        where: its place.
        results: the statements of the line.

    Returns:
        The line with its counters, its learning rate and its times.
    """
    epoch, epochs, rest = None, None, 0
    step: int | None = None
    steps: int | None = None
    if pair := _PAIR.match(text):
        epoch, step = int(pair[1]), int(pair[2])
    elif match := _EPOCH.search(text):
        numbers = [each for each in match.groups() if each is not None]
        epoch, epochs = _whole(numbers[0]), _whole(numbers[1]) if len(numbers) > 1 else None
        rest = match.end()
    if pair is None:
        step, steps = _step_of(text, rest)
    phase = _PHASE.search(text[:80])
    seconds, is_elapsed, is_per_epoch = _duration(text)
    stamp = _DATE.search(text[:60])
    clock = _CLOCK.match(text)
    pace = _STEP_TIME.search(text)
    bar = _TIME_OF_FULL_BAR.search(text)
    return LoggedLine(
        line,
        where,
        text.strip(),
        epoch,
        epochs,
        epoch is not None,
        step,
        steps or None,
        tuple(results),
        _PHASES[phase[1].lower()] if phase else None,
        _rate(text),
        seconds,
        is_elapsed,
        is_per_epoch,
        None
        if pace is None
        else (float(pace[1]) * _UNIT_OF_STEP[pace[2]], _last_digit(pace[1]) * _UNIT_OF_STEP[pace[2]]),
        float(bar[1]) if bar else None,
        _day(stamp) if stamp else 3600.0 * int(clock[1]) + 60 * int(clock[2]) + int(clock[3]) if clock else None,
        stamp is not None,
    )


def _whole(printed: str) -> int:
    return int(printed.replace(",", ""))


def _step_of(text: str, start: int) -> tuple[int | None, int | None]:
    """The step of a line and how many there are: behind a word, in brackets, or in a progress bar."""
    match = _STEP.search(text)
    if match is not None and not (
        ("=" in match[0] and re.search(r"\d\s?$", text[: match.start()])) or re.match(r"\s?=\s?\d", text[match.end() :])
    ):  # no `938 steps = ...`, no `938 steps (60000/64 = 937.5)`
        return _whole(match[1]), _whole(match[2]) if match[2] else None
    if _COUNT_OF_A_CLASS.fullmatch(text):
        return None, None
    for pattern in (_BRACKETS, _BAR):
        for match in pattern.finditer(text, start):
            one, all_ = (each for each in match.groups() if each is not None)
            before = text[max(match.start() - 30, 0) : match.start()]
            is_result = _RESULT_BEFORE.search(before) or _is_rate_of(text[: match.start()], int(one), int(all_))
            is_beyond = int(one) > int(all_) and not _SPEAKS_OF_STEPS.search(text)
            is_beyond |= all(1950 <= int(each) <= 2100 for each in (one, all_)) and one != all_  # `(2018/2016)`
            if int(one) <= 1.2 * int(all_) and not (is_result or is_beyond):
                return int(one), int(all_)
    return None, None


def _is_rate_of(text: str, right: int, all_: int) -> bool:
    """Whether the line prints right/all as a percentage or a fraction too: `acc 72.81 % (632/868)`."""
    if not 0 < right < all_:
        return False
    for match in _DECIMAL.finditer(text):
        value, digits = float(f"{match[1]}.{match[2]}"), len(match[2])
        scale, fewest = (100, 1) if match[3] or value > 1 else (1, 3)
        if digits >= fewest and abs(value - scale * right / all_) <= 10.0**-digits:
            return True
    return False


def _rate(text: str) -> LoggedRate | None:
    match = _RATE.search(text)
    if match is None:
        return None
    printed = match[1].replace(",", ".")
    return LoggedRate(float(printed), _last_digit(printed), match[1])


def _last_digit(printed: str) -> float:
    """What the last digit of a number counts: 0.01 of `2.50`."""
    mantissa, _, exponent = printed.lower().partition("e")
    return float(10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))


def _duration(text: str) -> tuple[float | None, bool, bool]:
    """The time of a line; whether it is since the start; whether it is of one epoch."""
    is_per_epoch, is_elapsed = _PER_EPOCH.search(text) is not None, _ELAPSED.search(text) is not None
    for match in _DURATION.finditer(text):
        if re.search(r"\beta\b\W{0,4}$|remaining\W{0,4}$", text[: match.start()][-16:], re.IGNORECASE):
            continue
        hours, minutes, seconds = match.groups()
        return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds), is_elapsed, is_per_epoch
    return None, is_elapsed, is_per_epoch


_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def _day(stamp: re.Match[str]) -> float | None:
    year, month, day, hours, minutes, seconds = map(int, stamp.groups())
    if not 1 <= month <= 12:
        return None
    leap_days = (year - 1) // 4 - 499 + (month > 2 and year % 4 == 0)
    days = 365 * (year - 2000) + leap_days + _DAYS_BEFORE_MONTH[month - 1] + day - 1
    return 86400.0 * days + 3600 * hours + 60 * minutes + seconds


_RATE_COLUMN = re.compile(
    r"learning[\s_-]?rate|\blr\b|lernrate|학습률|学习率|学習率|tasa de aprendizaje|taxa de aprendizagem|"
    r"taux d.apprentissage",
    re.IGNORECASE,
)
_EPOCH_COLUMN = re.compile(rf"(?:{_EPOCH_WORD})(?:s|\s?(?:#|nr\.?|no\.?))?", re.IGNORECASE)


def _tables(
    document: ReportDocument, layout: DocumentLayout, by_line: Mapping[int, Sequence[Statement]]
) -> list[TrainingLog]:
    """Tables with a column of epochs that rises from row to row."""
    logs = []
    for table in layout.tables:
        names = [column.strip(" *_`#.:").lower() for column in table.columns]
        epochs = next((at for at, name in enumerate(names) if _EPOCH_COLUMN.fullmatch(name)), None)
        if epochs is None:
            continue
        rates = next((at for at, name in enumerate(names) if _RATE_COLUMN.search(name)), None)
        rows = []
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            match = (
                re.fullmatch(r"\W{0,3}(?:epoch )?(\d{1,6})(?:\s?/\s?(\d{1,6}))?\W{0,3}", cells[epochs])
                if epochs < len(cells)
                else None
            )
            if match is None:
                continue
            rate = _rate(f"lr {cells[rates].strip()}") if rates is not None and rates < len(cells) else None
            rows.append(
                LoggedLine(
                    row.line,
                    document.where(row.line + 1),
                    " | ".join(cells),
                    int(match[1]),
                    int(match[2]) if match[2] else None,
                    True,
                    results=tuple(by_line.get(row.line, ())),
                    rate=rate,
                )
            )
        rising = [line.epoch or 0 for line in rows]
        if len(rows) >= 2 and rising == sorted(set(rising)):
            logs.append(TrainingLog(tuple(rows), "table", table.headings))
    return logs
