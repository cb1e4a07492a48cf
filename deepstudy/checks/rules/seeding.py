"""The seed does not decide the weights or the dropout.

Runs over several seeds mean something only if the seed decides what is random. Weights that are drawn from a generator
of their own, or by the time, differ between two runs of one seed. A constructor that sets the seed itself makes all
runs begin alike. Weights from numpy or `random` are not fixed by `torch.manual_seed` alone.

Mend it: draw from torch's generator, and call `torch.manual_seed` only in the script that trains.
"""

from collections.abc import Iterator, Mapping

import torch

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding

_State = Mapping[str, torch.Tensor]


def find(probe: Probe) -> Iterator[Finding]:
    """Compare two networks and two training passes from one seed, and networks from two seeds.

    Arguments:
        probe: the network under examination.

    Returns:
        At most two findings: bugs and risks.
    """
    if probe.is_live:
        return
    first = probe.fresh(7).state_dict()
    if finding := _seed_does_not_decide(probe, first):
        yield finding
        return
    yield from _other_generators(probe, first)
    yield from _differing_passes(probe)


def _seed_does_not_decide(probe: Probe, first: _State) -> Finding | None:
    """Compare the weights of two networks from one seed, and of networks from two seeds."""
    second = probe.fresh(7).state_dict()
    different = [name for name in first if name in second and not _equal(first[name], second[name])]
    if different:
        return Finding(
            "seeding",
            "bug",
            "Two networks from the same seed (torch, numpy, random) have different weights "
            f"({', '.join(different[:3])}): something is drawn from a generator that no seed reaches, or depends on "
            "the time.",
            different[0],
            "Draw from torch's generator: `nn.init.normal_(weight)`, `torch.randn(...)`.",
        )
    eighth = probe.fresh(8).state_dict()
    drawn = [name for name, value in first.items() if value.dim() > 1 and bool((value != value.flatten()[0]).any())]
    if drawn and all(name in eighth and _equal(first[name], eighth[name]) for name in drawn):
        return Finding(
            "seeding",
            "risk",
            "Networks from different seeds have the same weights: the constructor sets the seed itself, so runs over "
            "several seeds begin alike.",
            "",
            "Call `torch.manual_seed` only in the script that trains.",
        )
    return None


def _other_generators(probe: Probe, first: _State) -> Iterator[Finding]:
    """Compare the weights where only torch is seeded, not numpy and `random` too."""
    torch.manual_seed(7)
    second = probe.make().state_dict()
    elsewhere = [name for name in first if name in second and not _equal(first[name], second[name])]
    if elsewhere:
        yield Finding(
            "seeding",
            "risk",
            f"`torch.manual_seed` alone does not fix the weights of {', '.join(elsewhere[:3])}: they are drawn with "
            "numpy or `random`.",
            elsewhere[0],
            "Draw from torch's generator: `nn.init.normal_(weight)`, `torch.randn(...)`.",
        )


def _differing_passes(probe: Probe) -> Iterator[Finding]:
    """Compare two training passes from one seed."""
    outputs = []
    for _ in range(2):
        network = probe.fresh(7, training=True)
        seed_everything(8)
        with torch.no_grad():
            outputs.append(probe.main_output(network(probe.images())))
    if not _equal(*outputs):
        yield Finding(
            "seeding",
            "bug",
            "Two training passes from the same seed give different outputs: `forward` draws from a generator that no "
            "seed reaches.",
            "",
            "Draw from torch's generator: `torch.rand_like(x)`, `nn.Dropout`.",
        )


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape:
        return False
    same: torch.Tensor = (one == other) | ((one != one) & (other != other))
    return bool(same.all())
