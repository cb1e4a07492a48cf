"""Checks before training starts. A mistake should show now, not after hours."""

from deepstudy import models
from deepstudy.catalog import is_built_in
from deepstudy.errors import InputError
from deepstudy.layer_table import count_layers
from deepstudy.record import Collection, read_records
from deepstudy.runs.conflicts import refuse_conflict
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run
from deepstudy.training import device
from deepstudy.training.device import Machine


def check_plan(plan: Plan) -> Machine:
    """Check that the runs of a plan can be done: their data, the machine, their networks, their directories.

    Arguments:
        plan: the runs and the options.

    Returns:
        The machine that the runs are done on.

    Raises:
        InputError: for a run that cannot be done, or cannot go on from what its directory holds.
    """
    for folder in {run.directory.path.parent.parent for run in plan.runs}:
        if Collection.within(folder):
            raise InputError(f"{folder}: holds packed runs, and nothing can be added to them; choose another --out")
    for run in plan.incomplete:
        run.load_data()  # a download can still be interrupted in the usual way
    machine = _choose_machine(plan)
    for run, state in zip(plan.runs, plan.states, strict=True):
        refuse_conflict(run, state, machine)
    for run in {run.experiment: run for run in plan.incomplete}.values():
        _refuse_broken_network(run)
    return machine


def _choose_machine(plan: Plan) -> Machine:
    study, options = plan.study, plan.options
    wanted = options.device or study.device
    machine = device.choose_machine(wanted, _precision(plan), lambda: plan.macs, options.deterministic)
    is_slow = machine.precision == "bf16" and not device.multiplies_bfloat16(machine.device.type)
    if plan.incomplete and options.precision == "auto" and is_slow:
        raise InputError(
            f"{options.out / study.name / (options.budget or 'full')}: holds runs in bfloat16, which is many times "
            "slower on this machine; go on where they were started, choose another --out, or add --precision bf16"
        )
    return machine


def _precision(plan: Plan) -> str:
    """The precision asked for; for `auto`, the one that the study's runs so far have, if they have one."""
    study, options = plan.study, plan.options
    if options.precision != "auto":
        return options.precision
    # Not those of `--timing`: their times are to be those of the runs that decide the other claims.
    records = read_records(options.out, study.name, options.budget, study.names())
    so_far = {record.info.machine.precision for record in records}
    return (so_far.pop() or "auto") if len(so_far) == 1 else "auto"


def _refuse_broken_network(run: Run) -> None:
    """Refuse a network that is not ours and cannot be built or take an image."""
    choice = run.resolved.model
    if not is_built_in(choice.name):
        data = run.load_data()
        shape = data.splits[run.resolved.roles.train_on].shape
        model = models.build(choice.name, choice.options, shape, len(data.classes), run.study.path.parent)
        count_layers(choice.name, model, shape)
