"""Normalisation across the batch by hand, without running averages."""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.rules.leak import _dimensions
from deepstudy.findings import Finding

_STATISTICS = frozenset("mean std var var_mean std_mean sum amax amin max min norm median".split())


def check(probe: Probe) -> Iterator[Finding]:
    """Means and deviations over the batch on the way to the output, in either mode."""
    for (trace, output, *_), mode in ((probe.seen, "eval"), (probe.trained, "training")):
        behind = trace.behind(probe.end(trace, output))  # a loss of its own may well be a mean over the batch
        for operation in trace.of(_STATISTICS):
            if not behind.intersection(operation.outputs):
                continue
            result = operation.results[0]
            if not operation.tensors[0].is_floating_point() or not operation.inputs:
                continue
            size = len(probe.images())
            over_batch = operation.tensors[0].shape[:1] == (size,) and 0 in _dimensions(operation)
            if not over_batch or not _made_of_input(trace, operation.inputs[0]):
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


def _made_of_input(trace: object, number: int) -> bool:
    from deepstudy.checks.trace import Trace

    assert isinstance(trace, Trace)
    waiting, seen = [number], set()
    while waiting:
        here = waiting.pop()
        if here == trace.input:
            return True
        if here not in seen:
            seen.add(here)
            waiting += trace.maker[here].inputs if here in trace.maker else []
    return False
