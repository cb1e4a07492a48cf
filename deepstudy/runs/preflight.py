"""Checks before training starts. A mistake should show now, not after hours.

What needs no torch is checked first, since importing torch may take half a minute.
"""

from typing import TYPE_CHECKING, Literal

from deepstudy.catalog import is_built_in
from deepstudy.datasets import DATASETS, image_files, is_folder
from deepstudy.errors import InputError
from deepstudy.record import Collection, read_records
from deepstudy.runs.conflicts import refuse_conflict, refuse_other_recipe
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import Run

if TYPE_CHECKING:
    from torch import nn

    from deepstudy.training.device import Machine


def check_without_torch(plan: Plan) -> None:
    """Check what needs no torch: the run directories, their recipes, and whether the data are here.

    A data set that is missing is downloaded now.

    Arguments:
        plan: the runs and the options.

    Raises:
        InputError: if a run cannot be done, or cannot continue from what its directory holds.
    """
    for folder in {run.directory.path.parent.parent for run in plan.runs}:
        if Collection.within(folder):
            raise InputError(
                f"{folder}: holds packed runs, to which no run can be added; choose another folder with --out"
            )
    for run in plan.incomplete:
        run.directory.refuse_unwritable()
    for run, state in zip(plan.runs, plan.states, strict=True):
        refuse_other_recipe(run, state)
    for name, run in {run.resolved.data.name: run for run in plan.incomplete}.items():
        if is_folder(name):
            image_files((run.study.path.parent / name).resolve())
        elif not DATASETS[name].is_here:
            DATASETS[name].read()  # a download can still be interrupted in the usual way


def check_plan(plan: Plan) -> "Machine":
    """Check what needs torch: the data themselves, the machine, the networks, and the rest of the run directories.

    Arguments:
        plan: the runs and the options.

    Returns:
        The machine that the runs are done on.

    Raises:
        InputError: if a run cannot be done, or cannot continue from what its directory holds.
    """
    for run in plan.incomplete:
        run.load_data()
    machine = _choose_machine(plan)
    for run, state in zip(plan.runs, plan.states, strict=True):
        refuse_conflict(run, state, machine)
    for run in {run.experiment: run for run in plan.incomplete}.values():
        _refuse_broken_network(run)
    return machine


def _choose_machine(plan: Plan) -> "Machine":
    from deepstudy.training import device

    study, options = plan.study, plan.options
    wanted = options.device or study.device
    machine = device.choose_machine(wanted, _precision(plan), lambda: plan.macs, options.deterministic)
    is_slow = machine.precision == "bf16" and not device.multiplies_bfloat16(machine.device.type)
    if plan.incomplete and options.precision == "auto" and is_slow:
        raise InputError(
            f"{options.out / study.name / (options.budget or 'full')}: holds runs in bfloat16, which is many times "
            "slower on this machine; continue on the machine where they started, choose another folder with --out, "
            "or add --precision bf16"
        )
    return machine


def _precision(plan: Plan) -> str:
    """The precision asked for; for `auto`, the one that the study's runs so far have, if they have one."""
    study, options = plan.study, plan.options
    if options.precision != "auto":
        return options.precision
    # Not that of the `--timing` runs: their times are to be those of the runs that decide the other claims.
    records = read_records(options.out, study.name, options.budget, study.names())
    so_far = {record.info.machine.precision for record in records}
    return (so_far.pop() or "auto") if len(so_far) == 1 else "auto"


def _refuse_broken_network(run: Run) -> None:
    """Refuse a network that cannot be built, takes no such image, or returns no score for each class.

    The message names the layer that does not fit, where one can be found.
    """
    from deepstudy import models
    from deepstudy.layer_table import count_layers
    from deepstudy.training.guards import find_misfit, name_last_layer

    choice, data = run.resolved.model, run.load_data()
    shape, classes = data.splits[run.resolved.roles.train_on].shape, len(data.classes)
    if is_built_in(choice.name):
        try:
            models.check_size(choice.name, shape)
        except InputError as error:
            raise InputError(f"{_place(run, 'model')}: {error}") from None
        return
    try:
        model = models.build(choice.name, choice.options, shape, classes, run.study.path.parent)
        count_layers(choice.name, model, shape)
    except InputError as error:
        if misfit := find_misfit(error.__cause__, choice.name, data.name, shape):
            raise InputError(f"{_place(run, misfit.key)}: {misfit.says}") from error
        raise InputError(f"{_place(run, 'model')}: {error}") from error
    if (found := _count_scores(model, shape)) not in (None, classes):
        outputs_are = "1 output" if found == 1 else f"{found:,} outputs"
        layer = f" ({name})" if (name := name_last_layer(model, found)) else ""
        raise InputError(
            f"{_place(run, 'model')}: {data.name} has {classes:,} classes, and {choice.name} has {outputs_are}; "
            f"change its last layer{layer} or use another data set"
        )


def _count_scores(model: "nn.Module", shape: tuple[int, ...]) -> int | None:
    """How many scores a network returns for each image; None where training will say better what is wrong."""
    import torch

    try:
        with torch.no_grad():
            outputs = model.eval()(
                torch.zeros(2, *shape)
            )  # two, since some networks drop the dimension of a single one
    except (Exception, SystemExit):
        return None
    scores = outputs[0] if isinstance(outputs, tuple | list) and outputs else outputs
    return int(scores.shape[1]) if isinstance(scores, torch.Tensor) and scores.ndim == 2 else None


def _place(run: Run, key: Literal["data", "model"]) -> str:
    """Where the data or the network of a run was chosen: `study.yaml:2`, or `--set data=cifar10`."""
    for pair in reversed(run.overrides):
        if pair.split("=")[0].split(".")[0].strip() in ("data", "model"):
            return f"--set {pair}"
    line = run.study.value_origin(f"{key}.name", run.experiment, run.budget).place.rpartition(":")[2]
    return f"{run.study.path.name if run.study.is_built_in else run.study.path}:{line}"
