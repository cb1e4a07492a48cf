"""Tensors that a round trip through the state dict loses."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def check(probe: Probe) -> Iterator[Finding]:
    """A trained network's state dict, loaded into a fresh one: the outputs must be the same."""
    _, _, network = probe.trained
    with torch.no_grad():
        for value in network.state_dict().values():
            if value.is_floating_point():
                value.mul_(1 + 0.1 * torch.rand_like(value))
    plain = _plain_tensors(network)
    if probe.is_live:
        if plain:
            yield _lost(plain, "may be lost")
        return
    other = probe.fresh(seed=123, training=True)  # and from there to eval mode, as the first one
    try:
        other.load_state_dict(network.state_dict())
    except (RuntimeError, KeyError) as error:
        yield Finding(
            "state_dict",
            "bug",
            f"A state dict does not load into a network built the same way: {' '.join(str(error).split())[:200]}",
            "",
            "Make all modules in `__init__`, always the same ones, and none in `forward`.",
        )
        return
    images = probe.images(seed=3)
    with torch.no_grad():
        before, after = (probe.scored(each.eval()(images)) for each in (network, other))
        again = probe.scored(network(images))
    if torch.equal(before, again) and not torch.allclose(before, after, rtol=1e-4, atol=1e-6):
        yield _lost(plain, "are lost")


def _lost(plain: list[str], what: str) -> Finding:
    named = f" ({', '.join(plain[:4])})" if plain else ""
    return Finding(
        "state_dict",
        "bug" if what == "are lost" else "risk",
        "Saved and loaded again, the network gives other outputs: it depends on something that is not in its state "
        "dict"
        f"{named}, and is lost."
        if what == "are lost"
        else f"Tensors that are neither parameters nor buffers{named} {what} when the network is saved and loaded.",
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
