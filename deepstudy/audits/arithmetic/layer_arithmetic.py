"""What the arguments of layers say about sizes and counts.

A window of size F with stride S and padding P turns W pixels into floor((W + 2P - F)/S) + 1; with `same` padding it
makes ceil(W/S). A convolution has (channels / groups) x height x width x filters weights, and a bias for each filter.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Literal

from deepstudy.audits.reading.networks.layers import WITHOUT_PARAMETERS, ListedLayer, ListedNetwork, Pair, Size

PaddingRule = Literal["same", "valid"]
#: Parameters for each channel of a batch normalisation: not counted, scale, scale and shift, with moving statistics.
_NORM_COUNTS = (2, 0, 4, 1, 3)
_MOST_VARIANTS = 256
_LONGEST_WAY = 10_000  # sizes along one network


@dataclass(frozen=True)
class LayerTally:
    """Weights and biases of one layer.

    Attributes:
        layer: the layer.
        weights: its weights.
        biases: its biases, if it has any.
        normalised: the channels of a normalisation.
    """

    layer: ListedLayer
    weights: int = 0
    biases: int = 0
    normalised: int = 0


@dataclass(frozen=True)
class CountedTotal:
    """A way to count the parameters of a network.

    Attributes:
        count: the total.
        terms: the counts of the layers that have any, in their order.
    """

    count: int
    terms: tuple[int, ...]


def window_after(layer: ListedLayer, pixels: Pair) -> Pair | None:
    """Compute height and width after a convolution or pooling.

    Arguments:
        layer: the layer; where nothing says how it pads, it does not.
        pixels: height and width before it.

    Returns:
        Height and width; None if its kernel is not known or larger than the image.
    """
    if layer.kernel is None:
        return None
    stride = layer.stride or (layer.kernel if layer.kind == "pool" else (1, 1))
    after = []
    for side, kernel, step, dilation, axis in zip(pixels, layer.kernel, stride, layer.dilation, (0, 1), strict=True):
        if step < 1:
            return None
        if layer.padding == "same":
            after.append(-(-side // step))
            continue
        around = 2 * layer.padding[axis] if isinstance(layer.padding, tuple) else 0
        room = side + around - dilation * (kernel - 1) - 1
        if room < 0:
            return None
        after.append((-(-room // step) if layer.is_ceil else room // step) + 1)
    return after[0], after[1]


def sizes_along(network: ListedNetwork, first: Size) -> list[Size] | None:
    """Follow an image through the layers, one after the other.

    Arguments:
        network: the network.
        first: the size of the image.

    Returns:
        The size of the image, then all sizes inside the network, with the flattened input of linear layers; None if
        the layers do not fit each other, as in networks that branch, or if one is not understood.
    """
    sizes = [first]
    for layer in network.layers:
        for _ in range(layer.times):
            after = sizes_after(layer, sizes[-1])
            if after is None or len(sizes) > _LONGEST_WAY:
                return None
            sizes += after
    return sizes


def sizes_after(layer: ListedLayer, here: Size) -> list[Size] | None:
    """Compute what a layer makes of a size.

    Arguments:
        layer: the layer.
        here: the size of its input.

    Returns:
        The sizes one after the other, none if it keeps the size; None if the layer cannot take such an input, or is
        not understood.
    """
    if len(here) not in (1, 3):
        return None
    if layer.kind in ("conv", "pool"):
        if len(here) != 3 or (layer.kind == "conv" and (layer.out is None or layer.into not in (None, here[0]))):
            return None
        window = window_after(layer, (here[1], here[2]))
        return None if window is None else [((layer.out or 0) if layer.kind == "conv" else here[0], *window)]
    if layer.kind == "global_pool":
        if len(here) != 3:
            return None
        return [(here[0], *layer.pixels)] if layer.pixels else [(here[0], 1, 1), (here[0],)]
    if layer.kind == "linear":
        features = math.prod(here)
        if layer.out is None or layer.into not in (None, features):
            return None
        return [(features,), (layer.out,)]
    if layer.kind == "flatten":
        return [(math.prod(here),)] if len(here) == 3 else []
    if layer.kind == "norm":
        return [] if layer.into in (None, here[0]) else None
    return [] if layer.kind in ("activation", "dropout", "input") else None


def tallies(network: ListedNetwork, first: Size | None) -> list[LayerTally] | None:
    """Count the weights and biases of each layer.

    Arguments:
        network: the network; where it prints sizes, these hold.
        first: the size of an image, if it is known.

    Returns:
        A tally for each layer; None if an argument that counts is not known.
    """
    counted = []
    state = _ImageState(first)
    for layer in network.layers:
        into, tally = layer.into if layer.into is not None else state.channels, LayerTally(layer)
        if layer.kind == "conv":
            if into is None or layer.out is None or layer.kernel is None or into % layer.groups:
                return None
            weights = into // layer.groups * layer.out * layer.kernel[0] * layer.kernel[1] * layer.times
            tally = LayerTally(layer, weights, 0 if layer.bias is False else layer.out * layer.times)
        elif layer.kind == "linear":
            into = layer.into if layer.into is not None else state.features
            if into is None or layer.out is None:
                return None
            weights = into * layer.out * layer.times
            tally = LayerTally(layer, weights, 0 if layer.bias is False else layer.out * layer.times)
        elif layer.kind == "norm":
            if into is None:
                return None
            tally = LayerTally(layer, normalised=0 if layer.bias is False else into * layer.times)
        elif layer.kind not in WITHOUT_PARAMETERS or layer.kind == "add":
            return None
        state.pass_through(layer)
        counted.append(LayerTally(layer) if layer.is_counted_elsewhere else tally)
    return counted


class _ImageState:
    """What is known of the size at one place of a network."""

    def __init__(self, first: Size | None) -> None:
        self.channels: int | None = None
        self.pixels: Pair | None = None
        self.is_flat = False
        if first is not None:
            self._set(first)

    def _set(self, size: Size) -> None:
        self.channels, self.is_flat = size[0], len(size) == 1
        self.pixels = (size[1], size[2]) if len(size) == 3 else None

    @property
    def features(self) -> int | None:
        """The numbers of one image, if they are known."""
        if self.is_flat:
            return self.channels
        return self.channels * self.pixels[0] * self.pixels[1] if self.channels and self.pixels else None

    def pass_through(self, layer: ListedLayer) -> None:
        """Go on behind a layer."""
        if layer.size is not None and layer.kind != "flatten":
            self._set(layer.size)
        elif layer.kind in ("conv", "pool"):
            self.pixels = window_after(layer, self.pixels) if self.pixels else None
            self.channels = layer.out if layer.kind == "conv" else self.channels
        elif layer.kind == "linear":
            self.channels, self.pixels, self.is_flat = layer.out, None, True
        elif layer.kind == "global_pool":
            self.pixels, self.is_flat = layer.pixels or (1, 1), layer.pixels is None
        elif layer.kind == "flatten":
            self.channels, self.pixels, self.is_flat = self.features, None, True


def variants(network: ListedNetwork) -> Iterator[ListedNetwork]:
    """Complete a network in every plausible way where its listing does not say how windows pad.

    Arguments:
        network: the network.

    Returns:
        The networks, the likeliest first; a few hundred at most.
    """
    choices = [list(_choices(layer)) for layer in network.layers]
    for layers in islice(product(*choices), _MOST_VARIANTS):
        yield replace(network, layers=layers)


def _choices(layer: ListedLayer) -> Iterator[ListedLayer]:
    rules: tuple[PaddingRule, ...] = ("same", "valid") if layer.kind == "conv" else ("valid", "same")
    kernel = layer.kernel
    if layer.kind not in ("conv", "pool") or kernel is None or (layer.padding is not None and layer.stride is not None):
        yield layer
        return
    strides = [layer.stride] if layer.stride else [kernel, *([(2, 2)] if kernel[0] > 2 else [])]
    paddings = rules if layer.padding is None else (layer.padding,)
    for stride, padding in product(strides, paddings):
        # Padding changes nothing where the window is one pixel; a 2x2 pooling that pads differs for odd sides only.
        if kernel != (1, 1) or padding == paddings[0]:
            yield replace(layer, stride=stride, padding=padding)


def possible_totals(network: ListedNetwork, inputs: Sequence[Size | None]) -> list[CountedTotal]:
    """Count the parameters of a listed network in every plausible way.

    Arguments:
        network: the network.
        inputs: the sizes that an image may have; the likeliest first.

    Returns:
        The totals, the likeliest first: with and without biases, with 0 to 4 numbers for each normalised channel, and
        with every padding that the listing leaves open. Empty where an argument is not known.
    """
    found: dict[int, CountedTotal] = {}
    for first, variant in product(inputs, list(variants(network))):
        counted = tallies(variant, first)
        for total in _ways(counted) if counted is not None else ():
            found.setdefault(total.count, total)
    return list(found.values())


def _ways(counted: Sequence[LayerTally]) -> Iterator[CountedTotal]:
    for norm, conv_biases, linear_biases in product(_NORM_COUNTS, (True, False), (True, False)):
        terms = []
        for tally in counted:
            biased = conv_biases if tally.layer.kind == "conv" else linear_biases
            terms.append(tally.weights + tally.biases * biased + norm * tally.normalised)
        yield CountedTotal(sum(terms), tuple(term for term in terms if term))
