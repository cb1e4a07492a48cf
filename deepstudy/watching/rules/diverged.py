"""The loss is not a number.

## Why it matters
Once the loss is NaN or infinite, all weights are, and nothing is learned any more. An accuracy that is still printed is
that of one class.

## Example
```python
optimizer = torch.optim.SGD(model.parameters(), lr=100)
```

## Not an error
Mixed precision skips a step with infinite gradients, and goes on.
```python
scaler.step(optimizer)
scaler.update()
```

## How to fix
Lower the learning rate. Look for a logarithm or a division of 0.

## Source
PyTorch documentation, `torch.autograd.set_detect_anomaly`.
"""

from collections.abc import Iterator

import numpy as np

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the training losses.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for the first network whose loss stays infinite or NaN.
    """
    for round in evidence.training:
        steps, losses = (evidence.program.array(round, name) for name in ("step_losses", "losses"))
        # Unknown losses are NaN too; a loss function that was seen says which it is.
        values = losses if round.loss_kind and len(losses) else np.empty(0)
        broken = ~np.isfinite(values) & ~np.isfinite(steps) if len(values) == len(steps) else np.zeros(0, bool)
        known = np.isfinite(values).any() or any(
            np.isfinite(evidence.program.array(each, "losses")).any()
            for each in evidence.training
            if each.network == round.network
        )
        if known and len(broken) >= 3 and broken[-3:].all():
            at = int(np.argmax(broken))
            yield Finding(
                "diverged",
                "bug",
                f"The training loss is no number from batch {at + 1} of this round on. The weights are lost.",
                round.where,
                "Lower the learning rate, and look for a logarithm or a division of 0.",
            )
            return
