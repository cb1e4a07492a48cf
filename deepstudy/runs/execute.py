"""One run in this process, or what is left of it: from its data to its record."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from filelock import FileLock, Timeout
from torch import Tensor

from deepstudy.catalog import MODELS
from deepstudy.datasets import is_folder
from deepstudy.errors import InputError
from deepstudy.layer_table import LayerTable, count_layers
from deepstudy.loading import Dataset
from deepstudy.record import (
    DataInfo,
    MachineInfo,
    ModelSize,
    RecordedExperiment,
    Resumption,
    RunInfo,
    Status,
)
from deepstudy.runs.interrupts import Interrupted
from deepstudy.runs.preflight import came_to_nothing, load_data, refuse_conflict
from deepstudy.runs.run import Run, RunListener
from deepstudy.study.experiment import SplitName
from deepstudy.training import artifacts, checkpoint, device, loop
from deepstudy.training.device import Machine
from deepstudy.training.guards import ends_only_this_run
from deepstudy.training.progress import Progress
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import InterruptedRunError


def in_turn(
    runs: Sequence[Run], machine: Machine, listener: RunListener, stop: Callable[[], int], at_least: int = 1
) -> None:
    """Do runs one after another.

    Arguments:
        runs: in their order.
        machine: where they train.
        listener: hears how they go.
        stop: asked after each step; gives the number of a signal to stop by, else 0.
        at_least: how many runs are known to share the machine, this one included; there may be more.

    Raises:
        InputError: for what cannot be run.
        Interrupted: soon after `stop()` gives a number, with the state saved.
    """
    with device.counted() as count_sharing:
        executor = Executor(machine, listener, stop, count_sharing, at_least)
        for run in runs:
            if stop():
                raise Interrupted(stop())
            executor.execute(run)


@dataclass
class Executor:
    """Does runs in this process.

    Attributes:
        machine: where they train.
        listener: hears how they go.
        stop: gives the number of a signal to stop by, else 0.
        count_sharing: counts the runs that share the machine, this one included; None where that is not known.
        at_least: how many are known to.
    """

    machine: Machine
    listener: RunListener
    stop: Callable[[], int] = field(default=lambda: 0)
    count_sharing: Callable[[], int | None] = field(default=lambda: None)
    at_least: int = 1

    def execute(self, run: Run) -> None:
        """Do a run, or what is left of it.

        Arguments:
            run: the run.

        Raises:
            InputError: if it cannot be done, or cannot go on from what its directory holds.
            Interrupted: after a signal, with the state saved.
        """
        with _locked(run):
            before = run.directory.info()
            if before and came_to_nothing(run, before):
                checkpoint.discard(run.directory.checkpoints)
                before = None
            refuse_conflict(run, before, self.machine)
            if run.is_complete:
                self.listener.on_start(run, run.experiment.epochs)
                self.listener.on_end(run, "skipped", "")
                return
            self.listener.on_start(run, run.directory.epochs())
            try:
                start = _start_weights(run)
            except _SourceFailedError as error:
                self.listener.on_end(run, "failed", str(error))
                return
            self._train(run, start, before)

    def _train(self, run: Run, start: Path | None, before: RunInfo | None) -> None:
        experiment, data = run.experiment, load_data(run)
        setup = TrainingSetup(
            experiment, run.seed, data, self.machine, run.study.path.parent, start, _epochs_to_keep(run)
        )
        layers = count_layers(experiment.model.name, setup.build_model(), setup.train_split.shape)
        run.directory.write_layers(layers)
        sharing = _most(before.runs_sharing_machine if before else None, self._sharing())
        info = _first_info(run, setup, layers, before, sharing)
        run.directory.write_info(info)

        def on_progress(progress: Progress) -> None:
            nonlocal sharing
            if progress.finished:
                sharing = _most(sharing, self._sharing())
            self.listener.on_progress(run, progress)

        def finish(status: Status, why: str | None) -> None:
            metrics = run.directory.metrics()
            last = max((line.epoch for line in metrics), default=0)
            final = {line.split: line for line in metrics if line.epoch == last}
            end = {"status": status, "why": why, "ended": _now(), "epochs_done": last, "final": final or None}
            run.directory.write_info(info.model_copy(update={**end, "runs_sharing_machine": sharing}))

        try:
            outputs: dict[str, Tensor] = {}  # when the splits were scored last
            model = loop.train(setup, run.directory, lambda: bool(self.stop()), on_progress, outputs.__setitem__)
            artifacts.save(setup, model, run.directory, outputs.get(experiment.roles.score_on))
        except InterruptedRunError:
            finish("interrupted", signal.Signals(self.stop()).name)
            raise Interrupted(self.stop()) from None
        except BaseException as error:
            breaks_late = isinstance(error, InputError) and run.directory.epochs() > 0
            ends_only_this = ends_only_this_run(error) or breaks_late
            why = " ".join(str(error).split()) if ends_only_this else f"{type(error).__name__}: {error}"
            finish("failed", why)
            if not ends_only_this:
                raise
            self.listener.on_end(run, "failed", why)
        else:
            finish("complete", None)
            self.listener.on_end(run, "complete", "")

    def _sharing(self) -> int | None:
        return _most(self.count_sharing(), self.at_least if self.at_least > 1 else None)


class _SourceFailedError(Exception):
    """The run that this one starts from failed."""


@contextlib.contextmanager
def _locked(run: Run) -> Iterator[None]:
    """Have a run directory, made if need be, for this process alone."""
    run.directory.create()
    lock = FileLock(run.directory.path / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{run.directory.path}: another process is doing this run; wait for it, or use another --out"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _epochs_to_keep(run: Run) -> frozenset[int]:
    """The epochs of a run that other experiments of the study start from, whether they were asked for or not."""
    epochs = set()
    for name in run.study.names():
        with contextlib.suppress(InputError):  # --set may not fit it: then it cannot be run with this one
            start = run.study.experiment(name, run.budget, run.overrides).start_from
            if start and start.experiment == run.name and start.epoch:
                epochs.add(start.epoch)
    return frozenset(epochs)


def _start_weights(run: Run) -> Path | None:
    """The checkpoint that a run starts from."""
    start = run.experiment.start_from
    if start is None:
        return None
    if start.file is not None:
        return run.study.path.parent / start.file
    source = run.source
    assert source is not None
    assert start.epoch is not None
    path = checkpoint.at_end_of(source.checkpoints, start.epoch)
    if path is None:
        if (info := source.info()) and info.status == "failed":
            raise _SourceFailedError(f"it starts from {start.experiment}, which failed: {info.why}")
        raise InputError(
            f"{source.path}: no checkpoint of epoch {start.epoch} was kept, and {run.name} starts from it; "
            f"delete that folder and run {start.experiment} again"
        )
    return path


def _first_info(
    run: Run, setup: TrainingSetup, layers: LayerTable, before: RunInfo | None, sharing: int | None
) -> RunInfo:
    """What run.json says of a run that begins or goes on."""
    return RunInfo(
        study=run.study.name,
        experiment=run.name,
        budget=run.budget,
        timing=run.timing,
        seed=run.seed,
        status="running",
        began=before.began if before else _now(),
        resumed=_resumed(before),
        hash=run.hash,
        recipe_hash=run.recipe_hash,
        code_hashes=run.code_hashes,
        study_file=_study_file(run),
        folder=_folder_of_code(run),
        resolved=RecordedExperiment.from_experiment(run.experiment),
        overrides=list(run.overrides),
        versions=device.versions(),
        machine=MachineInfo(**setup.machine.describe()),
        runs_sharing_machine=sharing,
        data=_data_info(setup.data, setup.normalisation()),
        model=ModelSize.from_table(layers),
        epochs_done=run.directory.epochs(),
    )


def _data_info(data: Dataset, normalisation: tuple[list[float], list[float]]) -> DataInfo:
    mean, std = normalisation
    return DataInfo(
        name=data.name,
        fingerprint=data.fingerprint,
        published=data.published,
        provenance=data.provenance,
        classes=len(data.classes),
        class_names=list(data.classes),
        splits={name: len(data.splits[name]) for name in get_args(SplitName) if name in data.splits},
        mean=mean,
        std=std,
    )


def _study_file(run: Run) -> str | None:
    """Where the study's file is, seen from the run; None for a study that is built in."""
    study = run.study
    if study.argument == study.name:
        return None
    return os.path.relpath(study.path.resolve(), run.directory.path.resolve())


def _folder_of_code(run: Run) -> str | None:
    """Where somebody's own network or images are looked up from, seen from the run; None where all is ours."""
    experiment = run.experiment
    if experiment.model.name in MODELS and not is_folder(experiment.data.name):
        return None
    return os.path.relpath(run.study.path.parent.resolve(), run.directory.path.resolve())


def _resumed(before: RunInfo | None) -> list[Resumption]:
    """When a run went on, and on which machine and versions it had been until then."""
    if before is None:
        return []
    now = Resumption(at=_now(), machine_before=before.machine, versions_before=before.versions)
    return [*before.resumed, now]


def _most(*counts: int | None) -> int | None:
    """The largest of the numbers that are known."""
    return max(filter(None, counts), default=None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
