"""Read a report's raw text from top to bottom: the recipe and the figures of each experiment.

Text has no keys. A recipe fact under a heading applies to everything below it. A recipe that changes after figures
begins the next experiment. Whatever is not clear is skipped: a figure that is not read does less harm than a figure
that is read as something else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from deepstudy.audits.printed import (
    ACCURACY,
    ACCURACY_OF,
    EPOCH,
    NUM,
    SPLIT,
    LogLine,
    Ratio,
    Sizes,
    Sum,
    TreeLayer,
    decimals,
    doubled,
    elapsed,
    log_line,
    number,
    ratios,
    sizes,
    split_of,
    sums,
    tree_layer,
)
from deepstudy.audits.reading.document import ReportDocument

PrintedLine = tuple[str, str]  # its place and its text


@dataclass
class Passage:
    """What a part of the text says about one experiment: recipe facts by study key, and figures."""

    heading: str
    where: str
    facts: dict[str, tuple[object, str]] = field(default_factory=dict)  # key -> value, where
    rates: tuple[float, ...] = ()  # learning rates one after the other
    figures: list["Stated"] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether it has figures already."""
        return bool(self.figures or self.lines)


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
    """Everything that a text says."""

    title: str = ""
    passages: list[Passage] = field(default_factory=list)
    sizes: list[Sizes] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    trees: list[list[TreeLayer]] = field(default_factory=list)
    later: list[tuple[str, int, str]] = field(default_factory=list)  # conclusions about epochs: where, epoch, line
    on_test: list[PrintedLine] = field(default_factory=list)  # lines about images from the test set
    splits: list[tuple[PrintedLine, str, int, object]] = field(default_factory=list)  # line, split, size, data set
    epochs: list[int] = field(default_factory=list)
    runs: int | None = None
    topics: frozenset[str] = frozenset()


#: What a report must give to be repeatable, and the words that show that it does.
TOPICS = {
    "batch_size": r"(?i)batch[\s_-]*size\D{0,12}\d|mini-?batch\D{0,12}\d|\bbatch(?:es)?\s+(?:of\s+)?\d+|\bbs\s*=\s*\d"
    r"|(?:배치|미니배치)\s*(?:크기|사이즈)?\D{0,6}\d",
    "optimizer": r"\b(?:SGD|AdamW?|NAdam|RAdam|RMSprop|Adagrad|Adadelta|LARS|Lion|Muon)\b"
    r"|(?i:nesterov|stochastic gradient descent|확률적\s*경사|경사\s*하강)",
    "optimizer.lr": r"(?i)learning[\s_-]*rate|step\s+size|\blr\b|학습률|default settings|기본\s*설정|기본값",
    "epochs": r"(?i)epochs?\s*[:=]?\s*\d|\d\s*(?:epochs?|에폭|에포크)|(?:에폭|에포크)\s*수?\s*[:=]?\s*\d|one epoch",
    "seeds": r"(?i)\bseeds?\s*(?:[:=]|\d|of|are|were|is|was|\()|\d\s+seeds|random\s+seed"
    r"|\b(?:mean|average) (?:of|over) \w+ (?:\w+ )?(?:runs|seeds|trials|folds)"
    r"|\b\w+\s+(?:independent\s+|repeated\s+)?(?:runs|repetitions|trials)\b|±|시드|회\s*반복",
    "hardware": r"\b(?:[GCT]PU|RTX|GTX|Tesla|[VAHPLT]\d{1,3}|A\d{4}|K80|Colab|GeForce|CUDA|Xeon|Ryzen|MacBook|M[1-4])"
    r"\b",
    "augment": r"(?i)augment|(?:horizontal(?:ly)?|random(?:ly)?|left-right)\s+flip|flip(?:s|ped|ping)\b|mirror"
    r"|random[\s_-]*crop|cutout|mixup|증강|반전|자르기",
    "init": r"(?i)initiali[sz]|\binit\.|_init_|xavier|glorot|kaiming|\bHe\s+(?:normal|uniform|init)|초기화",
    "normalize": r"(?i)normali[sz]ed? (?:with|by|the |to )|Normalize\(|standardi[sz]|mean and std|ToTensor"
    r"|divided by 255|/\s*255|\[0, ?1\]|정규화|표준화",
}

