"""What is refused before anything trains, for hours may pass until a mistake shows otherwise."""

from deepstudy import models
from deepstudy.catalog import MODELS
from deepstudy.errors import InputError
from deepstudy.layer_table import count_layers, macs_of
from deepstudy.loading import Dataset, load
from deepstudy.record import Collection, RunInfo, read_records
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run
from deepstudy.training import checkpoint, device
from deepstudy.training.device import Machine


def prepare(plan: Plan) -> Machine:
    """Get ready for a plan: data, machine, networks, and what the run directories hold already.

    Arguments:
        plan: the runs and the options.

    Returns:
        The machine that the runs are done on.

    Raises:
        InputError: for a run that cannot be done, or cannot go on from what lies in its directory.
    """
    for folder in {run.directory.path.parent.parent for run in plan.runs}:
        if Collection.within(folder):
            raise InputError(f"{folder}: holds packed runs, to which none can be added; choose another --out")
    incomplete = plan.incomplete
    for run in incomplete:
        load_data(run)  # a download can still be interrupted in the usual way
    machine = _choose_machine(plan, incomplete)
    for run in plan.runs:
        refuse_conflict(run, run.directory.info(), machine)
    for run in {run.name: run for run in incomplete}.values():
        _refuse_broken_network(run)
    return machine


def load_data(run: Run) -> Dataset:
    """Load the images that a run works on.

    Arguments:
        run: the run.

    Raises:
        InputError: if they cannot be had.
    """
    return load(**run.experiment.data.model_dump(), folder=run.study.path.parent)


def _choose_machine(plan: Plan, incomplete: list[Run]) -> Machine:
    study, options = plan.study, plan.options
    wanted = options.device or study.device
    machine = device.choose(wanted, _precision(plan), lambda: macs_of(study), options.deterministic)
    is_slow = machine.precision == "bf16" and not device.multiplies_bfloat16(machine.device.type)
    if incomplete and options.precision == "auto" and is_slow:
        raise InputError(
            f"{options.out / study.name / (options.budget or 'full')}: holds runs in bfloat16, which this machine is "
            "many times slower in; go on where they were begun, use another --out, or give --precision bf16 all the "
            "same"
        )
    return machine


def _precision(plan: Plan) -> str:
    """The precision asked for; for `auto`, the one that the study's runs so far have, if they have one."""
    study, options = plan.study, plan.options
    if options.precision != "auto":
        return options.precision
    records = read_records(options.out, study.name, options.budget, study.names())
    so_far = {record.info.machine.precision for record in records}
    return (so_far.pop() or "auto") if len(so_far) == 1 else "auto"


def _refuse_broken_network(run: Run) -> None:
    """Refuse a network that is not ours and cannot be built or take an image."""
    choice, data = run.experiment.model, load_data(run)
    if choice.name not in MODELS:
        shape = data.splits[run.experiment.roles.train_on].shape
        model = models.build(choice.name, choice.options, shape, len(data.classes), run.study.path.parent)
        count_layers(choice.name, model, shape)


def came_to_nothing(run: Run, before: RunInfo) -> bool:
    """Say whether a run failed before the end of its first epoch, and was changed since: it begins anew.

    Arguments:
        run: the run.
        before: what its directory holds.
    """
    return before.status == "failed" and before.hash != run.hash and not run.directory.epochs()


def refuse_conflict(run: Run, before: RunInfo | None, machine: Machine) -> None:
    """Refuse a run that cannot be done, or cannot go on from what its directory holds.

    Arguments:
        run: the run.
        before: what its directory holds, None where that is nothing.
        machine: the machine that would go on.

    Raises:
        InputError: for weights to start from that are missing; for a run of another recipe, another copy of the data
            or another precision; for checkpoints that do not fit the metrics.
    """
    where, start = run.directory.path, run.experiment.start_from
    if start and start.file and not (run.study.path.parent / start.file).is_file():
        raise InputError(f"{run.name} starts from {run.study.path.parent / start.file}: there is no such file")
    if before is None or came_to_nothing(run, before):
        return
    if before.hash != run.hash:
        differs = run.experiment.differs_from(before.resolved.document)
        differs = differs or f"the code of {run.experiment.model.name} or what it starts from has changed"
        raise InputError(
            f"{where}: holds a run of another recipe ({differs}); choose another folder with --out, or delete it"
        )
    if run.is_complete:
        return
    if before.data.fingerprint != load_data(run).fingerprint:
        raise InputError(
            f"{where}: was begun on another copy of {run.experiment.data.name}; delete it, or use another --out"
        )
    if before.machine.precision != machine.precision:
        raise InputError(
            f"{where}: was begun in precision {before.machine.precision}, not {machine.precision}; "
            f"go on with --precision {before.machine.precision}, or use another --out"
        )
    _refuse_lost_checkpoints(run, before)


def _refuse_lost_checkpoints(run: Run, before: RunInfo) -> None:
    where, measured = run.directory.path, run.directory.epochs()
    newest = checkpoint.newest_file(run.directory.checkpoints)
    epoch, step = (checkpoint.place_of(newest) if newest else None) or (0, 0)
    if measured >= run.experiment.epochs and step:
        raise InputError(
            f"{where}: was cut in epoch {epoch + 1}, which is more than the {run.experiment.epochs} asked for now; "
            f"go on with --set epochs={max(epoch + 1, before.resolved.epochs)}, or use another --out"
        )
    # A crash between metrics and checkpoint, and the loss of a checkpoint, explain two epochs and no more.
    if measured >= 2 and (newest is None or measured - epoch > 2):
        raise InputError(
            f"{where}: has metrics of {measured} epochs, but checkpoints of {epoch or 'none'}, so it cannot go on; "
            "use another --out, or delete it to do the run again"
        )
