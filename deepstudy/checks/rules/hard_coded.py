"""A batch size, number type or device is written into the network.

A batch size in the code breaks the last, smaller batch of an epoch and any use with other batches. A number type breaks
half precision and bfloat16. A tensor that is made on one device breaks the others. The pass is tried with other batch
sizes, in double precision, and on torch's device without numbers, `meta`.

Mend it: take sizes, types and devices from the input: `x.flatten(1)`, `torch.zeros(n, device=x.device, dtype=x.dtype)`.
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch

from deepstudy.checks.probe import BATCH, Probe
from deepstudy.errors import one_line
from deepstudy.findings import Finding

_SIZES = (1, 2, 3, 5)
_LONGEST = 180  # characters of an error that are quoted


def find(probe: Probe) -> Iterator[Finding]:
    """Try other batch sizes, double precision and another device, each in eval mode.

    Arguments:
        probe: the network under examination.

    Returns:
        At most three findings: a bug for the batch size, risks for the number type and the device.
    """
    yield from _batch(probe)
    yield from _double(probe)
    yield from _device(probe)


def _batch(probe: Probe) -> Iterator[Finding]:
    failed = []
    for size in _SIZES:
        problem = _problem(probe, partial(_pass, probe, size), size)
        if problem:
            failed.append((size, problem))
    if failed:
        sizes = ", ".join(str(size) for size, _ in failed)
        yield Finding(
            "hard_coded",
            "bug",
            f"Batches of {sizes} do not go through in eval mode ({failed[0][1]}); a batch of {BATCH} does.",
            "",
            "Take the batch size from the input: `x.flatten(1)` or `x.view(x.size(0), -1)`; squeeze named dimensions "
            "only, `x.squeeze(2)`.",
        )


def _double(probe: Probe) -> Iterator[Finding]:
    if probe.dtype != torch.float32:
        return
    network = probe.fresh().double()
    problem = _problem(probe, lambda: network(probe.images().double()), BATCH)
    if problem:
        yield Finding(
            "hard_coded",
            "risk",
            f"A network in double precision does not run ({problem}): a number type is written into it, so bfloat16 "
            "and half precision will fail as well.",
            "",
            "Make new tensors like those at hand: `torch.zeros_like(x)`, `x.new_zeros(...)`, `torch.ones(n, "
            "dtype=x.dtype)`.",
        )


def _device(probe: Probe) -> Iterator[Finding]:
    network = probe.fresh().to("meta")
    problem = _problem(probe, lambda: network(probe.images().to("meta")), BATCH)
    # Other failures on `meta` are no news: what reads numbers (`.item()`) or lacks a kernel cannot run there.
    if problem and ("same device" in problem or "device meta" in problem or "cuda" in problem.lower()):
        yield Finding(
            "hard_coded",
            "risk",
            f"On another device than the CPU the network does not run ({problem}): a tensor is made, or kept, where "
            "`.to(device)` does not reach it.",
            "",
            "Make tensors where the input is, `torch.zeros(n, device=x.device)`, and keep fixed ones as buffers.",
        )


def _pass(probe: Probe, size: int) -> object:
    return probe.network(probe.images(size))


def _problem(probe: Probe, run: Callable[[], object], size: int) -> str:
    """What goes wrong in a pass, '' if nothing does."""
    try:
        with torch.no_grad():
            output = probe.main_output(run())
    except Exception as error:  # whatever the network raises
        return one_line(error)[:_LONGEST]
    return "" if output.dim() and output.shape[0] == size else f"the output is {tuple(output.shape)}"
