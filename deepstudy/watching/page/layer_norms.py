"""How large the gradients and weights of each layer were, round by round."""

import math
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from deepstudy.watching.evidence import ProgramEvidence

#: The upper ends of the shades: gradient norm divided by weight norm.
LIMITS = (1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, math.inf)


@dataclass(frozen=True)
class TensorNorms:
    """One tensor over time.

    Attributes:
        name: its name in the network.
        shades: (first round from 0, how many rounds, class): equal neighbours are one; `zero` without a gradient,
            `none` where no quotient exists.
        rounds: how many rounds.
        ratio: gradient norm divided by weight norm, at first and at last.
        weights: the norm of its weights, at first and at last.
        says: the same in words.
    """

    name: str
    shades: list[tuple[int, int, str]]
    rounds: int
    ratio: tuple[str, str]
    weights: tuple[str, str]
    says: str


@dataclass(frozen=True)
class NetworkNorms:
    """All tensors of a network.

    Attributes:
        name: its name on the page.
        matrices: its weights: tensors of layers that multiply.
        vectors: its biases and scales.
        rounds: how many rounds were recorded.
    """

    name: str
    matrices: list[TensorNorms]
    vectors: list[TensorNorms]
    rounds: int


def network_norms(evidence: ProgramEvidence, number: int, name: str) -> NetworkNorms | None:
    """Read the norms of a network.

    Arguments:
        evidence: the program.
        number: the number of the network.
        name: its name on the page.

    Returns:
        The norms; None if none were recorded.
    """
    network, arrays = evidence.network(number), evidence.program.arrays
    weights, gradients = (arrays.get(f"layers.{number}.{what}") for what in ("weights", "gradients"))
    if weights is None or gradients is None or not weights.size or len(network.tensors) != weights.shape[1]:
        return None
    norms = [_norms(tensor, weights[:, at], gradients[:, at]) for at, tensor in enumerate(network.tensors)]
    scales = {f"{layer}.weight" for layer, kind, _ in network.layers if "Norm" in kind}
    are_matrices = [each.rpartition(".")[2].startswith("weight") and each not in scales for each in network.tensors]
    return NetworkNorms(
        name,
        [each for each, is_matrix in zip(norms, are_matrices, strict=True) if is_matrix],
        [each for each, is_matrix in zip(norms, are_matrices, strict=True) if not is_matrix],
        len(weights),
    )


def _norms(name: str, weights: np.ndarray, gradients: np.ndarray) -> TensorNorms:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(weights > 0, gradients / weights, np.nan)
    kinds = [_shade(ratio, gradient) for ratio, gradient in zip(ratios.tolist(), gradients.tolist(), strict=True)]
    shades, at = [], 0
    for kind, same in groupby(kinds):
        count = len(list(same))
        shades.append((at, count, kind))
        at += count
    shown = ["no gradient" if kinds[end] == "zero" else _number(ratios[end]) for end in (0, -1)]
    norms = _number(weights[0]), _number(weights[-1])
    says = (
        f"{name}: gradient divided by weight {shown[0]} in the first round, {shown[1]} in the last; "
        f"weight {norms[0]}, then {norms[1]}"
    )
    return TensorNorms(name, shades, len(kinds), (shown[0], shown[1]), norms, says)


def _shade(ratio: float, gradient: float) -> str:
    if math.isnan(gradient) or gradient == 0:
        return "zero"
    if not math.isfinite(ratio):
        return "none"
    return f"shade{next(number for number, limit in enumerate(LIMITS) if ratio < limit)}"


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "–"
