"""`deepstudy check`: whether an implementation of a network is sound."""

import math
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepstudy.cli import options
from deepstudy.errors import InputError

if TYPE_CHECKING:
    from deepstudy.checks import Checked

_COLOURS = {"bug": "bold red", "risk": "yellow", "note": "dim"}


@click.command(short_help="Say whether an implementation of a network is sound.")
@click.argument("model", metavar="MODEL|FILE|NOTEBOOK")
@click.option("--arg", "arguments", multiple=True, metavar="KEY=VALUE", help="An argument of the network.")
@click.option("--input", "size", metavar="C,H,W", help="Channels, height and width of an image (or N features).")
@click.option("--classes", type=click.IntRange(2, 100_000), help="Classes that it should tell apart.")
@click.option("--whole-file", is_flag=True, help="Execute all of the file, not only its definitions.")
@click.option("--seconds", type=click.FloatRange(min=10), default=180, show_default=True, help="For one network.")
@click.option("--gigabytes", type=click.FloatRange(min=0.5), default=8, show_default=True, help="For one network.")
@options.as_json
def check(
    model: str,
    arguments: tuple[str, ...],
    size: str | None,
    classes: int | None,
    whole_file: bool,
    seconds: float,
    gigabytes: float,
    as_json: bool,
) -> int:
    """Examine MODEL: a built-in name, file.py:Name, notebook.ipynb:Name or package.module:Name.

    Of a FILE or NOTEBOOK alone, all networks in it. Only its imports, definitions and constants are executed, in a
    child process with limits; that guards against accidents, not against malice. Exits with 1 if there is a bug.
    """
    from deepstudy.checks import named

    if not (math.isfinite(seconds) and math.isfinite(gigabytes)):
        raise InputError("--seconds and --gigabytes are numbers, for example 180 and 8")
    shape = None if size is None else options.shape(size)
    names, skipped = _names(model, whole_file)
    documents: list[dict[str, Any]] = []
    codes = {0}
    for name in names:
        asked = named.Asked(name, _arguments(name, arguments), shape, classes, whole_file)
        try:
            with _progress(name) as told:
                result = named.examine(asked, told, seconds, gigabytes)
        except InputError as error:
            if len(names) == 1:
                raise
            # Of several networks in a file, one that cannot be made does not hide the others.
            documents.append({"model": name, "error": str(error)})
            codes.add(2)
            click.echo(f"deepstudy: {error}", err=True)
            continue
        documents.append(result.as_json() | {"skipped": skipped})
        codes.add(1 if result.bugs else 0)
        if not as_json:
            _print(result)
    if as_json:
        options.print_json(documents if len(documents) > 1 else documents[0])
    elif skipped:
        shown = "; ".join(skipped[:3]) + (f"; and {len(skipped) - 3} more" if len(skipped) > 3 else "")
        click.echo(f"not executed: {shown} (--whole-file runs it)")
    return 1 if 1 in codes else max(codes)


def _names(model: str, whole_file: bool) -> tuple[list[str], list[str]]:
    """The networks that are meant, and what of their file was not executed."""
    from deepstudy.catalog import MODELS
    from deepstudy.checks import named
    from deepstudy.errors import did_you_mean
    from deepstudy.study import built_in_studies

    if named.names_file(model):
        found = named.find(Path(model), whole_file)
        return [f"{model}:{name}" for name in found.names], [*found.skipped]
    if model in MODELS or (":" in model and not model.endswith(":")):
        return [model], []
    if model in built_in_studies() or model.endswith((".yaml", ".yml")):
        raise InputError(f"{model} is a study, not a network; did you mean `deepstudy audit {model}`?")
    if Path(model).exists():
        raise InputError(f"{model}: a file of networks ends in .py or .ipynb; one network is file.py:Name")
    hint = did_you_mean(model, MODELS)
    raise InputError(f"no model is called {model}{hint} (or give file.py, file.py:Name or package.module:Name)")


def _arguments(name: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    from deepstudy.study import model_choice

    return model_choice(name, arguments).options


def _progress(name: str) -> Any:
    """Says which check is running, on a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        return nullcontext(lambda check: None)
    return _Status(console, name)


class _Status:
    """A line on stderr that names the running check."""

    def __init__(self, console: Any, name: str) -> None:
        self.status = console.status(f"checking {name}")
        self.name = name

    def __enter__(self) -> Any:
        self.status.start()
        return lambda check: self.status.update(f"checking {self.name}: {check.replace('_', ' ')}")

    def __exit__(self, *_: object) -> None:
        self.status.stop()


def _print(checked: "Checked") -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console()
    size = "x".join(map(str, checked.input)) if checked.input else "?"
    console.print(Text.assemble((checked.model, "bold"), f"  input {size}"))
    for finding in checked.findings:
        title = Text.assemble((finding.severity, _COLOURS[finding.severity]), f"  {finding.check.replace('_', ' ')}")
        if finding.where:
            title.append(f"  {finding.where}", "dim")
        console.print(title)
        console.print(Padding(Text(finding.says), (0, 0, 0, 2)))
        if finding.remedy:
            console.print(Padding(Text(f"→ {finding.remedy}", "italic"), (0, 0, 0, 2)))
    counts = {severity: sum(f.severity == severity for f in checked.findings) for severity in _COLOURS}
    told = ", ".join(f"{count} {severity}{'s' * (count > 1)}" for severity, count in counts.items() if count)
    console.print(Text(f"{len(checked.checks)} check{'s' * (len(checked.checks) != 1)}: {told or 'nothing found'}"))
    for note in checked.notes:
        console.print(Text(note, "dim"))
    console.print()
