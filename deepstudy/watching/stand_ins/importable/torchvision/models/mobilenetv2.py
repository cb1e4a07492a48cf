"""MobileNetV2 (Sandler et al. 2018)."""

from typing import Any

from torch import Tensor, nn

from .weights import refuse_weights

#: Expansion, channels, blocks and first stride of each stage: table 2 of the paper.
_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


class Conv2dNormActivation(nn.Sequential):
    """A convolution that keeps the size at stride 1, batch normalisation and a ReLU6."""

    def __init__(self, channels: int, out: int, kernel_size: int = 3, stride: int = 1, groups: int = 1) -> None:
        padding = (kernel_size - 1) // 2
        conv = nn.Conv2d(channels, out, kernel_size, stride, padding, groups=groups, bias=False)
        super().__init__(conv, nn.BatchNorm2d(out), nn.ReLU6(inplace=True))
        self.out_channels = out


class InvertedResidual(nn.Module):
    """More channels, a convolution of each, then few again; with a shortcut where the shape stays."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        wide = inp * expand_ratio
        layers: list[nn.Module] = [] if expand_ratio == 1 else [Conv2dNormActivation(inp, wide, 1)]
        layers.append(Conv2dNormActivation(wide, wide, 3, stride, groups=wide))
        layers += [nn.Conv2d(wide, oup, 1, bias=False), nn.BatchNorm2d(oup)]
        self.conv = nn.Sequential(*layers)
        self.stride, self.out_channels = stride, oup
        self.use_res_connect = stride == 1 and inp == oup

    def forward(self, x: Tensor) -> Tensor:
        """(n, inp, h, w) to (n, oup, h / stride, w / stride)."""
        out: Tensor = self.conv(x)
        return x + out if self.use_res_connect else out


class MobileNetV2(nn.Module):
    """Inverted residuals; `width_mult` scales the channels, in multiples of `round_nearest`."""

    def __init__(
        self, num_classes: int = 1000, width_mult: float = 1.0, round_nearest: int = 8, dropout: float = 0.2
    ) -> None:
        super().__init__()
        channels = _rounded(32 * width_mult, round_nearest)
        self.last_channel = _rounded(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2)]
        for expansion, width, blocks, stride in _STAGES:
            out = _rounded(width * width_mult, round_nearest)
            for number in range(blocks):
                features.append(InvertedResidual(channels, out, stride if number == 0 else 1, expansion))
                channels = out
        features.append(Conv2dNormActivation(channels, self.last_channel, 1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, h, w) to (n, num_classes)."""
        out: Tensor = self.classifier(nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1)).flatten(1))
        return out


def _rounded(channels: float, multiple: int) -> int:
    """The nearest multiple that is not smaller by more than a tenth."""
    nearest = max(multiple, int(channels + multiple / 2) // multiple * multiple)
    return nearest if nearest >= 0.9 * channels else nearest + multiple


def mobilenet_v2(weights: Any = None, progress: bool = True, **kwargs: Any) -> MobileNetV2:
    """MobileNetV2."""
    return MobileNetV2(**refuse_weights("mobilenet_v2", weights, kwargs))
