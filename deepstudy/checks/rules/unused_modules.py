"""A layer is created and never used.

The rule looks at layers without parameters, such as dropout: their absence changes no count. Layers with parameters are
a matter of `no_gradient`. A layer counts as unused only if the code never mentions it again after it creates it.

## Why it matters
The network is not the one that `__init__` describes. A second dropout that never runs regularises nothing, and often
the first one runs twice in its place.

## Example
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3072, 64)
        self.fc2 = nn.Linear(64, 32)
        self.fc3 = nn.Linear(32, 10)
        self.drop1 = nn.Dropout(0.2)
        self.drop2 = nn.Dropout(0.5)

    def forward(self, x):
        x = self.drop1(F.relu(self.fc1(x.flatten(1))))
        return self.fc3(self.drop1(F.relu(self.fc2(x))))
```

## Not an error
The network uses the dropout only if it should.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self, regularised=False):
        super().__init__()
        self.fc1 = nn.Linear(3072, 32)
        self.fc2 = nn.Linear(32, 10)
        self.drop = nn.Dropout(0.5)
        self.regularised = regularised

    def forward(self, x):
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(self.drop(x) if self.regularised else x)
```

## How to fix
Use the layer in `forward`, or delete it.

## Source
Follows from how PyTorch works: a module runs only where it is called.
"""

from collections.abc import Iterator

from torch import nn

from deepstudy.checks.attributes import attributes_read
from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look for layers that ran in neither mode, and that the code of their owner never mentions.

    Arguments:
        probe: the network under examination.

    Returns:
        A risk for dropouts, a note for other layers.
    """
    calls = {**probe.eval_pass.trace.calls, **probe.training_pass.trace.calls}
    dropouts, others = [], []
    for path, owner in probe.network.named_modules():
        mentioned = attributes_read(type(owner))
        for name, layer in owner.named_children():
            label = f"{path}.{name}" if path else name
            idle = label not in calls and not list(layer.children()) and not list(layer.parameters())
            if not idle or mentioned is None or name in mentioned or isinstance(layer, nn.Identity | nn.Softmax):
                continue
            if isinstance(layer, nn.modules.dropout._DropoutNd):
                dropouts += [label] * (layer.p > 0)
            elif not isinstance(layer, nn.LogSoftmax | nn.Sigmoid | nn.modules.loss._Loss):
                others.append(label)
    for names, severity in ((dropouts, "risk"), (others, "note")):
        if names:
            verb = "is" if len(names) == 1 else "are"
            yield Finding(
                "unused_modules",
                "risk" if severity == "risk" else "note",
                f"{', '.join(names[:4])} {verb} created in `__init__` and never used.",
                names[0],
                "Use it in `forward`, or delete it." if len(names) == 1 else "Use them in `forward`, or delete them.",
            )
