"""The memory layout of a network: channels last, which is faster, unless the network's own code needs torch's default.

`x.view(len(x), -1)` after a convolution fails on images with channels last, and `as_strided` reads other numbers from
them. Both are correct in plain torch. So a network of somebody's own is tried in both layouts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from deepstudy import models
from deepstudy.errors import is_memory

MemoryLayout = Literal["channels_last", "contiguous"]

_FORMATS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}
_SEED = 0
_TOLERANCE = 0.05  # of the largest output; rounding explains less


@dataclass(frozen=True)
class LayoutChoice:
    """The memory layout of a network.

    Attributes:
        layout: `channels_last`, or `contiguous` for torch's default.
        why: why not channels last, with the place in the code; "" for channels last.
    """

    layout: MemoryLayout = "channels_last"
    why: str = ""


def lay_out(value: Tensor, layout: MemoryLayout) -> Tensor:
    """Bring images into a memory layout.

    Arguments:
        value: (n, c, h, w).
        layout: the layout.

    Returns:
        The same numbers, copied only if they are not laid out so yet.
    """
    return value.contiguous(memory_format=_FORMATS[layout])


def place(model: nn.Module, device: torch.device, layout: MemoryLayout) -> nn.Module:
    """Move a network to a device, its weights in a memory layout.

    Arguments:
        model: the network; changed in place.
        device: the device.
        layout: the layout.

    Returns:
        The network itself.
    """
    return model.to(device, memory_format=_FORMATS[layout])  # type: ignore[call-overload, no-any-return]


def choose_layout(make: Callable[[], nn.Module], images: Tensor) -> LayoutChoice:
    """Find out whether a network needs torch's default layout.

    Two networks are built. Each gets the images in training mode, with a backward pass, and then in evaluation mode.
    Torch's random numbers stay as they were.

    Arguments:
        make: builds the network, the same each time.
        images: (n, c, h, w), on the device where the network will train.

    Returns:
        `contiguous` where the network works in torch's default layout, and with channels last fails or returns other
        numbers. Otherwise `channels_last`, also for a network that works in neither.
    """
    devices = [images.device] if images.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        try:
            default = _outputs(make, images, "contiguous")
        except (Exception, SystemExit):  # the network fails in any layout, which training says better
            return LayoutChoice()
        try:
            other = _outputs(make, images, "channels_last")
        except (Exception, SystemExit) as error:
            if is_memory(error):
                return LayoutChoice()
            return LayoutChoice("contiguous", models.describe_error(error))
        # A network that draws its own random numbers returns others each time.
        if _agree(default, other) or not _agree(default, _outputs(make, images, "contiguous")):
            return LayoutChoice()
    return LayoutChoice("contiguous", "its outputs depend on the layout, as with `as_strided`")


def _outputs(make: Callable[[], nn.Module], images: Tensor, layout: MemoryLayout) -> list[Tensor]:
    """What a new network returns in training mode and in evaluation mode."""
    model = place(make(), images.device, layout)
    images = lay_out(images, layout)
    outputs: list[Tensor] = []
    for training in (True, False):
        torch.manual_seed(_SEED)
        with torch.set_grad_enabled(training):
            found = _floats(model.train(training)(images))
        if training and (learned := [each for each in found if each.requires_grad]):
            torch.stack([each.float().mean() for each in learned]).sum().backward()
        outputs += [each.detach().float() for each in found]
    return outputs


def _floats(result: object) -> list[Tensor]:
    several = result if isinstance(result, tuple | list) else [result]
    return [each for each in several if isinstance(each, Tensor) and each.is_floating_point()]


def _agree(some: list[Tensor], others: list[Tensor]) -> bool:
    """Whether outputs are the same but for rounding."""
    if [each.shape for each in some] != [each.shape for each in others]:
        return False
    for one, other in zip(some, others, strict=True):
        largest = float(one.nan_to_num().abs().max()) if one.numel() else 0.0
        if not torch.allclose(one, other, rtol=0.0, atol=_TOLERANCE * largest, equal_nan=True):
            return False
    return True
