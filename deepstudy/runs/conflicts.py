"""Whether a run can continue from what its directory holds. If not, it is refused, and nothing is deleted."""

from typing import TYPE_CHECKING

from deepstudy.errors import InputError
from deepstudy.record import RunInfo
from deepstudy.runs.run import Run, RunState

if TYPE_CHECKING:  # recipes are compared before torch is imported
    from deepstudy.training.device import Machine

_START_AGAIN = "delete this folder, or choose another with --out"


def starts_over(run: Run, state: RunState) -> bool:
    """Say whether a run failed in its first epoch and was changed since, so that it starts again.

    Arguments:
        run: the run.
        state: what its directory holds.
    """
    before = state.info
    return before is not None and before.status == "failed" and before.hash != run.hash and not state.epochs


def refuse_other_recipe(run: Run, state: RunState) -> None:
    """Refuse a run whose directory holds a run of another recipe. This needs no torch for a built-in network.

    Arguments:
        run: the run.
        state: what its directory holds.

    Raises:
        InputError: for weights to start from that are missing, and for a run of another recipe.
    """
    start, before = run.resolved.start_from, state.info
    if start and start.file and not (path := run.study.path.parent / start.file).is_file():
        raise InputError(
            f"{path}: no such file, but {run.experiment} starts from it; put it there, or change start_from.file"
        )
    if before is None or before.hash == run.hash or starts_over(run, state):
        return
    differs = run.resolved.differs_from(before.resolved.document)
    differs = differs or f"the code of {run.resolved.model.name} or what it starts from has changed"
    raise InputError(f"{run.directory.path}: holds a run of another recipe ({differs}); {_START_AGAIN}")


def refuse_conflict(run: Run, state: RunState, machine: "Machine") -> None:
    """Refuse a run that cannot be done, or cannot continue from what its directory holds.

    Arguments:
        run: the run.
        state: what its directory holds.
        machine: the machine that would continue it.

    Raises:
        InputError: like `refuse_other_recipe`; for a run on another copy of the data or in another precision; and for
            checkpoints that do not fit the metrics.
    """
    refuse_other_recipe(run, state)
    where, before = run.directory.path, state.info
    if before is None or starts_over(run, state) or run.is_complete(state):
        return
    if before.data.fingerprint != run.load_data().fingerprint:
        raise InputError(
            f"{where}: holds a run on another copy of {run.resolved.data.name}, so it cannot continue; {_START_AGAIN}"
        )
    if before.machine.precision != machine.precision:
        raise InputError(
            f"{where}: holds a run in precision {before.machine.precision}, not {machine.precision}; "
            f"continue it with --precision {before.machine.precision}, or choose another folder with --out"
        )
    _refuse_lost_checkpoints(run, before, state.epochs)


def _refuse_lost_checkpoints(run: Run, before: RunInfo, measured: int) -> None:
    from deepstudy.training import checkpoint

    where, asked = run.directory.path, run.resolved.epochs
    newest = checkpoint.newest_file(run.directory.checkpoints)
    epoch, step = (checkpoint.place_of(newest) if newest else None) or (0, 0)
    if measured >= asked and step:
        epochs_are = "1 epoch is" if asked == 1 else f"{asked} epochs are"
        raise InputError(
            f"{where}: holds a run that stopped in epoch {epoch + 1}, but only {epochs_are} asked for; "
            f"continue it with --set epochs={max(epoch + 1, before.resolved.epochs)}, or choose another folder with "
            "--out"
        )
    # A crash between metrics and checkpoint, and the loss of a checkpoint, explain two epochs and no more.
    if measured >= 2 and (newest is None or measured - epoch > 2):
        left = f"its newest intact checkpoint is from epoch {epoch}" if epoch else "no intact checkpoint"
        raise InputError(f"{where}: cannot continue, as it has metrics of {measured} epochs but {left}; {_START_AGAIN}")
