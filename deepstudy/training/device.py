"""The machine that trains: device, precision, memory layout."""

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from deepstudy.errors import InputError
from deepstudy.record import MachineInfo
from deepstudy.training import fast_paths
from deepstudy.training.layout import LayoutChoice, lay_out, place

#: Multiply-adds an image from which bfloat16 pays. On two cores with AVX512-BF16 a step of a network of 3 million took
#: 1.1 to 1.5 times as long in it, one of 41 million (ResNet-20) 0.6 to 0.7 times.
_WORTH_CONVERTING = 15_000_000


@dataclass(frozen=True)
class Machine:
    """How runs use the machine: the same for every experiment of a study, so that their times can be compared.

    Only the memory layout depends on the network.

    Attributes:
        device: where it trains.
        precision: `32`, or `bf16` for bfloat16 where torch's autocast allows it.
        deterministic: whether torch refuses operations that do not give the same bits each time.
        layout: how images lie in memory: channels last, except for a network whose code needs torch's default.
    """

    device: torch.device
    precision: Literal["32", "bf16"] = "32"
    deterministic: bool = False
    layout: LayoutChoice = field(default_factory=LayoutChoice)

    def autocast(self, cached: bool = True) -> AbstractContextManager[Any]:
        """Open the context in which networks compute: bfloat16 where that is the precision.

        Arguments:
            cached: keep converted weights, for those that are used several times.
        """
        if self.precision == "32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16, cache_enabled=cached)

    def place_model(self, model: nn.Module) -> nn.Module:
        """Move a network to the device, in its memory layout.

        Arguments:
            model: the network; changed in place.
        """
        return place(model, self.device, self.layout.layout)

    def place_images(self, images: Tensor) -> Tensor:
        """Lay images out in memory as the network needs them.

        Arguments:
            images: (n, c, h, w).
        """
        return lay_out(images, self.layout.layout)

    def describe(self) -> MachineInfo:
        """What a record says of it."""
        gpu = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else None
        return MachineInfo(
            device=self.device.type,
            gpu=gpu,
            cpu=_processor(),
            cores=os.cpu_count(),
            threads=torch.get_num_threads(),
            system=f"{platform.system()} {platform.release()}",
            precision=self.precision,
            layout=self.layout.layout,
            layout_why=self.layout.why or None,
            deterministic=self.deterministic,
        )


def choose_machine(
    device: str, precision: str = "32", macs: Callable[[], Sequence[int]] = list, deterministic: bool = False
) -> Machine:
    """Choose device and precision.

    Arguments:
        device: `cpu`, `cuda`, `mps`, or `auto`: CUDA, else Apple's Metal, else the CPU.
        precision: `32`, `bf16`, or `auto`: bfloat16 if the processor has instructions for it and most networks are
            large enough to gain.
        macs: multiply-adds an image of each network; asked only for `auto`.
        deterministic: have torch refuse operations that do not give the same bits each time, in this process.

    Raises:
        InputError: if this machine has no such device.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name, is_there in there.items() if is_there)
    if not there[device]:
        raise InputError(f"device {device}: torch finds no such device on this machine; use --device cpu or auto")
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


def recorded_layout(machine: MachineInfo) -> LayoutChoice:
    """The memory layout of a recorded run.

    Arguments:
        machine: what the record says of the machine.

    Returns:
        The layout, with the reason for it.
    """
    return LayoutChoice("contiguous" if machine.layout == "contiguous" else "channels_last", machine.layout_why or "")


def multiplies_bfloat16(device: str) -> bool:
    """Say whether a device has instructions for bfloat16. Without them it takes a hundred times as long.

    Arguments:
        device: `cpu`, `cuda` or `mps`.
    """
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


def library_versions() -> dict[str, str]:
    """The versions a result depends on."""
    return {
        "deepstudy": version("deepstudy"),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
