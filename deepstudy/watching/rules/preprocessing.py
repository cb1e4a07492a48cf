"""Scored images are preprocessed otherwise than training images.

## Why it matters
A network has learned what its inputs look like. If test images are not normalised, or with other constants, its
accuracy on them is too low and says nothing about the network.

## Example
```python
train_transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
test_transform = transforms.ToTensor()
```

## Not an error
Only the training images are cropped and flipped; both are normalised alike.
```python
train_transform = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalise])
test_transform = transforms.Compose([transforms.ToTensor(), normalise])
```

## How to fix
Use the same scaling and constants for all splits, computed from the training images.

## Source
Goodfellow, Bengio and Courville 2016, Deep Learning, section 12.2.1: preprocessing is applied to both sets.
"""

import re
from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import Round

_MEAN_APART, _STD_APART = 0.5, 1.8  # deviations; a factor
_FIX = "Use the same scaling and the same constants for training, validation and test images."


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare mean, deviation and `Normalize` of training and scoring.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each loader whose inputs differ, a risk for other constants.
    """
    seen: set[tuple[int, int]] = set()
    for round in evidence.scored:
        training = [each for each in evidence.training_of(round, before=False) if each.std]
        key = (round.network, round.loader) if round.loader >= 0 else (round.network, -1 - round.number)
        if not training or round.std is None or round.mean is None or key in seen:
            continue
        seen.add(key)
        finding = _apart(evidence, round, training[0]) or _other_constants(evidence, round, training[0])
        if finding is not None:
            yield finding


def _apart(evidence: ProgramEvidence, round: Round, trained: Round) -> Finding | None:
    if round.std is None or round.mean is None or not trained.std or trained.mean is None:
        return None
    ratio = max(round.std, 1e-9) / trained.std
    if abs(round.mean - trained.mean) < _MEAN_APART * trained.std and 1 / _STD_APART < ratio < _STD_APART:
        return None
    if evidence.images(round) < 16:  # a single image may be of any brightness
        return None
    return Finding(
        "preprocessing",
        "bug",
        f"Training inputs have mean {trained.mean:.2f} and deviation {trained.std:.2f}; "
        f"{evidence.describe(round)} have mean {round.mean:.2f} and deviation {round.std:.2f}. "
        "They are not preprocessed alike.",
        round.where,
        _FIX,
    )


def _other_constants(evidence: ProgramEvidence, round: Round, trained: Round) -> Finding | None:
    both = [_constants(evidence, each) for each in (trained, round)]
    if all(both) and not both[0] & both[1]:
        return Finding(
            "preprocessing",
            "risk",
            f"Training images are normalised with {min(both[0])}, and {evidence.describe(round)} with {min(both[1])}.",
            round.where,
            _FIX,
        )
    return None


def _constants(evidence: ProgramEvidence, round: Round) -> set[str]:
    """The constants of `Normalize` of a round's data sets."""
    texts = [text for each in evidence.datasets(round) for text in each.transforms if text.startswith("Normalize(")]
    return {", ".join(f"{float(each):.4g}" for each in re.findall(r"\d+\.?\d*(?:e-?\d+)?", text)) for text in texts}
