"""Dropout after the last layer sets logits to 0.

## Why it matters
In training, dropout sets each logit to 0 with probability p, also that of the right class, and makes the others
larger. The loss then punishes the network for what dropout did. In eval mode the logits are others than those that were
trained.

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
            nn.Dropout(0.2),
        )
```

## Not an error
Dropout before the last layer hides features from it, not classes from the loss.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Flatten(),
            nn.Linear(3072, 32),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(32, 10),
        )
```

## How to fix
Remove the last dropout, or move it in front of the last layer.

## Source
Srivastava et al. 2014, Dropout, section 4: units of the input and of hidden layers are
dropped, not those of the output.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import DROPOUTS, POOLS, SOFTMAXES, VIEWS, WEIGHTED, Operation
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look for dropout between the last layer and the output, in training mode.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a risk if a pooling layer averages what is left.
    """
    forward = probe.training_pass
    trace, after = forward.trace, VIEWS | SOFTMAXES
    dropout = trace.back(probe.output_number(forward), after)
    pooled = dropout is not None and (dropout.name in POOLS or dropout.name == "mean")
    if dropout is not None and pooled and dropout.inputs:
        dropout = trace.back(dropout.inputs[0], after)
    if dropout is None or dropout.name not in DROPOUTS or not dropout.inputs or _probability(dropout) == 0:
        return
    layer = trace.back(dropout.inputs[0], VIEWS)
    if layer is None or layer.name not in WEIGHTED:
        return
    yield Finding(
        "final_dropout",
        "risk" if pooled else "bug",
        f"Dropout with p = {_probability(dropout):g} comes after the last layer, {layer.label}. In training it sets "
        "logits to 0, also that of the right class.",
        dropout.spot,
        "Remove it, or move it in front of the last layer.",
    )


def _probability(dropout: Operation) -> float:
    """Its `p`; 0 outside of training mode."""
    names = dict(zip(("p", "training"), dropout.arguments, strict=False)) | dropout.options
    is_on = names.get("training", names.get("train", True))
    return float(names.get("p", 0.5)) if is_on else 0.0
