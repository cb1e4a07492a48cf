"""All checks, in their order, and how they are run on a network."""

import inspect
import math
import random
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from torch import nn

from deepstudy.checks import (
    activations,
    batch_statistics,
    bias_before_norm,
    depth_signal,
    eval_randomness,
    final_relu,
    gradient_cut,
    hard_coded,
    hidden_modules,
    ignores_input,
    initial_loss,
    leak,
    no_gradient,
    nonlinearity,
    output_activation,
    output_shape,
    overfit,
    residual,
    resolution,
    seeding,
    shared_modules,
    softmax_dimension,
    state_dict,
    trace,
)
from deepstudy.checks.finding import Checked, Finding
from deepstudy.checks.subject import Subject, copies, guess_shape
from deepstudy.errors import InputError, is_memory

#: In the order in which they run: what the output is, what feeds it, how it behaves, how it learns.
CHECKS: Mapping[str, Callable[[Subject], Iterator[Finding]]] = MappingProxyType(
    {
        "output_shape": output_shape.check,
        "output_activation": output_activation.check,
        "softmax_dimension": softmax_dimension.check,
        "final_relu": final_relu.check,
        "nonlinearity": nonlinearity.check,
        "residual": residual.check,
        "resolution": resolution.check,
        "bias_before_norm": bias_before_norm.check,
        "hidden_modules": hidden_modules.check,
        "shared_modules": shared_modules.check,
        "leak": leak.check,
        "batch_statistics": batch_statistics.check,
        "ignores_input": ignores_input.check,
        "eval_randomness": eval_randomness.check,
        "hard_coded": hard_coded.check,
        "gradient_cut": gradient_cut.check,
        "no_gradient": no_gradient.check,
        "state_dict": state_dict.check,
        "seeding": seeding.check,
        "initial_loss": initial_loss.check,
        "activations": activations.check,
        "depth_signal": depth_signal.check,
        "overfit": overfit.check,
    }
)


def check_module(module: nn.Module, input: Sequence[int] | int | None = None, classes: int | None = None) -> Checked:
    """Examine a network that is there already, in this process; it is left as it was.

    `input` is the shape of one input without the batch, guessed from the first layer if it is left out.
    """
    if not isinstance(module, nn.Module):
        raise InputError(f"check examines an nn.Module or the name of one, not a {type(module).__name__}")
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        with torch.enable_grad():
            make = copies(module)
            given = (input,) if isinstance(input, int) else input
            shape = tuple(given) if given is not None else guess_shape(make)
            return examine(Subject(type(module).__name__, make, shape, classes, is_live=True))
    except RuntimeError as error:
        if "deepcopy" not in str(error):
            raise
        raise InputError("the module cannot be copied; check it before its first forward pass") from None
    finally:
        torch.set_flush_denormal(False)  # torch's default, which it does not let one read
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def examine(
    subject: Subject,
    told: Callable[[str], None] = lambda name: None,
    heard: Callable[[Sequence[Finding]], None] = lambda findings: None,
) -> Checked:
    """All checks on a subject; `told` hears the name of each before it runs, `heard` what it found.

    Raises InputError for what is no classifier.

    Denormal numbers are flushed to 0 from here on: signals that vanish become such, and make a CPU crawl.
    """
    torch.set_flush_denormal(True)
    ran: list[str] = []
    findings: list[Finding] = []
    told("forward")
    broken = _runs(subject)
    if broken is not None:
        findings.append(broken)
    else:
        for name, check in CHECKS.items():
            told(name)
            ran.append(name)
            before = len(findings)
            try:
                findings += check(subject)
            except Exception as error:  # what is not ours may raise anything; it is told, and the rest still runs
                if is_memory(error):
                    raise
                says = f"The check {name} could not be finished: {type(error).__name__}: {_line(error)}"
                findings.append(Finding(name, "note", says, "", "Look whether the network can be trained at all."))
            heard(findings[before:])
            if name == "output_shape" and any(finding.check == name for finding in findings):
                break  # nothing that follows means anything
    order = ("bug", "risk", "note")
    findings.sort(key=lambda finding: order.index(finding.severity))
    return Checked(
        subject.name,
        subject.shape,
        subject.classes,
        ("forward", *ran),
        tuple(findings),
        tuple(subject.notes),
    )


