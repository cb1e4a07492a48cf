"""A saved and loaded network is not the same one.

A checkpoint is a state dict, and holds parameters and buffers. A tensor that is a plain attribute is not in it, and a
layer that is made in `forward` is missing in a fresh network. The loaded network then gives other outputs than the one
that was trained.

Mend it: `self.register_buffer("scale", torch.ones(1))`, and make all modules in `__init__`.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.probe import Probe
from deepstudy.errors import one_line
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Save a changed network's state dict, load it into a fresh network, and compare the outputs.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a risk where there is only one module to look at.
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
    loaded = probe.fresh(seed=123, training=True)  # and from there to eval mode, as the first one
    try:
        loaded.load_state_dict(network.state_dict())
    except (RuntimeError, KeyError) as error:
        yield Finding(
            "state_dict",
            "bug",
            f"A state dict does not load into a network built the same way: {one_line(error)[:200]}",
            "",
            "Make all modules in `__init__`, always the same ones, and none in `forward`.",
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
        "Saved and loaded again, the network gives other outputs. It depends on something that is not in its state "
        f"dict{named}."
        if are_lost
        else f"Tensors that are neither parameters nor buffers{named} may be lost when the network is saved.",
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
