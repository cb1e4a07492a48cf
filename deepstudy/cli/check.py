"""`deepstudy check`: whether an implementation of a network is sound."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepstudy.cli import options
from deepstudy.cli.command_with_rules import CommandWithRules
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.checks import CheckResult


@click.command(
    cls=CommandWithRules, package="deepstudy.checks", short_help="Find bugs in the implementation of a network."
)
@click.argument("models", metavar="MODEL|FILE|NOTEBOOK...", nargs=-1, required=True)
@click.option(
    "--arg", "arguments", multiple=True, metavar="KEY=VALUE", help="An argument of the network. Can be repeated."
)
@click.option(
    "--input", "size", metavar="C,H,W", help="Channels, height and width of an image, or a number of features."
)
@click.option("--classes", type=click.IntRange(2, 100_000), metavar="N", help="Number of classes.")
@click.option("--whole-file", is_flag=True, help="Execute the whole file, not only its definitions.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=10),
    metavar="N",
    default=180,
    show_default=True,
    help="Time limit per network.",
)
@click.option(
    "--gigabytes",
    type=click.FloatRange(min=0.5),
    metavar="N",
    default=8,
    show_default=True,
    help="Memory limit per network.",
)
@options.as_json
def check(
    models: tuple[str, ...],
    arguments: tuple[str, ...],
    size: str | None,
    classes: int | None,
    whole_file: bool,
    seconds: float,
    gigabytes: float,
    as_json: bool,
) -> int:
    """Find bugs in MODEL: a built-in name, file.py:Name, notebook.ipynb:Name or package.module:Name.

    A FILE or NOTEBOOK alone means every network in it. Several can be given. Only imports, definitions and constants
    are executed, in a child process with limits. This protects against accidents, not against malice. The exit code
    is 1 if there is a bug. `deepstudy explain RULE` explains a rule.
    """
    from deepstudy.checks.make_probe import CheckRequest
    from deepstudy.checks.named import check_named

    if not (math.isfinite(seconds) and math.isfinite(gigabytes)):
        raise InputError("--seconds and --gigabytes must be numbers, for example 180 and 8")
    shape = None if size is None else options.shape(size)
    documents: list[dict[str, Any]] = []
    for model in models:
        try:
            names, skipped = _names(model, whole_file)
        except InputError as error:
            if len(models) == 1:
                raise
            documents.append(_refuse(model, error))
            continue
        for name in names:
            request = CheckRequest(name, _arguments(name, arguments), shape, classes, whole_file)
            try:
                with _progress(name) as on_rule:
                    result = check_named(request, on_rule, seconds, gigabytes)
            except InputError as error:
                if len(names) == len(models) == 1:
                    raise
                documents.append(_refuse(name, error))  # it does not hide the other networks
                continue
            documents.append(result.as_json() | {"skipped": skipped})
            if not as_json:
                _print(result)
        if skipped and not as_json:
            statements = "; ".join(skipped[:3]) + (f"; and {len(skipped) - 3} more" if len(skipped) > 3 else "")
            click.echo(f"not executed: {statements} (--whole-file runs it)")
    if as_json:
        options.print_json(documents if len(documents) > 1 else documents[0])
    return _exit_code(documents)


def _refuse(name: str, error: InputError) -> dict[str, Any]:
    """The document of a network that cannot be checked; the reason goes to stderr."""
    click.echo(f"deepstudy: {error}", err=True)
    return {"model": name, "refused": str(error), "error": str(error)}


def _exit_code(documents: Sequence[dict[str, Any]]) -> int:
    findings = [finding for document in documents for finding in document.get("findings", ())]
    if any(finding["severity"] == "bug" for finding in findings):
        return 1
    return 2 if any("refused" in document for document in documents) else 0


def _names(model: str, whole_file: bool) -> tuple[list[str], list[str]]:
    """The names of the networks to check, and what of their file was skipped."""
    from deepstudy.catalog import MODELS
    from deepstudy.checks.named import list_networks, names_file
    from deepstudy.errors import did_you_mean
    from deepstudy.study import built_in_studies

    if names_file(model):
        networks = list_networks(Path(model), whole_file)
        return [f"{model}:{name}" for name in networks.names], [*networks.skipped]
    if model in MODELS or (":" in model and not model.endswith(":")):
        return [model], []
    if model in built_in_studies() or model.endswith((".yaml", ".yml")):
        raise InputError(f"{model} is a study, not a network; did you mean `deepstudy audit {model}`?")
    if Path(model).exists():
        raise InputError(f"{model}: a file of networks ends in .py or .ipynb; one network is file.py:Name")
    hint = did_you_mean(model, MODELS)
    raise InputError(
        f"no model is called {model}{hint}; for your own network, give file.py, file.py:Name or package.module:Name"
    )


def _arguments(name: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    from deepstudy.study import model_choice

    return model_choice(name, arguments).options


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str], None]]:
    """Name the running rule on stderr, if that is a terminal: elsewhere rich prints no status."""
    from rich.console import Console

    with Console(stderr=True).status(f"checking {name}") as status:
        yield lambda rule: status.update(f"checking {name}: {rule}")


def _print(result: "CheckResult") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    result.print(console)
    console.print()
