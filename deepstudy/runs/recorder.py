"""The run.json of a run, from its start to its end."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

from deepstudy.catalog import is_built_in
from deepstudy.datasets import is_folder
from deepstudy.layer_table import LayerTable
from deepstudy.loading import Dataset
from deepstudy.record import (
    DataInfo,
    ModelSize,
    RecordedExperiment,
    Resumption,
    RunInfo,
    Status,
)
from deepstudy.runs.run import Run, RunState
from deepstudy.runs.sharing import most
from deepstudy.study.experiment import SplitName
from deepstudy.training import device
from deepstudy.training.setup import TrainingSetup


class RunRecorder:
    """Writes run.json when a run starts and when it ends, and counts who shares the machine meanwhile."""

    def __init__(
        self,
        run: Run,
        setup: TrainingSetup,
        layers: LayerTable,
        before: RunState,
        count_sharing: Callable[[], int | None],
    ) -> None:
        """Write run.json when a run starts or continues.

        Arguments:
            run: the run.
            setup: its data and machine.
            layers: the layer table of its network.
            before: what its directory held.
            count_sharing: counts the runs that share the machine; None where that is not known.
        """
        self.run, self.count_sharing = run, count_sharing
        self.sharing = most(before.info.runs_sharing_machine if before.info else None, count_sharing())
        self.info = _first_info(run, setup, layers, before, self.sharing)
        run.directory.write_info(self.info)

    def note_machine(self, machine: device.Machine) -> None:
        """Write the machine again, when its memory layout is known.

        Arguments:
            machine: the machine.
        """
        self.info = self.info.model_copy(update={"machine": machine.describe()})
        self.run.directory.write_info(self.info)

    def note_sharing(self) -> None:
        """Count again who shares the machine."""
        self.sharing = most(self.sharing, self.count_sharing())

    def finish(self, status: Status, why: str | None = None) -> None:
        """Write how the run ended.

        Arguments:
            status: how.
            why: the reason, if it is not complete.
        """
        metrics = self.run.directory.metrics()
        last = max((line.epoch for line in metrics), default=0)
        final = {line.split: line for line in metrics if line.epoch == last}
        end = {"status": status, "why": why, "ended": _now(), "epochs_done": last, "final": final or None}
        self.run.directory.write_info(self.info.model_copy(update={**end, "runs_sharing_machine": self.sharing}))


def _first_info(run: Run, setup: TrainingSetup, layers: LayerTable, before: RunState, sharing: int | None) -> RunInfo:
    return RunInfo(
        study=run.study.name,
        experiment=run.experiment,
        budget=run.budget,
        timing=run.timing,
        until_decided=run.until_decided,
        seed=run.seed,
        status="running",
        began=before.info.began if before.info else _now(),
        resumed=_resumptions(before.info),
        hash=run.hash,
        recipe_hash=run.recipe_hash,
        code_hashes=run.code_hashes,
        study_file=_study_file(run),
        folder=_folder_of_code(run),
        resolved=RecordedExperiment.from_experiment(run.resolved),
        overrides=list(run.overrides),
        versions=device.library_versions(),
        machine=setup.machine.describe(),
        runs_sharing_machine=sharing,
        data=_data_info(setup.data, setup.normalization()),
        model=ModelSize.from_table(layers),
        epochs_done=before.epochs,
    )


def _data_info(data: Dataset, normalization: tuple[list[float], list[float]]) -> DataInfo:
    mean, std = normalization
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
    """Where the study's file is, relative to the run; None for a built-in study."""
    if run.study.is_built_in:
        return None
    return os.path.relpath(run.study.path.resolve(), run.directory.path.resolve())


def _folder_of_code(run: Run) -> str | None:
    """Where a network or images of the user are looked up from, relative to the run; None if both are built in."""
    if is_built_in(run.resolved.model.name) and not is_folder(run.resolved.data.name):
        return None
    return os.path.relpath(run.study.path.parent.resolve(), run.directory.path.resolve())


def _resumptions(before: RunInfo | None) -> list[Resumption]:
    """When a run went on, and on which machine and versions it had been until then."""
    if before is None:
        return []
    now = Resumption(at=_now(), machine_before=before.machine, versions_before=before.versions)
    return [*before.resumed, now]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
