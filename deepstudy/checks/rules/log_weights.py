"""A log-softmax weights other values, as if it were a softmax.

## Why it matters
Attention is an average, so its weights must be positive and sum to 1. Log-probabilities are negative and do not. The
more a position matters, the smaller its weight becomes.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.score = nn.Linear(8, 1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        pixels = F.relu(self.conv(x)).flatten(2).transpose(1, 2)
        weights = F.log_softmax(self.score(pixels), dim=1)
        return self.fc((weights * pixels).sum(1))
```

## Not an error
An entropy multiplies log-probabilities by the probabilities of the same scores.
```python
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(9, 10)

    def forward(self, x):
        x = F.relu(self.conv(x)).mean((2, 3))
        entropy = -(F.softmax(x, 1) * F.log_softmax(x, 1)).sum(1, keepdim=True)
        return self.fc(torch.cat([x, entropy], 1))
```

## How to fix
Use `softmax` for weights. Keep `log_softmax` for the output in front of `nn.NLLLoss`.

## Source
Vaswani et al. 2017, Attention Is All You Need, section 3.2.1: the weights are a softmax.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import VIEWS, Operation, Trace
from deepstudy.findings import Finding

_PRODUCTS = frozenset(
    "mul __mul__ __rmul__ mul_ matmul __matmul__ __rmatmul__ bmm mm einsum baddbmm scaled_dot_product_attention".split()
)


def find(probe: Probe) -> Iterator[Finding]:
    """Look for products of a log-softmax with something else that depends on the image.

    Arguments:
        probe: the network under examination.

    Returns:
        A bug for each log-softmax that is used as weights.
    """
    trace = probe.trace
    for operation in trace.of({"log_softmax"}):
        if any(_weights(trace, operation, product) for product in trace.of(_PRODUCTS)):
            yield Finding(
                "log_weights",
                "bug",
                f"The log-softmax {operation.label} weights other values. Its numbers are negative, and the position "
                "that matters most gets the smallest weight.",
                operation.spot,
                "Use `softmax` for weights.",
            )


def _weights(trace: Trace, logarithm: Operation, product: Operation) -> bool:
    """Whether a product has the logarithm as one factor, and another that is no probability."""
    makers = [trace.back(number, VIEWS) for number in product.inputs]
    others = [maker for maker in makers if maker is not logarithm]
    if len(others) == len(makers) or not others:
        return False
    return all(maker is None or maker.name not in ("softmax", "exp", "sigmoid") for maker in others)
