"""Layers follow each other with no activation between them.

Two linear layers in a row make one linear layer: the second adds parameters and no power. The same holds
for convolutions, and for a convolution and a linear layer. Often an activation was forgotten in `forward`. Separable
and factorised convolutions, and the linear bottlenecks of MobileNetV2, are meant to be so and are not reported.

Mend it: put an activation between the layers, `x = F.relu(self.fc1(x))`, or delete one of them.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import CONVOLUTIONS, LINEAR, Operation, Trace
from deepstudy.findings import Finding

_AVERAGES = frozenset("avg_pool2d adaptive_avg_pool2d mean".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look at what lies between each layer with weights and the one before it.

    Arguments:
        probe: the network under examination.

    Returns:
        A risk for each row of such layers.
    """
    pairs = [pair for operation in probe.trace.operations if (pair := _before(probe.trace, operation))]
    rows: list[list[Operation]] = []
    for before, after in pairs:
        if rows and rows[-1][-1] is before:
            rows[-1].append(after)
        else:
            rows.append([before, after])
    for row in rows:
        kinds = {"linear layers" if each.name == "linear" else "convolutions" for each in row}
        kind = " and ".join(sorted(kinds))
        names = [operation.label for operation in row]
        yield Finding(
            "nonlinearity",
            "risk",
            f"Between {' and '.join(names) if len(names) == 2 else ', '.join(names)} there is no activation: {kind} "
            "in a row make one linear map, so the ones between add parameters and no power.",
            row[1].spot,
            "Put an activation between them, `x = F.relu(self.fc1(x))`, or delete one.",
        )


def _before(trace: Trace, operation: Operation) -> tuple[Operation, Operation] | None:
    """The layer with weights that feeds this one through linear operations only."""
    if not operation.inputs:
        return None
    if operation.name == "linear":
        before = trace.back(operation.inputs[0], LINEAR | {"batch_norm"})
        if before is not None and before.name == "linear":
            return before, operation
        before = _averaged(trace, operation)
        plain = before is not None and before.name in CONVOLUTIONS and not _grouped(before)
        return (before, operation) if before is not None and plain else None
    if operation.name not in CONVOLUTIONS or _grouped(operation):
        return None
    before = trace.back(operation.inputs[0], LINEAR)
    if before is not None and before.name in _AVERAGES:
        before = _averaged(trace, operation)
    if before is not None and before.name == "batch_norm":
        # Linear bottlenecks (1x1, batch normalisation, no activation) are published so; two windows in a row are not.
        before = trace.back(before.inputs[0], LINEAR)
        if before is None or not (_window(before) and _window(operation)):
            return None
    if before is None or before.name not in CONVOLUTIONS or _grouped(before) or _factorised(before, operation):
        return None
    return before, operation


def _averaged(trace: Trace, operation: Operation) -> Operation | None:
    """What feeds this one through averages as well, unless something else reads it on the way, as gates do."""
    number = operation.inputs[0]
    while True:
        readers = [each for each in trace.operations if number in each.inputs]
        before = trace.maker.get(number)
        if before is None or len(readers) > 1:
            return None
        if before.name not in LINEAR | _AVERAGES or not before.inputs:
            return before
        number = before.inputs[0]


def _weight(operation: Operation) -> tuple[int, ...]:
    return tuple(operation.tensors[1].shape)


def _window(operation: Operation) -> bool:
    return operation.name in CONVOLUTIONS and max(_weight(operation)[2:]) > 1


def _grouped(operation: Operation) -> bool:
    """Depthwise and grouped convolutions are one half of a separable one."""
    return _weight(operation)[1] != operation.tensors[0].shape[1]


def _factorised(one: Operation, other: Operation) -> bool:
    """A window taken apart into a column and a row."""
    sides = [_weight(each)[2:] for each in (one, other)]
    return len(sides[0]) == 2 and sides[0] == sides[1][::-1] and sides[0][0] != sides[0][1]
