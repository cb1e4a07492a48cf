"""The verb `run`, whole: plan, preflight, the runs, their records."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deepstudy.record import Record
from deepstudy.runs import preflight
from deepstudy.runs.interrupts import noted_signals
from deepstudy.runs.plan import Plan, RunOptions, make_plan
from deepstudy.runs.run import RunEnd, RunListener
from deepstudy.study import Study, load_study


def run(
    study: Study | str | Path, experiments: Sequence[str] = (), *, listener: RunListener | None = None, **options: Any
) -> list[Record]:
    """Run the experiments of a study with several seeds.

    Complete runs are skipped. Interrupted runs continue where they stopped.

    Arguments:
        study: a study, the name of a built-in one, or a study file.
        experiments: the names of the experiments to run; all of them by default.
        listener: is called while the runs go on.
        options: the other attributes of `RunOptions`: `seeds`, `budget`, `overrides`, `out`, `device`, `precision`,
            `deterministic`, `timing`, `workers`.

    Returns:
        The records of these runs, failed ones included.

    Raises:
        InputError: if a run cannot be done.
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

    If the loss of a run is not finite, or its network breaks after the first epoch, only that run fails. The others go
    on. They also go on if a worker dies; then the status of its run stays `running`.

    Arguments:
        plan: the runs and the options.
        listener: is called while they go on.

    Returns:
        How each run ended, in the plan's order.

    Raises:
        InputError: if a run cannot be done.
        Interrupted: after SIGINT or SIGTERM, with the state saved.
    """
    preflight.check_without_torch(plan)
    from deepstudy.runs import execute, pool

    machine = preflight.check_plan(plan)
    workers = 1
    if plan.incomplete:
        workers = pool.choose_worker_count(plan.options.workers, machine, len(plan.runs), lambda: plan.macs)
    if workers == 1:
        with noted_signals() as stop_signal:
            return execute.run_in_turn(plan.runs, machine, listener, stop_signal)
    return pool.run_side_by_side(plan, workers, machine, listener)
