"""The network cannot learn eight images by heart.

Any sound network can learn a small batch by heart. One that cannot has a bug that other rules may not see, so this is
the last one. It trains with Adam and without dropout, at several learning rates. The weights are rescaled first so that
each layer gives unit variance (Mishkin & Matas 2015, All you need is a good init), since a poor start is another rule's
finding. Where the network ends in a softmax, its floor counts as a loss of 0.

Mend it: look at the other findings first, then follow the size of the gradient from the output backwards.
"""

import math
import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding

_IMAGES = 8
_STEPS = 150
_FEWEST = 40  # steps below which nothing is concluded
_RATES = (2e-3, 2e-4, 2e-2)


def find(probe: Probe) -> Iterator[Finding]:
    """Train the network on eight images, and see whether the loss falls.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a risk where the loss at least halves.
    """
    if probe.width < 2:
        return
    images, labels = probe.images(_IMAGES, seed=2), torch.arange(_IMAGES) % min(probe.width, _IMAGES)
    floor = _floor(probe)
    deadline = time.monotonic() + probe.seconds
    start = best = math.inf
    steps = 0
    for rate in _RATES:
        for step, (right, loss) in enumerate(_losses(probe, images, labels, rate)):
            start = min(start, loss - floor) if step == 0 else start
            best = min(best, loss - floor)
            if right == 1 and loss - floor < 0.4:
                return
            if time.monotonic() > deadline:
                break
            steps += 1
        if time.monotonic() > deadline:
            break
    late = time.monotonic() > deadline
    if not math.isfinite(start) or (late and (best < 0.9 * start or steps < _FEWEST)):
        return  # nothing to learn with, which other rules find; or on the way, and too slow to wait for
    level = f" above the floor of {floor:.4f} that its softmax sets" if floor else ""
    yield Finding(
        "overfit",
        "risk" if best < 0.5 * start else "bug",
        f"The network cannot learn {_IMAGES} images by heart: the loss falls from {start:.2f} to "
        f"{max(best, 0):.2f}{level} and no further (up to {_STEPS} steps of Adam with each of the learning rates "
        f"{', '.join(f'{rate:g}' for rate in _RATES)}).",
        "",
        "Look at the other findings first. Then print the size of each layer's gradient, "
        "`layer.weight.grad.norm()`, from the output backwards: the fault is where it becomes 0.",
    )


def _losses(probe: Probe, images: Tensor, labels: Tensor, rate: float) -> Iterator[tuple[float, float]]:
    """The share of right images and the loss of the main output, at each step, as long as it can go on."""
    network = probe.fresh(3, training=True)
    _without_dropout(network)
    _rescale(network, images)
    learning = [value for value in network.parameters() if value.requires_grad]
    if not learning:
        return
    optimizer = torch.optim.Adam(learning, lr=rate)
    for step in range(_STEPS):
        seed_everything(step)
        result = network(images)
        loss = probe.loss(result, labels)
        logits = probe.logits(result).detach()
        only = float(nn.functional.cross_entropy(logits, labels))
        if not loss.requires_grad or not math.isfinite(only):
            return
        yield float((logits.argmax(1) == labels).float().mean()), only
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _floor(probe: Probe) -> float:
    """What cross-entropy cannot fall below: more than 0 where the network returns probabilities."""
    output = probe.output.detach()
    if output.dim() != 2:
        return 0.0
    spread = output.max() - output.min()
    if bool((output >= 0).all()) and bool(((output.sum(1) - 1).abs() < 1e-3).all()) and float(spread) <= 1:
        return math.log(math.e + output.shape[1] - 1) - 1
    return 0.0


def _without_dropout(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0


def _rescale(network: nn.Module, images: Tensor) -> None:
    """Divide each layer's weights by the deviation of its output, from the first to the last, in one pass."""

    def scale(module: nn.Module, _: object, output: Tensor) -> Tensor:
        deviation = float(output.detach().std())
        if not math.isfinite(deviation) or deviation < 1e-20 or 0.1 < deviation < 10:
            return output
        with torch.no_grad():
            for value in module.parameters(recurse=False):
                value.div_(deviation)
        return output / deviation

    layers = [each for each in network.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(scale) for layer in layers]
    try:
        with torch.no_grad():
            network(images)
    finally:
        for hook in hooks:
            hook.remove()
