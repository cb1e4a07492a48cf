"""Single things that reports print: numbers, log lines, sizes, module trees, sums, times.

People write reports in English or Korean, as Markdown, plain text or pasted terminal output. So no fixed format is
required: each kind of thing is recognised by itself, anywhere in a line.
"""

import ast
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from deepstudy.study.reported import SUFFIX, printed_number, stands_for

NUM = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_SPLITS = {"tr": "train", "va": "validation", "de": "validation", "te": "test", "훈": "train", "학": "train"}
_SPLITS |= {"검": "validation", "시": "test", "테": "test"}
SPLIT = r"train(?:ing)?|valid(?:ation)?|val|dev|test(?:ing)?|훈련|학습|검증|테스트|시험"
ACCURACY = r"acc(?:uracy)?|정확도|top-?1|prec@1"


@dataclass(frozen=True)
class Printed:
    """A number of a log line: its text, its value, the split it names, and n if it is printed as k/n."""

    text: str
    value: float
    split: str | None = None
    of: int | None = None

    @property
    def decimals(self) -> int:
        """Decimals of the printed text."""
        return decimals(self.text)


@dataclass(frozen=True)
class LogLine:
    """One line of a training log."""

    where: str
    text: str
    epoch: int | None = None
    epochs: int | None = None
    step: int | None = None
    steps: int | None = None
    losses: tuple[Printed, ...] = ()
    accuracies: tuple[Printed, ...] = ()  # in percent
    phase: str | None = None  # the split of the whole line


@dataclass(frozen=True)
class Sizes:
    """Sizes along a network, without the batch: (channels, height, width) or (features,)."""

    where: str
    experiment: str
    batches: tuple[int, ...]  # one for each size; empty if the sizes have no batch
    sizes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Sum:
    """Printed arithmetic: `5x5x1x6 = 150`."""

    where: str
    text: str
    value: float  # of the left side
    stated: float  # the right side
    reach: float = 0.0  # half of what its last digit counts, if it is rounded

    @property
    def is_right(self) -> bool:
        """Whether the right side is the left one, rounded as it is printed."""
        if abs(self.value - self.stated) <= self.reach + 1e-9:
            return True
        # A quotient is rounded up or down, or in percent.
        in_percent = abs(100 * self.value - self.stated) < 0.06
        return "/" in self.text and (in_percent or self.stated in (math.floor(self.value), math.ceil(self.value)))

    @property
    def distance(self) -> float:
        """How different the two sides are: large where a point or a comma was misread."""
        return abs(math.log((abs(self.stated) + 1e-9) / (abs(self.value) + 1e-9)))


@dataclass(frozen=True)
class Ratio:
    """A count with its percentage: `9823/10000 (98%)`."""

    where: str
    text: str
    part: int
    whole: int
    percent: str


@dataclass(frozen=True)
class TreeLayer:
    """One line of a printed module tree: `(conv1): Conv2d(3, 6, kernel_size=(5, 5), ...)`."""

    where: str
    name: str
    kind: str
    numbers: tuple[int, ...]  # the leading plain arguments: channels, features
    options: dict[str, str]

    def pair(self, option: str, default: int) -> tuple[int, int] | None:
        """An option for height and width, `(5, 5)` or `5`.

        Arguments:
            option: the name of the option, as `kernel_size`.
            default: its value, in pixels, where the line leaves it out.

        Returns:
            (height, width), or None if the option is a word (`padding=same`).
        """
        if option not in self.options:
            return default, default
        numbers = [int(part) for part in re.findall(r"\d+", self.options[option])]
        return (numbers[0], numbers[-1]) if numbers else None

    @property
    def counts(self) -> tuple[int, int] | None:
        """Weights and biases; None if the printed line does not determine them."""
        biased = self.options.get("bias", "True") != "False"
        if self.kind == "Conv2d" and len(self.numbers) > 1:
            window, groups = self.pair("kernel_size", 1), self.pair("groups", 1)
            if window is None or groups is None or not groups[0]:
                return None
            return self.numbers[0] // groups[0] * self.numbers[1] * window[0] * window[1], self.numbers[1] * biased
        if self.kind == "Linear" and len(self.numbers) > 1:
            return self.numbers[0] * self.numbers[1], self.numbers[1] * biased
        if self.kind == "BatchNorm2d" and self.numbers:
            affine = self.options.get("affine", "True") != "False"
            return self.numbers[0] * affine, self.numbers[0] * affine
        return (
            (0, 0)
            if re.search(r"Pool|ReLU|Dropout|Flatten|Identity|[Ss]oftmax|Sigmoid|Tanh|GELU|SiLU", self.kind)
            else None
        )


