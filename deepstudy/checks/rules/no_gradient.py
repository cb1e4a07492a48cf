"""Some parameters get no gradient.

The rule computes the gradient of the loss for all parameters, over several batches where one is missing.

## Why it matters
A parameter without a gradient keeps its initial value. `forward` may not use it, its result may be discarded, an
operation without a gradient (`argmax`, `round`) may follow it, or all units after it may be dead. Frozen parameters
are a note, because pretrained weights are often frozen on purpose.

## Example
`fc2` is built, but `forward` does not use it.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc3(F.relu(self.fc1(x.flatten(1))))
```

## Not an error
The branch starts at 0. The gradient of `fc2` is 0 in the first step only, because `scale` then leaves 0.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 32)
        self.scale = nn.Parameter(torch.zeros(32))
        self.fc3 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(x + self.scale * F.relu(self.fc2(x)))
```

## How to fix
Use the layer or delete it. Compute with functions that have a gradient: `softmax` instead of `argmax`.

## Source
PyTorch documentation, `torch.optim.Optimizer.zero_grad`: a step skips parameters whose gradient is None.
Goyal et al. 2017, Accurate, Large Minibatch SGD, section 5.1, for branches that start at 0.
"""

from collections.abc import Iterator

import torch
from torch import nn

from deepstudy.checks.attributes import optional_attributes
from deepstudy.checks.probe import BATCH, Probe, seed_everything
from deepstudy.checks.trace import RecordedPass, Trace, record_pass
from deepstudy.findings import Finding

_BATCHES = 4


def find(probe: Probe) -> Iterator[Finding]:
    """Report parameters without a gradient: they are unused, their result is unused, or the gradient is cut.

    The loss of all outputs goes backward once in training mode, and a few more times if a gradient is missing.

    Arguments:
        probe: the network under examination.

    Returns:
        A finding for each cause: bugs, risks, and a note for frozen parameters.
    """
    first = probe.make_training_pass()  # this rule makes further passes with its network
    network = first.network
    if not any(value.requires_grad for value in network.parameters()):
        yield Finding(
            "no_gradient",
            "bug",
            "The network cannot learn: it has no parameters, or all of them are frozen.",
            "",
            "Create layers in `__init__`, and do not turn `requires_grad` off.",
        )
        return
    yield from _idle(probe, first)
    yield from _frozen(network)
    yield from _zero(probe, network)


def _idle(probe: Probe, first: RecordedPass) -> Iterator[Finding]:
    """Parameters without any gradient: they are not used, their result is not used, or the gradient is cut."""
    trace, network = first.trace, first.network
    used_once = _used(trace)
    used = set(used_once)
    idle = [name for name, value in network.named_parameters() if value.requires_grad and value.grad is None]
    if any(id(network.get_parameter(name)) not in used for name in idle):
        for seed in range(2, 2 + _BATCHES):  # a block may have been dropped at random
            seed_everything(seed)
            used |= _used(record_pass(network, probe.images(2 * BATCH, seed)).trace)
    unused = [name for name in idle if id(network.get_parameter(name)) not in used]
    idle = [name for name in idle if name in unused or id(network.get_parameter(name)) in used_once]
    reaching = {
        id(tensor)
        for operation in trace.operations
        if trace.reaching.intersection(operation.outputs)
        for tensor in operation.tensors
    }
    wasted = [name for name in idle if name not in unused and id(network.get_parameter(name)) not in reaching]
    cut = [name for name in idle if name not in unused and name not in wasted]
    switched_off = [name for name in unused if _is_optional(network, name)]
    unused = [name for name in unused if name not in switched_off]
    if switched_off:
        yield Finding(
            "no_gradient",
            "note",
            f"`forward` uses {_some(switched_off)} only under a condition, which does not hold here.",
            _some(switched_off),
            "Create the layer only if it is used, so that it is not counted.",
        )
    if unused:
        yield Finding(
            "no_gradient",
            "risk",
            f"`forward` never uses {_some(unused)}, so {'it is' if len(unused) == 1 else 'they are'} never trained.",
            _some(unused),
            "Use the layer or delete it. Its parameters count, but have no effect.",
        )
    if wasted and not any(operation.name in ("detach", "data") for operation in trace.operations):
        yield Finding(
            "no_gradient",
            "risk",
            f"The result of {_some(wasted)} does not reach an output, so the weights are never trained.",
            _some(wasted),
            "Return the result, use it, or delete the layer.",
        )
    if cut and not trace.cuts:
        yield Finding(
            "no_gradient",
            "bug",
            f"`forward` uses {_some(cut)}, but no gradient of the loss reaches {'it' if len(cut) == 1 else 'them'}.",
            _some(cut),
            "Look for operations without a gradient between there and the output, such as `argmax`, `round` or "
            "`.long()`.",
        )


def _is_optional(network: nn.Module, name: str) -> bool:
    """Whether the code uses a parameter, or a module around it, only under a condition: `if self.use_norm:`."""
    parts = name.split(".")
    owners = (".".join(parts[:depth]) for depth in range(len(parts)))
    return any(
        part in optional_attributes(type(network.get_submodule(owner)))
        for owner, part in zip(owners, parts, strict=True)
    )


def _used(trace: Trace) -> set[int]:
    """The ids of the tensors that go into an operation."""
    return {id(tensor) for operation in trace.operations for tensor in operation.tensors}


def _frozen(network: nn.Module) -> Iterator[Finding]:
    frozen = [name for name, value in network.named_parameters() if not value.requires_grad]
    if frozen:
        yield Finding(
            "no_gradient",
            "note",
            f"{_some(frozen)} {'is' if len(frozen) == 1 else 'are'} frozen (`requires_grad` is off).",
            _some(frozen),
            "Keep this only for pretrained weights that must not change. Otherwise remove `requires_grad = False`.",
        )


def _zero(probe: Probe, network: nn.Module) -> Iterator[Finding]:
    """Weights whose gradient is 0 on several batches: the units after them are dead or have no effect."""
    zero = {
        name
        for name, value in network.named_parameters()
        if value.grad is not None and value.dim() > 1 and not bool(value.grad.any())
    }
    for seed in range(2, 2 + _BATCHES):  # a block may have been dropped at random
        if not zero:
            return
        seed_everything(seed)
        network.zero_grad()
        with torch.no_grad():  # weights that start at 0 on purpose do not stay there
            for value in network.parameters():
                value.add_(1e-3 * torch.randn_like(value))
        probe.loss(network(probe.images(2 * BATCH, seed)), probe.labels(2 * BATCH)).backward()
        zero = {name for name in zero if (grad := network.get_parameter(name).grad) is None or not bool(grad.any())}
    if zero:
        names = sorted(zero)
        yield Finding(
            "no_gradient",
            "risk",
            f"The gradient of {_some(names)} is exactly 0 on {_BATCHES + 1} batches.",
            _some(names),
            "Check whether all units after it are dead (ReLU of negative numbers only) or multiplied by 0.",
        )


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
