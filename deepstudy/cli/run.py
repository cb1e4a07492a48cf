"""`deepstudy run`: do the experiments of a study."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from deepstudy.cli import options

if TYPE_CHECKING:
    from deepstudy.study import Study


def _workers(_context: click.Context, _option: click.Parameter, value: str) -> int | Literal["auto"]:
    if value == "auto":
        return "auto"
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(f"{value!r} is neither auto nor 1 or more")
    return int(value)


@click.command(short_help="Do the experiments of a study.")
@click.argument("study")
@click.argument("experiments", nargs=-1)
@click.option("--seeds", type=click.IntRange(min=1), metavar="N", help="Runs per experiment, with seeds 0 to N-1.")
@options.budget
@options.overrides
@options.folder("--out", "Where the runs are recorded.")
@options.device
@options.precision
@options.deterministic
@click.option("--timing", is_flag=True, help="A few epochs, taking turns: for claims about time.")
@click.option(
    "--workers",
    callback=_workers,
    default="1",
    show_default=True,
    metavar="N",
    help="Runs at the same time, each in a process and on cores of its own; auto: one a core for small networks.",
)
@options.as_json
def run(
    study: str,
    experiments: tuple[str, ...],
    seeds: int | None,
    budget: str | None,
    overrides: tuple[str, ...],
    runs: Path,
    device: str | None,
    precision: str,
    deterministic: bool,
    timing: bool,
    workers: int | Literal["auto"],
    as_json: bool,
) -> int:
    """Do the EXPERIMENTS of STUDY (a built-in one or a .yaml file; all of them by default) over seeds.

    What is complete is skipped and what was interrupted goes on where it was, so a run can be stopped at any time
    (Ctrl-C saves it) and the same command called again.
    """
    from deepstudy.study import load_study

    loaded = load_study(study)
    return do(
        loaded,
        experiments,
        seeds=seeds,
        budget=budget,
        overrides=overrides,
        out=runs,
        device=device,
        precision=precision,
        deterministic=deterministic,
        timing=timing,
        workers=workers,
        as_json=as_json,
    )


def do(
    loaded: "Study",
    experiments: tuple[str, ...] = (),
    *,
    seeds: int | None = None,
    budget: str | None = None,
    overrides: tuple[str, ...] = (),
    out: Path,
    device: str | None,
    precision: str,
    deterministic: bool = False,
    timing: bool = False,
    workers: int | Literal["auto"] = 1,
    as_json: bool,
) -> int:
    """Do experiments of a study while a person watches, and print what came out; the exit code."""
    from deepstudy import runner
    from deepstudy.cli.progress import Progressing
    from deepstudy.reporting import tables

    asked: dict[str, Any] = {"seeds": seeds, "budget": budget, "overrides": overrides, "out": out, "timing": timing}
    planned = list(runner.plan(loaded, experiments, **asked))
    to_do = {(one.name, one.seed): max(0, one.experiment.epochs - one.directory.epochs()) for one in planned}
    command = (
        f"deepstudy report {shlex.quote(loaded.argument)}"
        + (f" --budget {shlex.quote(budget)}" if budget else "")
        + (f" --runs {shlex.quote(str(out))}" if str(out) != "runs" else "")
    )
    try:
        with Progressing(to_do) as watcher:
            asked |= {"device": device, "precision": precision, "deterministic": deterministic, "workers": workers}
            records = runner.run(loaded, experiments, **asked, watcher=watcher)
    except runner.Interrupted as interruption:
        click.echo(f"deepstudy: {interruption}; the state is saved: the same command goes on from here", err=True)
        return 128 + interruption.number
    if as_json:
        options.print_json(
            {"study": loaded.name, "budget": budget, "runs": [record.info.as_json() for record in records]}
        )
    else:
        table = tables.accuracies(loaded, records)
        click.echo(table.caption)
        options.print_table(table)
        click.echo(f"The page: {command}", err=True)
    for name, seed in sorted(watcher.failed, key=list(to_do).index):
        click.echo(f"deepstudy: {name} seed {seed} failed: {watcher.failed[name, seed]}", err=True)
    return 1 if watcher.failed else 0
