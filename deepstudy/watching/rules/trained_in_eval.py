"""The network is trained in eval mode.

## Why it matters
After `model.eval()` dropout is off and batch normalisation uses its stored statistics, until `model.train()` is called.
Whoever scores once and goes on training without it trains another network than before.

## Example
```python
for epoch in range(10):
    train(model)  # model.train() was called once, before the loop
    model.eval()
    score(model)
```

## Not an error
A frozen backbone stays in eval mode on purpose, and only a new layer is trained.
```python
backbone.eval()
head.train()
```

## How to fix
Call `model.train()` at the begin of each epoch.

## Source
PyTorch documentation, `torch.nn.Module.train`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the mode of each training round.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug where training begins in training mode and goes on in eval mode; a risk where dropout is never on.
    """
    for number in dict.fromkeys(each.network for each in evidence.training):
        network = evidence.network(number)
        norms = [name for name in network.batch_norms if name not in network.frozen_norms]
        if not network.dropouts and not norms:
            continue
        own = [each for each in evidence.training if each.network == number]
        off = [
            each
            for each in own
            if each.in_training_mode == 0 and not each.with_dropout and not each.with_batch_statistics
        ]
        if not off:
            continue
        parts = " and ".join(["dropout"] * bool(network.dropouts) + ["batch normalisation"] * bool(norms))
        if len(off) < len(own) and own[0].in_training_mode:
            yield Finding(
                "trained_in_eval",
                "bug",
                f"{network.kind} is trained in eval mode from here on, because nothing calls `train()` after scoring. "
                f"Its {parts} no longer work as in the first epoch.",
                off[0].where,
                "Call `model.train()` at the begin of each epoch.",
            )
        elif len(off) == len(own) and network.dropouts and not network.frozen:
            yield Finding(
                "trained_in_eval",
                "risk",
                f"{network.kind} is trained in eval mode in all epochs. Its {parts} are off.",
                off[0].where,
                "Call `model.train()` before training.",
            )
