"""Layers in a plain list or dict are not trained.

## Why it matters
`parameters()` finds only layers that are attributes, or that an `nn.ModuleList` or `nn.ModuleDict` holds. The optimizer
does not get the others. They keep their random weights, `.to(device)` does not move them, and they are not saved.

## Example
```python
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = [nn.Linear(64, 64) for _ in range(3)]
```

## Not an error
A list beside registered layers: the same layers are also attributes.
```python
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(64, 64), nn.Linear(64, 64)
        self.order = [self.first, self.second]
```

## How to fix
`self.blocks = nn.ModuleList(...)`.

## Source
PyTorch documentation, `torch.nn.ModuleList`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the trained networks' attributes.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each network with such layers.
    """
    for number in dict.fromkeys(each.network for each in evidence.training):
        network = evidence.network(number)
        if network.unregistered:
            names = ", ".join(f"`{name}`" for name in network.unregistered)
            yield Finding(
                "hidden_layers",
                "bug",
                f"{network.kind} holds layers in a plain list or dict ({names}). `parameters()` does not see them, so "
                "they are not trained.",
                network.where,
                "Hold them in an `nn.ModuleList` or `nn.ModuleDict`.",
            )
