"""Batch normalisation is used with statistics that were never updated.

## Why it matters
In eval mode batch normalisation uses running statistics, which only training passes update. A network whose parameters
were copied without its buffers, as an average of weights often is, still has mean 0 and deviation 1. It normalises
wrongly, and its accuracy is that of a broken network.

## Example
```python
for average, parameter in zip(ema.parameters(), model.parameters()):
    average.lerp_(parameter, 0.01)  # running_mean and running_var are buffers, no parameters
ema.eval()
```

## Not an error
The buffers are copied too.
```python
for average, buffer in zip(ema.buffers(), model.buffers()):
    average.copy_(buffer)
```

## How to fix
Copy the buffers as well, or use `torch.optim.swa_utils.AveragedModel` and `update_bn`.

## Source
PyTorch documentation, `torch.optim.swa_utils`: taking care of batch normalization.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look for scored networks whose statistics no training pass has updated.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place, where training had begun before.
    """
    # A random network that is frozen as a whole is scored as it was trained.
    begun = min(
        (each.start for each in evidence.training if each.with_batch_statistics), default=evidence.recording.clock
    )
    scored = {each.network for each in evidence.scored}
    for event in evidence.recording.events:
        late = [clock for clock in event.clocks if clock > begun]
        if event.kind == "untrained_statistics" and late and event.network in scored:
            yield Finding(
                "untrained_statistics",
                "bug",
                f"{evidence.network(event.network).kind} is scored in eval mode, but its batch normalisation has never "
                "seen a training batch: mean 0 and deviation 1 are used.",
                event.where,
                "Copy the buffers together with the parameters.",
            )
