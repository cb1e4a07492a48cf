"""The network cannot memorise eight images.

The rule trains it with Adam and without dropout, at three learning rates. It first scales the weights to give each
layer unit variance, because a poor start is the finding of other rules.

## Why it matters
Any sound network can memorise a small batch. One that cannot has a bug that other rules may not see, so this rule runs
last.

## Example
In training mode, `forward` shuffles the images of a batch. The labels keep their order, so they belong to other images.
```python
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3072, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        if self.training:
            x = x[torch.randperm(len(x))]
        return self.layers(x)
```

## Not an error
The images are shuffled too, but `argsort` restores their order before the output, as in MoCo.
```python
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3072, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        if not self.training:
            return self.layers(x)
        order = torch.randperm(len(x))
        return self.layers(x[order])[order.argsort()]
```

## How to fix
Fix the other findings first. Then print `layer.weight.grad.norm()` from the last layer to the first: the fault is where
it becomes 0.

## Source
Karpathy 2019, A Recipe for Training Neural Networks, "overfit one batch". Mishkin & Matas 2015, All you need is a good
init, algorithm 1, for the scaling. He et al. 2020, MoCo, section 3.3, "Shuffling BN".
"""

import math
import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.outputs import are_probabilities
from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.checks.trace import ADDS, LINEAR, SOFTMAXES, WEIGHTED
from deepstudy.findings import Finding

_IMAGES = 8
_SMALLEST = 10 * _IMAGES  # parameters that a network needs for this
_STEPS = 150
_FEWEST = 40  # with fewer steps the rule says nothing
_RATES = (2e-3, 2e-4, 2e-2)
_LINEAR = LINEAR | WEIGHTED | ADDS | SOFTMAXES | frozenset("mean sum avg_pool2d adaptive_avg_pool2d sigmoid".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Train the network on eight images, and check whether the loss falls.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a risk if the loss at least halves.
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
    if _is_linear(probe) or sum(value.numel() for value in probe.network.parameters()) < _SMALLEST:
        return  # it may be too small for this, and is no bug
    late = time.monotonic() > deadline
    if not math.isfinite(start) or (late and (best < 0.9 * start or steps < _FEWEST)):
        return  # nothing can be learned, which other rules find; or the loss falls, but too slowly to wait
    level = f" (its softmax allows no loss below {floor:.2f})" if floor else ""
    yield Finding(
        "overfit",
        "risk" if best < 0.5 * start else "bug",
        f"The network cannot memorise {_IMAGES} images. The loss falls from {start + floor:.2f} to "
        f"{max(best, 0) + floor:.2f} and no further{level}. Adam took up to {_STEPS} steps with each of the learning "
        f"rates {', '.join(f'{rate:g}' for rate in _RATES)}.",
        "",
        "Fix the other findings first. Then print the gradient of each layer, `layer.weight.grad.norm()`, from the "
        "last layer to the first: the fault is where it becomes 0.",
    )


def _losses(probe: Probe, images: Tensor, labels: Tensor, rate: float) -> Iterator[tuple[float, float]]:
    """The share of correct images and the loss of the main output at each step, until training fails."""
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


def _is_linear(probe: Probe) -> bool:
    """Whether the network is one linear map, perhaps with a softmax at its end."""
    return all(operation.name in _LINEAR for operation in probe.trace.operations if operation.inputs)


def _floor(probe: Probe) -> float:
    """The lower bound of cross-entropy: more than 0 if the network returns probabilities."""
    output = probe.logits(probe.eval_pass.result).detach()
    spread = output.max() - output.min()
    if are_probabilities(output) and float(spread) <= 1:
        return math.log(math.e + output.shape[1] - 1) - 1
    return 0.0


def _without_dropout(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0


def _rescale(network: nn.Module, images: Tensor) -> None:
    """Divide the weights of each layer by the deviation of its output, from the first to the last, in one pass."""

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
