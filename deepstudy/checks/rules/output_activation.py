"""The output is a softmax, log-softmax or sigmoid instead of logits.

`nn.CrossEntropyLoss` applies log-softmax itself, so it expects logits.

## Why it matters
After a softmax or sigmoid, the input of the loss lies between 0 and 1. Gradients shrink, and with a softmax over ten
classes the loss cannot fall below 1.46. The network still learns, but more slowly and less well. A second log-softmax
changes nothing, so a log-softmax is only a note.

## Example
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Flatten(),
            nn.Linear(3072, 32),
            nn.ReLU(),
            nn.Linear(32, 10),
            nn.Softmax(dim=1),
        )
```

## Not an error
The softmax is in a method for users. The loss gets what `forward` returns, and these are logits.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x.flatten(1))))

    def probabilities(self, x):
        return self(x).softmax(1)
```

## How to fix
Remove the softmax, so that the network returns logits. Apply `.softmax(1)` only where you need probabilities.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`: the input holds unnormalized logits. The bound is arithmetic: the
best softmax output is 1 and nine times 0, and its cross-entropy is ln(e + 9) - 1 = 1.46.
"""

import math
from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import VIEWS
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the sums of the outputs, and at the operation that made them.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a note for a log-softmax.
    """
    forward = probe.training_pass
    output = probe.main_output(forward.result).detach().double()
    last = forward.trace.back(probe.output_number(forward), VIEWS)
    where = last.spot if last else ""
    if output.dim() != 2 or output.shape[1] < 2 or not bool(output.isfinite().all()):
        return
    if bool((output >= 0).all()) and bool(((output.sum(1) - 1).abs() < 1e-3).all()):
        others = output.shape[1] - 1
        floor = f"{math.log(math.e + others) - 1:.4f}, which is ln(e + {others}) - 1"
        yield Finding(
            "output_activation",
            "bug",
            "The output is a softmax, and cross-entropy applies softmax itself. Gradients shrink, and the loss cannot "
            f"fall below {floor}.",
            where,
            "Remove the softmax, so that the network returns logits. Apply `.softmax(1)` only where you need "
            "probabilities.",
        )
    elif bool((output.exp().sum(1) - 1).abs().max() < 1e-3) and bool((output <= 0).all()):
        yield Finding(
            "output_activation",
            "note",
            "The output is a log-softmax. That is right for the negative log-likelihood loss. Before cross-entropy it "
            "has no effect.",
            where,
            "Use `F.nll_loss(output, labels)`, or return the logits and use `F.cross_entropy`.",
        )
    elif last is not None and last.name in ("sigmoid", "hardsigmoid"):
        yield Finding(
            "output_activation",
            "bug",
            "The output is a sigmoid, and cross-entropy expects logits. Between 0 and 1, the probabilities of two "
            "classes differ at most by a factor of e, so the loss stays high.",
            where,
            "Remove the sigmoid, so that the network returns logits. For several labels per image, "
            "use `F.binary_cross_entropy_with_logits`.",
        )