_HEADINGS = (  # level, pattern; level 0 is Markdown, where the number of # is the level
    (0, r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$"),
    (7, r"^\s*\d+[.)]\s+([^.=%:]{1,60})$"),
    (8, r"^\s*([^=%:#|]{1,60}):\s*$"),
)
_IS = r"\s*(?:is|of|was|은|는|[=:])?\s*"
_OF_TESTING = r"(?<!test )(?<!test_)(?<!val )(?<!val_)(?<!eval )(?<!validation )(?<!testing )"
_RATE = re.compile(
    rf"(?:learning[\s_-]*rate|\blr\b|학습률){_IS}({NUM})((?:\s*(?:⇒|=>|->|→|to|then)\s*{NUM})*)", re.IGNORECASE
)


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


_DATA = {"cifar10": "cifar10", "cifar100": "cifar100", "mnist": "mnist", "fashionmnist": "fashion_mnist"}
_OTHER_DATA = re.compile(
    r"\b(?:ImageNet|SVHN|STL-?10|(?:Oxford-?IIIT )?Pets?|Caltech-?\d+|Food-?101|Flowers-?102|[EKQ]MNIST|Places\d+|"
    r"Tiny-?ImageNet|COCO|CelebA|USPS|CINIC-?10)\b"
)
_MODELS = r"LeNet-?5|VGG-?(?:11|13|16|19)|ResNet-?(?:18|20|32|34|44|50|56|110)|GoogLeNet"
_FACTS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("batch_size", rf"(?i){_OF_TESTING}(?:batch[\s_-]*size|mini-?batch(?:es)?|배치\s*(?:크기|사이즈)){_IS}(\d+)", int),
    ("batch_size", rf"(?i){_OF_TESTING}\b(?:batch(?:es)?\s+(?:of\s+)?|bs\s*=\s*)(\d+)\b(?!\s*[/\d])", int),
    ("test_batch_size", r"(?i)(?:test|val|validation|eval)[\s_-]*batch[\s_-]*size\s*(?:of|is|[=:])?\s*(\d+)", int),
    ("optimizer.name", r"\b(SGD|AdamW|Adam)\b", str.lower),
    ("optimizer.momentum", rf"(?i)momentum{_IS}({NUM})", float),
    ("optimizer.weight_decay", rf"(?i)weight[\s_-]*decay{_IS}({NUM})", float),
    (
        "data.name",
        r"(?i)(?<![-\w])(CIFAR-?\s?100|CIFAR-?\s?10|Fashion-?\s?MNIST|MNIST)\b",
        lambda text: _DATA[_plain(text)],
    ),
    ("model.name", rf"(?i)\b({_MODELS})\b", _plain),
)
_CONSTANTS = rf"\s*(?:{{}}\s*=\s*)?[\[(](\s*{NUM}(?:\s*,\s*{NUM})*,?\s*)[\])]"
_NORMALIZE = re.compile(rf"Normalize\({_CONSTANTS.format('mean')}\s*,{_CONSTANTS.format('std')}")
_IMAGES = re.compile(
    rf"(\d[\d,]{{2,}})\s*(?:({SPLIT})(?:\s*(?:set|data))?\s*)?(?:images?|samples?|examples?|이미지)", re.IGNORECASE
)
_CONCLUDES = re.compile(r"saturat|converge|plateau|\benough\b|no longer|levels? off|수렴|포화|충분", re.IGNORECASE)
_ON_TEST = re.compile(
    r"(?:sampled|taken|drawn|selected|split)\s+from\s+the\s+test|테스트\s*(?:셋|데이터|세트)에서", re.IGNORECASE
)
_PERCENT = re.compile(rf"({NUM})(?:\s*[~–-]\s*({NUM}))?\s*%")
_NO_ACCURACY = re.compile(  # a percentage after these words is not an accuracy
    r"(?:drop\w*|costs?|improv\w*|increas\w*|decreas\w*|rise\w*|gain\w*|reduc\w*|faster|slower|by|±|error(?:\s+rate)?)"
    r"(?:\s+(?:of|by|is|to|was))?\s*[:=]?\s*$",
    re.IGNORECASE,
)
_NO_ACCURACY_AFTER = re.compile(
    r"^\s*(?:relative|confidence|less|more|faster|slower|higher|lower|dropout|of\s+the\s+(?!\d*\s*test|images|pictures))",
    re.IGNORECASE,
)
_MEAN = re.compile(r"\bmean\b|\baverage[ds]?\b|\bavg\b|±|\+/-|\bfolds?\b|\bmedian\b|평균", re.IGNORECASE)
_COUNTED = "two three four five six seven eight nine ten".split()
_REPEATED = re.compile(
    rf"\b(\d+|{'|'.join(_COUNTED)})(?:\s+(?:random|independent|different|repeated|separate))*[\s-]+"
    r"(?:runs|seeds|trials|folds?|repetitions)\b",
    re.IGNORECASE,
)
_SEVERAL = r"((?<![\d.])(?:\d+\s*(?:,|and|or|및|&)\s*)*\d+)"
_RUNS = re.compile(rf"{_SEVERAL}\s*(?:epochs?\b|에폭|에포크)|\bepochs?\s*[:=]\s*{_SEVERAL}\s*$", re.IGNORECASE)
_OTHER_EPOCHS = re.compile(  # epochs after these words are not the length of a run
    r"(?:warm-?\w*|every|patience|first|last|after|at|until|till|within|each|another|from|divided|best|per|step\w*|next)"
    r"(?:\s+(?:of|for|in|the|at))*\s*[:=]?\s*$",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:\btotal\b|\bsum\b(?!\s+of)|합계|총)\D{0,40}?(\d[\d,]*)(?![\d.]*\s*[x×*=%MmKk])", re.IGNORECASE)
