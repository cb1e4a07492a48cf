"""How fast training is here, beside the way that PyTorch's own examples write it.

Both train the same network with the same recipe on the same images. Each has its own process, and they take turns:
while one trains, the other waits. Ours is `deepstudy.training`, as every run uses it; stock is `stock.py` beside this
file: a DataLoader over transforms of single images, float32, torch's own layers.

    make bench
    python benchmarks/bench.py [NETWORK]... [--turns 5] [-o FILE] [--json]

It takes minutes. Run nothing else on the machine meanwhile.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import torch

from deepstudy.files import write_json
from deepstudy.layer_table import count_layers, macs_of
from deepstudy.loading import load
from deepstudy.process import Child, Parent
from deepstudy.record import RunDirectory
from deepstudy.study import load_study
from deepstudy.table import Table
from deepstudy.training import device, loop
from deepstudy.training.progress import Progress
from deepstudy.training.setup import TrainingSetup

WORKERS = (0, 2)  # of stock's DataLoader; the faster one counts


@dataclass(frozen=True)
class Case:
    """A network with the recipe of a study's experiment, and how many steps a turn has."""

    name: str
    study: str
    experiment: str
    steps: int
    overrides: tuple[str, ...] = ()


CASES = (
    Case("lenet5", "lenet-mnist", "lenet5", 400),
    Case("small_cnn", "small-cnn-cifar10", "logits", 200),
    Case("resnet50_late", "vgg-resnet50-cifar10", "resnet", 16, ("start_from=null",)),
    Case("vgg16", "vgg-resnet50-cifar10", "vgg", 8, ("start_from=null",)),
    Case("resnet110", "resnet-cifar10", "lr-0.01", 6),
    Case("googlenet", "googlenet-cifar10", "plain", 2),
    Case("resnet18", "resnet-cifar10", "r20-corrected", 6, ("model=resnet18",)),
)


@dataclass(frozen=True)
class Timing:
    """Images per second of both in each turn, and what our steps reach of the machine's matrix-multiply rate."""

    case: Case
    stock: Sequence[float]
    ours: Sequence[float]
    workers: int
    precision: str
    share: float

    @property
    def ratio(self) -> float:
        """Ours to stock, of the medians."""
        return statistics.median(self.ours) / statistics.median(self.stock)

    def as_json(self) -> dict[str, Any]:
        """For `--json` and the file of results."""
        return {
            "network": self.case.name,
            "study": self.case.study,
            "experiment": self.case.experiment,
            "overrides": list(self.case.overrides),
            "steps": self.case.steps,
            "stock_images_per_second": [round(value, 2) for value in self.stock],
            "ours_images_per_second": [round(value, 2) for value in self.ours],
            "ratio": round(self.ratio, 3),
            "stock_workers": self.workers,
            "precision": self.precision,
            "share_of_matmul_rate": round(self.share, 3),
        }


class Side:
    """One of the two sides that take turns, in its own process."""

    def __init__(self, target: str, case: Case, images: int, workers: int = 0) -> None:
        self.target = target
        self.answers: SimpleQueue[Any] = SimpleQueue()
        self.child = Child(target, self.answers.put)
        self.child.send(
            {
                "study": case.study,
                "experiment": case.experiment,
                "overrides": case.overrides,
                "images": images,
                "workers": workers,
            }
        )

    def turn(self) -> dict[str, Any]:
        """Let it take a turn, and return its answer."""
        self.child.send("turn")
        answer = self.answers.get()
        if answer is None:
            raise SystemExit(f"{self.target}: ended with exit code {self.child.wait()}; its error is above")
        return dict(answer)

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self.child.kill()
        self.child.wait()
        self.child.close()


def measure(case: Case, turns: int, rate: Callable[[str], float], note: Callable[[str], None]) -> Timing:
    """Let stock and ours take `turns` turns each, after one turn each to warm up.

    `rate` gives the machine's multiply-adds per second in a precision, `note` takes a line after each turn.
    """
    experiment = load_study(case.study).experiment(case.experiment, None, case.overrides)
    images = case.steps * experiment.batch_size
    with ExitStack() as stack:
        stocks = {workers: stack.enter_context(Side("stock:take_turns", case, images, workers)) for workers in WORKERS}
        ours = stack.enter_context(Side("bench:take_turns", case, images))
        seconds = {workers: side.turn()["seconds"] for workers, side in stocks.items()}
        seconds = {workers: side.turn()["seconds"] for workers, side in stocks.items()}  # the first one warms up
        workers = min(seconds, key=lambda key: seconds[key])
        about = ours.turn()
        pairs = []
        for number in range(turns):
            theirs = images / stocks[workers].turn()["seconds"]
            pairs.append((theirs, ours.turn()["images_per_second"]))
            note(f"{case.name}: turn {number + 1} of {turns}: stock {theirs:,.0f}, ours {pairs[-1][1]:,.0f} images/s")
    speed = statistics.median(pair[1] for pair in pairs)
    share = 3 * about["macs"] * speed / rate(about["precision"])  # forward, and backward for weights and for inputs
    return Timing(case, [a for a, _ in pairs], [b for _, b in pairs], workers, about["precision"], share)