def number(text: str) -> float:
    """The first number in a text: `1,054 s` → 1054.

    Arguments:
        text: a text with a number, whose commas part thousands.

    Returns:
        Its value.

    Raises:
        ValueError: the text has no number.
    """
    match = re.search(NUM, text.replace(",", ""))
    if match is None:
        raise ValueError(f"{text!r} has no number")
    return float(match.group())


def decimals(text: str) -> int:
    """The number of printed decimals: 2 in `89.20`, 4 in `0.7230`, 0 in `89`.

    Arguments:
        text: a text with a number, whose commas part thousands.

    Returns:
        How many; 0 if there is no number.
    """
    match = re.search(r"\d+(?:\.(\d+))?", text.replace(",", ""))
    return len(match.group(1) or "") if match else 0


def split_of(word: str | None) -> str | None:
    """The split that a word names: `val_`, `Validation` → validation.

    Arguments:
        word: the word before a figure, if any.

    Returns:
        train, validation or test; None if the word names none of them.
    """
    return _SPLITS.get(word.lower()[:2], _SPLITS.get(word[:1])) if word else None


# Logs ----------------------------------------------------------------------------------------------------------------

EPOCH = re.compile(
    r"(?:\bepochs?\b|에폭|에포크)\s*[:#=]?\s*[\[(]?\s*(\d+)\s*(?:(?:/|of)\s*(\d+))?|\b(\d+)\s*(?:th|st|nd|rd)?[\s-]*(?:epochs?\b|에폭|에포크)",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:\b(?:step|batch|iter(?:ation)?)s?\b|스텝)\s*[:#=]?\s*[\[(]?\s*(\d+)\s*(?:(?:/|of)\s*(\d+))?", re.IGNORECASE
)
_BRACKET_STEP = re.compile(r"\[\s*(\d+)\s*/\s*(\d+)\s*(?:\(\s*\d+%\))?\s*\]|(?:^|\s)(\d+)/(\d+)\s*[\[━]")
_PHASE = re.compile(r"^\W*(valid\w*|val|test\w*|eval\w*)\b", re.IGNORECASE)
EPOCH_STEP = re.compile(r"^\s*\[\s*(\d+)\s*,\s*(\d+)\s*\]\s*loss", re.IGNORECASE)
_LOSS = re.compile(
    rf"(?:({SPLIT})[\s_.:-]*(?:average\s+)?)?(?:loss|손실)\w*\s*[:=]?\s*({NUM}|nan|inf)(?:\s*\(({NUM})\))?",
    re.IGNORECASE,
)
ACCURACY_OF = re.compile(
    rf"(?:({SPLIT})[\s_.-]*)?(?:{ACCURACY})\.?\s*[:=]?\s*(?:(\d+)\s*/\s*(\d+)|({NUM}))\s*(%)?", re.IGNORECASE
)


def log_lines(text: str, where: str, pattern: str | None = None) -> tuple[LogLine, ...]:
    """The lines of a training log in any common format, or in the format of a pattern.

    A line that has only an epoch applies to the lines below it.

    Arguments:
        text: the lines of the log.
        where: the place of the log, as findings name it.
        pattern: a regular expression with the named groups epoch, epochs, step, steps, loss and accuracy (percent).

    Returns:
        The lines that have a loss, or that match the pattern.
    """
    lines: list[LogLine] = []
    epoch: tuple[int | None, int | None] = (None, None)
    for raw in text.splitlines():
        line = _by_pattern(raw, where, pattern) if pattern else log_line(raw, where)
        if line is None:
            alone = EPOCH.search(raw)
            if alone and alone.group(1):
                epoch = int(alone.group(1)), int(alone.group(2)) if alone.group(2) else None
            continue
        if line.epoch is None and epoch[0] is not None:
            line = replace(line, epoch=epoch[0], epochs=epoch[1])
        lines.append(line)
    return tuple(lines)


