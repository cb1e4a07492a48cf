"""The network cannot process a batch.

The rule passes a small batch through the network in eval mode and in training mode. If that fails, no other rule runs.

## Why it matters
Nothing can be trained or measured before a batch passes. The quoted error names the operation that failed, and the
finding names its line. Code that crashes, hangs or exits while it is imported or built is reported here too.

## Example
The convolution returns 14x14 pixels, but the linear layer expects 16x16.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 16 * 16, 10)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).flatten(1))
```

## Not an error
A lazy layer has no input size at first. It takes the size from the first batch.
```python
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, stride=2)
        self.fc = nn.LazyLinear(10)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).flatten(1))
```

## How to fix
Print `x.shape` before the operation that failed, and give the layer that size. If the network needs another input, name
it: `deepstudy check net.py --input 1,28,28`.

## Source
Follows from how PyTorch works: a layer takes inputs of a fixed size (`torch.nn.Linear`). The output size of a
convolution is under "Shape" in the documentation of `torch.nn.Conv2d`.
"""

import math
import traceback
from collections.abc import Iterator
from pathlib import Path

import torch

from deepstudy.checks.inputs import choose_input, refuse_several_inputs
from deepstudy.checks.outputs import output_names
from deepstudy.checks.own_code import is_own
from deepstudy.checks.probe import BATCH, Probe
from deepstudy.checks.rules import in_place
from deepstudy.checks.trace import tensors_in
from deepstudy.errors import InputError, is_memory, one_line
from deepstudy.findings import Finding
from deepstudy.training.layout import choose_layout

_LONGEST = 320  # characters of an error that are quoted
_BATCH_SIZES = (1, 8, 10, 16, 32, 50, 64, 100, 128)  # sizes that networks often have in their code


def find(probe: Probe) -> Iterator[Finding]:
    """Pass a batch through the network in eval mode and in training mode, and look for a tensor in the result.

    Arguments:
        probe: the network under examination.

    Returns:
        At most one finding, a bug; of the rule `hard_coded` if the reason is a batch size or a device in the code, of
        `in_place` if the backward pass lacks what an operation overwrote. No other rule runs after it.

    Raises:
        InputError: the network is not a classifier, or the caller chose an input that it is not made for.
    """
    _refuse_other_networks(probe)
    for mode in ("eval", "training"):
        try:
            _ = probe.eval_pass if mode == "eval" else probe.training_pass
        except InputError:
            return  # the shape of the output is wrong, which is a finding of another rule
        except Exception as error:  # whatever the network raises
            if is_memory(error):
                raise
            yield _overwritten(probe, error) or _hard_coded(probe, error, mode) or _failed_pass(probe, error, mode)
            return
        if mode == "eval" and not _has_tensor(probe):
            yield Finding(
                "forward",
                "bug",
                "`forward` returns no tensor.",
                "",
                "End `forward` with a `return` of the logits, for example `return x`.",
            )
            return
    _note_layout(probe)


def _overwritten(probe: Probe, error: Exception) -> Finding | None:
    """The finding of the rule `in_place`, if the backward pass fails because of one."""
    return next(in_place.find(probe), None) if "modified by an inplace operation" in str(error) else None


def _refuse_wrong_input(probe: Probe, error: Exception) -> None:
    """Raise InputError if the caller chose a shape that the network is not made for, and another one works."""
    if not probe.is_given:
        return
    try:
        chosen = choose_input(probe.fresh)
    except InputError:
        return
    shape = chosen.shape
    if chosen.is_found:  # no usual size fits: the network's sizes do not fit each other
        return
    if shape != probe.shape and len(shape) == len(probe.shape):  # else it forgets to flatten
        given, fitting = ("x".join(map(str, each)) for each in (probe.shape, shape))
        raise InputError(
            f"{probe.name}: takes inputs of {fitting}, not {given} ({_quote(error)}); "
            f"write --input {','.join(map(str, shape))}"
        ) from error


def _failed_pass(probe: Probe, error: Exception, mode: str) -> Finding:
    _refuse_wrong_input(probe, error)
    size = "x".join(map(str, probe.shape))
    return Finding(
        "forward",
        "bug",
        f"In {mode} mode the network fails on a batch of {size} inputs ({_quote(error)}).",
        _where(error),
        "Fix the operation that fails. If the network takes inputs of another size, write --input C,H,W.",
    )


def _note_layout(probe: Probe) -> None:
    """Say how `run` would train a network whose code needs torch's default memory layout."""
    if len(probe.shape) == 3 and (why := choose_layout(probe.fresh, probe.images()).why):
        probe.notes.append(f"needs torch's default memory layout, so `run` trains it without channels_last: {why}")


def _refuse_other_networks(probe: Probe) -> None:
    """Raise InputError for networks that the rules cannot examine."""
    if isinstance(probe.network, torch.jit.ScriptModule) and hasattr(probe.network, "graph"):
        raise InputError(f"{probe.name}: is compiled; check the network that it was compiled from")
    try:
        refuse_several_inputs(probe.network)
    except InputError as error:
        raise InputError(f"{probe.name}: {error}") from None
    with torch.no_grad():
        try:
            result = probe.network(probe.images())
            output = probe.main_output(result)
        except Exception:  # the passes in `find` report it, with its place
            return
    size = math.prod(probe.shape)
    several = list(tensors_in(result))
    if len(several) > 1 and size > 100 and any(each.dim() > 1 and each[0].numel() == size for each in several):
        names = ", ".join(filter(None, output_names(probe.network, result))) or f"{len(several)} outputs"
        says = f"returns {names}, one of them as large as its input; check supports only classifiers"
        raise InputError(f"{probe.name}: {says}")
    if size > 100 and output[0].numel() == size and output.dim() > 1:
        raise InputError(f"{probe.name}: returns as many numbers as its input has; check supports only classifiers")
    if len(probe.shape) == 3 and output.dim() == 4 and tuple(output.shape[2:]) == probe.shape[1:]:
        same = output.shape[1] == probe.shape[0]
        what = "an image" if same else "a map"
        raise InputError(f"{probe.name}: returns {what} of the size of its input; check supports only classifiers")


def _hard_coded(probe: Probe, error: Exception, mode: str) -> Finding | None:
    """The finding of the rule `hard_coded`, if a batch fails because of a device or a batch size in the code."""
    where = _where(error)
    if "CUDA" in str(error) or "NVIDIA" in str(error):
        says = f"The network itself asks for a GPU ({_quote(error)})."
        remedy = (
            "Leave the device to the caller: remove `.cuda()`, and create tensors with "
            "`torch.zeros(n, device=x.device)`."
        )
        return Finding("hard_coded", "bug", says, where, remedy)
    network = probe.network if mode == "eval" else probe.fresh(training=True)
    for size in _BATCH_SIZES:
        try:
            with torch.no_grad():
                output = probe.main_output(network(probe.images(size)))
        except Exception:  # this size fails too
            continue
        if output.dim() and output.shape[0] == size:
            says = (
                f"In {mode} mode the network works with a batch of {size} and fails with a batch of {BATCH} "
                f"({_quote(error)}). The batch size is hard-coded."
            )
            remedy = "Take the batch size from the input: `x.flatten(1)` or `x.view(x.size(0), -1)`."
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
