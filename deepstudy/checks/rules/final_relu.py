"""An activation after the last layer clips or bends the logits.

## Why it matters
A ReLU sets each negative logit to 0 and passes no gradient there. A class whose logit is 0 for all images is never
learned. Other activations bend the logits. A pooling layer or a softmax after the activation changes nothing of this.
Some published networks end in a 1x1 convolution, a ReLU and an average (Network in Network, SqueezeNet), so that is
only a note.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return F.relu(self.fc2(x))
```

## Not an error
Soft-capping keeps the logits between -30 and 30. That is wide enough for any probability, and no gradient is 0.
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
        return 30 * torch.tanh(self.fc2(x) / 30)
```

## How to fix
Return the output of the last layer without an activation, here `return self.fc2(x)`.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`: logits need not be positive. The rest is arithmetic: the derivative
of ReLU is 0 below 0. Gemma Team 2024, Gemma 2, section 2, "Logit soft-capping".
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ACTIVATIONS, CONVOLUTIONS, LINEAR, POOLS, SOFTMAXES, VIEWS, Operation, Trace
from deepstudy.findings import Finding

_AVERAGES = frozenset("avg_pool2d adaptive_avg_pool2d mean".split())
_CLIPPING = frozenset("relu relu_ relu6 threshold".split())
#: What limits the logits on both sides is a finding of another rule.
_LIMITING = frozenset("sigmoid hardsigmoid logsigmoid tanh hardtanh hardtanh_ softsign clamp clamp_ sin erf".split())
_FEATURES = frozenset({64, 128, 256, 512, 1024, 2048, 4096})  # widths of features more often than numbers of classes


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the last operation before the output, also before a softmax and pooling layers.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if logits are clipped at 0, a risk if they are bent, a note for a published form.
    """
    trace, pools = probe.trace, []
    last = trace.back(probe.output_number(probe.eval_pass), LINEAR | SOFTMAXES)
    while last is not None and (last.name in POOLS or last.name == "mean") and last.inputs:
        pools.append(last)
        last = trace.back(last.inputs[0], LINEAR)
    logits = _logits(probe)
    # However the code does it: values are never below 0, and often exactly 0.
    cut_off = bool((logits >= 0).all()) and bool(logits.any()) and float((logits == 0).float().mean()) > 0.1
    if last is None or (last.name not in ACTIVATIONS - _LIMITING and not cut_off):
        return
    cuts = last.name in _CLIPPING or (cut_off and not pools)
    published = bool(pools) and (not cuts or _is_published(trace, last, pools))
    name = "clipping at 0" if last.name not in ACTIVATIONS else last.name.rstrip("_")
    what = (
        "No logit can be negative, and a class with logit 0 gets no gradient, so it may never be learned."
        if cuts
        else "The loss gets logits that are bent."
    )
    yield Finding(
        "final_relu",
        "note" if published else "bug" if cuts and not _may_be_features(probe, logits) else "risk",
        f"The output of the last layer goes through {name}{' and a pooling layer' if pools else ''}. {what}",
        last.spot,
        "Remove the activation after the last layer, so that the network returns logits.",
    )


def _logits(probe: Probe) -> Tensor:
    """The main output, before a softmax if it ends in one."""
    last = probe.trace.back(probe.output_number(probe.eval_pass), VIEWS)
    return (last.tensors[0] if last is not None and last.name in SOFTMAXES else probe.output).detach()


def _is_published(trace: Trace, activation: Operation, pools: list[Operation]) -> bool:
    """Whether it is the end of Network in Network and SqueezeNet: a 1x1 convolution, ReLU and an average."""
    before = trace.back(activation.inputs[0], LINEAR | {"batch_norm"}) if activation.inputs else None
    if before is None or any(pool.name not in _AVERAGES for pool in pools):
        return False
    # What is no layer, such as the sum of a residual block, ends a network without its classifier.
    return before.name not in CONVOLUTIONS | {"linear"} or max(before.tensors[1].shape[2:], default=0) == 1


def _may_be_features(probe: Probe, logits: Tensor) -> bool:
    """Whether it may be a part of a network, whose classifier is elsewhere."""
    ends_in_softmax = not torch.equal(logits, probe.output.detach())
    return probe.classes is None and not ends_in_softmax and probe.width in _FEATURES
