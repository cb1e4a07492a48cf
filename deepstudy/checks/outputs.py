"""What a network returned: the names of its outputs, and what they can be."""

import ast
import inspect
import re
import textwrap
from dataclasses import is_dataclass
from typing import Any

import torch
from torch import Tensor, nn

from deepstudy.checks.trace import tensors_in

#: Names of the main output.
LOGITS = ("logits", "out", "output", "pred", "prediction", "predictions", "scores")
#: Names of outputs that are no logits.
NO_LOGITS = re.compile(r"feat|emb|hidden|latent|recon|mu$|mean|var|sigma|std|^z$|^h$|attention|attn|loss", re.I)


def output_names(network: nn.Module, result: Any) -> list[str]:
    """Find the names of the tensors that a network returns.

    Arguments:
        network: the network.
        result: what it returned.

    Returns:
        A name for each tensor, as it is called in the result or in the `return` of `forward`; "" without one.
    """
    named = [(name, len(list(tensors_in(value)))) for name, value in _named(result) or _returned(network)]
    names = [name for name, count in named for _ in range(count)]
    count = len(list(tensors_in(result)))
    return names if len(names) == count else [""] * count


def _returned(network: nn.Module) -> list[tuple[str, Any]]:
    """The names in the last `return` of `forward`, if it returns a tuple of names, each with a placeholder."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(type(network).forward)))
    except (OSError, TypeError, SyntaxError):
        return []
    returns = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    if not returns or not isinstance(returns[-1], ast.Tuple):
        return []
    return [(getattr(each, "id", ""), torch.empty(0)) for each in returns[-1].elts]


def are_probabilities(output: Tensor) -> bool:
    """Say whether outputs are probabilities, as of a softmax.

    Arguments:
        output: (batch, classes).

    Returns:
        True if the outputs of each image are not negative and sum to 1.
    """
    return bool((output >= 0).all()) and bool(((output.sum(1) - 1).abs() < 1e-3).all())


def _named(result: Any) -> list[tuple[str, Any]]:
    """The parts of a result that have names."""
    if isinstance(result, dict):
        return [(str(key), value) for key, value in result.items()]
    if is_dataclass(result):
        return list(vars(result).items())
    return list(zip(result._fields, result, strict=True)) if hasattr(result, "_fields") else []
