"""The output is not (batch, classes).

Cross-entropy expects a row of logits for each image, one logit for each class. Another shape either raises an error in
the loss, or is silently read as something else: an output of (classes, batch) mixes images with classes. A network
with one output counts as a binary classifier.

Mend it: flatten from dimension 1 on, `x.flatten(1)`, average over pixels with `x.mean((2, 3))`, and give the last
layer as many outputs as there are classes.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the shape and type of the output.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug. No other rule runs after it.
    """
    shape = tuple(probe.output.shape)
    if not probe.output.is_floating_point():
        yield Finding(
            "output_shape",
            "bug",
            f"The output is of type {str(probe.output.dtype).removeprefix('torch.')}: it has no gradient.",
            "",
            "Return the logits themselves, and take `.argmax(1)` only where a class is wanted.",
        )
        return
    if shape in ((BATCH,), (BATCH, 1)) and probe.classes in (None, 2):
        probe.notes.append("one output: taken for a binary classifier, with binary cross-entropy")
        return
    size = "(" + ", ".join(map(str, shape)) + ")"
    if not shape or shape[0] != BATCH:
        yield Finding(
            "output_shape",
            "bug",
            f"{BATCH} images give an output of {size}: the batch gets lost.",
            "",
            "Flatten from dimension 1 on, `x.flatten(1)`, and never `x.view(-1, n)` with a size that may not fit.",
        )
    elif len(shape) != 2:
        yield Finding(
            "output_shape",
            "bug",
            f"The output is {size}; cross-entropy over classes wants (batch, classes).",
            "",
            "Bring it to two dimensions: `x.mean((2, 3))` or `x.flatten(1)`.",
        )
    elif probe.classes is not None and shape[1] != probe.classes:
        yield Finding(
            "output_shape",
            "bug",
            f"There are {probe.classes} classes, and the network has {shape[1]} outputs.",
            "",
            f"Give the last layer {probe.classes} outputs: `nn.Linear(..., {probe.classes})`.",
        )