_HAS_PARAMETERS = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{4,})\s*(?:trainable\s+)?(?:parameters|params|파라미터)", re.IGNORECASE
)
_ABOUT_BEFORE = re.compile(
    r"(?:\b(?:about|around|approx\w*\.?|roughly|nearly|almost|some|over|under|than)|[약~≈≃])\s*$", re.IGNORECASE
)
_PART = re.compile(
    r"^[\s*>#-]*(?:\d+[.)]\s*)?((?:conv|fc|linear|dense|fully|layer|bn|batch\s?norm|norm|head|classif|hidden|embed|block|"
    r"stage|output|squeeze|inception|[CF]\d)[\w .x/-]{0,40}?)\s*(?:\([^)]*\)\s*)?:\s*(.*)$",
    re.IGNORECASE,
)
_SUMMARY = (  # rows of printed layer tables: torchsummary's, Keras's
    re.compile(r"^\s*([A-Z]\w+-\d+)\s+\[[-\d, ]+\]\s+([\d,]+)\s*$"),
    re.compile(r"^[\s│]*(\w+) \(\w+\)[\s│]+\(None[\d, ]*\)[\s│]+([\d,]+)[\s│]*\S*[\s│]*$"),
)

#: A softmax at the end of the network: in words, in code of the network that is no comment, in a printed module tree.
#: Elsewhere code may well turn logits into probabilities.
_SOFTMAX_LAST = re.compile(
    r"\bends?\s+(?:in|with)\s+a\s+softmax"
    r"|^[^#\n]*\breturn\s+(?:\w+\.)*softmax\("
    r"|^[^#\n]*(?<!log_)softmax\(\s*self\.(?:fc|linear|out|head|classifier|dense|last|final)\w*\("
    r"|^[^#\n]*\bself\.\w+\s*=\s*nn\.Softmax\("
    r"|^\s*nn\.Softmax\("
    r"|\(\w+\): Softmax\(",
    re.MULTILINE,
)


def read(document: ReportDocument) -> Transcript:
    """Everything that a document says, with its places."""
    return _TranscriptReader(document).read()


