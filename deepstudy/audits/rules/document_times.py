"""What the rule `time` finds in documents: times of steps, epochs and whole runs against each other.

A total may be longer than its parts, because loading, scoring and saving take time as well. It cannot be shorter.
Printed times are rounded, so each comparison allows for the last digit, and for a little more.
"""

import re
import statistics
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from deepstudy.audits.arithmetic.training_evidence import TrainingEvidence, read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph, Verbatim
from deepstudy.audits.reading.contexts import DocumentContext
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.training.durations import EPOCH, Duration, format_seconds, read_durations
from deepstudy.audits.reading.training.training_logs import LoggedLine, TrainingLog
from deepstudy.audits.rules.document_speeds import find_speeds
from deepstudy.datasets import DATASETS
from deepstudy.findings import AuditSeverity, Finding

_LESS = 0.85  # of the sum of its parts: a total below this is too short
_MORE = 3.0  # times the sum of its parts: a total above this is too long
_CLEARLY = 1.3  # times the sum of its parts, and a minute more
_LONGER = 1.15  # the same, where the parts are long: starting takes little of them
_LONG = 200.0  # seconds
_FEWEST_STEPS = 10  # between two lines with time stamps
_FAR_SLOWER = 5.0  # times as long as the time stamps allow
_EPOCHS_IN_TEXT = re.compile(
    rf"(?<![\d.,/])(\d{{1,5}})\s?(?:training )?(?:개의? )?(?:个)?{EPOCH}(?![a-z])", re.IGNORECASE
)
_NO_LENGTH = re.compile(
    r"(?:after|at|every|each|first|last|until|till|up to|would|nach|bis|tras|hasta|até|jusqu['’]à|après|após|第|"
    r"per)\s(?:the\s)?$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:gpus|seeds?|runs|folds?|models|networks|machines|experiments|configurations|each of)\b|"
    r"\bcpus?\b.*\bgpus?\b|\bgpus?\b.*\bcpus?\b",
    re.IGNORECASE,
)
_RESPECTIVELY = re.compile(
    r"\brespectively\b|\bbeziehungsweise\b|\bbzw\b|respectivamente|respectivement|각각|分别|それぞれ", re.IGNORECASE
)
_DONE = re.compile(
    r"(?:training|train|\bsum|suma|soma|somme|合計|finish\w*|complet\w*|total\w*|dur[ée]e|dura[cç]|dauer|用时|耗时|"
    r"elapsed|took|time|학습|훈련|训练|総|学習|entrenamiento|treino|"
    r"entra[îi]nement)[^;|]{0,40}$",
    re.IGNORECASE,
)
_OF_SCORING = re.compile(
    r"test|eval|infer|predict|\bper |avg|average|mean|mittel|durchschnitt|promedio|m[ée]dia|moyen|평균|평가|추론|"
    r"平均|推理|推論|预测",
    re.IGNORECASE,
)
#: A total that is said to be of the epochs themselves, and of nothing beside them.
_OF_ITS_EPOCHS = re.compile(
    rf"(?:sum|total\w*|all|gesamt\w*|summe|alle|suma|todas|soma|somme|toutes|合計|総|총|전체|总|"
    rf"合计)\W{{0,3}}(?:\w{{1,8}}\W{{1,3}})"
    rf"{{0,3}}(?:\d{{1,4}}\s?)?(?:个|개의?)?\s?{EPOCH}",
    re.IGNORECASE,
)
_OF_TRAINING = re.compile(
    r"\btrain|학습|훈련|训练|訓練|学習|entren|trein|entra[îi]n|apprent|\brun\b|lauf\b|laufzeit|fitting", re.IGNORECASE
)
_OF_A_PART = re.compile(
    rf"first|last|each|every|another|other|more|less|longer|faster|slower|than\b|compil|would|{EPOCH} \d|erste|"
    rf"letzte|primer|"
    r"premi[eè]r|dern|최초|처음|마지막|第一|最后|最初|最後|\bGPU|\bCPU|seeds?|folds?|grid|search|all (?:models|"
    r"networks|runs)",
    re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(r"(?<![\d.,])(\d{1,4})\s?[x×*·]\s?$")
_COUNT_BEHIND = re.compile(r"\s?[x×*·]\s?(\d{1,4})(?![\d.,])")
_EQUALS = re.compile(
    r"[=≈→:]|\b(?:is|are|so|makes?|gives?|i\.e\.|call it|about|also|ergibt|sind|etwa|son|unos|igual|são|soit|donc|font|"
    r"environ|é|es)\b|で|即|约|약|이므로",
    re.IGNORECASE,
)
#: A time that is added to the product, or is of something else.
_NO_RESULT = re.compile(r"[+;.]|\b(?:plus|and|with|for|und|mit|für|más|y|e|con|com|para|et|avec|pour)\b", re.IGNORECASE)
_TIME_OF_DAY = r"[^\d\n]{0,20}(?:\d{4}-\d\d-\d\d[ T])?(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])"
_BEGAN = re.compile(
    rf"(?:\bstart(?:ed)?|\bbegin|\bbegan|in[íi]cio|inicio|d[ée]but|beginn|시작|开始|開始){_TIME_OF_DAY}", re.IGNORECASE
)
_ENDED = re.compile(
    rf"(?:\bend(?:ed)?|\bfinish(?:ed)?|\bdone|\bfim|\bfin|\bende|종료|끝|结束|終了|完了){_TIME_OF_DAY}", re.IGNORECASE
)
_RATE = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3}){1,2}|\d{2,7}(?:\.\d)?)\s?(?:images?|img|samples?|examples?|이미지|张|枚)\s?"
    r"(?:/|per|pro|por|par)\s?(?:s\b|sec\w*|second)",
    re.IGNORECASE,
)


