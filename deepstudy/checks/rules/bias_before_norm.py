"""A bias stands right before batch normalisation, which removes it.

Batch normalisation subtracts the mean of each channel, and a bias in front of it with it. Such a bias does nothing but
take part in parameter counts (Ioffe & Szegedy 2015, section 3.2).

Mend it: `nn.Conv2d(..., bias=False)`.
"""

from collections.abc import Iterator

from torch import nn

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import WEIGHTED
from deepstudy.findings import Finding


def find(probe: Probe) -> Iterator[Finding]:
    """Find layers with a bias whose output goes right into a normalisation.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a note, which counts the parameters.
    """
    trace, network = probe.trace, probe.network
    layers = []
    for operation in trace.operations:
        if operation.name not in ("batch_norm", "instance_norm") or not operation.inputs:
            continue
        before = trace.maker.get(operation.inputs[0])
        if before is None or before.name not in WEIGHTED:
            continue
        layer = network.get_submodule(before.module) if before.module else None
        if isinstance(layer, nn.Module) and getattr(layer, "bias", None) is not None:
            layers.append(before)
    if layers:
        extra = sum(each.shape[1] for each in layers)
        yield Finding(
            "bias_before_norm",
            "note",
            f"{len(layers)} layer{'s' * (len(layers) > 1)} with a bias right before batch normalisation, which "
            f"subtracts the mean and the bias with it: {extra:,} parameters that do nothing ({layers[0].label}"
            + (f" to {layers[-1].label})." if len(layers) > 1 else ")."),
            layers[0].spot,
            "Make the layer without it: `nn.Conv2d(..., bias=False)`.",
        )
