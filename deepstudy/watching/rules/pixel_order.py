"""The pixels of the images are scrambled.

## Why it matters
Images are stored as (height, width, channels), and torch expects (channels, height, width). `reshape` does not swap
dimensions: it cuts the same bytes in another way. Colours and places are mixed up, and the network learns much worse.

## Example
```python
images = torch.tensor(data).reshape(-1, 3, 32, 32)  # data: (n, 32, 32, 3)
```

## Not an error
The raw bytes of CIFAR-10's batches are stored channel by channel.
```python
images = torch.tensor(batch["data"]).reshape(-1, 3, 32, 32)
```

## How to fix
`permute(0, 3, 1, 2)`, or `transpose((0, 3, 1, 2))` in numpy.

## Source
PyTorch documentation, `torch.permute`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for published images whose pixels were reshaped.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for the first such round.
    """
    for round in (*evidence.training, *evidence.scored):
        name = evidence.known.scrambled(evidence.signatures(round))
        if name:
            yield Finding(
                "pixel_order",
                "bug",
                f"The images are {name}'s with scrambled pixels: (height, width, channels) was reshaped to (channels, "
                "height, width).",
                round.where,
                "Use `permute(0, 3, 1, 2)` instead of `reshape` or `view`.",
            )
            return
