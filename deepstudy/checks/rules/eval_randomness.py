"""The same images give different outputs in eval mode.

In eval mode the same images must give the same outputs; otherwise an accuracy is a matter of luck. Mostly the cause is
`F.dropout(x)`, which is on in both modes unless one says otherwise.

Mend it: use `nn.Dropout`, or `F.dropout(x, training=self.training)`.
"""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Give the same images twice in eval mode, with the generators at different states.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug.
    """
    outputs = []
    with torch.no_grad():
        for seed in (1, 2):
            seed_everything(seed)
            outputs.append(probe.main_output(probe.network(probe.images())))
    if torch.equal(*outputs) or bool(outputs[0].isnan().any()):
        return
    guilty = next(
        (
            operation
            for operation in probe.trace.operations
            if "dropout" in operation.name
            and operation.options.get("training", True)
            and operation.options.get("p", 0.5) > 0
        ),
        None,
    )
    cause = "`F.dropout` is on in eval mode too" if guilty else "something random is drawn in `forward`"
    yield Finding(
        "eval_randomness",
        "bug",
        f"In eval mode the same images give different outputs: {cause}, so an accuracy is a matter of luck.",
        guilty.spot if guilty else "",
        "Use `nn.Dropout`, or say the mode: `F.dropout(x, training=self.training)`.",
    )
