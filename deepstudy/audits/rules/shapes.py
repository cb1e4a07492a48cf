"""Printed sizes that the network does not produce.

A window of size F with stride S and padding P turns a side of W pixels into floor((W + 2P - F)/S) + 1. The rule
compares the printed sizes with the network, or with the printed modules. It also finds a batch size that changes
inside the network.

## Why it matters

The sizes belong to another network than the report describes. Its parameter counts and results may be wrong too. Where
the batch size changes, a wrong `view` has mixed the features of different images.

## Example

Without padding, a 5x5 convolution makes 28x28 out of 32x32.

```text
Net(
  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))
  (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
)
torch.Size([64, 3, 32, 32])
torch.Size([64, 6, 32, 32])
torch.Size([64, 6, 16, 16])
```

## Not an error

The same sizes with `padding=(2, 2)`, which keeps 32x32.

```text
Net(
  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
  (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
)
torch.Size([64, 3, 32, 32])
torch.Size([64, 6, 32, 32])
torch.Size([64, 6, 16, 16])
```

## How to fix

Print `x.shape` after each layer of the network that was trained. Flatten with `x.flatten(1)`, which keeps the batch.

## Source

Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, chapter 2.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.printed import Sizes, TreeLayer
from deepstudy.findings import Finding

Size = tuple[int, ...]


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find sizes that the network or the printed modules do not produce, and batch sizes that change inside a network.

    Arguments:
        evidence: what the report says.

    Returns:
        At most two findings for each row of sizes.
    """
    for quoted in evidence.sizes:
        network = evidence.network(quoted.experiment)
        if network is not None:
            yield from _against(quoted, _along(network), f"the network of {quoted.experiment}")
        else:
            along = next((sizes for tree in evidence.trees if (sizes := through(tree, quoted.sizes[0]))), None)
            if along is not None:
                yield from _against(quoted, along, "the printed modules")
        if len(set(quoted.batches)) > 1:
            yield Finding(
                "shapes",
                "inconsistent",
                f"The batch size changes inside the network: {' → '.join(map(str, quoted.batches))}. At that place, "
                "the features of different images are mixed, for example by a `view` with a wrong size.",
                where=quoted.where,
                reported=" → ".join(map(str, quoted.batches)),
                possible=f"{quoted.batches[0]} everywhere",
            )


def _against(quoted: Sizes, along: Sequence[Size], what: str) -> Iterator[Finding]:
    position = 0
    for size in quoted.sizes:
        rest = list(along[position:])
        if size in rest:
            position += rest.index(size)
            continue
        later = [each for each in rest if len(each) == len(size)]
        yield Finding(
            "shapes",
            "inconsistent",
            f"{_format_size(size)} cannot follow {_format_size(along[position])} in {what}."
            + (f" The sizes there are {' → '.join(map(_format_size, _different(later)[:4]))}." if later else ""),
            where=quoted.where,
            reported=_format_size(size),
            possible=" or ".join(_format_size(each) for each in _different(later)[:4]),
        )
        return


def _different(sizes: Sequence[Size]) -> list[Size]:
    return list(dict.fromkeys(sizes))


def _along(network: Any) -> list[Size]:
    """All sizes of an image inside a built network, in order, with the flattened inputs of linear layers."""
    sizes: list[Size] = [tuple(network.input)]
    for row in network.layers:
        if row.kind == "Linear" and row.arithmetic:
            sizes.append((int(row.arithmetic.partition("x")[0]),))
        sizes.append(tuple(row.output))
    return sizes


_KEEPS = ("BatchNorm", "ReLU", "Dropout", "Identity", "Softmax", "Sigmoid", "Tanh", "GELU", "SiLU", "Norm", "Flatten")


def through(tree: Sequence[TreeLayer], size: Size) -> list[Size] | None:
    """The sizes of an image that passes through printed modules, one after the other.

    None if the modules do not fit each other, as in networks that branch, or if a module or an option is unknown. Then
    the printed modules do not determine the sizes.
    """
    sizes = [size]
    for layer in tree:
        here = sizes[-1]
        if layer.kind in ("Conv2d", "MaxPool2d", "AvgPool2d"):
            convolves = layer.kind == "Conv2d"
            if len(here) != 3 or (convolves and (len(layer.numbers) < 2 or layer.numbers[0] != here[0])):
                return None
            window = _window(layer, here)
            if window is None:
                return None
            sizes.append((layer.numbers[1] if convolves else here[0], *window))
        elif layer.kind.startswith("Adaptive"):
            pixels = layer.pair("output_size", 1)
            if pixels is None:
                return None
            sizes.append((here[0], *pixels))
        elif layer.kind == "Linear" and len(layer.numbers) > 1:
            features = here[0] * here[1] * here[2] if len(here) == 3 else here[0]
            if features != layer.numbers[0]:
                return None
            sizes += [(features,), (layer.numbers[1],)]
        elif not any(word in layer.kind for word in _KEEPS):
            return None
    return sizes


def _window(layer: TreeLayer, size: Size) -> tuple[int, int] | None:
    """Height and width after a window; None if an option is a word or makes no sense."""
    kernel = layer.pair("kernel_size", 1)
    if kernel is None or layer.options.get("ceil_mode", "False") != "False":
        return None
    stride = layer.pair("stride", 1) if layer.kind == "Conv2d" or "stride" in layer.options else kernel
    padding, dilation = layer.pair("padding", 0), layer.pair("dilation", 1)
    if stride is None or padding is None or dilation is None or 0 in stride:
        return None
    sides = [
        (size[1 + axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) // stride[axis] + 1
        for axis in (0, 1)
    ]
    return sides[0], sides[1]


def _format_size(size: Size) -> str:
    return "x".join(map(str, size)) + (" features" if len(size) == 1 else "")
