"""The parts of a document that speak of one experiment each, with the recipe that holds in them.

Text has no keys. A recipe fact under a heading applies to everything below it. A recipe that changes after results
begins the next experiment. What a report says of a paper is left out.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from deepstudy.audits.printed import ACCURACY, EPOCH, NUM, Ratio, Sizes, Sum, TreeLayer, ratios, sizes, sums, tree_layer
from deepstudy.audits.reading.contexts import datasets_in
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.lines.numbers import has_decimal_comma

PrintedLine = tuple[str, str]  # its place and its text


@dataclass
class Passage:
    """What a part of the text says about one experiment.

    Attributes:
        heading: the headings above it.
        where: its place.
        line: the number of its first line in the document, from 0.
        facts: by the keys of a study file, each value with its place.
        rates: learning rates, if there are several one after the other.
        has_begun: whether it has results already.
    """

    heading: str
    where: str
    line: int = 0
    facts: dict[str, tuple[object, str]] = field(default_factory=dict)
    rates: tuple[float, ...] = ()
    has_begun: bool = False


@dataclass
class Transcript:
    """What a document says of its experiments, and what is recognised line by line.

    Attributes:
        title: its first words.
        passages: its parts.
        sizes: printed sizes along networks.
        sums: printed arithmetic.
        ratios: counts with their percentages.
        trees: printed module trees.
        later: conclusions about epochs: place, epoch, line.
        on_test: lines about images that were taken from the test set.
        epochs: lengths of runs.
        runs: how many runs a figure is a mean of; None if nothing says it.
    """

    title: str = ""
    passages: list[Passage] = field(default_factory=list)
    sizes: list[Sizes] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    trees: list[list[TreeLayer]] = field(default_factory=list)
    later: list[tuple[str, int, str]] = field(default_factory=list)
    on_test: list[PrintedLine] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    runs: int | None = None


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


_MODELS = r"LeNet-?5|VGG-?(?:11|13|16|19)|ResNet-?(?:18|20|32|34|44|50|56|110)|GoogLeNet"
_FACTS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("batch_size", rf"(?i){_OF_TESTING}(?:batch[\s_-]*size|mini-?batch(?:es)?|배치\s*(?:크기|사이즈)){_IS}(\d+)", int),
    ("batch_size", rf"(?i){_OF_TESTING}\b(?:batch(?:es)?\s+(?:of\s+)?|bs\s*=\s*)(\d+)\b(?!\s*[/\d])", int),
    ("test_batch_size", r"(?i)(?:test|val|validation|eval)[\s_-]*batch[\s_-]*size\s*(?:of|is|[=:])?\s*(\d+)", int),
    ("optimizer.name", r"\b(SGD|AdamW|Adam)\b", str.lower),
    ("optimizer.momentum", rf"(?i)momentum{_IS}({NUM})", float),
    ("optimizer.weight_decay", rf"(?i)weight[\s_-]*decay{_IS}({NUM})", float),
    ("model.name", rf"(?i)\b({_MODELS})\b", _plain),
)
_CONSTANTS = rf"\s*(?:{{}}\s*=\s*)?[\[(](\s*{NUM}(?:\s*,\s*{NUM})*,?\s*)[\])]"
_NORMALIZE = re.compile(rf"Normalize\({_CONSTANTS.format('mean')}\s*,{_CONSTANTS.format('std')}")
_IMAGES = re.compile(
    r"(?i)(?<!\d)(?<!\d[,.])(\d[\d,.]{2,15})\s{0,9}(?:(train(?:ing)?|valid(?:ation)?|val|dev|test(?:ing)?|훈련|학습|검증|테스트)(?:\s*(?:set|data))?\s*)"
    r"(?:images?|samples?|examples?|이미지)"
)
_CONCLUDES = re.compile(r"saturat|converge|plateau|\benough\b|no longer|levels? off|수렴|포화|충분", re.IGNORECASE)
_ON_TEST = re.compile(
    r"(?:sampled|taken|drawn|selected|split)\s+from\s+the\s+test|테스트\s*(?:셋|데이터|세트)에서", re.IGNORECASE
)
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

_WINDOW = 3000  # letters around a softmax in which its class is looked for
_CLASS = re.compile(r"^\s{0,8}class\s+(\w+)", re.MULTILINE)
_DEF = re.compile(r"^\s{0,12}def\s+(\w+)", re.MULTILINE)
_OF_FORWARD = re.compile(
    r"forward|__init__|call|__call__|\w*(?:net|model|cnn|mlp|resnet|vgg)\w*|build\w*", re.IGNORECASE
)
#: Code that weights something by a softmax: attention, gates, capsules.
_WEIGHTS = re.compile(
    r"att(?:ention|n\b|end\b)|qkv|\bquer(?:y|ies)\b|matmul|\bbmm\(|einsum|\bgat(?:e|es|ing)\b|capsul|rout(?:er|ing)|"
    r"\bmixture\b|expert|distill|temperature",
    re.IGNORECASE,
)
_LAYER = re.compile(r"\b(?:nn\.)?(?:Linear|Conv\dd|LSTM|GRU|BatchNorm\dd|LayerNorm|ReLU|Dropout)\(")


def _is_last(text: str, softmax: re.Match[str]) -> bool:
    """Whether a softmax is the last thing in the network: not within an attention, and not in a function beside it."""
    if re.match(r"ends?\b", softmax[0], re.IGNORECASE):
        return True
    before, after = text[max(softmax.start() - _WINDOW, 0) : softmax.start()], text[softmax.end() :][:_WINDOW]
    line = softmax[0] + after.partition("\n")[0]
    after = after.partition("\n")[2]
    if match := re.search(r"\((\w+)\): Softmax\(", softmax[0]):  # of a printed tree: only brackets may follow
        following = re.sub(r"^(?:\s*\)[ \t]*$)+", "", after, flags=re.MULTILINE).lstrip()
        return not _WEIGHTS.search(match[1]) and not following.startswith("(")
    classes, functions = list(_CLASS.finditer(before)), list(_DEF.finditer(before))
    if classes and functions and functions[-1].start() < classes[-1].start():
        functions = []
    if functions and not _OF_FORWARD.fullmatch(functions[-1][1]):
        return False
    own = before[classes[-1].start() :] if classes else before[-600:]
    end = _CLASS.search(after)
    rest = after[: end.start()] if end else after
    if _WEIGHTS.search(own) or _WEIGHTS.search(line) or (classes and _WEIGHTS.search(rest[:_WINDOW])):
        return False
    if match := re.search(r"self\.(\w+)\s*=\s*nn\.Softmax\($", softmax[0]):
        return _ends_forward(match[1], rest)
    if re.match(r"\s*nn\.Softmax\(", softmax[0]):  # of a sequence: no layer may follow
        sequence = _open_sequence(own)
        is_behind = not _LAYER.search(after.lstrip().partition("\n")[0])
        return is_behind and (sequence is None or _ends_forward(sequence, rest))
    return True


def _open_sequence(code: str) -> str | None:
    """The name of the sequence of layers that is not closed at the end of some code."""
    opened = list(re.finditer(r"self\.(\w+)\s*=\s*(?:nn\.)?Sequential\(", code))
    if not opened:
        return None
    match = opened[-1]
    inside = code[match.end() :]
    return match[1] if inside.count("(") >= inside.count(")") else None


def _ends_forward(name: str, rest: str) -> bool:
    """Whether the output of a layer leaves the network, as far as its code is shown."""
    uses = list(re.finditer(rf"^.*\bself\.{name}\(.*$", rest, re.MULTILINE))
    if not uses:
        return re.search(r"\bdef forward", rest) is None
    if re.search(r"\breturn\b", uses[-1][0]):
        return True
    following = [line.strip() for line in rest[uses[-1].end() :].splitlines() if line.strip(" \t")]
    following = [line for line in following if not line.startswith(("#", "print"))]
    return not following or re.match(r"return\b", following[0]) is not None


def read(document: ReportDocument, results: Collection[int]) -> Transcript:
    """Read the recipes of a document.

    Arguments:
        document: the document.
        results: the numbers of the lines that hold results, from 0.

    Returns:
        Its parts, and what is recognised line by line.
    """
    return _TranscriptReader(document, results).read()


class _TranscriptReader:
    """Reads a text from top to bottom; recipe facts under a heading apply to everything below it."""

    def __init__(self, document: ReportDocument, results: Collection[int]) -> None:
        self.document, self.results = document, results
        self.transcript = Transcript(passages=[Passage("", document.where(1))])
        self.headings: list[tuple[int, str, dict[str, tuple[object, str]]]] = [(0, "", {})]
        self.columns: list[str] = []
        self.in_tree = False
        self.has_decimal_comma = has_decimal_comma(document.text)
        self.at = 0  # the number of the line that is read, from 0

    @property
    def passage(self) -> Passage:
        return self.transcript.passages[-1]

    def read(self) -> Transcript:
        transcript, text = self.transcript, self.document.text
        for at, each in enumerate(self.document.lines):
            self.at = at
            # Numbers and lines longer than this are pasted data and not part of a report.
            plain = re.sub(r"(?<![\d.])\d{16,}", "", each.text[:2000])
            for line in self._rows(plain):
                if line.strip():
                    self._line(line, self.document.where(self.at + 1))
            if self.at in self.results:
                self.passage.has_begun = True
        transcript.sizes = sizes(text, self.document.name, place=self.document.where)
        passages = [each for each in transcript.passages if each.facts or each.has_begun]
        transcript.passages = passages or transcript.passages[:1]
        transcript.epochs = [epoch for epoch in dict.fromkeys(transcript.epochs) if epoch]
        repeated = [_REPEATED.search(line) for line in text.splitlines() if len(line) < 2000]
        counts = [match.group(1).lower() for match in repeated if match]
        numbers = [int(word) if word.isdecimal() else _COUNTED.index(word) + 2 for word in counts if len(word) < 8]
        transcript.runs = max((count for count in numbers if 1 < count < 1000), default=None)
        softmax = next((match for match in _SOFTMAX_LAST.finditer(text) if _is_last(text, match)), None)
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
        is_result = self.at in self.results
        if (
            is_result
            and re.search(r"\bloss|손실|损失|perte|verlust|pérdida|perda", line, re.IGNORECASE)
            and EPOCH.search(line)
        ):
            return  # a line of a log
        for level, pattern in _HEADINGS:
            if heading := re.match(pattern, line):
                self._open(level or len(heading.group(1)), heading.group(heading.lastindex or 0), where)
                break
        self._facts(line, where)
        self.transcript.sums += sums(line, where, self.has_decimal_comma)
        if not is_result:
            self._split_sizes(line, where)
        self._conclusion(line, where)

    def _open(self, level: int, title: str, where: str) -> None:
        """A heading ends all headings of its level and deeper; facts under the remaining ones still apply."""
        self.headings = [heading for heading in self.headings if heading[0] < level]
        inherited = dict(self.headings[-1][2])
        self.headings.append((level, title, inherited))
        names = [heading[1] for heading in self.headings[1:] if heading[0] > 1 or level == 1]
        self.transcript.passages.append(Passage(" · ".join(names), where, self.at, dict(inherited)))
        if "other" in datasets_in(title):
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
        self.transcript.passages.append(Passage(self.passage.heading, where, self.at, dict(self.passage.facts)))

    def _facts(self, line: str, where: str) -> None:
        if known := [name for name in datasets_in(line) if name != "other"]:
            self._put("data.name", known[0], where)
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

    def _split_sizes(self, line: str, where: str) -> None:
        """`50,000 train images`: the sizes of splits."""
        for match in _IMAGES.finditer(line):
            digits = re.sub(r"\D", "", match[1])
            if re.search(r"per class|each class|classes of", line, re.IGNORECASE) or not digits or len(digits) > 9:
                continue
            word = match[2].lower()
            if word.startswith(("tr", "훈", "학")):
                self._put("data.train_images", int(digits), where)
            elif word.startswith(("va", "de", "검")):
                self._put("data.validation", int(digits), where)

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


def _named(column: str, cell: str) -> str:
    """A table cell with its column name, written like a line of text."""
    lower = column.lower()
    if re.search(ACCURACY, lower):
        unit = "" if "%" in cell or not re.fullmatch(NUM, cell) or float(cell) <= 1 else " %"
        return f"{column.replace('%', '').replace('()', '')}: {cell}{unit}"
    if re.search(r"time|sec|elapsed|시간", lower) and re.fullmatch(r"[\d,.]+", cell):
        return f"{cell} s" + (" per epoch" if "epoch" in lower else "")
    return f"{column}: {cell}"
