"""Parameter counts of listed networks that contradict their layers, their sum, or each other.

One mistake gives one finding: a wrong row also makes the sum wrong, so only the row is named then.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepstudy.audits.arithmetic.layer_arithmetic import CountedTotal, possible_totals, tallies, variants
from deepstudy.audits.arithmetic.parameter_bytes import widths_of
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import (
    WITHOUT_PARAMETERS,
    ListedLayer,
    ListedNetwork,
    ListedTotal,
    PrintedCount,
    Quantity,
    Size,
)
from deepstudy.findings import Finding, Severity

_RULE = "parameters"
_MOST_NETWORKS = 60  # that are compared with the text; more are pasted data
_NEAR = 80  # lines between a network and a total that the text states for it
_LARGEST_KERNEL = 15
_LARGEST_SIDE = 64  # of an image in front of a linear layer
_FEW = 3e-9

#: Sizes of well-known images; LeNet pads 28 to 32.
_IMAGES: tuple[tuple[str, tuple[Size, ...]], ...] = (
    (r"MNIST", ((1, 28, 28), (1, 32, 32))),
    (r"CIFAR-?\s?100?|SVHN", ((3, 32, 32),)),
)
_OTHER_SIZES = re.compile(
    r"resiz|\b224\b|\b96\s?[x×]\s?96|\b64\s?[x×]\s?64|upsampl|interpolat|ImageNet|STL-?10", re.IGNORECASE
)
#: Parameters that people leave out of a list of layers, but not of the total.
_LEFT_OUT = re.compile(
    r"bias|norm|\bBN\b|verschiebung|sesgo|viés|편향|정규화|偏置|偏差|归一化|正規化|バイアス", re.IGNORECASE
)
#: Text that gives the counts of networks which the document does not list.
_OTHER_NETWORKS = re.compile(
    r"\b(?:VGG|ResNet|AlexNet|DenseNet|MobileNet|EfficientNet|GoogLeNet|Inception|Xception|SqueezeNet|BERT|GPT|ViT)[-\w]*|"
    r"pre-?trained|transfer learning|fine-?tun",
    re.IGNORECASE,
)


def count_findings(networks: Sequence[ListedNetwork], document: ReportDocument) -> Iterator[Finding]:
    """Find the counts that cannot be right.

    Arguments:
        networks: the networks that the document lists.
        document: the report.

    Returns:
        The findings, in the order of the networks.
    """
    networks = networks[:_MOST_NETWORKS]
    inputs = known_inputs(document)
    faulty = set()
    own = [list(_own_findings(network, inputs, document)) for network in networks]
    wrong_rows = {
        line
        for network, found in zip(networks, own, strict=True)
        for line in range(network.first, network.last + 1)
        if found and network.listing == "table"
    }
    for index, (network, found) in enumerate(zip(networks, own, strict=True)):
        faulty |= {index} if found else set()
        # A wrong row of a table makes its sum wrong too.
        if network.listing != "sums" or not any(layer.line in wrong_rows for layer in network.layers):
            yield from found
    for index, network in enumerate(networks):
        if index not in faulty and (one := _left_out_row(network, document)) is not None:
            faulty.add(index)
            yield one
    yield from _between_listings(networks, inputs, document, faulty)
    yield from _stated(networks, inputs, document, faulty)


def known_inputs(document: ReportDocument) -> tuple[Size, ...]:
    """Say which sizes the images of a document may have, by the data set that it names.

    Arguments:
        document: the report.

    Returns:
        The sizes, the likeliest first; none if it names several data sets, another size, or no known data set.
    """
    text = document.text
    named = [sizes for words, sizes in _IMAGES if re.search(words, text, re.IGNORECASE)]
    return named[0] if len(named) == 1 and not _OTHER_SIZES.search(text) else ()


# One network ---------------------------------------------------------------------------------------------------------


def _own_findings(network: ListedNetwork, inputs: Sequence[Size], document: ReportDocument) -> Iterator[Finding]:
    found = next(_row_findings(network, inputs, document), None)
    found = found or next(_sum_findings(network, document), None)
    if found is not None:
        yield found
    else:
        yield from _trainable(network, document)
        yield from _megabytes(network, document)
    for total in network.totals:
        if total.is_doubled:
            yield _doubled(total, document)


@dataclass(frozen=True)
class _RowLaw:
    """What the count of a row can be: a multiple of `step`, or one of `counts`."""

    says: str
    counts: tuple[int, ...] = ()
    step: int = 0
    severity: Severity = "inconsistent"

    def allows(self, count: PrintedCount) -> bool:
        if self.step:
            low = math.ceil(count.low / self.step) * self.step
            return low <= count.high
        return any(count.fits(each) for each in self.counts)


def _row_findings(network: ListedNetwork, inputs: Sequence[Size], document: ReportDocument) -> Iterator[Finding]:
    """Rows whose printed count no such layer has."""
    if network.listing == "summary":
        # Summaries count only what pruning has left.
        laws = _summary_laws(network) if not re.search("prun", document.text, re.IGNORECASE) else iter(())
    else:
        laws = _word_laws(network, inputs)
    for layer, law in laws:
        count = layer.count
        if count is None or law.allows(count):
            continue
        says, nearest = law.says, _needed(network, layer)
        right = [each for each in law.counts if nearest is not None and each == nearest]
        if nearest is not None and (right or (law.step and nearest % law.step == 0)):
            says += f" The printed total of {_whole(_printed_total(network))} would need {_whole(nearest)} here."
        yield Finding(
            _RULE,
            law.severity,
            f"Layer {layer.name} cannot have {_printed(count)} parameters. {says}",
            where=document.where(layer.line),
            reported=f"{layer.name}: {count.text}",
            possible=" or ".join(f"{each:,}" for each in law.counts[:2]) or f"a multiple of {law.step:,}",
        )


def _printed_total(network: ListedNetwork) -> float:
    total = network.total("total")
    return total.count.value if total else 0


def _needed(network: ListedNetwork, layer: ListedLayer) -> int | None:
    """What a row would have to be, so that the rows add up to the total."""
    total = network.total("total")
    if total is None or not total.count.is_exact or not network.is_complete or layer.count is None:
        return None
    rest = sum(each.count.value for each in network.layers if each.count is not None and each is not layer)
    needed = int(total.count.value - rest)
    return needed if 0 <= needed != layer.count.value else None


def _summary_laws(network: ListedNetwork) -> Iterator[tuple[ListedLayer, _RowLaw]]:
    before: ListedLayer | None = None
    for layer in network.layers:
        law = _summary_law(layer, before, network)
        if law is not None and layer.count is not None:
            yield layer, law
        before = layer


def _summary_law(layer: ListedLayer, before: ListedLayer | None, network: ListedNetwork) -> _RowLaw | None:
    size, is_keras = layer.size, network.framework == "keras"
    if layer.kind in WITHOUT_PARAMETERS and layer.kind != "add" and layer.type_name != "PReLU":
        return _RowLaw(f"A layer of the type {layer.type_name} has none.", (0,))
    if size is None or layer.is_parent:
        return None
    # PyTorch has channels first, and features last.
    channels = size[-1] if layer.kind == "linear" and not is_keras else size[0]
    if channels < 1:
        return None
    into = before.size if network.is_chain and is_keras and before is not None else None
    if layer.kind == "norm" and re.match(r"(?:Sync)?Batch", layer.type_name):
        widths = sorted(set(size), key=lambda width: width != channels)
        factors = (4, 2, 3) if is_keras else (2, 0)
        parts = "scale, shift, mean and variance" if is_keras else "scale and shift"
        counts = tuple(dict.fromkeys(factor * width for width in widths for factor in factors))
        return _RowLaw(f"It has {parts} for each of {channels:,} channels: {counts[0]:,}.", counts)
    if layer.kind == "linear":
        features = into[0] if into is not None else None
        if features is not None:
            counts = (channels * (features + 1), channels * features)
            says = (
                f"From {features:,} to {channels:,} it has {features:,} x {channels:,} + {channels:,} = {counts[0]:,}."
            )
            is_whole = layer.count is None or layer.count.value % channels == 0
            return _RowLaw(says, counts, severity="inconsistent" if is_whole else "impossible")
        says = f"A linear layer with {channels:,} outputs has a multiple of {channels:,}."
        return _RowLaw(says, step=channels, severity="impossible")
    if layer.kind == "conv" and re.match(r"Conv(?:olution)?[12][dD]", layer.type_name):
        if layer.count is not None and layer.count.is_exact and layer.count.value % channels:
            says = f"A convolution with {channels:,} filters has a multiple of {channels:,}: the same for each filter."
            return _RowLaw(says, step=channels, severity="impossible")
        if into is not None and len(into) == 3 and layer.count is not None and layer.count.is_exact:
            counts = tuple(_conv_counts(into[0], channels))
            square = [into[0] * side * side * channels + channels for side in (1, 3, 5, 7)]
            says = (
                f"From {into[0]:,} to {channels:,} channels, a 3x3 convolution has {square[1]:,}, a 5x5 {square[2]:,}."
            )
            return _RowLaw(says, tuple(dict.fromkeys((square[1], *counts))))
    return None


def _conv_counts(into: int, out: int) -> Iterator[int]:
    """All counts of convolutions between so many channels: any groups, any kernel that people use."""
    common = math.gcd(into, out)
    groups = [group for group in range(1, common + 1) if common % group == 0]
    sides = range(1, _LARGEST_KERNEL + 1)
    windows = {
        high * wide for high in sides for wide in sides if high == wide or 1 in (high, wide) or max(high, wide) < 8
    }
    for group in groups:
        for window in windows:
            yield out * (into // group * window + 1)
            yield out * into // group * window


def _word_laws(network: ListedNetwork, inputs: Sequence[Size]) -> Iterator[tuple[ListedLayer, _RowLaw]]:
    """The laws of rows that print their arguments and their count."""
    if not network.is_complete or not any(layer.count for layer in network.layers) or network.listing == "sums":
        return
    if any(layer.kind == "conv" and layer.kernel is None for layer in network.layers):
        yield from _laws_of_any_kernel(network)
        return
    firsts: Sequence[Size | None] = [network.input] if network.input else [*inputs, None]
    if not network.input and all(layer.size for layer in network.layers if layer.kind in ("conv", "pool")):
        firsts = [*firsts, (1, 32, 32), (3, 32, 32)]  # with all sizes printed, only the colours are open
    allowed: dict[int, dict[int, None]] = {}
    for first in firsts:
        for variant in variants(network):
            for index, tally in enumerate(tallies(variant, first) or ()):
                counts = [tally.weights + tally.biases, tally.weights, *_after_any_image(variant, index)]
                if tally.normalised:
                    counts = [factor * tally.normalised for factor in (2, 4, 0, 1, 3)]
                allowed.setdefault(index, {}).update(dict.fromkeys(counts))
    for index, possible in allowed.items():
        layer = network.layers[index]
        if layer.count is not None and possible:
            exact = tuple(possible)
            yield layer, _RowLaw(f"Its arguments give {exact[0]:,}.", exact)


def _laws_of_any_kernel(network: ListedNetwork) -> Iterator[tuple[ListedLayer, _RowLaw]]:
    """The laws of convolutions whose kernels are not printed, but their channels are."""
    channels = network.input[0] if network.input else None
    for layer in network.layers:
        out = layer.out if layer.out is not None else layer.size[0] if layer.size and layer.kind == "conv" else None
        if layer.kind == "conv":
            into = layer.into if layer.into is not None else channels
            if into and out and layer.count is not None and layer.count.is_exact:
                counts = [
                    count + factor * out for count in _conv_counts(into, out) for factor in (0, 2, 4)
                ]  # with or without the normalisation behind it
                square = [into * side * side * out + out for side in (3, 5)]
                says = f"From {into} to {out} channels, a 3x3 convolution has {square[0]:,}, a 5x5 {square[1]:,}."
                yield layer, _RowLaw(says, tuple(dict.fromkeys((square[0], *counts))))
            channels = out
        elif layer.kind == "linear" and layer.into and layer.out and layer.count is not None:
            with_bias, without = layer.out * (layer.into + 1), layer.out * layer.into
            yield layer, _RowLaw(f"Its arguments give {with_bias:,}.", (with_bias, without))


def _after_any_image(network: ListedNetwork, index: int) -> Iterator[int]:
    """The counts of the first linear layer for any square image before it: a wrong size is another mistake."""
    layer, before = network.layers[index], network.layers[:index]
    if (
        layer.kind != "linear"
        or layer.out is None
        or layer.into is not None
        or any(each.kind == "linear" for each in before)
    ):
        return
    channels = next((each.out for each in reversed(before) if each.kind == "conv"), None)
    for side in range(1, _LARGEST_SIDE + 1) if channels else ():
        weights = (channels or 0) * side * side * layer.out
        yield weights + layer.out
        yield weights


def _sum_findings(network: ListedNetwork, document: ReportDocument) -> Iterator[Finding]:
    """Rows that do not add up to the printed total."""
    rows = [layer for layer in network.layers if layer.count is not None]
    total = network.total("total") or network.total("trainable")
    if total is None or len(rows) < 2 or not network.is_complete:
        return
    expected = [total.count]
    if (optimizer := network.total("optimizer")) is not None:
        expected.append(_minus(total.count, optimizer.count))
    counts = [layer.count for layer in rows if layer.count is not None and not layer.is_counted_elsewhere]
    sums = [_summed(counts)]
    for left_out in ("container", "is_parent"):
        remaining = [
            layer.count
            for layer in rows
            if layer.count is not None and not (layer.kind == left_out or (left_out == "is_parent" and layer.is_parent))
        ]
        sums.append(_summed(remaining))
    if any(layer.kind == "container" for layer in rows):  # one row may be a part of another one, or stand there twice
        sums += [_minus(sums[0], layer.count) for layer in rows if layer.count is not None]
    if any(_overlap(each, count) for each in sums for count in expected):
        return
    if network.listing in ("sums", "words", "table"):
        yield from _hand_sum(network, counts, total, document)
        return
    added = sums[0]
    trainable, frozen = network.total("trainable"), network.total("non_trainable")
    is_cut = added.high < total.count.low and not _is_unbroken(network)
    unknown = any(layer.kind in ("other", "container") and layer.count and layer.count.high for layer in rows)
    says = f"The rows add up to {_printed(added)}, but the printed total is {_printed(total.count)}."
    if trainable is not None and frozen is not None and added.is_exact:
        parts = _summed([trainable.count, frozen.count])
        if _overlap(parts, added):
            says += f" Trainable and non-trainable parameters add up to {_printed(parts)} too."
    yield Finding(
        _RULE,
        "doubtful" if is_cut or unknown else "inconsistent",
        says,
        where=document.where(total.line),
        reported=total.text[:200],
        possible=f"{_printed(added)}, the sum of the rows",
    )


_BELOW = 8  # lines between a table and the sentence with its total


def _left_out_row(network: ListedNetwork, document: ReportDocument) -> Finding | None:
    """A total right below a table that is the sum of all rows but one."""
    rows = [layer for layer in network.layers if layer.count is not None and layer.count.value]
    stated = [total for total in network.totals if not total.is_own and 0 < total.line - network.last <= _BELOW]
    if network.listing != "table" or len(rows) < 3 or len(stated) != 1:
        return None
    total = stated[0]
    values = [layer.count.value for layer in rows if layer.count is not None]
    if not total.count.is_exact or not all(layer.count is not None and layer.count.is_exact for layer in rows):
        return None
    missing = sum(values) - total.count.value
    if missing not in values:
        return None
    name = rows[values.index(missing)].name
    terms = " + ".join(map(_whole, values))
    says = f"{terms} = {_whole(sum(values))}, not {_whole(total.count.value)}. "
    says += f"The total leaves out {_whole(missing)} of {name}."
    where = document.where(total.line)
    return Finding(_RULE, "inconsistent", says, where=where, reported=total.text[:200], possible=_whole(sum(values)))


def _is_unbroken(network: ListedNetwork) -> bool:
    """Whether no row can be missing: torchsummary numbers its rows, a Keras chain hands on its sizes."""
    numbers = [int(name[1]) for layer in network.layers if (name := re.search(r"-(\d{1,5})$", layer.name))]
    if len(numbers) == len(network.layers):
        return numbers == list(range(1, len(numbers) + 1))
    return network.is_chain


def _hand_sum(
    network: ListedNetwork, counts: Sequence[PrintedCount], total: ListedTotal, document: ReportDocument
) -> Iterator[Finding]:
    """Counts that somebody added up by hand."""
    values = [count.value for count in counts if count.value]
    if not all(count.is_exact for count in counts) or not total.count.is_exact or len(values) < 2:
        return
    # Counts above may be of another network: then the last ones alone make the total.
    if any(sum(values[start:]) == total.count.value for start in range(len(values) - 1)):
        return
    added, printed = sum(values), total.count.value
    excess = added - printed
    lists_all = network.listing == "sums" and any(_LEFT_OUT.search(layer.name) for layer in network.layers)
    is_table = network.listing == "sums" and total.text.startswith("|")
    is_sure = lists_all or (is_table and not _LEFT_OUT.search(document.text))
    may_leave_out = added < printed / 2 or network.listing == "words"
    if excess < 0 and may_leave_out and not _has_same_digits(added, printed):
        return  # the list leaves out what the total includes
    wrong = [layer for layer in network.layers if layer.count and layer.count.value > excess] if excess > 0 else []
    terms = " + ".join(_whole(value) for value in values)
    says = f"{terms} = {_whole(added)}, but the printed total is {_whole(printed)}."
    if len(wrong) == 1 and wrong[0].count is not None:
        part = wrong[0].count.value
        name = f" for {wrong[0].name}" if wrong[0].name != "layer" else ""
        says += f" The total would be right with {_whole(part - excess)}{name} instead of {_whole(part)}."
    yield Finding(
        _RULE,
        "inconsistent" if excess > 0 or is_sure or _has_same_digits(added, printed) else "doubtful",
        says,
        where=document.where(total.line),
        reported=f"{terms}; total {_whole(printed)}",
        possible=f"{_whole(added)}, the sum of the parts",
    )


_SPLIT_TOTALS: tuple[Quantity, ...] = ("total", "trainable", "non_trainable")


def _trainable(network: ListedNetwork, document: ReportDocument) -> Iterator[Finding]:
    """Trainable and other parameters that do not make the total."""
    total, trainable, frozen = (network.total(key) for key in _SPLIT_TOTALS)
    if total is None or trainable is None:
        return
    optimizer = network.total("optimizer")
    parts = [each.count for each in (trainable, frozen) if each is not None]
    added = _summed(parts)
    with_optimizer = _summed([*parts, optimizer.count]) if optimizer else added
    fits = _overlap(added, total.count) or _overlap(with_optimizer, total.count)
    if fits or (frozen is None and added.low <= total.count.high):
        return
    terms = " + ".join(_printed(each) for each in parts)
    says = (
        f"Trainable and non-trainable parameters make {terms} = {_printed(added)}, not {_printed(total.count)}."
        if frozen is not None
        else f"{_printed(added)} trainable parameters are more than all {_printed(total.count)} parameters."
    )
    yield Finding(
        _RULE,
        "inconsistent",
        says,
        where=document.where(trainable.line),
        reported=f"{total.text}; {trainable.text}"[:200],
        possible=_printed(added),
    )


_BYTES = {"KB": (1000, 1024), "MB": (1000**2, 1024**2), "GB": (1000**3, 1024**3), "B": (1,), "BYTE": (1,)}
_BYTES |= {"KIB": (1024,), "MIB": (1024**2,), "GIB": (1024**3,)}


def _megabytes(network: ListedNetwork, document: ReportDocument) -> Iterator[Finding]:
    """A size of the parameters that is not 4 bytes for each, or 2, 8 or 1 where the text speaks of such numbers."""
    total, size = network.total("total"), network.total("params_size")
    if (
        total is None
        or size is None
        or size.unit not in _BYTES
        or any(layer.kind == "other" for layer in network.layers)
    ):
        return
    step = 10.0 ** -len(size.count.text.replace(",", ".").partition(".")[2])
    allowed = [
        (total.count.low * width / unit, total.count.high * width / unit)
        for width in widths_of(document.text)
        for unit in _BYTES[size.unit]
    ]
    if any(low - step <= size.count.value <= high + step for low, high in allowed):
        return
    # Keras and torchsummary count 1024 bytes in a KB, torchinfo and Lightning 1000.
    is_binary = network.framework == "keras" or any(re.fullmatch(r"\w+-1", layer.name) for layer in network.layers)
    needed = 4 * total.count.value / _BYTES[size.unit][-1 if is_binary else 0]
    yield Finding(
        _RULE,
        "inconsistent",
        f"{_printed(total.count)} parameters of 4 bytes need {needed:.3g} {size.unit}, not {size.count.text} "
        f"{size.unit}.",
        where=document.where(size.line),
        reported=size.text[:200],
        possible=f"{needed:.3g} {size.unit}",
    )


def _doubled(total: ListedTotal, document: ReportDocument) -> Finding:
    equation = total.text[total.text.find(total.count.text) :].strip(" .")
    return Finding(
        _RULE,
        "inconsistent",
        f"{equation} counts each weight twice. Backpropagation computes a gradient for each weight, but gradients are "
        "not parameters.",
        where=document.where(total.line),
        reported=equation[:200],
        possible=_whole(total.count.value),
    )


def _between_listings(
    networks: Sequence[ListedNetwork], inputs: Sequence[Size], document: ReportDocument, faulty: set[int]
) -> Iterator[Finding]:
    """A summary whose total is not that of the printed code or modules with the same layers."""
    summaries = [network for index, network in enumerate(networks) if _is_summary(network) and index not in faulty]
    programs = [network for network in networks if network.listing in ("program", "tree") and network.is_complete]
    for summary in summaries:
        total = summary.total("total")
        alike = [program for program in programs if _widths(program) == _widths(summary)]
        ways = [_ways(program, inputs) for program in alike]
        if total is None or len(alike) != 1 or not ways[0].counts or ways[0].likely is None:
            continue
        if not any(_overlap(total.count, count) for count in ways[0].counts):
            what = "modules" if alike[0].listing == "tree" else "code"
            likely = ways[0].likely
            yield Finding(
                _RULE,
                "inconsistent",
                f"The summary says {_printed(total.count)} parameters, but the printed {what} with the same layers has "
                f"{' + '.join(map(_whole, likely.terms))} = {_whole(likely.count)}.",
                where=document.where(total.line),
                reported=total.text[:200],
                possible=_whole(likely.count),
            )


def _is_summary(network: ListedNetwork) -> bool:
    """Whether it is a summary whose parameters are all in layers that are known here."""
    unknown = ("container", "other", "depthwise", "separable", "transposed")
    is_known = all(layer.kind not in unknown or not layer.count or not layer.count.high for layer in network.layers)
    return network.listing == "summary" and network.is_complete and is_known and len(_widths(network)) > 1


# The text against the networks ---------------------------------------------------------------------------------------


def _stated(
    networks: Sequence[ListedNetwork], inputs: Sequence[Size], document: ReportDocument, faulty: set[int]
) -> Iterator[Finding]:
    """Totals that the text states and that fit no listed network."""
    statements = [
        (index, total) for index, network in enumerate(networks) for total in network.totals if not total.is_own
    ]
    if not statements:
        return
    ways = [_ways(network, inputs) for network in networks]
    known = [count for way in ways for count in way.counts]
    reported: dict[tuple[int, float], list[ListedTotal]] = {}
    # A report that states the right count as well speaks of several networks, unless digits changed their places.
    fitting = [total.count.value for _, total in statements if any(_overlap(total.count, count) for count in known)]
    for index, total in statements:
        if fitting and not any(_has_same_digits(each, total.count.value) for each in fitting):
            continue
        if index in faulty or any(_overlap(total.count, count) for count in known):
            continue
        if _may_be_meant(networks, ways, index, total, document):
            reported.setdefault((index, total.count.value), []).append(total)
    for (index, count), totals in reported.items():
        nearest = _nearest(ways, index, count)
        right = _right_count(networks[nearest], ways[nearest])
        is_sure = _are_same(networks) and (
            _is_slip(right, count) or not _is_new_topic(networks[index], totals, document)
        )
        is_sure = is_sure or (_has_same_digits(right, count) and ways[nearest].likely is not None)
        yield _against(networks[nearest], ways[nearest], totals, document, is_sure)


_SLIP = 0.2  # of a count: a larger difference is hardly a mistake in it
_FEWEST_DIGITS = 4


def _nearest(ways: Sequence["_Ways"], index: int, count: float) -> int:
    """The network whose count is nearest to a stated one, among those whose layers are known."""
    known = [at for at, way in enumerate(ways) if way.likely is not None and way.likely.count > 0]
    if ways[index].likely is None or not known or count <= 0:
        return index
    return min(known, key=lambda at: (abs(math.log(count / _likely(ways[at]))), at != index))


def _likely(way: "_Ways") -> int:
    return way.likely.count if way.likely is not None else 0


def _right_count(network: ListedNetwork, way: "_Ways") -> float:
    total = network.total("total")
    return float(_likely(way)) or (total.count.value if total is not None else 0.0)


def _is_slip(right: float, count: float) -> bool:
    """Whether a count is so near to the right one that it is meant for the same network."""
    return _has_same_digits(right, count) or abs(count - right) <= _SLIP * right


def _has_same_digits(right: float, count: float) -> bool:
    """Whether the digits of a count only changed their places."""
    one, other = f"{right:.0f}", f"{count:.0f}"
    return one != other and len(one) >= _FEWEST_DIGITS and sorted(one) == sorted(other)


def _is_new_topic(network: ListedNetwork, totals: Sequence[ListedTotal], document: ReportDocument) -> bool:
    """Whether a heading stands between a network and the totals: they may be of another network."""
    lines = sorted((network.last, totals[0].line))
    return any(re.match(r"\s{0,3}#{1,6}\s", line.text) for line in document.lines[lines[0] : lines[1]])


@dataclass(frozen=True)
class _Ways:
    """The counts that a listed network can have; `likely` holds the terms of the likeliest."""

    counts: tuple[PrintedCount, ...]
    likely: CountedTotal | None = None
    is_known: bool = False


def _ways(network: ListedNetwork, inputs: Sequence[Size]) -> _Ways:
    counts = [total.count for total in network.totals if total.is_own]
    rows = [layer.count for layer in network.layers if layer.count is not None]
    counts += [*rows, _summed(rows)]
    if network.listing in ("summary", "sums"):
        exact = [total.count for total in network.totals if total.is_own and total.quantity == "total"]
        return _Ways(tuple(counts), None, bool(exact) and network.is_complete)
    if not network.is_complete:
        return _Ways(tuple(counts))
    firsts: Sequence[Size | None] = [network.input] if network.input else [*inputs, None]
    totals = possible_totals(network, firsts)
    counts += [PrintedCount(f"{total.count:,}", total.count, total.count) for total in totals]
    return _Ways(tuple(counts), totals[0] if totals else None, bool(totals))


def _may_be_meant(
    networks: Sequence[ListedNetwork], ways: Sequence[_Ways], index: int, total: ListedTotal, document: ReportDocument
) -> bool:
    """Whether a total surely is of a listed network that was understood."""
    network = networks[index]
    if not ways[index].is_known:
        return False
    begin, end = sorted((network.last if network.last < total.line else total.line, max(total.line, network.first)))
    if end - begin > _NEAR:
        return False
    between = [line.text for line in document.lines[begin:end]]
    if any(_OTHER_NETWORKS.search(text) for text in between):
        return False
    if network.listing in ("program", "words", "table") and _OTHER_NETWORKS.search(document.text):
        return False
    if network.listing in ("program", "words") and _is_fragment(network):
        return False
    # A network that was not understood may be the one that the text means.
    return all(way.is_known or each.listing == "sums" for each, way in zip(networks, ways, strict=True))


def _is_fragment(network: ListedNetwork) -> bool:
    """Whether it can be the end of a larger network, such as a new classifier."""
    first = next((layer for layer in network.layers if layer.kind in ("conv", "linear")), None)
    return (
        first is not None and first.kind == "linear" and network.input is None and first.into not in (784, 3072, 1024)
    )


def _are_same(networks: Sequence[ListedNetwork]) -> bool:
    """Whether all listings can be of one network: the same widths in the same order."""
    widths = {_widths(network) for network in networks if network.listing != "sums" and network.layers}
    return len(widths) < 2


def _widths(network: ListedNetwork) -> tuple[int | None, ...]:
    return tuple(
        layer.out if layer.out is not None else layer.size[0] if layer.size else None
        for layer in network.layers
        if layer.kind in ("conv", "linear")
    )


def _against(
    network: ListedNetwork, ways: _Ways, totals: Sequence[ListedTotal], document: ReportDocument, is_sure: bool
) -> Finding:
    first = totals[0]
    if ways.likely is not None:
        terms = [_whole(term) for term in ways.likely.terms]
        shown = " + ".join(terms) if len(terms) < 13 else " + ".join([*terms[:4], "…", terms[-1]])
        says = f"The listed layers have {shown} = {_whole(ways.likely.count)} parameters, not {_printed(first.count)}."
        possible = _whole(ways.likely.count)
        if ways.likely.count > 0 and any(layer.kind in ("conv", "linear") for layer in network.layers):
            says += " No way to count biases, normalisation and padding gives the printed number."
    else:
        own = network.total("total")
        count = own.count if own is not None else first.count
        says = f"The text says {_printed(first.count)} parameters, but the {_listing(network)} says {_printed(count)}."
        possible = _printed(count)
    if len(totals) > 1:
        says += f" The same count stands in {len(totals) - 1} more place{'s' * (len(totals) > 2)}."
    return Finding(
        _RULE,
        "inconsistent" if is_sure else "doubtful",
        says,
        where=document.where(first.line),
        reported=first.text[:200],
        possible=possible,
    )


def _listing(network: ListedNetwork) -> str:
    return {"summary": "summary", "sums": "sum of the layers"}.get(network.listing, "list of layers")


# Counts --------------------------------------------------------------------------------------------------------------


def _summed(counts: Sequence[PrintedCount]) -> PrintedCount:
    low, high = sum(count.low for count in counts), sum(count.high for count in counts)
    return PrintedCount(_whole((low + high) / 2), low, high)


def _minus(total: PrintedCount, part: PrintedCount) -> PrintedCount:
    return PrintedCount("", total.low - part.high, total.high - part.low)


def _overlap(one: PrintedCount, other: PrintedCount) -> bool:
    slack = _FEW * max(abs(one.high), abs(other.high))
    return one.low <= other.high + slack and other.low <= one.high + slack


def _printed(count: PrintedCount) -> str:
    return _whole(count.value) if count.is_exact else count.text.strip() or _whole(count.value)


def _whole(count: float) -> str:
    return f"{count:,.0f}" if count == int(count) else f"{count:,.6g}"
