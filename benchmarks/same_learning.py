"""Does the fast way learn the same? Stock PyTorch in float32 beside ours, with several seeds on a small budget.

Both train on the same images of CIFAR-10 or MNIST with the same recipe and their own random numbers, and are evaluated
on the same test images. The output has the mean accuracies, their difference, and its 90 % interval: both are
equivalent within any margin that contains it (two one-sided tests at 5 %).

    python benchmarks/same_learning.py [NETWORK]... [--seeds 3]
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
from pathlib import Path

import torch
from bench import CASES
from scipy import stats
from stock import Stock

from deepstudy import run
from deepstudy.study import load_study

#: Training images, test images, epochs: a minute or two a network and seed on two cores, more for the large ones.
BUDGETS = {
    "lenet5": (12000, 10000, 2),
    "small_cnn": (12000, 10000, 2),
    "resnet50_late": (4000, 2000, 2),
    "vgg16": (3000, 2000, 2),
    "resnet110": (2000, 1000, 2),
    "googlenet": (400, 500, 2),
    "resnet18": (2000, 1000, 2),
}
#: What differs from the benchmark: with the reports' own recipes these networks hardly learn in so few steps.
OTHERWISE = {
    "googlenet": ("bn-sgd-logits", "batch_size=16"),
    "resnet110": ("lr-0.01-logits", "batch_size=32"),
    "resnet18": ("r20-corrected", "batch_size=32"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(BUDGETS))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    if unknown := set(options.networks) - set(BUDGETS):
        parser.error(f"{min(unknown)}: is not a network of this benchmark; choose {', '.join(BUDGETS)}")
    for case in CASES:
        if case.name not in options.networks:
            continue
        images, tested, epochs = BUDGETS[case.name]
        experiment, *others = OTHERWISE.get(case.name, (case.experiment,))
        few = ("data.validation=0", f"data.train_images={images}", f"data.test_images={tested}", f"epochs={epochs}")
        overrides = (*case.overrides, *others, *few, "schedule=constant")  # stock knows no other
        theirs = []
        for seed in range(options.seeds):
            torch.manual_seed(seed)
            random.seed(seed)  # crops and flips
            stock = Stock(case.study, experiment, images, 0, overrides)
            for _ in range(epochs):
                stock.epoch()
            theirs.append(stock.accuracy())
            print(f"{case.name} stock seed {seed}: {theirs[-1]:.2f}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as out:
            study = load_study(case.study)
            wanted = {"seeds": options.seeds, "overrides": overrides, "out": Path(out)}
            records = run(study, [experiment], **wanted)
            ours = [record.at(epochs, "test").accuracy for record in records]
            precision = records[0].info.machine.precision
        print(
            json.dumps(compared(case.name, theirs, ours) | {"precision": precision, "images": images, "epochs": epochs})
        )


def compared(name: str, theirs: list[float], ours: list[float]) -> dict[str, object]:
    """Welch's 90 % interval of ours minus theirs, in percentage points."""
    difference = statistics.fmean(ours) - statistics.fmean(theirs)
    interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.90)
    return {
        "network": name,
        "stock": [round(value, 2) for value in theirs],
        "ours": [round(value, 2) for value in ours],
        "difference": round(difference, 2),
        "interval_90": [round(float(end), 2) for end in interval],
    }


if __name__ == "__main__":
    main()
