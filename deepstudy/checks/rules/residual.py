"""A residual block has no identity path.

A residual block adds its input to what its layers compute. The plain input lets the block pass a signal on unchanged,
and its gradient back (He et al. 2016, Identity mappings in deep residual networks). A shortcut with weights or an
activation of its own takes that away. It is needed only where the shape changes.

Mend it: `self.shortcut = nn.Identity() if inputs == outputs and stride == 1 else projection`.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ADDS, LINEAR, WEIGHTED, Operation, Trace
from deepstudy.findings import Finding

_FACTORS = frozenset("__mul__ mul __rmul__ mul_ div __truediv__".split())
_PLAIN = LINEAR | ADDS | _FACTORS | frozenset("pad cat identity".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look at each sum of two branches that fork at a tensor of the sum's own shape.

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
            continue  # no layers at all; or streams of equals, of which none is a shortcut
        blocks += 1
        plain = any(_plain_route(trace, branch, fork) for branch in branches)
        if not plain and _shape(trace, fork) == operation.shape:
            guilty.append(operation)
    if guilty:
        names = ", ".join(each.label for each in guilty[:3]) + (" …" if len(guilty) > 3 else "")
        yield Finding(
            "residual",
            "risk",
            f"{len(guilty)} of {blocks} residual blocks have no identity path although input and output have one "
            f"shape. The shortcut has weights or an activation of its own ({names}). So the block cannot pass its "
            "input on unchanged, nor its gradient back, which is what a residual block is for.",
            guilty[0].spot,
            "Project only where the shape changes: `self.shortcut = nn.Identity() if inputs == outputs and stride == 1 "
            "else projection`.",
        )


def _feeds_a_sum(trace: Trace, operation: Operation) -> bool:
    """Whether it is a part of a longer sum, perhaps with a factor, and nothing else reads it."""
    readers = [other for other in trace.operations if set(operation.outputs) & set(other.inputs)]
    while len(readers) == 1 and readers[0].name in _FACTORS and len(readers[0].inputs) == 1:
        readers = [other for other in trace.operations if set(readers[0].outputs) & set(other.inputs)]
    return len(readers) == 1 and readers[0].name in ADDS and len(readers[0].inputs) == 2


def _branches(trace: Trace, operation: Operation) -> list[int]:
    """The tensors that are added up, seen through nested sums and factors."""
    branches = []
    for number in operation.inputs:
        maker = trace.back(number, _FACTORS)
        if maker is None or maker.name not in ADDS or len(maker.inputs) != 2:
            branches.append(number)
        elif _read_elsewhere(trace, number, operation):
            # A sum that others read as well is a block's output, and so itself an identity path.
            branches += [number, *_branches(trace, maker)]
        else:
            branches += _branches(trace, maker)
    return branches


def _read_elsewhere(trace: Trace, number: int, operation: Operation) -> bool:
    return any(other is not operation and number in other.inputs for other in trace.operations)


def _above(trace: Trace, number: int) -> list[int]:
    """A tensor and all that it was made of, nearest first."""
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
    """The latest tensor that all branches were made of."""
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
    """Whether there is a way from the fork to the end of a branch on which nothing is computed but factors."""
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
