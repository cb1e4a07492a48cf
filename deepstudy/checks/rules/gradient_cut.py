"""The gradient is cut inside `forward`.

`detach`, `.data`, `.numpy()`, `torch.tensor(x)` and `torch.no_grad()` end the way of the gradient. Layers before them
get none and stay as they were drawn. The loss still falls, since the layers behind them learn.

Mend it: pass tensors on as they are, and compute with torch's functions. Detach only what goes into a log or a plot.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find operations in a training pass that a gradient enters and from which none goes on.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug where parameters are left without a gradient, else a note.
    """
    trace, network = probe.training_pass.trace, probe.training_pass.network
    idle = [name for name, value in network.named_parameters() if value.requires_grad and value.grad is None]
    cuts = trace.cuts
    if not cuts and idle:  # out of torch and back again: no operation leads from there to the output
        used = {id(tensor) for operation in trace.operations for tensor in operation.tensors}
        if any(id(network.get_parameter(name)) in used for name in idle):
            cuts = [operation for operation in trace.operations if operation.name in ("detach", "data")]
    if cuts:
        first = cuts[0]
        by = {"data": "`.data`", "detach": "`.detach()`"}.get(first.name, f"`{first.name}`")
        if first.name not in ("data", "detach", "detach_"):
            by += " under `torch.no_grad()`"
        lost = f": {', '.join(idle[:4])}{' and more' if len(idle) > 4 else ''} cannot learn" if idle else ""
        yield Finding(
            "gradient_cut",
            "bug" if idle else "note",
            f"The gradient is cut inside `forward`, by {by}{lost}.",
            first.spot,
            "Pass tensors on as they are; detach only what goes into a log or a plot.",
        )
        return
    outputs = [number for number in trace.outputs if number == trace.input or number not in trace.maker]
    unlearned = idle and (outputs or not probe.main_output(probe.training_pass.result).requires_grad)
    if unlearned and any(value.requires_grad for value in network.parameters()):
        yield Finding(
            "gradient_cut",
            "bug",
            "No gradient can reach the parameters from the output. The tensors go out of torch on the way (`.numpy()`, "
            "`.item()`, `torch.tensor(x)`), or no layer is used.",
            "",
            "Compute with torch's functions on the tensors themselves: `torch.exp(x)`, not `np.exp(x.detach())`.",
        )
