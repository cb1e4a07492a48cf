"""`deepstudy list`: models, studies and data sets."""

import json
from pathlib import Path
from typing import Any

import click

from deepstudy.cli import options


@click.command("list", short_help="List models, studies and data sets.")
@options.as_json
def list_(as_json: bool) -> None:
    """List models, studies and data sets, and which data is on this machine."""
    from deepstudy.catalog import MODELS
    from deepstudy.datasets import DATASETS

    document: dict[str, list[dict[str, Any]]] = {
        "models": [{"name": name, "says": model.summary(name), "paper": model.paper} for name, model in MODELS.items()],
        "studies": _studies(),
        "data": [{"name": name, "says": info.summary, "here": info.is_here} for name, info in DATASETS.items()],
    }
    if as_json:
        options.print_json(document)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    for title, rows in document.items():
        table.add_row(Text(title, style="bold"))
        for row in rows:
            notes = f"budgets: {', '.join(row['budgets'])}" if title == "studies" else row.get("paper", "")
            if title == "data":
                notes = "on this machine" if row["here"] else f"to download: deepstudy data {row['name']}"
            table.add_row(Text(f"  {row['name']}"), Text(row["says"]), Text(notes, style="dim"))
    Console().print(table)


def _studies() -> list[dict[str, Any]]:
    """The built-in studies. They are cached, since reading them takes longer than all the rest."""
    from deepstudy.files import cached

    package = Path(__file__).parents[1]
    source = b"".join(path.read_bytes() for path in (Path(__file__), *sorted(package.glob("studies/*.yaml"))))

    def read() -> bytes:
        from deepstudy.study import outlines

        rows = [
            {"name": name, "says": study.title, "experiments": study.names(), "budgets": list(study.budgets)}
            for name, study in outlines().items()
        ]
        return json.dumps(rows).encode()

    studies: list[dict[str, Any]] = json.loads(cached("outlines", source, read))
    return studies
