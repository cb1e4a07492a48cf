"""The tables of the page and the terminal: what stands in them, and the forms they can be written in."""

import csv
import io
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tabulate import tabulate

from deepstudy.record import Record
from deepstudy.study import Study, flatten

if TYPE_CHECKING:
    import rich.table

Format = Literal["markdown", "latex", "csv"]


@dataclass(frozen=True)
class Table:
    """Cells of text; the columns in `numeric` are aligned right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    caption: str = ""

    def write(self, format: Format) -> str:
        """The table as Markdown, as LaTeX (packages: booktabs), or as CSV."""
        if format == "csv":
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([self.columns, *self.rows])
            return text.getvalue()
        rows, columns = self.rows, self.columns
        if format == "markdown":
            rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
        align = ["right" if column in self.numeric else "left" for column in range(len(columns))]
        style = {"markdown": "github", "latex": "latex_booktabs"}[format]
        return tabulate(rows, headers=list(columns), tablefmt=style, colalign=align, disable_numparse=True) + "\n"

    def rich(self) -> "rich.table.Table":
        """The table for a terminal."""
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(
            title=self.caption or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
        )
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number in self.numeric else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*(Text(cell) for cell in row))
        return table


def layers(summary: dict[str, Any]) -> Table:
    """The layer table of a network, from the document that `summary.Summary.as_json` makes."""
    rows = [
        [
            layer["name"],
            layer["kind"],
            "x".join(str(size) for size in layer["output"]),
            _weights(layer),
            _count(layer["biases"]),
            _count(layer["macs"]),
        ]
        for layer in summary["layers"]
    ]
    rows.append(["total", "", "", f"{summary['weights']:,}", f"{summary['biases']:,}", f"{summary['macs']:,}"])
    columns = ["layer", "kind", "output", "weights", "biases", "multiply-adds"]
    return Table(columns, rows, frozenset({3, 4, 5}))


def _weights(layer: dict[str, Any]) -> str:
    if not layer["weights"]:
        return ""
    return f"{layer['arithmetic']} = {layer['weights']:,}" if layer["arithmetic"] else f"{layer['weights']:,}"


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def accuracies(study: Study, records: Sequence[Record]) -> Table:
    """Each experiment's accuracy on the images it was scored on, over seeds, at the epochs that matter.

    Those are the epochs of the report's own accuracies and claims, and the last one that every run of the experiment
    has finished.
    """
    by_name = group(records)
    last = max((min(run.epochs for run in runs) for runs in by_name.values()), default=0)
    epochs = [epoch for epoch in named_epochs(study) if epoch < last] + ([last] if last else [])
    rows = []
    for name, runs in by_name.items():
        split = runs[0].info["resolved"]["roles"]["score_on"]
        cells = [
            mean_and_spread(line["accuracy"] for run in runs if (line := run.at(epoch, split))) for epoch in epochs
        ]
        seconds = [time for run in runs if (time := run.seconds_per_epoch()) is not None]
        pace = f"{statistics.median(seconds):.1f}" if seconds else "–"
        model = runs[0].info["model"]
        rows.append([name, *cells, str(len(runs)), pace, f"{model['weights']:,}", f"{model['macs']:,}"])
    data = records[0].info["data"] if records else None
    caption = f"{study.name}: accuracy (%) on {score_splits(records)} of {data['name']}" if data else ""
    columns = ["experiment", *(f"epoch {epoch}" for epoch in epochs), "seeds", "s/epoch", "weights", "multiply-adds"]
    return Table(columns, rows, frozenset(range(1, len(columns))), caption)


def score_splits(records: Sequence[Record]) -> str:
    """Which images the experiments were scored on, in words: `the 10,000 test images`."""
    splits: dict[str, int] = {}
    for run in records:
        split = run.info["resolved"]["roles"]["score_on"]
        splits[split] = run.info["data"]["splits"][split]
    return " and ".join(f"the {count:,} {split} images" for split, count in splits.items())


def mean_and_spread(values: Iterable[float]) -> str:
    """`98.93 ± 0.08`: the mean and the standard deviation (n - 1) over runs; the value alone where there is one."""
    numbers = list(values)
    if not numbers:
        return "–"
    mean = f"{statistics.fmean(numbers):.2f}"
    return f"{mean} ± {statistics.stdev(numbers):.2f}" if len(numbers) > 1 else mean


def group(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Runs that have finished an epoch, by experiment."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        if record.epochs:
            groups.setdefault(record.experiment, []).append(record)
    return groups


def named_epochs(study: Study) -> list[int]:
    """The epochs at which the report gives an accuracy or a loss, or a claim compares one."""
    measures: list[Any] = [*study.reported, *(claim.form for claim in study.claims)]
    return sorted(
        {
            epoch
            for measure in measures
            if getattr(measure, "quantity", "accuracy") in ("accuracy", "loss")
            and isinstance(epoch := getattr(measure, "epoch", None), int)
            and epoch > 1
        }
    )


def arithmetic(study: Study, summaries: dict[str, Any]) -> Table:
    """The parameter counts that the report prints, beside those of the network that was built."""
    rows = []
    for figure in study.reported:
        summary = summaries.get(figure.experiment)
        if figure.quantity not in ("weights", "biases", "parameters", "macs") or summary is None:
            continue
        counts = summary
        if figure.layer is not None:
            counts = next((layer for layer in summary["layers"] if layer["name"] == figure.layer), {})
        if figure.quantity == "parameters":
            built = counts.get("weights", 0) + counts.get("biases", 0) if counts else None
        else:
            built = counts.get(figure.quantity)
        low, high = figure.number
        same = "" if built is None else "same" if low <= built <= high else "differs"
        what = f"{figure.quantity} of {figure.layer}" if figure.layer else f"{figure.quantity} in all"
        what += f" ({figure.says})" if figure.says else ""
        rows.append([figure.experiment, what, figure.value, "–" if built is None else f"{built:,}", same])
    return Table(["experiment", "figure", "reported", "built", ""], rows, frozenset({2, 3}))


def common_recipe(study: Study, budget: str | None, records: Sequence[Record]) -> Table:
    """The recipe that most of the experiments have, and where each value comes from."""
    flats = [flatten(runs[0].info["resolved"]) for runs in group(records).values()]
    keys = dict.fromkeys(key for flat in flats for key in flat if not key.startswith("model.") and key != "says")
    rows = []
    for key in keys:
        values = [flat[key] for flat in flats if key in flat]
        value = max(values, key=values.count)
        if value is not None:
            rows.append([key, _text(value), study.origin(key, budget)])
    return Table(["key", "value", "from"], rows)


def differences(by_name: dict[str, list[Record]]) -> Table:
    """What each experiment does otherwise than most."""
    flats = {name: flatten(runs[0].info["resolved"]) for name, runs in by_name.items()}
    keys = dict.fromkeys(key for flat in flats.values() for key in flat if key != "says")
    rows = []
    for name, flat in flats.items():
        differs = []
        for key in keys:
            values = [other.get(key) for other in flats.values()]
            if key == "model.name" or flat.get(key) != max(values, key=values.count):
                differs.append(f"{key} = {_text(flat[key])}" if key in flat else "")
        rows.append([name, ", ".join(filter(None, differs))])
    return Table(["experiment", "differs in"], rows)


def runs(records: Sequence[Record]) -> Table:
    """Every run: how far it came, its last accuracy, its times, and which environment it ran in."""
    kinds = _environment_letters(records)
    rows = []
    for run in records:
        split = run.info["resolved"]["roles"]["score_on"]
        line = run.at(run.epochs, split)
        pace = run.seconds_per_epoch()
        rows.append(
            [
                run.experiment,
                str(run.seed),
                run.info["status"],
                str(run.epochs),
                f"{line['accuracy']:.2f} ({line['correct']:,}/{line['images']:,})" if line else "–",
                "–" if pace is None else f"{pace:.2f}",
                f"{run.metrics[-1]['elapsed']:.0f}" if run.metrics else "–",
                run.info["began"][:16].replace("T", " "),
                kinds[_environment(run)],
            ]
        )
    columns = [
        "experiment",
        "seed",
        "status",
        "epochs",
        "accuracy (%)",
        "s/epoch",
        "seconds",
        "began (UTC)",
        "environment",
    ]
    return Table(columns, rows, frozenset({1, 3, 4, 5, 6}))


def environments(records: Sequence[Record]) -> list[tuple[str, str]]:
    """The environments that the runs table speaks of by letter: machine, versions, data."""
    return [(letter, text) for text, letter in _environment_letters(records).items()]


def _environment_letters(records: Sequence[Record]) -> dict[str, str]:
    found = dict.fromkeys(_environment(run) for run in records)
    return {text: chr(ord("A") + number % 26) * (number // 26 + 1) for number, text in enumerate(found)}


def _environment(run: Record) -> str:
    machine, data = run.info["machine"], run.info["data"]
    versions = ", ".join(f"{name} {version}" for name, version in run.info["versions"].items())
    where = machine["gpu"] or machine["cpu"]
    sharing = run.info["runs_sharing_machine"]
    return (
        f"{machine['device']}: {where}, {machine['cores']} cores, {machine['threads']} threads, {machine['system']}; "
        f"precision {machine['precision']}, {machine['layout']}; {versions}; data {data['name']} {data['fingerprint']}"
        + (f"; {sharing} runs at once" if sharing > 1 else "")
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(_text(item) for item in value) if isinstance(value, list) else str(value)