def find_in_document(evidence: Evidence) -> Iterator[Finding]:
    """Find times of a document that contradict each other.

    Arguments:
        evidence: what the document says.

    Returns:
        Findings of the rule `time`.
    """
    training = read_training(evidence)
    logged = {line.line for log in training.printed for line in log.lines}
    for log in training.printed:
        yield from _bars(log)
        yield from _clocks(log)
        yield from _paces(log)
    ends = [finding for log in training.printed for finding in _end_of_log(evidence, log, logged)]
    yield from ends or _said_of_log(evidence, training.printed)
    yield from _products(evidence)
    yield from _totals(evidence, training)
    yield from _rows_of_tables(evidence)
    yield from _tables_of_settings(evidence)
    yield from _throughput(evidence)
    yield from find_speeds(evidence)


# Logs ----------------------------------------------------------------------------------------------------------------


def _bars(log: TrainingLog) -> Iterator[Finding]:
    """Keras: `469/469 - 12s 25ms/step`."""
    wrong: list[tuple[LoggedLine, float]] = []
    is_short = False
    for line in log.lines:
        pace, seconds = line.step_seconds, line.bar_seconds
        if pace is None or seconds is None or not line.steps or line.step != line.steps:
            continue
        if not seconds and "━" in line.text:
            continue  # the time that is left; the bar is drawn anew at the end of the epoch
        low, high = ((pace[0] + sign * pace[1] / 2) * line.steps for sign in (-1, 1))
        # The first epoch prints the time of its slow first step as well, but not in the time per step.
        too_short = seconds + 1 < 0.8 * low
        if too_short or (seconds - 1 > _MORE * high and seconds > 10 and line.epoch not in (0, 1)):
            wrong.append((line, pace[0] * line.steps))
            is_short |= too_short
    if not wrong:
        return
    line, expected = wrong[0]
    assert line.step_seconds is not None
    more = f" {len(wrong) - 1} more line{'s' * (len(wrong) > 2)} of the log." if len(wrong) > 1 else ""
    yield Finding(
        "time",
        "inconsistent" if is_short else "doubtful",
        f"{line.steps:,} steps of {format_seconds(line.step_seconds[0])} take {format_seconds(expected)}, not "
        f"{line.bar_seconds:,.0f} s.{' The same holds for' + more if more else ''}",
        where=line.where,
        reported=_short(line.text),
        possible=f"about {format_seconds(expected)}",
    )


