"""A state dict is loaded of which no name fits.

## Why it matters
`load_state_dict(..., strict=False)` leaves out names that do not fit and raises nothing. A checkpoint of
`nn.DataParallel` has the prefix `module.` before each name, so nothing is loaded at all. The network then keeps its
random weights, and the report calls it pretrained.

## Example
```python
model.load_state_dict(torch.load("parallel.pt"), strict=False)  # module.conv1.weight, ...
```

## Not an error
Only the new last layer is missing.
```python
model.load_state_dict({k: v for k, v in state.items() if not k.startswith("fc.")}, strict=False)
```

## How to fix
Remove the prefix, and look at what `load_state_dict` returns.

## Source
PyTorch documentation, `torch.nn.Module.load_state_dict`.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at what was missing in loaded states.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where nearly all names were missing.
    """
    for event in evidence.recording.events:
        if event.kind == "nothing_loaded":
            count, _, names = event.says.partition(" ")
            yield Finding(
                "nothing_loaded",
                "bug",
                f"The state that is loaded here lacks {count} of the network's names ({names}, ...). With strict=False "
                "nothing is loaded, and nothing is said.",
                event.where,
                "Make the names fit (often a prefix such as `module.`), and load with strict=True.",
            )
