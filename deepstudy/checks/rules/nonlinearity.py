"""Layers follow each other without an activation in between.

The rule looks at linear layers and convolutions. Max pooling alone between them is reported too, with other words.

## Why it matters
Two linear maps in a row are one linear map. The second layer adds parameters and time, but the network cannot
represent more. Often an activation was forgotten in `forward`. Max pooling alone is not linear, but it lets the largest
value through unchanged, so the network can represent less than with an activation.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc1 = nn.Linear(1568, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.conv(x)).flatten(1)
        return self.fc2(self.fc1(x))
```

## Not an error
A depthwise and a pointwise convolution factorise one convolution, to save weights. So do a column and a row (3x1,
1x3), and a linear bottleneck.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 5, stride=2)
        self.depthwise = nn.Conv2d(8, 8, 3, groups=8)
        self.pointwise = nn.Conv2d(8, 16, 1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.pointwise(self.depthwise(F.relu(self.stem(x))))
        return self.fc(F.relu(x).mean((2, 3)))
```

## How to fix
Put an activation between the layers, `x = F.relu(self.fc1(x))`, or delete one of them.

## Source
Linear algebra: B(Ax + a) + b = (BA)x + (Ba + b).
Sandler et al. 2018, MobileNetV2, sections 3.1 and 3.2, for separable convolutions and linear bottlenecks. The LeNet of
Caffe (20 and 50 filters of 5x5) has only max pooling after its convolutions, so that is a note.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import CONVOLUTIONS, LINEAR, WEIGHTED, Operation, Trace
from deepstudy.findings import Finding, Severity

_MAXIMA = frozenset("max_pool2d adaptive_max_pool2d".split())
_AVERAGES = frozenset("avg_pool2d adaptive_avg_pool2d mean".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the operations between each layer with weights and the one before it.

    Arguments:
        probe: the network under examination.

    Returns:
        A risk for each chain of layers without an activation, and at most one for max pooling alone between layers.
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
            f"There is no activation between {' and '.join(names) if len(names) == 2 else ', '.join(names)}. A chain "
            f"of {kind} is one linear map, so the extra layers add parameters without effect.",
            row[1].spot,
            "Put an activation between them, for example `x = F.relu(x)`, or delete one of them.",
        )
    yield from _only_pooled(probe.trace, {id(after) for _, after in pairs})


def _only_pooled(trace: Trace, chained: set[int]) -> Iterator[Finding]:
    """Convolutions with nothing but max pooling before the next layer."""
    layers = [each for each in trace.of(WEIGHTED) if each.inputs and id(each) not in chained]
    found = [(before, after) for after in layers if (before := _pooled(trace, after))]
    if found:
        names = ", ".join(dict.fromkeys(before.label for before, _ in found[:4]))
        severity: Severity = "note" if _is_caffe_lenet(trace) else "risk"
        says = (
            f"After {names} there is max pooling and no activation. Pooling passes the largest value on unchanged, so "
            "the layers can represent less than with one."
        )
        remedy = "Put an activation after the convolution, for example `x = F.max_pool2d(F.relu(conv(x)), 2)`."
        yield Finding("nonlinearity", severity, says, found[0][0].spot, remedy)


def _pooled(trace: Trace, operation: Operation) -> Operation | None:
    """The convolution that feeds this layer through max pooling; None if there is an activation, or a second reader."""
    number, pooled = operation.inputs[0], False
    while (before := trace.maker.get(number)) is not None and before.inputs:
        if before.name in CONVOLUTIONS:
            return before if pooled and not _grouped(before) else None
        readers = [each for each in trace.operations if number in each.inputs]
        if before.name not in LINEAR | _MAXIMA | {"batch_norm"} or len(readers) > 1:
            return None
        pooled = pooled or before.name in _MAXIMA
        number = before.inputs[0]
    return None


def _is_caffe_lenet(trace: Trace) -> bool:
    shapes = [_weight(each) for each in trace.of(CONVOLUTIONS)]
    return [(shape[0], *shape[2:]) for shape in shapes] == [(20, 5, 5), (50, 5, 5)]


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
        # Published linear bottlenecks (1x1, batch normalisation, no activation) are not reported; two windows are.
        before = trace.back(before.inputs[0], LINEAR)
        if before is None or not (_window(before) and _window(operation)):
            return None
    if before is None or before.name not in CONVOLUTIONS or _grouped(before) or _factorised(before, operation):
        return None
    return before, operation


def _averaged(trace: Trace, operation: Operation) -> Operation | None:
    """The layer that feeds this one, also through averages; None if another operation uses the values, as gates do."""
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
    """Whether it is depthwise or grouped: one half of a separable convolution."""
    return _weight(operation)[1] != operation.tensors[0].shape[1]


def _factorised(one: Operation, other: Operation) -> bool:
    """Whether the two are a column and a row of one window."""
    sides = [_weight(each)[2:] for each in (one, other)]
    return len(sides[0]) == 2 and sides[0] == sides[1][::-1] and sides[0][0] != sides[0][1]
