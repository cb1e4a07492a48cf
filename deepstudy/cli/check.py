"""`deepstudy check`: whether an implementation of a network is sound."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepstudy.cli import options
from deepstudy.cli.command_with_rules import CommandWithRules
from deepstudy.errors import InputError, NoNetworkError

if TYPE_CHECKING:
    from deepstudy.checks import CheckResult
    from deepstudy.checks.several import FileSummary


@click.command(
    cls=CommandWithRules, package="deepstudy.checks", short_help="Find bugs in the implementation of a network."
)
@click.argument("models", metavar="MODEL|FILE|NOTEBOOK|FOLDER...", nargs=-1, required=True)
@click.option(
    "--arg", "arguments", multiple=True, metavar="KEY=VALUE", help="An argument of the network. Can be repeated."
)
@click.option(
    "--input", "size", metavar="C,H,W", help="Channels, height and width of an image, or a number of features."
)
@click.option("--classes", type=click.IntRange(2, 100_000), metavar="N", help="Number of classes.")
@click.option("--whole-file", is_flag=True, help="Execute the whole file, with its training.")
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
@click.option(
    "--csv",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write a table with a row per file.",
)
@click.option(
    "--grades", type=click.Choice(["gradescope", "otter"]), help="Also write results for a grader, to the FILE of -o."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="See --grades.")
@options.as_json
def check(
    models: tuple[str, ...],
    arguments: tuple[str, ...],
    size: str | None,
    classes: int | None,
    whole_file: bool,
    seconds: float,
    gigabytes: float,
    csv: Path | None,
    grades: str | None,
    output: Path | None,
    as_json: bool,
) -> int:
    """Find bugs in MODEL: a built-in name, file.py:Name, notebook.ipynb:Name or package.module:Name.

    A FILE or NOTEBOOK alone means every network in it, a FOLDER every file below it, with a line for each. A network
    is built as its file builds it. Nothing is trained or downloaded. The code runs in a child process with limits. This
    protects against accidents, not against malice. The exit code is 1 if there is a bug. `deepstudy explain RULE`
    explains a rule.
    """
    from deepstudy.checks.grades import FORMATS
    from deepstudy.checks.several import tabulate_files

    if not (math.isfinite(seconds) and math.isfinite(gigabytes)):
        raise InputError("--seconds and --gigabytes must be numbers, for example 180 and 8")
    if (grades is None) != (output is None):
        raise InputError("--grades and -o: each needs the other, for example `--grades gradescope -o results.json`")
    shape = None if size is None else options.shape(size)
    choice = _CheckOptions(arguments, shape, classes, whole_file, seconds, gigabytes)
    folders = [model for model in models if Path(model).is_dir()]
    if folders and len(models) > 1:
        raise InputError(f"{folders[0]}: is a folder; check one folder at a time")
    summaries = _check_folder(Path(models[0]), choice, as_json) if folders else _check_each(models, choice, as_json)
    if csv is not None:
        csv.write_text(tabulate_files(summaries).write("csv"), encoding="utf-8")
    if grades is not None and output is not None:
        graded = FORMATS[grades]({each.name: each.documents for each in summaries})
        output.write_text(json.dumps(graded, indent=2) + "\n", encoding="utf-8")
    return _exit_code(summaries, bool(folders))


@dataclass(frozen=True)
class _CheckOptions:
    """How networks are checked: the options of the command line."""

    arguments: tuple[str, ...]
    shape: tuple[int, ...] | None
    classes: int | None
    whole_file: bool
    seconds: float
    gigabytes: float


def _check_each(models: Sequence[str], choice: _CheckOptions, as_json: bool) -> "list[FileSummary]":
    """Check networks and files one after the other. One that cannot be checked does not hide the others."""
    from deepstudy.checks.several import FileSummary

    summaries = []
    with options.json_documents(as_json) as write:
        for model in models:
            names, skipped, refusal = _listed(model, choice)
            is_only = len(models) == 1 and len(names) < 2
            raises = is_only and not as_json
            documents = []
            for name in names or [model]:
                if refusal is not None:
                    document = _refuse(name, refusal, raises)
                else:
                    document = _check_one(name, skipped, choice, as_json, raises)
                if "refused" in document:
                    click.echo(f"deepstudy: {document['refused']}", err=True)
                documents.append(document)
                write(document, is_only)
            if skipped and not as_json:
                statements = "; ".join(skipped[:3]) + (f"; and {len(skipped) - 3} more" if len(skipped) > 3 else "")
                click.echo(f"not executed: {statements} (--whole-file runs it)")
            summaries.append(FileSummary(Path(model).name if names else model, documents))
    return summaries


def _check_folder(folder: Path, choice: _CheckOptions, as_json: bool) -> "list[FileSummary]":
    """Check the files of a folder, and print a line for each when it is done."""
    from rich.console import Console

    from deepstudy.checks.several import FileSummary, heading, line, submissions

    files = [*submissions(folder)]
    width, columns = max(len(name) for name, _ in files), Console().width
    if not as_json:
        click.echo(heading(width))
    summaries = []
    with options.json_documents(as_json, '{"files": [', "]}") as write:
        for name, path in files:
            names, skipped, refusal = _listed(str(path), choice)
            documents = [] if refusal is None else [_refuse(str(path), refusal)]
            documents += [_check_one(each, skipped, choice, quiet=True) for each in names]
            summaries.append(FileSummary(name, documents, not isinstance(refusal, NoNetworkError)))
            write({"file": name, "networks": documents}, False)
            if not as_json:
                click.echo(line(summaries[-1], width, columns))
    return summaries


def _listed(model: str, choice: _CheckOptions) -> tuple[list[str], list[str], InputError | None]:
    """The names of the networks to check, what of their file was skipped, and why there are none."""
    try:
        return *_names(model, choice.whole_file), None
    except InputError as error:
        return [], [], error


def _check_one(
    name: str, skipped: list[str], choice: _CheckOptions, quiet: bool = False, raises: bool = False
) -> dict[str, Any]:
    """Check one network, and print what was found; the document that `--json` prints."""
    from deepstudy.checks.make_probe import CheckRequest
    from deepstudy.checks.named import check_named

    given = _arguments(name, choice.arguments)
    request = CheckRequest(name, given, choice.shape, choice.classes, choice.whole_file)
    try:
        with _progress(name) as on_rule:
            result = check_named(request, on_rule, choice.seconds, choice.gigabytes)
    except InputError as error:
        return _refuse(name, error, raises)
    if not quiet:
        _print(result)
    return result.as_json() | {"skipped": skipped}


def _refuse(name: str, error: InputError, raises: bool = False) -> dict[str, Any]:
    """The document of a network that cannot be checked."""
    if raises:
        raise error
    return {"model": name, "refused": str(error), "error": str(error)}


def _exit_code(summaries: "Sequence[FileSummary]", is_folder: bool) -> int:
    if any(each.count("bug") for each in summaries):
        return 1
    refused = any(each.refusals for each in summaries)
    return 2 if refused or (is_folder and not any(each.has_networks for each in summaries)) else 0


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
