"""A residual block has no identity path.

The rule looks at blocks that add their input to the output of their layers, where both have the same shape.

## Why it matters
The plain input lets a block pass a signal on unchanged, and its gradient back. A shortcut with weights or an activation
prevents both, so deep networks train less well.

## Example
```python
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.conv1 = nn.Conv2d(8, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.shortcut = nn.Conv2d(8, 8, 1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x = self.stem(x).relu()
        x = (self.conv2(self.conv1(x).relu()) + self.shortcut(x)).relu()
        return self.fc(x.mean((2, 3)))
```

## Not an error
This block has the same shortcut, but it changes the number of channels. The input cannot be added without it.
```python
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.conv1 = nn.Conv2d(8, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1)
        self.shortcut = nn.Conv2d(8, 16, 1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.stem(x).relu()
        x = (self.conv2(self.conv1(x).relu()) + self.shortcut(x)).relu()
        return self.fc(x.mean((2, 3)))
```

## How to fix
Project only where the shape changes: `nn.Identity() if inputs == outputs and stride == 1 else projection`.

## Source
He et al. 2016, Identity Mappings in Deep Residual Networks, section 3.1 and table 1: a 1x1 convolution as shortcut
raises the error of ResNet-110 on CIFAR-10.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ADDS, LINEAR, WEIGHTED, Operation, Trace
from deepstudy.findings import Finding

_FACTORS = frozenset("__mul__ mul __rmul__ mul_ div __truediv__".split())
_PLAIN = LINEAR | ADDS | _FACTORS | frozenset("pad cat identity".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look at each sum of two branches that start at a tensor with the shape of the sum.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a risk, which names the blocks.
    """
    trace = probe.trace
    blocks, guilty = 0, []
    for operation in trace.of(ADDS):
        # Sums of several branches are one block: only the last of nested sums is looked at.
        if len(operation.inputs) != 2 or _feeds_a_sum(trace, operation):
            continue
        branches = _branches(trace, operation)
        fork = _fork(trace, branches)
        if fork is None:
            continue
        paths = [_path(trace, branch, fork) for branch in branches]
        weighted = sorted(sum(each.name in WEIGHTED for each in path) for path in paths)
        if weighted[-1] == 0 or (weighted[0] > 0 and not (weighted[0] == 1 < weighted[-1])):
            continue  # no layers at all; or similar branches, of which none is a shortcut
        blocks += 1
        plain = any(_plain_route(trace, branch, fork) for branch in branches)
        if not plain and _shape(trace, fork) == operation.shape:
            guilty.append(operation)
    if guilty:
        names = ", ".join(each.label for each in guilty[:3]) + (" …" if len(guilty) > 3 else "")
        yield Finding(
            "residual",
            "risk",
            f"{len(guilty)} of {blocks} residual block{'s' * (blocks > 1)} {'has' if len(guilty) == 1 else 'have'} no "
            f"identity path, although input and output have the same shape. The shortcut has weights or an activation "
            f"({names}). So the block cannot pass its input on unchanged, or its gradient back.",
            guilty[0].spot,
            "Project only where the shape changes: `self.shortcut = nn.Identity() if inputs == outputs and stride == 1 "
            "else projection`.",
        )


def _feeds_a_sum(trace: Trace, operation: Operation) -> bool:
    """Whether it is a part of a longer sum, perhaps with a factor, and no other operation uses it."""
    readers = [other for other in trace.operations if set(operation.outputs) & set(other.inputs)]
    while len(readers) == 1 and readers[0].name in _FACTORS and len(readers[0].inputs) == 1:
        readers = [other for other in trace.operations if set(readers[0].outputs) & set(other.inputs)]
    return len(readers) == 1 and readers[0].name in ADDS and len(readers[0].inputs) == 2


def _branches(trace: Trace, operation: Operation) -> list[int]:
    """The tensors that are added, also by nested sums and with factors."""
    branches = []
    for number in operation.inputs:
        maker = trace.back(number, _FACTORS)
        if maker is None or maker.name not in ADDS or len(maker.inputs) != 2:
            branches.append(number)
        elif _read_elsewhere(trace, number, operation):
            # A sum that other operations use too is the output of a block, and so an identity path.
            branches += [number, *_branches(trace, maker)]
        else:
            branches += _branches(trace, maker)
    return branches


def _read_elsewhere(trace: Trace, number: int, operation: Operation) -> bool:
    return any(other is not operation and number in other.inputs for other in trace.operations)


def _above(trace: Trace, number: int) -> list[int]:
    """A tensor and all tensors that it was computed from, nearest first."""
    order, waiting, visited = [], [number], set()
    while waiting:
        here = waiting.pop(0)
        if here in visited:
            continue
        visited.add(here)
        order.append(here)
        waiting += trace.maker[here].inputs if here in trace.maker else []
    return order


def _fork(trace: Trace, branches: list[int]) -> int | None:
    """The latest tensor that all branches were computed from."""
    common = set.intersection(*(set(_above(trace, branch)) for branch in branches))
    return max(common) if common else None


def _path(trace: Trace, branch: int, fork: int) -> list[Operation]:
    """The operations between a fork and the end of a branch."""
    path, waiting, visited = [], [branch], set()
    while waiting:
        here = waiting.pop()
        if here == fork or here in visited or here not in trace.maker:
            continue
        visited.add(here)
        path.append(trace.maker[here])
        waiting += trace.maker[here].inputs
    return path


def _plain_route(trace: Trace, branch: int, fork: int) -> bool:
    """Whether there is a path from the fork to the end of a branch that computes nothing but factors."""
    waiting, visited = [branch], set()
    while waiting:
        here = waiting.pop()
        if here == fork:
            return True
        if here not in visited and here in trace.maker and trace.maker[here].name in _PLAIN:
            visited.add(here)
            waiting += trace.maker[here].inputs
    return False


def _shape(trace: Trace, number: int) -> tuple[int, ...]:
    if number in trace.maker:
        maker = trace.maker[number]
        return tuple(maker.results[maker.outputs.index(number)].shape)
    reader = next(each for each in trace.operations if number in each.inputs)
    return tuple(reader.tensors[0].shape)