def _runs(subject: Subject) -> Finding | None:
    """Whether a batch goes through at all, in eval mode, in training mode and back."""
    _is_classifier(subject)
    for mode in ("eval", "training"):
        try:
            _ = subject.seen if mode == "eval" else subject.trained
        except InputError:
            return None  # of the output's shape, which has a check of its own
        except Exception as error:  # whatever the network raises
            if is_memory(error):
                raise
            size = "x".join(map(str, subject.shape))
            if (named := _hard_coded(subject, error)) is not None:
                return named
            return Finding(
                "forward",
                "bug",
                f"In {mode} mode a batch of inputs of {size} does not go through: {type(error).__name__}: "
                f"{_line(error)}",
                _where(error),
                "If the network takes another size, say so: --input C,H,W.",
            )
        if mode == "eval" and not _has_tensor(subject):
            return Finding("forward", "bug", "`forward` returns no tensor.", "", "End it with `return` and the logits.")
    return None


def _is_classifier(subject: Subject) -> None:
    """Raises InputError for networks that these checks are not for."""
    if isinstance(subject.network, torch.jit.ScriptModule):
        raise InputError(f"{subject.name}: is compiled already; check the network that it was made from")
    try:
        parameters = list(inspect.signature(subject.network.forward).parameters.values())
    except (TypeError, ValueError):  # compiled code has none
        parameters = []
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) > 1:
        names = ", ".join(parameter.name for parameter in required)
        raise InputError(
            f"{subject.name}: `forward` takes {len(required)} inputs ({names}); check is for networks of one"
        )
    with torch.no_grad():
        try:
            output = subject.scored(subject.network(subject.images()))
        except Exception:  # told by what follows, with its place
            return
    size = math.prod(subject.shape)
    if size > 100 and output[0].numel() == size and output.dim() > 1:
        raise InputError(
            f"{subject.name}: gives as many numbers as it takes; check is for networks that tell classes apart"
        )
    if len(subject.shape) == 3 and output.dim() == 4 and tuple(output.shape[2:]) == subject.shape[1:]:
        what = (
            "an image of the size of its input" if output.shape[1] == subject.shape[0] else "a map of its input's size"
        )
        raise InputError(f"{subject.name}: gives {what}; check is for networks that tell classes apart")


def _hard_coded(subject: Subject, error: Exception) -> Finding | None:
    """Why a batch does not go through, where that is because of a device or a batch size in the code."""
    where = _where(error)
    if "CUDA" in str(error) or "NVIDIA" in str(error):
        says = f"The network asks for a GPU by itself ({_line(error)})."
        remedy = "Leave the device to who uses the network: no `.cuda()` in it, and `torch.zeros(n, device=x.device)`."
        return Finding("hard_coded", "bug", says, where, remedy)
    for size in (1, 8, 10, 16, 32, 50, 64, 100, 128):
        try:
            with torch.no_grad():
                output = subject.scored(subject.network(subject.images(size)))
        except Exception:  # this size neither
            continue
        if output.dim() and output.shape[0] == size:
            says = f"Batches of {size} go through, and others do not ({_line(error)}): the batch size is in the code."
            remedy = "Take it from the input: `x.flatten(1)` or `x.view(x.size(0), -1)`."
            return Finding("hard_coded", "bug", says, where, remedy)
    return None


def _has_tensor(subject: Subject) -> bool:
    try:
        subject.scored(subject.seen[1])
    except StopIteration:
        return False
    return True


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if trace.is_own(frame.filename)]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
