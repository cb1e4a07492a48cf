"""An output that is not (batch, classes)."""

from collections.abc import Iterator

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.findings import Finding


def check(probe: Probe) -> Iterator[Finding]:
    """The shape of the first output."""
    shape = tuple(probe.output.shape)
    if not probe.output.is_floating_point():
        yield Finding(
            "output_shape",
            "bug",
            f"The output is of type {str(probe.output.dtype).removeprefix('torch.')}: no gradient comes from there.",
            "",
            "Return the logits themselves, and take `.argmax(1)` only where a class is wanted.",
        )
        return
    if shape in ((BATCH,), (BATCH, 1)) and probe.classes in (None, 2):
        probe.notes.append("one output: taken for a binary classifier, with binary cross-entropy")
        return
    spoken = "(" + ", ".join(map(str, shape)) + ")"
    if not shape or shape[0] != BATCH:
        yield Finding(
            "output_shape",
            "bug",
            f"{BATCH} images give an output of {spoken}: the batch is not kept.",
            "",
            "Flatten from dimension 1 on, `x.flatten(1)`, and never `x.view(-1, n)` with a size that may not fit.",
        )
    elif len(shape) != 2:
        yield Finding(
            "output_shape",
            "bug",
            f"The output is {spoken}; cross-entropy over classes wants (batch, classes).",
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
