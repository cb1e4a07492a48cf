"""A batch size, number type or device that is written into the network."""

from collections.abc import Callable, Iterator
from functools import partial

import torch

from deepstudy.checks.finding import Finding
from deepstudy.checks.subject import BATCH, Subject

_SIZES = (1, 2, 3, 5)


def check(subject: Subject) -> Iterator[Finding]:
    """Other batch sizes, double precision, and a device without numbers (`meta`), each in eval mode."""
    yield from _batch(subject)
    yield from _double(subject)
    yield from _device(subject)


def _batch(subject: Subject) -> Iterator[Finding]:
    failed = []
    for size in _SIZES:
        problem = _problem(subject, partial(_pass, subject, size), size)
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


def _double(subject: Subject) -> Iterator[Finding]:
    if subject.dtype != torch.float32:
        return
    network = subject.fresh().double()
    problem = _problem(subject, lambda: network(subject.images().double()), BATCH)
    if problem:
        yield Finding(
            "hard_coded",
            "risk",
            f"A network in double precision does not run ({problem}): a number type is written into it, so bfloat16 "
            "and "
            "half precision will fail as well.",
            "",
            "Make new tensors like those at hand: `torch.zeros_like(x)`, `x.new_zeros(...)`, `torch.ones(n, "
            "dtype=x.dtype)`.",
        )


def _device(subject: Subject) -> Iterator[Finding]:
    network = subject.fresh().to("meta")
    problem = _problem(subject, lambda: network(subject.images().to("meta")), BATCH)
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


def _pass(subject: Subject, size: int) -> object:
    return subject.network(subject.images(size))


def _problem(subject: Subject, run: Callable[[], object], size: int) -> str:
    """What goes wrong in a pass, '' if nothing does."""
    try:
        with torch.no_grad():
            output = subject.scored(run())
    except Exception as error:  # whatever the network raises
        return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
    return "" if output.dim() and output.shape[0] == size else f"the output is {tuple(output.shape)}"
