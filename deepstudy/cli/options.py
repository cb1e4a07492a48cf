"""Options that several verbs have."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.table import Table

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document to stdout.")
budget = click.option("--budget", metavar="NAME", help="Use a smaller version of the study, such as demo or quick.")

overrides = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value, such as optimizer.lr=0.1. Can be repeated.",
)
device = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda", "mps"]),
    help="Where to train.  [default: as in the study, else auto]",
)
precision = click.option(
    "--precision",
    type=click.Choice(["auto", "32", "bf16"]),
    default="auto",
    show_default=True,
    help="auto uses bfloat16 if it makes the study's networks faster on this machine.",
)

deterministic = click.option(
    "--deterministic", is_flag=True, help="Allow only operations that give exactly the same result each time."
)


def folder(name: str, destination: str, help_: str) -> Callable[[F], F]:
    """Make an option that names the folder of all runs, by default `runs`.

    Arguments:
        name: the option, such as `--out`.
        destination: the parameter of the command that receives the folder.
        help_: the line about it.

    Returns:
        The decorator of the command.
    """
    kind = click.Path(path_type=Path)
    return click.option(name, destination, type=kind, default="runs", show_default=True, metavar="DIR", help=help_)


def refuse(names: Iterable[str], why: str) -> None:
    """Refuse options of the running command that would do nothing.

    Arguments:
        names: the parameters of these options.
        why: why they would do nothing; it follows the option in the message.

    Raises:
        InputError: if one of them was given.
    """
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if option.name in names and given:
            raise InputError(f"{option.opts[0]}: {why}")


def shape(text: str) -> tuple[int, ...]:
    """Read the shape of an input.

    Arguments:
        text: `3,32,32` or `3x32x32`, or the number of features alone.

    Returns:
        The sizes of its one to three dimensions.

    Raises:
        InputError: if it is not such a shape.
    """
    parts = text.replace("x", ",").split(",")
    if len(parts) > 3 or not all(part.strip().isdecimal() and 0 < int(part) <= 1_000_000 for part in parts):
        raise InputError(f"--input {text}: give channels, height and width, for example 3,32,32")
    return tuple(int(part) for part in parts)


def print_json(document: Any) -> None:
    """Print one JSON document to stdout.

    Arguments:
        document: what `json.dumps` takes.
    """
    click.echo(json.dumps(document, indent=2))


@contextmanager
def json_documents(wanted: bool, begin: str = "[", end: str = "]") -> Iterator[Callable[[Any, bool], None]]:
    """Print documents as they come, so that together they are one JSON document.

    Arguments:
        wanted: whether to print anything.
        begin: what stands before them, if there are several.
        end: what stands after them.

    Returns:
        A function that prints a document; it also takes whether this is the only one, which stands alone.
    """
    printed = 0

    def write(document: Any, is_only: bool) -> None:
        nonlocal printed
        if wanted and is_only:
            print_json(document)
        elif wanted:
            click.echo((",\n" if printed else f"{begin}\n") + json.dumps(document, indent=2), nl=False)
            sys.stdout.flush()
            printed += 1

    yield write
    if printed:
        click.echo(f"\n{end}")


def print_table(table: "Table") -> None:
    """Print a table to stdout. Words wrap on a narrow terminal, numbers are never cut short.

    Arguments:
        table: the table.
    """
    from rich.console import Console
    from rich.measure import Measurement

    console, rich = Console(), table.rich()
    least = Measurement.get(console, console.options.update(width=10_000), rich).minimum
    console.width = max(console.width, least)
    console.print(rich)


def seconds(text: str) -> float:
    """Read a time limit.

    Arguments:
        text: such as `90s`, `10m`, `2h`, or a number of seconds.

    Returns:
        The seconds.

    Raises:
        InputError: it is no time.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if match is None or not float(match[1]):
        raise InputError(f"{text}: is no time limit; write for example 90s, 10m or 2h")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]