def log_line(raw: str, where: str) -> LogLine | None:
    """Read a line of a training log, which has a loss and an epoch or a step.

    Arguments:
        raw: the line.
        where: its place, as findings name it.

    Returns:
        What it says; None for any other line.
    """
    losses = [Printed(match.group(2), float(match.group(2)), split_of(match.group(1))) for match in _LOSS.finditer(raw)]
    if not losses:
        return None
    epoch = epochs = step = steps = None
    if match := EPOCH_STEP.search(raw):
        epoch, step = int(match.group(1)), int(match.group(2))
    elif match := EPOCH.search(raw):
        epoch = int(match.group(1) or match.group(3))
        epochs = int(match.group(2)) if match.group(2) else None
    if step is None and (match := _STEP.search(raw)):
        step, steps = int(match.group(1)), int(match.group(2)) if match.group(2) else None
    elif step is None and (match := _BRACKET_STEP.search(raw[raw.lower().find("epoch") + 5 :] if epoch else raw)):
        step, steps = int(match.group(1) or match.group(3)), int(match.group(2) or match.group(4))
        if (step, steps) == (epoch, epochs):
            step = steps = None
    accuracies = []
    for match in ACCURACY_OF.finditer(raw):
        split, k, n, printed, percent = match.groups()
        if k is not None:
            if 0 < int(k) <= int(n):
                accuracies.append(Printed(f"{k}/{n}", 100 * int(k) / int(n), split_of(split), int(n)))
        else:
            accuracies.append(
                Printed(printed, float(printed) * (1 if percent or float(printed) > 1 else 100), split_of(split))
            )
    if epoch is None and step is None and "[==" not in raw and not re.search(r"\d+/\d+", raw):
        return None
    about = _PHASE.match(raw)
    phase = None if about is None else "validation" if about.group(1).lower().startswith("val") else "test"
    return LogLine(where, raw.strip(), epoch, epochs, step, steps or None, tuple(losses), tuple(accuracies), phase)


def _by_pattern(raw: str, where: str, pattern: str) -> LogLine | None:
    match = re.search(pattern, raw)
    if match is None:
        return None
    groups = match.groupdict()
    if not all(re.fullmatch(NUM, text) for text in groups.values() if text):
        return None  # not numbers: a different line that matches the pattern
    whole = {key: int(float(groups[key])) if groups.get(key) else None for key in ("epoch", "epochs", "step", "steps")}
    losses = (Printed(groups["loss"], float(groups["loss"])),) if groups.get("loss") else ()
    accuracies = (Printed(groups["accuracy"], float(groups["accuracy"])),) if groups.get("accuracy") else ()
    epoch, epochs, step, steps = whole.values()
    return LogLine(where, raw.strip(), epoch, epochs, step, steps, losses, accuracies)


# Sizes and trees -----------------------------------------------------------------------------------------------------

_SIZE = re.compile(r"(?:torch\.)?Size\(\[([\d,\s]*)\]\)|^\s*[\[(](\d+(?:,\s*\d+){1,3})[\])]\s*$")
_HWC = re.compile(r"(?<![\w.,])(\d+)\s*[x×*]\s*(\d+)\s*[x×*]\s*(\d+)(?![\w]|\s*[x×*=])")
_TREE = re.compile(r"^\s*\((\w+)\):\s*(\w+)\((.*?)\)?\s*$")


def sizes(text: str, where: str, experiment: str = "", place: Callable[[int], str] | None = None) -> list[Sizes]:
    """Sizes printed one after the other: `torch.Size([64, 6, 16, 16])` on lines, or `32x32x3 → 8x8x64` on one line.

    A new list begins where the batch changes, or after other text.

    Arguments:
        text: the lines that print the sizes.
        where: the place of the text, as findings name it.
        experiment: the name of the experiment whose network has these sizes.
        place: gives the place of a line, by its number from 1; without it, all lines have the same place.

    Returns:
        The lists of two sizes or more.
    """
    found: list[Sizes] = []
    run: list[tuple[int, ...]] = []
    begun = where

    def end() -> None:
        if len(run) > 1:
            batches = tuple(size[0] for size in run)
            found.append(Sizes(begun, experiment, batches, tuple(size[1:] for size in run)))
        run.clear()

    for index, line in enumerate(text.splitlines()):
        here = where if place is None else place(index + 1)
        match = _SIZE.search(line)
        if match:
            inside = match.group(1) if match.group(1) is not None else match.group(2)
            size = tuple(int(part) for part in inside.split(",") if part.strip())
            if len(size) < 2:  # the sizes of parameters or of a loss, not of images
                run.clear()
                continue
            if run and (size[:1] != run[-1][:1] and len(size) >= len(run[-1])):
                end()
            begun = begun if run else here
            run.append(size)
            continue
        if line.strip():
            end()
        steps = re.split(r"→|⇒|->|=>", line)
        if len(steps) > 1:
            images = [_HWC.search(step) for step in steps]
            chain = [(int(c), int(h), int(w)) for h, w, c in (image.groups() for image in images if image)]
            if len(chain) > 1:
                found.append(Sizes(here, experiment, (), tuple(chain)))
    end()
    return found


