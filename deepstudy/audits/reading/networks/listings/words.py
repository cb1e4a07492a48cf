"""Lists of layers in words, in lists, chains and tables: `3x3 convolution, 8 filters, ReLU, 2x2 max pooling`.

A line counts only if every word of it is understood. A list with a line that is not understood is kept, so that others
know of it, but it is not complete.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import (
    LayerKind,
    ListedLayer,
    ListedNetwork,
    PrintedCount,
    Size,
    read_count,
)

_LONGEST = 500  # letters of a line that lists layers
_MOST_UNKNOWN = 3  # words of a line; more make it a sentence

#: The words for kinds of layers: English, German, French, Spanish, Portuguese, Korean, Chinese, Japanese. The kinds are
#: tried in this order, and in a kind the longer words first.
_KIND_WORDS: dict[LayerKind, str] = {
    "global_pool": r"global(?:es|e|er)? (?:average|avg|max|mittelwert)[ -]?pool(?:ing)?(?:2d)?|gap|"
    r"global(?:average|avg|max)pool(?:ing)?(?:2d)?|pooling moyen global|pooling (?:promedio|médio|media) global|"
    r"agrupamiento promedio global|전역 ?평균 ?풀링|글로벌 ?평균 ?풀링|全局平均池化层?|全域平均池化層?|"
    r"グローバル平均プーリング層?|大域平均プーリング層?",
    "pool": r"(?:max|maximum|average|avg|mean|mittelwert|promedio|moyen|médio)[ -]?pool(?:ing)?s?(?:2d)?|"
    r"pooling (?:max|maximum|moyen|máximo|promedio|médio)|pooling-?schicht|pool(?:ing)?s?\d?|maxpool\w{0,5}|"
    r"avgpool\w{0,5}|"
    r"averagepooling(?:2d)?|sub-?sampling|down-?sampling|agrupación máxima|agrupamiento máximo|"
    r"최대 ?풀링|맥스 ?풀링|평균 ?풀링|풀링|最大池化|平均池化|池化|最大プーリング|平均プーリング|プーリング",
    "conv": r"convolution(?:al|s)?(?:2d)?|conv(?:2d|s)?\d{0,2}|faltungs(?:schicht(?:en)?|layer)|faltung(?:en)?|"
    r"konvolution(?:en|sschicht(?:en)?)?|couche convolutive|convolutive|convoluci(?:ón|onal|ones)|"
    r"convolu(?:ção|ções|cional)|합성곱|컨볼루션|콘볼루션|컨벌루션|卷积|卷積|畳み込み|畳込み|コンボリューション",
    "linear": r"fully[ -]?connected|fc\d{0,2}|dense|linear|affine|inner product|"
    r"voll(?:ständig)?[ -]?verbunden(?:e|er)?(?: schicht)?|dichte schicht|"
    r"(?:entièrement|complètement|totalement) connectée?|(?:totalmente|completamente|densamente) conectad[ao]|densa|"
    r"완전 ?연결|전결합|밀집|全连接|全連接|全結合",
    "norm": r"batch[ -]?norm(?:ali[sz]ation|2d|1d)?|bn|batch-?normalisierung|normalisation par (?:lots?|batch)|"
    r"normalización (?:por lotes|de lotes|batch)|normalização (?:em|por|de) (?:lotes?|batch)|"
    r"배치 ?정규화|批归一化|批量归一化|批次正規化|批量標準化|バッチ正規化",
    "activation": r"leaky ?relu|relu6?|tanh|sigmoid|log ?softmax|softmax|gelu|selu|elu|swish|silu|"
    r"렐루|소프트맥스|시그모이드|ソフトマックス",
    "dropout": r"drop-?out(?:2d)?|드롭아웃|随机失活|ドロップアウト",
    "flatten": r"flatten(?:ing)?|aplanar|aplanamiento|aplatissement|achatamento|평탄화|展平|扁平化|平坦化",
    "input": r"input images?|inputs?|eingabe(?:schicht|bild)?|entrée|entrada|입력|输入|輸入|入力|images?|bild(?:er)?|"
    r"imagen(?:es)?|imagem|이미지|图像",
    "add": r"residual|skip|shortcut|concat(?:enate|enation)?|inception|branch|parallel|merge",
    "other": r"lstm|gru|rnn|embedding|attention|transformer|encoder|decoder|upsampl(?:e|ing)|transposed|"
    r"deconv(?:olution)?|depthwise|separable|conv[13]d|capsule|maxout|lrn|bottleneck|dilated",
}
_LETTER = "[a-zäöüéèáíóúçãõ]"
_OUTPUT = r"outputs?|ausgabe(?:schicht)?|sortie|salida|saída|출력|输出|輸出|出力"
#: Words that say nothing about sizes or counts.
_SILENT = frozenset(
    """
    a an the with of and by each in as is layer layers schicht couche capa camada block activation activations function
    followed then using size sizes shape map maps 2d step hidden final first second third fourth fifth last level
    mit out
    und der die das ein eine aktivierung avec et de la le des du une un con y una el los las com e um uma classes class
    nonlinearity non-linearity rate p prob probability keep_prob keep grayscale gray grey rgb color colour pixels pixel
    px image images for to number architecture model network cnn net sequential start end logits score scores stage conv
    main input inputs digit digits feature features window windows vector 1d flattened group module max
    dimension dimensions dim mnist fashion-mnist cifar cifar-10 cifar10 cifar-100
    층 계층 레이어 활성화 함수 층은 개 활성화함수 활성함수 개의 个 個 层 層 の と 激活 函数 激活函数
    activación función ativação função activation fonction
    """.split()
)
_COUNTED = (
    r"(?:filters?|kernels?|feature ?maps?|channels?|output channels?|out channels?|maps?|filter|filtern|kanäle|"
    r"merkmalskarten|filtres?|noyaux|canaux|filtros?|canales|canais|núcleos|필터|채널|커널|卷积核|滤波器|通道|個?のフィルタ|"
    r"フィルタ|チャネル|units?|neurons?|nodes?|outputs?|neuronen?|neurones?|unités|neuronas?|unidades|neurônios|유닛|뉴런|"
    r"노드|神经元|单元|ユニット|output features|classes|klassen)"
)
_BY = r"\s?[x×*X✕]\s?"
_N = r"(\d{1,6})"
_END = rf"(?!\d|{_BY}\d)"
_STRIDE = r"(?:strides?|schrittweite|pas|paso|passo|스트라이드|보폭|步长|步幅|ストライド)"
_WINDOW = r"(?:kernel|filter|window|fenster|filtro|noyau|pool|커널|필터|卷积核|カーネル)[ _]?"
_ALONE = r"(?<![*×x\d])(?<![*×x]\s)"  # before a number that is no factor
_EQUALS = r"\s?[:=]?\s?"
#: What a piece can say about a layer; each pattern is taken out of the piece before the next one is tried.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("params", r"(?:params?|parameters?|파라미터|参数|parámetros|paramètres|parâmetros)[ #:=]{0,3}(\d[\d,.]{0,14})"),
    ("output", rf"(?:{_OUTPUT})(?: shape| size| dimensions?)?{_EQUALS}(?:is )?{_N}{_BY}{_N}{_BY}{_N}{_END}"),
    ("output", rf"(?:{_OUTPUT})(?: shape| size| dimensions?)?{_EQUALS}{_N}{_BY}{_N}{_END}"),
    ("maps", rf"{_N}\s?@\s?{_N}{_BY}{_N}{_END}"),
    ("window", r"(?<![\d/.])(\d{1,2})\s?/\s?(\d)\s?/\s?(\d)(?![\d/])"),  # kernel/stride/padding
    ("stride", rf"{_STRIDE}\s?(?:size |of |de |von )?{_EQUALS}{_N}(?:{_BY}{_N})?(?!\d)"),
    ("stride", rf"{_N}(?:{_BY}{_N})?[ -](?:strides?|schrittweite)\b"),
    ("stride", rf"(?<![a-z])s\s?=\s?{_N}(?!\d)"),
    ("same", r"same[ -]padding|padding\s?[:=]?\s?['\"]?same['\"]?|\bpad same|(?<![a-z])same(?![a-z])"),
    ("valid", r"valid[ -]padding|padding\s?[:=]?\s?['\"]?valid['\"]?|(?<![a-z])valid(?![a-z])"),
    ("valid", r"(?:no|without|ohne|sans|sin|sem) padding"),
    ("padding", rf"(?:padding|pad|패딩|填充|パディング)\s?(?:of )?{_EQUALS}{_N}(?!\d)"),
    ("padding", rf"(?<![a-z])p\s?=\s?{_N}(?![\d.])"),
    ("taken", rf"inputs?(?: size| shape| dimension)?{_EQUALS}{_N}{_BY}{_N}{_BY}{_N}{_END}"),
    ("into", rf"inputs?(?: features| size| dimension| channels?)?{_EQUALS}{_N}{_END}"),
    (
        "arrow",
        rf"(?:in|inputs?|from)?{_EQUALS}{_ALONE}{_N}\s?(?:to|auf|a|à)\s?{_N}(?: channels?| features?)?(?!\d)",
    ),
    ("kernel", rf"{_WINDOW}(?:size|größe|크기|大小|サイズ|width)?\s?(?:of |de )?{_EQUALS}{_N}{_BY}{_N}{_END}"),
    ("square", rf"(?:kernel|filter|window|pool)[ _]?size\s?(?:of )?{_EQUALS}{_N}{_END}"),
    ("square", rf"(?<![a-z])k\s?=\s?{_N}(?!\d)"),
    ("input", rf"(?<![\dx×]){_N}{_BY}{_N}{_BY}{_N}{_END}"),
    ("kernel", rf"(?<![\dx×]){_N}{_BY}{_N}{_END}"),
    ("out", rf"{_N}\s?(?:개의?|个|個の?)?[ -]?{_COUNTED}(?!{_LETTER})"),
    ("out", rf"(?:out_channels|out_features|outputs?)(?: dimensions?| size| shape| channels?)?{_EQUALS}{_N}{_END}"),
    ("out", rf"(?<!{_LETTER}){_COUNTED}\s?[:=]\s?{_N}{_END}|(?:필터|채널|유닛|뉴런|노드)\s?{_N}\s?개"),
    ("bare", r"(?<![\w.,@%-])(\d{1,6})(?![\w.@%])"),
    ("fraction", r"(?<![\w.])(?:0?\.\d{1,4}|\d{1,3}\s?%|0,\d{1,3})(?![\w])"),
)
_ATTRIBUTES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)
_WORD = re.compile(
    "|".join(rf"(?P<{kind}>(?<!{_LETTER})(?:{words})(?!{_LETTER}|[0-9]))" for kind, words in _KIND_WORDS.items()),
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:→|⇒|➔|➜|⟶|->|=>|--+>|>|[,;+|()\[\]{}、，；：:]|\.\s|\s[-–—]\s|"
    r"(?<=\s)(?:then|and then|followed by|gefolgt von|puis|luego|dann)(?=\s))\s*",
    re.IGNORECASE,
)
#: Short forms of programs, in words: PyTorch's `Conv2d(3, 64, 3)`, Keras's `Conv2D(32, (3, 3))`, `→ (64, 7, 7)`.
_CALLS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Conv2d\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,2})(?!\d)", r"Conv2d(\1 to \2, kernel \3x\3"),
        (
            r"Conv2D\(\s*(\d{1,5})\s*,\s*\(?\s*(\d{1,2})(?:\s*,\s*\2\s*\))?(?!\s?[x×\d])",
            r"Conv2D(\1 filters, kernel \2x\2",
        ),
        (r"Linear\(\s*(\d{1,7})\s*,\s*(\d{1,7})(?!\d)", r"Linear(\1 to \2"),
        (r"((?:Max|Avg)Pool2d)\(\s*(\d)\s*,\s*(\d)\s*\)", r"\1(kernel \2x\2, stride \3)"),
        (
            r"(?:→|->|=>)\s*[\[(]\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,5})\s*[\])]",
            r", output \1x\2x\3",
        ),
        (r"(?<![\d.→>–-])(\d{1,5})(?:→|->|=>|--?|–)(\d{1,5})(?![\d.→–-])", r"\1 to \2"),  # `32→64`, `32-64`
    )
)
_ARROW = re.compile(r"→|⇒|➔|➜|⟶|->|=>|-->")
_MARK = re.compile(r"^[\s>*•·▪■\-–+#│├└─▼↓▽⬇|`]{0,20}(?:\(?\d{1,2}\s?[.):]\)?\s+)?")
_LABEL = re.compile(
    r"^(?:(?:layer|block|stage|step|schicht|couche|capa|camada|conv block|레이어|층|第)\s?\d{0,2}\s?(?:层|層|layer)?|"
    r"[CSFP]\d{1,2}|(?:conv|fc|pool|bn|dense)\d{1,2})\s?[:.)\-–]\s*",
    re.IGNORECASE,
)
_OF_LENET = {"C": "conv", "S": "pool", "F": "fc"}
_SHORT_NAME = re.compile(r"[CSFPN]\d{1,2}")  # LeNet's C1, S2, ...
_SIZE = re.compile(rf"\d{_BY}\d")
_OUTPUT_WORD = re.compile(rf"(?<![a-z])(?:{_OUTPUT})(?![a-z])", re.IGNORECASE)
_CODE = re.compile(
    r"^\s*(?:def|class|import|from|return|with|for|if|elif|else|print)\b.*[:()]|\w\s?=\s?[\w.]{1,60}\(|"
    r"\b(?:self|tf|nn|np|torch|F|keras|layers|model|plt|K)\.\w|\w\(\w+=|;\s*$"
)
_EQUATION = re.compile(r"\d\s*\)?\s*[x×*+]\s*\(?\s*\d[\d,]*\s*\)?\s*=")
_ONLY_ARROWS = re.compile(r"^[\s│┃|▼↓▽⬇vV↳`]*$")
_HEAD = re.compile(r"layer|type|schicht|couche|capa|camada|레이어|층|계층|层|層", re.IGNORECASE)
_COLUMNS = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (r"input|eingabe|entrada|entrée|입력|输入|入力", ""),
        (r"par[aáâ]m|weights|gewichte|파라미터|매개변수|参数|參數|パラメータ", "params {}"),
        (r"output|ausgabe|sortie|salida|saída|출력|输出|出力|shape", "output {}"),
        (r"stride|스트라이드|步长|ストライド", "stride {}"),
        (r"padding|패딩|填充", "padding {}"),
        (r"(?:kernel|filter|window|커널|필터)[ _/-]?(?:size|width|크기)|^kernel$|patch|核大小", "kernel {}"),
        (r"filters|channels|maps|units|neurons|nodes|필터 ?수|filtros|neuronas|滤波器|卷积核", "{} filters"),
    )
)


def read_word_lists(document: ReportDocument, taken: Set[int] = frozenset()) -> Iterator[ListedNetwork]:
    """Find the networks that are listed in words.

    Arguments:
        document: the report.
        taken: the numbers of lines that list a network in another way.

    Returns:
        The networks, in their order.
    """
    run = _LayerRun()
    header: list[str] | None = None
    for number, line in enumerate(document.lines, 1):
        text = line.text if number not in taken else "#"
        if text.lstrip().startswith("|") and text.count("|") >= 3 and len(text) < _LONGEST:
            cells = [cell.strip(" *`") for cell in text.strip().strip("|").split("|")]
            if all(re.fullmatch(r":?-*:?\s*", cell) for cell in cells):
                continue
            if header is None:
                header = cells
                if run.layers:
                    yield from run.end(document)
                continue
            phrase = _phrase(header, cells) if _HEAD.search(header[0]) or _HEAD.search("".join(header[:2])) else None
            found = read_layers(phrase, number) if phrase else None
            listing = "table"
        else:
            if header is not None and run.layers:
                yield from run.end(document)
            header, listing = None, "words"
            if not text.strip() or _ONLY_ARROWS.match(text):
                run.skip(bool(text.strip()))
                continue
            found = read_layers(text, number) if len(text) < _LONGEST else None
            if found is not None and run.is_over_before(found):
                yield from run.end(document)
        if found is None or not found.layers:
            yield from run.end(document)
            if found is not None and found.image:
                run.image = found.image
            continue
        run.add(found, number, listing, bool(_ARROW.search(text)))
    yield from run.end(document)


@dataclass
class LineOfLayers:
    """The layers that a line lists.

    Attributes:
        layers: the layers.
        is_clear: whether every word of the line was understood.
        image: the size of the image, if the line says it.
        unknown: how many of its words are not known here.
    """

    layers: list[ListedLayer]
    is_clear: bool
    image: Size | None = None
    unknown: int = 0


class _LayerRun:
    """Lines one after the other that list layers."""

    def __init__(self) -> None:
        self.image: Size | None = None
        self._start()

    def _start(self) -> None:
        self.layers: list[ListedLayer] = []
        self.is_clear, self.first, self.last, self.empty = True, 0, 0, 0
        self.listing, self.has_arrow, self.was_linear = "words", False, False

    def skip(self, is_arrow: bool) -> None:
        """Pass over an empty line, or one with nothing but an arrow."""
        self.empty += not is_arrow

    def is_over_before(self, found: LineOfLayers) -> bool:
        """Whether a line begins another network: with an image, or with a convolution below linear layers."""
        if not self.layers:
            return False
        return found.image is not None or (self.was_linear and any(layer.kind == "conv" for layer in found.layers))

    def add(self, found: LineOfLayers, number: int, listing: str, has_arrow: bool) -> None:
        """Append a line."""
        self.first = self.first or number
        self.layers += found.layers
        self.is_clear = self.is_clear and found.is_clear and self.empty < 3
        self.image = found.image or self.image
        self.last, self.empty, self.listing = number, 0, listing
        self.has_arrow = self.has_arrow or has_arrow
        self.was_linear = self.was_linear or any(layer.kind == "linear" for layer in found.layers)

    def end(self, document: ReportDocument) -> Iterator[ListedNetwork]:
        """End the list; it is a network if it has two layers with weights, or one and several others."""
        counted = [layer for layer in self.layers if layer.kind in ("conv", "linear", "other")]
        if len(counted) > 1 and len(self.layers) > 2 and (self.last > self.first or self.has_arrow or self.is_clear):
            known = all(layer.kind not in ("other", "add") for layer in self.layers)
            yield ListedNetwork(
                "table" if self.listing == "table" else "words",
                "",
                "",
                document.where(self.first),
                self.first,
                self.last,
                tuple(self.layers),
                input=self.image,
                is_chain=known,
                is_complete=known and self.is_clear,
            )
        if self.layers:
            self.image = None
        self._start()


def _names_a_layer(text: str) -> bool:
    return any(match.lastgroup != "input" for match in _WORD.finditer(text))


def _phrase(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row of a table as a phrase: `Conv1 | 32 | 3x3` → `Conv1, 32 filters, kernel 3x3`."""
    parts = []
    named = re.fullmatch(r"([CSF])\d", cells[0])  # LeNet's C1, S2, F6
    if named is not None and not any(_names_a_layer(cell) for cell in cells[1:]):
        cells = [f"{_OF_LENET[named[1]]} {cells[0]}", *cells[1:]]
    for column, cell in zip(header, cells, strict=False):
        form = next((form for pattern, form in _COLUMNS if pattern.search(column)), "{}")
        if cell and cell not in ("-", "–", "—", "/", "N/A", "0", "None"):
            cell = re.sub(r"[()\[\]]", "", cell) if form not in ("{}", "") else cell
            cell = (
                re.sub(r"(?<=\d)\s?,\s?(?=\d{1,4}(?!\d\d))", "x", cell)
                if form.startswith(("output", "kernel", "stride"))
                else cell
            )
            if form.startswith("params"):
                cell = re.sub(r"(?<=\d)[,.'’\u00a0\u202f ](?=\d{3}(?!\d))", "", cell)
            parts.append(form.format(cell))
    return ", ".join(part for part in parts if part)


