"""Gradients are clipped when there are none.

## Why it matters
`clip_grad_norm_` changes the gradients that are there when it is called. Before `backward`, or after `step`, it has no
effect, and the training is not what the report says.

## Example
```python
optimizer.zero_grad()
clip_grad_norm_(model.parameters(), 1.0)
loss.backward()
optimizer.step()
```

## Not an error
Between `backward` and `step`, also after several `backward` calls.
```python
loss.backward()
clip_grad_norm_(model.parameters(), 1.0)
optimizer.step()
```

## How to fix
Call it after the last `backward` and before `step`.

## Source
Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the order of clipping, `backward` and steps.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place.
    """
    right = {event.where for event in evidence.recording.events if event.kind == "clip"}
    for event in evidence.recording.events:
        if event.kind == "clip_without_backward" and event.times >= 3 and event.where not in right:
            yield Finding(
                "clipping",
                "bug",
                "Gradients are clipped here when no `backward` has been called since the last step. It has no effect "
                "on any step.",
                event.where,
                "Clip after `backward` and before `step`.",
            )
