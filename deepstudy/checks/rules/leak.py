"""The output for one image depends on the other images of its batch.

In eval mode an image must get the same output whatever images are beside it. Otherwise an accuracy depends on how the
test images are batched. Usual causes are a reshape that moves images into channels, a mean over the batch, a recurrent
layer without `batch_first=True`, and batch normalisation without running averages.

Mend it: work on each image by itself. Flatten from dimension 1 on, and pool over its own pixels.
"""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.checks.trace import Operation
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Compare an image's outputs in eval mode with different images beside it.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    if probe.output.shape[:1] != (len(probe.images()),):
        return
    network, images = probe.network, probe.images()
    with torch.no_grad():
        before = probe.main_output(network(images)).double()
        if not torch.equal(before, probe.main_output(network(images)).double()):
            return  # not even the same images give the same: that is another rule's finding
        leaks = False
        for position in (0, BATCH - 1):  # a scan over the batch changes the last image, not the first
            neighbours = probe.images(seed=1) * 3
            neighbours[position] = images[position]
            # The same batch size, so that the same kernels run and equal means equal.
            beside = probe.main_output(network(neighbours)).double()[position]
            scale = max(float(before[position].abs().max()), 1e-30)
            leaks |= bool((before[position] - beside).abs().max() > 1e-5 * scale)
    if not leaks:
        return
    cause = _mixing_operation(probe)
    yield Finding(
        "leak",
        "bug",
        "In eval mode, the output for one image changes with the images beside it: examples leak into each other, and "
        "an accuracy depends on how the test images are batched.",
        cause.spot if cause else "",
        "Work on each image by itself (recurrent layers want `batch_first=True`): flatten from dimension 1 on, "
        "normalise and pool over its own pixels, and let `nn.BatchNorm2d` use its running averages in eval mode.",
    )


def _mixing_operation(probe: Probe) -> Operation | None:
    """The first operation that by its name mixes the batch."""
    for operation in probe.trace.operations:
        normalises = operation.name == "batch_norm" and (
            operation.options.get("training") or operation.arguments[-3:-2] == (True,)
        )
        sizes = [tuple(each.shape) for each in (*operation.tensors[:1], *operation.results[:1])]
        reshaped = operation.name in ("view", "reshape") and len(sizes) == 2 and sizes[0][:1] != sizes[1][:1]
        whole = operation.name in ("mean", "std", "var", "sum", "amax", "max", "softmax") and 0 in operation.reduced
        if normalises or reshaped or whole:
            return operation
    return None
