"""Parameters get no gradient.

A parameter without a gradient stays as it was drawn. It may never be used in `forward`, its result may be thrown away,
an operation without a gradient (`argmax`, `round`) may lie behind it, or all units behind it may be dead. Frozen
parameters are a note, since they are right for pretrained weights.

Mend it: use the layer or delete it, and compute with functions that have a gradient.
"""

from collections.abc import Iterator

import torch
from torch import nn

from deepstudy.checks.probe import BATCH, Probe, seed_everything
from deepstudy.checks.trace import RecordedPass, Trace, record_pass
from deepstudy.findings import Finding

_BATCHES = 4


def find(probe: Probe) -> Iterator[Finding]:
    """Report parameters without a gradient: unused, result unused, or gradient cut.

    The loss of all outputs goes backward once in training mode, and a few times more where a gradient is missing.

    Arguments:
        probe: the network under examination.

    Returns:
        A finding for each cause: bugs, risks, and a note for frozen parameters.
    """
    first = probe.make_training_pass()  # its network goes through further passes here
    network = first.network
    if not any(value.requires_grad for value in network.parameters()):
        yield Finding(
            "no_gradient",
            "bug",
            "Nothing can be learned: the network has no parameters, or all are frozen.",
            "",
            "Make layers in `__init__`, and do not turn `requires_grad` off.",
        )
        return
    yield from _idle(probe, first)
    yield from _frozen(network)
    yield from _zero(probe, network)


def _idle(probe: Probe, first: RecordedPass) -> Iterator[Finding]:
    """Parameters without any gradient: they are not used, what they compute is thrown away, or the gradient is cut."""
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
    if unused:
        yield Finding(
            "no_gradient",
            "risk",
            f"{_some(unused)} {'is' if len(unused) == 1 else 'are'} never used in `forward`, and so never learned.",
            _some(unused),
            "Use it, or delete it: it counts as parameters and saves nothing.",
        )
    if wasted and not any(operation.name in ("detach", "data") for operation in trace.operations):
        yield Finding(
            "no_gradient",
            "risk",
            f"What {_some(wasted)} computes is thrown away: it does not reach an output, so nothing there is learned.",
            _some(wasted),
            "Return it, use it, or delete it.",
        )
    if cut and not trace.cuts:
        yield Finding(
            "no_gradient",
            "bug",
            f"{_some(cut)} {'is' if len(cut) == 1 else 'are'} used, but no gradient of the loss arrives there.",
            _some(cut),
            "Look for operations without a gradient between it and the output, such as `argmax`, `round` or `.long()`.",
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
            "That is right for pretrained weights that must stay. Otherwise do not set `requires_grad`.",
        )


def _zero(probe: Probe, network: nn.Module) -> Iterator[Finding]:
    """Weights whose gradient is zero on several batches: what they feed is dead or cut off."""
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
        with torch.no_grad():  # weights that begin at 0 on purpose do not stay there
            for value in network.parameters():
                value.add_(1e-3 * torch.randn_like(value))
        probe.loss(network(probe.images(2 * BATCH, seed)), probe.labels(2 * BATCH)).backward()
        zero = {name for name in zero if (grad := network.get_parameter(name).grad) is None or not bool(grad.any())}
    if zero:
        names = sorted(zero)
        yield Finding(
            "no_gradient",
            "risk",
            f"The gradient of {_some(names)} is exactly zero on {_BATCHES + 1} batches.",
            _some(names),
            "Look whether all units behind it are dead (ReLU of negative numbers only), or multiplied by 0.",
        )


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