def _clocks(log: TrainingLog) -> Iterator[Finding]:
    """Time stamps that go back, or leave no time for what they time."""
    stamped = [line for line in log.lines if line.clock is not None]
    for one, two in pairwise(stamped):
        assert one.clock is not None
        assert two.clock is not None
        back = one.clock - two.clock
        is_later = (two.epoch or 0, two.step or 0) > (one.epoch or 0, one.step or 0) and one.phase == two.phase
        if one.has_date != two.has_date or not is_later or back <= 60 or (not one.has_date and back > 12 * 3600):
            continue
        # Clocks are put back by an hour in autumn.
        severity: AuditSeverity = "doubtful" if back <= 3600 else "inconsistent"
        yield Finding(
            "time",
            severity,
            f"The clock goes back by {format_seconds(back)} between two lines of one log. The lines are not of one "
            f"run, "
            f"or were "
            "changed.",
            where=two.where,
            reported=_short(two.text),
            possible="a later time than in the line above",
        )
        return
    epochs = [line for line in stamped if line.names_epoch and line.step is None and line.seconds]
    gaps = [
        (two, (two.clock or 0) - (one.clock or 0))
        for one, two in pairwise(epochs)
        if not two.is_elapsed and (two.epoch or 0) == (one.epoch or 0) + 1
    ]
    short = [(line, gap) for line, gap in gaps if gap >= 0 and gap + 2 < 0.7 * (line.seconds or 0)]
    if len(gaps) >= 2 and len(short) == len(gaps):
        line, gap = short[0]
        yield Finding(
            "time",
            "inconsistent",
            f"Epoch {line.epoch} is said to take {format_seconds(line.seconds or 0)}. But only "
            f"{format_seconds(gap)} lie "
            f"between the time "
            "stamps of its line and the line before.",
            where=line.where,
            reported=_short(line.text),
            possible=f"at most {format_seconds(gap)}",
        )


def _paces(log: TrainingLog) -> Iterator[Finding]:
    """`step 200 ... 31.2 sec/batch`, where the time stamps leave 0.3 s for a step: the time is of a hundred of them."""
    stamped = [line for line in log.lines if line.clock is not None and line.step is not None and line.step_seconds]
    found: list[tuple[float, LoggedLine, float, int]] = []
    for one, two in pairwise(stamped):
        steps, gap = (two.step or 0) - (one.step or 0), (two.clock or 0) - (one.clock or 0)
        if two.step_seconds is None or one.epoch != two.epoch or steps < _FEWEST_STEPS or gap < 2:
            continue
        found.append((two.step_seconds[0] * steps / gap, two, gap, steps))
    if len(found) < 3 or statistics.median(each[0] for each in found) < _FAR_SLOWER:
        return
    _, line, gap, steps = next(each for each in found if each[0] >= _FAR_SLOWER)
    assert line.step_seconds is not None
    pace = line.step_seconds[0]
    yield Finding(
        "time",
        "inconsistent",
        f"{steps:,} steps of {format_seconds(pace)} take {format_seconds(pace * steps)}. But the time stamps leave "
        f"{format_seconds(gap)} for them, so a step took {format_seconds(gap / steps)}. {len(found)} lines are so.",
        where=line.where,
        reported=_short(line.text),
        possible=f"about {format_seconds(gap / steps)} for a step",
    )


