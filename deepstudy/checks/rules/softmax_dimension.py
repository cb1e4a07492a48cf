"""A softmax runs over the batch, or over a dimension of size 1.

A softmax divides by a sum over one dimension. Over the batch, the images share out each class among themselves, so the
output for one image depends on the others. Over a dimension of size 1, the result is 1 whatever goes in. Without
`dim`, torch guesses a dimension, and for some shapes it guesses the batch.

Mend it: say the dimension of the classes, `softmax(x, dim=1)`.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Look at each softmax on the way to the output, and the dimension it adds up over.

    Arguments:
        probe: the network under examination.

    Returns:
        A bug for each softmax over the wrong dimension.
    """
    for operation in probe.trace.of({"softmax", "log_softmax", "softmin"}):
        given = operation.options.get(
            "dim", next((each for each in operation.arguments if isinstance(each, int)), None)
        )
        size = operation.tensors[0].dim()
        implicit = given is None
        dimension = (0 if size in (0, 1, 3) else 1) if given is None else int(given) % size  # torch's old guess
        if size > 1 and operation.tensors[0].shape[dimension] == 1:
            yield Finding(
                "softmax_dimension",
                "bug",
                f"The softmax runs over dimension {dimension}, which has one entry: it is 1 whatever goes in.",
                operation.spot,
                "Let it run over the pixels or classes that it weighs: `softmax(x, dim=1)`.",
            )
        elif size > 1 and dimension == 0:
            yield Finding(
                "softmax_dimension",
                "bug",
                f"The softmax runs over dimension 0{' (none is given)' if implicit else ''}, the batch: the images of "
                "a batch share out each class among themselves, so what one image gets depends on the others.",
                operation.spot,
                "Let it run over the classes: `softmax(x, dim=1)`.",
            )
