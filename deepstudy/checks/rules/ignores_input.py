"""The output ignores the input, a channel, or a part of the image.

If the output has no gradient at a pixel, that pixel cannot make a difference. When this holds for all of the input,
`forward` uses a wrong variable. When it holds for a channel, a layer takes only a slice. When it holds for many pixels,
strides are larger than windows, or windows do not reach the border.

Mend it: give each layer what the one before it returned, and the first layer all channels and pixels.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from deepstudy.checks.probe import Probe
from deepstudy.findings import Finding

_SEEDS = 3
_BORDER = 0.15  # of the pixels may fall to a stride or a window that does not fit


def find(probe: Probe) -> Iterator[Finding]:
    """Find inputs without any gradient, over several networks and images.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding: a bug for the input or a channel, a risk for pixels.
    """
    reached = torch.zeros(probe.shape, dtype=torch.bool)
    for seed in range(1 if probe.is_live else _SEEDS):
        network = probe.perturbed(seed)
        images = probe.images(8, seed).requires_grad_()
        output = probe.main_output(network(images))
        if not output.requires_grad:
            break
        # Distances to random points, since the sum of a softmax has no gradient at all.
        target = torch.randn(output.shape, generator=torch.Generator().manual_seed(seed))
        (gradient,) = torch.autograd.grad((output * target).sum(), images, allow_unused=True)
        if gradient is not None:
            reached |= (gradient != 0).any(0)
    if not bool(reached.any()):
        if _moves(probe):
            return  # the gradient is cut, which is another check's finding
        yield Finding(
            "ignores_input",
            "bug",
            "The output does not depend on the input at all.",
            "",
            "Follow `x` through `forward`: give each layer what the one before it returned.",
        )
        return
    channels = reached.flatten(1).any(1) if reached.dim() > 1 else reached
    if not bool(channels.all()) and len(channels) <= 16:
        missing = [number for number, used in enumerate(channels.tolist()) if not used]
        yield Finding(
            "ignores_input",
            "bug",
            f"The output does not depend on channel {_and(missing)} of {len(channels)}.",
            "",
            "Give the first layer all channels: `nn.Conv2d(3, ...)`, and no slice of them.",
        )
    elif reached.dim() == 3:
        yield from _pixels(reached)


def _pixels(reached: Tensor) -> Iterator[Finding]:
    matters = reached.any(0)
    share = 1 - float(matters.float().mean())
    if share <= _BORDER:
        return
    rows, columns = (matters.any(axis).nonzero().flatten() for axis in (1, 0))
    inside = matters[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = f"rows {int(rows[0])} to {int(rows[-1])} and columns {int(columns[0])} to {int(columns[-1])}"
    gaps = float(inside.float().mean()) < 0.9
    yield Finding(
        "ignores_input",
        "risk",
        f"{100 * share:.0f} % of the pixels make no difference to the output; "
        + ("windows leave gaps between them." if gaps else f"it sees {box}."),
        "",
        "Choose strides no larger than the windows, and windows that reach the border (padding), or smaller images.",
    )


def _moves(probe: Probe) -> bool:
    """Whether other images give another output."""
    with torch.no_grad():
        outputs = [probe.main_output(probe.network(images)) for images in (probe.images(), probe.images(seed=5) * 3)]
    return not torch.equal(*outputs)


def _and(numbers: list[int]) -> str:
    return " and ".join(map(str, numbers))
