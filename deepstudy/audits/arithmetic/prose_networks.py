"""Networks that sentences describe, `two 3x3 convolutions with 32 and 64 filters`, against the counts beside them.

A sentence leaves much open: the padding, the poolings, the biases. So every reading is counted, and a printed count is
called wrong only where it has the very digits of a reading, in another order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from deepstudy.audits.arithmetic.count_claims import read_counts
from deepstudy.audits.arithmetic.layer_arithmetic import CountedTotal, PaddingRule, possible_totals
from deepstudy.audits.arithmetic.listed_counts import known_inputs
from deepstudy.audits.arithmetic.parameter_bytes import PARAMETER_WORD
from deepstudy.audits.reading.blocks import DocumentLayout, Paragraph
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import ListedLayer, ListedNetwork, Size
from deepstudy.findings import Finding

_LONGEST = 1500  # letters of a paragraph
_MOST_NETWORKS = 100
_MOST_LAYERS = 6  # of one kind
_LEAST = 10_000  # parameters; fewer digits agree by chance

_AND = r"(?:\s?,\s?(?:and |und |et |y |e )?|\s(?:and|und|et|y|e)\s|\s?(?:와|과|및|、|和|と)\s?)"
_LIST = rf"(\d{{1,4}}(?:{_AND}\d{{1,4}}){{0,5}})"
_FILTERS = (
    r"(?:filter(?:s|n)?|kernels?|(?:feature |output )?maps?|channels?|kanälen?|filtres?|filtros?|canales|canais|필터|"
    r"채널|滤波器|卷积核|通道|フィルタ|チャネル)"
)
_CONVOLUTION = r"(?:convol|conv\b|faltung|합성곱|컨볼루션|卷积|畳み込み)"
_UNITS = (
    r"(?:units?|neurons?|nodes?|neuronen?|einheiten|neurones?|unités|neuronas?|unidades|neurônios|유닛|뉴런|노드|神经元|"
    r"单元|ユニット)"
)
_DENSE = (
    r"(?:dense|fully[ -]connected|hidden|voll\w* verbunden|verdeckt|dicht|couche cachée|entièrement connect|densa|"
    r"oculta|totalmente conectad|completamente conectad|전결합|완전 ?연결|은닉|밀집|全连接|隐藏|全結合|隠れ)"
)
_OUTPUT = r"(?:output|ausgabe|sortie|salida|saída|출력|输出|出力)"
_CLASSES = re.compile(r"(?<!\d)(\d{1,3})\s?(?:classes|klassen|clases|개?의? ?클래스|类|クラス)", re.IGNORECASE)
_OF_FILTERS = re.compile(rf"{_LIST}\s?(?:개의?|个|個の?|の)?\s?(?:output )?{_FILTERS}", re.IGNORECASE)
_OF_UNITS = re.compile(
    rf"{_DENSE}[^.;。；]{{0,40}}?{_LIST}\s?(?:개의?|个|個の?|の)?\s?{_UNITS}|"
    rf"{_LIST}\s?(?:개의?|个|個の?)?\s?{_UNITS}[^.;。；,，]{{0,20}}?{_DENSE}",
    re.IGNORECASE,
)
_OF_OUTPUT = re.compile(
    rf"{_OUTPUT}[^.;。；\d]{{0,30}}(\d{{1,3}})(?!\d|[.,x×]\d)|(?<!\d)(\d{{1,3}})\s?{_OUTPUT}", re.IGNORECASE
)
_KERNEL = re.compile(r"(?<![\dx×.])([1357]|11)\s?[x×]\s?\1(?![\dx×])")
_POOLED = re.compile(r"pool|풀링|池化|プーリング|sub-?sampl|agrup", re.IGNORECASE)
_IMAGE = re.compile(r"(?<![\d.])(\d{2,3})\s?[x×]\s?(\d{2,3})(?:\s?[x×]\s?([13]))?(?![\dx×])")
#: What this reader does not count.
_OTHER = re.compile(
    r"\d-\d+-\d|resid|skip|inception|separab|depthwise|dilat|transpos|block|pre-?train|global|stride (?:of )?[2-9]|"
    r"schrittweite [2-9]|batch[ -]?norm|BN\b|정규화|归一化|正規化",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _DescribedNetwork:
    """The layers that a paragraph names."""

    filters: tuple[int, ...]
    kernel: int
    units: tuple[int, ...]
    outputs: int
    is_pooled: bool
    input: Size | None


def prose_findings(layout: DocumentLayout, document: ReportDocument) -> Iterator[Finding]:
    """Find the counts beside a described network that have the digits of its count in another order.

    Arguments:
        layout: the blocks of the report.
        document: the report.

    Returns:
        A finding for each such count.
    """
    inputs = known_inputs(document)
    paragraphs = [block for block in layout.blocks if isinstance(block, Paragraph)]
    left = _MOST_NETWORKS
    for at, block in enumerate(paragraphs):
        described = _described(block.text) if left and len(block.text) < _LONGEST else None
        near = [each for each in paragraphs[at : at + 2] if re.search(PARAMETER_WORD, each.text, re.IGNORECASE)]
        counts = [(each, *read) for each in near for read in read_counts(each.text)] if described else []
        if described is None or not counts:
            continue
        left -= 1
        totals = list(_totals(described, inputs))
        for paragraph, match, count in counts:
            if not count.is_exact or count.value < _LEAST or any(count.fits(total.count) for total in totals):
                continue
            if "=" in paragraph.text[max(match.start() - 3, 0) : match.start()]:
                continue  # worked out there, and checked as an equation
            right = next((total for total in totals if _is_swapped(total.count, count.value)), None)
            if right is not None:
                terms = " + ".join(f"{term:,}" for term in right.terms)
                yield Finding(
                    "parameters",
                    "inconsistent",
                    f"The described layers have {terms} = {right.count:,} parameters, not {count.value:,.0f}.",
                    where=document.where(paragraph.locate(match.start(), match.end()).line + 1),
                    reported=paragraph.text[max(match.start() - 100, 0) : match.end() + 30].strip(),
                    possible=f"{right.count:,}",
                )


def _is_swapped(right: float, count: float) -> bool:
    """Whether two neighbouring digits changed their places: 34,826 and 38,426."""
    one, other = f"{right:.0f}", f"{count:.0f}"
    places = [at for at, (first, second) in enumerate(zip(one, other, strict=False)) if first != second]
    is_pair = len(one) == len(other) and len(places) == 2 and places[1] == places[0] + 1
    return is_pair and one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]


def _described(text: str) -> _DescribedNetwork | None:
    """The network of a paragraph; None if it names none, or one that this reader does not count."""
    filters, kernels = _OF_FILTERS.search(text), _KERNEL.findall(re.sub(r"2\s?[x×]\s?2", "", text))
    if filters is None or not re.search(_CONVOLUTION, text, re.IGNORECASE) or _OTHER.search(text):
        return None
    if len(set(kernels)) != 1 or len(_OF_FILTERS.findall(text)) != 1:
        return None
    dense, output = _OF_UNITS.search(text, filters.end()), _OF_OUTPUT.search(text, filters.end())
    classes = _CLASSES.search(text)
    outputs = int(output[1] or output[2]) if output else int(classes[1]) if classes else 10
    units = _numbers(dense[1] or dense[2]) if dense else ()
    units = units[:-1] if units and units[-1] == outputs else units
    widths = _numbers(filters[1])
    if not 1 <= len(widths) <= _MOST_LAYERS or len(units) > _MOST_LAYERS or outputs < 2:
        return None
    image = _IMAGE.search(text)
    size = (int(image[3] or 1), int(image[1]), int(image[2])) if image and image[1] == image[2] else None
    return _DescribedNetwork(widths, int(kernels[0]), units, outputs, bool(_POOLED.search(text)), size)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _totals(described: _DescribedNetwork, inputs: Sequence[Size]) -> Iterator[CountedTotal]:
    """The counts of a described network: pooling after each convolution or after the last, any padding."""
    places = {(), (len(described.filters) - 1,), tuple(range(len(described.filters)))} if described.is_pooled else {()}
    sizes = [described.input] if described.input else list(inputs)
    paddings: tuple[PaddingRule, ...] = ("same", "valid")
    for pooled, padding in product(sorted(places), paddings):
        layers: list[ListedLayer] = []
        for at, out in enumerate(described.filters):
            kernel = (described.kernel, described.kernel)
            layers.append(ListedLayer("conv", "conv", 1, out=out, kernel=kernel, stride=(1, 1), padding=padding))
            if at in pooled:
                layers.append(ListedLayer("pool", "pool", 1, kernel=(2, 2), stride=(2, 2), padding="valid"))
        layers.append(ListedLayer("flatten", "flatten", 1))
        layers += [ListedLayer("linear", "dense", 1, out=out) for out in (*described.units, described.outputs)]
        yield from possible_totals(ListedNetwork("words", "", "", "", 1, 1, tuple(layers)), sizes) if sizes else ()