_TWO_LAYERS = re.compile(r"\)\s*,?\s*\(\w+\): \w+\(")  # on one line: a module tree that lost its line breaks


def tree_layer(line: str, where: str) -> TreeLayer | None:
    """The layer in a line of a printed module tree.

    Arguments:
        line: the line.
        where: its place, as findings name it.

    Returns:
        The layer; None for containers and other lines.
    """
    match = _TREE.match(line)
    if match is None or line.rstrip().endswith("(") or _TWO_LAYERS.search(line):
        return None
    name, kind, inside = match.groups()
    arguments = re.split(r",\s*(?![^()]*\))", inside) if inside else []
    plain = [int(argument) for argument in arguments if argument.strip().isdecimal()]
    options = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    for key in ("in_features", "out_features"):
        if options.get(key, "").strip().isdecimal():
            plain.append(int(options[key]))
    return TreeLayer(where, name, kind, tuple(plain), {key.strip(): value for key, value in options.items()})


# Sums ----------------------------------------------------------------------------------------------------------------

_MARKS = "'’\u00a0\u2009\u202f"  # between thousands, besides commas, points and spaces
#: A number in any notation: `61,706`, `61.706`, `61'706`, `61 706`, `0.25`, `0,25`.
_ANY = rf"\d+(?:[.,{_MARKS}]\d+| \d{{3}}(?!\d))*"
_EQUATION = re.compile(
    rf"(?<![\w^.,/'’)-])([(\s]*{_ANY}[)\s]*(?:(?:[x×*·⋅+/−-]|(?=\())[(\s]*{_ANY}[)\s]*)+)"
    rf"=\s*({_ANY}(?![\d.,]*\s*(?:[x×*·]|[+−]\s*\d))(?:{SUFFIX})?)"  # of `3 x 9 + 1 = 27 + 1 = 28` the last
)
#: A bracket right behind a number, or behind another bracket: `2 (8 + 16)`, `(2 + 1)(3 + 4)`.
_IMPLICIT = re.compile(r"(?<=[\d)])(\s*)(?=\()")
#: What ends the text before an equation whose left side begins further left: `n × `, `3² + `, `k `, `(a + b) `.
_CUT_OFF = re.compile(
    r"(?:[\w)\]}](?:\s+[x×*·⋅∙∗✕+/^−]\s*|[×*·⋅∙∗✕+/^−])|[×·⋅∙∗✕^]\s*|[)\]}]|(?<![\w'’])[^\W\d_])$|(?<![\w'’])[a-zA-Z]\s+$"
)
#: Words that may stand behind a factor: `4 channels x 32 bins = 128`.
_FACTOR_WORDS = (
    r"channels?|filters?|kernels?|cells?|blocks?|bins?|pixels?|neurons?|units?|weights?|bias(?:es)?|classes|features?|"
    r"inputs?|outputs?|maps?|kanäle|filtern?|neuronen|gewichte|klassen|canaux|filtres?|neurones|poids|classes|canales|"
    r"filtros?|neuronas|pesos|clases|canais|neurônios|채널|필터|뉴런|개|通道|个|個|滤波器|神经元|チャネル|フィルタ"
)
_BEHIND_FACTOR = re.compile(rf"(?<=\d)\s?(?:{_FACTOR_WORDS})(?=\s*[)x×*·+=])", re.IGNORECASE)
_REMARK = re.compile(r"(?<=\d)\s?\([^\W\d_][\w -]{0,20}\)(?=\s*[+=])")  # `156 (conv1) + 2416 (conv2) = 2572`
_RATIO = re.compile(
    r"(?<!\d)(?<!\d,)(\d[\d,]{0,15})\s{0,9}/\s{0,9}(\d[\d,]{0,15})\s{0,9}[(,]?\s{0,9}(\d{1,15}(?:\.\d{1,15})?)\s{0,9}%|"
    r"(?<![\d.])(\d{1,15}(?:\.\d{1,15})?)\s{0,9}%\s{0,9}[(,]?\s{0,9}(\d[\d,]{0,15})\s{0,9}/\s{0,9}(\d[\d,]{0,15})"
)
_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def sums(text: str, where: str, has_decimal_comma: bool = False) -> list[Sum]:
    """The equations between numbers in a line: `(5 x 5 x 1) x 6 = 150`, `48,000 + 10,080 + 840 = 58,920`.

    A point or a comma can part thousands or decimals. An equation that is right in one of the two ways is read that
    way.

    Arguments:
        text: the line.
        where: its place, as findings name it.
        has_decimal_comma: whether a comma parts decimals in an equation that is wrong, or right in both ways.

    Returns:
        The equations, in their order.
    """
    found = []
    plain = _REMARK.sub("", _BEHIND_FACTOR.sub("", text))
    for match in _EQUATION.finditer(plain):
        if not re.search(r"[x×*·⋅+/(]", match[1]):
            continue  # `1 - 10 = 10` can be a range instead of a difference.
        begin = match.start(1) + len(match[1]) - len(match[1].lstrip())
        if _CUT_OFF.search(plain[max(begin - 20, 0) : begin]):
            continue
        lefts, is_open = _left_sides(match[1], plain[: match.start()])
        quote = match.group().strip().rstrip(",")
        readings = [
            _reading(
                where,
                quote[quote.find(left.strip()) if left is not match[1] and left.strip() in quote else 0 :],
                left,
                stated,
                is_comma,
            )
            for is_comma in (has_decimal_comma, not has_decimal_comma)
            for left in lefts
            for stated in dict.fromkeys((match[2], match[2].partition(" ")[0]))
        ]
        known = [read for read in readings if read is not None]
        if is_open and not any(read.is_right for read in known):
            continue
        if known and (readings[0] is not None or known[0].is_right):
            found.append(min(known, key=lambda read: (not read.is_right, read.distance)))
    return found


