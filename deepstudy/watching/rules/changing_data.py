"""A data set changes its own stored images.

## Why it matters
A transform that writes into the array it gets, `image += noise`, changes the stored image as well. The changes pile up
from epoch to epoch, and training images drift away from test images.

## Example
```python
def __getitem__(self, number):
    image = self.images[number]
    image += 0.1 * torch.randn_like(image)  # a view of the stored images
    return image, self.labels[number]
```

## Not an error
The result is a new tensor.
```python
    image = self.images[number] + 0.1 * torch.randn(1, 28, 28)
```

## How to fix
Copy first: `image = self.images[number].clone()`.

## Source
PyTorch documentation, "Tensor Views".
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare stored images at the begin and at the end of the program.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each data set that was trained on and changed.
    """
    used = {each.number for round in evidence.training for each in evidence.datasets(round)}
    for dataset in evidence.recording.datasets:
        if dataset.changed and dataset.number in used:
            yield Finding(
                "changing_data",
                "bug",
                f"The stored images of this {dataset.kind} have changed while it was read. Each epoch changes them "
                "further.",
                dataset.where,
                "Let `__getitem__` work on a copy: `self.images[number].clone()`.",
            )
