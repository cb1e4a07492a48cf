"""Experiments x seeds: which runs a study asks for, in what order, and each of them done.

A run that is complete is skipped, one that was cut short goes on where it was. Seeds come in the outer loop, so that
a study that is stopped half-way has every experiment done equally often. They are done in this process, one after
another, or by `workers` at the same time.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Literal, Protocol, get_args

from filelock import FileLock, Timeout
from torch import Tensor

from deepstudy import models
from deepstudy.catalog import MODELS, is_folder
from deepstudy.datasets import Dataset, load
from deepstudy.datasets.files import digest
from deepstudy.errors import InputError
from deepstudy.layer_table import LayerTable, count_layers, macs_of
from deepstudy.record import (
    Collection,
    DataInfo,
    MachineInfo,
    ModelSize,
    Record,
    RecordedExperiment,
    Resumption,
    RunDirectory,
    RunInfo,
    read_records,
    run_path,
    timing_label,
)
from deepstudy.study import Experiment, Study, load_study
from deepstudy.study.experiment import SplitName
from deepstudy.training import checkpoint, device, loop, pictures
from deepstudy.workers import Job, Workers, how_many

TIMING_EPOCHS, TIMING_SEEDS = 3, 5  # of runs that are made for their times

Outcome = Literal["complete", "skipped", "failed"]


@dataclass(frozen=True)
class Run:
    """One experiment with one seed under one budget, and where it is recorded."""

    study: Study
    name: str
    experiment: Experiment
    seed: int
    budget: str | None
    overrides: tuple[str, ...]
    directory: RunDirectory
    timing: bool = False

    @property
    def hash(self) -> str:
        """What makes two runs the same: `recipe_hash` and `code_hashes`, joined."""
        return "-".join([self.recipe_hash, *self.code_hashes])

    @property
    def recipe_hash(self) -> str:
        """A digest of the experiment."""
        return self.experiment.hash()

    @property
    def code_hashes(self) -> tuple[str, ...]:
        """Digests of the code of a network that is not ours, and of what the run starts from."""
        folder, start = self.study.path.parent, self.experiment.start_from
        files = models.sources_of(self.experiment.model.name, folder)
        files += [folder / start.file] if start and start.file else []
        parts = [digest([path.read_bytes()]) for path in files if path.is_file()]
        if start and start.experiment:
            source = self.study.experiment(start.experiment, self.budget, self.overrides)
            first = replace(self, name=start.experiment, experiment=source)
            parts += [first.recipe_hash, *first.code_hashes]
        return tuple(parts)

    @property
    def source(self) -> RunDirectory | None:
        """The run of another experiment, with the same seed, that this one starts from."""
        start = self.experiment.start_from
        if start is None or start.experiment is None:
            return None
        return RunDirectory(self.directory.path.parent.parent / start.experiment / self.directory.path.name)


class Watcher(Protocol):
    """Somebody who is told how things go; see `cli.progress`."""

    def begin(self, run: Run, number: int, total: int, finished_epochs: int) -> None:
        """A run begins, or goes on after `finished_epochs`."""

    def look(self, run: Run, progress: loop.Progress) -> None:
        """A run has come so far."""

    def end(self, run: Run, outcome: Outcome, why: str) -> None:
        """A run has ended."""


class _SourceFailedError(Exception):
    """The run that this one starts from failed."""


class Interrupted(Exception):  # noqa: N818 - an event, not an error
    """A signal came; the state of what was running is saved."""

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.number = number


def run(
    study: Study | str | Path,
    experiments: Sequence[str] = (),
    *,
    seeds: int | None = None,
    budget: str | None = None,
    overrides: Sequence[str] = (),
    out: Path | str = "runs",
    device: str | None = None,
    precision: str = "auto",
    deterministic: bool = False,
    timing: bool = False,
    workers: int | Literal["auto"] = 1,
    watcher: Watcher | None = None,
) -> list[Record]:
    """Do the experiments of a study (all of them, or those named) over seeds, and return the records.

    `overrides` are pairs like `optimizer.lr=0.1`. What is complete in `out` is not done again. `deterministic` has
    torch refuse what does not give the same bits each time. With `timing`, runs of a few epochs, recorded beside the
    others, that are made for their times: the experiments take turns, seed by seed, and only claims about time read
    them. With 2 or more `workers`, so many processes do runs at the same time; with 1 all happens in this one, and
    `auto` is as many as the study gains by.

    Raises InputError for what cannot be run; Interrupted after SIGINT or SIGTERM. A run whose loss leaves the finite
    numbers, or whose network breaks once an epoch is done, has the status `failed`; the others are done all the same.
    So they are if a worker dies, whose run then has the status that it left, `running`.
    """
    if workers != "auto" and workers < 1:
        raise InputError(f"workers: {workers}; give 1 or more, or auto")
    if timing and workers != 1:
        raise InputError("timing: runs that share the machine decide no claim about time; leave --workers out")
    study = study if isinstance(study, Study) else load_study(study)
    out = Path(out)
    watcher = watcher or Silent()
    todo = list(plan(study, experiments, seeds=seeds, budget=budget, overrides=overrides, out=out, timing=timing))
    for folder in {one.directory.path.parent.parent for one in todo}:
        if Collection.within(folder):
            raise InputError(f"{folder}: holds packed runs, to which none can be added; choose another --out")
    left = [one for one in todo if not _is_complete(one)]
    for one in left:
        _load(one)  # a download can still be interrupted in the usual way
    machine = _device.choose(
        device or study.device, _precision(study, budget, out, precision), lambda: macs_of(study), deterministic
    )
    if left and precision == "auto" and machine.precision == "bf16" and not _multiplies_bfloat16(machine):
        raise InputError(
            f"{out / study.name / (budget or 'full')}: holds runs in bfloat16, which this machine is many "
            "times slower in; go on where they were begun, use another --out, or give --precision bf16 all the same"
        )
    for one in todo:  # before the first of them trains for hours
        _refuse(one, one.directory.info(), machine)
    for one in {one.name: one for one in left}.values():
        _refuse_broken(one)
    count = how_many(workers, machine, len(todo), lambda: macs_of(study)) if left else 1
    if count == 1:
        with signals() as received:
            in_turn(todo, machine, watcher, lambda: received[0] if received else 0)
    else:
        _side_by_side(todo, count, machine, watcher)
    wanted = {(one.name, one.seed) for one in todo}
    return [
        record
        for record in read_records(out, study.name, timing_label(budget) if timing else budget, study.names())
        if (record.experiment, record.seed) in wanted
    ]


_device = device  # the module; in `run`, a parameter has its name


def _multiplies_bfloat16(machine: device.Machine) -> bool:
    return device.multiplies_bfloat16(machine.device.type)


def plan(
    study: Study,
    experiments: Sequence[str] = (),
    *,
    seeds: int | None = None,
    budget: str | None = None,
    overrides: Sequence[str] = (),
    out: Path,
    timing: bool = False,
) -> Iterator[Run]:
    """The runs that are asked for, in the order in which they are done: what others start from comes first."""
    if timing:
        overrides = (f"epochs={TIMING_EPOCHS}", *overrides)
        seeds = seeds or TIMING_SEEDS
    names = list(experiments) or study.names()
    resolved = {name: study.experiment(name, budget, overrides) for name in names}
    for experiment in list(resolved.values()):
        source = experiment.start_from.experiment if experiment.start_from else None
        while source and source not in resolved:
            resolved[source] = study.experiment(source, budget, overrides)
            start = resolved[source].start_from
            source = start.experiment if start else None
    ordered = _sources_first(resolved)
    for seed in range(seeds or study.seed_count(budget)):
        for name in ordered:
            label = timing_label(budget) if timing else budget
            directory = RunDirectory(run_path(out, study.name, label, name, seed))
            yield Run(study, name, resolved[name], seed, budget, tuple(overrides), directory, timing)


def _sources_first(resolved: dict[str, Experiment]) -> list[str]:
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...] = ()) -> None:
        if name in path:
            raise InputError(f"start_from goes in a circle: {' -> '.join([*path, name])}")
        start = resolved[name].start_from
        if start and start.experiment:
            visit(start.experiment, (*path, name))
        if name not in ordered:
            ordered.append(name)

    for name in resolved:
        visit(name)
    return ordered


def in_turn(
    todo: Sequence[Run], machine: device.Machine, watcher: Watcher, stop: Callable[[], int], together: int = 1
) -> None:
    """Do runs in this process, one after another.

    Raises Interrupted, with the state saved, soon after `stop()` gives the number of a signal. `together` is how many
    runs are known to share the machine, this one included; there may be more.
    """
    with device.counted() as counted:

        def sharing() -> int | None:
            return max(filter(None, (counted(), together if together > 1 else None)), default=None)

        for number, one in enumerate(todo, 1):
            if stop():
                raise Interrupted(stop())
            _do(one, machine, stop, sharing, watcher, number, len(todo))


def _side_by_side(todo: Sequence[Run], count: int, machine: device.Machine, watcher: Watcher) -> None:
    """Do runs in so many worker processes; those that are complete need none."""
    jobs = []
    for number, one in enumerate(todo, 1):
        if _is_complete(one):
            _do(one, machine, lambda: 0, lambda: None, watcher, number, len(todo))
        else:
            jobs.append(Job(one, number, len(todo)))
    crew = Workers(jobs, count, machine, watcher)
    with signals(crew.kill) as received:
        ended_by = crew.work(lambda: received[0] if received else 0)
    if ended_by:
        raise Interrupted(ended_by)


def _do(
    one: Run,
    machine: device.Machine,
    stop: Callable[[], int],
    sharing: Callable[[], int | None],
    watcher: Watcher,
    number: int,
    total: int,
) -> None:
    """Do one run, or what is left of it."""
    one.directory.create()
    lock = FileLock(one.directory.path / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{one.directory.path}: another process is doing this run; wait for it, or use another --out"
        ) from None
    try:
        before = one.directory.info()
        if before and _came_to_nothing(one, before):
            checkpoint.discard(one.directory.checkpoints)
            before = None
        _refuse(one, before, machine)
        if _is_complete(one):
            watcher.begin(one, number, total, one.experiment.epochs)
            watcher.end(one, "skipped", "")
            return
        watcher.begin(one, number, total, one.directory.epochs())
        _train(one, machine, stop, sharing, watcher, before)
    finally:
        lock.release()


def _load(one: Run) -> Dataset:
    return load(**one.experiment.data.model_dump(), folder=one.study.path.parent)


def _precision(study: Study, budget: str | None, out: Path, asked: str) -> str:
    """The precision asked for; for `auto`, the one that the study's runs so far have, if they have one."""
    if asked != "auto":
        return asked
    so_far = {record.info.machine.precision for record in read_records(out, study.name, budget, study.names())}
    return (so_far.pop() or "auto") if len(so_far) == 1 else "auto"


