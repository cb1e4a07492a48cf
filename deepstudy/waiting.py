"""How the threads of torch wait for each other: on a busy machine, without spinning.

A thread that waits at the end of a parallel loop spins for a while, because sleeping and waking take time. On an idle
machine that is the fastest way. On a busy one it takes the core from the thread that it waits for. Training LeNet-5 on
two cores beside three busy processes: 1,200 images/s with spinning, 3,100 without (median of 6, AMD EPYC, libgomp). On
the idle machine: 15,800 and 13,400. So threads spin where the machine is idle when the program starts.
"""

import os
import statistics
import sys
import time
from pathlib import Path

#: For GNU's OpenMP, which torch brings on Linux, and for LLVM's and Intel's, on macOS and Windows.
_SETTINGS = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "0"}
_CHOSEN_BY_USER = ("OMP_WAIT_POLICY", *_SETTINGS)
_LOAD, _SAMPLES = Path("/proc/loadavg"), 7
_BUSY = 0.6  # of the cores, in use before this program begins


def _running_now(unknown: float) -> float:
    """How many other threads run at this moment. The load still has those of a command that has just ended."""
    samples = []
    for _ in range(_SAMPLES):
        try:
            running = _LOAD.read_text().split()[3].partition("/")[0]
        except (OSError, IndexError):  # not Linux
            return unknown
        samples.append(int(running) - 1)
        time.sleep(0.01)
    return statistics.median(samples)


def avoid_spinning_if_busy() -> str:
    """Have threads wait without spinning if other programs use the machine. Call it before torch is imported.

    Returns:
        A sentence for the user; "" if the machine is idle, torch is already there, or the user has chosen.
    """
    if "torch" in sys.modules or any(name in os.environ for name in _CHOSEN_BY_USER) or not hasattr(os, "getloadavg"):
        return ""
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if load < _BUSY * cores or _running_now(cores) < _BUSY * cores:
        return ""
    os.environ.update(_SETTINGS)
    return f"The machine is busy (load {load:.1f} on {cores} cores), so waiting threads do not spin."
