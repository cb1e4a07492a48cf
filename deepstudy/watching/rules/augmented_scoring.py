"""Scored images are changed at random.

## Why it matters
Random crops and flips make training harder on purpose. On validation or test images they lower the accuracy and make it
different each time, so epochs and networks cannot be compared.

## Example
```python
test_set = CIFAR10("data", train=False, transform=Compose([RandomCrop(32, padding=4), ToTensor()]))
```

## Not an error
The training accuracy is measured on augmented images, while test images are left alone. Or the accuracy on noisy test
images is given beside that on the plain ones.
```python
test_set = CIFAR10("data", train=False, transform=ToTensor())
```

## How to fix
Give validation and test images a transform without random steps.

## Source
Krizhevsky, Sutskever and Hinton 2012, section 4.1: augmentation is used in training; test predictions average fixed
crops.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence, capital
from deepstudy.watching.recording import Round

_ENOUGH = 20  # images that must have been seen twice
_VARIED = 0.2


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the transforms of scored images, and at images that looked different the second time.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each loader.
    """
    seen: set[str] = set()
    lost = {d.number for each in evidence.training for d in evidence.datasets(each)}
    for round in evidence.scored:
        loader = evidence.loader(round)
        key = (loader.name or loader.where) if loader is not None else ""
        if key in seen or evidence.role(round) == "train":
            continue
        steps = _random_steps(evidence, round)
        varied = round.compared >= _ENOUGH and round.varied > _VARIED * round.compared
        varied = varied or (loader is not None and loader.varies)
        if (not steps and not varied) or _is_beside_plain(evidence, round):
            continue
        seen.add(key)
        shared = {d.number for d in evidence.datasets(round)} & lost
        how = f"by {', '.join(steps)}" if steps else "when they are drawn"
        yield Finding(
            "augmented_scoring",
            "bug",
            f"{capital(evidence.describe(round))} are changed at random {how} before they are scored"
            + (", because they share the data set of the training images" if shared else "")
            + ". The score is too low, and differs each time.",
            loader.where if loader is not None else round.where,
            "Use a transform without random steps for validation and test images.",
        )


def _random_steps(evidence: ProgramEvidence, round: Round) -> list[str]:
    return list(dict.fromkeys(name for each in evidence.datasets(round) for name in each.random_transforms))


def _is_beside_plain(evidence: ProgramEvidence, round: Round) -> bool:
    """Whether the same images are scored unchanged too, so that the random change is what is studied."""
    mine = set(evidence.rows(round).tolist())
    for each in evidence.scored:
        loader = evidence.loader(each)
        plain = loader is not None and not loader.varies and not _random_steps(evidence, each) and not each.varied > 0
        if plain and each.loader != round.loader and mine and mine == set(evidence.rows(each).tolist()):
            return True
    return False
