"""The runs in a folder: run directories, packed runs, CSV files of other loops, and recordings of `watch`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deepstudy.audits.measured.recordings import runs_of_recording
from deepstudy.audits.measured.values import MeasuredRun, RunValue
from deepstudy.errors import InputError
from deepstudy.external_runs.columns import read_metrics_file
from deepstudy.external_runs.metrics import metrics_of
from deepstudy.record import Collection, MetricsLine, RunDirectory, RunInfo
from deepstudy.record.collection import ARRAYS, LAYERS, LOGS, METRICS, RUNS

_RECORDING, _RUN = "recording.json", "run.json"
_OF_COLLECTION = {RUNS, METRICS, LAYERS, LOGS, *ARRAYS}
_TABLES = (".csv", ".tsv")
_SHOWN = 3  # names in a note


@dataclass(frozen=True)
class FolderOfRuns:
    """The runs in a folder.

    Attributes:
        folder: the folder, as it was given.
        runs: the runs, by their path.
        ignored: the files that are no runs; those that look like one, with what is wrong.
    """

    folder: str
    runs: tuple[MeasuredRun, ...]
    ignored: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """A sentence about the files that are no runs; "" if there are none."""
        if not self.ignored:
            return ""
        count = len(self.ignored)
        more = f", and {count - _SHOWN} more" if count > _SHOWN else ""
        names = "; ".join(self.ignored[:_SHOWN])
        return f"{self.folder}: {count} file{' is no run' if count == 1 else 's are no runs'}: {names}{more}."


def read_runs(folder: Path) -> FolderOfRuns:
    """Read all runs in a folder, and in the folders below it.

    Arguments:
        folder: the folder; or one CSV file.

    Returns:
        The runs. No code of theirs is run.

    Raises:
        InputError: there is no such folder, or no run in it can be read.
    """
    if not folder.exists():
        raise InputError(f"{folder}: does not exist; --runs takes a folder of runs")
    runs: list[MeasuredRun] = []
    ignored: list[str] = []
    for path, read in _candidates(folder):
        try:
            found = _READERS[read](path)
        except InputError as error:
            ignored.append(str(error))
            continue
        runs += [each for each in found if each.values]
        if not any(each.values for each in found):
            ignored.append(str(path))
    if not runs:
        why = f" ({ignored[0]})" if len(ignored) == 1 else ""
        kinds = "run directories, CSV files of metrics, or recordings of `deepstudy watch --recording DIR`"
        raise InputError(f"{folder}: holds no run with an accuracy or a loss{why}; --runs takes {kinds}")
    return FolderOfRuns(str(folder), tuple(runs), tuple(ignored))


def _candidates(path: Path) -> Iterator[tuple[Path, str]]:
    """What may be a run below a path, and by what it is read."""
    if path.is_file():
        yield path, "table" if path.suffix.lower() in _TABLES else "other"
        return
    try:
        entries = sorted(each for each in path.iterdir() if not each.name.startswith((".", "__pycache__")))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; make it readable") from None
    names = {each.name for each in entries}
    if _RECORDING in names:
        yield path, "recording"
    elif _RUN in names:
        yield path, "directory"
    else:
        if RUNS in names:
            yield path, "collection"
            entries = [each for each in entries if each.name not in _OF_COLLECTION]
        for each in entries:
            if each.is_file() or (each.is_dir() and not each.is_symlink()):
                yield from _candidates(each)


def _of_directory(path: Path) -> Sequence[MeasuredRun]:
    directory = RunDirectory(path)
    info = directory.info()
    assert info is not None  # run.json was seen
    return [_run_of(info, directory.metrics(max(info.resolved.epochs, info.epochs_done)), path)]


def _of_collection(path: Path) -> Sequence[MeasuredRun]:
    collection = Collection(path)
    infos = collection.infos()
    metrics = collection.metrics(infos)
    return [
        _run_of(info, metrics[info.experiment, info.seed], path / info.experiment / f"seed{info.seed}")
        for info in infos
    ]


def _run_of(info: RunInfo, metrics: Sequence[MetricsLine], path: Path) -> MeasuredRun:
    rate = (info.resolved.document.get("optimizer") or {}).get("lr")
    known = {
        "epochs": info.resolved.epochs,
        "batch_size": info.resolved.batch_size,
        "optimizer.lr": rate,
        "parameters": info.model.parameters,
        "seconds": max((line.elapsed for line in metrics if line.elapsed is not None), default=None),
    }
    return MeasuredRun(
        info.experiment,
        str(path.parent),
        str(path),
        tuple(_values(metrics)),
        info.seed,
        info.data.name,
        info.resolved.model.name,
        info.status == "complete",
        settings={key: float(value) for key, value in known.items() if isinstance(value, int | float)},
    )


def _of_table(path: Path) -> Sequence[MeasuredRun]:
    """A CSV file of somebody's own loop; whether it holds all epochs is not known, unless the loss ends it."""
    metrics, why = metrics_of(read_metrics_file(path, "train"), "train", {})
    values = tuple(_values(metrics))
    seed = path.stem.removeprefix("seed")
    is_seed = path.stem.startswith("seed") and seed.isdecimal()
    rates = [line.lr for line in metrics if line.lr is not None]
    return [
        MeasuredRun(
            path.parent.name if is_seed else path.stem,
            str(path.parent if is_seed else path),
            str(path),
            values,
            int(seed) if is_seed else None,
            is_complete=None if why is None else False,
            settings={"optimizer.lr": rates[0]} if len(set(rates)) == 1 else {},
            steps={quantity: _step(values, quantity) for quantity in ("accuracy", "loss")},
        )
    ]


def _values(metrics: Sequence[MetricsLine]) -> Iterator[RunValue]:
    for line in metrics:
        accuracy = 100 * line.correct / line.images if line.correct is not None and line.images else line.accuracy
        for quantity, value in (("accuracy", accuracy), ("loss", line.loss)):
            if value is not None:
                yield RunValue(quantity, line.split, line.epoch, value)


def _step(values: Sequence[RunValue], quantity: str) -> float:
    """What the last digit counts that any value of a quantity has."""
    texts = (f"{each.value:.6f}".rstrip("0") for each in values if each.quantity == quantity)
    decimals = [len(text.partition(".")[2]) for text in texts]
    return 10.0 ** -max(decimals) if decimals else 0.0


def _of_nothing(path: Path) -> Sequence[MeasuredRun]:
    return []


_READERS = {
    "recording": runs_of_recording,
    "directory": _of_directory,
    "collection": _of_collection,
    "table": _of_table,
    "other": _of_nothing,
}
