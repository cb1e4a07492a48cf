"""A printed loss or accuracy is not the average that it seems to be.

## Why it matters
`loss.item()` is the mean over a batch. Whoever adds these means up must divide by the number of batches, and not by the
number of images: else the loss is too small by the batch size. The value of the last batch says little about an epoch.
A sum that is not set to 0 goes on over all epochs.

## Example
```python
for x, y in loader:
    total += criterion(model(x), y).item()
print("loss", total / len(loader.dataset))
```

## Not an error
The mean of a batch times its size, divided by the number of images.
```python
    total += criterion(model(x), y).item() * len(x)
print("loss", total / len(loader.dataset))
```

## How to fix
Divide by what was added up.

## Source
PyTorch documentation, `torch.nn.CrossEntropyLoss`: `reduction` is `mean` by default.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.averages import Averages, WrongAverage
from deepstudy.watching.evidence import ProgramEvidence

_REMEDIES = {
    "batch_means_by_images": "Divide by the number of batches, or add up `loss.item() * len(x)`.",
    "last_batch": "Add up over all batches, and divide at the end of the epoch.",
    "not_reset": "Set the sum to 0 at the begin of each epoch.",
    "mean_of_batches": "Add up the hits, and divide by the number of images.",
    "elements": "Compare the classes: `output.argmax(1) == target.argmax(1)`.",
    "accumulated": "Add up `loss.item()` before it is divided, or multiply by the number again.",
    "other_count": "Divide by the number of what was added up.",
}


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare what is printed with what was computed.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place of a line whose numbers are wrong averages; a risk for the last batch's loss.
    """
    seen: set[tuple[str, str]] = set()
    for wrong in Averages(evidence).wrong:
        key = (wrong.line.where, wrong.kind)
        if key not in seen:
            seen.add(key)
            yield _finding(evidence, wrong)


def _finding(evidence: ProgramEvidence, wrong: WrongAverage) -> Finding:
    quantity = "loss" if wrong.printed.quantity == "loss" else "accuracy"
    what = "trained on" if wrong.round.trained else "scored"
    return Finding(
        "wrong_average",
        "risk" if wrong.kind == "last_batch" and quantity == "loss" else "bug",
        f"The printed {quantity} `{wrong.printed.text}` is {wrong.says}. The mean over the images {what} is "
        f"{wrong.right:.4g}.",
        wrong.line.where,
        _REMEDIES[wrong.kind],
    )
