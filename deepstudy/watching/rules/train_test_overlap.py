"""Scored images were trained on.

## Why it matters
A network can know its training images by heart, so its accuracy on them says nothing about new images. It happens when
a test loader is made from the training set, when two splits are drawn independently, or when a network is trained on in
the next fold.

## Example
```python
train_set, _ = random_split(data, [4000, 1000])
_, val_set = random_split(data, [4000, 1000])  # another permutation
```

## Not an error
The training accuracy is measured too, beside that of new images.
```python
print(accuracy(model, train_loader), accuracy(model, test_loader))
```

## How to fix
Draw one split, and keep it. In k-fold cross-validation, make a new network for each fold.

## Source
Kapoor and Narayanan 2023, Leakage and the reproducibility crisis in machine-learning-based science.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import MANY, ProgramEvidence
from deepstudy.watching.recording import Round

_FEW = 0.01  # shares below that are a note
_TWINS = 0.003  # images that are alike by chance, or twins in the published sets


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for scored images among those that the network was trained on.

    Arguments:
        evidence: the recorded program.

    Returns:
        One finding for each loader: a bug, or a note for less than 1 % of the images.
    """
    shares = {round.number: evidence.trained_share(round) for round in evidence.scored}
    apart = {
        round.network for round in evidence.scored if shares[round.number][1] >= MANY and shares[round.number][0] < _FEW
    }
    seen: set[tuple[int, str]] = set()
    found = False
    for round in sorted(evidence.scored, key=lambda each: -shares[each.number][0]):
        share, count = shares[round.number]
        where = evidence.split_name(round)
        name = where.lower()
        key = (round.loader if not where else -1, where)
        if count < MANY or share <= _TWINS or key in seen:
            continue
        if not evidence.training_of(round):
            continue
        is_meant = "train" in name or (round.network in apart and not any(word in name for word in ("val", "test")))
        if is_meant and (round.network in apart or share > 0.99):
            continue
        seen.add(key)
        found = True
        yield _finding(evidence, round, share)
    if not found and (only := _only_training_images(evidence, shares)) is not None:
        yield only


def _only_training_images(evidence: ProgramEvidence, shares: dict[int, tuple[float, int]]) -> Finding | None:
    """The finding for a program that never scores new images, where it ran to its end."""
    compared = [
        each for each in evidence.scored if shares[each.number][1] >= MANY and evidence.accuracy(each) is not None
    ]
    if evidence.was_cut or not compared or any(shares[each.number][0] < 0.99 for each in compared):
        return None
    if len(compared) < len([each for each in evidence.scored if evidence.images(each) >= MANY]):
        return None
    return Finding(
        "train_test_overlap",
        "risk",
        "Only training images are scored. Their accuracy says nothing about new images.",
        compared[-1].where,
        "Score images that were not trained on.",
    )


def _finding(evidence: ProgramEvidence, round: Round, share: float) -> Finding:
    if share > 0.995:
        says = f"All of {evidence.describe(round)} that are scored here were trained on."
    else:
        says = f"{100 * share:.2g} % of {evidence.describe(round)} that are scored here were trained on."
    says += " The score says little about new images." if share > _FEW else ""
    return Finding(
        "train_test_overlap",
        "bug" if share >= _FEW else "note",
        says,
        round.where,
        "Score images that the network has never been trained on: keep one split, and start each fold anew.",
    )
