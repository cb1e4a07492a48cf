"""The loss gets another kind of output than it expects.

## Why it matters
`cross_entropy` applies log-softmax itself and expects logits. After a softmax its gradients are small, and with ten
classes it cannot fall below 1.46. `nll_loss` and `kl_div` expect log-probabilities: with logits or probabilities their
value can fall without end and means nothing. `binary_cross_entropy_with_logits` applies the sigmoid itself.

## Example
```python
probabilities = model(x).softmax(dim=1)
loss = F.cross_entropy(probabilities, y)
```

## Not an error
The logarithm of a softmax goes into `nll_loss`. A log-softmax before `cross_entropy` changes nothing.
```python
loss = F.nll_loss(model(x).log_softmax(dim=1), y)
```

## How to fix
Logits into `cross_entropy`, log-probabilities into `nll_loss` and as the first argument of `kl_div`.

## Source
PyTorch documentation of these functions. The bound: ln(e + 9) - 1 = 1.46.
"""

from collections.abc import Iterator

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence
from deepstudy.watching.recording import Event

_EXPECTS = {
    "cross_entropy": ("logits", "Give it the output of the last layer, without softmax or sigmoid."),
    "nll_loss": ("log-probabilities", "Use `F.cross_entropy` on the logits, or `F.log_softmax` before `F.nll_loss`."),
    "kl_div": ("log-probabilities", "Give it `F.log_softmax(...)` as its first argument."),
    "binary_cross_entropy_with_logits": ("logits", "Give it the output of the last layer, without a sigmoid."),
}
_KINDS = {"softmax": "a softmax", "sigmoid": "a sigmoid", "logits": "raw logits", "log_softmax": "a log-softmax"}


def find(evidence: ProgramEvidence) -> Iterator[Finding]:
    """Look at the first inputs of each loss.

    Arguments:
        evidence: the recorded program.

    Returns:
        A bug for each place where a loss of a trained network gets a wrong kind of input.
    """
    for event in evidence.recording.events:
        if event.kind == "loss_input" and _is_sure(event):
            function, kind = event.says.split()
            if kind == "range":
                yield Finding(
                    "loss_input",
                    "bug",
                    f"`{function}` compares a sigmoid, which lies between 0 and 1, with targets beyond that. "
                    "It can never reach them.",
                    event.where,
                    "Remove the sigmoid, or scale the targets to 0..1.",
                )
                continue
            expects, remedy = _EXPECTS[function]
            more = ""
            if (function, kind) == ("cross_entropy", "softmax"):
                more = " It applies softmax itself, so its gradients are small and the loss stays high."
            yield Finding(
                "loss_input",
                "bug",
                f"`{function}` expects {expects}, and gets {_KINDS[kind]}.{more}",
                event.where,
                remedy,
            )


def _is_sure(event: Event) -> bool:
    """Numbers between 0 and 1 may be logits by chance, so a sigmoid must be seen in all calls that were looked at."""
    return event.times >= 3 if event.says.endswith("sigmoid") else event.times >= 2 or event.clock < 3
