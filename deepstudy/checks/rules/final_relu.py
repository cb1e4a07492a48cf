"""An activation after the last layer clips or bends the logits.

## Why it matters
A ReLU sets each negative logit to 0 and passes no gradient there. A class whose logit is 0 for all images is never
learned. Other activations bend or limit the logits. Some published networks end in a ReLU and a pooling layer
(SqueezeNet), so that is only a note.

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
Soft-capping keeps the logits between -30 and 30 (Gemma 2). That is wide enough for any probability, and the gradient
is never 0.
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

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import ACTIVATIONS, LINEAR, POOLS
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the last operation before the output.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if logits are clipped at 0, a risk if they are bent, a note before a pooling.
    """
    trace = probe.trace
    last = trace.back(probe.output_number(probe.eval_pass), LINEAR)
    pooled = last is not None and (last.name in POOLS or last.name == "mean")
    if last is not None and pooled and last.inputs:
        last = trace.back(last.inputs[0], LINEAR)
    output = probe.output.detach()
    # However the code does it: values are never below 0, and often exactly 0.
    cut_off = bool((output >= 0).all()) and bool(output.any()) and float((output == 0).float().mean()) > 0.1
    if last is None or (last.name not in ACTIVATIONS - {"sigmoid", "hardsigmoid", "logsigmoid"} and not cut_off):
        return
    cuts = last.name in ("relu", "relu_", "relu6", "threshold") or (cut_off and not pooled)
    name = "clipping at 0" if last.name not in ACTIVATIONS else last.name.rstrip("_")
    what = (
        "No logit can be negative, and a class with logit 0 gets no gradient, so it may never be learned."
        if cuts
        else "The loss gets logits that are bent or limited."
    )
    yield Finding(
        "final_relu",
        "bug" if cuts and not pooled else "note" if pooled else "risk",  # published networks do this
        f"The output of the last layer goes through {name}{' and a pooling layer' if pooled else ''}. {what}",
        last.spot,
        "Remove the activation after the last layer, so that the network returns logits.",
    )
