"""An eval mode that is not deterministic: mostly a functional dropout that does not know the mode."""

from collections.abc import Iterator

import torch

from deepstudy.checks.probe import Probe, seed_everything
from deepstudy.findings import Finding


def check(probe: Probe) -> Iterator[Finding]:
    """The same images twice in eval mode, with the generators at different states."""
    outputs = []
    with torch.no_grad():
        for seed in (1, 2):
            seed_everything(seed)
            outputs.append(probe.scored(probe.network(probe.images())))
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
        f"In eval mode the same images give different outputs: {cause}, so an accuracy is drawn by lot.",
        guilty.spot if guilty else "",
        "Use `nn.Dropout`, or say the mode: `F.dropout(x, training=self.training)`.",
    )