def read_layers(text: str, number: int) -> LineOfLayers | None:
    """Read the layers that a line lists.

    Arguments:
        text: the line.
        number: its number in the document, from 1.

    Returns:
        Its layers; None if it names none.
    """
    plain = _MARK.sub("", text.replace("**", "").replace("`", "").strip(), count=1).strip(" .|")
    plain = _LABEL.sub(lambda match: _kept_label(match.group()), plain, count=1)
    if not plain or not _may_list(plain) or _EQUATION.search(plain) or _CODE.search(text):
        return None
    plain = re.sub(r"(?<=[a-z]\d)_\d{1,2}(?!\d)", "", plain)  # VGG's conv3_1
    for pattern, words in _CALLS:
        plain = pattern.sub(words, plain)
    line = LineOfLayers([], True)
    for piece in _SEPARATOR.split(plain):
        if piece.strip():
            _read_piece(piece.strip(), line, number)
    if (not line.layers and line.image is None) or line.unknown > _MOST_UNKNOWN:
        return None
    line.layers = list(map(_resolved, line.layers))
    line.is_clear = line.is_clear and all(layer.kind != "other" for layer in line.layers)
    return line


def _may_list(plain: str) -> bool:
    """Whether a line names a layer, or an image with its size."""
    kinds = {match.lastgroup for match in _WORD.finditer(plain)}
    return bool(kinds - {"input"}) or ("input" in kinds and _SIZE.search(plain) is not None)


