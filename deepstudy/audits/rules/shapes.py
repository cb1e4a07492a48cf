"""Printed sizes that the network does not produce.

A window of size F with stride S and padding P turns a side of W pixels into floor((W + 2P - F)/S) + 1. The rule
compares

* printed sizes with the network, or with the listed modules, code or layers;
* the rows of a summary and the printed sizes of a list with each other;
* the channels and features that a layer of printed code takes with those that it gets;
* the batch size at all places of the network.

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

from collections.abc import Iterator
from typing import Any

from deepstudy.audits.arithmetic.flattened import flattened_findings
from deepstudy.audits.arithmetic.listed_sizes import against_way, quoted_findings, size_findings
from deepstudy.audits.evidence import Evidence
from deepstudy.findings import Finding

Size = tuple[int, ...]


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find sizes that the network or a listed network does not produce, and batches that change inside a network.

    Arguments:
        evidence: what the report says.

    Returns:
        At most two findings for each row of sizes, and one for each listed network.
    """
    if evidence.document is not None:
        yield from size_findings(evidence.networks, evidence.document)
        yield from flattened_findings(evidence)
    for quoted in evidence.sizes:
        network = evidence.network(quoted.experiment)
        if network is not None:
            yield from against_way(quoted, _along(network), f"the network of {quoted.experiment}")
        else:
            yield from quoted_findings(quoted, evidence.networks)
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


def _along(network: Any) -> list[Size]:
    """All sizes of an image inside a built network, in order, with the flattened inputs of linear layers."""
    sizes: list[Size] = [tuple(network.input)]
    for row in network.layers:
        if row.kind == "Linear" and row.arithmetic:
            sizes.append((int(row.arithmetic.partition("x")[0]),))
        sizes.append(tuple(row.output))
    return sizes
