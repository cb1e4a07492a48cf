"""Which metric each number of a line is of, and whether it is a level or a difference."""

import re

from deepstudy.audits.reading import vocabulary
from deepstudy.audits.reading.lines.roles import is_count
from deepstudy.audits.reading.lines.tokens import Number, Phrase, Token

_RATES = ("accuracy", "error", "top5", "precision", "recall", "f1", "auc")
_FILLERS = (
    r"(?:is|are|was|were|of|at|to|as|about|around|approximately|approx\.?|nearly|over|with|reached|reaches|reach|achieved|"
    r"achieves|equals?|be|been|by|up|value|score|mean|average|avg|final|best|max(?:imum)?|min(?:imum)?|overall|total|the|a|"
    r"an|set|data|dataset|on|in|for|our|images?|rate|percent|percentage|now|only|just|even|still|obtained|got|get|gets|"
    r"we|it|has|have|had|improved|did|not|improve|from|came|comes|stands|sits|low|high|model|network|classification|respectively|"
    r"von|beträgt|betrug|bei|auf|der|die|das|den|dem|ist|war|liegt|lag|erreicht|wurde|wird|und|"
    r"de|del|la|el|los|las|en|fue|es|alcanzó|alcanza|conjunto|sobre|un|una|uno|con|"
    r"foi|é|em|do|da|no|na|dos|das|um|uma|com|o|os|as|"
    r"est|était|le|les|des|du|sur|à|au|aux|une|avec|atteint|jeu|ensemble|données|s['’]élève|"
    r"gesamt|[a-z]?)"
)
_CJK_FILLERS = (
    r"(?:은|는|이|가|을|를|에서|의|로|으로|약|최종|데이터|셋|세트|결과|达到了?|達到|为|為|是|约|約|到|在|上|集|的|最终|最高|了|有|可达|达|在测试集上|"
    r"は|が|の|で|を|に|約|と|なり|だ|データ|で最高|セット|平均|值|値)"
)
_GAP = re.compile(
    rf"(?:[\s:：=~≈<>≥≤\-–—→*_`'\"()\[\]{{}}/\\$]|{_CJK_FILLERS}|(?<![^\W\d_]){_FILLERS}(?![^\W\d_]))*", re.I
)
_TIGHT = re.compile(
    r"\d?[\s:：=.~≈→>*_`'\"()（\[\]{}$\\-]*(?:\((?:top-?1|%|val|test|train|mean|avg|nats?|in %)\)[\s:=]*)?", re.I
)
_LIST = re.compile(
    r"\s*(?:%|％|\\%)?[\s)]*(?:\([^()\d]{0,40}\))?[\s]*"
    r"(?:,|/|&|;|vs\.?|versus|and|or|against|gegenüber|gegen|contre|frente a|contra|und|bzw\.?|oder|et|ou|y|e|o|\+|→"
    r"|->|to|then|및|와|과|和|与|、|，|から|から|→)"
    r"[\s,]*(?:and|und|et|y|e|then|only|about|[(a-z]{0,3})?\s*\(?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:\\?%|％|percent|prozent|por ciento|por cento|pour cent)?[\s)*_`]*(?:of|in|for|의|的|の|de|d['’]|an|on|个"
    r"|個|개의?|つの)?\s*(?:the\s+)?"
    r"(?:(?:overall|final|top-?1|best|average|mean|highest|classification|total|distinct|unique|of|global|"
    r"mittlere|gesamte?)\s+)*",
    re.IGNORECASE,
)
_CHANGED_BEFORE = re.compile(vocabulary.CHANGES_BEFORE, re.IGNORECASE)
_METRIC_LIST = re.compile(
    r"\s*(?:,|/|&|and|und|et|y|e|、|，|和|및|와|과|と)\s*(?:and |und |et |y |e )?(?:the )?", re.IGNORECASE
)
_COUNTED = re.compile(
    r"correct|accura|classif|right|erkannt|recogni[sz]|reconn|reconoc|bonnes? réponses|justes?\b|acertou|identif"
    r"|正しく|richtig|aciert|acert|정확|맞|正确|正解|准确|correto|réussi",
    re.IGNORECASE,
)
#: `rises to 90 %` is a level.
_LEVEL = re.compile(
    r"(?:\bto|(?<!more )(?<!less )\bthan|\bfrom|\bat|\bauf|\bvon|\ba|\bde|\bà|到|至|에서|から|达)\s*(?:\w+\s)?$"
)
#: `accuracy of class cat: 60 %`: what the rest of the name says does not matter here.
_NAMED = re.compile(r"[^\d;|]{0,60}[^\d;|\s]\s*[:=：]\s*|\s(?:for|of)\s(?:the\s)?class\b[^\d;|]{1,40}\sis\s+")
_RUNNING = re.compile(r"\s?\(\s*(?:(?:best|avg|mean|max|min|ema)\b[\s:=]*)?", re.IGNORECASE)
_OWN = re.compile(r"\s*[:=]?\s*[-+]?\d")
_SUM = re.compile(r"\s{0,4}[+=]\s{0,4}")
_BARE = re.compile(r"[\s:=]{1,4}")
_LARGEST_LOSS = 50.0  # of a sentence; a larger number is something else
_WIDEST_GAP = 90  # letters between a metric and its number
_BY = re.compile(
    r"(?:\b(?:by|of|um|en|de|d['’]|un)\s*(?:only|just|about|around|nearly|over|almost|more than|less than|up to)?\s*"
    r"(?:a\s+)?|[+＋])\s*$",
    re.IGNORECASE,
)
_STEP_BEFORE = re.compile(vocabulary.STEPS_BEFORE, re.IGNORECASE)
_STEP_AFTER = re.compile(vocabulary.STEPS_AFTER, re.IGNORECASE)
_LARGEST_STEP = 25.0  # percent: one of four images
_CHANGED_AFTER = re.compile(vocabulary.CHANGES_AFTER, re.IGNORECASE)
_CHANGED_AFTER_PERCENT = re.compile(vocabulary.CHANGES_AFTER_PERCENT, re.IGNORECASE)
_NO_RESULT = re.compile(vocabulary.NOT_A_RESULT_AFTER, re.IGNORECASE)
_VERBS = re.compile(
    r"\b(?:subi|llegó|bajó|acert|aciert|kam|gelang|best|worst|outperform|surpass|beat|exceed|compar|respectively|against|highest|lowest|better|reach|achiev|attain|obtain|scor|get|got|perform|yield|result|correct|classif|recogni|give|gave|hit)\w*|"
    r"도달|달성|达到|達到|得到|取得|达|達成|得られ|なった|alcan[zç]|obtuv|obtev|logr|ating|erreich|erziel|attein|obten|obtien",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(
    r"(?:dropout|augment|probab|split|held[- ]out|sample|random|of (?:the )?data)\w*\W{0,3}$", re.IGNORECASE
)

#: Arithmetic between the name of a rate and its value.
_FORMULA = re.compile(
    r"\s?(?:[:：=]|is|ist|es|é|est)?\s?\(?\d[\d.,\s]*\)?(?:\s?[/+*×·÷−-]\s?\(*\d[\d.,\s]*\)*)+\s?=\s?(?=\d)"
)


def find_metrics(phrase: Phrase, is_printed: bool) -> None:
    """Give each number of a line that has no role its metric.

    Arguments:
        phrase: the line; its numbers get their `metric`. A percentage whose metric the line does not name gets
            `accuracy?`, if the line sounds like a result.
        is_printed: whether a program printed the line.
    """
    state = _Assignment(phrase, is_printed)
    if "=" in phrase.text:
        _name_formula_results(phrase)
    for number in phrase.numbers:
        if not number.role and not number.metric:
            state.assign(number)
    _share_list(phrase)
    _share_sum(phrase)


def _name_formula_results(phrase: Phrase) -> None:
    """`Precision: 912 / (912 + 61) = 93.73 %`: the number behind the formula is the rate, those inside are none."""
    for at, token in enumerate(phrase.tokens):
        if token.kind != "metric" or token.name not in _RATES:
            continue
        formula = _FORMULA.match(phrase.text, token.end)
        if formula is None:
            continue
        for number in phrase.numbers:
            if token.end <= number.start < formula.end():
                number.role, number.whole = "setting", None
            elif number.start == formula.end():
                number.role, number.metric, number.metric_at, number.is_direct = "", token.name, at, True


class _Assignment:
    """Goes through the numbers of a line from left to right."""

    def __init__(self, phrase: Phrase, is_printed: bool) -> None:
        self.phrase, self.text, self.tokens, self.is_printed = phrase, phrase.text, phrase.tokens, is_printed
        self.positions = {token: at for at, token in enumerate(phrase.tokens)}
        self.rates = [at for at, token in enumerate(self.tokens) if token.kind == "metric" and token.name in _RATES]
        self.claimed: dict[int, bool] = {}  # by the index of a metric: whether its number stands before it
        self.last: Number | None = None  # the last number with a metric

    def assign(self, number: Number) -> None:
        owner = self._owner(number)
        last = self.last
        if owner is not None:
            self._give(number, owner)
            self.claimed.setdefault(owner, self.tokens[owner].start > number.start)
            number.is_direct = True
        elif (last is not None and number.whole and _is_its_ratio(self.text, last, number)) or (
            last is not None and _is_running(self.text, last, number)
        ):
            number.metric, number.metric_at = last.metric, last.metric_at
        elif last is not None and last.whole and _is_same_ratio(self.text, last, number):
            number.metric, number.metric_at = "accuracy" if last.metric == "correct" else last.metric, last.metric_at
            number.has_percent = True
        elif last is not None and _continues(self.text, last, number):
            number.metric, number.metric_at = last.metric, last.metric_at
        elif self.is_printed:
            self._assign_loss_of_split(number)
        else:
            self._assign_in_sentence(number)
        if not number.metric and number.whole is not None and _COUNTED.search(self.text):
            number.metric = "correct"
        if number.metric:
            _see_change(self.phrase, number)
            self.last = number

    def _assign_loss_of_split(self, number: Number) -> None:
        """`train 0.6924 acc 0.55 val 0.6861 acc 0.6389`: the number after a split is a loss, beside accuracies."""
        at = self.positions[number.token]
        before = self.tokens[at - 1] if at else None
        is_beside = (
            before is not None and before.kind == "split" and _BARE.fullmatch(self.text[before.end : number.start])
        )
        if (
            is_beside
            and self.rates
            and number.step <= 0.001
            and 0 <= number.value < _LARGEST_LOSS
            and not number.has_percent
        ):
            assert before is not None
            number.metric, number.split = "loss", before.name

    def _give(self, number: Number, at: int) -> None:
        number.metric, number.metric_at = self.tokens[at].name, at

    def _owner(self, number: Number) -> int | None:
        """The metric right before or right after a number."""
        at = self.positions[number.token]
        before, after = self._before(at), self._after(at, number)
        is_near = after is not None and self._is_behind(number, after)
        if before is not None and self._is_first(number, before):
            gap = self._gap(before, at)
            is_tight = _TIGHT.fullmatch(gap) is not None
            if is_tight and not (self.claimed.get(before) and is_near):
                return before if _is_result(number, self.tokens[before].name, is_direct=True) else None
            is_named = _NAMED.fullmatch(gap) is not None
            if is_named or (not is_near and len(gap) < _WIDEST_GAP and _GAP.fullmatch(gap)):
                return before if _is_result(number, self.tokens[before].name, is_direct=False) else None
        if after is not None and is_near and after not in self.claimed:
            return after if _is_result(number, self.tokens[after].name, is_direct=True) else None
        return None

    def _before(self, at: int) -> int | None:
        for index in range(at - 1, -1, -1):
            if self.tokens[index].kind in ("metric", "break"):
                return index if self.tokens[index].kind == "metric" else None
        return None

    def _after(self, at: int, number: Number) -> int | None:
        first = at + (2 if number.whole is not None else 1)
        for index in range(first, len(self.tokens)):
            if self.tokens[index].kind in ("metric", "break", "number"):
                return index if self.tokens[index].kind == "metric" else None
        return None

    def _is_first(self, number: Number, metric: int) -> bool:
        """Whether no other result stands between a metric and a number."""
        end = self.tokens[metric].end
        return not any(end < other.start < number.start and not other.role for other in self.phrase.numbers)

    def _gap(self, metric: int, at: int) -> str:
        """What stands between a metric and a number after it, without splits, counters and their numbers."""
        start = self.tokens[metric].end
        gap = self.text[start : self.tokens[at].start]
        for token in self.tokens[metric + 1 : at]:
            if token.kind in ("split", "epoch", "step", "number"):
                gap = _without(gap, token, start)
        return gap

    def _is_behind(self, number: Number, metric: int) -> bool:
        """Whether a metric stands right behind a number: `98 % accuracy`, `98% 的准确率`."""
        gap = self.text[number.end : self.tokens[metric].start]
        for token in self.tokens[self.positions[number.token] + 1 : metric]:
            if token.kind == "split":
                gap = _without(gap, token, number.end)
        if len(gap) > _WIDEST_GAP / 2 or not _AFTER.fullmatch(gap):
            return False
        if not self.is_printed:
            return True
        # Programs print `name value`: the number of `time 0.3 loss 0.2` belongs to the word before it.
        before = self.text[: number.start]
        if before.rstrip().endswith(":") and _OWN.match(self.text, self.tokens[metric].end):
            return False
        if self.tokens[metric].name == "parameters" and re.search(r"\b(?:has|have|with)\s$", before):
            return True
        return re.search(
            r"(?:^|[,;|(\[%:-]|\d)\s*[约約약~≈]?\s*$", before
        ) is not None and not before.rstrip().endswith("(")

    def _assign_in_sentence(self, number: Number) -> None:
        """A percentage belongs to the rate that its sentence speaks of: the last before it, else the next one."""
        earlier = [rate for rate in self.rates if rate < self.positions[number.token]]
        if number.has_percent or number.spread is not None or _CHANGED_AFTER.match(self.text, number.end):
            if self.rates:
                self._give(number, earlier[-1] if earlier else self.rates[0])
            elif (number.has_percent or _CHANGED_AFTER.match(self.text, number.end)) and (
                _VERBS.search(self.text) or self.phrase.splits
            ):
                number.metric = "accuracy?"
        elif number.step < 0.1 and (measured := self._last_measured(number)) is not None:
            is_rate = self.tokens[measured].name in _RATES
            if _is_fraction(number) if is_rate else 0 <= number.value < _LARGEST_LOSS:
                self._give(number, measured)

        elif self._counts_parameters(number):
            number.metric = "parameters"

    def _counts_parameters(self, number: Number) -> bool:
        """Whether a count stands in a sentence on parameters: `the first layer has 200,960, the second 32,896`."""
        is_large = (
            is_count(number) and number.whole is None and number.value >= 100 and number.token.end - number.start >= 4
        )
        speaks = any(token.kind == "metric" and token.name == "parameters" for token in self.tokens)
        return is_large and speaks and not any(each.role == "images" for each in self.phrase.numbers)

    def _last_measured(self, number: Number) -> int | None:
        """The last rate or loss before a number in its sentence."""
        for index in range(self.positions[number.token] - 1, -1, -1):
            token = self.tokens[index]
            if token.kind == "metric":
                return index if token.name in (*_RATES, "loss") else None
        return None


def _is_running(text: str, last: Number, number: Number) -> bool:
    """Whether a number is the running mean behind the number of a step: `Loss 0.3210 (0.3185)`."""
    return last.step == number.step and _RUNNING.fullmatch(text[last.end : number.start]) is not None


def _is_its_ratio(text: str, last: Number, number: Number) -> bool:
    """Whether k/n is the count behind the percentage before it: `98.71% (9871/10000)`."""
    gap = text[last.end : number.start]
    return last.has_percent and len(gap) < 20 and re.fullmatch(r"\s*[(\[,=:（，]\s*[a-z ]*", gap) is not None


def _is_same_ratio(text: str, last: Number, number: Number) -> bool:
    """Whether a number is the percentage of the k/n before it: `7398 / 10000 correct (73.98)`."""
    gap = text[last.end : number.start]
    near = last.whole is not None and abs(100 * last.value / last.whole - number.value) < max(1.0, number.step)
    return near and len(gap) < 60 and re.fullmatch(r"[^\d.;]*[(\[,=:→（，]\s*", gap) is not None


def _share_list(phrase: Phrase) -> None:
    """`precision, recall and F1 of 0.91, 0.92 and 0.90`: as many numbers as metrics, in their order."""
    text, tokens = phrase.text, phrase.tokens
    runs: list[list[int]] = []
    for at in [at for at, token in enumerate(tokens) if token.kind == "metric"]:
        if runs and _METRIC_LIST.fullmatch(text[tokens[runs[-1][-1]].end : tokens[at].start]):
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        end = tokens[run[-1]].end
        numbers = [number for number in phrase.numbers if number.metric_at == run[-1] and number.start > end]
        if len(run) > 1 and len(numbers) == len(run) and len({tokens[at].name for at in run}) == len(run):
            for at, number in zip(run, numbers, strict=True):
                number.metric, number.metric_at = tokens[at].name, at


def _share_sum(phrase: Phrase) -> None:
    """`520 + 25,120 = 25,640 parameters`: all numbers of a sum are of the same metric."""
    chain: list[Number] = []
    for number in [*phrase.numbers, None]:
        if number is not None and (not chain or _SUM.fullmatch(phrase.text[chain[-1].end : number.start])):
            chain.append(number)
            continue
        if len(chain) > 1 and any(each.metric == "parameters" for each in chain):
            for each in chain:
                if each.role in ("", "setting") and is_count(each):
                    each.metric, each.role = "parameters", ""
        chain = [number] if number is not None else []


def _without(gap: str, token: Token, offset: int) -> str:
    """A gap between a number and its metric without the split or counter in it."""
    start, end = token.start - offset, token.end - offset
    return gap[:start] + " " * (end - start) + gap[end:] if start >= 0 else gap


def _is_fraction(number: Number) -> bool:
    return 0 < number.value < 1 and number.step <= 0.01


def _is_result(number: Number, metric: str, is_direct: bool) -> bool:
    """Whether a number can be one of its metric."""
    if metric == "parameters":
        return number.whole is None and number.step >= 1 and number.value >= 2 and not number.has_percent
    if metric == "correct":
        return number.whole is not None or is_count(number)
    if number.whole is not None:
        return metric in ("accuracy", "error", "top5", "recall", "precision")
    if metric == "seconds":
        return is_direct and not number.has_percent and number.whole is None
    if metric == "loss":
        return not number.has_percent or is_direct
    if metric in _RATES:
        if number.has_percent or number.step < 1 or number.spread is not None:
            return True
        return is_direct and 0 <= number.value <= 100
    return is_direct or number.step < 1


def _continues(text: str, last: Number, number: Number) -> bool:
    """Whether a number goes on with the list of the number before it."""
    gap = text[last.end : number.start]
    if len(gap) > 60 or (number.has_percent < last.has_percent and number.step >= 1):
        return False
    if number.step >= 1 and not number.has_percent and last.step < 1:
        return False
    return _LIST.fullmatch(gap) is not None or (
        len(gap) < 4 and not gap.strip(" ,()[]→") and (number.step < 1 or number.has_percent) and last.metric != "loss"
    )


def _is_step(text: str, number: Number) -> bool:
    """Whether a number is the smallest difference of a rate: `it moves in steps of 0.5 %`."""
    near = text[max(number.start - 60, 0) : number.start]
    is_step = _STEP_BEFORE.search(near) or _STEP_AFTER.match(text, number.end)
    return bool(is_step) and number.has_percent and number.value <= _LARGEST_STEP


def _see_change(phrase: Phrase, number: Number) -> None:
    """Whether a number is a difference, or a percentage that is no result."""
    text = phrase.text
    near = text[max(number.start - 45, 0) : number.start]
    clause = re.split(r"[.;。；]|, (?:and|but|while|whereas)", near)[-1]
    changed = list(_CHANGED_BEFORE.finditer(clause))
    points = _CHANGED_AFTER.match(text, number.end) or _CHANGED_AFTER.match(text, number.token.end)  # `3.2%p`
    if points or (number.has_percent and _CHANGED_AFTER_PERCENT.match(text, number.end)):
        number.is_change = True
    elif changed:
        tail = clause[changed[-1].end() :]
        is_beside = len(tail.strip()) <= 12 and not re.search(r"[:=(]", tail) and len(tail.split()) <= 3
        number.is_change = not _LEVEL.search(tail) and (bool(_BY.search(clause)) or is_beside)
    else:
        is_signed = text[number.start] == "+" or _is_step(text, number) or re.search(r"[+＋]\s*$", near) is not None
        is_signed |= (
            text[number.start] in "-−–" and re.search(r"\d\s?[%％]?\s?[(（]\s?$", near) is not None
        )  # `0.98 (-0.01)`
        number.is_change = is_signed and not re.search(r"\d\s*[+＋]\s*$", near)
    is_part = bool(_NO_RESULT.match(text, number.end) or _WORD_BEFORE.search(near))
    is_part = is_part and not _COUNTED.search(text[number.end : number.end + 50])  # `98 % of the images are right`
    if number.has_percent and not number.is_direct and is_part:
        number.role, number.metric = "setting", ""
