"""Schedules of learning rates that a document states, in words or in code."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.training.run_settings import unwrap

_LONGEST = 1000
_SCALE = r"(\d{1,3}(?:[.,]\d{1,6})?(?:e-?\d{1,2})?)"
_INTS = (
    r"(\d{1,6}(?:\s?(?:,|and|und|y|e|et|or|및|와|과|和|与|、|と|und dann|then|, and|&|/)\s?(?:at |bei )?(?:epochs? |"
    r"Epoche )?\d{1,6}){0,9})"
)
_EPOCH = r"(?:epochs?|epochen?|[ée]pocas?|[ée]poques?|에폭|에포크|轮|輪|エポック)"
_STEP_LR = re.compile(r"\bStepLR\(([^()]{1,160})\)")
_MULTI_STEP_LR = re.compile(r"\bMultiStepLR\(([^()]{1,200})\)")
_EXPONENTIAL_LR = re.compile(r"\bExponentialLR\(([^()]{1,120})\)")
_COSINE_LR = re.compile(r"\bCosineAnnealingLR\(([^()]{1,120})\)")
_STEP_WORDS = re.compile(
    r"\bStepLR\b[^.;\n]{0,10}?step_size\s?[=:]?\s?(\d{1,5})[^.;\n]{1,20}?gamma\s?[=:]?\s?(0?\.\d{1,4})", re.IGNORECASE
)
_RATE = (
    r"(?:learning[\s_-]?rates?|\blr\b|step size|lernrate|学习率|学習率|학습률|tasa de aprendizaje|taxa de aprendizagem|"
    r"taux d.apprentissage|\bit\b|\band (?=(?:then )?(?:divided|reduced|decayed|dropped|multiplied|halved)))"
)
#: By what a rate is multiplied: of each pattern, the words, and whether the number divides.
_FACTORS: tuple[tuple[str, bool], ...] = (
    (
        rf"(?:divid\w+|decreas\w+|reduc\w+|dropp\w+|drops|decay\w+|lower\w+|shr[iu]nk\w*|cut|anneal\w+) by (?:a "
        rf")?factors? (?:of )?{_SCALE}",
        True,
    ),
    (rf"(?:divid\w+|decreas\w+|reduc\w+|dropp\w+|drops|decay\w+|lower\w+) by {_SCALE}(?:x|×| times)", True),
    (rf"divid\w+ by {_SCALE}", True),
    (rf"multipli\w+ (?:by|with) (?:a factor of )?{_SCALE}", False),
    (r"(?:decay\w*|reduc\w+|factor|gamma|γ)(?: rate| factor)? ?(?:of|by|=|with)? ?(0?[.,]\d{1,4})", False),
    (rf"durch {_SCALE} (?:geteilt|dividiert)", True),
    (rf"um (?:den|einen) faktor {_SCALE} (?:verringert|gesenkt|reduziert)", True),
    (rf"mit {_SCALE} multipliziert", False),
    (rf"(?:se )?(?:divide|dividi[óo]|dividid[ao]|divis[ée]e?|divisé) (?:entre|por|par) {_SCALE}", True),
    (rf"(?:se )?(?:multiplica|multiplicad[ao]|multipli[ée]e?) (?:por|par) {_SCALE}", False),
    (
        rf"(?:reduz|reduce|reducid[ao]|reduzid[ao]|réduit) (?:por|en|em|d'|par|de)? ?(?:un|um)? ?(?:factor|fator|"
        rf"facteur) (?:de )?{_SCALE}",
        True,
    ),
    (rf"{_SCALE}배(?:로)? ?(?:감소|줄|곱)", False),
    (rf"(?:除以|缩小)\s?{_SCALE}", True),
    (rf"乘以\s?{_SCALE}", False),
    (rf"{_SCALE}倍(?:にする|に減衰|に下げ)", False),
    (r"1/(10|2|5|100)(?:로|に|倍)", True),
)
_HALVED = re.compile(
    r"\bhalved|halbiert|reduc\w+ by half|cut in half|divis[ée]e? par deux|a la mitad|pela metade|절반|减半|減半|半分",
    re.IGNORECASE,
)
_EVERY = re.compile(
    rf"(?:every|each|after every|alle|jede|cada|a cada|toutes les|tous les|매|每)\s?(?:(\d{{1,5}})\s?(?:개|"
    rf"个)?\s?{_EPOCH}|{_EPOCH}(?![a-z]))|"
    rf"(\d{{1,5}})\s?(?:에폭|에포크|エポック)(?:마다|ごと)",
    re.IGNORECASE,
)
_AT = re.compile(
    rf"(?:at|after|in|on|bei|nach|in den|en las?|en la|tras|após|nas?|aux?|à l['’]|après|第)\s?(?:the |los |las |as "
    rf"|les )?{_EPOCH}\s?(?:of |nr\.? )?{_INTS}|"
    rf"(?:at|after|nach|tras|después de|após|après|第)\s?{_INTS}(?:th|st|nd|rd)?\s?(?:개|个)?\s?{_EPOCH}|"
    rf"{_INTS}\s?(?:번째\s?)?(?:에폭|에포크|エポック)(?:에서|에|で|目)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"OneCycle|one[- ]?cycle|CyclicLR|cyclical|ReduceLROnPlateau|plateau|WarmRestarts|warm restarts|LambdaLR|SGDR|"
    r"lr_find|"
    r"LearningRateScheduler|ExponentialDecay|PolynomialDecay|polynomial|CosineDecay|decay_steps|(?<!weight "
    r")\bdecay\s?=|inverse square",
    re.IGNORECASE,
)
_WARM = re.compile(r"warm[- ]?up|warmup|워밍업|预热|ウォームアップ|aufwärm|calentamiento|aquecimento", re.IGNORECASE)
_MENTIONED = re.compile(
    r"schedul|(?<!weight )(?<!weight[-_])decay|anneal|cosine|StepLR|lr_policy|스케줄|衰减|減衰|감쇠|planificador",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RateSchedule:
    """A schedule: by what the first learning rate is multiplied in each epoch.

    Attributes:
        says: the schedule in a few words, for findings.
        where: its place.
        factor: from the number of epochs that are over, to the factor.
        last: the last epoch that it changes in; 0 if it has none.
        lowest: the learning rate that it never falls below.
    """

    says: str
    where: str
    factor: Callable[[int], float]
    last: int = 0
    lowest: float = 0.0


@dataclass(frozen=True)
class SaidSchedules:
    """What a document says of its schedules.

    Attributes:
        schedules: those that are said in full.
        is_other: whether it says something of a schedule that is not understood.
        has_warm_up: whether the rate rises in the first epochs.
    """

    schedules: tuple[RateSchedule, ...]
    is_other: bool
    has_warm_up: bool


def read_schedules(document: ReportDocument) -> SaidSchedules:
    """Find the schedules of a document.

    Arguments:
        document: the document.

    Returns:
        Its schedules.
    """
    schedules: list[RateSchedule] = []
    is_other, mentioned = False, False
    for at, line in enumerate(document.lines):
        text = line.text[:_LONGEST]
        is_other |= _UNKNOWN.search(text) is not None
        found = list(_of_line(text, document.where(at + 1)))
        if not found and (whole := unwrap(document, at)) != text:
            found = list(_of_words(whole, document.where(at + 1)))
        schedules += found
        mentioned |= bool(_MENTIONED.search(text) and not found)
    return SaidSchedules(
        tuple(schedules), is_other or (mentioned and not schedules), _WARM.search(document.text) is not None
    )


def _of_line(text: str, where: str) -> Iterator[RateSchedule]:
    for match in _STEP_LR.finditer(text):
        step, gamma = _argument(match[1], "step_size", 1), _argument(match[1], "gamma", 2)
        if step and step >= 1:
            yield _steps_every(int(step), 0.1 if gamma is None else gamma, where, f"StepLR({step:g}, {gamma or 0.1:g})")
    for match in _MULTI_STEP_LR.finditer(text):
        milestones = re.search(r"[\[(]([\d,\s]{1,80})[\])]", match[1] + "]")
        gamma = _argument(match[1], "gamma", 9)
        if milestones and (numbers := [int(each) for each in re.findall(r"\d{1,6}", milestones[1])]):
            yield _steps_at(
                numbers, 0.1 if gamma is None else gamma, where, f"MultiStepLR({numbers}, {gamma or 0.1:g})"
            )
    for match in _EXPONENTIAL_LR.finditer(text):
        if gamma := _argument(match[1], "gamma", 1):
            yield _steps_every(1, gamma, where, f"ExponentialLR({gamma:g})")
    for match in _COSINE_LR.finditer(text):
        length, lowest = _argument(match[1], "T_max", 1), _argument(match[1], "eta_min", 2)
        if length and length >= 2:
            yield RateSchedule(
                f"a cosine over {length:g} epochs", where, _cosine(int(length)), int(length), lowest or 0.0
            )
    if match_ := _STEP_WORDS.search(text):
        yield _steps_every(int(match_[1]), float(match_[2]), where, f"a factor {match_[2]} every {match_[1]} epochs")
    yield from _of_words(text, where)


def _of_words(text: str, where: str) -> Iterator[RateSchedule]:
    """`The learning rate is divided by 10 at epochs 30 and 60`."""
    if not re.search(_RATE, text, re.IGNORECASE) or "LR(" in text:
        return
    for sentence in re.split(r"(?<=[a-z\d)])[.;](?=\s)|。", text):
        factor = _factor(sentence)
        if factor is None or not 0 < factor < 1 or re.search(r"\bpaper\b|original(?:ly)?\b|et al", sentence):
            continue
        if every := _EVERY.search(sentence):
            length = int(every[1] or every[2] or 1)
            if length:
                yield _steps_every(length, factor, where, f"times {factor:g} every {length} epochs")
        elif at := _AT.search(sentence):
            numbers = [int(each) for each in re.findall(r"\d{1,6}", next(group for group in at.groups() if group))]
            yield _steps_at(numbers, factor, where, f"times {factor:g} at epoch {', '.join(map(str, numbers))}")


def _factor(sentence: str) -> float | None:
    if _HALVED.search(sentence):
        return 0.5
    for pattern, divides in _FACTORS:
        if match := re.search(pattern, sentence, re.IGNORECASE):
            value = float(match[1].replace(",", "."))
            if not value:
                return None
            return 1 / value if divides and value > 1 else value
    return None


def _argument(arguments: str, name: str, position: int) -> float | None:
    """A plain number among the arguments of a call, by its name or its position (0 is the optimizer)."""
    if match := re.search(rf"\b{name}\s?=\s?{_SCALE}\s?(?:,|$)", arguments):
        return float(match[1].replace(",", "."))
    parts = arguments.split(",")
    if position < len(parts) and (match := re.fullmatch(rf"\s{{0,9}}{_SCALE}\s{{0,9}}", parts[position])):
        return float(match[1])
    return None


def _steps_every(length: int, factor: float, where: str, says: str) -> RateSchedule:
    return RateSchedule(says, where, lambda over: factor ** (max(over, 0) // length), length)


def _steps_at(milestones: Sequence[int], factor: float, where: str, says: str) -> RateSchedule:
    return RateSchedule(says, where, lambda over: factor ** sum(over >= each for each in milestones), max(milestones))


def _cosine(length: int) -> Callable[[int], float]:
    return lambda over: (1 + math.cos(math.pi * min(max(over, 0), length) / length)) / 2
