"""`deepstudy report`: the page."""

from pathlib import Path

import click

from deepstudy.cli import options


@click.command(short_help="Write the page of a study.")
@click.argument("study")
@options.budget
@options.folder("--runs", "Where the runs are recorded.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="The page.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each chart as SVG and PNG too.",
)
def report(study: str, budget: str | None, runs: Path, output: Path, figures: Path | None) -> None:
    """Write what the runs of STUDY showed to one HTML page that needs nothing beside it."""
    from deepstudy import page

    for path in page.report(study, budget=budget, runs=runs, output=output, figures=figures):
        click.echo(str(path))
