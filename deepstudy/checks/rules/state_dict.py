"""Saving and loading changes the network.

The rule saves the state dict of a changed network, loads it into a new one, and compares their outputs.

## Why it matters
A checkpoint is a state dict, with parameters and buffers only. A tensor in a plain attribute is not in it. A layer that
`forward` creates is missing in a new network. The loaded network then gives other outputs than the trained one.

## Example
Each process draws another projection, and no checkpoint holds it.
```python
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.projection = torch.randn(3072, 64) / 55
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        return self.fc(torch.tanh(x.flatten(1) @ self.projection))
```

## Not an error
The buffer is not in the state dict either. Its values are constants, so each new network has the same ones.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        mean = torch.tensor([0.49, 0.48, 0.45]).view(3, 1, 1)
        self.register_buffer("mean", mean, persistent=False)
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1((x - self.mean).flatten(1))))
```

## How to fix
Register the tensor: `self.register_buffer("projection", torch.randn(3072, 64) / 55)`. Create all layers in `__init__`.

## Source
PyTorch documentation, `torch.nn.Module.state_dict` (it holds parameters and persistent buffers) and
`torch.nn.Module.register_buffer`.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.probe import Probe
from deepstudy.errors import one_line
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Save the state dict of a changed network, load it into a new one, and compare the outputs.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a risk if the rule has a module and not its class.
    """
    network = probe.make_training_pass().network
    with torch.no_grad():
        for value in network.state_dict().values():
            if value.is_floating_point():
                value.mul_(1 + 0.1 * torch.rand_like(value))
    plain = _plain_tensors(network)
    if probe.is_live:
        if plain:
            yield _finding(plain, are_lost=False)
        return
    loaded = probe.fresh(seed=123, training=True)  # then in eval mode, like the first one
    try:
        loaded.load_state_dict(network.state_dict())
    except (RuntimeError, KeyError) as error:
        yield Finding(
            "state_dict",
            "bug",
            f"The state dict does not load into a new network ({one_line(error)[:200]}).",
            "",
            "Create all modules in `__init__`, always the same ones, and none in `forward`.",
        )
        return
    images = probe.images(seed=3)
    with torch.no_grad():
        before, after = (probe.main_output(each.eval()(images)) for each in (network, loaded))
        again = probe.main_output(network(images))
    if torch.equal(before, again) and not torch.allclose(before, after, rtol=1e-4, atol=1e-6):
        yield _finding(plain, are_lost=True)


def _finding(plain: list[str], are_lost: bool) -> Finding:
    named = f" ({', '.join(plain[:4])})" if plain else ""
    return Finding(
        "state_dict",
        "bug" if are_lost else "risk",
        f"After saving and loading, the network gives different outputs. It uses tensors that are not in its state "
        f"dict{named}."
        if are_lost
        else f"Tensors that are neither parameters nor buffers{named} are not in the state dict. Saving may lose them.",
        plain[0] if plain else "",
        'Register it: `self.register_buffer("scale", torch.ones(1))`, or make it an `nn.Parameter`.',
    )


def _plain_tensors(network: nn.Module) -> list[str]:
    return [
        f"{path}.{name}".lstrip(".")
        for path, module in network.named_modules()
        for name, value in vars(module).items()
        if isinstance(value, Tensor) and value.is_floating_point()
    ]