class _TranscriptReader:
    """Reads a text from top to bottom; recipe facts under a heading apply to everything below it."""

    def __init__(self, document: ReportDocument) -> None:
        self.document = document
        self.transcript = Transcript(passages=[Passage("", document.where(1))])
        self.headings: list[tuple[int, str, dict[str, tuple[object, str]]]] = [(0, "", {})]
        self.columns: list[str] = []
        self.parts: list[Stated] = []  # of a parameter count whose total comes later
        self.in_tree = False
        self.epoch: tuple[int | None, int | None] = (None, None)  # from a line with nothing else

    @property
    def passage(self) -> Passage:
        return self.transcript.passages[-1]

    def read(self) -> Transcript:
        transcript, text = self.transcript, self.document.text
        for index, each in enumerate(self.document.lines, 1):
            raw = each.text
            # Numbers and lines longer than this are pasted data and not part of a report.
            plain = re.sub(r"(?<![\d.])\d{16,}", "", raw[:2000])
            for line in self._rows(plain):
                if line.strip():
                    self._line(line, self.document.where(index))
        transcript.sizes = sizes(text, self.document.name, place=self.document.where)
        passages = [each for each in transcript.passages if each.facts or each.has_begun]
        transcript.passages = passages or transcript.passages[:1]
        transcript.topics = frozenset(topic for topic, words in TOPICS.items() if re.search(words, text))
        transcript.epochs = [epoch for epoch in dict.fromkeys(transcript.epochs) if epoch]
        repeated = [_REPEATED.search(line) for line in text.splitlines() if len(line) < 2000]
        counts = [match.group(1).lower() for match in repeated if match]
        numbers = [int(word) if word.isdecimal() else _COUNTED.index(word) + 2 for word in counts]
        transcript.runs = max((count for count in numbers if 1 < count < 1000), default=None)
        softmax = _SOFTMAX_LAST.search(text)
        if softmax and re.search(r"CrossEntropyLoss|F\.cross_entropy", text):
            where = self.document.where(text.count("\n", 0, softmax.start()) + 1)
            for passage in transcript.passages:
                passage.facts["model.head"] = ("softmax", where)
        return transcript

    def _line(self, line: str, where: str) -> None:
        self.transcript.title = self.transcript.title or line.strip(" #*=-")
        if layer := tree_layer(line, where):
            if not self.in_tree:
                self.transcript.trees.append([])
            self.transcript.trees[-1].append(layer)
            self.in_tree = True
            return
        self.in_tree = self.in_tree and bool(re.match(r"^\s*(\)|\(\w+\):)", line))
        # Skip what the report says about a paper.
        line = re.sub(r"\([^()]*(?:\bpaper\b|논문)[^()]*\)", "", line, flags=re.IGNORECASE)
        if re.search(r"\bpaper\b|논문", line, re.IGNORECASE):
            return
        self.transcript.ratios += ratios(line, where)
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
        summed = sums(line, where)
        self.transcript.sums += summed
        self._counts(line, where, summed)
        if not self._accuracy(line, where):
            self._split_sizes(line, where)
        self._conclusion(line, where)
        if (alone := EPOCH.search(line)) and alone.group(1):
            self.epoch = int(alone.group(1)), int(alone.group(2)) if alone.group(2) else None

    def _open(self, level: int, title: str, where: str) -> None:
        """A heading ends all headings of its level and deeper; facts under the remaining ones still apply."""
        self.headings = [heading for heading in self.headings if heading[0] < level]
        inherited = dict(self.headings[-1][2])
        self.headings.append((level, title, inherited))
        names = [heading[1] for heading in self.headings[1:] if heading[0] > 1 or level == 1]
        self.transcript.passages.append(Passage(" · ".join(names), where, dict(inherited)))
        if _OTHER_DATA.search(title):
            self._put("data.name", "other", where)

    def _put(self, key: str, value: object, where: str) -> None:
        if key in self.passage.facts and self.passage.facts[key][0] == value:
            return
        if self.passage.has_begun:  # a recipe after figures begins the next experiment
            self._next(where)
        if key == "optimizer.name":  # an optimizer does not inherit the options of the previous one
            for option in [option for option in self.passage.facts if option.startswith("optimizer.")]:
                del self.passage.facts[option]
        self.passage.facts[key] = (value, where)
        level, _, below = self.headings[-1]
        # Facts right under a heading apply below it. But a title may name only one of several networks.
        heading = self.passage.heading
        begun = any(each.has_begun for each in self.transcript.passages if each.heading == heading)
        if not begun and (level or key != "model.name"):
            below[key] = (value, where)

    def _next(self, where: str) -> None:
        self.transcript.passages.append(Passage(self.passage.heading, where, dict(self.passage.facts)))

    def _facts(self, line: str, where: str) -> None:
        for key, pattern, convert in _FACTS:
            if (match := re.search(pattern, line)) and (value := convert(match.group(1))):
                self._put(key, value, where)
        if match := _RATE.search(line):
            rates = tuple(float(rate) for rate in re.findall(NUM, match.group(1) + " " + match.group(2)))
            if self.passage.rates != rates and self.passage.has_begun:
                self._next(where)
            self._put("optimizer.lr", rates[0], where)
            self.passage.rates = rates
        if match := _NORMALIZE.search(line):
            for key, part in zip(("mean", "std"), match.groups(), strict=True):
                self._put(f"normalize.{key}", [float(each) for each in part.split(",") if each.strip()], where)

    def _rows(self, raw: str) -> Iterator[str]:
        """The line itself; for a row of a Markdown or LaTeX table, one line per accuracy with the column names."""
        text = raw.strip()
        if re.match(r"\\(?:hline|toprule|midrule|bottomrule)", text):
            return
        latex = "&" in text and text.endswith("\\\\")
        if not text.startswith("|") and not latex:
            self.columns = []
            yield raw
            return
        bare = text.removesuffix("\\\\").replace("\\%", "%") if latex else text.strip("|")
        cells = [cell.strip() for cell in bare.split("&" if latex else "|")]
        if not self.columns:
            self.columns = cells
            return
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return
        named = [(column, _named(column, cell)) for column, cell in zip(self.columns, cells, strict=False)]
        scores = [index for index, (column, _) in enumerate(named) if re.search(ACCURACY, column, re.IGNORECASE)]
        for score in scores or [-1]:
            parts = [text for index, (_, text) in enumerate(named) if index == score or index not in scores]
            yield " ; ".join(parts)

    def _accuracy(self, line: str, where: str) -> bool:
        """Whether the line states an accuracy."""
        value = _value(line)
        if value is None:
            return False
        images, split = _IMAGES.search(line), re.search(rf"\b(?:{SPLIT})|(?:{SPLIT})", line, re.IGNORECASE)
        named = split_of(images.group(2) if images and images.group(2) else split.group(0) if split else None)
        epoch = EPOCH.search(line)
        seconds, words = elapsed(line)
        before = line[: line.find(value.partition("~")[0])]
        about = "~" in value or bool(_MEAN.search(line)) or bool(re.search(r"\b(?:about|around)\s*$|[약~]\s*$", before))
        if _OTHER_DATA.search(line):
            named = None  # the images do not belong to the data set of the passage
        self.passage.figures.append(
            Stated(
                where,
                line.strip(" -*#\t"),
                "accuracy",
                value,
                named,
                int(number(images.group(1))) or None if images and named else None,
                int(epoch.group(1) or epoch.group(3)) or None if epoch else None,
                seconds,
                words,
                about=about,
            )
        )
        return True

    def _split_sizes(self, line: str, where: str) -> None:
        """`50,000 train images`: the sizes of splits."""
        for match in _IMAGES.finditer(line):
            split, images = split_of(match.group(2)), int(number(match.group(1)))
            if split is None or not images or re.search(r"per class|each class|classes of", line, re.IGNORECASE):
                continue
            data = self.passage.facts.get("data.name", (None, ""))[0]
            self.transcript.splits.append(((where, line.strip(" -*#\t")), split, images, data))
            if split in ("train", "validation"):
                key = "data.validation" if split == "validation" else "data.train_images"
                self._put(key, images, where)

    def _counts(self, line: str, where: str, summed: list[Sum]) -> None:
        """Parts of a parameter count, line by line, and the total below them."""
        text = line.strip()
        for sum_ in summed:
            of_total = any(
                each.value.replace(",", "") in sum_.text.replace(",", "") for each in self.passage.figures[-2:]
            )
            if doubled(sum_.text) and (of_total or re.search(r"back-?prop|gradient|역전파", line, re.IGNORECASE)):
                self.passage.figures.append(Stated(where, text, "weights", sum_.text))
                return
        if part := _PART.match(line):
            values = _addends(part.group(2), summed)
            self.parts += [Stated(where, text, "weights", value, layer=part.group(1)) for value in values]
            if values:
                return
        for row in _SUMMARY:
            if match := row.match(line):
                self.parts.append(Stated(where, text, "parameters", match.group(2), layer=match.group(1)))
                return
        if match := re.search(r"layer: ([^;]+) ;.*(?:param\w*|weights): ([\d,]+)", line, re.IGNORECASE):
            self.parts.append(Stated(where, text, "weights", match.group(2), layer=match.group(1)))
            return
        total, has = _TOTAL.search(line), _HAS_PARAMETERS.search(line)
        speaks = re.search(r"param|weight|파라미터|가중치", line, re.IGNORECASE)
        other = re.search(r"epoch|step|sec|%|image|memory|size|time", line, re.IGNORECASE)
        if total and not other and (self.parts or speaks):
            about = _ABOUT_BEFORE.search(line[: total.start(1)]) is not None
            self.passage.figures += [*self.parts, Stated(where, text, "weights", total.group(1), about=about)]
        elif has and not re.search(r"non-?trainable|fewer|less|more|reduc|difference", line, re.IGNORECASE):
            about = _ABOUT_BEFORE.search(line[: has.start(1)]) is not None
            self.passage.figures.append(Stated(where, text, "weights", has.group(1), about=about))
        if re.search(r"\w", line):  # a line of dashes may separate the parts from their total
            self.parts = []

    def _conclusion(self, line: str, where: str) -> None:
        """The epochs that a line declares or concludes about, and images from the test set."""
        text = line.strip(" -*#\t")
        if _ON_TEST.search(line):
            self.transcript.on_test.append((where, text))
        if _CONCLUDES.search(line) and (match := EPOCH.search(line)):
            self.transcript.later.append((where, int(match.group(1) or match.group(3)), text))
        elif not re.search(ACCURACY + "|%", line, re.IGNORECASE):
            without = re.sub(_FACTS[0][1], "", re.sub(r"(?i)\bone epoch", "1 epoch", line))
            for match in _RUNS.finditer(without):
                if not _OTHER_EPOCHS.search(without[: match.start()]):
                    counts = re.findall(r"\d+", match.group(1) or match.group(2))
                    self.transcript.epochs += [int(count) for count in counts]