def _times_of_epochs(log: TrainingLog) -> tuple[dict[int, float], float]:
    """The time of each epoch that a log prints, and what rounding can add to their sum."""
    times: dict[int, float] = {}
    rounding = 0.0
    for line in log.lines:
        seconds = line.bar_seconds if line.bar_seconds is not None and line.step == line.steps else None
        is_of_epoch = line.names_epoch and line.step in (None, line.steps) and not line.is_elapsed
        if seconds is None and is_of_epoch:
            seconds = line.seconds
        if seconds and line.epoch is not None and line.epoch not in times:
            times[line.epoch] = seconds
            rounding += 0.5 if seconds == int(seconds) else 0.05
    if not log.is_whole or log.has_gaps or len(times) != len(log.epochs) or len(times) < 2:
        return {}, 0.0
    return ({}, 0.0) if _rises_as_elapsed(list(times.values())) else (times, rounding)


def _end_of_log(evidence: Evidence, log: TrainingLog, logged: Collection[int]) -> Iterator[Finding]:
    """The times of all epochs against the time that is printed at the end."""
    assert evidence.document is not None
    times, rounding = _times_of_epochs(log)
    if not times:
        return
    last = max(line.line for line in log.lines if line.names_epoch)
    own = {line.line for line in log.lines}
    for at in range(last + 1, min(last + 16, len(evidence.document.lines))):
        text = evidence.document.lines[at].text[:300]
        if at in logged and at not in own:
            return  # the next log
        found = [
            each
            for each in read_durations(text)
            if each.kind not in ("epoch", "factor") and _DONE.search(text[: each.start])
        ]
        if not found or _OF_SCORING.search(text) or _OF_A_PART.search(text):
            continue
        where, what = evidence.document.where(at + 1), f"The {len(times)} epochs of the log"
        is_sum = _OF_ITS_EPOCHS.search(text) is not None
        yield from _compare(found[0], sum(times.values()), rounding, where, text, what, is_sum)
        return


