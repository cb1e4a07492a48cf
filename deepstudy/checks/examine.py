"""All rules, applied to one network."""

import copy
import random
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import nn

from deepstudy.checks.inputs import guess_shape
from deepstudy.checks.probe import Probe
from deepstudy.checks.result import CheckResult
from deepstudy.checks.rules import FORWARD, RULES
from deepstudy.errors import InputError, is_memory, one_line
from deepstudy.findings import Finding, worst_first

_LONGEST = 320  # characters of an error that are quoted
_DECISIVE = (FORWARD, "output_shape")  # after a finding of these, the other rules would say nothing useful


def check_module(
    module: nn.Module, input: Sequence[int] | int | None = None, classes: int | None = None
) -> CheckResult:
    """Apply all rules to a module, in this process. The module stays as it was.

    Arguments:
        module: the network.
        input: the shape of one input, without the batch; by default a guess from the first layer.
        classes: how many outputs the network should have; by default any number.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: it is not a module or not a classifier, cannot be copied, or its input cannot be guessed.
    """
    if not isinstance(module, nn.Module):
        raise InputError(f"check needs an nn.Module or the name of one; it got: {type(module).__name__}")
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        with torch.enable_grad():
            make = partial(copy.deepcopy, module)
            sizes = (input,) if isinstance(input, int) else input
            shape = tuple(sizes) if sizes is not None else guess_shape(make)
            given = input is not None
            return examine(Probe(type(module).__name__, make, shape, classes, is_live=True, is_given=given))
    except RuntimeError as error:
        if "deepcopy" not in str(error):
            raise
        raise InputError("the module cannot be copied; check it before its first forward pass") from None
    finally:
        torch.set_flush_denormal(False)  # torch's default, which cannot be read
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def examine(
    probe: Probe,
    on_rule: Callable[[str], None] = lambda name: None,
    on_findings: Callable[[Sequence[Finding]], None] = lambda findings: None,
) -> CheckResult:
    """Apply all rules to a network.

    From here on, denormal numbers are flushed to 0. Vanishing signals become denormal, and then a CPU is very slow.

    Arguments:
        probe: the network under examination.
        on_rule: is called with the name of each rule before it runs.
        on_findings: is called with the findings of each rule after it ran.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: the network is not a classifier.
    """
    torch.set_flush_denormal(True)
    ran: list[str] = []
    findings: list[Finding] = []
    for name in RULES:
        on_rule(name)
        ran.append(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the network, in each of its passes
            new = _apply(name, probe)
        findings += new
        on_findings(new)
        if new and name in _DECISIVE:
            break
    return CheckResult(probe.name, probe.shape, probe.classes, tuple(ran), worst_first(findings), tuple(probe.notes))


def _apply(name: str, probe: Probe) -> list[Finding]:
    """The findings of one rule. What a network raises in it becomes a finding too, and the other rules still run."""
    findings: list[Finding] = []
    try:
        findings.extend(RULES[name].load()(probe))
    except Exception as error:
        if is_memory(error) or name == FORWARD:  # which refuses networks that the rules cannot examine
            raise
        says = f"The rule {name} could not finish ({one_line(error)[:_LONGEST]})."
        findings.append(Finding(name, "note", says, "", "Check whether the network can be trained at all."))
    return [_placed(finding, probe.place) for finding in findings]


def _placed(finding: Finding, place: str) -> Finding:
    """The finding, with the line of the network itself if it names only a layer."""
    if not place or re.search(r":\d+", finding.where):
        return finding
    return replace(finding, where=f"{finding.where} ({place})" if finding.where else place)
