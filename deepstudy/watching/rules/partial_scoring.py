"""Only a part of the images is scored.

## Why it matters
With `drop_last=True` the last images of a set are never scored, with `shuffle=True` others each time. A `break` in the
loop scores the first batches only. The accuracy is then not that of the test set.

## Example
```python
test_loader = DataLoader(test_set, batch_size=64, drop_last=True)
```

## Not an error
The last training batch is dropped: all images come up over the epochs.
```python
train_loader = DataLoader(train_set, batch_size=64, shuffle=True, drop_last=True)
```

## How to fix
Score all images: `drop_last=False`, and no `break`.

## Source
PyTorch documentation, `torch.utils.data.DataLoader`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import Round


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Compare the images scored with those that the loader covers.

    Arguments:
        evidence: the recorded program.

    Returns:
        A risk for each loader that never gave all images.
    """
    rounds = [each for each in evidence.scored if each.loader >= 0 and evidence.role(each) != "train"]
    for round in rounds:
        if round.read_in_part and round.read_in_part >= 0.8 * len(evidence.program.array(round, "sizes")):
            yield _first_of_each_batch(evidence, round)
            break
    for number in dict.fromkeys(each.loader for each in rounds):
        own = [each for each in rounds if each.loader == number]
        loader = evidence.recording.loaders[number]
        images = max(evidence.images(each) for each in own)
        batches = max(len(evidence.program.array(each, "sizes")) for each in own)
        if loader.size <= 0 or images >= loader.size:
            continue
        if batches < 2 and not all(each.loss_kind == "compared" for each in own) and len(own) < 2:
            continue  # a look at some predictions
        if evidence.was_cut:
            own = [each for each in own if each.complete or each.end < evidence.recording.clock]
        if not own:
            continue
        complete = all(each.complete for each in own)
        if not complete and any(each.complete for each in own):
            continue
        if complete and not loader.drop_last:
            continue  # a batch that was skipped, or images that failed: not known
        why = "its last batch is dropped (`drop_last=True`)" if complete else "the loop ends before the last batch"
        yield Finding(
            "partial_scoring",
            "risk",
            f"Only {images:,} of {loader.size:,} images of `{loader.name or 'the loader'}` are scored: {why}.",
            loader.where if complete else own[0].where,
            "Score all images.",
        )


def _first_of_each_batch(evidence: ProgramEvidence, round: Round) -> Finding:
    return Finding(
        "partial_scoring",
        "bug",
        f"Only the first predictions of each batch are counted one by one, and the others are left out: the counts by "
        f"class do not cover {evidence.describe(round)}.",
        round.where,
        "Count over the whole batch: `for i in range(len(labels))`.",
    )
