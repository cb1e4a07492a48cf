"""The logits lie in a narrow range, so no class can become likely.

The rule makes the last layer's weights a thousand times larger. Then it tries to move the logits of one image apart, by
training. Logits that stay in a narrow range have a bound.

## Why it matters
Softmax turns differences of logits into probabilities. Between -1 and 1, the right one of ten classes gets at most
45 %, and the loss stays above 0.79. A tanh, a clamp, or a cosine without a scale makes such a bound.

## Example
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return torch.tanh(self.fc2(x))
```

## Not an error
A cosine between features and classes lies between -1 and 1, but a scale of 20 makes it wide enough.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10, bias=False)

    def forward(self, x):
        x = F.normalize(F.relu(self.fc1(x.flatten(1))))
        return 20 * F.linear(x, F.normalize(self.fc2.weight))
```

## How to fix
Return the output of the last layer, or multiply the bounded logits by a scale, as `nn.Parameter(torch.tensor(10.0))`.

## Source
Arithmetic: with logits between -b and b and K classes, the loss is at least ln(1 + (K - 1) exp(-2b)).
Wang et al. 2017, NormFace, section 3.2, for the scale of a cosine.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from deepstudy.checks.losses import CROSS_ENTROPY, NLL
from deepstudy.checks.outputs import are_probabilities
from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import SOFTMAXES, VIEWS, WEIGHTED, RecordedPass, record_pass
from deepstudy.findings import Finding

_FACTOR = 1000.0  # of the last layer's weights
_LOWEST = 0.1  # nats; a bound that allows a smaller loss does no harm
_STEPS, _RATE = 60, 0.05


def find(probe: Probe) -> Iterator[Finding]:
    """Scale the last layer, and train if that does not move the logits apart.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    losses, output = probe.losses, probe.output.detach()
    if losses.are_known and not {CROSS_ENTROPY, NLL} & set(losses.uses):
        return
    if output.dim() != 2 or output.shape[1] < 2 or are_probabilities(output) or not bool(output.isfinite().all()):
        return
    layers = list(probe.trace.of(WEIGHTED))
    if not layers or _ends_in_sigmoid(probe):
        return
    network = probe.perturbed()
    before = _spread(_logits(probe, record_pass(network, probe.images())))
    _scale(probe, network, after=probe.trace.operations.index(layers[-1]))
    scaled = _spread(_logits(probe, record_pass(network, probe.images())))
    if not 0 < before < math.inf or scaled > 10 * before or _floor(probe, scaled) < _LOWEST:
        return
    spread = max(scaled, _trained_spread(probe))
    if (floor := _floor(probe, spread)) < _LOWEST:
        return
    last = probe.trace.back(probe.output_number(probe.eval_pass), VIEWS | SOFTMAXES)
    yield Finding(
        "bounded_logits",
        "bug",
        f"However large the weights are, the logits of an image differ by about {spread:.2g} at most. So the loss "
        f"cannot fall below about {floor:.2f}, and no class gets more than {100 * math.exp(-floor):.0f} %.",
        last.spot if last is not None else "",
        "Return the output of the last layer, or multiply the bounded logits by a scale of 10 or more.",
    )


def _ends_in_sigmoid(probe: Probe) -> bool:
    """Whether it ends in a sigmoid, which is a finding of another rule."""
    last = probe.trace.back(probe.output_number(probe.eval_pass), VIEWS)
    return last is not None and last.name in ("sigmoid", "hardsigmoid")


def _logits(probe: Probe, forward: RecordedPass) -> Tensor:
    """The main output, before a softmax if it ends in one."""
    last = forward.trace.back(probe.output_number(forward), VIEWS)
    return last.tensors[0] if last is not None and last.name in SOFTMAXES else probe.main_output(forward.result)


def _spread(logits: Tensor) -> float:
    """The largest difference between two logits of an image."""
    values = logits.detach().double().flatten(1)
    return float((values.amax(1) - values.amin(1)).max())


def _floor(probe: Probe, spread: float) -> float:
    return math.log1p((probe.width - 1) * math.exp(-spread))


def _scale(probe: Probe, network: nn.Module, after: int) -> None:
    """Multiply the parameters of all operations from `after` on."""
    names = {id(value): name for name, value in probe.network.named_parameters()}
    used = {names[id(each)] for one in probe.trace.operations[after:] for each in one.tensors if id(each) in names}
    with torch.no_grad():
        for name in used:
            network.get_parameter(name).mul_(_FACTOR)


def _trained_spread(probe: Probe) -> float:
    """The spread of the logits after training that moves the first logit of one image away from the others."""
    network, images = probe.perturbed(), probe.images(2)
    learning = [value for value in network.parameters() if value.requires_grad]
    if not learning:
        return math.inf
    optimizer = torch.optim.Adam(learning, lr=_RATE)
    widest = 0.0
    for _ in range(_STEPS):
        logits = _logits(probe, record_pass(network, images)).float()
        widest = max(widest, _spread(logits))
        loss = (logits[:, 1:].mean(1) - logits[:, 0]).sum()
        if not loss.requires_grad or not bool(loss.isfinite()):
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return widest