def _left_sides(left: str, before: str) -> tuple[list[str], bool]:
    """What can be the left side of an equation, and whether it is open which of them it is.

    A number right before a bracket multiplies it. With a space between them, it can be a label instead (`Layer 2 (9 +
    1) x 6`), and the bracket a remark.
    """
    gaps = [match[1] for match in _IMPLICIT.finditer(left)]
    if not gaps:
        return [left], False
    product = _IMPLICIT.sub("*", left)
    if not any(gaps):
        return [product], False
    first = _IMPLICIT.search(left)
    rest = left[first.end() :] if first is not None and re.fullmatch(r"\s*\d+", left[: first.start()]) else ""
    if rest and len(gaps) == 1 and re.search(r"[^\W\d_]{2}\s*$", before):
        return [rest, product], False
    return [product, *([rest] if rest else []), re.sub(r"\s*\([^()]*\)", "", left)], True


def _reading(where: str, quote: str, left: str, right: str, has_decimal_comma: bool) -> Sum | None:
    """An equation whose commas part decimals, or thousands; None if its numbers cannot be written that way."""
    plain = _plain_numbers(left, has_decimal_comma)
    stated = _plain_numbers(right, has_decimal_comma)
    value = evaluate(plain) if plain is not None else None
    if value is None or stated is None:
        return None
    try:
        (number_, _), (low, high) = printed_number(stated), stands_for(stated, "weights")
    except ValueError:  # digits that are not a number, like 1,2
        return None
    return Sum(where, quote, value, number_, (high - low) / 2)


_PRINTED_NUMBER = re.compile(_ANY)


def _plain_numbers(text: str, has_decimal_comma: bool) -> str | None:
    """Numbers as a program writes them; None if one of them is not printed this way."""
    mark, point = (".", ",") if has_decimal_comma else (",", ".")
    parts, end = [], 0
    for match in _PRINTED_NUMBER.finditer(text):
        whole, *decimals_ = match[0].split(point)
        groups = re.split(rf"[{re.escape(mark)} {_MARKS}]", whole)
        is_grouped = len(groups) > 1
        if len(decimals_) > 1 or (is_grouped and (len(groups[0]) > 3 or any(len(each) != 3 for each in groups[1:]))):
            return None
        if decimals_ and not decimals_[0].isdecimal():
            return None
        parts += [text[end : match.start()], "".join(groups) + "".join(f".{each}" for each in decimals_)]
        end = match.end()
    return "".join(parts) + text[end:]