def _is_complete(one: Run) -> bool:
    info = one.directory.info()
    return info is not None and info.status == "complete" and one.directory.epochs() >= one.experiment.epochs


def _train(
    one: Run,
    machine: device.Machine,
    stop: Callable[[], int],
    sharing: Callable[[], int | None],
    watcher: Watcher,
    before: RunInfo | None,
) -> None:
    data = _load(one)
    try:
        start = _start(one)
    except _SourceFailedError as error:
        watcher.end(one, "failed", str(error))
        return
    what = loop.Plan(one.experiment, one.seed, data, machine, one.study.path.parent, start, _kept_epochs(one))
    shape = data.splits[one.experiment.roles.train_on].shape
    layers = count_layers(one.experiment.model.name, loop.build_model(what), shape)
    one.directory.write_layers(layers)
    info = _info(one, data, machine, what, layers, before, sharing())
    one.directory.write_info(info)

    most = info.runs_sharing_machine

    def look(progress: loop.Progress) -> None:
        nonlocal most
        if progress.finished and (now := sharing()) is not None:
            most = max(most or 0, now)
        watcher.look(one, progress)

    def finish(status: str, why: str | None) -> None:
        metrics = one.directory.metrics()
        last = max((line.epoch for line in metrics), default=0)
        final = {line.split: line for line in metrics if line.epoch == last}
        end = {"status": status, "why": why, "ended": _now(), "epochs_done": last, "final": final or None}
        one.directory.write_info(info.model_copy(update={**end, "runs_sharing_machine": most}))

    try:
        outputs: dict[str, Tensor] = {}  # when the splits were scored last
        model = loop.train(what, one.directory, lambda: bool(stop()), look, outputs.__setitem__)
        pictures.save(what, model, one.directory, outputs.get(one.experiment.roles.score_on))
    except loop.InterruptedRunError:
        finish("interrupted", signal.Signals(stop()).name)
        raise Interrupted(stop()) from None
    except BaseException as error:
        breaks_late = isinstance(error, InputError) and one.directory.epochs() > 0
        known = loop.ends_only_this_run(error) or breaks_late
        why = " ".join(str(error).split()) if known else f"{type(error).__name__}: {error}"
        finish("failed", why)
        if not known:
            raise
        watcher.end(one, "failed", why)
    else:
        finish("complete", None)
        watcher.end(one, "complete", "")


