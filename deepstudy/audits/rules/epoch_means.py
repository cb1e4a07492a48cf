"""Epoch figures that do not lie among their steps.

The rule looks at training logs, and at sentences about them:

* the mean loss or accuracy of an epoch against the steps of this epoch that the log prints;
* the last running mean of an epoch against the mean of the epoch;
* a best value, and its epoch, and a value after the last epoch, against the epochs of the log;
* a loss that "fell from a to b" against the values of the log;
* an accuracy and its loss in one sentence against the line of the log that has one of them;
* a final accuracy that has two digits of the log's swapped;
* tables with the means of all parts of an epoch, against the mean of the epoch.

If nearly all steps are printed, the mean must lie between the lowest and the highest. If only some are printed, the
mean may lie outside. It is accused then only if there are five steps or more from all parts of the epoch, and the mean
is farther outside than the steps lie apart, and by a quarter. The first steps of a run may be much worse than the
printed ones, so the first epoch gets more room. A loss below its steps can be one that was measured again after the
epoch, without dropout; unless it is called a mean, this is doubtful only.

## Why it matters
Such a figure was divided by a wrong number, or belongs to another run. Curves and conclusions built on it are wrong.

## Example
```text
A CNN on CIFAR-10
Epoch 2, step 1/5, loss 1.41
Epoch 2, step 2/5, loss 1.32
Epoch 2, step 3/5, loss 1.38
Epoch 2, step 4/5, loss 1.29
Epoch 2, step 5/5, loss 1.30
Epoch 2, average train loss 6.70
```

## Not an error
```text
A CNN on CIFAR-10
Epoch 2, step 100/500, loss 1.41
Epoch 2, step 300/500, loss 1.32
Epoch 2, step 500/500, loss 1.38
Epoch 2, average train loss 1.44
```

## How to fix
Sum the losses of the batches, and divide by the number of batches once. Copy the best value out of the log.

## Source
Arithmetic: a mean lies between the smallest and the largest of its terms.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deepstudy.audits.arithmetic.epoch_claims import epoch_claims
from deepstudy.audits.arithmetic.training_evidence import read_training
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph, PrintedTable
from deepstudy.audits.reading.layout import iterate_sentences
from deepstudy.audits.reading.lines.numbers import parse_number
from deepstudy.audits.reading.lines.tokens import tokenize
from deepstudy.audits.reading.statements import Statement
from deepstudy.audits.reading.training.training_logs import LoggedLine, TrainingLog
from deepstudy.findings import AuditSeverity, Finding

_CALLED_MEAN = re.compile(
    r"\bavg\b|\bav\.|averag|\bmean\b|running|epoch[\s_]?(?:loss|acc)|평균|平均|均值|mittel|durchschnitt|promedi|"
    r"\bmedi[ao]\b|"
    r"média|moyen",
    re.IGNORECASE,
)
_MEASURED_AGAIN = re.compile(
    r"eval(?:uat\w+)? mode|model\.eval|re-?evaluat|without dropout|after (?:each|the|every) epoch|ohne dropout|"
    r"sin dropout|sem dropout",
    re.IGNORECASE,
)
_FEWEST = 5  # printed steps of an epoch
_FEWEST_OTHERS = 3  # epochs whose mean lies close to their printed steps
_CLOSE = 0.03  # of the mean of the printed steps
_DEPARTS = 4.0  # times farther from the printed steps than in any other epoch
_NEARLY_ALL = 0.9  # of the steps of an epoch
_FARTHER = 0.15  # of the mean of the printed steps
_LONGEST_START = 3.0  # nats: what the first steps of a run may cost on average, or three times the printed ones


def find(evidence: Evidence) -> Iterator[Finding]:
    """Hold figures of epochs against the lines of the log.

    Arguments:
        evidence: what the report says.

    Returns:
        At most one finding for each log and metric, and one for each sentence.
    """
    training = read_training(evidence)
    for log in training.printed:
        for metric in ("loss", "accuracy"):
            yield from _means(evidence, log, metric)
    said = [*_said(evidence, training.printed or training.logs), *_pairs(evidence, training.printed)]
    yield from said
    known = {finding.where for finding in said}
    yield from (each for each in epoch_claims(evidence, training.logs) if each.where not in known)
    for table in evidence.layout.tables:
        yield from _of_blocks(evidence, table)


# Steps and their mean ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _PrintedStep:
    number: int
    value: float
    running: float | None  # the mean so far that is printed beside it


@dataclass(frozen=True)
class _MeanOutside:
    line: LoggedLine
    mean: Statement
    low: float
    high: float
    steps: int
    severity: AuditSeverity
    is_running: bool = False  # whether `low` is the last running mean


def _means(evidence: Evidence, log: TrainingLog, metric: str) -> Iterator[Finding]:
    outside = [each for epoch in log.epochs if (each := _of_epoch(evidence, log, metric, epoch)) is not None]
    if not outside:
        return
    worst = next((each for each in outside if each.severity == "inconsistent"), outside[0])
    unit = " %" if metric == "accuracy" else ""
    more = f" The log has {len(outside)} such epochs." if len(outside) > 1 else ""
    doubt = " It may have been measured again after the epoch." if worst.severity == "doubtful" else ""
    says = f"The mean {metric} of epoch {worst.line.epoch} is {worst.mean.value:.6g}{unit}. "
    if worst.is_running:
        says += f"But its running mean was {worst.low:.6g}{unit} at the last step."
        possible = f"about {worst.low:.6g}{unit}"
    else:
        says += f"But its {worst.steps} printed steps lie between {worst.low:.6g} and {worst.high:.6g}{unit}."
        possible = f"about {worst.low:.6g} to {worst.high:.6g}{unit}"
    yield Finding(
        "epoch_means",
        worst.severity,
        says + more + doubt,
        where=worst.line.where,
        reported=_short(worst.line.text),
        possible=possible,
    )


@dataclass(frozen=True)
class _PrintedEpoch:
    """The printed steps of an epoch, and the mean that stands below them."""

    line: LoggedLine
    mean: Statement
    steps: tuple[_PrintedStep, ...]
    total: int

    @property
    def ratio(self) -> float:
        """The mean, beside the mean of the printed steps."""
        middle = sum(step.value for step in self.steps) / len(self.steps)
        return self.mean.value / middle if middle else 0.0


def _read_epoch(log: TrainingLog, metric: str, epoch: int) -> _PrintedEpoch | None:
    lines = log.lines_of.get(epoch, [])
    steps = [step for line in lines if (step := _step_of(line, metric)) is not None]
    last = max((at for at, line in enumerate(lines) if _step_of(line, metric) is not None), default=-1)
    mean = next((each for line in lines[last + 1 :] if (each := _mean_of(line, metric)) is not None), None)
    if mean is None or len(steps) < 2:
        return None
    line = next(line for line in lines[last + 1 :] if _mean_of(line, metric) is mean)
    total = next((line.steps for line in lines if line.steps), None) or max(step.number for step in steps)
    return _PrintedEpoch(line, mean, tuple(steps), total)


def _of_epoch(evidence: Evidence, log: TrainingLog, metric: str, epoch: int) -> _MeanOutside | None:
    read = _read_epoch(log, metric, epoch)
    if read is None:
        return None
    line, mean, steps, total = read.line, read.mean, read.steps, read.total
    values = [step.value for step in steps]
    low, high, rounding = min(values), max(values), mean.step
    if steps[-1].running is not None:
        return _of_running(line, mean, steps, total)
    distance = max(low - mean.value, mean.value - high) - rounding
    is_better = (mean.value < low) == (metric == "loss")
    if distance <= 0:
        return None
    departs = _departs(log, metric, epoch, read)
    if len({step.number for step in steps}) < _NEARLY_ALL * total and not departs:
        if not _is_far(steps, mean.value, distance, low, high, total):
            return None
        if epoch == min(log.epochs) and not is_better and _may_begin_so(steps, mean.value, low, high, total, metric):
            return None
    elif len(steps) < 3:
        return None
    is_mean = _CALLED_MEAN.search(line.text) is not None
    assert evidence.document is not None
    severity: AuditSeverity = "inconsistent"
    if is_better and not departs and (not is_mean or _MEASURED_AGAIN.search(evidence.document.text)):
        severity = "doubtful"
    return _MeanOutside(line, mean, low, high, len(steps), severity)


def _departs(log: TrainingLog, metric: str, epoch: int, own: _PrintedEpoch) -> bool:
    """Whether the mean is far from the printed steps, although it is close to them in all other epochs of the log."""
    first = min(log.epochs)
    others = [_read_epoch(log, metric, other) for other in log.epochs if other not in (first, epoch)]
    distances = [abs(other.ratio - 1) for other in others if other is not None]
    if epoch == first or len(distances) < _FEWEST_OTHERS:
        return False
    return abs(own.ratio - 1) > max(_DEPARTS * max(distances), _CLOSE)


def _step_of(line: LoggedLine, metric: str) -> _PrintedStep | None:
    if line.step is None or line.phase in ("validation", "test") or "%|" in line.text or "/step" in line.text:
        return None
    values = line.values(metric, None, "train")
    if not values or any(value.images is not None for value in values):
        return None
    running = None
    if len(values) == 2 and re.search(r"\(\s*$", line.text[: line.text.rfind(values[1].printed)]):
        running = values[1].value
    elif len(values) > 1:
        return None
    return _PrintedStep(line.step, values[0].value, running)


def _mean_of(line: LoggedLine, metric: str) -> Statement | None:
    """The value of the whole epoch in a line, over training images."""
    if line.step is not None or line.phase in ("validation", "test") or not line.names_epoch:
        values = line.values(metric, "train") if line.step is None and line.phase in (None, "train") else []
        values = values if re.search(r"train|epoch|훈련|학습|训练|entren|trein|entra", line.text, re.IGNORECASE) else []
    else:
        values = line.values(metric, "train") or line.values(metric, None)
    return values[0] if len(values) == 1 and values[0].kind == "log" else None


def _is_far(steps: Sequence[_PrintedStep], mean: float, distance: float, low: float, high: float, total: int) -> bool:
    """Whether a mean is far from a sample of the steps, and the sample is of all parts of the epoch."""
    numbers = [step.number for step in steps]
    if len(set(numbers)) < _FEWEST or min(numbers) > 0.25 * total or max(numbers) < 0.75 * total:
        return False
    middle = sum(step.value for step in steps) / len(steps)
    return distance > high - low and abs(mean - middle) > _FARTHER * abs(middle)


def _may_begin_so(steps: Sequence[_PrintedStep], mean: float, low: float, high: float, total: int, metric: str) -> bool:
    """Whether the steps before the first printed one can be so bad that they explain the mean of a first epoch."""
    first = min(step.number for step in steps)
    if first <= 1:
        return False
    nearest = high if metric == "loss" else low
    start = (mean * total - nearest * (total - first)) / first
    return start <= max(_LONGEST_START, 3 * high) if metric == "loss" else start >= 0


def _of_running(line: LoggedLine, mean: Statement, steps: Sequence[_PrintedStep], total: int) -> _MeanOutside | None:
    """The mean of an epoch against the last of its running means."""
    last = steps[-1]
    assert last.running is not None
    done = (last.number + 1) / total  # counters begin with 0 or 1
    highest = max(step.value for step in steps)
    room = max(0.0, 1 - (done - 1 / total)) * highest + 0.05 * abs(last.running) + mean.step
    if done < 0.9 or abs(mean.value - last.running) <= room:
        return None
    return _MeanOutside(line, mean, last.running, last.running, len(steps), "inconsistent", is_running=True)


_BLOCK_OF_STEPS = re.compile(r"\D{0,20}?(\d{1,6})\s?(?:-|–|—|~|bis|to|a|à|até)\s?(\d{1,6})\D{0,10}")
_OF_STEPS = re.compile(
    r"\bepoch|[ée]poca|[ée]poque|에폭|에포크|轮|輪|エポック|step|batch|iter|schritt|paso|passo|\bpas\b|스텝|步|"
    r"ステップ",
    re.IGNORECASE,
)
_WHOLE_EPOCH = re.compile(
    r"whole|entire|full|all|mean|avg|average|epoch(?: mean| loss)?|gesamt\w*|ganze\w*|mittel\w*|toda|total|media|"
    r"média|complet\w*|"
    r"moyenne|전체|평균|平均|全体|整个?轮?|整体",
    re.IGNORECASE,
)


def _of_blocks(evidence: Evidence, table: PrintedTable) -> Iterator[Finding]:
    """Rows with the means of all parts of an epoch, and the mean of the epoch: `steps 1-50 | 51-100 | whole epoch`."""
    spans = [_BLOCK_OF_STEPS.fullmatch(column.strip()) for column in table.columns]
    blocks = [at for at, span in enumerate(spans) if span is not None]
    bounds = [(int(span[1]), int(span[2])) for span in spans if span is not None]
    if len(blocks) < 2 or any(two[0] != one[1] + 1 for one, two in pairwise(bounds)) or bounds[0][0] not in (0, 1):
        return
    if not _OF_STEPS.search(" ".join(table.columns)):
        return
    means = [
        at
        for at, column in enumerate(table.columns)
        if at > blocks[-1] and _WHOLE_EPOCH.search(column) and not re.search(r"val|test|\blr\b", column, re.IGNORECASE)
    ]
    if len(means) != 1:
        return
    assert evidence.document is not None
    for row in table.rows:
        if means[0] >= len(row.cells):
            continue
        numbers = [parse_number(row.cells[at].text.strip(), has_decimal_comma=False) for at in (*blocks, means[0])]
        if any(number is None for number in numbers):
            continue
        *parts, mean = (number for number in numbers if number is not None)
        low, high = min(part.value for part in parts), max(part.value for part in parts)
        if low - parts[0].step - mean.step <= mean.value <= high + parts[0].step + mean.step:
            continue
        yield Finding(
            "epoch_means",
            "inconsistent",
            f"The mean of the epoch is {mean.value:.6g}. But the means of its {len(parts)} parts lie between "
            f"{low:.6g} and "
            f"{high:.6g}.",
            where=evidence.document.where(row.line + 1),
            reported=_short(" | ".join(cell.text for cell in row.cells)),
            possible=f"{low:.6g} to {high:.6g}",
        )
        return


# What is said of the log ---------------------------------------------------------------------------------------------

_BEST = re.compile(
    r"\bbest\b|highest|lowest|\bmax(?:imum|imal)?\b|\bpeak\w*|최고|최대|最高|最佳|最好|最良|"
    r"mejor\b|melhor\b|\bbeste[rns]?\b|höchste|meilleur|"
    r"mayor\b|maior\b|m[íi]nim[oa]\b|m[áa]xim[oa]\b|\bminimum|最低|最小|最大|kleinste[rns]?\b|niedrigste",
    re.IGNORECASE,
)
#: Words that call a number the best and stand behind it.
_BEST_BEHIND = re.compile(
    r"[^.;。]{0,25}?(?:am (?:kleinsten|höchsten|größten|niedrigsten|besten)|가장 (?:높|낮|좋)|が最(?:高|低|小|大|"
    r"良)|最高|最低|최고)",
    re.IGNORECASE,
)
_LAST_EPOCH = re.compile(
    r"(?:last|final) epoch|letzten epoche|(?:última|último|ultima) [ée]poca|dernière [ée]poque|마지막 (?:에폭|"
    r"에포크)|最后一(?:轮|个epoch)|"
    r"最終エポック|最後のエポック",
    re.IGNORECASE,
)
_AT_EPOCH = re.compile(
    r"(?:epochs?|에폭|에포크|epoche|[ée]poca|[ée]poque|エポック)\s?(?:nr\.?|no\.?|#|:|=)?\s?(\d{1,5})(?![\d.,]\d|\s?/)|"
    r"(?<![\d.])(\d{1,5})(?:st|nd|rd|th|\.|ª|e|ème)?\s?(?:번째 )?(?:epoch|에폭|에포크|エポック)(?![a-z])|"
    r"第\s?(\d{1,5})\s?(?:个|轮|輪)",
    re.IGNORECASE,
)
_OTHER_CHOICE = re.compile(
    r"seed|runs?\b|fold|mean|averag|ensemble|previous|so far|paper|epochs? before|saving|improved|patience|among|"
    r"across|of all|\beach\b|models?\b.{0,20}\bof\b|class\b|until|regression|forest|bayes|\bsvm\b|neighbou?r|baseline",
    re.IGNORECASE,
)
_BEST_OF_SEVERAL = re.compile(
    r"best (?:network|model|architecture|config\w*|setting|variant|method|classifier)|beste\w* (?:modell|netz|"
    r"verfahren)|"
    r"(?:mejor|melhor) (?:modelo|red|rede|método)|meilleur\w* (?:modèle|réseau|méthode)|최고의? ?모델|最佳模型|"
    r"最好的模型|最良のモデル|最良モデル",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\bre-?(?:calcul|comput|evaluat|run|train)|recalcul|erneut|neu berechnet|again|de nuevo|de novo|à nouveau|다시|"
    r"重新|再度|再計算",
    re.IGNORECASE,
)
_BESIDE = 15  # lines after a log in which its best value is printed


def _said(evidence: Evidence, logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    inside = {line.line for log in logs for line in log.lines if line.names_epoch or line.step is not None}
    elsewhere = _values_elsewhere(evidence, inside)
    by_series: dict[tuple[int, str, str | None], list[tuple[float, Finding | None]]] = {}
    for statement in evidence.statements:
        if statement.metric not in ("accuracy", "loss") or statement.span.line in inside or statement.kind == "table":
            continue
        if statement.is_cited or statement.is_change or statement.is_about or statement.is_mean:
            continue
        log = _log_of(statement, logs)
        if log is not None and _LAST_EPOCH.search(statement.text) and not _BEST.search(statement.text):
            yield from _last(statement, log)
        elif log is not None and _is_called_best(statement):
            key = (log.lines[0].line, statement.metric, statement.split)
            is_of_other = elsewhere.get((statement.metric, round(statement.value, 6)), 0) > 1
            by_series.setdefault(key, []).append((statement.value, None if is_of_other else _best(statement, log)))
    for members in by_series.values():
        found = [finding for _, finding in members if finding is not None]
        # Several best values are of several runs, and the log is of one of them.
        if found and (len(found) == len(members) and len({value for value, _ in members}) == 1):
            yield found[0]
    if len(logs) == 1:
        yield from _changes(evidence, logs[0])
        yield from _swapped(evidence, logs[0], inside)


def _values_elsewhere(evidence: Evidence, inside: Collection[int]) -> Counter[tuple[str, float]]:
    """In how many lines outside the logs each value stands: one that comes back can be of another network."""
    lines = {
        (each.metric, round(each.value, 6), each.span.line)
        for each in evidence.statements
        if each.metric in ("accuracy", "loss") and each.span.line not in inside
    }
    return Counter((metric, value) for metric, value, _ in lines)


_NEXT_TO = 2  # lines between a loss and its accuracy, where programs print them in lines of their own


def _pairs(evidence: Evidence, logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    """`An accuracy of 76.38 % with a loss of 0.7416`, where the log has another accuracy beside this loss."""
    logged = {line.line for log in logs for line in log.lines if line.names_epoch or _is_of_a_program(line)}
    sentences: dict[str, dict[str, list[Statement]]] = {}
    for each in evidence.statements:
        is_level = not (each.is_cited or each.is_change or each.is_about or each.is_mean)
        if each.metric in ("accuracy", "loss") and is_level and each.place is None and each.span.line not in logged:
            sentences.setdefault(each.text, {}).setdefault(each.metric, []).append(each)
    are_whole = all(log.is_whole and not log.has_gaps for log in logs)
    known = [each for log in logs for line in log.lines if line.line in logged for each in line.results]
    for pair in sentences.values():
        if sorted(pair) != ["accuracy", "loss"] or any(
            len({each.value for each in found}) != 1 for found in pair.values()
        ):
            continue
        for one, other in ((pair["loss"][0], pair["accuracy"][0]), (pair["accuracy"][0], pair["loss"][0])):
            if one.value < 100 * one.step or any(
                each.metric == other.metric and _is_same(each, other) for each in known
            ):
                continue
            if one.metric == "accuracy" and not are_whole:
                continue  # several epochs can have one accuracy, and the one of the sentence may be left out
            beside = _beside(one, other.metric, logs, logged)
            if beside:
                unit = " %" if other.metric == "accuracy" else ""
                has = " or ".join(dict.fromkeys(f"{each.value:.6g}{unit}" for each in beside[:3]))
                yield Finding(
                    "epoch_means",
                    "inconsistent",
                    f"Beside the {one.metric} {one.printed} the log has the {other.metric} {has}, not "
                    f"{other.value:.6g}{unit}.",
                    where=other.where,
                    reported=_short(other.text),
                    possible=has,
                )
                break


def _is_of_a_program(line: LoggedLine) -> bool:
    """Whether a line without an epoch is printed by a program: few words, and mostly numbers."""
    return len(re.findall(r"[^\W\d_]{2,}", line.text)) <= 12 and not line.text.rstrip().endswith((".", "。"))


def _beside(one: Statement, metric: str, logs: Sequence[TrainingLog], logged: Collection[int]) -> list[Statement]:
    """The values of a metric that the logs print beside a value of the other one, over the same images."""
    found = []
    for log in logs:
        for line in log.lines:
            same = [each for each in line.results if each.metric == one.metric and abs(each.value - one.value) < 1e-9]
            splits = {each.split or line.phase for each in same}
            if line.line not in logged or not same or (one.split and not splits & {one.split, None}):
                continue
            found += [
                each
                for near in log.lines
                if near.line in logged
                and abs(near.line - line.line) <= (0 if line.values(metric, *splits) else _NEXT_TO)
                for each in near.values(metric, *splits)
            ]
    return found


def _log_of(statement: Statement, logs: Sequence[TrainingLog]) -> TrainingLog | None:
    """The log that a sentence is about: the only one, or the one right above it."""
    whole = [log for log in logs if log.is_whole and not log.has_gaps and len(log.epochs) > 1]
    if len(logs) == 1:
        return whole[0] if whole else None
    above = [log for log in logs if 0 <= statement.span.line - log.lines[-1].line <= _BESIDE]
    return above[-1] if above and above[-1] in whole and statement.kind == "log" else None


def _is_called_best(statement: Statement) -> bool:
    """Whether the words before a number call it the best."""
    text = statement.text
    at = text.find(statement.printed)
    near = text[max(at - 90, 0) : max(at, 0)]
    words = [*_BEST.finditer(near)]
    is_behind = _BEST_BEHIND.match(text, at + len(statement.printed)) is not None
    if at < 0 or not (words or is_behind) or _OTHER_CHOICE.search(text):
        return False
    if _BEST_OF_SEVERAL.search(text) and not _AT_EPOCH.search(text):
        return False
    return statement.split == "train" or not re.search(
        "train", near[words[-1].start() if words else 0 :], re.IGNORECASE
    )


def _best(statement: Statement, log: TrainingLog) -> Finding | None:
    text = statement.text
    splits = {statement.split} if statement.split else {"validation", "test"}
    series = [_series(log, statement.metric, split) for split in ("validation", "test", "train") if split in splits]
    series = [each for each in series if len(each) == len(log.epochs)]
    if len(series) != 1:
        return None
    values = series[0]
    choose = max if statement.metric == "accuracy" else min
    best = choose(values, key=lambda epoch: values[epoch].value)
    fits = [epoch for epoch in values if _is_same(statement, values[epoch])]
    named = _AT_EPOCH.search(text)
    unit = " %" if statement.metric == "accuracy" else ""
    top = f"{values[best].value:.6g}{unit} at epoch {best}"
    if any(abs(values[epoch].value - values[best].value) < 1e-9 for epoch in fits) or _is_same(statement, values[best]):
        said = next((int(group) for group in named.groups() if group), None) if named else None
        fitting = {epoch + shift for epoch in fits for shift in (-1, 0, 1)}
        if said is None or said in fitting or said not in values:
            return None
        says = f"{statement.value:.6g}{unit} is the value of epoch {best} in the log, not of epoch {said}."
    elif fits and log.kind == "table":
        return None  # a sentence against a table is for the rule `conclusions`
    elif fits and _is_chosen_otherwise(log, statement, fits, text):
        return None
    elif fits:
        says = f"{statement.value:.6g}{unit} is not the best of the log. The best is {top}."
    elif named or 0 <= statement.span.line - log.lines[-1].line <= _BESIDE:
        says = f"No epoch of the log has {statement.value:.6g}{unit}. Its best is {top}."
    else:
        return None
    return Finding("epoch_means", "inconsistent", says, where=statement.where, reported=_short(text), possible=f"{top}")


def _last(statement: Statement, log: TrainingLog) -> Iterator[Finding]:
    """`After the last epoch the accuracy is 0.72`, where the log ends with another value."""
    splits = (statement.split,) if statement.split else ()
    series = [each for split in splits if len(each := _series(log, statement.metric, split)) == len(log.epochs)]
    is_all = log.length is None or log.epochs[-1] in (log.length, log.length - 1)
    is_other = _OTHER_CHOICE.search(statement.text) or _AGAIN.search(statement.text)
    if len(series) != 1 or not is_all or is_other or statement.metric != "accuracy":
        return
    last = series[0][max(series[0])]
    if _is_same(statement, last) or any(_is_same(statement, each) for each in log.lines[-1].results):
        return
    unit = " %" if statement.metric == "accuracy" else ""
    yield Finding(
        "epoch_means",
        "inconsistent",
        f"The log ends with {last.value:.6g}{unit} in epoch {max(series[0])}, not with {statement.value:.6g}{unit}.",
        where=statement.where,
        reported=_short(statement.text),
        possible=f"{last.value:.6g}{unit}",
    )


def _series(log: TrainingLog, metric: str, split: str) -> dict[int, Statement]:
    """The values of each epoch over the images of a split; the first one of each epoch."""
    series: dict[int, Statement] = {}
    for line in log.lines:
        is_last = line.step is None or line.step == line.steps
        if line.epoch is not None and is_last and (found := line.values(metric, split)):
            series.setdefault(line.epoch, found[-1] if line.step is not None else found[0])
    return series


def _is_same(one: Statement, two: Statement) -> bool:
    """Whether two printed numbers can be roundings, or cut-offs, of one."""
    return abs(one.value - two.value) < max(one.step, two.step, 1e-9) * 1.0001


def _is_chosen_otherwise(log: TrainingLog, statement: Statement, fits: Sequence[int], text: str) -> bool:
    """Whether the epoch may be the best by another measure, or the last."""
    if (
        re.search(r"final|last|loss|손실|损失|letzt|últim|dernier|마지막|最终|最後", text, re.IGNORECASE)
        and statement.metric != "loss"
    ):
        return True
    for metric, split, choose in (("loss", "validation", min), ("loss", "test", min), ("accuracy", "validation", max)):
        other = _series(log, metric, split)
        if other and (metric, split) != (statement.metric, statement.split):
            chosen = choose(other.values(), key=lambda value: value.value).value
            if any(epoch in other and other[epoch].value == chosen for epoch in fits):
                return True
    return False


def _swapped(evidence: Evidence, log: TrainingLog, inside: Collection[int]) -> Iterator[Finding]:
    """`98.41 %` in the text, where the log ends with 98.14 % or has it as its best."""
    if not log.is_whole or log.has_gaps or len(log.epochs) < 2:
        return
    inside = {*inside, *(line.line for line in log.lines)}
    known = {round(each.value, 6) for each in evidence.statements if each.span.line in inside}
    ends: dict[str, Statement] = {}
    for split in ("test", "validation"):
        series = _series(log, "accuracy", split)
        if series:
            best = max(series.values(), key=lambda each: each.value)
            ends |= {_digits(each): each for each in (best, series[max(series)])}
    for statement in evidence.statements:
        is_level = not (statement.is_cited or statement.is_change or statement.is_about or statement.is_mean)
        if statement.metric != "accuracy" or statement.span.line in inside or not is_level or statement.place:
            continue
        if statement.kind == "log":
            continue
        if round(statement.value, 6) in known or statement.split == "train" or statement.correct is not None:
            continue
        printed = _digits(statement)
        for at in range(len(printed) - 1):
            swapped = printed[:at] + printed[at + 1] + printed[at] + printed[at + 2 :]
            if swapped != printed and len(printed) >= 4 and (of := ends.get(swapped)) is not None:
                yield Finding(
                    "epoch_means",
                    "inconsistent",
                    f"No epoch of the log has {statement.value:.6g} %. It has {of.value:.6g} %, so two digits may "
                    f"be swapped.",
                    where=statement.where,
                    reported=_short(statement.text),
                    possible=f"{of.value:.6g} %",
                )
                return


def _digits(statement: Statement) -> str:
    """The digits of a percentage with two decimals or more, without its point."""
    decimals = max(2, round(-math.log10(statement.step))) if 0 < statement.step < 1 else 0
    return f"{statement.value:.{decimals}f}".replace(".", "")


_NUMBER = r"(\d{1,3}(?:[.,]\d{1,8})?)"
_FROM_TO = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:from|von|desde|de) (?:about |initially )?{_NUMBER} ?%?(?: \([^()]{{1,30}}\))?(?: in the first epoch)? "
        rf"(?:to|auf|a|hasta|até|para|à) {_NUMBER}(?![\d])",
        rf"{_NUMBER} ?%?에서 {_NUMBER} ?%?(?:으?로|까지)",
        rf"从 ?{_NUMBER} ?%?(?:逐渐|一路)?(?:下降|降低|降|上升|提高|提升|增加)?(?:到|至) ?{_NUMBER}",
        rf"{_NUMBER} ?%?から ?{_NUMBER} ?%?(?:に|へ|まで)",
    )
)
_COURSE = re.compile(
    r"\b(?:fell|fall|drop|decreas|declin|sank|went|reduc|rose|rise|increas|climb|grew|improv)\w*|(?:sank|fiel|sinkt|"
    r"stieg|steigt|erhöht|gesteigert|verbessert|gesunken|gefallen|gestiegen|reduziert|verringert)\b|"
    r"mejor|pas[óo]u?\b|melhor|amélior|개선|향상|改善|向上|"
    r"baj[óo]|descend|disminuy|subi[óo]|aument|caiu|diminu|baiss|pass[ée]|augment|chut|감소|떨어|증가|상승|下降|降|"
    r"上升|提高|減少|低下|上昇",
    re.IGNORECASE,
)


def _changes(evidence: Evidence, log: TrainingLog) -> Iterator[Finding]:
    """`The loss fell from a to b`, where the log has neither."""
    assert evidence.document is not None
    if not log.is_whole or log.has_gaps or len(log.epochs) < 2:
        return
    inside = {line.line for line in log.lines}
    for block in evidence.layout.blocks:
        if not isinstance(block, Paragraph):
            continue
        for start, end in iterate_sentences(block.text):
            place, text = block.locate(start, start + 1), block.text[start:end]
            match = next((found for pattern in _FROM_TO if (found := pattern.search(text))), None)
            if match is None or place.line in inside or not _COURSE.search(text) or _CHANGE_OF_OTHER.search(text):
                continue
            metrics = {token.name for token in tokenize(text) if token.kind == "metric"}
            if metrics in ({"loss"}, {"accuracy"}):
                where = evidence.document.where(place.line + 1)
                yield from _ends(metrics.pop(), match.groups(), log, where, text)


def _ends(metric: str, ends: Sequence[str], log: TrainingLog, where: str, text: str) -> Iterator[Finding]:
    values = [each for line in log.lines for each in line.results if each.metric == metric]
    numbers = [parse_number(end, has_decimal_comma=True) for end in ends]
    if len(values) < 2 or any(number is None for number in numbers):
        return
    is_fraction = metric == "accuracy" and all(number is not None and number.value <= 1 for number in numbers)
    scale = 100 if is_fraction else 1
    for end, number in zip(ends, numbers, strict=True):
        assert number is not None
        value, step = scale * number.value, scale * number.step
        if not any(abs(value - each.value) < max(step, each.step) * 1.0001 for each in values):
            first, last = values[0], values[-1]
            unit = " %" if metric == "accuracy" else ""
            yield Finding(
                "epoch_means",
                "inconsistent",
                f"The log has no {metric} of {end}. It begins with {first.value:.6g}{unit} and ends with "
                f"{last.value:.6g}{unit}.",
                where=where,
                reported=_short(text),
                possible="values of the log",
            )
            return


_CHANGE_OF_OTHER = re.compile(
    r"dropout|augment|\bwhen\b|\bwith\b|without|compared|instead|baseline|models?\b|batch|learning|about|approx|"
    r"roughly|~|around|"
    r"nearly|약|约|約|etwa|rund|environ|aprox|cerca",
    re.IGNORECASE,
)


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:200]
