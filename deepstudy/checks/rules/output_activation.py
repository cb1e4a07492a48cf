"""The output goes through a softmax, log-softmax or sigmoid.

`F.cross_entropy` applies log-softmax itself, so it expects logits. After a softmax or sigmoid its input lies between 0
and 1. Gradients shrink, and for ten classes the loss cannot fall below 1.46. The network still learns, but slowly and
not as far, so few people notice. A log-softmax is harmless there, since applying it twice changes nothing.

Mend it: return the logits. Take `.softmax(1)` only where probabilities are shown to a person.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import VIEWS
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at what the outputs add up to, and what made them.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug, or a note for a log-softmax.
    """
    forward = probe.training_pass
    output = probe.main_output(forward.result).detach().double()
    last = forward.trace.back(probe.output_number(forward), VIEWS)
    where = last.spot if last else ""
    if output.dim() != 2 or output.shape[1] < 2 or not bool(output.isfinite().all()):
        return
    if bool((output >= 0).all()) and bool(((output.sum(1) - 1).abs() < 1e-3).all()):
        floor = f"ln(e + {output.shape[1] - 1}) - 1"
        yield Finding(
            "output_activation",
            "bug",
            "The network ends in a softmax, and cross-entropy applies softmax itself: gradients shrink, and the loss "
            f"cannot fall below {floor}.",
            where,
            "Return the logits, `return self.fc(x)`; take `.softmax(1)` only where probabilities are wanted.",
        )
    elif bool((output.exp().sum(1) - 1).abs().max() < 1e-3) and bool((output <= 0).all()):
        yield Finding(
            "output_activation",
            "note",
            "The network ends in a log-softmax. That is right with the negative log-likelihood. With cross-entropy it "
            "does nothing.",
            where,
            "Use `F.nll_loss(output, labels)`, or return the logits and use `F.cross_entropy`.",
        )
    elif last is not None and last.name in ("sigmoid", "hardsigmoid"):
        yield Finding(
            "output_activation",
            "bug",
            "The network ends in a sigmoid, and cross-entropy takes logits: between 0 and 1 they cannot tell classes "
            "apart by more than a factor of e, so the loss stays high.",
            where,
            "Return the logits; for several labels per image use `F.binary_cross_entropy_with_logits` on them.",
        )
