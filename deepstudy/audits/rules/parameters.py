"""Parameter counts that contradict their own arithmetic, their parts or the network.

A rounded count such as 62k fits every count that rounds to it. The rule checks:

* the result of each printed sum or product;
* a total against its parts, trainable and non-trainable parameters, and 4 bytes for each;
* a row of a summary against its own layer: a convolution has the same count for each filter;
* a total against the layers that the report lists, in a tree, code, table or words, with any padding, biases or
  normalisation that the list leaves open;
* sentences such as "twice as many parameters" or "the same number" against the counts that the report gives;
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

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from deepstudy.audits.arithmetic.count_claims import added_findings, claim_findings, row_findings
from deepstudy.audits.arithmetic.listed_counts import count_findings
from deepstudy.audits.arithmetic.parameter_bytes import byte_findings
from deepstudy.audits.arithmetic.prose_networks import prose_findings
from deepstudy.audits.evidence import Evidence, PrintedFigure
from deepstudy.audits.printed import Sum, doubled
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.findings import Finding

_COUNTS = ("weights", "biases", "parameters")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Find counts that do not follow from their own arithmetic, their parts, or the network.

    Arguments:
        evidence: what the report says.

    Returns:
        A finding for each such count.
    """
    yield from _arithmetic(evidence.sums)
    if evidence.document is not None:
        yield from _each_once(_in_document(evidence, evidence.document))
        return
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
        yield from _parts(
            name, [figure for figure in figures if _is_exact(figure) and not doubled(figure.said.value)], network
        )


def _in_document(evidence: Evidence, document: ReportDocument) -> Iterator[Finding]:
    yield from count_findings(evidence.networks, document)
    yield from byte_findings(evidence.layout, document)
    yield from row_findings(evidence.layout, document)
    yield from added_findings(evidence.layout, document)
    yield from prose_findings(evidence.layout, document)
    yield from claim_findings(evidence.layout, evidence.networks, evidence.sums, document)


def _each_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings without those that say of the same line that the same number should be the same other one."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        key = (finding.where, re.sub(r"\D", "", finding.possible))
        if key not in seen or not key[1]:
            yield finding
        seen.add(key)


def _arithmetic(sums: Sequence[Sum]) -> Iterator[Finding]:
    """Equations that are wrong, each once."""
    wrong: dict[str, list[Sum]] = defaultdict(list)
    for sum_ in sums:
        if not sum_.is_right:
            wrong[re.sub(r"\s", "", sum_.text)].append(sum_)
    for first, *others in wrong.values():
        left = first.text.rpartition("=")[0].strip()
        says = f"{left} is {_whole(first.value)}, not {_whole(first.stated)}."
        if others:
            says += f" The same equation stands in {len(others)} more place{'s' * (len(others) > 1)}."
        yield Finding(
            "parameters",
            "impossible",
            says,
            where=first.where,
            reported=first.text,
            possible=f"{left} = {_whole(first.value)}",
        )


def _doubled(figure: PrintedFigure) -> Finding:
    half = figure.number / 2
    return Finding(
        "parameters",
        "inconsistent",
        f"{figure.said.value.strip()} counts each weight twice. Backpropagation computes a gradient for each weight, "
        "but gradients are not parameters.",
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
            f"The network of {said.experiment} has no layer called {said.layer}. Its layers with weights are {names}.",
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
            f"{what} has {totals[said.quantity]:,} {_named(said.quantity)}, not {said.value.strip()}. The figure fits "
            f"its {totals[other]:,} {_named(other)}.",
            where=figure.where,
            reported=f"{said.value} {said.quantity}",
            possible=f"{totals[said.quantity]:,}",
        )
        return
    with_biases = "" if said.quantity == "parameters" else f" With biases it has {totals['parameters']:,}."
    arithmetic = f"{rows[0].arithmetic} = " if len(rows) == 1 and rows[0].arithmetic else ""
    yield Finding(
        "parameters",
        "impossible" if said.layer is None else "inconsistent",
        f"{what} has {arithmetic}{totals[said.quantity]:,} {_named(said.quantity)}, not {_printed(figure)}."
        f"{with_biases}",
        where=figure.where,
        reported=said.value,
        possible=f"{totals[said.quantity]:,}, with biases {totals['parameters']:,}",
    )


def _parts(name: str, figures: list[PrintedFigure], network: Any) -> Iterator[Finding]:
    """A total that differs from the sum of its parts, and the part that explains it."""
    parts = [figure for figure in figures if figure.said.layer is not None]
    totals = [figure for figure in figures if figure.said.layer is None and figure.said.quantity != "biases"]
    if len(parts) < 2 or not totals:
        return
    total, added = totals[-1], sum(figure.number for figure in parts)
    excess = added - total.number
    if excess == 0 or (excess < 0 and network is not None):
        return  # the list may leave layers out; its layers are compared with the network instead
    wrong = [figure for figure in parts if figure.number > excess] if excess > 0 else []
    fits = [figure for figure in wrong if network is not None and _built(figure, network) == figure.number - excess]
    explained = ""
    if len(fits or wrong) == 1:
        part = (fits or wrong)[0]
        needs = _whole(part.number - excess)
        layer = part.said.layer or "one part"
        explained = f" The total would be right if {layer} had {needs} instead of {_whole(part.number)}"
        explained += f", and the network does have {needs} there." if fits else "."
    yield Finding(
        "parameters",
        "impossible" if excess > 0 else "doubtful",
        f"The parts listed for {name} add up to {_whole(added)}, but the printed total is {_whole(total.number)}."
        f"{explained}",
        where=total.where,
        reported=f"{' + '.join(_whole(figure.number) for figure in parts)}; total {_whole(total.number)}",
        possible=f"{_whole(added)}, the sum of the parts",
    )


def _built(figure: PrintedFigure, network: Any) -> float | None:
    rows = [row for row in network.layers if _is(row.name, str(figure.said.layer))]
    return sum(row.weights for row in rows) if rows else None


def _is(name: str, layer: str) -> bool:
    return name == layer or name.startswith(f"{layer}.")


def _named(quantity: str) -> str:
    return "weights and biases" if quantity == "parameters" else quantity


def _is_exact(figure: PrintedFigure) -> bool:
    """Whether a count is printed to its last digit, unlike 62k, 60~70 or about 62,000."""
    low, high = figure.said.meant
    return high - low <= 1


def _printed(figure: PrintedFigure) -> str:
    """The exact count; or a rounded one as printed, with the range that it can mean."""
    if _is_exact(figure):
        return _whole(figure.number)
    low, high = figure.said.meant
    about = "about " if figure.said.about else ""
    return f"{about}{figure.said.value.strip()} ({low:,.0f} to {high:,.0f})"


def _whole(count: float) -> str:
    return f"{count:,.0f}" if count == int(count) else f"{count:,.6g}"
