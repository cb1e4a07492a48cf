"""Examples that leak into each other: what one image gets depends on the others of its batch."""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.checks.trace import Operation
from deepstudy.findings import Finding


def check(probe: Probe) -> Iterator[Finding]:
    """In eval mode: the first image's output with different images beside it."""
    if probe.output.shape[:1] != (len(probe.images()),):
        return
    network, images = probe.network, probe.images()
    with torch.no_grad():
        before = probe.scored(network(images)).double()
        if not torch.equal(before, probe.scored(network(images)).double()):
            return  # not even the same images give the same: that is another check's finding
        leaks = False
        for kept in (0, BATCH - 1):  # the first sees nothing of a scan over the batch, the last all of it
            others = probe.images(seed=1) * 3
            others[kept] = images[kept]
            # The same batch size, so that the same kernels run and equal means equal.
            beside = probe.scored(network(others)).double()[kept]
            scale = max(float(before[kept].abs().max()), 1e-30)
            leaks |= bool((before[kept] - beside).abs().max() > 1e-5 * scale)
    if not leaks:
        return
    cause = _mixes(probe)
    yield Finding(
        "leak",
        "bug",
        "In eval mode, the output for one image changes with the images beside it: examples leak into each other, and "
        "an accuracy depends on how the test images are batched.",
        cause.spot if cause else "",
        "Work on each image by itself (recurrent layers want `batch_first=True`): flatten from dimension 1 on, "
        "normalise and pool over its own pixels, and let "
        "`nn.BatchNorm2d` use its running averages in eval mode.",
    )


def _mixes(probe: Probe) -> Operation | None:
    """The first operation that by its name mixes the batch."""
    for operation in probe.trace.operations:
        normalises = operation.name == "batch_norm" and (
            operation.options.get("training") or operation.arguments[-3:-2] == (True,)
        )
        sizes = [tuple(each.shape) for each in (*operation.tensors[:1], *operation.results[:1])]
        reshaped = operation.name in ("view", "reshape") and len(sizes) == 2 and sizes[0][:1] != sizes[1][:1]
        whole = operation.name in ("mean", "std", "var", "sum", "amax", "max", "softmax") and 0 in _dimensions(
            operation
        )
        if normalises or reshaped or whole:
            return operation
    return None


def _dimensions(operation: Operation) -> tuple[int, ...]:
    given = operation.options.get("dim", operation.arguments[0] if operation.arguments else None)
    size = operation.tensors[0].dim()
    if given is None:
        return tuple(range(size))
    each = given if isinstance(given, list | tuple) else [given]
    return tuple(int(one) % max(size, 1) for one in each if isinstance(one, int))
