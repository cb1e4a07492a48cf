"""The counts of listed networks as figures of a study file: of each layer, and of the whole."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from deepstudy.audits.arithmetic.layer_arithmetic import LayerTally, possible_totals, tallies, variants
from deepstudy.audits.arithmetic.listed_counts import known_inputs
from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.networks.layers import ListedLayer, ListedNetwork, ListedTotal, Size
from deepstudy.study.reported import Reported

_COMPUTED = ("tree", "program", "words", "table")  # listings whose arguments give the counts
_BY_HAND = ("sums", "words", "table")  # listings that may leave layers out
_ROWS = ("summary", "tree", "program", "table")  # listings whose lines hold nothing else
_WHOLE_IMAGES = (784, 1024, 3072)  # numbers of an image of MNIST (also of 32x32 pixels) and CIFAR
#: Text of a network whose layers are not all listed.
_STARTS_FROM_ANOTHER = re.compile(
    r"\b(?:VGG|ResNet|AlexNet|DenseNet|MobileNet|EfficientNet|GoogLeNet|Inception|Xception|BERT|ViT)|"
    r"pre-?trained|transfer learning|fine-?tun",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ListedCounts:
    """What a draft says of the counts of listed networks.

    Attributes:
        figures: the counts of one network: of its layers, then of the whole.
        lines: the lines, from 1, whose counts are no other figures.
        left_out: networks whose counts are not among them: their place, and what they are.
    """

    figures: tuple[Reported, ...] = ()
    lines: frozenset[int] = frozenset()
    left_out: tuple[tuple[str, str], ...] = ()


def read_counts(evidence: Evidence) -> ListedCounts:
    """Find the counts of the network that a document lists.

    A study file holds one list of layers for an experiment, so of several listings one is taken: one with printed
    counts, if there is one.

    Arguments:
        evidence: what the document says.

    Returns:
        Its counts. Counts of layers stand there only where they certainly are all of the network.
    """
    lines = {line for each in evidence.networks if each.listing in _ROWS for line in range(each.first, each.last + 1)}
    for kind in (_printed_counts, _computed_counts):
        for network in evidence.networks:
            figures = tuple(kind(network, evidence))
            if figures:
                lines |= {each.line for each in network.totals} | {each.line for each in network.layers}
                others = [each for each in evidence.networks if each is not network and each.total("total")]
                left_out = tuple((each.where, describe_network(each)) for each in others)
                return ListedCounts(figures, frozenset(lines), left_out)
    return ListedCounts((), frozenset(lines))


def order_totals(figures: Sequence[Reported]) -> list[Reported]:
    """Put the total that the layers add up to behind other totals, which count other things as well.

    Arguments:
        figures: the figures of one experiment.

    Returns:
        The same figures; the last total is the one that the parts are held against.
    """
    added = sum(each.number[1] for each in figures if each.layer is not None)
    return sorted(figures, key=lambda each: _is_count(each) and each.layer is None and each.number[1] == added)


def _is_count(figure: Reported) -> bool:
    return figure.quantity in ("weights", "parameters")


def describe_network(network: ListedNetwork) -> str:
    """Say which network it is, by its name and its total.

    Arguments:
        network: a listed network.

    Returns:
        `network sequential: 54,410 parameters`.
    """
    total = network.total("total")
    name = f"network {network.name}" if network.name else "a network"
    return f"{name}: {_total(total)} parameters" if total is not None else name


# Printed counts ------------------------------------------------------------------------------------------------------


def _printed_counts(network: ListedNetwork, evidence: Evidence) -> Iterator[Reported]:
    total = network.total("total") or network.total("trainable")
    rows = [layer for layer in network.layers if layer.count and layer.count.high and not layer.is_counted_elsewhere]
    if total is None or total.is_doubled or len(rows) < 2:
        return
    equations = {each.where for each in evidence.sums}  # printed arithmetic is kept as it is
    parts = [(layer, layer.count.value) for layer in _all_rows(network, rows, total) if layer.count is not None]
    texts = _texts(evidence)
    named = zip(_names([layer for layer, _ in parts]), parts, strict=True)
    yield from _figures(
        (name, f"{count:,.0f}", texts[layer.line - 1])
        for name, (layer, count) in named
        if evidence.document is not None and evidence.document.where(layer.line) not in equations
    )
    if evidence.document is not None and evidence.document.where(total.line) not in equations:
        yield from _figures([(None, _total(total), total.text)])


def _all_rows(network: ListedNetwork, rows: Sequence[ListedLayer], total: ListedTotal) -> Sequence[ListedLayer]:
    """The rows that are the whole network; none where some may be missing, or may be counted twice."""
    counts = [layer.count for layer in rows if layer.count is not None]
    if not network.is_complete or not all(each.is_exact and each.value.is_integer() for each in [total.count, *counts]):
        return ()
    ways = [rows, [row for row in rows if row.kind != "container"], [row for row in rows if not row.is_parent]]
    ways += [rows[start:] for start in range(1, len(rows) - 1)]  # the rows above may be of another network
    for way in ways:
        if _sum_of(way) == total.count.value:
            return way
    is_unclear = network.total("optimizer") is not None or any(row.is_parent for row in rows)
    if network.listing in _BY_HAND:
        is_unclear |= _sum_of(rows) < total.count.value / 2
    else:
        is_unclear |= any(row.kind in ("container", "other") for row in rows)
    return () if is_unclear else rows


def _sum_of(rows: Iterable[ListedLayer]) -> float:
    return sum(row.count.value for row in rows if row.count is not None)


# Counts that follow from arguments -----------------------------------------------------------------------------------


def _computed_counts(network: ListedNetwork, evidence: Evidence) -> Iterator[Reported]:
    """What the arguments of the layers give, beside the total that the text states."""
    total = _stated_total(network, evidence)
    if total is None or evidence.document is None or not _is_whole(network, evidence):
        return
    inputs: Sequence[Size | None] = [network.input] if network.input else [*known_inputs(evidence.document), None]
    ways = (tallies(variant, first) for first in inputs for variant in variants(network))
    counted = next((way for way in ways if way is not None), None)
    if counted is None:
        return
    counted = [each for each in counted if _count(each)]
    is_likely = sum(map(_count, counted)) == total.count.value
    if is_likely or total.count.value not in {each.count for each in possible_totals(network, inputs)}:
        texts = _texts(evidence)
        names = _names([each.layer for each in counted])
        yield from _figures(
            (name, _arithmetic(each), texts[each.layer.line - 1]) for name, each in zip(names, counted, strict=True)
        )
    yield from _figures([(None, _total(total), total.text)])


def _stated_total(network: ListedNetwork, evidence: Evidence) -> ListedTotal | None:
    """The one count that the document states, if it lists one network."""
    layered = [each for each in evidence.networks if each.layers and each.listing != "sums"]
    totals = [each for each in network.totals if each.quantity == "total" and not each.is_doubled]
    lines = {each.line for each in totals}
    others = [each for each in evidence.statements if each.metric == "parameters" and each.span.line + 1 not in lines]
    if layered != [network] or others or len({each.count.value for each in totals}) != 1:
        return None
    return totals[0] if totals[0].count.is_exact else None


def _is_whole(network: ListedNetwork, evidence: Evidence) -> bool:
    """Whether the listing certainly is a whole network whose arguments are known."""
    if network.listing not in _COMPUTED or not network.is_complete or any(layer.count for layer in network.layers):
        return False
    if network.listing == "tree":
        return True
    first = next((layer for layer in network.layers if layer.kind in ("conv", "linear")), None)
    is_end = first is None or (first.kind == "linear" and network.input is None and first.into not in _WHOLE_IMAGES)
    return not is_end and _STARTS_FROM_ANOTHER.search(evidence.text) is None


def _count(tally: LayerTally) -> int:
    return tally.weights + tally.biases + 2 * tally.normalised


def _arithmetic(tally: LayerTally) -> str:
    """`2,400 + 16 = 2,416`: weights and biases, or scale and shift."""
    parts = [part for part in (tally.weights, tally.biases, tally.normalised, tally.normalised) if part]
    total = f"{_count(tally):,}"
    return f"{' + '.join(f'{part:,}' for part in parts)} = {total}" if len(parts) > 1 else total


# Figures -------------------------------------------------------------------------------------------------------------


def _figures(counts: Iterable[tuple[str | None, str, str]]) -> Iterator[Reported]:
    """Counts as figures: the layer or None, the count, and the line that it stands in."""
    for layer, value, text in counts:
        try:
            yield Reported(
                experiment="", quantity="parameters", layer=layer, value=value, quote=" ".join(text.split())[:300]
            )
        except ValidationError:  # a count in a form that a study file does not read
            continue


def _total(total: ListedTotal) -> str:
    return f"{total.count.value:,.0f}" if total.count.is_exact else total.count.text


def _texts(evidence: Evidence) -> list[str]:
    return [line.text for line in evidence.document.lines] if evidence.document is not None else []


def _names(layers: Sequence[ListedLayer]) -> Iterator[str]:
    """A name for each layer: several of the same name are numbered."""
    often, seen = Counter(layer.name for layer in layers), Counter[str]()
    for layer in layers:
        seen[layer.name] += 1
        yield f"{layer.name} {seen[layer.name]}" if often[layer.name] > 1 else layer.name
