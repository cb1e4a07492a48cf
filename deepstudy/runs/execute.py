"""One run in this process, or the rest of it."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from deepstudy.errors import InputError, is_memory, one_line
from deepstudy.layer_table import count_layers
from deepstudy.runs import sharing
from deepstudy.runs.conflicts import refuse_conflict, starts_over
from deepstudy.runs.interrupts import Interrupted
from deepstudy.runs.recorder import RunRecorder
from deepstudy.runs.run import Run, RunEnd, RunListener, RunState
from deepstudy.training import artifacts, checkpoint, loop
from deepstudy.training.device import Machine, recorded_layout
from deepstudy.training.guards import ends_only_this_run
from deepstudy.training.progress import Progress
from deepstudy.training.setup import TrainingSetup
from deepstudy.training.state import TrainingStopped


def run_in_turn(
    runs: Sequence[Run],
    machine: Machine,
    listener: RunListener,
    stop_signal: Callable[[], int],
    known_sharing: int | None = None,
) -> list[RunEnd]:
    """Do runs one after another.

    Arguments:
        runs: in their order.
        machine: where they train.
        listener: is called while they go on.
        stop_signal: called after each step; returns the number of a signal to stop for, else 0.
        known_sharing: how many runs are known to share the machine, this one included; there may be more.

    Returns:
        How each ended.

    Raises:
        InputError: if a run cannot be done.
        Interrupted: soon after `stop_signal()` returns a number, with the state saved.
    """
    ends = []
    with sharing.counted() as count:
        executor = RunExecutor(machine, listener, stop_signal, lambda: sharing.most(count(), known_sharing))
        for run in runs:
            if number := stop_signal():
                raise Interrupted(number)
            ends.append(executor.execute(run))
            listener.on_end(ends[-1])
    return ends


@dataclass
class RunExecutor:
    """Does runs in this process.

    Attributes:
        machine: where they train.
        listener: is called while they go on.
        stop_signal: returns the number of a signal to stop for, else 0.
        count_sharing: counts the runs that share the machine, this one included; None if that is not known.
    """

    machine: Machine
    listener: RunListener
    stop_signal: Callable[[], int]
    count_sharing: Callable[[], int | None]

    def execute(self, run: Run) -> RunEnd:
        """Do a run, or the rest of it.

        Arguments:
            run: the run.

        Returns:
            How it ended.

        Raises:
            InputError: if it cannot be done, or cannot continue from what its directory holds.
            Interrupted: after a signal, with the state saved.
        """
        with _locked(run):
            state = run.state()  # read again: another process may have done the run before we got the lock
            if starts_over(run, state):
                checkpoint.discard(run.directory.checkpoints)
                state = RunState(None, 0)
            refuse_conflict(run, state, self.machine)
            self.listener.on_start(run, min(state.epochs, run.resolved.epochs))
            if run.is_complete(state):
                return RunEnd(run, "skipped")
            try:
                start = _start_weights(run)
            except _StartFailedError as error:
                return RunEnd(run, "failed", str(error))
            return self._train(run, start, state)

    def _train(self, run: Run, start: Path | None, before: RunState) -> RunEnd:
        folder, keep = run.study.path.parent, _epochs_to_keep(run)
        setup = TrainingSetup(run.resolved, run.seed, run.load_data(), self.machine, folder, start, keep)
        # A second network is built for this, because a forward pass may change somebody else's network.
        layers = count_layers(run.resolved.model.name, setup.build_model(), setup.train_split.shape)
        run.directory.write_layers(layers)
        recorder = RunRecorder(run, setup, layers, before, self.count_sharing)
        setup = self._lay_out(run, setup, before, recorder)

        def on_progress(progress: Progress) -> None:
            if progress.finished:
                recorder.note_sharing()
            self.listener.on_progress(run, progress)

        try:
            trained = loop.train(setup, run.directory, lambda: bool(self.stop_signal()), on_progress)
            artifacts.save(setup, trained, run.directory)
        except TrainingStopped:
            number = self.stop_signal()
            recorder.finish("interrupted", signal.Signals(number).name)
            raise Interrupted(number) from None
        except BaseException as error:
            broke_late = isinstance(error, InputError) and run.directory.epochs() > 0
            if not (ends_only_this_run(error) or broke_late):
                recorder.finish("failed", one_line(error))
                raise
            why = _reason(error)
            recorder.finish("failed", why)
            return RunEnd(run, "failed", why)
        recorder.finish("complete")
        return RunEnd(run, "complete")

    def _lay_out(self, run: Run, setup: TrainingSetup, before: RunState, recorder: RunRecorder) -> TrainingSetup:
        """The same setup in the memory layout that the network needs; of a run that continues, in its own."""
        continues = checkpoint.newest_file(run.directory.checkpoints) is not None
        known = recorded_layout(before.info.machine) if before.info and continues else None
        setup = setup.with_layout(known)
        if why := setup.machine.layout.why:
            recorder.note_machine(setup.machine)
            says = f"{run.resolved.model.name} needs torch's default memory layout, so it trains without channels_last"
            self.listener.on_notice(run, f"{says}: {why}")
        return setup


def _reason(error: BaseException) -> str:
    """Why a run failed."""
    if is_memory(error):
        return f"out of memory ({one_line(error)}); try a smaller batch_size"
    return " ".join(str(error).split())


class _StartFailedError(Exception):
    """The run that this one starts from failed."""


@contextlib.contextmanager
def _locked(run: Run) -> Iterator[None]:
    """Lock a run directory for this process; create it if it does not exist."""
    run.directory.create()
    lock = FileLock(run.directory.path / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{run.directory.path}: another process is doing this run; wait until it ends, "
            "or choose another folder with --out"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _epochs_to_keep(run: Run) -> frozenset[int]:
    """The epochs of a run that other experiments of the study start from, also if those were not asked for."""
    epochs = set()
    for name in run.study.names():
        with contextlib.suppress(InputError):  # --set may not fit it: then it cannot be run with this one
            start = run.study.experiment(name, run.budget, run.overrides).start_from
            if start and start.experiment == run.experiment and start.epoch:
                epochs.add(start.epoch)
    return frozenset(epochs)


def _start_weights(run: Run) -> Path | None:
    """The checkpoint that a run starts from."""
    start, source = run.resolved.start_from, run.starts_from
    if start is None:
        return None
    if start.file is not None:
        return run.study.path.parent / start.file
    assert source is not None
    assert start.epoch is not None
    path = checkpoint.at_end_of(source.checkpoints, start.epoch)
    if path is None:
        if (info := source.info()) and info.status == "failed":
            raise _StartFailedError(run.describe_failed_start(info.why))
        raise InputError(
            f"{source.path}: has no intact checkpoint of epoch {start.epoch}, from which {run.experiment} starts; "
            f"delete this folder to run {start.experiment} again"
        )
    return path
