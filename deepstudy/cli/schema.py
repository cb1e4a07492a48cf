"""`deepstudy schema`: the JSON Schema of a study file."""

import click

from deepstudy.cli import options


@click.command(short_help="Print the JSON Schema of a study file.")
def schema() -> None:
    """Print the JSON Schema of a study file. Editors use it to complete and check."""
    from deepstudy import study

    options.print_json(study.schema())
