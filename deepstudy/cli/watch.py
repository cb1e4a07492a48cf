"""`deepstudy watch`: what is wrong with somebody's training program."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepstudy.cli import options
from deepstudy.cli.command_with_rules import CommandWithRules
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.watching import WatchResult


@click.command(
    cls=CommandWithRules,
    package="deepstudy.watching",
    short_help="Run a training program and find its bugs.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("script", metavar="SCRIPT|NOTEBOOK", type=click.Path(path_type=Path))
@click.argument("arguments", metavar="[ARGS]...", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    metavar="N",
    help="End each epoch after N training steps, and stop after one scoring.",
)
@click.option("--time", "limit", metavar="LIMIT", help="Interrupt the program after this time, such as 90s, 10m or 2h.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write an HTML page: findings in the program's lines, what was scored, curves, rates and layers.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the findings to a JSON file."
)
@click.option(
    "--recording", type=click.Path(path_type=Path), metavar="DIR", help="Keep all that was recorded in a folder."
)
@click.option("--study", metavar="STUDY", help="A study; the program becomes a run of one of its experiments.")
@click.option("--experiment", metavar="NAME", help="The experiment that the program does.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="The seed of that run.")
@options.budget
@options.folder("--runs", "runs", "The folder of all runs.")
def watch(
    script: Path,
    arguments: tuple[str, ...],
    steps: int | None,
    limit: str | None,
    output: Path | None,
    json_file: Path | None,
    recording: Path | None,
    study: str | None,
    experiment: str | None,
    seed: int | None,
    budget: str | None,
    runs: Path,
) -> int:
    """Run SCRIPT unchanged, with its own ARGS, and say what is wrong with it.

    The program prints to stdout as it does alone, and computes the same numbers. The findings follow on stderr. What
    stands after SCRIPT belongs to the program. The exit code is 1 if there is a bug or the program failed, and 2 if no
    training was observed. `deepstudy explain RULE` explains a rule.
    """
    from deepstudy.watching.external_run import find_place, write_run
    from deepstudy.watching.judge import judge
    from deepstudy.watching.process import record_program

    if json_file is not None and not json_file.parent.is_dir():  # said before the program runs, not after
        raise InputError(f"{json_file}: its folder does not exist; make it first")
    seconds = None if limit is None else options.seconds(limit)
    place = find_place(study, experiment, seed, budget, runs)
    if output is not None:
        from deepstudy.watching import page

        page.check_target(output)
    program = record_program(script, arguments, steps=steps, seconds=seconds, folder=recording)
    try:
        result = judge(program)
    except InputError as error:
        if json_file is not None:
            _write(json_file, {"script": str(script), "refused": str(error)})
        raise
    if json_file is not None:
        _write(json_file, result.as_json())
    _print(result)
    if output is not None:
        page.write(program, result, output)
        click.echo(f"{output}: what the program did, as a page", err=True)
    if place is not None:
        write_run(result, place)
        click.echo(f"{place}: written; `deepstudy report {study}` takes it beside the other runs", err=True)
    return 1 if result.bugs or result.exit else 0


def _write(path: Path, document: dict[str, Any]) -> None:
    from deepstudy.files import write_json

    try:
        write_json(path, document)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _print(result: "WatchResult") -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    console.print()
    result.print(console)
