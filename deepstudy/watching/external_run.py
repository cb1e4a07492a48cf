"""A watched program as a run of a study: a CSV file in the place of the run, which `report` reads."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from deepstudy.errors import InputError, did_you_mean
from deepstudy.files import write_atomically
from deepstudy.watching.result import Score, WatchResult

_COLUMNS = ("epoch", "split", "measure", "loss", "accuracy_percent", "correct", "images", "lr", "elapsed")


def find_place(
    study: str | None, experiment: str | None, seed: int | None, budget: str | None, runs: Path
) -> Path | None:
    """Find the place of a run before the program starts, so that a wrong name costs no training.

    Arguments:
        study: the study's name or file; None for no run.
        experiment: the experiment.
        seed: the seed.
        budget: the budget's name; None for the whole study.
        runs: the folder of all runs.

    Returns:
        Its CSV file; None without a study.

    Raises:
        InputError: an option is missing, there is no such experiment, or the run exists.
    """
    if study is None:
        if experiment is not None or seed is not None:
            raise InputError("--experiment and --seed belong to --study; name the study too")
        return None
    if experiment is None or seed is None:
        raise InputError("--study needs --experiment NAME and --seed N, to know which run the program is")
    from deepstudy.record.directory import run_path
    from deepstudy.study import load_study

    loaded = load_study(study)
    if experiment not in loaded.names():
        raise InputError(f"{study}: has no experiment {experiment}{did_you_mean(experiment, loaded.names())}")
    loaded.experiment(experiment, budget)
    folder = run_path(runs, loaded.name, budget, experiment, seed)
    path = folder.with_name(folder.name + ".csv")
    for taken in (path, folder / "run.json"):
        if taken.exists():
            raise InputError(f"{taken}: this run exists; delete it, or choose another --seed")
    return path


def write_run(result: WatchResult, path: Path) -> None:
    """Write the rounds of a program as the metrics of a run.

    Arguments:
        result: what the program did.
        path: the file.

    Raises:
        InputError: no round says which epoch and split it is of.
        OSError: the file cannot be written.
    """
    rows = metrics_rows(result.epochs)
    if not rows:
        raise InputError(f"{result.script}: no round has a loss or an accuracy of a known split; no run was written")
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.getvalue().encode())


def metrics_rows(scores: Sequence[Score]) -> list[dict[str, object]]:
    """Turn rounds into lines of a metrics file: one for each epoch and split, the last round of each.

    Arguments:
        scores: the rounds of a program. The network that was trained most often counts.

    Returns:
        The lines, by epoch.
    """
    trained = [each.network for each in scores if each.trained]
    if not trained:
        return []
    main = max(dict.fromkeys(trained), key=trained.count)
    cells: dict[tuple[int, str], dict[str, object]] = {}
    elapsed = 0.0
    for each in scores:
        if each.network != main or each.split == "unknown" or each.epoch < 1:
            continue
        elapsed += each.seconds if each.trained else 0.0
        key = (each.epoch, each.split)
        if not each.trained and each.split == "train" and key in cells:
            continue  # the running accuracy of an epoch stays; scored training images would be a second line
        cells[key] = {
            "epoch": each.epoch,
            "split": each.split,
            "measure": "running" if each.trained else "scored",
            "loss": "" if each.loss is None else each.loss,
            "accuracy_percent": "" if each.accuracy is None else each.accuracy,
            "correct": "" if each.correct is None else each.correct,
            "images": each.images,
            "lr": "" if each.lr is None else each.lr,
            "elapsed": round(elapsed, 3),
        }
    return [cells[key] for key in sorted(cells)]
