"""How much faster are CUDA graphs? Training steps with and without recorded passes, in turn, on the GPU here.

    python benchmarks/graphs.py > benchmarks/results/graphs-NAME.json

The first steps of each turn do not count, since they record the graph.
"""

import contextlib
import json
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest import mock

import torch

from deepstudy.loading import load
from deepstudy.record import RunDirectory
from deepstudy.study import load_study
from deepstudy.training import device, guards, loop
from deepstudy.training.forward import ForwardPass
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import TrainingStopped

CASES = {
    "resnet20": ("resnet-cifar10", "r20-switch", ()),
    "resnet110": ("resnet-cifar10", "switch", ()),
    "resnet50_late": ("vgg-resnet50-cifar10", "resnet", ("start_from=null",)),
}
WARM_UP, SECONDS, TURNS = 8, 0.8, 3


def main() -> None:
    machine = device.choose_machine("cuda", "bf16")
    networks = {}
    for name, (study, experiment, overrides) in CASES.items():
        few = ("epochs=1000", "data.validation=0", "data.train_images=20000")
        recipe = load_study(study).experiment(experiment, None, (*overrides, *few))
        setup = TrainingSetup(recipe, 0, load(**recipe.data.model_dump()), machine)
        times: dict[str, list[float]] = {"eager": [], "recorded": []}
        for _ in range(TURNS):
            for kind in times:
                times[kind].append(round(1000 * seconds_a_step(setup, kind == "recorded"), 2))
                print(f"{name} {kind}: {times[kind][-1]} ms", file=sys.stderr, flush=True)
        networks[name] = {"batch_size": recipe.batch_size, "milliseconds": times, "ratio": ratio(times)}
    versions = device.library_versions()
    json.dump(
        {"machine": machine.describe().as_json(), "versions": versions, "networks": networks}, sys.stdout, indent=2
    )


def ratio(times: dict[str, list[float]]) -> float:
    return round(statistics.median(times["eager"]) / statistics.median(times["recorded"]), 2)


def seconds_a_step(setup: TrainingSetup, recorded: bool) -> float:
    """The mean time of a step after the first ones."""
    steps, began, ended = 0, 0.0, 0.0

    def stop() -> bool:
        nonlocal steps, began, ended
        steps += 1
        if steps == WARM_UP:
            torch.cuda.synchronize()
            began = time.perf_counter()
        if steps > WARM_UP and time.perf_counter() - began > SECONDS:
            torch.cuda.synchronize()
            ended = time.perf_counter()
        return bool(ended)

    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder))
        run.create()
        eager = partial(ForwardPass, record=False)
        with (
            contextlib.suppress(TrainingStopped),
            nullcontext() if recorded else mock.patch.object(guards, "ForwardPass", lambda *a, record: eager(*a)),
        ):
            loop.train(setup, run, stop)
    return (ended - began) / (steps - WARM_UP)


if __name__ == "__main__":
    main()
