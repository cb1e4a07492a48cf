"""The losses that a file applies to its networks, read from its text without executing it.

Whether a network may end in a softmax depends on the loss. Rules ask here before they assume cross-entropy.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deepstudy.checks.units import read_units
from deepstudy.errors import InputError

CROSS_ENTROPY, NLL, BCE, BCE_LOGITS, MSE, OTHER = "cross_entropy", "nll", "bce", "bce_logits", "mse", "other"

#: How each loss is called, the first match counts: torch's class, its function, and their relatives elsewhere.
_NAMES = (
    (BCE_LOGITS, re.compile(r"BCEWithLogitsLoss|binary_cross_entropy_with_logits|MultiLabelSoftMarginLoss")),
    (BCE, re.compile(r"BCELoss|binary_cross_entropy")),
    (CROSS_ENTROPY, re.compile(r"\w*CrossEntropy\w*|cross_entropy")),
    (NLL, re.compile(r"NLLLoss|nll_loss")),
    (MSE, re.compile(r"(?:MSE|L1|SmoothL1|Huber)Loss|(?:mse|l1|smooth_l1|huber)_loss")),
    (OTHER, re.compile(r"[A-Z]\w*Loss|(?:kl_div|multi_margin_loss|hinge_embedding_loss|cosine_embedding_loss)")),
)
#: What may stand between a network and its loss, by the names of its functions and classes.
_TRANSFORMS = {
    "log_softmax": "log_softmax",
    "LogSoftmax": "log_softmax",
    "log": "log",
    "softmax": "softmax",
    "Softmax": "softmax",
    "sigmoid": "sigmoid",
    "Sigmoid": "sigmoid",
}
_DEFINING = ("forward", "__init__")  # methods that belong to the network itself
_CONTAINERS = re.compile(r"Sequential|ModuleList|ModuleDict|OrderedDict|append|add_module|extend")


@dataclass(frozen=True)
class Losses:
    """The losses of a file.

    Attributes:
        uses: the place where each kind of loss is first made or called, in the order of the file.
        transforms: what is applied outside `forward`: `softmax`, `log_softmax`, `log`, `sigmoid`.
    """

    uses: Mapping[str, str] = field(default_factory=dict)
    transforms: frozenset[str] = frozenset()

    @property
    def are_known(self) -> bool:
        """Whether the file names a loss at all."""
        return bool(self.uses)

    def only(self, *kinds: str) -> bool:
        """Say whether all losses of the file are of these kinds.

        Arguments:
            kinds: some kinds.

        Returns:
            False also if the file names no loss.
        """
        return self.are_known and set(self.uses) <= set(kinds)

    def at(self, kind: str) -> str:
        """Name the place of a loss for a reader.

        Arguments:
            kind: a kind that the file uses.

        Returns:
            ` (train.py:31)`; empty if the place is not known.
        """
        return f" ({self.uses[kind]})" if self.uses[kind] else ""


#: `deepstudy run` trains networks with this loss.
OF_RUN = Losses({CROSS_ENTROPY: ""})


def losses_of(model: str) -> Losses:
    """Read the losses of the file that a network is in.

    Arguments:
        model: the name of the network as on the command line.

    Returns:
        The losses; none for a network that is not in a file.
    """
    where = model.rpartition(":")[0] or model
    if not where.endswith((".py", ".ipynb")):
        return Losses()
    try:
        return read_losses(Path(where))
    except InputError:  # the file cannot be read, and whoever builds the network says why
        return Losses()


def read_losses(path: Path) -> Losses:
    """Read the losses that a file makes or calls.

    Arguments:
        path: a `.py` file or an `.ipynb` notebook.

    Returns:
        The losses.

    Raises:
        InputError: the file cannot be read.
    """
    uses: dict[str, str] = {}
    transforms: set[str] = set()
    for unit in read_units(path):
        aliases = _aliases(unit.tree)
        for node, defines in _calls(unit.tree):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            name = aliases.get(name, name)
            kind = next((kind for kind, pattern in _NAMES if pattern.fullmatch(name)), None)
            if kind is not None:
                uses.setdefault(kind, f"{unit.label}:{node.lineno}")
            elif name in _TRANSFORMS and not defines:
                transforms.add(_TRANSFORMS[name])
    return Losses(uses, frozenset(transforms))


def _aliases(tree: ast.Module) -> dict[str, str]:
    """The names that imports give to other names: `from torch.nn import CrossEntropyLoss as CE`."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}


def _calls(node: ast.AST, defines: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """All calls, and whether each is part of a network's definition: in `forward`, or a layer of a container."""
    for child in ast.iter_child_nodes(node):
        inside = defines or (isinstance(child, ast.FunctionDef) and child.name in _DEFINING)
        if isinstance(child, ast.Call):
            yield child, inside
            inside = inside or bool(_CONTAINERS.fullmatch(ast.unparse(child.func).rpartition(".")[2]))
        yield from _calls(child, inside)
