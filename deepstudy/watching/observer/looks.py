"""What a tensor looks like, and the number in it."""

from typing import Any

from torch import Tensor


def is_outside(target: Tensor) -> bool:
    """Say whether a target has many values that no sigmoid gives.

    Arguments:
        target: the target of a loss.
    """
    return float(((target < -0.05) | (target > 1.05)).float().mean()) > 0.05


def number_of(tensor: Tensor) -> Any:
    """Take the number out of a tensor on the CPU. A tensor on another device stays: taking it would wait.

    Arguments:
        tensor: one number, without a gradient.

    Returns:
        The number, or the tensor; None for a tensor without numbers.
    """
    if tensor.device.type == "meta":
        return None  # a shape without numbers
    return tensor.item() if tensor.device.type == "cpu" else tensor


def looks_like(output: Tensor) -> str:
    """Say what kind of output a tensor looks like.

    Arguments:
        output: (n, classes), of a network.

    Returns:
        `softmax`, `log_softmax`, `sigmoid`, or "" for anything else.
    """
    values = output.detach().float()
    if values.numel() < 2 or not bool(values.isfinite().all()):
        return ""
    if values.dim() > 1 and values.shape[1] > 1:
        if bool((values >= 0).all()) and bool(((values.sum(1) - 1).abs() < 1e-3).all()):
            return "softmax"
        if bool((values <= 0).all()) and bool(((values.exp().sum(1) - 1).abs() < 1e-3).all()):
            return "log_softmax"
    return "sigmoid" if bool(((values >= 0) & (values <= 1)).all()) and bool((values != 0).any()) else ""
