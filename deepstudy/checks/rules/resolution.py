"""Small images lose their resolution too early.

The stems of ImageNet networks, a 7x7 convolution of stride 2 and a pooling, are made for images of 224 pixels. On 32
pixels only an 8x8 map remains, and what tells small images apart is lost before the network begins. Deeper down,
convolutions may slide windows over a single pixel: all but the middle of their weights only ever see padding.

Mend it: for 32 pixels begin with a 3x3 convolution of stride 1 and no pooling (He et al. 2015, section 4.2), or take
out strides.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import CONVOLUTIONS, Operation
from deepstudy.findings import Finding

_SMALL = 64  # pixels up to which an image has none to give away


def find(probe: Probe) -> Iterator[Finding]:
    """Look at what is left of a small image before the second convolution, and at windows on single pixels.

    Arguments:
        probe: the network under examination.

    Returns:
        At most two findings, both risks.
    """
    if len(probe.shape) != 3 or min(probe.shape[1:]) < 8:
        return
    side = probe.shape[1]
    windows = [each for each in probe.trace.of(CONVOLUTIONS) if _window(each) > 1 and len(each.shape) == 4]
    if side <= _SMALL and len(windows) > 3:
        stem, second = windows[0], windows[1]
        left = second.tensors[0].shape[2]
        if left * 4 <= side:
            yield Finding(
                "resolution",
                "risk",
                f"Of images of {side}x{probe.shape[2]} only {left}x{second.tensors[0].shape[3]} is left after the "
                f"first convolution ({_window(stem)}x{_window(stem)}, stride {_stride(stem)}) and pooling. Such a "
                "stem is made for 224 pixels; small images lose what tells them apart.",
                stem.spot,
                "For 32 pixels begin with `nn.Conv2d(3, 64, 3, stride=1, padding=1)` and no pooling.",
            )
    single = [each for each in windows if tuple(each.tensors[0].shape[2:]) == (1, 1)]
    if single:
        yield Finding(
            "resolution",
            "risk",
            f"{len(single)} of {len(windows)} convolutions slide windows over a single pixel (the first is "
            f"{single[0].label}): all but the middle of their weights only ever see padding.",
            single[0].spot,
            "Take out a stride or a pooling layer before it, or give the network larger images.",
        )


def _window(operation: Operation) -> int:
    return max(operation.tensors[1].shape[2:])


def _stride(operation: Operation) -> int:
    given, shape = operation.tensors[0].shape[2], operation.shape[2]
    return round(given / shape)