def _kept_label(label: str) -> str:
    """What a label says about the kind: `conv1:` → `conv `, `Layer 1:` → nothing."""
    kind = re.match(r"conv|fc|pool|bn|dense", label, re.IGNORECASE)
    return f"{kind.group()} " if kind and "block" not in label.lower() else ""


def _read_piece(piece: str, line: LineOfLayers, number: int) -> None:
    rest = piece
    words = list(_WORD.finditer(piece))
    kinds = [match for match in words if match.lastgroup != "input"]
    is_image = any(match.lastgroup == "input" for match in words) and not kinds and not line.layers
    for match in kinds:
        kind: LayerKind = match.lastgroup  # type: ignore[assignment]
        line.layers.append(ListedLayer(kind, match.group(), number))
    rest = _WORD.sub(lambda match: match.group() if match.lastgroup == "input" and not is_image else " ", rest)
    found: dict[str, list[tuple[int, ...]]] = {}
    for name, pattern in _ATTRIBUTES:

        def take(match: re.Match[str], name: str = name) -> str:
            numbers = [group for group in match.groups() if group is not None]
            if name == "params":
                found.setdefault(name, []).append((int(re.sub(r"\D", "", numbers[0]) or 0),))
            else:
                found.setdefault(name, []).append(tuple(int(each) for each in numbers))
            return " "

        rest = pattern.sub(take, rest)
    rest = re.sub(
        rf"(?i)(?<![a-z])(?:{_OUTPUT}|{_COUNTED}|kernel|filter|stride|strides|padding|size)(?![a-z])", " ", rest
    )
    unread = re.findall(r"[^\W_][\w-]*", rest)
    unknown = [word for word in unread if word.lower() not in _SILENT and not _SHORT_NAME.fullmatch(word)]
    line.unknown += len(unknown)
    if unknown or len([match for match in kinds if match.lastgroup in ("conv", "linear", "pool")]) > 1:
        line.is_clear = False
    is_output = not kinds and _OUTPUT_WORD.search(piece) is not None
    _apply(found, line, is_image, is_output, number)


