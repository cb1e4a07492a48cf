"""Initial weights that a recipe asks for, instead of those of torch's layers."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import init
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

from deepstudy.errors import InputError

_FILL: Mapping[str, Callable[[Tensor], Tensor]] = {
    "xavier_uniform": init.xavier_uniform_,  # Glorot & Bengio 2010
    "xavier_normal": init.xavier_normal_,
    "kaiming_uniform": lambda weight: init.kaiming_uniform_(weight, nonlinearity="relu"),  # He et al. 2015
    "kaiming_normal": lambda weight: init.kaiming_normal_(weight, nonlinearity="relu"),
    # The first filters pass on one channel each, the rest stay as they were drawn (Zagoruyko & Komodakis 2017).
    "dirac": lambda weight: init.dirac_(weight[: weight.shape[1]]),
}


def initialize(
    model: nn.Module,
    conv: str = "default",
    linear: str = "default",
    norm: str = "default",
    first: str = "default",
    images: Callable[[], Tensor] | None = None,
) -> None:
    """Draw new weights, in the order of the modules; biases stay.

    Arguments:
        model: the network; changed in place.
        conv: how convolutions start; `default` keeps the weights of torch's layers.
        linear: how linear layers start.
        norm: `normal` draws BatchNorm scales from N(1, 0.02) and sets the shifts to 0.
        first: `whiten` makes the first convolution whiten patches of images.
        images: makes normalised images (n, c, h, w) to learn the whitening from.

    Raises:
        InputError: if the first convolution cannot whiten.
    """
    for module in model.modules():
        if isinstance(module, _ConvNd) and conv != "default":
            _FILL[conv](module.weight)
        elif isinstance(module, nn.Linear) and linear != "default":
            _FILL[linear](module.weight)
        elif isinstance(module, _NormBase) and norm == "normal":
            if isinstance(module.weight, nn.Parameter):
                init.normal_(module.weight, 1.0, 0.02)
            if module.bias is not None:
                init.zeros_(module.bias)
    if first == "whiten":
        if images is None:
            raise ValueError("whitening needs images")
        whiten(model, images())


def whiten(model: nn.Module, images: Tensor, least: float = 5e-4) -> None:
    """Set the first convolution's weights so that it whitens image patches, and freeze them.

    Its filters are the largest principal components of the patches, each divided by its standard deviation, then their
    negatives, since ReLU or GELU follows. Its bias starts at 0 and is trained (Page 2018, "How to train your ResNet",
    part 8; Jordan 2024, section 3.2).

    Arguments:
        model: the network; changed in place.
        images: normalised, (n, c, h, w).
        least: added to each variance, which keeps small what is mostly noise.

    Raises:
        InputError: if there is no such convolution.
    """
    layer = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
    c = images.shape[1]
    if layer is None or layer.in_channels != c or layer.groups != 1 or layer.out_channels % 2:
        raise InputError(
            "init.first: whiten needs a first convolution that takes the image and has an even number of filters"
        )
    size, filters = layer.kernel_size, layer.out_channels // 2
    if filters > c * size[0] * size[1]:
        raise InputError(
            f"init.first: whiten needs {filters} components for {layer.out_channels} filters, but a patch of "
            f"{c}x{size[0]}x{size[1]} has {c * size[0] * size[1]}; use fewer filters or a larger kernel"
        )
    patches = torch.nn.functional.unfold(images, size, stride=size).transpose(1, 2).flatten(0, 1)  # (m, c * kh * kw)
    variances, components = torch.linalg.eigh(torch.cov(patches.T.double()))  # rising; in columns
    chosen = (components / (variances + least).sqrt()).T.flip(0)[:filters]
    half = chosen.to(layer.weight.dtype).view(filters, c, *size)
    with torch.no_grad():
        layer.weight.copy_(torch.cat([half, -half]))
        if layer.bias is not None:
            layer.bias.zero_()
    layer.weight.requires_grad_(False)
