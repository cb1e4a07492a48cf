"""A metric is another one than it is called, or its counts are lost.

## Why it matters
Precision divides by what was predicted as a class, recall by what belongs to it. With rows and columns of a confusion
matrix exchanged, or the arguments of a metric function, the two change places. F1 and precision are no means over
images, so their mean over batches is another number. And `+= 1` at places given by vectors adds 1 once, however often
a place occurs.

## Example
```python
matrix[labels, predicted] += 1  # a pair that occurs twice in a batch is counted once
precision = matrix.diagonal() / matrix.sum(axis=1)  # the rows are the true classes: this is the recall
recall = matrix.diagonal() / matrix.sum(axis=0)
```

## Not an error
Rows that are predictions.
```python
matrix[predicted, true] += 1
precision = matrix.diagonal() / matrix.sum(axis=1)
```

## How to fix
Say what the rows are, and compute metrics once from the predictions for all images.

## Source
Sokolova and Lapalme 2009, A systematic analysis of performance measures for classification tasks, table 3.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.class_scores import wrong_metrics
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Hold printed metrics against those of the recorded predictions.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for the first place where they are others, and for each place where counts are lost.
    """
    for event in evidence.recording.events:
        if event.kind == "lost_counts" and event.times > 1:
            yield Finding(
                "wrong_metric",
                "bug",
                "`+= 1` at places given by two vectors counts a place that occurs twice in a batch only once. So the "
                "matrix holds fewer images than there are, most of all right ones.",
                event.where,
                "Use `matrix.index_put_((labels, predicted), ones, accumulate=True)` or `torch.bincount`.",
            )
    found = next(wrong_metrics(evidence), None)
    if found is not None:
        yield Finding(
            "wrong_metric",
            "bug",
            found.says,
            found.line.where,
            "Compute precision, recall and F1 once, from the predictions and labels of all images.",
        )
