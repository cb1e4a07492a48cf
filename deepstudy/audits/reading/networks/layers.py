"""A network as a document lists it: its layers, and the counts that are printed with them.

Every reader of `listings/` makes these; the rules work with them in `arithmetic/`. What a document does not say is
None here. Nothing is guessed.
"""

import re
from dataclasses import dataclass
from typing import Literal

LayerKind = Literal[
    "input",
    "conv",
    "depthwise",
    "separable",
    "transposed",
    "linear",
    "norm",
    "pool",
    "global_pool",
    "flatten",
    "activation",
    "dropout",
    "add",
    "container",
    "other",
]
Pair = tuple[int, int]
#: (channels, height, width) or (features,), without the batch.
Size = tuple[int, ...]
Framework = Literal["torch", "keras", "matlab", "caffe", ""]
Quantity = Literal[
    "total", "trainable", "non_trainable", "optimizer", "params_size", "total_size", "input_size", "pass_size"
]

#: Kinds that never hold parameters.
WITHOUT_PARAMETERS: frozenset[str] = frozenset(
    ("input", "pool", "global_pool", "flatten", "activation", "dropout", "add")
)

#: What the programs call their layers; the first pattern that fits the whole name decides.
_TYPES: tuple[tuple[str, LayerKind], ...] = (
    (r"(?:Image)?Input\w*|\w*InputLayer|Data|Reshape|Rescaling", "input"),
    (r"DepthwiseConv\w*", "depthwise"),
    (r"SeparableConv\w*", "separable"),
    (r"Conv(?:olution)?\w*Transpose\w*|Transposed\w*|Deconv\w*|transposedConv\w*", "transposed"),
    (r"Conv[123][dD]|Convolution\w*|convolution\w*|Conv", "conv"),
    (r"Linear|Dense|fullyConnectedLayer|InnerProduct|FullyConnected", "linear"),
    (r"BatchNo\w*|SyncBatchNorm|LayerNorm\w*|GroupNorm\w*|batchNormalizationLayer|InstanceNorm\w*", "norm"),
    (r"Global\w*|Adaptive\w*Pool\w*|global\w*PoolingLayer|globalAveragePooling\w*", "global_pool"),
    (r"\w*Pool(?:ing)?\w*", "pool"),
    (r"Flatten|flattenLayer|View", "flatten"),
    (r"\w*Dropout\w*|\w*DropOut\w*|dropoutLayer|Identity|DropPath|ActivityRegularization|GaussianNoise", "dropout"),
    (
        r"ReLU\d?|LeakyReLU|ELU|SELU|GELU|SiLU|Mish|Hardswish|Hardsigmoid|Sigmoid|Tanh|LogSoftmax|Softmax|Activation|"
        r"CELU|Swish|reluLayer|tanhLayer|leakyReluLayer|sigmoidLayer|softmaxLayer|classificationLayer|Hardtanh|ReLu|Relu|"
        r"eluLayer|geluLayer|SoftmaxWithLoss|Accuracy|TanH|LRN|crossChannelNormalizationLayer|LocalResponseNorm|Softmax2d",
        "activation",
    ),
    (
        r"Add|Concat\w*|Multiply|Average|additionLayer|depthConcatenationLayer|Eltwise|Subtract|Maximum|TFOpLambda",
        "add",
    ),
    (
        r"Sequential|ModuleList|ModuleDict|\w*Block\w*|Bottleneck|Functional|Model|\w*Net\w*|Encoder|Decoder|ConvBNReLU",
        "container",
    ),
)
_TYPE = re.compile("|".join(f"(?P<k{index}>(?:{pattern})$)" for index, (pattern, _) in enumerate(_TYPES)))


def kind_of(type_name: str) -> LayerKind:
    """Say what a program's type of layer is.

    Arguments:
        type_name: its name in the program, `Conv2d` or `MaxPooling2D`; a name that was cut off at its end is fine.

    Returns:
        Its kind; `other` where it is not known.
    """
    match = _TYPE.match(type_name[:60])
    if match is None or match.lastgroup is None:
        return "other"
    return _TYPES[int(match.lastgroup[1:])][1]


