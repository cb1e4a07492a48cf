"""Means or deviations are taken over the batch by hand.

Batch normalisation keeps running averages, so that in eval mode an image does not depend on the others. Normalisation
by hand, `(x - x.mean(0)) / x.std(0)`, has none. In eval mode an image then depends on its batch. If only training mode
does it, eval mode computes something that was never trained.

Mend it: use `nn.BatchNorm2d`, or statistics of each image, `x.mean((1, 2, 3), keepdim=True)`.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_STATISTICS = frozenset("mean std var var_mean std_mean sum amax amin max min norm median".split())


def find(probe: Probe) -> Iterator[Finding]:
    """Look for means and deviations over the batch on the way to the output, in either mode.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug in eval mode, a risk in training mode.
    """
    for forward, mode in ((probe.eval_pass, "eval"), (probe.training_pass, "training")):
        trace = forward.trace
        behind = trace.behind(probe.output_number(forward))  # a loss of its own may well be a mean over the batch
        for operation in trace.of(_STATISTICS):
            if not behind.intersection(operation.outputs):
                continue
            result = operation.results[0]
            if not operation.tensors[0].is_floating_point() or not operation.inputs:
                continue
            size = len(probe.images())
            over_batch = operation.tensors[0].shape[:1] == (size,) and 0 in operation.reduced
            if not over_batch or trace.input not in trace.behind(operation.inputs[0]):
                continue
            whole = result.numel() == 1
            yield Finding(
                "batch_statistics",
                "bug" if mode == "eval" else "risk",
                f"`{operation.name}` is taken over {'all of ' if whole else ''}the batch in {mode} mode, and goes into "
                "the output: "
                + (
                    "what one image gets depends on the others beside it."
                    if mode == "eval"
                    else "eval mode then computes something that was never trained."
                ),
                operation.spot,
                "Use `nn.BatchNorm2d`, which keeps running averages for eval mode, or statistics of each image, "
                "`x.mean((1, 2, 3), keepdim=True)`.",
            )
            return
