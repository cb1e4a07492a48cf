"""The seed does not determine the weights or the dropout.

The rule builds the network several times, from the same seed and from two seeds. It needs the class, so
`deepstudy.check` skips it for a module that is already built.

## Why it matters
A mean over seeds needs runs that differ only in the seed. Weights from an unseeded generator differ between two runs
with one seed, so no run can be repeated. A constructor that sets the seed gives all runs the same start.

## Example
```python
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        weights = np.random.default_rng().normal(0, 0.02, (32, 3072))
        self.fc1 = nn.Linear(3072, 32)
        self.fc1.weight.data = torch.from_numpy(weights).float()
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
```

## Not an error
NumPy draws the weights here too, but its generator takes the seed of PyTorch.
```python
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        weights = np.random.default_rng(torch.initial_seed()).normal(0, 0.02, (32, 3072))
        self.fc1 = nn.Linear(3072, 32)
        self.fc1.weight.data = torch.from_numpy(weights).float()
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
```

## How to fix
Draw with PyTorch: `nn.init.normal_(self.fc1.weight, std=0.02)`. Call `torch.manual_seed` in the training script only.

## Source
PyTorch documentation, note "Reproducibility": NumPy generator objects need a seed too.
"""

from collections.abc import Iterator, Mapping

import torch

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding

_State = Mapping[str, torch.Tensor]


def find(probe: Probe) -> Iterator[Finding]:
    """Compare two networks and two training passes with one seed, and networks with two seeds.

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
    """Compare the weights of two networks with one seed, and of networks with two seeds."""
    second = probe.fresh(7).state_dict()
    different = [name for name in first if name in second and not _equal(first[name], second[name])]
    if different:
        return Finding(
            "seeding",
            "bug",
            "Two networks with the same seed (of torch, numpy and random) have different weights "
            f"({', '.join(different[:3])}). They come from a generator without that seed, or depend on the time.",
            different[0],
            "Draw the weights with PyTorch: `nn.init.normal_(weight)`, `torch.randn(...)`.",
        )
    eighth = probe.fresh(8).state_dict()
    drawn = [name for name, value in first.items() if value.dim() > 1 and bool((value != value.flatten()[0]).any())]
    if drawn and all(name in eighth and _equal(first[name], eighth[name]) for name in drawn):
        return Finding(
            "seeding",
            "risk",
            "Networks with different seeds have the same weights, because the constructor sets the seed. Runs with "
            "different seeds then start from the same network.",
            "",
            "Call `torch.manual_seed` in the training script only.",
        )
    return None


def _other_generators(probe: Probe, first: _State) -> Iterator[Finding]:
    """Compare the weights of two networks when only torch is seeded."""
    torch.manual_seed(7)
    second = probe.make().state_dict()
    elsewhere = [name for name in first if name in second and not _equal(first[name], second[name])]
    if elsewhere:
        yield Finding(
            "seeding",
            "risk",
            f"`torch.manual_seed` alone does not determine {', '.join(elsewhere[:3])}, because numpy or `random` draws "
            "the weights.",
            elsewhere[0],
            "Draw the weights with PyTorch: `nn.init.normal_(weight)`, `torch.randn(...)`.",
        )


def _differing_passes(probe: Probe) -> Iterator[Finding]:
    """Compare two training passes with one seed."""
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
            "Two training passes with the same seed give different outputs. `forward` draws from a generator without "
            "that seed.",
            "",
            "Draw with PyTorch: `torch.rand_like(x)`, `nn.Dropout`.",
        )


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape:
        return False
    same: torch.Tensor = (one == other) | ((one != one) & (other != other))
    return bool(same.all())
