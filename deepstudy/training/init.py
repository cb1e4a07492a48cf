"""Initial weights that a recipe asks for instead of those torch's layers start with."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn
from torch.nn import init
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

_FILL: Mapping[str, Callable[[Tensor], Tensor]] = {
    "xavier_uniform": init.xavier_uniform_,  # Glorot & Bengio 2010
    "xavier_normal": init.xavier_normal_,
    "kaiming_uniform": lambda weight: init.kaiming_uniform_(weight, nonlinearity="relu"),  # He et al. 2015
    "kaiming_normal": lambda weight: init.kaiming_normal_(weight, nonlinearity="relu"),
}


def initialise(model: nn.Module, conv: str = "default", linear: str = "default", norm: str = "default") -> None:
    """Draw the weights of convolutions and linear layers anew, in the order of the modules; biases stay.

    `norm="normal"` draws BatchNorm scales from N(1, 0.02) and sets the shifts to 0.
    """
    for module in model.modules():
        if isinstance(module, _ConvNd) and conv != "default":
            _FILL[conv](module.weight)
        elif isinstance(module, nn.Linear) and linear != "default":
            _FILL[linear](module.weight)
        elif isinstance(module, _NormBase) and norm == "normal" and module.affine:
            init.normal_(module.weight, 1.0, 0.02)
            init.zeros_(module.bias)