def _kept_epochs(one: Run) -> frozenset[int]:
    """The epochs of a run that other experiments of the study start from, whether they were asked for or not."""
    kept = set()
    for name in one.study.names():
        with contextlib.suppress(InputError):  # --set may not fit it: then it cannot be run with this one
            start = one.study.experiment(name, one.budget, one.overrides).start_from
            if start and start.experiment == one.name and start.epoch:
                kept.add(start.epoch)
    return frozenset(kept)


def _start(one: Run) -> Path | None:
    """The checkpoint that a run starts from."""
    start = one.experiment.start_from
    if start is None:
        return None
    if start.file is not None:
        return one.study.path.parent / start.file
    source = one.source
    assert source is not None
    assert start.epoch is not None
    path = checkpoint.at_end_of(source.checkpoints, start.epoch)
    if path is None:
        if (there := source.info()) and there.status == "failed":
            raise _SourceFailedError(f"it starts from {start.experiment}, which failed: {there.why}")
        raise InputError(
            f"{source.path}: no checkpoint of epoch {start.epoch} was kept, and {one.name} starts from it; "
            f"delete that folder and run {start.experiment} again"
        )
    return path


def _came_to_nothing(one: Run, before: RunInfo) -> bool:
    """Whether a run failed before its first epoch's end, and what it was to do was mended since."""
    return before.status == "failed" and before.hash != one.hash and not one.directory.epochs()