def _apply(
    found: dict[str, list[tuple[int, ...]]], line: LineOfLayers, is_image: bool, is_output: bool, number: int
) -> None:
    """Add what a piece says to the last layer of the line, or to the image."""
    if is_image or (not line.layers and found.keys() & {"input", "output"}):
        sizes = found.get("input") or found.get("output") or []
        line.image = _image(sizes[0]) if sizes else line.image
        if not sizes:
            line.is_clear = line.is_clear and not found.get("kernel")
            if len(found.get("kernel", [])) == 1 and found["kernel"][0][0] > 15:
                line.image = None
        return
    if not line.layers:
        line.is_clear = line.is_clear and not found
        return
    at = _last_with_size(line.layers) if not {"bare", "fraction"} >= found.keys() else len(line.layers) - 1
    layer = line.layers[at]
    changes: dict[str, object] = {}
    for name, values in found.items():
        value = values[0]
        if len(values) > 1 and name not in ("bare", "fraction"):
            line.is_clear = False
        if name in ("output", "input"):
            if name == "input":  # `5x5x6` without a word: filters and their depth, an input, or an output
                line.is_clear = False
            elif len(value) == 3:
                changes["size"] = _image(value)
        elif name == "maps":
            changes |= {"out": value[0], "size": value}
        elif name == "window":
            changes |= {key: (value[at], value[at]) for at, key in enumerate(("kernel", "stride", "padding"))}
        elif name == "stride":
            changes["stride"] = (value[0], value[-1])
        elif name in ("same", "valid"):
            changes["padding"] = name
        elif name == "padding":
            changes["padding"] = (value[0], value[0])
        elif name in ("kernel", "square"):
            changes["kernel"] = (value[0], value[-1])
        elif name == "out":
            changes["out"] = value[0]
        elif name == "into":
            changes["into"] = value[0]
        elif name == "taken":
            changes["taken"] = _image(value)
        elif name == "params":
            _count(line, at, read_count(str(value[0])))
            layer = line.layers[at]
        elif name == "arrow":
            changes |= {"into": value[0], "out": value[1]}
        elif name == "bare":
            for (bare,) in values:
                line.is_clear = _take_bare(layer, changes, bare) and line.is_clear
    if is_output and layer.kind == "linear" and "out" in changes and layer.out is not None:
        if changes["out"] == layer.out:
            return
        line.layers.append(ListedLayer("linear", "output", number, out=int(str(changes["out"]))))
        return
    for key, said in changes.items():
        if key in ("out", "kernel", "stride") and getattr(layer, key) not in (None, said):
            line.is_clear = False
    line.layers[at] = replace(layer, **changes)  # type: ignore[arg-type]


