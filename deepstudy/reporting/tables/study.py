"""Tables of a study's content: layers, figures, claims, recipe. They need no runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from deepstudy.layer_table.table import Layer, LayerTable
from deepstudy.record import RecordedExperiment
from deepstudy.reporting.formatting import format_quantity, format_value
from deepstudy.study import Study, flatten, in_common
from deepstudy.study.reported import FORMS
from deepstudy.table import Table


def tabulate_layers(table: LayerTable) -> Table:
    """Make the table of a network's layers, with totals.

    Arguments:
        table: the network's layer table.

    Returns:
        A row for each layer, and a last row with the totals.
    """
    rows = [
        [
            layer.name,
            layer.kind,
            "x".join(str(size) for size in layer.output),
            _weights(layer),
            f"{layer.biases:,}" if layer.biases else "",
            f"{layer.macs:,}" if layer.macs else "",
        ]
        for layer in table.layers
    ]
    rows.append(["total", "", "", f"{table.weights:,}", f"{table.biases:,}", f"{table.macs:,}"])
    columns = ["layer", "kind", "output", "weights", "biases", "multiply-adds"]
    return Table(columns, rows, frozenset({3, 4, 5}))


def _weights(layer: Layer) -> str:
    if not layer.weights:
        return ""
    return f"{layer.arithmetic} = {layer.weights:,}" if layer.arithmetic else f"{layer.weights:,}"


def tabulate_reported(study: Study) -> Table:
    """Make the table of all figures that the report printed.

    Arguments:
        study: the study.

    Returns:
        A row for each figure, with the quantity that it claims to be.
    """
    rows = []
    for figure in study.reported:
        what = format_quantity(figure.quantity)
        if figure.split:
            what += f" on the {f'{figure.images:,} ' if figure.images else ''}{figure.split} images"
        if figure.layer:
            what += f" in {figure.layer}"
        epoch = "" if figure.epoch is None else f"{figure.epoch}"
        time = " ".join(filter(None, (figure.elapsed and f"{figure.elapsed} s", figure.words and f"({figure.words})")))
        about = "about " if figure.about else ""
        note = figure.says or figure.quote or ""
        rows.append([figure.experiment, what, epoch, about + figure.value, time, note, figure.source])
    columns = ["experiment", "figure", "epoch", "reported", "time", "note", "source"]
    used = [column for column in range(len(columns)) if column < 4 or any(row[column] for row in rows)]
    return Table([columns[column] for column in used], [[row[column] for column in used] for row in rows])


def tabulate_claims(study: Study) -> Table:
    """Make the table of a study's claims.

    Arguments:
        study: the study.

    Returns:
        A row for each claim, in words and in the form that decides it.
    """
    rows = []
    for claim in study.claims:
        form = next(name for name in FORMS if getattr(claim, name) is not None)
        parts = claim.form.model_dump(by_alias=True, exclude_defaults=True)
        how = ", ".join(f"{key} {value}" for key, value in parts.items())
        rows.append([claim.id, claim.says, f"{form}: {how}", claim.source])
    return Table(["id", "claim", "decided by", "source"], rows)


def tabulate_recipe(study: Study, budget: str | None, recorded: Mapping[str, RecordedExperiment]) -> Table:
    """Make the table of the recipe that most experiments share.

    Arguments:
        study: the study.
        budget: the budget's name, None for the whole study.
        recorded: the experiments by name.

    Returns:
        A row for each value, with its source.
    """
    common = _of_most([flatten(each.document) for each in recorded.values()])
    rows = [
        [key, format_value(value), _origin(study, key, budget)]
        for key, value in common.items()
        if value is not None and key != "says" and not key.startswith("model.")
    ]
    return Table(["key", "value", "from"], rows)


def _of_most(flats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The most common value of each key that more than half of the experiments have."""
    having = {key: sum(key in flat for flat in flats) for flat in flats for key in flat}
    return {key: value for key, value in in_common(flats).items() if 2 * having[key] > len(flats)}


def _origin(study: Study, key: str, budget: str | None) -> str:
    origin = study.value_origin(key, budget=budget).origin
    return {"code": "the report's code", "budget": f"budget {budget}"}.get(origin, origin)


def tabulate_differences(recorded: Mapping[str, RecordedExperiment]) -> Table:
    """Make the table of how each experiment differs from most experiments.

    Arguments:
        recorded: the experiments by name.

    Returns:
        A row for each experiment.
    """
    flats = {name: flatten(each.document) for name, each in recorded.items()}
    common = _of_most([*flats.values()])
    rows = []
    for name, flat in flats.items():
        differing = [key for key in flat if key != "says" and (key == "model.name" or flat[key] != common.get(key))]
        rows.append([name, ", ".join(f"{key} = {format_value(flat[key])}" for key in differing)])
    return Table(["experiment", "differs in"], rows)
