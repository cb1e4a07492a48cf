"""One module is used in several places, which share its weights.

## Why it matters
`[Block()] * 3` is one block three times, with one set of weights. The network has fewer layers than it seems. Batch
normalisation that runs in several places mixes their statistics, which then fit none of them in eval mode. Some
networks share weights on purpose, so other modules that run several times are only a risk.

## Example
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        super().__init__(
            nn.Conv2d(3, 8, 5, stride=2),
            nn.ReLU(),
            nn.Sequential(*[block] * 3),
            nn.Flatten(),
            nn.Linear(1568, 10),
        )
```

## Not an error
The ReLU is in several places too, but it has no weights to share. Nor is a layer shared that has two names and runs
once: `self.fc`, and the same in `self.layers = nn.Sequential(self.fc, nn.ReLU())`.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        relu = nn.ReLU()
        super().__init__(
            nn.Conv2d(3, 8, 5, stride=2),
            relu,
            nn.Conv2d(8, 8, 3, padding=1),
            relu,
            nn.Flatten(),
            nn.Linear(1568, 10),
        )
```

## How to fix
Create each module separately: `[Block() for _ in range(3)]`.

## Source
Python documentation, Common Sequence Operations, note 2: `s * n` does not copy the items.
Ioffe & Szegedy 2015, Batch Normalization, section 3.1, for the statistics in eval mode.
"""

from collections import defaultdict
from collections.abc import Iterator

from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find modules with several names, and modules with parameters that run several times in one pass.

    Arguments:
        probe: the network under examination.

    Returns:
        A finding for each such module: a bug, a risk, or a note for an `nn.PReLU`.
    """
    # A module that is a layer of its own and one of a Sequential too, and runs once, is one layer with two names.
    shared = [each for each in _shared(probe.network) if max(_runs(probe, name) for name in each) > 1]
    for each in shared:
        siblings = len({name.rpartition(".")[0] for name in each}) < len(each)
        yield Finding(
            "shared_modules",
            "bug" if siblings else "risk",
            f"{_and(each)} are the same module, so they share their weights. The network has fewer layers than it "
            f"seems{'' if siblings else ', unless this is intended'}.",
            each[0],
            "Create each one separately: `[Block() for _ in range(3)]`. `[Block()] * 3` is one block three times.",
        )
    reported = {name for each in shared for name in each}
    for name, count in _called_again(probe):
        if not any(name == one or _within(name, one) for one in reported):
            yield _finding_of_calls(name, count, probe.network.get_submodule(name))


def _shared(network: nn.Module) -> list[list[str]]:
    """The names of each module that has several. A block that is shared as a whole counts, its parts do not."""
    names: dict[int, list[str]] = defaultdict(list)
    for name, module in network.named_modules(remove_duplicate=False):
        if next(module.parameters(), None) is not None:
            names[id(module)].append(name)
    shared = [each for each in names.values() if len(each) > 1]
    return [each for each in shared if not any(_within(each[0], other[0]) for other in shared if other is not each)]


def _runs(probe: Probe, name: str) -> int:
    """How often a module runs in one pass: as often as the layer of it that runs least often."""
    counts = [
        count
        for other, count in probe.trace.calls.items()
        if (other == name or _within(other, name))
        and next(probe.network.get_submodule(other).parameters(recurse=False), None) is not None
    ]
    return min(counts, default=0)


def _called_again(probe: Probe) -> Iterator[tuple[str, int]]:
    """The modules with parameters that run several times in one pass, and how often; blocks without their parts."""
    calls = probe.trace.calls
    for name, count in calls.items():
        module, parent = probe.network.get_submodule(name), name.rpartition(".")[0]
        if count < 2 or (parent and calls.get(parent) == count):
            continue
        has_own = next(module.parameters(recurse=False), None) is not None
        is_whole = any(_within(other, name) and calls[other] == count for other in calls)
        if has_own or (is_whole and next(module.parameters(), None) is not None):
            yield name, count


def _finding_of_calls(name: str, count: int, module: nn.Module) -> Finding:
    norm = isinstance(module, nn.modules.batchnorm._BatchNorm)
    return Finding(
        "shared_modules",
        "bug" if norm else "note" if isinstance(module, nn.PReLU) else "risk",
        f"{name} runs {count} times in one pass"
        + (
            ". Its running averages mix the inputs of all these places, so they fit none of them in eval mode."
            if norm
            else ", with the same weights each time. Check that sharing is intended."
        ),
        name,
        f"Create a module for each place: `self.{name.rpartition('.')[2]}2 = {type(module).__name__}(...)`.",
    )


def _within(name: str, other: str) -> bool:
    return name.startswith(f"{other}.")


def _and(names: list[str]) -> str:
    parts = names if len(names) < 5 else [*names[:3], f"{len(names) - 3} more"]
    return ", ".join(parts[:-1]) + " and " + parts[-1]