def _count(line: LineOfLayers, at: int, count: PrintedCount | None) -> None:
    """Give a row's count to its layer with parameters: of `BN + ReLU + pooling`, to the normalisation."""
    owners = [index for index, each in enumerate(line.layers) if each.kind in ("conv", "linear", "norm", "other")]
    if len(owners) > 1:
        line.is_clear = False  # the count is of all of them
    owner = owners[0] if len(owners) == 1 else at
    line.layers[owner] = replace(line.layers[owner], count=count)


def _last_with_size(layers: Sequence[ListedLayer]) -> int:
    """The last layer that can have a kernel or filters; `conv, ReLU, 32 filters` means the convolution."""
    kinds = ("conv", "linear", "pool", "global_pool", "flatten", "other")
    return next((at for at in range(len(layers) - 1, -1, -1) if layers[at].kind in kinds), len(layers) - 1)


def _take_bare(layer: ListedLayer, changes: dict[str, object], number: int) -> bool:
    """A number without a word: filters of a convolution with a known kernel, features of a linear layer."""
    if layer.kind in ("dropout", "activation", "norm", "flatten", "add", "other", "global_pool"):
        return True
    if layer.kind in ("conv", "linear") and layer.out is None and "out" not in changes:
        changes["out"] = number
        return True
    if layer.kind == "linear" and layer.into is None and "into" not in changes:
        changes |= {"into": layer.out if layer.out is not None else changes["out"], "out": number}
        return True
    if layer.kind == "pool" and layer.kernel is None and "kernel" not in changes and number < 10:
        changes["kernel"] = (number, number)
        return True
    return False


