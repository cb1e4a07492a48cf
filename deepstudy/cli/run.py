"""`deepstudy run`: do the experiments of a study."""

import shlex
from typing import TYPE_CHECKING, Any, Literal

import click

from deepstudy.cli import options

if TYPE_CHECKING:
    from deepstudy.runs.plan import Plan, RunOptions
    from deepstudy.runs.run import RunEnd
    from deepstudy.runs.until_decided import Limits
    from deepstudy.study import Study


def _workers(_context: click.Context, _option: click.Parameter, value: str) -> int | Literal["auto"]:
    if value == "auto":
        return "auto"
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value!r} is neither auto nor 1 or more")
    return int(value)


@click.command(short_help="Run the experiments of a study.")
@click.argument("study")
@click.argument("experiments", nargs=-1)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs per experiment, with seeds 0 to N-1.  [default: as in the study]",
)
@options.budget
@options.overrides
@options.folder("--out", "out", "Folder for the run directories.")
@options.device
@options.precision
@options.deterministic
@click.option(
    "--timing", is_flag=True, help="Make short runs for claims about time. They take turns and share nothing."
)
@click.option(
    "--workers",
    callback=_workers,
    default="1",
    show_default=True,
    metavar="N",
    help="Runs at the same time, each in its own process. auto: one per core for small networks.",
)
@click.option(
    "--until",
    type=click.Choice(["decided"]),
    help="Give the next seed to the claim that it would decide soonest, and stop when all are decided or hopeless.",
)
@click.option(
    "--most", type=click.IntRange(min=2), metavar="N", help="Seeds per experiment with --until.  [default: 10]"
)
@click.option("--time", "limit", metavar="LIMIT", help="With --until, begin no run after this time, such as 10m.")
@options.as_json
def run(study: str, as_json: bool, until: str | None, most: int | None, limit: str | None, **choices: Any) -> int:
    """Run the EXPERIMENTS of STUDY over several seeds. STUDY is a built-in name or a .yaml file.

    Without EXPERIMENTS, all are run. You can stop at any time: Ctrl-C saves the state, and the same command continues
    from there. Complete runs are skipped.
    """
    from deepstudy.runs.plan import RunOptions
    from deepstudy.runs.until_decided import MOST, Limits
    from deepstudy.study import load_study

    if until is None and (most is not None or limit is not None):
        raise click.UsageError(f"{'--most' if most is not None else '--time'} needs --until decided")
    limits = Limits(most or MOST, options.seconds(limit) if limit else None) if until else None
    return run_and_print(load_study(study), RunOptions(until_decided=until is not None, **choices), as_json, limits)


def run_and_print(study: "Study", wanted: "RunOptions", as_json: bool, limits: "Limits | None" = None) -> int:
    """Do runs while a person watches, and print what came out.

    Arguments:
        study: the study.
        wanted: which of its experiments, how often, where.
        as_json: print one JSON document to stdout instead of a table.
        limits: when to stop if the runs go on until the claims are decided; None for a fixed number of seeds.

    Returns:
        The exit code.
    """
    from deepstudy.waiting import avoid_spinning_if_busy

    if says := avoid_spinning_if_busy():
        click.echo(says, err=True)
    from deepstudy.api import RunResult, decide_by_runs
    from deepstudy.runs.interrupts import Interrupted
    from deepstudy.runs.plan import make_plan
    from deepstudy.runs.progress_display import ProgressDisplay
    from deepstudy.runs.run_study import run_plan

    def do_runs(plan: "Plan") -> "list[RunEnd]":
        with ProgressDisplay(plan) as display:
            return run_plan(plan, display)

    try:
        if limits is not None:
            result = decide_by_runs(study, wanted, limits, do_runs, lambda says: click.echo(says, err=True))
        else:
            plan = make_plan(study, wanted)
            ends = do_runs(plan)
            result = RunResult(study, wanted.budget, plan.records(), ends)
    except Interrupted as interruption:
        click.echo(f"deepstudy: {interruption}; the state is saved; run the same command again to continue", err=True)
        return 128 + interruption.number
    if as_json:
        options.print_json(result.as_json())
    else:
        table = result.as_table()
        click.echo(table.caption)
        options.print_table(table)
        what = "verdicts and the page" if study.claims else "page"
        click.echo(f"For the {what}: {_report_command(study, wanted)}", err=True)
    for end in result.failed:
        click.echo(f"deepstudy: {end.run.experiment} seed {end.run.seed} failed: {end.why}", err=True)
    return 1 if result.failed else 0


def _report_command(study: "Study", wanted: "RunOptions") -> str:
    command = f"deepstudy report {shlex.quote(study.argument)}"
    command += f" --budget {shlex.quote(wanted.budget)}" if wanted.budget else ""
    return command + (f" --runs {shlex.quote(str(wanted.out))}" if str(wanted.out) != "runs" else "")