def matmul_rates() -> dict[str, float]:
    """The machine's multiply-adds per second in each precision that a run may have here."""
    native = ["32", "bf16"] if device.multiplies_bfloat16("cpu") else ["32"]
    return {precision: _matmul_rate(torch.bfloat16 if precision == "bf16" else torch.float32) for precision in native}


def _matmul_rate(kind: torch.dtype, size: int = 2048) -> float:
    """Multiply-adds per second of a matrix product of `size`, the best of several."""
    one, other = torch.randn(size, size).to(kind), torch.randn(size, size).to(kind)
    best = min(_seconds(lambda: one @ other) for _ in range(12))
    return float(size**3 / best)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def document(timings: Sequence[Timing], rates: dict[str, float]) -> dict[str, Any]:
    """The result of a benchmark: the machine, the versions, the figures of each network."""
    return {
        "machine": device.choose_machine("cpu").describe().as_json(),
        "versions": device.library_versions(),
        "matmul_gflops": {name: round(2 * rate / 1e9, 1) for name, rate in rates.items()},
        "networks": [timing.as_json() for timing in timings],
    }


def write(document: dict[str, Any]) -> str:
    """`document` as a Markdown table, with a line about the machine."""
    rows = [
        [
            each["network"],
            _spread(each["stock_images_per_second"]),
            _spread(each["ours_images_per_second"]),
            f"{each['ratio']:.2f}x",
            each["precision"],
            f"{100 * each['share_of_matmul_rate']:.0f} %",
        ]
        for each in document["networks"]
    ]
    columns = ["network", "stock images/s", "ours images/s", "ratio", "precision", "of matmul"]
    table = Table(columns, rows, frozenset(range(1, 6))).write("markdown")
    machine, names = document["machine"], {"32": "float32", "bf16": "bfloat16"}
    rates = ", ".join(f"{rate:,.0f} GFLOP/s in {names[key]}" for key, rate in document["matmul_gflops"].items())
    turns = len(document["networks"][0]["stock_images_per_second"])
    where = f"{machine['cpu']}, {machine['threads']} threads, torch {document['versions']['torch']}"
    return f"{table}\n{where}; median (lowest - highest) of {turns} turns; matrix multiplication {rates}.\n"


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} - {max(values):,.0f})"


def take_turns(parent: Parent) -> None:
    """Train an epoch each time a message comes, and answer with the speed."""
    task = parent.receive()
    few = ("data.validation=0", f"data.train_images={task['images']}", "data.test_images=100", "epochs=100000")
    study = load_study(task["study"])
    experiment = study.experiment(task["experiment"], None, (*task["overrides"], *few))
    data = load(**experiment.data.model_dump())
    machine = device.choose_machine("cpu", "auto", lambda: macs_of(study))
    setup = TrainingSetup(experiment, 0, data, machine)
    macs = count_layers("", setup.build_model(), setup.train_split.shape).macs

    def on_progress(progress: Progress) -> None:
        if progress.finished:
            speed = progress.images_per_second
            parent.send({"images_per_second": speed, "precision": machine.precision, "macs": macs})
            if parent.receive() is None:
                sys.exit(0)

    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder))
        run.create()
        parent.receive()
        loop.train(setup, run, on_progress=on_progress)


def main(arguments: Sequence[str]) -> None:
    """Time the networks named on the command line, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="networks to time; all by default")
    parser.add_argument("--turns", type=int, default=5, help="turns of each side")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="also write the figures to this file, as JSON"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    known = {case.name: case for case in CASES}
    if unknown := [name for name in options.networks if name not in known]:
        parser.error(f"{unknown[0]}: is not a network of this benchmark; choose {', '.join(known)}")
    if options.turns < 1:
        parser.error(f"--turns {options.turns}: is too few; give 1 or more")
    rates = matmul_rates()
    timings: list[Timing] = []
    for name in options.networks or known:
        timings.append(
            measure(known[name], options.turns, rates.__getitem__, lambda line: print(line, file=sys.stderr))
        )
        if options.output is not None:  # after each network, so that a stopped benchmark keeps its figures
            options.output.parent.mkdir(parents=True, exist_ok=True)
            write_json(options.output, document(timings, rates))
    print(json.dumps(document(timings, rates), indent=2) if options.json else write(document(timings, rates)), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