def _said_of_log(evidence: Evidence, logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    """The times of all epochs of the only log, against what the text says that training took."""
    assert evidence.document is not None
    if len([log for log in logs if len(log.epochs) > 1]) != 1:
        return
    log = next(log for log in logs if len(log.epochs) > 1)
    times, rounding = _times_of_epochs(log)
    if not times:
        return
    total, what = sum(times.values()), f"The {len(times)} epochs of the log"
    for line, text in _passages(evidence, {line.line for line in log.lines}):
        found = [each for each in read_durations(text) if each.kind == "total"]
        if len(found) != 1 or len(read_durations(text)) != 1 or _OTHER.search(text) or _OF_SCORING.search(text):
            continue
        if not _OF_TRAINING.search(text) or _OF_A_PART.search(text):
            continue
        lengths = {int(match[1]) for match in _EPOCHS_IN_TEXT.finditer(text)}
        if lengths and lengths != {len(times)}:
            continue
        where = evidence.document.where(line + 1)
        finding = next(_compare(found[0], total, rounding, where, text, what), None)
        if finding is not None:
            yield finding
            return
    yield from _start_and_end(evidence, total, rounding, what)


def _start_and_end(evidence: Evidence, total: float, rounding: float, what: str) -> Iterator[Finding]:
    """The times of day at which a run began and ended, and the `Elapsed` of a batch system."""
    assert evidence.document is not None
    clocks: dict[str, tuple[float, int]] = {}
    for at, line in enumerate(evidence.document.lines):
        text = line.text[:200]
        for name, pattern in (("begin", _BEGAN), ("end", _ENDED)):
            if match := pattern.search(text):
                clocks.setdefault(name, (3600.0 * int(match[1]) + 60 * int(match[2]) + int(match[3] or 0), at))
    if len(clocks) == 2 and clocks["begin"][1] < clocks["end"][1]:
        seconds = (clocks["end"][0] - clocks["begin"][0]) % 86400
        at = clocks["end"][1]
        span = Duration(seconds, 60.0, 0, 0, "total")
        if total < 80000 and seconds + span.half_digit < _LESS * (total - rounding):
            first, last = (evidence.document.lines[line].text.strip() for _, line in clocks.values())
            text = f"{first} ... {last}"
            yield from _compare(span, total, rounding, evidence.document.where(at + 1), text, what)


def _rises_as_elapsed(times: Sequence[float]) -> bool:
    """Whether times rise from line to line by about the first one, as times since the start do."""
    return all(one < two for one, two in pairwise(times)) and times[-1] > 0.5 * len(times) * times[0]


# Sentences -----------------------------------------------------------------------------------------------------------


def _products(evidence: Evidence) -> Iterator[Finding]:
    """`20 x 47 s, so 26 minutes`."""
    assert evidence.document is not None
    for line, text in _passages(evidence, ()):
        durations = read_durations(text)
        for one, other in pairwise(durations):
            count = _COUNT_BEFORE.search(text[: one.start]) or _COUNT_BEHIND.match(text[one.end :])
            gap = text[one.end : other.start]
            if re.search(r"[+−-]\s?(?:\d+\s?[x×*·]\s?)?$", text[: one.start]):
                continue  # `41 s + 5 x 40 s = 241 s`
            if one.kind != "factor" or other.kind == "factor" or count is None:
                continue
            if not _EQUALS.search(gap) or _NO_RESULT.search(gap):
                continue
            parts, half = int(count[1]) * one.seconds, int(count[1]) * one.half_digit
            slack = half + max(other.half_digit, 0.03 * parts)
            if abs(other.seconds - parts) > slack and len(gap) < 40:
                yield Finding(
                    "time",
                    "inconsistent",
                    f"{count[1]} times {format_seconds(one.seconds)} are {format_seconds(parts)}, not "
                    f"{format_seconds(other.seconds)}.",
                    where=evidence.document.where(line + 1),
                    reported=_short(text),
                    possible=format_seconds(parts),
                )
                return


def _totals(evidence: Evidence, training: TrainingEvidence) -> Iterator[Finding]:
    """`20 epochs of 45 s, 600 s in all`."""
    assert evidence.document is not None
    lengths = {int(each.value) for each in training.settings.epochs if each.value > 1}
    whole = [log for log in training.printed if log.is_whole and not log.has_gaps and len(log.epochs) > 1]
    logged_length = {len(whole[0].epochs)} if not lengths and len(whole) == 1 else set()
    logged = {line.line for log in training.logs for line in log.lines}
    for line, text in _passages(evidence, logged):
        durations = read_durations(text)
        if len(durations) == 4 and _RESPECTIVELY.search(text) and len(lengths) == 1:
            finding = next(_in_order(durations, lengths, evidence.document.where(line + 1), text), None)
            if finding is not None:
                yield finding
                return
            continue
        paces = [each for each in durations if each.kind == "epoch"]
        totals = [each for each in durations if each.kind == "total"]
        if not totals and len(paces) == 1:  # no word says it, but nothing else is so much longer than an epoch
            totals = [each for each in durations if each.kind == "" and each.seconds > 3 * paces[0].seconds]
        own = [
            int(match[1])
            for match in _EPOCHS_IN_TEXT.finditer(text)
            if int(match[1]) > 1 and not _NO_LENGTH.search(text[: match.start()][-14:])
        ]
        counts = {*own} or lengths or (set() if _OF_SCORING.search(text) else logged_length)
        # More times are of more networks, or of parts of the run.
        if len(durations) != 2 or len(paces) != 1 or len(totals) != 1 or len(counts) != 1 or _OTHER.search(text):
            continue
        count, pace = counts.pop(), paces[0]
        where = evidence.document.where(line + 1)
        finding = next(
            _compare(
                totals[0],
                count * pace.seconds,
                count * pace.half_digit,
                where,
                text,
                f"{count} epochs of {format_seconds(pace.seconds)}",
            ),
            None,
        )
        if finding is not None:
            yield finding
            return


def _in_order(durations: Sequence[Duration], lengths: Collection[int], where: str, text: str) -> Iterator[Finding]:
    """`An epoch takes 12 s and 33 s, a run 40 min and 2 h 20 min`: of two networks, in their order."""
    (count,) = lengths
    if durations[0].kind != "epoch" or durations[2].kind == "epoch":
        return
    for pace, total in zip(durations[:2], durations[2:], strict=True):
        what = f"{count} epochs of {format_seconds(pace.seconds)}"
        yield from _compare(total, count * pace.seconds, count * pace.half_digit, where, text, what)


def _passages(evidence: Evidence, logged: Collection[int]) -> Iterator[tuple[int, str]]:
    """Sentences, short paragraphs, and printed lines that are of no log, with the numbers of their lines from 0."""
    assert evidence.document is not None
    for block in evidence.layout.blocks:
        if isinstance(block, Paragraph):
            whole = block.text[:3000]
            spans = list(iterate_sentences(whole))
            for start, end in [*spans, *([(0, len(whole))] if len(spans) in (2, 3) else [])]:
                yield block.locate(start, start + 1).line, whole[start:end]
        elif isinstance(block, Verbatim) and block.kind != "code":
            for line in block.lines:
                if line not in logged:
                    yield line, evidence.document.lines[line].text[:600]


_EPOCHS_COLUMN = re.compile(rf"^\W*(?:number of |num\.? |no\. of |#\s?|trained )?{EPOCH}\W*$", re.IGNORECASE)
_PACE_COLUMN = re.compile(rf"(?:/|per|pro|por|par)\s?{EPOCH}|{EPOCH}[- ]?(?:time|당)|每{EPOCH}|s/ep\b", re.IGNORECASE)
_TOTAL_COLUMN = re.compile(r"total|overall|gesamt|insgesamt|training time|총|总|総|合計", re.IGNORECASE)


def _rows_of_tables(evidence: Evidence) -> Iterator[Finding]:
    """Rows with a number of epochs, a time of an epoch, and a total."""
    assert evidence.document is not None
    times = {each.place: each for each in evidence.statements if each.place and each.metric.startswith("seconds")}
    for number, table in enumerate(evidence.layout.tables):
        paces = [at for at, name in enumerate(table.columns) if _PACE_COLUMN.search(name)]
        totals = [at for at, name in enumerate(table.columns) if _TOTAL_COLUMN.search(name) and at not in paces]
        counts = [at for at, name in enumerate(table.columns) if _EPOCHS_COLUMN.fullmatch(name)]
        if not len(paces) == len(totals) == len(counts) == 1:
            continue
        for at, row in enumerate(table.rows):
            pace, total = times.get((number, at, paces[0])), times.get((number, at, totals[0]))
            cell = row.cells[counts[0]].text if counts[0] < len(row.cells) else ""
            if pace is None or total is None or not re.fullmatch(r"\W{0,4}\d{1,5}\W{0,4}", cell):
                continue
            count = int(re.sub(r"\D", "", cell))
            text = " | ".join(each.text for each in row.cells)
            where = evidence.document.where(row.line + 1)
            whole = Duration(total.value, total.step / 2, 0, 0, "total")
            what = f"{count} epochs of {format_seconds(pace.value)}"
            yield from _compare(whole, count * pace.value, count * pace.step / 2, where, text, what)


def _tables_of_settings(evidence: Evidence) -> Iterator[Finding]:
    """`| Epochs | 25 |`, `| Time per epoch | 38 s |`, `| Total time | 9.5 min |`."""
    assert evidence.document is not None
    for table in evidence.layout.tables:
        rows = [row for row in table.rows if len(row.cells) == 2]
        counts = [row for row in rows if _EPOCHS_COLUMN.fullmatch(row.cells[0].text)]
        paces = [row for row in rows if _PACE_COLUMN.search(row.cells[0].text)]
        totals = [row for row in rows if _TOTAL_COLUMN.search(row.cells[0].text) and row not in paces]
        if not len(counts) == len(paces) == len(totals) == 1 or len(rows) < len(table.rows):
            continue
        count = re.fullmatch(r"\D{0,4}(\d{1,5})\D{0,8}", counts[0].cells[1].text)
        pace, total = (read_durations(row.cells[1].text) for row in (paces[0], totals[0]))
        if count is None or len(pace) != 1 or len(total) != 1:
            continue
        parts, half = int(count[1]) * pace[0].seconds, int(count[1]) * pace[0].half_digit
        text = " | ".join(cell.text for cell in totals[0].cells)
        where = evidence.document.where(totals[0].line + 1)
        what = f"{count[1]} epochs of {format_seconds(pace[0].seconds)}"
        yield from _compare(total[0], parts, half, where, text, what)


def _compare(
    total: Duration, parts: float, rounding: float, where: str, text: str, what: str, is_sum: bool = False
) -> Iterator[Finding]:
    """A total against the sum of its parts; of a sum, nothing else is part."""
    is_short = total.seconds + total.half_digit < _LESS * (parts - rounding)
    over = total.seconds - total.half_digit
    is_long = over > (_LONGER if parts > _LONG else _MORE) * (parts + rounding) and total.seconds > 60
    is_long = is_long or (over > _CLEARLY * (parts + rounding) and over - parts > 60 and parts > 100)
    is_other_sum = is_sum and not (
        0.98 * (parts - rounding) <= total.seconds + total.half_digit and over <= 1.02 * (parts + rounding)
    )
    if is_short:
        whole = format_seconds(total.seconds)
        says = f"{what} take {format_seconds(parts)}. The total of {whole} is shorter, which cannot be."
    elif is_other_sum:
        says = f"{what} take {format_seconds(parts)}, not {format_seconds(total.seconds)}."
    elif is_long:
        says = (
            f"{what} take {format_seconds(parts)}, but the total is {format_seconds(total.seconds)}. Loading and "
            f"scoring "
            "rarely take so long."
        )
    else:
        return
    yield Finding(
        "time",
        "inconsistent" if is_short or is_other_sum else "doubtful",
        says,
        where=where,
        reported=_short(text),
        possible=format_seconds(parts) if is_sum else f"{format_seconds(parts)} or a little more",
    )


def _throughput(evidence: Evidence) -> Iterator[Finding]:
    """`1,200 images/s, 10 s per epoch` of 50,000 images."""
    assert evidence.document is not None
    context = DocumentContext(evidence.document, evidence.layout)
    if evidence.document.text.count("/s") > 200:
        return  # progress bars
    for at, line in enumerate(evidence.document.lines, 1):
        text = line.text[:600]
        rates = _RATE.findall(text)
        paces = [each for each in read_durations(text) if each.kind == "epoch"]
        entry = DATASETS.get(context.dataset_of(text) or "")
        if len(rates) != 1 or len(paces) != 1 or entry is None:
            continue
        if _OTHER.search(text) or re.search(r"infer|test|eval", text, re.IGNORECASE):
            continue
        images = float(rates[0].replace(",", "")) * paces[0].seconds
        least = min(entry.splits["train"] // 2, entry.splits["train"])
        most = sum(entry.splits.values())
        if least / 1.2 <= images <= 1.5 * most:
            continue
        size = entry.splits["train"]
        yield Finding(
            "time",
            "inconsistent" if not least / 3 <= images <= 3 * most else "doubtful",
            f"{rates[0]} images per second for {format_seconds(paces[0].seconds)} are {images:,.0f} images. An "
            f"epoch has "
            f"{size:,}.",
            where=evidence.document.where(at),
            reported=_short(text),
            possible=f"about {size / paces[0].seconds:,.0f} images per second",
        )
        return


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:200]
