"""Sentences that name an epoch, against the log of the document.

They give a number that the log has at another epoch, call another epoch the best, or end the run elsewhere. Logs count
from 0 or from 1, and sentences too, so a neighbour is accepted where the log begins with 0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.blocks import Paragraph, Verbatim
from deepstudy.audits.reading.claims.claims import PrintedAmount, amounts_of
from deepstudy.audits.reading.claims.factors import is_supposed
from deepstudy.audits.reading.layout import clean_in_place, iterate_sentences
from deepstudy.audits.reading.lines.tokens import Token, tokenize
from deepstudy.audits.reading.statements import RATES, Statement
from deepstudy.audits.reading.training.training_logs import TrainingLog
from deepstudy.findings import Finding

_EPOCH = r"(?:epochs?|epochen?|[ée]pocas?|[ée]poques?|에폭|에포크|エポック)"
_NAMED = re.compile(
    rf"{_EPOCH}\s?(?:nr\.?|no\.?|n\.?º|#|:|=|number)?\s{{0,3}}(\d{{1,4}})(?![\d.,]\d|\s?/|\d|\s?[-–]\s?\d)|"
    rf"(?<![\d./–-])(\d{{1,4}})(?:st|nd|rd|th|\.|ª|º|e|ème)?[\s-]?(?:번째 )?{_EPOCH}(?![a-z])|"
    rf"第\s?(\d{{1,4}})\s?(?:个?\s?{_EPOCH}|轮|輪)|{_EPOCH}\b[^.;,\d]{{0,40}}?\s(?:la|el|a|o|le|was|is|number|die|"
    rf"war)\s(\d{{1,3}})(?![\d%.,]\d|\s?%|\d)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"(?i)\d\s?(?:and|to|und|bis|y|a|à|e|et|,|~|-|–|to|から|에서|到|至)\s?\d{{1,4}}\s?{_EPOCH}|"
    rf"{_EPOCH}s? \d+ ?(?:and|to|und|bis|-|–|,) ?\d"
)
_BEST = re.compile(
    r"\bbest\b|highest|lowest|\bmax(?:imum|imal)?\b|\bpeak\w*|optim\w+ epoch|smallest|최고|최대|최저|최적|最高|最低|"
    r"最佳|最好|最大|最小|最良|mejor\b|melhor\b|\bbeste[rnsm]?\b|höchste\w*|niedrigste\w*|meilleure?\b|mayor\b|"
    r"maior\b|m[íi]nim[oa]\b|m[áa]xim[oa]\b|kleinste\w*|(?:가장|제일) (?:높|낮|좋|작|크|큰)|minim(?:um|ale?)\b|ピーク",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"(?i)previous|earlier|baseline|paper|seed|\bruns?\b(?! ?[:=])|fold|another|other|version|without|instead|class\b|"
    r"decay|divid|drop(?:s|ped)? to|schedul|learning rate|\blr\b|unfr[eo]|augment|warm-?up|patience"
)
_PATIENCE = re.compile(
    r"(?i)patience|geduld|paciencia|paciência|인내|耐心|without improv|no improv|paper|seed|fold|other|runs\b"
)
_BEFORE_OTHERS = re.compile(
    r"(?i)(?:from|until|till|since|after|before|past|beyond|nach|vor|ab|von|bis|seit|desde|después de|tras|antes de|"
    r"a partir de|após|depois d[ae]|depuis|après|avant|à partir de|jusqu['’]à)(?: the| la| el| a| o| l['’]| der)?\s?$"
)
_AFTER_OTHERS = re.compile(r"\s?(?:이후|부터|까지|之后|以后|之前|以降|以後|から|まで|を過ぎ|onwards?|on\b)")
#: How long the run was: `epochs run: 12`, `early stopping after 12 epochs`, `se detuvo en la época 12`.
_RAN = re.compile(
    rf"{_EPOCH} (?:run|trained|done|completed)\s*[:：=]\s*(\d{{1,4}})|"
    rf"(?:early[- ]stop\w*|stopp?ed|\bstops|halted|terminated|gestoppt|abgebrochen|se detuvo|parou|interromp\w*|"
    rf"arrêt\w*|조기 ?종료\w*|早停|提前停止|停止)[^.;。\d]{{0,30}}?(?:(?:{_EPOCH}|第)\s?(\d{{1,4}})(?![\d.])|"
    rf"(?<![\d.])(\d{{1,4}})\s?{_EPOCH})",
    re.IGNORECASE,
)
_FEWEST_DIGITS = 3
_BESIDE = 6  # letters


@dataclass(frozen=True)
class _Series:
    """The values of one metric over the images of one split, by epoch."""

    metric: str
    split: str
    values: Mapping[int, Statement]

    def best(self) -> set[int]:
        """The epochs with the best value."""
        choose = min if self.metric in ("loss", "error") else max
        top = choose(each.value for each in self.values.values())
        return {epoch for epoch, each in self.values.items() if each.value == top}


def epoch_claims(evidence: Evidence, logs: Sequence[TrainingLog]) -> Iterator[Finding]:
    """Hold each sentence that names one epoch against the only log.

    Arguments:
        evidence: what the report says.
        logs: its training logs.

    Returns:
        A finding for each sentence that fits another epoch.
    """
    if evidence.document is None:
        return
    several = [log for log in logs if len(log.epochs) > 1]
    if len(several) != 1 or several[0].has_gaps or len(several[0].epochs) <= 2:
        return
    log = several[0]
    if not log.is_whole and log.kind != "table":
        return
    inside = {line.line for line in log.lines}
    series = _series_of(log)
    for at, text in _passages(evidence, inside):
        if log.is_whole and (ended := _other_end(text, log)) is not None:
            where = evidence.document.where(at + 1)
            yield Finding("epoch_means", "inconsistent", ended[0], where=where, reported=text[:200], possible=ended[1])
            continue
        named = {int(next(group for group in match.groups() if group)) for match in _NAMED.finditer(text)}
        if len(named) != 1 or _SEVERAL.search(text) or len(text) > 400:
            continue
        epoch = named.pop()
        accepted = {epoch, epoch - 1} if log.epochs[0] == 0 else {epoch}
        says = None
        if _is_of_this_run(text):
            says = _value_elsewhere(text, epoch, accepted, series, log) if log.is_whole else None
            says = says or _other_best(text, epoch, accepted, series)
        if says is not None:
            where = evidence.document.where(at + 1)
            reported = re.sub(r"\s+", " ", text).strip()[:200]
            yield Finding("epoch_means", "inconsistent", says[0], where=where, reported=reported, possible=says[1])


def _other_end(text: str, log: TrainingLog) -> tuple[str, str] | None:
    """A length of the run that is not that of its log."""
    match = _RAN.search(text)
    if match is None or len(text) > 400 or _PATIENCE.search(text):
        return None
    said = int(next(group for group in match.groups() if group))
    last = log.epochs[-1]
    accepted = {last - 1, last, last + 1, len(log.epochs), log.length}
    if said in accepted or said < 2 or is_supposed(text, match.start()):
        return None
    return f"The log ends with epoch {last}, not with epoch {said}.", f"{len(log.epochs)} epochs"


def _is_of_this_run(text: str) -> bool:
    """Whether a sentence speaks of one epoch of the run, and not of what follows it or of another run."""
    match = _NAMED.search(text)
    assert match is not None
    is_bound = _BEFORE_OTHERS.search(text[: match.start()]) or _AFTER_OTHERS.match(text, match.end())
    return not (is_bound or _OF_OTHERS.search(text) or is_supposed(text, match.start()))


def _series_of(log: TrainingLog) -> list[_Series]:
    found: dict[tuple[str, str], dict[int, Statement]] = {}
    for line in log.lines:
        if line.epoch is None or not (line.step is None or line.step == line.steps):
            continue
        for each in line.results:
            if each.metric in (*RATES, "loss") and not each.is_change:
                split = each.split or line.phase or ""
                found.setdefault((each.metric, split), {}).setdefault(line.epoch, each)
    return [_Series(metric, split, values) for (metric, split), values in found.items() if len(values) > 2]


def _passages(evidence: Evidence, inside: set[int]) -> Iterator[tuple[int, str]]:
    """Sentences and printed lines outside the log, with the numbers of their lines from 0."""
    assert evidence.document is not None
    for block in evidence.layout.blocks:
        if isinstance(block, Paragraph):
            for start, end in iterate_sentences(block.text):
                line = block.locate(start, start + 1).line
                if line not in inside:
                    yield line, clean_in_place(block.text[start:end])
        elif isinstance(block, Verbatim) and block.kind != "code":
            for line in block.lines:
                if line not in inside:
                    yield line, evidence.document.lines[line].text


def _value_elsewhere(
    text: str, epoch: int, accepted: set[int], series: Sequence[_Series], log: TrainingLog
) -> tuple[str, str] | None:
    """A number that the log has at another epoch only."""
    for amount in amounts_of(text):
        digits = re.sub(r"\D", "", amount.number.digits).lstrip("0")
        if amount.unit not in ("%", "") or len(digits) < _FEWEST_DIGITS or amount.number.step >= 1:
            continue
        at = {key for each in series for key, value in each.values.items() if _is_same(amount, value)}
        if not at or at & accepted or epoch not in log.epochs:
            continue
        other = min(at)
        says = f"The log has {amount.number.digits} at epoch {other}, not at epoch {epoch}."
        own = [
            f"{_shown(each.values[epoch])}"
            for each in series
            if any(_is_same(amount, value) for value in each.values.values()) and epoch in each.values
        ]
        if own:
            says += f" Epoch {epoch} has {' and '.join(dict.fromkeys(own))}."
        return says, f"epoch {other}"
    return None


def _other_best(text: str, epoch: int, accepted: set[int], series: Sequence[_Series]) -> tuple[str, str] | None:
    """An epoch that is called the best, and is not by any measure that the sentence can mean."""
    if not _BEST.search(text):
        return None
    own = [each.values[epoch] for each in series if epoch in each.values]
    if any(each.number.step < 1 and not any(_is_same(each, value) for value in own) for each in amounts_of(text)):
        return None  # another number of the sentence may be what is the best
    tokens = tokenize(text)
    metrics = {token.name for token in tokens if token.kind == "metric"} & {"accuracy", "loss", "error", "f1"}
    splits = _splits_beside(tokens) or {token.name for token in tokens if token.kind == "split"}
    meant = [
        each
        for each in series
        if (not metrics or each.metric in metrics) and (each.split in splits if splits else each.split != "train")
    ]
    if not meant or any(epoch not in each.values for each in meant):
        return None
    best = set().union(*(each.best() for each in meant))
    if best & accepted or (not metrics and len(meant) > 3):
        return None
    first = meant[0]
    top = min(first.best())
    what = f"{first.split} {first.metric}".strip()
    says = (
        f"The best {what} of the log is {_shown(first.values[top])} at epoch {top}. Epoch {epoch} has "
        f"{_shown(first.values[epoch])}."
    )
    return says, f"epoch {top}"


def _splits_beside(tokens: Sequence[Token]) -> set[str]:
    """The splits right beside a metric: of `the validation loss rises, which is overfitting to the training images`."""
    return {
        split.name
        for split in tokens
        for metric in tokens
        if (split.kind, metric.kind) == ("split", "metric")
        and max(split.start - metric.end, metric.start - split.end) <= _BESIDE
    }


def _is_same(amount: PrintedAmount, value: Statement) -> bool:
    """Whether a printed number is a value of the log, in percent or as a fraction, rounded or cut off."""
    scales = (1.0, 100.0) if value.metric in RATES and amount.number.value <= 1 else (1.0,)
    return any(
        abs(scale * amount.number.value - value.value) <= max(scale * amount.number.step, value.step) * 0.6
        for scale in scales
    )


def _shown(value: Statement) -> str:
    return f"{value.value:.6g} %" if value.metric in RATES else value.printed