@dataclass(frozen=True)
class PrintedCount:
    """A count as it is printed: exact, or rounded like 62 K.

    Attributes:
        text: the printed number with its unit.
        low: the lowest count that it can mean.
        high: the highest.
    """

    text: str
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether it is printed to its last digit."""
        return self.low == self.high

    @property
    def value(self) -> float:
        """The count; of a rounded one, the middle of what it can mean."""
        return (self.low + self.high) / 2

    def fits(self, count: float) -> bool:
        """Say whether it can stand for a count.

        Arguments:
            count: the exact count.

        Returns:
            Whether the printed number can mean it.
        """
        return self.low <= count <= self.high


@dataclass(frozen=True)
class ListedLayer:
    """A layer of a listed network.

    Attributes:
        kind: what it is.
        name: what the document calls it.
        type_name: the type in the program, `Conv2d`; "" in prose.
        line: the number of its line in the document, from 1.
        into: the channels or features that it takes, where they are printed.
        out: the channels or features that it makes, where they are printed.
        kernel: height and width of its window.
        stride: its stride.
        padding: pixels on each side, or the rule; None where nothing says it.
        dilation: its dilation.
        groups: its groups.
        bias: whether it has biases (a norm: scale and shift); None where nothing says it.
        size: its output, where that is printed: channels first, without the batch.
        taken: its input, where that is printed.
        count: its parameters, where they are printed.
        times: how often it stands here (`6 x Block`).
        is_ceil: whether its window rounds sizes up.
        pixels: height and width that an adaptive pooling makes.
        is_counted_elsewhere: whether the listing says that its parameters were counted before (`(recursive)`).
        is_parent: whether rows below it count its parts again.
    """

    kind: LayerKind
    name: str
    line: int
    type_name: str = ""
    into: int | None = None
    out: int | None = None
    kernel: Pair | None = None
    stride: Pair | None = None
    padding: Pair | Literal["same", "valid"] | None = None
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool | None = None
    size: Size | None = None
    taken: Size | None = None
    count: PrintedCount | None = None
    times: int = 1
    is_ceil: bool = False
    pixels: Pair | None = None
    is_counted_elsewhere: bool = False
    is_parent: bool = False


@dataclass(frozen=True)
class ListedTotal:
    """A number that is printed for a whole network.

    Attributes:
        quantity: what it is a number of.
        count: the number; sizes are in the printed unit.
        line: the number of its line in the document, from 1.
        text: the line.
        unit: of a size: `KB`, `MB`, `GB`; otherwise "".
        is_doubled: whether the line multiplies it by two for backpropagation.
        is_own: whether it belongs to the listing; otherwise the text says it elsewhere.
    """

    quantity: Quantity
    count: PrintedCount
    line: int
    text: str
    unit: str = ""
    is_doubled: bool = False
    is_own: bool = True


@dataclass(frozen=True)
class ListedNetwork:
    """A network that a document lists.

    Attributes:
        listing: how it is listed.
        framework: whose conventions hold for what is not printed; "" if that is not known.
        name: what it is called; "" if it has no name.
        where: the place of its first line as a person finds it.
        first: the number of its first line in the document, from 1.
        last: the number of its last line.
        layers: its layers, in their order.
        totals: what is printed for the whole of it.
        input: the size of an image, where the listing says it.
        is_chain: whether each layer certainly takes what the layer above it makes.
        is_complete: whether every layer was understood, and none was cut out.
    """

    listing: Literal["summary", "tree", "program", "words", "table", "sums"]
    framework: Framework
    name: str
    where: str
    first: int
    last: int
    layers: tuple[ListedLayer, ...]
    totals: tuple[ListedTotal, ...] = ()
    input: Size | None = None
    is_chain: bool = False
    is_complete: bool = True

    def total(self, quantity: Quantity) -> ListedTotal | None:
        """Find a total that is printed with the listing.

        Arguments:
            quantity: of what.

        Returns:
            The first such total; None if there is none.
        """
        return next((total for total in self.totals if total.quantity == quantity and total.is_own), None)


_UNITS = {
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "g": 1e9,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "millionen": 1e6,
    "millones": 1e6,
    "milhões": 1e6,
    "mil": 1e3,
    "tausend": 1e3,
    "thousand": 1e3,
    "万": 1e4,
    "萬": 1e4,
    "만": 1e4,
    "百万": 1e6,
    "百萬": 1e6,
    "백만": 1e6,
    "천": 1e3,
}
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
#: A count as people print it: `61,706`, `61.706` (German), `61 706` (French), `61706`, `62 K`, `0.06 M`, `6.2万`.
COUNT = (
    r"(?<![\w.,])(?:\d{1,3}(?:[,.'\u00a0\u202f ]\d{3}){1,4}(?![\d])|\d{1,13}(?:[.,]\d{1,4})?)"
    rf"(?:[\s\u00a0]?(?i:{_UNIT})(?![A-Za-z]))?(?![\d]|[.,]\d)"
)
_COUNT = re.compile(rf"\s*([\d.,'\u00a0\u202f ]*\d)\s*({_UNIT})?\s*$", re.IGNORECASE)


def read_count(text: str, is_cut: bool = False) -> PrintedCount | None:
    """Read a printed count.

    Arguments:
        text: the number with its unit: `61,706`, `62 K`.
        is_cut: whether digits may have been cut off and not rounded, as PyTorch Lightning does.

    Returns:
        The count; None if it is no number.
    """
    match = _COUNT.match(text)
    if match is None or len(match[1]) > 20:
        return None
    digits, unit = match[1], _UNITS.get((match[2] or "").lower(), 1.0)
    if re.fullmatch(r"[1-9]\d{0,2}(?:([,.'\u00a0\u202f ])\d{3})(?:\1\d{3})*", digits) and (unit == 1 or "," in digits):
        value, decimals = float(re.sub(r"\D", "", digits)), 0
    elif re.fullmatch(r"\d+(?:[.,]\d+)?", digits):
        value, decimals = (
            float(digits.replace(",", ".")),
            len(re.split(r"[.,]", digits)[1]) if not digits.isdecimal() else 0,
        )
    else:
        return None
    if unit == 1:
        return PrintedCount(text.strip(), value, value)
    step = unit / 10**decimals
    reach = step if is_cut else step / 2
    return PrintedCount(text.strip(), value * unit - reach, value * unit + reach)
