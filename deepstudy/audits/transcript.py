"""A report's raw text, read from top to bottom: what it says of each of its experiments, and the figures it gives.

Text has no keys. A recipe fact under a heading holds for all that stands below it; a recipe that changes after figures
were given begins the next experiment.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from deepstudy.audits.printed import (
    ACCURACY,
    ACCURACY_OF,
    EPOCH,
    NUM,
    SECONDS,
    SPLIT,
    WORDS,
    LogLine,
    Sizes,
    Sum,
    TreeLayer,
    decimals,
    doubled,
    log_line,
    sizes,
    split_of,
    sums,
    tree_layer,
)


@dataclass
class Passage:
    """What a part of the text says of one experiment: recipe facts under study keys, and its figures."""

    heading: str
    where: str
    facts: dict[str, tuple[object, str]] = field(default_factory=dict)  # key -> value, where
    rates: tuple[float, ...] = ()  # learning rates one after the other
    figures: list["Stated"] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)


@dataclass(frozen=True)
class Stated:
    """An accuracy or a count that the text states."""

    where: str
    text: str
    quantity: str
    value: str
    split: str | None = None
    images: int | None = None
    epoch: int | None = None
    elapsed: str | None = None
    words: str | None = None
    layer: str | None = None
    about: bool = False


@dataclass
class Transcript:
    """All that was found in a text."""

    title: str
    passages: list[Passage]
    sizes: list[Sizes]
    sums: list[Sum]
    trees: list[list[TreeLayer]]
    later: list[tuple[str, int, str]]  # conclusions about epochs: where, epoch, the line
    on_test: list[tuple[str, str]]  # where images are said to be taken from the test set
    epochs: tuple[int, ...]
    topics: frozenset[str]


#: What a report must say to be repeated, and the words by which it does.
TOPICS = {
    "batch_size": r"(?i)batch[\s_-]*size|mini-?batch|batch(?:es)?\s+(?:of\s+)?\d+|배치\s*(?:크기|사이즈)",
    "optimizer": r"(?i)\b(?:SGD|AdamW?|RMSprop|Adagrad|Nesterov|optimi[sz]er)\b|최적화",
    "optimizer.lr": r"(?i)learning[\s_-]*rate|\blr\b|학습률|default settings|기본\s*설정",
    "seeds": r"(?i)\bseeds?\b|\b(?:mean|average) of \w+ runs\b|\b\w+ (?:independent )?runs\b|±|시드",
    "hardware": r"\b(?:[GCT]PU|RTX|GTX|Tesla|[VAH]100|T4|K80|P100|Colab|GeForce|CUDA|Xeon|Ryzen|MacBook|M[1-4])\b",
    "augment": r"(?i)augment|\bflip|random[\s_-]*crop|cutout|증강",
    "init": r"(?i)\binit|xavier|glorot|kaiming|\bHe\s+(?:normal|uniform|init)|초기화",
    "normalize": r"(?i)normali[sz]ed? (?:with|by|the )|Normalize\(|standardi[sz]|mean and std|ToTensor|\[0, 1\]|정규화",
}

_HEADINGS = (  # level, pattern; a Markdown heading's level is the number of its signs
    (0, r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$"),
    (7, r"^\s*\d+[.)]\s+([^.=%:]{1,60})$"),
    (8, r"^\s*([^=%:#|]{1,60}):\s*$"),
)
_IS = r"\s*(?:is|of|was|은|는|[=:])?\s*"
_RATE = re.compile(
    rf"(?:learning[\s_-]*rate|\blr\b|학습률){_IS}({NUM})((?:\s*(?:⇒|=>|->|→|to|then)\s*{NUM})*)", re.IGNORECASE
)


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


_DATA = {"cifar10": "cifar10", "cifar100": "cifar100", "mnist": "mnist", "fashionmnist": "fashion_mnist"}
_MODELS = r"LeNet-?5|VGG-?(?:11|13|16|19)|ResNet-?(?:18|20|32|34|44|50|56|110)|GoogLeNet"
_FACTS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("batch_size", rf"(?i)(?:batch[\s_-]*size|mini-?batch(?:es)?|배치\s*(?:크기|사이즈)){_IS}(\d+)", int),
    ("batch_size", r"(?i)\bbatch(?:es)?\s+(?:of\s+)?(\d+)\b(?!\s*[/\d])", int),
    ("optimizer.name", r"\b(SGD|AdamW|Adam)\b", str.lower),
    ("optimizer.momentum", rf"(?i)momentum{_IS}({NUM})", float),
    ("optimizer.weight_decay", rf"(?i)weight[\s_-]*decay{_IS}({NUM})", float),
    ("data.name", r"(?i)\b(CIFAR-?\s?100|CIFAR-?\s?10|Fashion-?\s?MNIST|MNIST)\b", lambda text: _DATA[_plain(text)]),
    ("model.name", rf"(?i)\b({_MODELS})\b", _plain),
)
_CONSTANTS = r"\s*(?:{}\s*=\s*)?[\[(]([\d.,\s]+)[\])]"
_NORMALIZE = re.compile(rf"Normalize\({_CONSTANTS.format('mean')}\s*,{_CONSTANTS.format('std')}")
_IMAGES = re.compile(
    rf"(\d[\d,]{{2,}})\s*({SPLIT})(?:\s*(?:set|data))?\s*(?:images?|samples?|examples?|이미지)", re.IGNORECASE
)
_CONCLUDES = re.compile(r"saturat|converge|plateau|\benough\b|no longer|levels? off|수렴|포화|충분", re.IGNORECASE)
_ON_TEST = re.compile(
    r"(?:sampled|taken|drawn|selected|split)\s+from\s+the\s+test|테스트\s*(?:셋|데이터|세트)에서", re.IGNORECASE
)
_PERCENT = re.compile(rf"({NUM})(?:\s*[~–-]\s*({NUM}))?\s*%")
_SEVERAL = r"((?<![\d.])(?:\d+\s*(?:,|and|or|및|&)\s*)*\d+)"
_RUNS = re.compile(rf"{_SEVERAL}\s*(?:epochs?\b|에폭|에포크)|\bepochs?\s*[:=]\s*{_SEVERAL}\s*$", re.IGNORECASE)
_TOTAL = re.compile(r"(?:total|sum|합계|총)\D{0,40}?(\d[\d,]*)(?![\d.]*\s*[x×*=%])", re.IGNORECASE)


def read(text: str, file: str) -> Transcript:
    """What `text` says; places are `file:line`."""
    return _Reader(file).read(text)


class _Reader:
    """Goes through a text from top to bottom; recipe facts under a heading hold for what stands below it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.title = ""
        self.passages = [Passage("", f"{file}:1")]
        self.headings: list[tuple[int, str, dict[str, tuple[object, str]]]] = [(0, "", {})]
        self.sums: list[Sum] = []
        self.trees: list[list[TreeLayer]] = []
        self.later: list[tuple[str, int, str]] = []
        self.on_test: list[tuple[str, str]] = []
        self.epochs: list[int] = []
        self.columns: list[str] = []
        self.in_tree = False
        self.epoch: tuple[int | None, int | None] = (None, None)  # that stands on a line of its own

    @property
    def passage(self) -> Passage:
        return self.passages[-1]

    def read(self, text: str) -> Transcript:
        for index, raw in enumerate(text.splitlines(), 1):
            line = self._table_row(raw)
            if line is not None and line.strip():
                self._line(line, f"{self.file}:{index}")
        passages = [passage for passage in self.passages if passage.facts or passage.figures or passage.lines]
        return Transcript(
            self.title,
            passages or self.passages[:1],
            sizes(text, self.file, first_line=1),
            self.sums,
            self.trees,
            self.later,
            self.on_test,
            tuple(dict.fromkeys(self.epochs)),
            frozenset(topic for topic, words in TOPICS.items() if re.search(words, text)),
        )

    def _line(self, line: str, where: str) -> None:
        self.title = self.title or line.strip(" #*=-")
        if layer := tree_layer(line, where):
            if not self.in_tree:
                self.trees.append([])
            self.trees[-1].append(layer)
            self.in_tree = True
            return
        self.in_tree = self.in_tree and bool(re.match(r"^\s*(\)|\(\w+\):)", line))
        if re.search(r"\bpaper\b|논문", line, re.IGNORECASE):
            return  # what a paper did and reached is not this report's
        logged = log_line(line, where)
        if logged is not None:
            if logged.epoch is None:
                logged = replace(logged, epoch=self.epoch[0], epochs=self.epoch[1])
            self.passage.lines.append(logged)
            return
        for level, pattern in _HEADINGS:
            if heading := re.match(pattern, line):
                self._open(level or len(heading.group(1)), heading.group(heading.lastindex or 0), where)
                break
        self._facts(line, where)
        found = sums(line, where)
        self.sums += found
        self._counts(line, where, found)
        self._accuracy(line, where)
        self._conclusion(line, where)
        if (alone := EPOCH.search(line)) and alone.group(1):
            self.epoch = int(alone.group(1)), int(alone.group(2)) if alone.group(2) else None

    def _open(self, level: int, title: str, where: str) -> None:
        """A heading closes those of its level and deeper; what the rest said still holds."""
        self.headings = [heading for heading in self.headings if heading[0] < level]
        kept = dict(self.headings[-1][2])
        self.headings.append((level, title, kept))
        names = [heading[1] for heading in self.headings[1:] if heading[0] > 1 or level == 1]
        self.passages.append(Passage(" · ".join(names), where, dict(kept)))

    def _put(self, key: str, value: object, where: str) -> None:
        if key in self.passage.facts and self.passage.facts[key][0] == value:
            return
        if self.passage.figures or self.passage.lines:  # a recipe after figures begins the next experiment
            self.passages.append(Passage(self.passage.heading, where, dict(self.passage.facts)))
        if key == "optimizer.name":  # another optimizer does not inherit the options of the one before it
            for option in [option for option in self.passage.facts if option.startswith("optimizer.")]:
                del self.passage.facts[option]
        self.passage.facts[key] = (value, where)
        level, _, below = self.headings[-1]
        # What a heading's own lines say holds below it; but a title names one of several networks.
        heading = self.passage.heading
        begun = any(each.figures or each.lines for each in self.passages if each.heading == heading)
        if not begun and (level or key != "model.name"):
            below[key] = (value, where)

    def _facts(self, line: str, where: str) -> None:
        for key, pattern, convert in _FACTS:
            if match := re.search(pattern, line):
                self._put(key, convert(match.group(1)), where)
        if match := _RATE.search(line):
            rates = tuple(float(rate) for rate in re.findall(NUM, match.group(1) + " " + match.group(2)))
            if self.passage.rates != rates and (self.passage.figures or self.passage.lines):
                self.passages.append(Passage(self.passage.heading, where, dict(self.passage.facts)))
            self._put("optimizer.lr", rates[0], where)
            self.passage.rates = rates
        if match := _NORMALIZE.search(line):
            for key, part in zip(("mean", "std"), match.groups(), strict=True):
                self._put(f"normalize.{key}", [float(each) for each in part.split(",") if each.strip()], where)

    def _table_row(self, raw: str) -> str | None:
        """A row of a Markdown table as a line that names its columns; None for the header and the rule."""
        if not raw.strip().startswith("|"):
            self.columns = []
            return raw
        cells = [cell.strip() for cell in raw.strip().strip("|").split("|")]
        if not self.columns:
            self.columns = cells
            return None
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return None
        return " ; ".join(_named(column, cell) for column, cell in zip(self.columns, cells, strict=False))

    def _accuracy(self, line: str, where: str) -> None:
        has_word, epoch = re.search(ACCURACY, line, re.IGNORECASE), EPOCH.search(line)
        percents = [
            match
            for match in _PERCENT.finditer(line)
            if not re.search(r"drop|costs?\b|±\s*$", line[: match.start()][-24:], re.IGNORECASE)
        ]
        match = next(
            (match for match in percents if has_word is None or match.start() > has_word.start()),
            percents[0] if percents else None,
        )
        if match is None or not (has_word or epoch):
            fraction = ACCURACY_OF.search(line)
            if (
                fraction is None
                or fraction.group(4) is None
                or not 0 < float(fraction.group(4)) <= 1
                or decimals(fraction.group(4)) < 2
            ):
                return
            shifted = float(fraction.group(4)) * 100
            value, low_high = f"{shifted:.{max(decimals(fraction.group(4)) - 2, 0)}f}", None
        else:
            value, low_high = match.group(1), match.group(2)
        images, split = _IMAGES.search(line), re.search(rf"\b({SPLIT})|({SPLIT})", line, re.IGNORECASE)
        seconds, words = SECONDS.search(line), WORDS.search(line)
        self.passage.figures.append(
            Stated(
                where,
                line.strip(" -*#\t"),
                "accuracy",
                f"{value}~{low_high}" if low_high else value,
                split_of(images.group(2)) if images else split_of(split.group(0)) if split else None,
                int(images.group(1).replace(",", "")) if images else None,
                int(epoch.group(1) or epoch.group(3)) if epoch else None,
                seconds.group(1) if seconds else None,
                words.group().strip("( ") if words else None,
                about=bool(low_high) or bool(re.search(r"\b(?:about|around)\s*$|[약~]\s*$", line[: line.find(value)])),
            )
        )

    def _counts(self, line: str, where: str, found: list[Sum]) -> None:
        """Parts of a parameter count and its total."""
        total = _TOTAL.search(line)
        # `61,470 x 2 = 122,940` behind a total is about the total; 5x5x1x6 = 150 is a part of one.
        products = [sum_ for sum_ in found if re.search(r"[x×*·]", sum_.text)]
        label = re.match(r"^[\s*#\d.)-]*([\w /-]+?)\s*:", line)
        name = label.group(1).strip() if label else None
        if total and not re.search(r"epoch|step|sec|%", line, re.IGNORECASE):
            self.passage.figures.append(Stated(where, line.strip(), "weights", total.group(1)))
        for sum_ in products:
            text = sum_.text if doubled(sum_.text) else str(int(sum_.stated))
            self.passage.figures.append(
                Stated(where, line.strip(), "weights", text, layer=None if doubled(sum_.text) else name or "")
            )
        if not found and (plain := re.search(r"\d[\d,]*(?:\s*\+\s*\d[\d,]*)+", line)) and name:
            for part in plain.group().split("+"):
                self.passage.figures.append(Stated(where, line.strip(), "weights", part.strip(), layer=name))

    def _conclusion(self, line: str, where: str) -> None:
        """Epochs that a line declares, or concludes about, and on which images."""
        if _ON_TEST.search(line):
            self.on_test.append((where, line.strip(" -*#\t")))
        if _CONCLUDES.search(line) and (match := EPOCH.search(line)):
            self.later.append((where, int(match.group(1) or match.group(3)), line.strip(" -*#\t")))
        elif not re.search(ACCURACY + "|%", line, re.IGNORECASE):
            without = re.sub(_FACTS[0][1], "", re.sub(r"(?i)\bone epoch", "1 epoch", line))
            for match in _RUNS.finditer(without):
                self.epochs += [int(count) for count in re.findall(r"\d+", match.group(1) or match.group(2))]


def _named(column: str, cell: str) -> str:
    """A table's cell with what its column says, in the words that lines are read by."""
    lower = column.lower()
    if re.search(ACCURACY, lower):
        unit = "" if "%" in cell or not re.fullmatch(NUM, cell) or float(cell) <= 1 else " %"
        return f"{column.replace('%', '').replace('()', '')}: {cell}{unit}"
    if re.search(r"time|sec|elapsed|시간", lower) and re.fullmatch(r"[\d,.]+", cell):
        return f"{cell} s"
    return f"{column}: {cell}"
