"""The best score so far is never set, so later weights replace better ones.

## Why it matters
Weights are kept where a score is better than the best one. If that best stays at its first value, nearly every score
is better, and the weights that are kept are those of the last epoch.

## Example
```python
if val_loss < self.best_loss:
    best_loss = val_loss  # a new variable: self.best_loss stays infinite
    torch.save(model.state_dict(), "best.pt")
```

## Not an error
The compared attribute itself is set.
```python
if val_loss < self.best_loss:
    self.best_loss = val_loss
    torch.save(model.state_dict(), "best.pt")
```

## How to fix
Set what the condition compares.

## Source
Prechelt 1998, Early Stopping - But When?, section 1.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for weights that are kept under a condition whose best never changes.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where such weights were kept more than once.
    """
    for event in evidence.recording.events:
        if event.kind == "best_never_set" and event.times > 1:
            yield Finding(
                "best_never_set",
                "bug",
                f"`{event.says}` is compared, but never set to a better score. So the weights were kept "
                f"{event.times} times here, whether they were better or not.",
                event.where,
                f"Set `{event.says}` where the weights are kept.",
            )
