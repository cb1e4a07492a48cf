"""A gradient that is cut inside `forward`: `detach`, `.data`, `.numpy()`, `no_grad`, `torch.tensor(x)`."""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import CREATORS, Operation, Trace
from deepstudy.findings import Finding


def cuts(watched: Trace) -> list[Operation]:
    """The operations on the way to an output that a gradient enters and does not leave."""
    found = []
    for operation in watched.operations:
        enters = any(tensor.requires_grad for tensor in operation.tensors)
        leaves = any(tensor.requires_grad or not tensor.is_floating_point() for tensor in operation.results)
        if (
            enters
            and not leaves
            and not operation.custom
            and operation.name not in CREATORS
            and watched.reaching.intersection(operation.outputs)
        ):
            found.append(operation)
    return found


def check(probe: Probe) -> Iterator[Finding]:
    """In training mode; a bug where parameters are left without a gradient by it."""
    watched, result, network = probe.trained
    idle = [name for name, value in network.named_parameters() if value.requires_grad and value.grad is None]
    found = cuts(watched)
    if not found and idle:  # out of torch and back again: no operation leads from there to the output
        used = {id(tensor) for operation in watched.operations for tensor in operation.tensors}
        if any(id(network.get_parameter(name)) in used for name in idle):
            found = [operation for operation in watched.operations if operation.name in ("detach", "data")]
    if found:
        first = found[0]
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
    outputs = [number for number in watched.outputs if number == watched.input or number not in watched.maker]

    unlearned = idle and (outputs or not probe.scored(result).requires_grad)
    if unlearned and any(value.requires_grad for value in network.parameters()):
        yield Finding(
            "gradient_cut",
            "bug",
            "The output has no connection to the parameters that a gradient could take: it has left torch on the way "
            "(`.numpy()`, `.item()`, `torch.tensor(x)`), or no layer is used.",
            "",
            "Compute with torch's functions on the tensors themselves: `torch.exp(x)`, not `np.exp(x.detach())`.",
        )
