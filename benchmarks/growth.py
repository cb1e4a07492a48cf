"""How do time and memory grow with images, epochs, batch size and runs?

Each point is one process that runs `deepstudy run` with one experiment. Its wall-clock time and its largest resident
memory include everything from the start of the process.

    python benchmarks/growth.py [-o benchmarks/results/growth.json] [--chart docs/growth.svg]
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import altair as alt

from deepstudy.files import write_json
from deepstudy.training import device

STUDY, EXPERIMENT = "small-cnn-cifar10", "logits"
USUAL = {"images": 10_000, "epochs": 1, "batch size": 64, "runs": 1}
VARIED = {
    "images": (6_250, 12_500, 25_000, 50_000),
    "epochs": (1, 2, 4, 8),
    "batch size": (16, 64, 256, 1024),
    "runs": (1, 2, 4),
}


def measure(images: int, epochs: int, batch_size: int, runs: int) -> tuple[float, float]:
    """Seconds and MiB of a process that trains with these numbers."""
    settings = (f"data.train_images={images}", "data.test_images=2000", f"epochs={epochs}", f"batch_size={batch_size}")
    with tempfile.TemporaryDirectory() as out:
        what = [sys.executable, "-m", "deepstudy", "run", STUDY, EXPERIMENT, "--seeds", str(runs), "--out", out]
        began = time.perf_counter()
        process = os.posix_spawn(
            sys.executable,
            [*what, *(word for pair in settings for word in ("--set", pair))],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)],
        )
        _, status, used = os.wait4(process, 0)
        if status:
            raise SystemExit(f"{' '.join(what)}: ended with status {status}; run it to see its error")
        return time.perf_counter() - began, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("benchmarks/results/growth.json"))
    parser.add_argument("--chart", type=Path, default=Path("docs/growth.svg"))
    options = parser.parse_args()
    points = []
    measure(*USUAL.values())  # the first process reads everything from the disk
    for what, values in VARIED.items():
        for value in values:
            setting = USUAL | {what: value}
            seconds, memory = measure(*setting.values())
            points.append({"varied": what, **setting, "seconds": round(seconds, 2), "MiB": round(memory)})
            print(json.dumps(points[-1]), file=sys.stderr, flush=True)
    machine = device.choose_machine("cpu").describe().as_json()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    write_json(options.output, {"study": STUDY, "experiment": EXPERIMENT, "machine": machine, "points": points})
    charts = [_chart(points, what, measure_) for measure_ in ("seconds", "MiB") for what in VARIED]
    options.chart.parent.mkdir(parents=True, exist_ok=True)
    alt.vconcat(alt.hconcat(*charts[: len(VARIED)]), alt.hconcat(*charts[len(VARIED) :])).save(options.chart)


def _chart(points: list[dict], what: str, measured: str) -> alt.Chart:
    values = [{what: point[what], measured: point[measured]} for point in points if point["varied"] == what]
    return (
        alt.Chart(alt.Data(values=values))
        .mark_line(point=True)
        .encode(
            alt.X(f"{what}:Q", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4)),
            alt.Y(f"{measured}:Q", scale=alt.Scale(zero=True)),
        )
        .properties(width=150, height=120)
    )


if __name__ == "__main__":
    main()
