"""All rules, applied to one network."""

import copy
import inspect
import math
import random
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from deepstudy.checks.probe import BATCH, Probe, guess_shape
from deepstudy.checks.result import CheckResult
from deepstudy.checks.rules import FORWARD, RULES
from deepstudy.checks.trace import is_own
from deepstudy.errors import InputError, is_memory, one_line
from deepstudy.findings import Finding, worst_first

_LONGEST = 320  # characters of an error that are quoted
_BATCH_SIZES = (1, 8, 10, 16, 32, 50, 64, 100, 128)  # that are likely to stand in somebody's code


def check_module(
    module: nn.Module, input: Sequence[int] | int | None = None, classes: int | None = None
) -> CheckResult:
    """Apply all rules to a module, in this process. The module stays as it was.

    Arguments:
        module: the network.
        input: the shape of one input, without the batch; by default a guess from the first layer.
        classes: the number of outputs that the network should have; by default any.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: it is no module or no classifier, cannot be copied, or its input cannot be guessed.
    """
    if not isinstance(module, nn.Module):
        raise InputError(f"check examines an nn.Module or the name of one, not a {type(module).__name__}")
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        with torch.enable_grad():
            make = partial(copy.deepcopy, module)
            sizes = (input,) if isinstance(input, int) else input
            shape = tuple(sizes) if sizes is not None else guess_shape(make)
            return examine(Probe(type(module).__name__, make, shape, classes, is_live=True))
    except RuntimeError as error:
        if "deepcopy" not in str(error):
            raise
        raise InputError("the module cannot be copied; check it before its first forward pass") from None
    finally:
        torch.set_flush_denormal(False)  # torch's default; torch does not let one read it
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def examine(
    probe: Probe,
    on_rule: Callable[[str], None] = lambda name: None,
    on_findings: Callable[[Sequence[Finding]], None] = lambda findings: None,
) -> CheckResult:
    """Apply all rules to a network.

    Denormal numbers are flushed to 0 from here on: signals that vanish become such, and make a CPU crawl.

    Arguments:
        probe: the network under examination.
        on_rule: is called with the name of each rule before it runs.
        on_findings: is called with the findings of each rule after it ran.

    Returns:
        The findings, the worst first, and the rules that ran.

    Raises:
        InputError: the network is no classifier.
    """
    torch.set_flush_denormal(True)
    ran = [FORWARD]
    findings: list[Finding] = []
    on_rule(FORWARD)
    broken = _try_passes(probe)
    if broken is not None:
        findings.append(broken)
    else:
        for name in RULES:
            on_rule(name)
            ran.append(name)
            new = _apply(name, probe)
            findings += new
            on_findings(new)
            if name == "output_shape" and new:
                break  # nothing that follows means anything
    return CheckResult(probe.name, probe.shape, probe.classes, tuple(ran), worst_first(findings), tuple(probe.notes))


def _apply(name: str, probe: Probe) -> list[Finding]:
    """The findings of one rule. A network may raise anything; that is a finding too, and the other rules still run."""
    findings: list[Finding] = []
    try:
        findings.extend(RULES[name].load()(probe))
    except Exception as error:
        if is_memory(error):
            raise
        says = f"The check {name} could not be finished: {_quote(error)}"
        findings.append(Finding(name, "note", says, "", "Look whether the network can be trained at all."))
    return findings


def _try_passes(probe: Probe) -> Finding | None:
    """What is wrong if a batch does not go through in eval mode, in training mode and back."""
    _refuse_other_networks(probe)
    for mode in ("eval", "training"):
        try:
            _ = probe.eval_pass if mode == "eval" else probe.training_pass
        except InputError:
            return None  # of the output's shape, which has a check of its own
        except Exception as error:  # whatever the network raises
            if is_memory(error):
                raise
            size = "x".join(map(str, probe.shape))
            if (finding := _hard_coded(probe, error)) is not None:
                return finding
            return Finding(
                FORWARD,
                "bug",
                f"In {mode} mode a batch of inputs of {size} does not go through: {_quote(error)}",
                _where(error),
                "If the network takes another size, say so: --input C,H,W.",
            )
        if mode == "eval" and not _has_tensor(probe):
            return Finding(FORWARD, "bug", "`forward` returns no tensor.", "", "End it with `return` and the logits.")
    return None


def _refuse_other_networks(probe: Probe) -> None:
    """Raise InputError for networks that these rules are not for."""
    if isinstance(probe.network, torch.jit.ScriptModule):
        raise InputError(f"{probe.name}: is compiled already; check the network that it was made from")
    try:
        parameters = list(inspect.signature(probe.network.forward).parameters.values())
    except (TypeError, ValueError):  # compiled code has none
        parameters = []
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) > 1:
        names = ", ".join(parameter.name for parameter in required)
        raise InputError(
            f"{probe.name}: `forward` takes {len(required)} inputs ({names}); check is for networks of one"
        )
    with torch.no_grad():
        try:
            output = probe.main_output(probe.network(probe.images()))
        except Exception:  # what follows finds it, with its place
            return
    size = math.prod(probe.shape)
    if size > 100 and output[0].numel() == size and output.dim() > 1:
        raise InputError(
            f"{probe.name}: gives as many numbers as it takes; check is for networks that tell classes apart"
        )
    if len(probe.shape) == 3 and output.dim() == 4 and tuple(output.shape[2:]) == probe.shape[1:]:
        same = output.shape[1] == probe.shape[0]
        what = "an image of the size of its input" if same else "a map of its input's size"
        raise InputError(f"{probe.name}: gives {what}; check is for networks that tell classes apart")


def _hard_coded(probe: Probe, error: Exception) -> Finding | None:
    """Why a batch does not go through, where that is because of a device or a batch size in the code."""
    where = _where(error)
    if "CUDA" in str(error) or "NVIDIA" in str(error):
        says = f"The network asks for a GPU by itself ({_quote(error)})."
        remedy = "Let the caller choose the device: no `.cuda()` in the network, and `torch.zeros(n, device=x.device)`."
        return Finding("hard_coded", "bug", says, where, remedy)
    for size in _BATCH_SIZES:
        try:
            with torch.no_grad():
                output = probe.main_output(probe.network(probe.images(size)))
        except Exception:  # this size neither
            continue
        if output.dim() and output.shape[0] == size:
            says = (
                f"A batch of {size} goes through, one of {BATCH} does not ({_quote(error)}): its size is in the code."
            )
            remedy = "Take it from the input: `x.flatten(1)` or `x.view(x.size(0), -1)`."
            return Finding("hard_coded", "bug", says, where, remedy)
    return None


def _has_tensor(probe: Probe) -> bool:
    try:
        probe.main_output(probe.eval_pass.result)
    except StopIteration:
        return False
    return True


def _quote(error: BaseException) -> str:
    return one_line(error)[:_LONGEST]


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
