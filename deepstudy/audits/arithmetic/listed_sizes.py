"""Sizes in listed networks that do not follow from each other."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from deepstudy.audits.arithmetic.layer_arithmetic import sizes_after, sizes_along, variants, window_after
from deepstudy.audits.arithmetic.listed_counts import known_inputs
from deepstudy.audits.printed import Sizes
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import ListedLayer, ListedNetwork, Size
from deepstudy.findings import Finding

_RULE = "shapes"
_MOST_NETWORKS = 60
_LARGEST_SIDE = 512  # of an image, in pixels
_LARGEST_KERNEL = 15
_KEEPS = frozenset(("activation", "dropout", "norm"))


def size_findings(networks: Sequence[ListedNetwork], document: ReportDocument) -> Iterator[Finding]:
    """Find the printed sizes and arguments of layers that cannot follow each other.

    Arguments:
        networks: the networks that the document lists.
        document: the report.

    Returns:
        At most one finding for each network.
    """
    inputs = known_inputs(document)
    for network in networks[:_MOST_NETWORKS]:
        found = next(_in_summary(network, document), None) or next(_in_words(network, document), None)
        if found is None and not _is_excerpt(network, networks):
            found = next(_in_program(network, inputs, document), None)
        if found is not None:
            yield found


def _is_excerpt(network: ListedNetwork, networks: Sequence[ListedNetwork]) -> bool:
    """Whether another list has all layers of a program, in their order, and more between them."""
    own = _widths(network)
    for other in networks[:_MOST_NETWORKS]:
        rest = _widths(other)
        if network.listing != "program" or other is network or len(rest) <= len(own):
            continue
        left = iter(rest)
        if all(width in left for width in own):
            return True
    return False


def _widths(network: ListedNetwork) -> list[tuple[bool, int | None]]:
    """Channels or features behind each layer with weights."""
    return [
        (layer.kind == "linear", layer.out or (layer.size[0] if layer.size else None))
        for layer in network.layers
        if layer.kind in ("conv", "linear")
    ]


def ways_through(networks: Sequence[ListedNetwork], first: Size) -> Iterator[tuple[ListedNetwork, list[Size]]]:
    """Follow an image through each listed network that can take it.

    Arguments:
        networks: the networks.
        first: the first size that is printed.

    Returns:
        The networks in which this size occurs, each with the sizes inside it; several times where its listing leaves
        a padding open.
    """
    for network in networks[:_MOST_NETWORKS]:
        if network.listing in ("tree", "program", "words", "table") and network.is_complete:
            start = network.input or (first if _takes(network, first) else None)
            for variant in variants(network) if start is not None else ():
                along = sizes_along(variant, start) if start is not None else None
                if along is not None and first in along:
                    yield network, along


def _takes(network: ListedNetwork, first: Size) -> bool:
    """Whether the arguments of the first layer fit a size."""
    layer = next((layer for layer in network.layers if layer.kind in ("conv", "linear")), None)
    return layer is not None and layer.into == (first[0] if layer.kind == "conv" else math.prod(first))


def quoted_findings(quoted: Sizes, networks: Sequence[ListedNetwork]) -> Iterator[Finding]:
    """Hold sizes that are printed one after the other against the listed networks.

    Arguments:
        quoted: the printed sizes.
        networks: the networks that the document lists.

    Returns:
        A finding where some network can take the first size, and none of these makes the other ones.
    """
    first: Finding | None = None
    for network, along in ways_through(networks, quoted.sizes[0]):
        found = next(against_way(quoted, along, _named(network)), None)
        if found is None:
            return
        first = first or found
    if first is not None:
        yield first


def against_way(quoted: Sizes, along: Sequence[Size], what: str) -> Iterator[Finding]:
    """Hold printed sizes against the sizes inside a network.

    Arguments:
        quoted: the printed sizes.
        along: the sizes inside the network, in their order.
        what: what to call the network.

    Returns:
        A finding for the first size that cannot follow the one before it.
    """
    position = 0
    for size in quoted.sizes:
        rest = list(along[position:])
        if size in rest:
            position += rest.index(size)
            continue
        here = along[position]
        later = _different([each for each in rest if len(each) == len(size) and each != here])
        ways = f" The sizes there are {' → '.join(map(format_size, later[:4]))}." if later else ""
        yield Finding(
            _RULE,
            "inconsistent",
            f"{format_size(size)} cannot follow {format_size(here)} in {what}.{ways}",
            where=quoted.where,
            reported=format_size(size),
            possible=" or ".join(map(format_size, later[:4])),
        )
        return


def format_size(size: Size) -> str:
    """Write a size.

    Arguments:
        size: channels, height and width, or features.

    Returns:
        `6x28x28`, or `400 features`.
    """
    return "x".join(map(str, size)) + (" features" if len(size) == 1 else "")


def _different(sizes: Sequence[Size]) -> list[Size]:
    return list(dict.fromkeys(sizes))


def _named(network: ListedNetwork) -> str:
    return {"tree": "the printed modules", "program": "the printed code"}.get(network.listing, "the listed layers")


def _flaw(layer: ListedLayer, says: str, reported: str, possible: str, document: ReportDocument) -> Finding:
    return Finding(
        _RULE, "inconsistent", says, where=document.where(layer.line), reported=reported[:200], possible=possible
    )


# Summaries -----------------------------------------------------------------------------------------------------------


def _in_summary(network: ListedNetwork, document: ReportDocument) -> Iterator[Finding]:
    """Rows of a Keras summary whose outputs cannot follow each other; only there each row takes the one above."""
    if network.listing != "summary" or network.framework != "keras" or not network.is_chain or not network.is_complete:
        return
    for before, layer in zip(network.layers, network.layers[1:], strict=False):
        if before.size is None or layer.size is None:
            continue
        allowed = _summary_outputs(layer, before.size)
        if allowed is not None and layer.size not in allowed:
            pooled = _wrong_pooling(network, before, layer.size)
            if pooled is not None:
                yield _flaw(before, *pooled, document)
                continue
            yield _flaw(
                layer,
                f"Layer {layer.name} cannot make {format_size(layer.size)} out of {format_size(before.size)}. "
                f"It would make {format_size(allowed[0])}.",
                f"{layer.name}: {format_size(layer.size)}",
                " or ".join(map(format_size, allowed[:2])),
                document,
            )


def _wrong_pooling(network: ListedNetwork, pooling: ListedLayer, made: Size) -> tuple[str, str, str] | None:
    """What to say where a row below a pooling keeps the size that the pooling should have made."""
    at = next((at for at, layer in enumerate(network.layers) if layer is pooling), 0)
    here = network.layers[at - 1].size if at else None
    if pooling.kind != "pool" or here is None or len(here) != 3 or len(made) != 3 or pooling.size is None:
        return None
    if made[0] != here[0] or made[1:] != (here[1] // 2, here[2] // 2):
        return None
    says = (
        f"Layer {pooling.name} makes {format_size(made)} out of {format_size(here)}, as the row below it says, not "
        f"{format_size(pooling.size)}."
    )
    return says, f"{pooling.name}: {format_size(pooling.size)}", format_size(made)


def _summary_outputs(layer: ListedLayer, here: Size) -> list[Size] | None:
    """The outputs that a row can have, the likeliest first; None if that is not known."""
    size = layer.size or ()
    if layer.kind in _KEEPS:
        return [here]
    if layer.kind == "flatten":
        return [(math.prod(here),)]
    if layer.kind == "global_pool" and len(here) == 3 and layer.type_name.startswith("Global"):
        return [(here[0],), (here[0], 1, 1)]
    if layer.kind == "pool" and len(here) == len(size) == 3:
        if size[0] != here[0]:
            return [(here[0], *size[1:])]
        return [size] if size[1] <= here[1] and size[2] <= here[2] else [(here[0], here[1] // 2, here[2] // 2)]
    if layer.kind == "conv" and len(here) == len(size) == 3 and layer.type_name == "Conv2D":
        return _conv_outputs(layer, here, size)
    return None


def _conv_outputs(layer: ListedLayer, here: Size, size: Size) -> list[Size] | None:
    """What a convolution can make whose square kernel follows from its count; any stride, both paddings."""
    kernel = _square_kernel(layer, here[0], size[0])
    if kernel is None:
        return None
    outputs = []
    for stride in range(1, 9):
        for padding in ("valid", "same"):
            window = window_after(
                replace(layer, kernel=(kernel, kernel), stride=(stride, stride), padding=padding),
                (here[1], here[2]),
            )
            if window is not None:
                outputs.append((size[0], *window))
    dilated = [(size[0], here[1] - rate * (kernel - 1), here[2] - rate * (kernel - 1)) for rate in (2, 3, 4)]
    return [*outputs, *dilated] or None


def _square_kernel(layer: ListedLayer, into: int, out: int) -> int | None:
    if layer.count is None or not layer.count.is_exact or not into or not out:
        return None
    for bias in (1, 0):
        area, rest = divmod(int(layer.count.value) - bias * out, into * out)
        side = math.isqrt(area) if area > 0 else 0
        if not rest and side and side * side == area and side <= _LARGEST_KERNEL:
            return side
    return None


# Words ---------------------------------------------------------------------------------------------------------------


def _in_words(network: ListedNetwork, document: ReportDocument) -> Iterator[Finding]:
    """Printed sizes of a list in words that its own kernels, strides and paddings do not give."""
    if network.listing not in ("words", "table") or not network.is_chain or not network.is_complete:
        return
    here = network.input
    lists_pooling = any(layer.kind in ("pool", "global_pool") for layer in network.layers)
    for layer in network.layers:
        if layer.kind == "linear" and layer.into is not None and here is not None and math.prod(here) != layer.into:
            if not lists_pooling and layer.into % here[0] == 0 and layer.into < math.prod(here):
                here = (layer.out,) if layer.out else None  # a pooling that only the text mentions
                continue
            yield _flaw(
                layer,
                f"{layer.name} takes {layer.into:,} features, but {format_size(here)} has {math.prod(here):,}.",
                f"{layer.name}: {layer.into}",
                f"{math.prod(here):,}",
                document,
            )
        elif layer.kind == "linear" and here is not None:
            yield from _by_count(layer, here, document)
        allowed = _word_outputs(layer, here) if here is not None else None
        if layer.size is not None and layer.kind in ("conv", "pool", "flatten", "global_pool"):
            if allowed is not None and layer.size not in allowed and here is not None:
                said = ' with "same" padding' if layer.padding == "same" else ""
                kernel = f" {layer.kernel[0]}x{layer.kernel[1]}" if layer.kernel else ""
                yield _flaw(
                    layer,
                    f"A{kernel} {_KIND_NAMES[layer.kind]}{said} cannot make {format_size(layer.size)} out of "
                    f"{format_size(here)}. It would make {' or '.join(map(format_size, allowed[:2]))}.",
                    f"{layer.name}: {format_size(layer.size)}",
                    " or ".join(map(format_size, allowed[:2])),
                    document,
                )
            here = layer.size
        elif allowed is not None and len(set(allowed)) == 1:
            here = allowed[0]
        elif layer.kind not in _KEEPS:
            here = None


def _by_count(layer: ListedLayer, here: Size, document: ReportDocument) -> Iterator[Finding]:
    """A linear layer whose count needs another square image than the one that is printed before it."""
    if layer.into is not None or layer.out is None or layer.count is None or not layer.count.is_exact or len(here) != 3:
        return
    for weights in (layer.count.value - layer.out, layer.count.value):
        features, rest = divmod(int(weights), layer.out)
        side = math.isqrt(max(features, 0) // here[0])
        if rest or features != here[0] * side * side or side < 2 or (side, side) == here[1:]:
            continue
        needed = (here[0], side, side)
        says = (
            f"The {layer.count.value:,.0f} parameters of {layer.name} need {format_size(needed)}, but the size before "
            f"it is {format_size(here)}."
        )
        found = _flaw(layer, says, f"{layer.name}: {layer.count.text}", format_size(needed), document)
        yield found if side != here[1] // 2 else replace(found, severity="doubtful")  # a pooling may be left out
        return


_KIND_NAMES = {"conv": "convolution", "pool": "pooling", "flatten": "flattening", "global_pool": "global pooling"}


def _word_outputs(layer: ListedLayer, here: Size) -> list[Size] | None:
    """What a layer can make of a size, in every reading of what the list leaves open."""
    if layer.kind in _KEEPS:
        return [here]
    if layer.kind == "pool" and layer.kernel is None and layer.stride is not None and len(here) == 3:
        sides = [_pooled(here[1 + axis], layer.stride[axis]) for axis in (0, 1)]
        is_square = here[1] == here[2]
        return [(here[0], high, wide) for high in sides[0] for wide in sides[1] if high == wide or not is_square]
    found: list[Size] = []
    for variant in variants(ListedNetwork("words", "", "", "", 1, 1, (layer,))):
        after = sizes_after(variant.layers[0], here)
        if after is None:
            return None
        found += after[-1:] or [here]
        if layer.kind == "global_pool":
            found += after
    if layer.kind == "conv" and layer.padding is None and layer.kernel is not None and len(here) == 3:
        for pad in range(1, layer.kernel[0] + 1):  # any padding that people choose
            window = window_after(replace(layer, padding=(pad, pad)), (here[1], here[2]))
            found += [(layer.out or 0, *window)] if window else []
    return _different(found) or None


def _pooled(side: int, stride: int) -> list[int]:
    """What a pooling with any window makes of a side."""
    if stride < 1:
        return [side]
    return list(
        dict.fromkeys([side // stride, -(-side // stride), *(max((side - k) // stride + 1, 1) for k in range(1, 6))])
    )


# Programs ------------------------------------------------------------------------------------------------------------


def _in_program(network: ListedNetwork, inputs: Sequence[Size], document: ReportDocument) -> Iterator[Finding]:
    """Code whose layers do not fit each other: the printed program cannot have run."""
    if network.listing != "program" or not network.is_chain or not network.is_complete or network.framework != "torch":
        return
    channels: int | None = None
    for layer in network.layers:
        if layer.kind in ("conv", "norm") and channels is not None and layer.into not in (None, channels):
            yield _flaw(
                layer,
                f"{layer.name} takes {layer.into:,} channels, but the layer before it makes {channels:,}. The printed "
                "code cannot have run.",
                f"{layer.name}: {layer.into}",
                f"{channels:,}",
                document,
            )
            return
        channels = layer.out if layer.kind == "conv" else None if layer.kind in ("linear", "flatten") else channels
    yield from _features(network, inputs, document)


def _features(network: ListedNetwork, inputs: Sequence[Size], document: ReportDocument) -> Iterator[Finding]:
    """The first linear layer behind convolutions, whose features follow from the size of the image."""
    kinds = [layer.kind for layer in network.layers]
    if "conv" not in kinds or "linear" not in kinds or kinds.index("linear") < kinds.index("conv"):
        return
    at = kinds.index("linear")
    layer, head = network.layers[at], replace(network, layers=network.layers[:at])
    into = head.layers[kinds.index("conv")].into
    if layer.into is None or into is None:
        return
    made = {side: made for side in range(1, _LARGEST_SIDE + 1) if (made := _features_of(head, (into, side, side)))}
    channels = next((made[0] for made in made.values()), 0)
    likely = next((size[1] for size in inputs if size[0] == into and size[1] in made), None)
    if not channels or (likely is None and layer.into % channels == 0):
        return  # an image need not be square
    if layer.into in [features for _, features in made.values()]:
        return
    says = f"{layer.name} takes {layer.into:,} features, but "
    if likely is not None:
        says += f"no square image gives so many there. From {likely}x{likely} pixels they are {made[likely][1]:,}."
    else:
        says += f"the features of {channels:,} channels are a multiple of {channels:,}."
    possible = f"{made[likely][1]:,}" if likely is not None else f"a multiple of {channels:,}"
    yield _flaw(layer, says, f"{layer.name}: {layer.into}", possible, document)


def _features_of(head: ListedNetwork, first: Size) -> tuple[int, int] | None:
    """The channels and the features behind the first layers."""
    along = sizes_along(head, first)
    if not along:
        return None
    channels = next((size[0] for size in reversed(along) if len(size) == 3), 1)
    return channels, math.prod(along[-1])
