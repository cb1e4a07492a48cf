"""Images are scored with dropout or batch statistics active.

## Why it matters
In training mode dropout removes units at random, and batch normalisation uses the statistics of the batch that is
scored, which it also learns. The accuracy is wrong, depends on the batch size, and differs each time.

## Example
```python
with torch.no_grad():  # no model.eval()
    for x, y in test_loader:
        hits += (model(x).argmax(1) == y).sum()
```

## Not an error
A network without dropout and batch normalisation is the same in both modes.
```python
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
```

## How to fix
Call `model.eval()` before scoring, and `model.train()` before the next epoch.

## Source
PyTorch documentation, `torch.nn.Module.eval`. Ioffe and Szegedy 2015, section 3.1.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence, capital
from deepstudy.watching.recording import Round

_MOST = 0.5  # of the passes of a round


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the mode of each scored round.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place and network.
    """
    seen: set[tuple[int, str]] = set()
    for round in evidence.scored:
        passes = len(evidence.program.array(round, "sizes"))
        dropout, statistics = round.with_dropout > _MOST * passes, round.with_batch_statistics > _MOST * passes
        network = evidence.network(round.network)
        if statistics and not dropout and not network.batch_norms:
            continue  # instance or batch normalisation without running statistics: the same in both modes
        if dropout and not statistics and evidence.is_repeated(round):
            continue  # several random passes of each image, to average them
        key = (round.network, round.where)
        if not (dropout or statistics) or key in seen or not _was_trained(evidence, round):
            continue
        seen.add(key)
        parts = ["dropout"] * dropout + ["batch statistics"] * statistics
        learns = " It also learns from these images." if statistics else ""
        yield Finding(
            "no_eval",
            "bug",
            f"{capital(evidence.describe(round))} are scored with {' and '.join(parts)} active: {network.kind} is in "
            f"training mode.{learns}",
            round.where,
            "Call `model.eval()` before scoring, and `model.train()` before the next epoch.",
        )


def _was_trained(evidence: ProgramEvidence, round: Round) -> bool:
    """Whether the network was trained before, or after: a first score of the untrained network counts too."""
    return bool(evidence.training_of(round, before=False))
