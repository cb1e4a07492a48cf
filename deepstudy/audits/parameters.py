"""Parameter counts that contradict their own arithmetic, their parts or the network.

A rounded count such as 62k fits every count that rounds to it. The rule checks:

* the result of each printed sum or product;
* a total against the sum of its parts;
* a count against the layers of the network, or against the printed modules;
* a count that was doubled for backpropagation.

## Why it matters

A reader compares networks by their size. A wrong count makes one look smaller or larger than it is. It also hides that
the described network is not the one that was trained.

## Example

Two digits of the total are swapped.

```text
LeNet-5 on MNIST
conv1: 5x5x1x6 = 150
conv2: 5x5x6x16 = 2,400
fc1: 400x120 = 48,000
fc2: 120x84 = 10,080
fc3: 84x10 = 840
Total weights: 61,407
```

## Not an error

A second, larger total that is the same count with the biases, and a rounded one.

```text
LeNet-5 on MNIST, with about 62k parameters
conv1: 5x5x1x6 = 150
conv2: 5x5x6x16 = 2,400
fc1: 400x120 = 48,000
fc2: 120x84 = 10,080
fc3: 84x10 = 840
Total weights: 61,470
With biases: 61,470 + 236 = 61,706
```

## How to fix

Print the count that the program computes: `sum(p.numel() for p in model.parameters())`. Say whether it includes the
biases.

## Source

Arithmetic, with the shapes of `weight` and `bias` in the PyTorch documentation of `Conv2d`, `Linear` and `BatchNorm2d`.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from deepstudy.audits.evidence import Evidence, PrintedFigure
from deepstudy.audits.printed import Sum, TreeLayer, doubled
from deepstudy.findings import Finding
from deepstudy.study.reported import stands_for

_COUNTS = ("weights", "biases", "parameters")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find counts that do not follow from their own arithmetic, their parts, or the network.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each such count.
    """
    for sum_ in evidence.sums:
        yield from _arithmetic(sum_)
    by_experiment: dict[str, list[PrintedFigure]] = defaultdict(list)
    for figure in evidence.figures:
        if figure.said.quantity in _COUNTS:
            by_experiment[figure.said.experiment].append(figure)
    for name, figures in by_experiment.items():
        network = evidence.network(name)
        for figure in figures:
            if doubled(figure.said.value):
                yield _doubled(figure)
            elif network is not None:
                yield from _against_network(figure, network)
            elif evidence.trees and figure.said.layer is None:
                yield from _against_tree(figure, evidence.trees[-1])
        yield from _parts(
            name, [figure for figure in figures if _is_exact(figure) and not doubled(figure.said.value)], network
        )


def _arithmetic(sum_: Sum) -> Iterator[Finding]:
    low, high = stands_for(sum_.text, "weights")
    near = low - 1e-9 <= sum_.value <= high + 1e-9
    rounded = "/" in sum_.text and sum_.stated in (math.floor(sum_.value), math.ceil(sum_.value))
    if not near and not rounded:
        left = sum_.text.rpartition("=")[0].strip()
        yield Finding(
            "parameters",
            "impossible",
            f"{left} is {_whole(sum_.value)}, not {_whole(sum_.stated)}.",
            where=sum_.where,
            reported=sum_.text,
            possible=f"{left} = {_whole(sum_.value)}",
        )


def _doubled(figure: PrintedFigure) -> Finding:
    half = figure.number / 2
    return Finding(
        "parameters",
        "inconsistent",
        f"{figure.said.value.strip()} counts each weight twice: backpropagation computes a gradient for each weight, "
        "but a gradient is no parameter, so the network keeps its count.",
        where=figure.where,
        reported=figure.said.value.strip(),
        possible=_whole(half),
    )


