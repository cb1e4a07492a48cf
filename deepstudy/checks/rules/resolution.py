"""Small images lose their resolution too early.

The rule looks at images of up to 64 pixels, and at convolutions on a single pixel.

## Why it matters
The first layers of ImageNet networks, a 7x7 convolution of stride 2 and a pooling layer, are made for 224 pixels.
They reduce 32x32 pixels to 8x8, so details are lost before the network begins. On a single pixel, a 3x3 convolution
sees only padding around it: eight of nine weights do nothing.

## Example
For images of 3x32x32:
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        layers = [nn.Conv2d(3, 16, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        for _ in range(3):
            layers += [nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
```

## Not an error
The same network for images of 3x96x96. The first layers leave 24x24 pixels.
```python
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        layers = [nn.Conv2d(3, 16, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        for _ in range(3):
            layers += [nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
```

## How to fix
For 32 pixels, begin with `nn.Conv2d(3, 64, 3, padding=1)` and no pooling. Against convolutions on a single pixel,
remove a stride or a pooling layer before them.

## Source
He et al. 2015, Deep Residual Learning, section 4.2: for CIFAR-10 the first layer is a 3x3 convolution.
The sizes are arithmetic: 32 / 2 / 2 = 8.
"""

from collections.abc import Iterator

from deepstudy.checks.probe import Probe
from deepstudy.checks.trace import CONVOLUTIONS, Operation
from deepstudy.findings import CheckSeverity, Finding

_SMALL = 64  # pixels up to which an image is small


def find(probe: Probe) -> Iterator[Finding]:
    """Look at the size of a small image before the second convolution, and at windows on single pixels.

    Arguments:
        probe: the network under examination.

    Returns:
        At most two findings: risks, or notes where the size of the images is only a guess.
    """
    if len(probe.shape) != 3 or min(probe.shape[1:]) < 8:
        return
    side = probe.shape[1]
    severity: CheckSeverity = "note" if probe.is_guess else "risk"
    windows = [each for each in probe.trace.of(CONVOLUTIONS) if _window(each) > 1 and len(each.shape) == 4]
    if side <= _SMALL and len(windows) > 3:
        stem, second = windows[0], windows[1]
        left = second.tensors[0].shape[2]
        if left * 4 <= side:
            yield Finding(
                "resolution",
                severity,
                f"After the first convolution ({_window(stem)}x{_window(stem)}, stride {_stride(stem)}) and pooling, "
                f"images of {side}x{probe.shape[2]} have only {left}x{second.tensors[0].shape[3]} pixels. Such layers "
                "are made for images of 224 pixels. Small images lose details that distinguish them.",
                stem.spot,
                "For 32 pixels, begin with `nn.Conv2d(3, 64, 3, stride=1, padding=1)` and no pooling.",
            )
    single = [each for each in windows if tuple(each.tensors[0].shape[2:]) == (1, 1)]
    if single:
        yield Finding(
            "resolution",
            severity,
            f"{len(single)} of {len(windows)} convolution{'s' * (len(windows) > 1)} with a window "
            f"{'has' if len(single) == 1 else 'have'} an input of a single pixel (the first is {single[0].label}). All "
            "weights but the middle ones only see padding.",
            single[0].spot,
            "Remove a stride or a pooling layer before it, or use larger images.",
        )


def _window(operation: Operation) -> int:
    return max(operation.tensors[1].shape[2:])


def _stride(operation: Operation) -> int:
    given, shape = operation.tensors[0].shape[2], operation.shape[2]
    return round(given / shape)
