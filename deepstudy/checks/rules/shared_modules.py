"""One module is used in several places, which share its weights.

`[Block()] * 3` is one block three times, with one set of weights. So the network has fewer layers of its own than it
seems. Batch normalisation that is called in several places mixes their statistics, and then fits none of them in eval
mode. Some networks share weights on purpose, so other modules that are called several times are only a risk.

Mend it: make each module anew, `[Block() for _ in range(3)]`.
"""

from collections import defaultdict
from collections.abc import Iterator

from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find modules with several names, and modules with parameters that one pass calls several times.

    Arguments:
        probe: the network under examination.

    Returns:
        A finding for each such module: a bug, a risk, or a note for an `nn.PReLU`.
    """
    shared = _shared(probe.network)
    for each in shared:
        siblings = len({name.rpartition(".")[0] for name in each}) < len(each)
        yield Finding(
            "shared_modules",
            "bug" if siblings else "risk",
            f"{_and(each)} are one and the same module: their weights are shared, so the network has fewer layers of "
            f"its own than it seems{'' if siblings else ', unless that is meant'}.",
            each[0],
            "Make each anew, `[Block() for _ in range(3)]`; `[Block()] * 3` is three times the same.",
        )
    reported = {name for each in shared for name in each}
    for name, count in _called_again(probe):
        if not any(name == one or _within(name, one) for one in reported):
            yield _finding_of_calls(name, count, probe.network.get_submodule(name))


def _shared(network: nn.Module) -> list[list[str]]:
    """The names of each module that has several. A block that is shared as a whole is one, and its parts none."""
    names: dict[int, list[str]] = defaultdict(list)
    for name, module in network.named_modules(remove_duplicate=False):
        if next(module.parameters(), None) is not None:
            names[id(module)].append(name)
    shared = [each for each in names.values() if len(each) > 1]
    return [each for each in shared if not any(_within(each[0], other[0]) for other in shared if other is not each)]


def _called_again(probe: Probe) -> Iterator[tuple[str, int]]:
    """The modules with parameters that one pass calls several times, and how often; the whole of a block only."""
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
        f"{name} is called {count} times in one pass"
        + (
            ": its running averages mix what goes in at different places, so eval mode normalises with neither."
            if norm
            else ", with the same weights each time. That is right only if they are meant to be shared."
        ),
        name,
        f"Make a module for each place: `self.{name.rpartition('.')[2]}2 = {type(module).__name__}(...)`.",
    )


def _within(name: str, other: str) -> bool:
    return name.startswith(f"{other}.")


def _and(names: list[str]) -> str:
    parts = names if len(names) < 5 else [*names[:3], f"{len(names) - 3} more"]
    return ", ".join(parts[:-1]) + " and " + parts[-1]
