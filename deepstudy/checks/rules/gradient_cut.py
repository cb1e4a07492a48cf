"""The gradient is cut inside `forward`.

`detach()`, `.data`, `.numpy()`, `torch.tensor(x)` and `torch.no_grad()` end the path of the gradient.

## Why it matters
The layers before the cut get no gradient and keep their initial weights. The loss still falls, because the layers after
the cut learn. If all parameters still get a gradient by another path, the finding is a note.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)

    def forward(self, x):
        features = F.relu(self.conv(x)).detach()
        return self.fc(features.flatten(1))
```

## Not an error
`detach` is on the path to a log. The output is computed from the tensor that keeps its gradient.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(1568, 10)
        self.log = []

    def forward(self, x):
        features = F.relu(self.conv(x))
        self.log.append(features.detach().mean().item())
        return self.fc(features.flatten(1))
```

## How to fix
Compute with PyTorch functions on the tensors themselves. Detach only what goes into a log or a plot.

## Source
PyTorch documentation, `torch.Tensor.detach`: the result never requires a gradient.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find operations in a training pass whose input has a gradient and whose output has none.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug if parameters get no gradient, otherwise a note.
    """
    trace, network = probe.training_pass.trace, probe.training_pass.network
    idle = [name for name, value in network.named_parameters() if value.requires_grad and value.grad is None]
    cuts = trace.cuts
    if not cuts and idle:  # left torch and came back: no operation connects it with the output
        used = {id(tensor) for operation in trace.operations for tensor in operation.tensors}
        if any(id(network.get_parameter(name)) in used for name in idle):
            cuts = [operation for operation in trace.operations if operation.name in ("detach", "data")]
    if cuts:
        first = cuts[0]
        by = {"data": "`.data`", "detach": "`.detach()`"}.get(first.name, f"`{first.name}`")
        if first.name not in ("data", "detach", "detach_"):
            by += " under `torch.no_grad()`"
        lost = f": {', '.join(idle[:4])}{' and more' if len(idle) > 4 else ''} cannot learn" if idle else ""
        yield Finding(
            "gradient_cut",
            "bug" if idle else "note",
            f"The gradient is cut inside `forward`, by {by}{lost}.",
            first.spot,
            "Pass tensors on as they are; detach only what goes into a log or a plot.",
        )
        return
    outputs = [number for number in trace.outputs if number == trace.input or number not in trace.maker]
    unlearned = idle and (outputs or not probe.main_output(probe.training_pass.result).requires_grad)
    if unlearned and any(value.requires_grad for value in network.parameters()):
        yield Finding(
            "gradient_cut",
            "bug",
            "No gradient can reach the parameters from the output. The tensors leave PyTorch on the way (`.numpy()`, "
            "`.item()`, `torch.tensor(x)`), or `forward` uses no layer.",
            "",
            "Compute with PyTorch functions on the tensors themselves: `torch.exp(x)`, not `np.exp(x.detach())`.",
        )
