"""Dropout stays on in eval mode.

## Why it matters
`F.dropout(x)` does not know the mode of the network: its argument `training` is True by default. So units are removed
in scoring too, and the accuracy is too low and differs each time.

## Example
```python
def forward(self, x):
    return self.fc(F.dropout(x, 0.5))
```

## Not an error
The function is told the mode.
```python
def forward(self, x):
    return self.fc(F.dropout(x, 0.5, training=self.training))
```

## How to fix
Use an `nn.Dropout` layer, or pass `training=self.training`.

## Source
PyTorch documentation, `torch.nn.functional.dropout`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for calls of dropout inside networks in eval mode.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place.
    """
    for event in evidence.recording.events:
        if event.kind == "dropout_in_eval":
            yield Finding(
                "dropout_in_eval",
                "bug",
                f"`F.{event.says}` removes units in eval mode too, because it is not told the mode of the network.",
                event.where,
                "Pass `training=self.training`, or use an `nn.Dropout` layer.",
            )
