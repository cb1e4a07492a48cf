"""`deepstudy report`: which claims hold, and the page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepstudy.cli import options

if TYPE_CHECKING:
    from deepstudy.page import Shown
    from deepstudy.study import Study

_COLOURS = {"supported": "green", "contradicted": "red", "undecided": "yellow", "not comparable": "dim"}


@click.command(short_help="Say which claims of a study hold, and write its page.")
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
    help="The page; verdicts.json and a Markdown report are written beside it.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each chart as SVG and PNG too.",
)
@click.option(
    "--tables",
    "tables_in",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each table as CSV, Markdown and LaTeX too.",
)
@click.option("--trust", is_flag=True, help="Build networks that are not ours, to count them: runs their code.")
@options.as_json
def report(
    study: str,
    budget: str | None,
    runs: Path,
    output: Path,
    figures: Path | None,
    tables_in: Path | None,
    trust: bool,
    as_json: bool,
) -> None:
    """Decide the claims of STUDY from its runs, and write all they showed to one HTML page, which needs nothing else.

    With --json, the verdicts go to stdout and nothing is written.
    """
    from deepstudy import audits, page
    from deepstudy.study import load_study

    loaded = load_study(study)
    findings = audits.audit(loaded, trust).as_json()["findings"]
    shown = page.read(loaded, budget=budget, runs=runs, findings=findings, layers=_layers(loaded, trust))
    if as_json:
        options.print_json(page.verdicts_json(shown))
        return
    written = page.write(shown, runs, output, figures, tables_in)
    _print(shown)
    for path in written:
        click.echo(str(path))


def _layers(study: "Study", trust: bool) -> dict[str, Any]:
    """The layer tables that claims about counts need, of networks that may be built."""
    from deepstudy import catalog
    from deepstudy.summary import of_experiment

    counted = {"weights", "biases", "parameters", "macs"}
    forms = [claim.form for claim in study.claims]
    names = {form.of for form in forms if getattr(form, "quantity", "") in counted}
    names |= {form.with_ for form in forms if getattr(form, "quantity", "") in counted and hasattr(form, "with_")}
    ours = [name for name in names if trust or study.experiment(name).model.name in catalog.MODELS]
    return {name: of_experiment(study, name).as_json() for name in ours}


def _print(shown: "Shown") -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from deepstudy.page import tables

    console = Console()
    for each in shown.verdicts:
        mark = f"{tables.MARKS[each.verdict]} {each.verdict}"
        console.print(Text.assemble((f"{mark:<16}", _COLOURS[each.verdict]), (each.says, "bold")))
        measured = "–" if each.measured is None else tables.number(each.measured)
        figures = f"reported {each.reported} · measured {measured}" + (f" ({each.what})" if each.what else "")
        figures += f" · interval {tables.interval(each)}" if each.interval else ""
        console.print(Padding(Text(f"{figures} · n={each.runs}" if each.runs else figures), (0, 0, 0, 16)))
        console.print(Padding(Text(each.reason, "dim"), (0, 0, 0, 16)))
    if shown.verdicts:
        console.print(Text(tables.tally(shown.verdicts), "bold"))
        console.print()
