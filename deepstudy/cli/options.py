"""Options that several verbs have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document to stdout, and nothing else.")
budget = click.option("--budget", metavar="NAME", help="A smaller version of the study, such as demo or quick.")


def folder(name: str, help_: str) -> Callable[[F], F]:
    """An option that names a folder, `runs` by default."""
    return click.option(
        name, "runs", type=click.Path(path_type=Path), default="runs", show_default=True, metavar="DIR", help=help_
    )


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(document, indent=2))
