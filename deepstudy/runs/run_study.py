"""The verb `run`, whole: plan, preflight, the runs, their records."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deepstudy.record import Record
from deepstudy.runs import execute, pool, preflight
from deepstudy.runs.interrupts import noted_signals
from deepstudy.runs.plan import Plan, RunOptions, make_plan
from deepstudy.runs.run import RunEnd, RunListener
from deepstudy.study import Study, load_study


def run(
    study: Study | str | Path, experiments: Sequence[str] = (), *, listener: RunListener | None = None, **options: Any
) -> list[Record]:
    """Do the experiments of a study over seeds.

    What is complete is not done again; what was interrupted goes on where it was.

    Arguments:
        study: a study, the name of a built-in one, or a study file.
        experiments: those to do; all of them where none is named.
        listener: hears how the runs go.
        options: the other attributes of `RunOptions`: `seeds`, `budget`, `overrides`, `out`, `device`, `precision`,
            `deterministic`, `timing`, `workers`.

    Returns:
        The records of these runs, also of those that failed.

    Raises:
        InputError: for what cannot be run.
        Interrupted: after SIGINT or SIGTERM, with the state saved.

    Example:
        >>> records = deepstudy.run("lenet-mnist", ["lenet5"], budget="demo", seeds=2)
        >>> [record.info.final["test"].accuracy for record in records]
    """
    study = study if isinstance(study, Study) else load_study(study)
    plan = make_plan(study, RunOptions(tuple(experiments), **options))
    run_plan(plan, listener or RunListener())
    return plan.records()


def run_plan(plan: Plan, listener: RunListener) -> list[RunEnd]:
    """Do the runs of a plan.

    A run fails alone if its loss is not finite, or if its network breaks after the first epoch. The other runs go on.
    So they do if a worker dies; its run keeps the status that it left, `running`.

    Arguments:
        plan: the runs and the options.
        listener: hears how they go.

    Returns:
        How each run ended, in the plan's order.

    Raises:
        InputError: for what cannot be run.
        Interrupted: after SIGINT or SIGTERM, with the state saved.
    """
    machine = preflight.check_plan(plan)
    workers = 1
    if plan.incomplete:
        workers = pool.choose_worker_count(plan.options.workers, machine, len(plan.runs), lambda: plan.macs)
    if workers == 1:
        with noted_signals() as stop_signal:
            return execute.run_in_turn(plan.runs, machine, listener, stop_signal)
    return pool.run_side_by_side(plan, workers, machine, listener)
