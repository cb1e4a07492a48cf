"""The machine that trains: device, precision, memory layout, threads."""

import getpass
import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch import Tensor, nn

from deepstudy.errors import InputError
from deepstudy.training import fast_paths


@dataclass(frozen=True)
class Machine:
    """How a run uses the machine; the same for every experiment of a study, so that their times compare."""

    device: torch.device
    precision: Literal["32", "bf16"] = "32"
    deterministic: bool = False

    def autocast(self, cached: bool = True) -> AbstractContextManager[Any]:
        """The context in which networks compute: bfloat16 where that is the precision.

        `cached` keeps the weights that it has converted, for those that are used several times.
        """
        if self.precision == "32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16, cache_enabled=cached)

    def place_model(self, model: nn.Module) -> nn.Module:
        """`model` on the device, with channels last in memory."""
        return model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def place_images(self, images: Tensor) -> Tensor:
        """Images with channels last in memory."""
        return images.contiguous(memory_format=torch.channels_last)

    def describe(self) -> dict[str, Any]:
        """What a record says of it."""
        gpu = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else None
        return {
            "device": self.device.type,
            "gpu": gpu,
            "cpu": _processor(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "system": f"{platform.system()} {platform.release()}",
            "precision": self.precision,
            "layout": "channels_last",
            "deterministic": self.deterministic,
        }


def choose(
    device: str, precision: str = "32", macs: Callable[[], Sequence[int]] = list, deterministic: bool = False
) -> Machine:
    """The machine for `device` (`auto`: CUDA, else Apple's Metal, else the CPU) and `precision` (`auto`, `32`, `bf16`).

    `auto` takes bfloat16 where the processor multiplies it natively and the networks at hand, whose multiply-adds an
    image `macs` tells, are mostly large enough to gain by it; smaller ones lose more by converting. `deterministic` has
    torch refuse, in this process, whatever does not give the same bits each time. Raises InputError if the device is
    not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name, is_there in there.items() if is_there)
    if not there[device]:
        raise InputError(f"device {device}: torch finds none on this machine; use --device cpu or auto")
    if device == "cpu":
        fast_paths.reuse_freed_memory()
    if device == "cuda":
        torch.backends.cudnn.allow_tf32 = False  # precision 32 means 32
        torch.backends.cudnn.deterministic = True
    if precision == "auto":
        large = multiplies_bfloat16(device) and statistics.median([*macs()] or [0]) >= _WORTH_CONVERTING
        precision = "bf16" if large else "32"
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA's matrix products are first used
        torch.use_deterministic_algorithms(True)
        # It costs time, and nothing here reads such memory.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    return Machine(torch.device(device), "bf16" if precision == "bf16" else "32", deterministic=deterministic)


#: Multiply-adds an image from which bfloat16 pays. On two cores with AVX512-BF16 a step of a network of 3 million took
#: 1.1 to 1.5 times as long in it, one of 41 million (ResNet-20) 0.6 to 0.7 times.
_WORTH_CONVERTING = 15_000_000


def multiplies_bfloat16(device: str) -> bool:
    """Whether the device has instructions for it; without them, products of matrices take a hundred times as long."""
    if device == "cuda":
        return torch.cuda.get_device_capability() >= (8, 0)
    if device == "cpu":
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as file:
                flags = set(file.read().split())
        except OSError:  # not Linux
            return False
        return not flags.isdisjoint({"avx512_bf16", "amx_bf16", "bf16"})
    return False


def versions() -> dict[str, str]:
    """The versions a result depends on."""
    return {
        "deepstudy": version("deepstudy"),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


@contextmanager
def counted() -> Iterator[Callable[[], int | None]]:
    """Counts the processes that train on this machine, this one included, while it trains itself.

    Each holds a lock of its own in a folder of the user's. Gives a function that returns None where that cannot be.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"deepstudy-{getpass.getuser()}"
        folder.mkdir(parents=True, exist_ok=True)
        own = FileLock(folder / f"{os.getpid()}.lock")
        own.acquire(timeout=0)
    except (OSError, KeyError, ImportError, Timeout):  # getuser raises any of the first three
        yield lambda: None
        return

    def others() -> int:
        count = 0
        for path in folder.glob("*.lock"):
            if path != Path(own.lock_file):
                lock = FileLock(path)
                try:
                    lock.acquire(timeout=0)
                except Timeout:
                    count += 1
                else:  # its process is gone
                    lock.release()
                    path.unlink(missing_ok=True)
        return count

    try:
        yield lambda: 1 + others()
    finally:
        own.release()
        Path(own.lock_file).unlink(missing_ok=True)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