def _image(numbers: tuple[int, ...]) -> Size | None:
    """`28x28x1` or `1x28x28` → (1, 28, 28)."""
    if len(numbers) != 3 or 0 in numbers:
        return None
    if numbers[0] == numbers[1]:
        return (numbers[2], numbers[0], numbers[1])
    if numbers[1] == numbers[2]:
        return numbers
    return (numbers[2], numbers[0], numbers[1]) if numbers[2] in (1, 3) else None


def _resolved(layer: ListedLayer) -> ListedLayer:
    """A layer with what its kind implies."""
    if layer.kind == "conv" and layer.out is None and layer.size is not None and len(layer.size) == 3:
        layer = replace(layer, out=layer.size[0])
    if layer.kind == "linear" and layer.size is not None and layer.out is None and len(layer.size) == 1:
        layer = replace(layer, out=layer.size[0])
    if layer.kind == "linear" and layer.out is None and layer.kernel is not None:  # `400x120`
        layer = replace(layer, into=layer.kernel[0], out=layer.kernel[1], kernel=None)
    if layer.kind == "flatten" and layer.out is not None:
        layer = replace(layer, size=(layer.out,), out=None)
    if layer.kind == "conv" and layer.stride is None:
        layer = replace(layer, stride=(1, 1))
    return layer
