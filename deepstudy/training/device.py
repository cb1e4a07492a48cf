"""The machine that trains: device, precision, memory layout, threads."""

import ctypes
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from deepstudy.errors import InputError


@dataclass(frozen=True)
class Machine:
    """How a run uses the machine; the same for every experiment of a study, so that their times compare."""

    device: torch.device
    precision: str = "32"
    layout: str = "channels_last"

    def place_model(self, model: nn.Module) -> nn.Module:
        """`model` on the device, in the layout."""
        return model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def place_images(self, images: Tensor) -> Tensor:
        """Images in the layout."""
        return images.contiguous(memory_format=torch.channels_last)

    def seed(self, seed: int) -> None:
        """Seed the device's generator."""
        torch.manual_seed(seed)

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
            "layout": self.layout,
        }


def choose(device: str) -> Machine:
    """The machine for `device` (`auto`: CUDA, else Apple's Metal, else the CPU).

    Raises InputError if the device is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name, is_there in there.items() if is_there)
    if not there[device]:
        raise InputError(f"device {device}: torch finds none on this machine; use --device cpu or auto")
    if device == "cpu":
        _keep_freed_memory()
    return Machine(torch.device(device))


def versions() -> dict[str, str]:
    """The versions a result depends on."""
    return {
        "deepstudy": version("deepstudy"),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _keep_freed_memory() -> None:
    """Have glibc reuse the large blocks of one step in the next, instead of having the kernel zero fresh ones.

    Activations of a few MB are otherwise mapped and unmapped at every step; the page faults took up to 40 % of the
    time of a step of lenet_1x1.
    """
    if platform.libc_ver()[0] == "glibc":
        trim_threshold, mmap_threshold, gigabyte = -1, -3, 1 << 30
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(mmap_threshold, gigabyte)
        mallopt(trim_threshold, gigabyte)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