def ratios(text: str, where: str) -> list[Ratio]:
    """Counts with their percentages: `9823/10000 (98%)`, `55.0% (27500/50000)`.

    Arguments:
        text: the line.
        where: its place, as findings name it.

    Returns:
        The counts, in their order.
    """
    found = []
    for match in _RATIO.finditer(text):
        k, n, percent, percent2, k2, n2 = match.groups()
        part, whole = (int(number(each)) for each in (k or k2, n or n2))
        if whole:
            quote = match.group().strip()
            if "(" in quote and text[match.end() :].lstrip()[:1] == ")":
                quote += ")"
            found.append(Ratio(where, quote, part, whole, percent or percent2))
    return found


def doubled(text: str) -> bool:
    """Whether a count is printed as another count times two: `61,470 x 2 = 122,940`.

    Arguments:
        text: the line.

    Returns:
        True if it multiplies a count by two.
    """
    return re.search(r"(?:\d{3}|\d\s?[kKM])\s*[x×*]\s*2\s*=", text) is not None


def evaluate(text: str) -> float | None:
    """The value of printed arithmetic, where x or × multiplies.

    Arguments:
        text: the arithmetic, without an equals sign.

    Returns:
        Its value; None for a single number or anything else.
    """
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    plain = re.sub(r"[x×·⋅]", "*", plain).replace("−", "-").strip()
    if len(plain) > 300:
        return None
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.BinOp):
        return None

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        raise ValueError("not plain arithmetic")

    try:
        result = value(tree)
    except (ValueError, ArithmeticError):
        return None
    return result if math.isfinite(result) else None


# Times ---------------------------------------------------------------------------------------------------------------

_HOURS, _MINUTES, _SECONDS = "h|hours?|hrs?|시간", "m|mins?|minutes?|분", "s|secs?|seconds?|초"
_ELAPSED = re.compile(
    rf"(?<![\w.:])(?:(\d+)\s*(?:{_HOURS})\s*)?(?:(\d+)\s*(?:{_MINUTES})\s*)?(\d[\d,]*(?:\.\d+)?)\s*(?:{_SECONDS})(?![a-zA-Z/])",
    re.IGNORECASE,
)
_PER_EPOCH = re.compile(
    r"per\s+epoch|/\s*epoch|each\s+epoch|every\s+epoch|an\s+epoch|에폭\s*당|per\s+step|/step|/it\b", re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:\b(?:about|around|approximately|nearly|roughly|ca\.)\s*|[약~]\s*|\(\s*)"
    r"(?:half|quarter|an?|one|two|three|four|five|six|seven|eight|nine|ten|반|\d+(?:\.\d+)?)?\s*(?:(?:of\s+)?an?\s+)?"
    r"(?:hours?|hrs?|minutes?|mins?|days?|시간|분|일)(?:\s*반|\s+and\s+a\s+half)?",
    re.IGNORECASE,
)
_WORD_NUMBERS = {"half": 0.5, "quarter": 0.25, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_WORD_NUMBERS |= {"six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "반": 0.5}
_UNITS = {"h": 3600, "시": 3600, "m": 60, "분": 60, "d": 86400, "일": 86400}


def elapsed(line: str) -> tuple[str | None, str | None]:
    """The seconds since the start in a line, as printed, and the words right after them.

    `2 h 5 min 12 s` is converted to seconds. Seconds per epoch do not count.

    Arguments:
        line: the line.

    Returns:
        The seconds and the words; None for each that the line does not have.
    """
    match = _ELAPSED.search(line)
    if match is None or _PER_EPOCH.search(line):
        return None, None
    hours, minutes, seconds = match.groups()
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + number(seconds)
    words = _WORDS.search(line[match.end() : match.end() + 40])
    near = words is not None and words.start() < 15
    return f"{total:g}" if hours or minutes else seconds, words.group().strip("( ") if words and near else None


def words_to_seconds(words: str) -> float | None:
    """The time that words name: `about half hour` → 1800.

    Arguments:
        words: the words.

    Returns:
        The seconds, or None if the words are not a time.
    """
    match = re.search(
        r"(half|quarter|반|\d+(?:\.\d+)?|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten)\b)?\s*"
        r"(?:(?:of\s+)?\ban?\s+)?(hours?|hrs?|minutes?|mins?|days?|시간|분|일)(\s*반|\s+and\s+a\s+half)?",
        words,
        re.IGNORECASE,
    )
    if match is None:
        return None
    count, unit, and_half = match.groups()
    amount = 1.0 if count is None else _WORD_NUMBERS.get(count.lower()) or float(count)
    return (amount + (0.5 if and_half else 0)) * _UNITS[unit.lower()[0]]