def _value(line: str) -> str | None:
    """The accuracy in a line, in percent as printed; None if there is no accuracy."""
    has_word, epoch = re.search(rf"(?:{ACCURACY})", line, re.IGNORECASE), EPOCH.search(line)
    percents = [
        match
        for match in _PERCENT.finditer(line)
        if not _NO_ACCURACY.search(line[: match.start()]) and not _NO_ACCURACY_AFTER.match(line[match.end() :])
    ]
    if percents and (has_word or epoch):
        behind = [match for match in percents if has_word is None or match.start() > has_word.start()]
        low, high = (behind or percents)[0].groups()
        return f"{low}~{high}" if high else str(low)
    stated = ACCURACY_OF.search(line)
    if stated is None or stated.group(4) is None or not re.fullmatch(r"\d+\.\d{2,20}", stated.group(4)):
        return None
    printed = stated.group(4)
    if float(printed) > 1:
        return printed if float(printed) <= 100 else None
    places = max(decimals(printed) - 2, 0)
    return f"{float(printed) * 100:.{places}f}"


def _addends(text: str, summed: list[Sum]) -> list[str]:
    """The counts in the line of a part: the result of a product, one number, or several joined by +."""
    if summed:
        return [f"{summed[0].stated:.0f}"]
    if re.fullmatch(r"\s*\d[\d,]*(?:\s*\+\s*\d[\d,]*)*\s*(?:weights|parameters|params)?\s*", text):
        return [part.strip() for part in re.sub(r"[a-z]", "", text).split("+")]
    return []


def _named(column: str, cell: str) -> str:
    """A table cell with its column name, written like a line of text."""
    lower = column.lower()
    if re.search(ACCURACY, lower):
        unit = "" if "%" in cell or not re.fullmatch(NUM, cell) or float(cell) <= 1 else " %"
        return f"{column.replace('%', '').replace('()', '')}: {cell}{unit}"
    if re.search(r"time|sec|elapsed|시간", lower) and re.fullmatch(r"[\d,.]+", cell):
        return f"{cell} s" + (" per epoch" if "epoch" in lower else "")
    return f"{column}: {cell}"