def _refuse(one: Run, before: RunInfo | None, machine: device.Machine) -> None:
    """Raise InputError where a run cannot be done, or cannot go on from what it left `before`."""
    where, start = one.directory.path, one.experiment.start_from
    if start and start.file and not (one.study.path.parent / start.file).is_file():
        raise InputError(f"{one.name} starts from {one.study.path.parent / start.file}: there is no such file")
    if before is None or _came_to_nothing(one, before):
        return
    if before.hash != one.hash:
        shown = one.experiment.differs_from(before.resolved.document)
        shown = shown or f"the code of {one.experiment.model.name} or what it starts from has changed"
        raise InputError(
            f"{where}: holds a run of another recipe ({shown}); choose another folder with --out, or delete it"
        )
    if _is_complete(one):
        return
    if before.data.fingerprint != _load(one).fingerprint:
        raise InputError(
            f"{where}: was begun on another copy of {one.experiment.data.name}; delete it, or use another --out"
        )
    if before.machine.precision != machine.precision:
        raise InputError(
            f"{where}: was begun in precision {before.machine.precision}, not {machine.precision}; "
            f"go on with --precision {before.machine.precision}, or use another --out"
        )
    measured = one.directory.epochs()
    newest = checkpoint.newest_file(one.directory.checkpoints)
    left, step = (checkpoint.place_of(newest) if newest else None) or (0, 0)
    if measured >= one.experiment.epochs and step:
        raise InputError(
            f"{where}: was cut in epoch {left + 1}, which is more than the {one.experiment.epochs} asked for now; "
            f"go on with --set epochs={max(left + 1, before.resolved.epochs)}, or use another --out"
        )
    if measured < 2:
        return
    # A crash between metrics and checkpoint, and the loss of a checkpoint, explain two epochs and no more.
    if newest is None or measured - left > 2:
        raise InputError(
            f"{where}: has metrics of {measured} epochs, but checkpoints of {left or 'none'}, so it cannot go on; "
            "use another --out, or delete it to do the run again"
        )


