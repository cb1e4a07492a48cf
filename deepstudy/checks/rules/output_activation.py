"""The output is a softmax, log-softmax or sigmoid instead of logits.

`nn.CrossEntropyLoss` applies log-softmax itself, so it expects logits. The rule reads from the file which loss the
network gets. If it finds none, it assumes cross-entropy and says so.

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
The network returns probabilities, and the loss of the file takes probabilities.
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
        return self.fc2(F.relu(self.fc1(x.flatten(1)))).softmax(1)


def loss(net, images, labels):
    return F.nll_loss(torch.log(net(images)), labels)
```

## How to fix
Remove the softmax, so that the network returns logits. Apply `.softmax(1)` only where you need probabilities.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`: the input holds unnormalized logits. The bound is arithmetic: the
best softmax output is 1 and nine times 0, and its cross-entropy is ln(e + 9) - 1 = 1.46.
"""

import math
from collections.abc import Iterator

from deepstudy.checks.losses import BCE, BCE_LOGITS, CROSS_ENTROPY, MSE, NLL, OTHER, Losses
from deepstudy.checks.outputs import are_probabilities
from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import VIEWS
from deepstudy.findings import Finding, Severity

_SIGMOIDS = ("sigmoid", "hardsigmoid")
_KEEP_LOGITS = "so that the network returns logits"


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the sums of the outputs, at the operation that made them, and at the losses of the file.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, a risk if the file has several losses, or a note for a log-softmax.
    """
    forward = probe.training_pass
    output = probe.main_output(forward.result).detach().double()
    last = forward.trace.back(probe.output_number(forward), VIEWS)
    where = last.spot if last else ""
    squashed = last is not None and last.name in _SIGMOIDS
    if squashed and BCE_LOGITS in probe.losses.uses:
        yield _double_sigmoid(probe.losses, where)
    if output.dim() != 2 or output.shape[1] < 2 or not bool(output.isfinite().all()):
        return
    if are_probabilities(output):
        yield from _softmax(probe.losses, output.shape[1] - 1, where)
    elif bool((output.exp().sum(1) - 1).abs().max() < 1e-3) and bool((output <= 0).all()):
        yield from _log_softmax(probe.losses, where)
    elif squashed:
        yield from _sigmoid(probe.losses, where)


def _before_cross_entropy(losses: Losses) -> tuple[Severity, str] | None:
    """How sure it is that the output goes into cross-entropy, and the words for it; None if it does not."""
    if losses.only(CROSS_ENTROPY):
        return "bug", f"cross-entropy{losses.at(CROSS_ENTROPY)} applies softmax itself"
    if CROSS_ENTROPY in losses.uses:
        return "risk", f"the file has several losses, of which cross-entropy{losses.at(CROSS_ENTROPY)} applies softmax"
    if losses.are_known or "log" in losses.transforms:
        return None
    return "bug", "cross-entropy, if that is the loss, applies softmax itself"


def _softmax(losses: Losses, others: int, where: str) -> Iterator[Finding]:
    remedy = f"Remove the softmax, {_KEEP_LOGITS}. Apply `.softmax(1)` only where you need probabilities."
    if losses.only(NLL) and not losses.transforms & {"log", "log_softmax"}:
        says = (
            f"The output is a softmax, and the negative log-likelihood loss{losses.at(NLL)} expects log-probabilities. "
            "It never takes a logarithm, so it is not a likelihood."
        )
        yield Finding("output_activation", "bug", says, where, "Return `F.log_softmax(x, dim=1)`.")
    elif certainty := _before_cross_entropy(losses):
        severity, why = certainty
        floor = f"{math.log(math.e + others) - 1:.4f}, which is ln(e + {others}) - 1"
        says = f"The output is a softmax, and {why}. Gradients shrink, and the loss cannot fall below {floor}."
        yield Finding("output_activation", severity, says, where, remedy)


def _log_softmax(losses: Losses, where: str) -> Iterator[Finding]:
    if losses.only(NLL, MSE, OTHER):
        return
    yield Finding(
        "output_activation",
        "note",
        "The output is a log-softmax. That is right for the negative log-likelihood loss. Before cross-entropy it "
        "has no effect.",
        where,
        "Use `F.nll_loss(output, labels)`, or return the logits and use `F.cross_entropy`.",
    )


def _sigmoid(losses: Losses, where: str) -> Iterator[Finding]:
    if losses.only(BCE, MSE, OTHER) or not (certainty := _before_cross_entropy(losses)):
        return
    severity, why = certainty
    yield Finding(
        "output_activation",
        severity,
        f"The output is a sigmoid, and {why}. Between 0 and 1, the probabilities of two classes differ at most by a "
        "factor of e, so the loss stays high.",
        where,
        f"Remove the sigmoid, {_KEEP_LOGITS}. For several labels per image, use `F.binary_cross_entropy_with_logits`.",
    )


def _double_sigmoid(losses: Losses, where: str) -> Finding:
    return Finding(
        "output_activation",
        "bug" if losses.only(BCE_LOGITS) else "risk",
        f"The output is a sigmoid, and the loss{losses.at(BCE_LOGITS)} applies a sigmoid itself. No probability can "
        "leave the range from 0.5 to 0.73.",
        where,
        f"Remove the sigmoid, {_KEEP_LOGITS}, or use `F.binary_cross_entropy`.",
    )
