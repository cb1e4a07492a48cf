"""The verb `run`, whole: plan, preflight, the runs, their records."""

from deepstudy.runs import preflight
from deepstudy.runs.interrupts import noted_signals
from deepstudy.runs.plan import Plan
from deepstudy.runs.run import RunEnd, RunListener


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
