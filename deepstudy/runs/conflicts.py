"""What a run directory holds against what its run would do. Whatever does not fit is refused, nothing is deleted."""

from deepstudy.errors import InputError
from deepstudy.record import RunInfo
from deepstudy.runs.run import Run, RunState
from deepstudy.training import checkpoint
from deepstudy.training.device import Machine


def starts_over(run: Run, state: RunState) -> bool:
    """Say whether a run failed before the end of its first epoch and was changed since, so that it begins anew.

    Arguments:
        run: the run.
        state: what its directory holds.
    """
    before = state.info
    return before is not None and before.status == "failed" and before.hash != run.hash and not state.epochs


def refuse_conflict(run: Run, state: RunState, machine: Machine) -> None:
    """Refuse a run that cannot be done, or cannot go on from what its directory holds.

    Arguments:
        run: the run.
        state: what its directory holds.
        machine: the machine that would go on.

    Raises:
        InputError: for weights to start from that are missing; for a run of another recipe, another copy of the data
            or another precision; for checkpoints that do not fit the metrics.
    """
    where, start, before = run.directory.path, run.resolved.start_from, state.info
    if start and start.file and not (run.study.path.parent / start.file).is_file():
        raise InputError(f"{run.experiment} starts from {run.study.path.parent / start.file}: there is no such file")
    if before is None or starts_over(run, state):
        return
    if before.hash != run.hash:
        differs = run.resolved.differs_from(before.resolved.document)
        differs = differs or f"the code of {run.resolved.model.name} or what it starts from has changed"
        raise InputError(
            f"{where}: holds a run of another recipe ({differs}); choose another folder with --out, or delete it"
        )
    if run.is_complete(state):
        return
    if before.data.fingerprint != run.load_data().fingerprint:
        raise InputError(
            f"{where}: was started on another copy of {run.resolved.data.name}; delete it, or use another --out"
        )
    if before.machine.precision != machine.precision:
        raise InputError(
            f"{where}: was started in precision {before.machine.precision}, not {machine.precision}; "
            f"go on with --precision {before.machine.precision}, or use another --out"
        )
    _refuse_lost_checkpoints(run, before, state.epochs)


def _refuse_lost_checkpoints(run: Run, before: RunInfo, measured: int) -> None:
    where = run.directory.path
    newest = checkpoint.newest_file(run.directory.checkpoints)
    epoch, step = (checkpoint.place_of(newest) if newest else None) or (0, 0)
    if measured >= run.resolved.epochs and step:
        raise InputError(
            f"{where}: was cut in epoch {epoch + 1}, which is more than the {run.resolved.epochs} asked for now; "
            f"go on with --set epochs={max(epoch + 1, before.resolved.epochs)}, or use another --out"
        )
    # A crash between metrics and checkpoint, and the loss of a checkpoint, explain two epochs and no more.
    if measured >= 2 and (newest is None or measured - epoch > 2):
        left = f"its newest checkpoint is of epoch {epoch}" if epoch else "no checkpoint"
        raise InputError(
            f"{where}: has metrics of {measured} epochs, but {left}, so it cannot go on; "
            "use another --out, or delete it to do the run again"
        )
