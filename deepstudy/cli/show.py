"""`deepstudy show`: a network's layers and shapes, or what a study holds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from deepstudy.cli import options
from deepstudy.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from deepstudy.study import Study
    from deepstudy.table import Format, Table


@click.command(short_help="Print the layers of a network, or the contents of a study.")
@click.argument("name", metavar="MODEL|STUDY")
@click.option("--arg", "arguments", multiple=True, metavar="KEY=VALUE", help="An argument of the model.")
@click.option("--input", "size", metavar="C,H,W", help="Channels, height and width of an image.")
@click.option(
    "--classes", type=click.IntRange(1, 100_000), metavar="N", default=10, show_default=True, help="Number of classes."
)
@click.option(
    "--batch", type=click.IntRange(min=1), default=64, show_default=True, help="Batch size of the printed shapes."
)
@click.option("--stages", is_flag=True, help="Print one row per stage instead of one per layer.")
@options.budget
@click.option(
    "--format", "format_", type=click.Choice(["markdown", "latex", "csv"]), help="Print the table for use in a text."
)
@options.as_json
def show(
    name: str,
    arguments: tuple[str, ...],
    size: str | None,
    classes: int,
    batch: int,
    stages: bool,
    budget: str | None,
    format_: str | None,
    as_json: bool,
) -> None:
    """Print the layer table of MODEL and the shapes of a batch along it, or the contents of STUDY."""
    from deepstudy.catalog import MODELS, is_built_in
    from deepstudy.study import built_in_studies, load_study

    is_file = name.endswith((".yaml", ".yml")) or (Path(name) / "study.yaml").is_file()
    if is_file or name in built_in_studies():
        options.refuse(
            ("arguments", "size", "classes", "batch", "stages"),
            f"applies only to models, and {name} is a study; remove it",
        )
        _show_study(load_study(name), budget, format_, as_json)
    elif is_built_in(name) or ":" in name:
        options.refuse(("budget",), f"applies only to studies, and {name} is a model; remove it")
        _show_model(name, arguments, size, classes, batch, stages, format_, as_json)
    else:
        names = [*MODELS, *built_in_studies()]
        raise InputError(f"no model or study is called {name}{did_you_mean(name, names)}")


def _show_model(
    name: str,
    arguments: tuple[str, ...],
    size: str | None,
    classes: int,
    batch: int,
    stages: bool,
    format_: str | None,
    as_json: bool,
) -> None:
    from deepstudy.catalog import MODELS, is_built_in
    from deepstudy.layer_table import count_layers
    from deepstudy.models import build
    from deepstudy.reporting.tables.study import tabulate_layers
    from deepstudy.study import model_choice

    choice = model_choice(name, arguments)
    shape = _shape(size) if size else MODELS[name].input if is_built_in(name) else (3, 32, 32)
    table = count_layers(name, build(choice.name, choice.options, shape, classes), shape)
    if stages:
        table = table.by_stage()
    if as_json:
        options.print_json({**table.as_json(), "trace": table.trace(batch)})
        return
    _print(tabulate_layers(table), format_)
    if format_ is None:
        click.echo("\nshapes of a batch")
        for sizes in table.trace(batch):
            click.echo(f"torch.Size({sizes})")


def _shape(text: str) -> tuple[int, int, int]:
    size = options.shape(text)
    if len(size) != 3 or max(size) > 4096:
        raise InputError(f"--input {text}: give channels, height and width, for example 3,32,32")
    return size[0], size[1], size[2]


def _show_study(study: "Study", budget: str | None, format_: str | None, as_json: bool) -> None:
    experiments = _summaries(study, budget)
    if as_json:
        options.print_json(
            {
                "study": study.name,
                "experiments": [asdict(each) for each in experiments],
                "reported": len(study.reported),
                "claims": len(study.claims),
                "budgets": list(study.budgets),
            }
        )
    elif format_ is not None:
        _print(_tabulate(experiments), format_)
    else:
        click.echo("\n".join(filter(None, (study.title, study.source.report))) + "\n")
        _print(_tabulate(experiments), None)
        _print_time(study, budget, experiments)
        _print_report(study)


@dataclass(frozen=True)
class _Summary:
    """An experiment in `show STUDY`; `differs` are the values that most other experiments do not have."""

    name: str
    model: str
    parameters: int
    differs: dict[str, Any]
    seconds_estimate: float


def _summaries(study: "Study", budget: str | None) -> list[_Summary]:
    from rich.console import Console
    from rich.progress import track

    from deepstudy.layer_table import macs_of
    from deepstudy.training import device
    from deepstudy.training.estimate import Estimator

    estimator = Estimator(study.path.parent, device.choose_machine(study.device, "auto", lambda: macs_of(study)))
    summaries = []
    for name in track(study.names(), "timing a few steps per experiment", console=Console(stderr=True), transient=True):
        experiment = study.experiment(name, budget)
        try:
            estimate = estimator.estimate(experiment)
        except InputError as error:
            raise InputError(f"{study.experiment_place(name)}: {error}") from error
        differs, seconds = study.differs(name, budget), round(estimate.seconds, 1)
        summaries.append(_Summary(name, experiment.model.name, estimate.parameters, differs, seconds))
    return summaries


def _tabulate(experiments: Sequence[_Summary]) -> "Table":
    from deepstudy.table import Table

    cells = [
        [
            each.name,
            each.model,
            f"{each.parameters:,}",
            ", ".join(f"{_short(key)}={value}" for key, value in each.differs.items()),
            _duration(each.seconds_estimate),
        ]
        for each in experiments
    ]
    return Table(["experiment", "model", "parameters", "differs in", "time per seed"], cells, frozenset({2, 4}))


def _print_time(study: "Study", budget: str | None, experiments: Sequence[_Summary]) -> None:
    seeds = study.seed_count(budget)
    total = sum(each.seconds_estimate for each in experiments) * seeds
    under = f" under the budget {budget}" if budget else ""
    click.echo(
        f"\n{_count(seeds, 'seed')}{under}: about {_duration(total)} on this machine, estimated from measured steps"
    )
    for name, smaller in study.budgets.items():
        click.echo(f"--budget {name}: {smaller.says}")


def _print_report(study: "Study") -> None:
    """What the report says: figures, claims, remarks, logs and shapes."""
    from deepstudy.reporting.tables.study import tabulate_claims, tabulate_reported

    for title, table in (
        (_count(len(study.reported), "reported figure"), tabulate_reported(study)),
        (_count(len(study.claims), "claim"), tabulate_claims(study)),
    ):
        if table.rows:
            click.echo(f"\n{title}")
            _print(table, None)
    if study.remarks:
        click.echo("\nremarks that runs cannot decide")
        for remark in study.remarks:
            click.echo(f"  {remark}")
    for what, items in (("log", study.logs), ("shapes", study.shapes)):
        for item in items:
            click.echo(f"\n{what} of {item.experiment}, as printed in the {item.source}")
            for line in item.text.strip().splitlines():
                click.echo(f"  {line}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _short(key: str) -> str:
    return key.removeprefix("model.").removeprefix("optimizer.")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 100 * 3600 else f"{seconds / 86400:,.0f} days"


def _print(table: "Table", format_: str | None) -> None:
    if format_ is not None:
        click.echo(table.write(cast("Format", format_)), nl=False)
        return
    options.print_table(table)