def _refuse_broken(one: Run) -> None:
    """Raise InputError for a network that is not ours and cannot be built or take an image."""
    choice, data = one.experiment.model, _load(one)
    if choice.name not in MODELS:
        shape = data.splits[one.experiment.roles.train_on].shape
        model = models.build(choice.name, choice.options, shape, len(data.classes), one.study.path.parent)
        count_layers(choice.name, model, shape)


def _info(
    one: Run,
    data: Dataset,
    machine: device.Machine,
    what: loop.Plan,
    layers: LayerTable,
    before: RunInfo | None,
    sharing: int | None,
) -> RunInfo:
    mean, std = loop.normalisation(what)
    sharing_before = before.runs_sharing_machine if before else None
    return RunInfo(
        study=one.study.name,
        experiment=one.name,
        budget=one.budget,
        timing=one.timing,
        seed=one.seed,
        status="running",
        began=before.began if before else _now(),
        resumed=_resumed(before),
        hash=one.hash,
        recipe_hash=one.recipe_hash,
        code_hashes=one.code_hashes,
        study_file=_study_file(one),
        folder=_folder_of_own(one),
        resolved=RecordedExperiment.of(one.experiment),
        overrides=list(one.overrides),
        versions=device.versions(),
        machine=MachineInfo(**machine.describe()),
        runs_sharing_machine=max(filter(None, (sharing, sharing_before)), default=None),
        data=DataInfo(
            name=data.name,
            fingerprint=data.fingerprint,
            published=data.published,
            provenance=data.copy,
            classes=len(data.classes),
            class_names=list(data.classes),
            splits={name: len(data.splits[name]) for name in get_args(SplitName) if name in data.splits},
            mean=mean,
            std=std,
        ),
        model=ModelSize.of(layers),
        epochs_done=one.directory.epochs(),
    )


def _study_file(one: Run) -> str | None:
    """Where the study's file is, seen from the run; None for a study that is built in."""
    study = one.study
    if study.argument == study.name:
        return None
    return os.path.relpath(study.path.resolve(), one.directory.path.resolve())


def _folder_of_own(one: Run) -> str | None:
    """Where a network or images of the study's own are looked up from, seen from the run; None where all is ours."""
    experiment = one.experiment
    if experiment.model.name in MODELS and not is_folder(experiment.data.name):
        return None
    return os.path.relpath(one.study.path.parent.resolve(), one.directory.path.resolve())


def _resumed(before: RunInfo | None) -> list[Resumption]:
    """When a run went on, and on which machine and versions it had been until then."""
    if before is None:
        return []
    return [
        *before.resumed,
        Resumption(at=_now(), machine_before=before.machine, versions_before=before.versions),
    ]


@contextlib.contextmanager
def signals(before_dying: Callable[[], None] = lambda: None) -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them; a second one of either kind is obeyed at once."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if received:
            before_dying()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        received.append(number)

    try:
        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        before = {}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Silent:
    """A watcher that says nothing."""

    def begin(self, run: Run, number: int, total: int, finished_epochs: int) -> None:
        """Say nothing."""

    def look(self, run: Run, progress: loop.Progress) -> None:
        """Say nothing."""

    def end(self, run: Run, outcome: Outcome, why: str) -> None:
        """Say nothing."""