def _against_network(figure: PrintedFigure, network: Any) -> Iterator[Finding]:
    said, (low, high) = figure.said, figure.said.meant
    rows = network.layers if said.layer is None else [row for row in network.layers if _is(row.name, said.layer)]
    if not rows:
        names = ", ".join(row.name for row in network.layers if row.weights)
        yield Finding(
            "parameters",
            "inconsistent",
            f"The network of {said.experiment} has no layer called {said.layer}; those with weights are {names}.",
            where=figure.where,
            reported=f"{said.layer}: {said.value}",
        )
        return
    totals = {key: sum(getattr(row, key) for row in rows) for key in ("weights", "biases")}
    totals["parameters"] = totals["weights"] + totals["biases"]
    if low <= totals[said.quantity] <= high:
        return
    what = f"Layer {said.layer} of {said.experiment}" if said.layer else f"The network of {said.experiment}"
    other = next((key for key, total in totals.items() if low <= total <= high), None)
    if other is not None:
        yield Finding(
            "parameters",
            "doubtful",
            f"{what} has {totals[other]:,} {_named(other)}; the figure is said to count its {_named(said.quantity)}, "
            f"which are {totals[said.quantity]:,}.",
            where=figure.where,
            reported=f"{said.value} {said.quantity}",
            possible=f"{totals[said.quantity]:,}",
        )
        return
    arithmetic = f"{rows[0].arithmetic} = " if len(rows) == 1 and rows[0].arithmetic else ""
    yield Finding(
        "parameters",
        "impossible" if said.layer is None else "inconsistent",
        f"{what} has {arithmetic}{totals[said.quantity]:,} {_named(said.quantity)}, not {_printed(figure)} (with "
        f"biases {totals['parameters']:,}).",
        where=figure.where,
        reported=said.value,
        possible=f"{totals[said.quantity]:,}, with biases {totals['parameters']:,}",
    )


def _against_tree(figure: PrintedFigure, tree: list[TreeLayer]) -> Iterator[Finding]:
    counts = [counted for layer in tree if (counted := layer.counts) is not None]
    weights, biases = sum(count[0] for count in counts), sum(count[1] for count in counts)
    low, high = figure.said.meant
    if len(counts) == len(tree) and not any(low <= count <= high for count in (weights, weights + biases)):
        yield Finding(
            "parameters",
            "inconsistent",
            f"The printed modules have {weights:,} weights and {biases:,} biases, {weights + biases:,} in all; "
            f"{_printed(figure)} is neither.",
            where=figure.where,
            reported=figure.said.value,
            possible=f"{weights:,}, with biases {weights + biases:,}",
        )


def _parts(name: str, figures: list[PrintedFigure], network: Any) -> Iterator[Finding]:
    """The total against the sum of its parts, and which part would make it right."""
    parts = [figure for figure in figures if figure.said.layer is not None]
    totals = [figure for figure in figures if figure.said.layer is None and figure.said.quantity != "biases"]
    if len(parts) < 2 or not totals:
        return
    total, added = totals[-1], sum(figure.number for figure in parts)
    excess = added - total.number
    if excess == 0 or (excess < 0 and network is not None):
        return  # a list that leaves layers out is no contradiction: the layers are held against the network
    wrong = [figure for figure in parts if figure.number > excess] if excess > 0 else []
    fits = [figure for figure in wrong if network is not None and _built(figure, network) == figure.number - excess]
    explained = ""
    if len(fits or wrong) == 1:
        part = (fits or wrong)[0]
        needs = _whole(part.number - excess)
        layer = f" ({part.said.layer})" if part.said.layer else ""
        explained = f" {_whole(total.number)} needs {needs} where {_whole(part.number)} stands{layer}"
        explained += ", and that is what the network has there." if fits else "."
    yield Finding(
        "parameters",
        "impossible" if excess > 0 else "doubtful",
        f"The parts that are listed for {name} add up to {_whole(added)}, not to the total "
        f"{_whole(total.number)}.{explained}",
        where=total.where,
        reported=f"{' + '.join(_whole(figure.number) for figure in parts)}; total {_whole(total.number)}",
        possible=f"{_whole(added)} with these parts",
    )


def _built(figure: PrintedFigure, network: Any) -> float | None:
    rows = [row for row in network.layers if _is(row.name, str(figure.said.layer))]
    return sum(row.weights for row in rows) if rows else None


def _is(name: str, layer: str) -> bool:
    return name == layer or name.startswith(f"{layer}.")


def _named(quantity: str) -> str:
    return "weights and biases" if quantity == "parameters" else quantity


def _is_exact(figure: PrintedFigure) -> bool:
    """Whether a count is printed to its last digit, and not as 62k, 60~70 or about 62,000."""
    low, high = figure.said.meant
    return high - low <= 1


def _printed(figure: PrintedFigure) -> str:
    """The count in full, or as it is printed, with what it can stand for."""
    if _is_exact(figure):
        return _whole(figure.number)
    low, high = figure.said.meant
    about = "about " if figure.said.about else ""
    return f"{about}{figure.said.value.strip()}, which can stand for {low:,.0f} to {high:,.0f}"


def _whole(count: float) -> str:
    return f"{count:,.0f}" if count == int(count) else f"{count:,.6g}"
