"""`check`: find bugs in the implementation of a network.

rules/           one kind of bug, one file; their names in `RULES`
examine.py       all rules, applied to one network
probe.py         a network that can be built again, its inputs, and its passes
trace.py         the operations of a forward pass: rules read this graph
result.py        what the rules found in one network
named.py         a network by name or file, checked in a child process
make_probe.py    the probe of a network by name
arguments.py     what a network is built with
inputs.py        the size of its input
known_inputs.py  what its file says about that size
networks.py      the networks of an executed file
execution.py     a file as a module, without its training and downloads
explorer.py      looks into what is not executed
executor.py      executes the harmless statements
executed_file.py what is known of a file after that
neighbours.py    files of its folder that it imports
allow_list.py    which statements and calls are harmless
guards.py        keeps what is executed from doing harm
stand_ins.py     data sets and loaders that need no download
outputs.py       what a network returned
attributes.py    the attributes that the code of a module reads
losses.py        the losses that a file applies to its networks
units.py         a file or notebook, read as units that can be executed
syntax.py        questions about syntax trees
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deepstudy.checks.result import CheckResult, UnsoundError
from deepstudy.checks.rules import RULES
from deepstudy.findings import Finding

if TYPE_CHECKING:
    from torch import nn

__all__ = ["RULES", "CheckResult", "Finding", "UnsoundError", "check"]


def check(
    model: "str | nn.Module",
    *,
    input: Sequence[int] | None = None,
    classes: int | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> CheckResult:
    """Find the bugs of a network.

    A module is checked in this process and does not change. A name is checked in a child process.

    Arguments:
        model: a module, or a name as on the command line: `lenet5`, `file.py:Name` or `package.module:Name`.
        input: the shape of one input, without the batch; by default a guess from the first layer.
        classes: how many outputs the network should have; by default any number.
        arguments: the arguments of the constructor, if the network is given by name.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: the network cannot be found or built, its input cannot be guessed, or it is not a classifier.

    Example:
        >>> deepstudy.check(Net(), input=(1, 28, 28), classes=10).raise_if_bugs()  # in your own test
        >>> [bug.says for bug in deepstudy.check("net.py:Net").bugs]
    """
    shape = tuple(input) if input is not None else None
    if not isinstance(model, str):
        from deepstudy.checks.examine import check_module

        return check_module(model, shape, classes)
    from deepstudy.checks.make_probe import CheckRequest
    from deepstudy.checks.named import check_named

    return check_named(CheckRequest(model, arguments or {}, shape, classes))
