"""Optimizers by name: torch's own, and Muon for the filters of convolutions."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from deepstudy import catalog
from deepstudy.errors import InputError
from deepstudy.training import fast_paths


def build(name: str, options: Mapping[str, Any], parameters: Iterable[nn.Parameter]) -> Optimizer:
    """Build an optimizer of the parameters that are trained.

    A group of parameters may have a `share`: its learning rate is that part of the schedule's.

    Arguments:
        name: `sgd`, `adam`, `adamw` or `muon`.
        options: keyword arguments of its class.
        parameters: the network's parameters; those without `requires_grad` are left out.

    Returns:
        The optimizer.

    Raises:
        InputError: if there is nothing to train.
    """
    # `fused` updates all parameters in one loop; on a CPU torch would otherwise go from one to the next, which takes
    # 1.5 times as long (the 10 parameters of LeNet-5) to 5 times (the 190 of GoogLeNet, Adam).
    fused = {} if name == "muon" else {"fused": True}
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    if not trained:
        raise InputError("the network has no trainable parameter; set requires_grad=True for those to train")
    kind = catalog.OPTIMIZERS[name].import_target()
    return fast_paths.lean_optimizer(kind)(trained, **fused, **options)


class Muon(Optimizer):
    """Muon for filters, Adam for the rest.

    Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".

    The momentum of a convolution's filters, as a matrix (out, in * kh * kw), is replaced by the nearest
    semi-orthogonal one before it is added, so that all directions learn equally. Filters keep the length of an
    orthogonal matrix's rows, 1 each on average. So they need a normalisation after them that removes their scale.
    `torch.optim.Muon` is for matrices only and computes in bfloat16, which most CPUs do not have.

    Parameters other than convolution weights, which have four dimensions, are updated by Adam with the learning rate
    `rest_lr` and `betas`.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.1,
        momentum: float = 0.6,
        rest_lr: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.95),
    ) -> None:
        everything = list(parameters)
        filters = [parameter for parameter in everything if parameter.ndim == 4]
        rest = [parameter for parameter in everything if parameter.ndim != 4]
        groups: list[dict[str, Any]] = [{"params": filters}, {"params": rest, "lr": rest_lr, "share": rest_lr / lr}]
        super().__init__(
            [group for group in groups if group["params"]], {"lr": lr, "momentum": momentum, "betas": betas}
        )

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take a step. Under autocast the products of matrices are of its type."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    (self._turn if parameter.ndim == 4 else self._adam)(parameter, parameter.grad, group)

    def _turn(self, filters: nn.Parameter, gradient: Tensor, group: Mapping[str, Any]) -> None:
        state = self.state[filters]
        if not state:
            state["momentum"] = torch.zeros_like(filters)
        momentum = state["momentum"].mul_(group["momentum"]).add_(gradient)
        ahead = gradient.add(momentum, alpha=group["momentum"])  # Nesterov's
        filters.mul_(len(filters) ** 0.5 / filters.norm())
        filters.sub_(orthogonal(ahead.flatten(1)).view_as(filters), alpha=group["lr"])

    def _adam(self, parameter: nn.Parameter, gradient: Tensor, group: Mapping[str, Any]) -> None:
        """Kingma & Ba 2014, algorithm 1."""
        state = self.state[parameter]
        if not state:
            state |= {"step": 0, "mean": torch.zeros_like(parameter), "square": torch.zeros_like(parameter)}
        state["step"] += 1
        beta1, beta2 = group["betas"]
        mean = state["mean"].lerp_(gradient, 1 - beta1) / (1 - beta1 ** state["step"])
        square = state["square"].lerp_(gradient.square(), 1 - beta2) / (1 - beta2 ** state["step"])
        parameter.addcdiv_(mean, square.sqrt_().add_(1e-8), value=-group["lr"])


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """Approximate the nearest semi-orthogonal matrix: U V^T of the singular value decomposition.

    A Newton-Schulz iteration of fifth order. Muon's coefficients take every singular value to between about 0.7 and 1.2
    in few steps instead of to 1 in many.

    Arguments:
        matrix: (m, n).
        steps: of the iteration.

    Returns:
        A matrix (m, n).
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    nearest: Tensor = (x.T if tall else x).to(matrix.dtype)
    return nearest
