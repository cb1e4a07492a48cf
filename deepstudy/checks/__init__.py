"""`check`: is this implementation of a network sound? One file per kind of bug.

registry.py  all checks, in their order
trace.py     what happens in a forward pass: each check reads this graph
subject.py   a network that can be made anew, and its inputs
finding.py   what a check has to say
named.py     a network by name or file, examined in a child process
source.py    the networks in somebody's file or notebook, without running its script
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deepstudy.checks.finding import Checked, Finding, UnsoundError

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Checked", "Finding", "UnsoundError", "check"]


def check(
    model: "str | nn.Module",
    *,
    input: Sequence[int] | None = None,
    classes: int | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Checked:
    """Examine a network: a module that is there, or a name as on the command line, `file.py:Name`.

    `input` is the shape of one input without the batch, guessed from the first layer if it is left out; `classes`, if
    given, is held against the width of the output. A module is examined in this process and left as it was; a name in
    a child process, with `arguments` for its constructor. In a test: `deepstudy.check(module).raise_if_bugs()`.
    Raises InputError if the network cannot be found or made, or its input not guessed.
    """
    shape = tuple(input) if input is not None else None
    if not isinstance(model, str):
        from deepstudy.checks.registry import check_module

        return check_module(model, shape, classes)
    from deepstudy.checks.named import Asked, examine

    return examine(Asked(model, arguments or {}, shape, classes))
