"""The negative log-likelihood loss gets logits instead of log-probabilities.

The rule reads from the file which loss the network gets. It says nothing if the file has other losses too.

## Why it matters
`nn.NLLLoss` takes no logarithm and no softmax: it returns minus the number of the right class. With logits it can fall
without bound, because nothing lowers the other classes. The loss becomes negative, and the network need not learn to
tell classes apart.

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
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


criterion = nn.NLLLoss()
```

## Not an error
The network returns logits, but the loss gets their log-softmax.
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


def loss(net, images, labels):
    return F.nll_loss(F.log_softmax(net(images), dim=1), labels)
```

## How to fix
Use `nn.CrossEntropyLoss()`, or end `forward` with `F.log_softmax(x, dim=1)`.

## Source
PyTorch documentation, `torch.nn.NLLLoss`: the input is expected to contain the log-probabilities of each class.
"""

from collections.abc import Iterator

from deepstudy.checks.losses import NLL
from deepstudy.checks.outputs import are_probabilities
from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at whether outputs can be log-probabilities, if the loss needs them.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    losses = probe.losses
    if not losses.only(NLL) or losses.transforms & {"log", "log_softmax"}:
        return
    output = probe.output.detach().double()
    if output.dim() != 2 or output.shape[1] < 2 or not bool(output.isfinite().all()):
        return
    if bool((output > 0).any()) and not are_probabilities(output):  # a log-probability is never positive
        yield Finding(
            "nll_of_logits",
            "bug",
            f"The network returns logits, and the negative log-likelihood loss{losses.at(NLL)} expects "
            "log-probabilities. It can fall without bound, and nothing lowers the wrong classes.",
            losses.uses[NLL],
            "Use `nn.CrossEntropyLoss()`, or end `forward` with `F.log_softmax(x, dim=1)`.",
        )
